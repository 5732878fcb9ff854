"""The queue: procrastinate on the same PostgreSQL. A job is enqueued in the transaction that causes it.

Each kind of job is a ``Trade`` with a queue of its own, so that a short import does not wait for a long flight.
A worker that dies leaves its job in ``doing``. Every worker looks for such jobs when it starts and every
few seconds after, and puts them back; jobs are idempotent, so one that ran twice has done its work once.
A worker that is told to stop interrupts its job at the next progress report and puts it back itself.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import procrastinate
from procrastinate.jobs import Job
from procrastinate.sync_psycopg_connector import SyncPsycopgConnector
from sqlalchemy.orm import Session

from gis.errors import ChengtuError

__all__ = ["Interrupted", "Trade", "WorkerDied", "enqueue_import", "enqueue_survey", "work"]

HEARTBEAT_SECONDS = 5.0
DEAD_AFTER_SECONDS = 20.0
MOST_ATTEMPTS = 3

_log = logging.getLogger(__name__)

# Deferring only needs the name of the task; the worker brings the function (see ``work``).
_deferring = procrastinate.App(connector=SyncPsycopgConnector())


@dataclass(frozen=True)
class Trade:
    """One kind of job. ``key`` names its only argument, the id of what is worked on.

    ``process(id, stop)`` does the work and raises Interrupted soon after ``stop`` is set; ``abandon(id, error)``
    writes down that it was given up. ``jobs`` are done side by side.
    """

    queue: str
    task: str
    key: str
    process: Callable[[int, threading.Event], None]
    abandon: Callable[[int, ChengtuError], None]
    jobs: int = 1

    @classmethod
    def surveys(
        cls, process: Callable[[int, threading.Event], None], abandon: Callable[[int, ChengtuError], None],
        jobs: int = 1,
    ) -> Trade:  # fmt: skip
        """Flights to be processed."""
        return cls("surveys", "process_survey", "survey_id", process, abandon, jobs)

    @classmethod
    def imports(
        cls, process: Callable[[int, threading.Event], None], abandon: Callable[[int, ChengtuError], None]
    ) -> Trade:
        """Files to be rehearsed or stored, one at a time."""
        return cls("imports", "carry_import", "import_id", process, abandon)


class Interrupted(Exception):
    """The worker was told to stop; the job goes back to the queue."""


class WorkerDied(ChengtuError):
    """A job was cut off as often as it may be."""

    code = "worker_died"
    zh = "处理进程连续 {attempts} 次中断（可能内存不足）。原始文件已保留；请运行 ./chengtu doctor，然后点“重试”。"
    en = "Processing was cut off {attempts} times (memory may be short). The files are kept; run ./chengtu doctor, then retry."


class _BackToQueue(procrastinate.BaseRetryStrategy):
    """Retry what was interrupted, at once; everything else has been written down by the job itself."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> procrastinate.RetryDecision | None:
        if isinstance(exception, Interrupted):
            return procrastinate.RetryDecision(retry_in={"seconds": 0})
        return None


def enqueue_survey(session: Session, survey_id: int) -> int:
    """Queue the processing of a survey inside the session's transaction; returns the job's number."""
    return _enqueue(session, "surveys", "process_survey", f"survey-{survey_id}", survey_id=survey_id)


def enqueue_import(session: Session, import_id: int) -> int:
    """Queue the rehearsal or the storing of a file, whichever its row says, in the same way."""
    return _enqueue(session, "imports", "carry_import", f"import-{import_id}", import_id=import_id)


def _enqueue(session: Session, queue: str, task: str, lock: str, **given: int) -> int:
    connection = session.connection().connection.driver_connection
    deferrer = _deferring.configure_task(
        name=task, queue=queue, lock=lock, allow_unknown=True, connection=connection
    )
    return int(deferrer.defer(**given))


def work(url: str, trades: Sequence[Trade], *, until_idle: bool = False) -> None:
    """Take jobs until told to stop (SIGINT, SIGTERM) or, with ``until_idle``, until there is none."""
    asyncio.run(_work(url, trades, until_idle))


async def _work(url: str, trades: Sequence[Trade], until_idle: bool) -> None:
    stop = threading.Event()
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=4))

    # a starved worker that beats late must not take its own jobs for a dead one's
    mine: set[tuple[str, int]] = set()
    for each in trades:
        app.task(name=each.task, queue=each.queue, retry=_BackToQueue())(_run(each, stop, mine))

    async with app.open_async():
        workers = [
            asyncio.create_task(
                app.run_worker_async(
                    queues=[each.queue],
                    concurrency=each.jobs,
                    wait=not until_idle,
                    install_signal_handlers=False,
                    update_heartbeat_interval=HEARTBEAT_SECONDS,
                    stalled_worker_timeout=DEAD_AFTER_SECONDS,
                    fetch_job_polling_interval=2.0,
                    delete_jobs="never",
                )
            )
            for each in trades
        ]
        rescuer = asyncio.create_task(_rescue_forever(app, trades, mine))
        _stop_on_signals(stop, workers)
        for worker in workers:
            with suppress(asyncio.CancelledError):
                await worker
        rescuer.cancel()
        with suppress(asyncio.CancelledError):
            await rescuer


def _run(trade: Trade, stop: threading.Event, mine: set[tuple[str, int]]) -> Callable[..., None]:
    """The function of a task; the queue hands it the id by name."""

    def run(**given: int) -> None:
        job = (trade.task, given[trade.key])
        mine.add(job)
        try:
            trade.process(given[trade.key], stop)
        finally:
            mine.discard(job)

    return run


def _stop_on_signals(stop: threading.Event, workers: Sequence[asyncio.Task[None]]) -> None:
    loop = asyncio.get_running_loop()

    def end() -> None:
        if not stop.is_set():
            stop.set()
            for worker in workers:
                worker.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError, RuntimeError, ValueError):  # only the main thread may
            loop.add_signal_handler(number, end)


async def _rescue_forever(
    app: procrastinate.App, trades: Sequence[Trade], mine: set[tuple[str, int]]
) -> None:
    while True:
        try:
            for each in trades:
                await rescue(app, each, mine)
        except procrastinate.exceptions.ConnectorException as error:
            _log.warning("looking for cut-off jobs failed, trying again: %s", error)
        await asyncio.sleep(HEARTBEAT_SECONDS)


async def rescue(app: procrastinate.App, trade: Trade, mine: set[tuple[str, int]]) -> int:
    """Put jobs of dead workers back; give up those cut off too often. Returns how many were found."""
    found = 0
    for job in await app.job_manager.get_stalled_jobs(
        queue=trade.queue, seconds_since_heartbeat=DEAD_AFTER_SECONDS
    ):
        key = int(str(job.task_kwargs[trade.key]))
        if (trade.task, key) in mine:
            continue
        found += 1
        if job.attempts >= MOST_ATTEMPTS:
            await asyncio.to_thread(trade.abandon, key, WorkerDied(attempts=job.attempts))
            await app.job_manager.finish_job(job, procrastinate.jobs.Status.FAILED, delete_job=False)
        else:
            _log.warning("%s %s was cut off; it starts again", trade.task, key)
            await app.job_manager.retry_job(job, retry_at=datetime.now(UTC))
    return found
