"""The queue: procrastinate on the same PostgreSQL. A job is enqueued in the transaction that causes it.

A worker that dies leaves its job in ``doing``. Every worker looks for such jobs when it starts and every
few seconds after, and puts them back; jobs are idempotent, so one that ran twice has done its work once.
A worker that is told to stop interrupts its job at the next progress report and puts it back itself.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import procrastinate
from procrastinate.jobs import Job
from procrastinate.sync_psycopg_connector import SyncPsycopgConnector
from sqlalchemy.orm import Session

from gis.errors import ChengtuError

__all__ = ["Interrupted", "WorkerDied", "enqueue_survey", "work"]

QUEUE = "surveys"
TASK = "process_survey"
HEARTBEAT_SECONDS = 5.0
DEAD_AFTER_SECONDS = 20.0
MOST_ATTEMPTS = 3

_log = logging.getLogger(__name__)

# Deferring only needs the name of the task; the worker brings the function (see ``work``).
_deferring = procrastinate.App(connector=SyncPsycopgConnector())


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
    connection = session.connection().connection.driver_connection
    deferrer = _deferring.configure_task(
        name=TASK, queue=QUEUE, lock=f"survey-{survey_id}", allow_unknown=True, connection=connection
    )
    return int(deferrer.defer(survey_id=survey_id))


def work(
    url: str,
    process: Callable[[int, threading.Event], None],
    abandon: Callable[[int, ChengtuError], None],
    *,
    jobs: int = 1,
    until_idle: bool = False,
) -> None:
    """Take jobs until told to stop (SIGINT, SIGTERM) or, with ``until_idle``, until there is none.

    ``process(survey_id, stop)`` does the work and raises Interrupted soon after ``stop`` is set;
    ``abandon(survey_id, error)`` writes down that a survey was given up.
    """
    asyncio.run(_work(url, process, abandon, jobs, until_idle))


async def _work(
    url: str,
    process: Callable[[int, threading.Event], None],
    abandon: Callable[[int, ChengtuError], None],
    jobs: int,
    until_idle: bool,
) -> None:
    stop = threading.Event()
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=4))

    mine: set[int] = set()  # a starved worker that beats late must not take its own jobs for a dead one's

    @app.task(name=TASK, queue=QUEUE, retry=_BackToQueue())
    def run(survey_id: int) -> None:
        mine.add(survey_id)
        try:
            process(survey_id, stop)
        finally:
            mine.discard(survey_id)

    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(
                queues=[QUEUE],
                concurrency=jobs,
                wait=not until_idle,
                install_signal_handlers=False,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=DEAD_AFTER_SECONDS,
                fetch_job_polling_interval=2.0,
                delete_jobs="never",
            )
        )
        rescuer = asyncio.create_task(_rescue_forever(app, abandon, mine))
        _stop_on_signals(stop, worker)
        with suppress(asyncio.CancelledError):
            await worker
        rescuer.cancel()
        with suppress(asyncio.CancelledError):
            await rescuer


def _stop_on_signals(stop: threading.Event, worker: asyncio.Task[None]) -> None:
    loop = asyncio.get_running_loop()

    def end() -> None:
        if not stop.is_set():
            stop.set()
            worker.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError, RuntimeError, ValueError):  # only the main thread may
            loop.add_signal_handler(number, end)


async def _rescue_forever(
    app: procrastinate.App, abandon: Callable[[int, ChengtuError], None], mine: set[int]
) -> None:
    while True:
        try:
            await rescue(app, abandon, mine)
        except procrastinate.exceptions.ConnectorException as error:
            _log.warning("looking for cut-off jobs failed, trying again: %s", error)
        await asyncio.sleep(HEARTBEAT_SECONDS)


async def rescue(app: procrastinate.App, abandon: Callable[[int, ChengtuError], None], mine: set[int]) -> int:
    """Put jobs of dead workers back; give up those cut off too often. Returns how many were found."""
    found = 0
    for job in await app.job_manager.get_stalled_jobs(
        queue=QUEUE, seconds_since_heartbeat=DEAD_AFTER_SECONDS
    ):
        survey_id = int(str(job.task_kwargs["survey_id"]))
        if survey_id in mine:
            continue
        found += 1
        if job.attempts >= MOST_ATTEMPTS:
            await asyncio.to_thread(abandon, survey_id, WorkerDied(attempts=job.attempts))
            await app.job_manager.finish_job(job, procrastinate.jobs.Status.FAILED, delete_job=False)
        else:
            _log.warning("survey %s was cut off; it starts again", survey_id)
            await app.job_manager.retry_job(job, retry_at=datetime.now(UTC))
    return found
