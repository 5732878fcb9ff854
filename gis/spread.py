"""One function over many windows at once: on the cores of this machine, or on a dask cluster.

Only so many windows are under way that every core is busy, so memory stays bounded however many there are.
What a window needs is a small value that travels (see ``windows.Pair``); each opens its files itself,
which takes a millisecond, so no dataset is ever shared between threads.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeVar

import cv2

from gis.errors import ChengtuError
from gis.raster import Progress, quiet

__all__ = ["DaskMissing", "Means", "SchedulerSilent", "Store", "cores_here", "spread"]

Job = TypeVar("Job")
Task = TypeVar("Task")
Result = TypeVar("Result")

_BEAT_SECONDS = 0.5  # how long a caller who wants to stop may have to wait
_CONNECT_SECONDS = 20
_AHEAD = 2  # tasks under way per core: one worked on, one on its way


class DaskMissing(ChengtuError):
    """A scheduler is named, but the package that speaks to it is not installed."""

    code = "dask_missing"
    zh = "设置了计算集群地址 {address}，但没有安装 distributed 组件。请安装 chengtu[cluster]，或取消该设置。"
    en = (
        "The cluster {address} is set, but the package “distributed” is not installed. "
        "Install chengtu[cluster], or unset the address."
    )


class SchedulerSilent(ChengtuError):
    """No scheduler answers at the address, or it has no worker."""

    code = "scheduler_silent"
    zh = "计算集群 {address} 在 {seconds} 秒内没有应答或没有可用的工作进程。请检查地址和工作进程，或取消该设置。"
    en = (
        "The cluster {address} did not answer within {seconds} s, or has no worker. "
        "Check the address and its workers, or unset it."
    )


@dataclass(frozen=True)
class Means:
    """By what means windows are worked on.

    ``cores``: threads of this machine, all when missing. ``scheduler``: address of a dask scheduler whose
    workers have this program and see the same files under the same names; ``cores`` then means nothing.
    ``keep``: folder for finished windows, so that a killed run goes on with the missing ones.
    """

    cores: int | None = None
    scheduler: str | None = None
    keep: Path | None = None


class Store(Protocol[Result]):
    """Where results outlive the run; asked and filled in the caller's thread only."""

    def get(self, index: int) -> Result | None:
        """The result of a task worked before, or ``None``."""

    def put(self, index: int, result: Result) -> None:
        """Keep the result of a task."""


def cores_here() -> int:
    """Cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def spread(
    work: Callable[[Job, Task], Result],
    job: Job,
    tasks: Sequence[Task],
    *,
    means: Means,
    store: Store[Result] | None = None,
    progress: Progress = quiet,
) -> list[Result]:
    """``work(job, task)`` of every task, in the order of the tasks.

    ``work`` is pure and named in a module, ``job`` and tasks can be pickled; ``job`` is sent to each
    worker once. ``progress`` is called in this thread, after every task and twice a second; what it or a
    task raises ends the run at once: tasks not begun are dropped, those under way are not waited for.
    Raises ``DaskMissing``, ``SchedulerSilent`` and what ``work`` raises.
    """
    done = {} if store is None else _known(store, len(tasks))
    left = [(index, task) for index, task in enumerate(tasks) if index not in done]

    def finished(index: int, result: Result) -> None:
        if store is not None:
            store.put(index, result)
        done[index] = result

    if left:
        with _team(job, means, len(left)) as team:
            _run(team, work, iter(left), finished, lambda: progress(len(done) / len(tasks)))
    return [done[index] for index in range(len(tasks))]


@dataclass(frozen=True)
class _Team:
    """Who works, how many tasks at once, and the job as they get it (on a cluster: a promise of it)."""

    executor: Executor
    job: Any
    room: int


def _known(store: Store[Result], count: int) -> dict[int, Result]:
    found = ((index, store.get(index)) for index in range(count))
    return {index: result for index, result in found if result is not None}


def _team(job: Any, means: Means, count: int) -> Any:
    if means.scheduler:
        return _far_team(job, means.scheduler)
    return _near_team(job, max(1, min(means.cores or cores_here(), count)))


@contextmanager
def _near_team(job: Any, cores: int) -> Iterator[_Team]:
    executor = ThreadPoolExecutor(cores, thread_name_prefix="window")
    try:
        yield _Team(executor, job, _AHEAD * cores)
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _far_team(job: Any, address: str) -> Iterator[_Team]:
    try:
        import distributed  # noqa: PLC0415 - an optional package, only for clusters
    except ImportError as error:
        raise DaskMissing(address=address) from error
    connect: Any = distributed.Client  # its methods carry no types
    silent = SchedulerSilent(address=address, seconds=_CONNECT_SECONDS)
    try:
        client = connect(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise silent from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
        except TimeoutError as error:
            raise silent from error
        executor = client.get_executor(pure=False)
        [sent] = client.scatter([job], broadcast=True, hash=False)  # a list, or it would be taken apart
        try:
            yield _Team(executor, sent, _AHEAD * sum(client.nthreads().values()))
        finally:
            executor.shutdown(wait=False)


def _run(
    team: _Team,
    work: Callable[[Any, Any], Any],
    left: Iterator[tuple[int, Any]],
    finished: Callable[[int, Any], None],
    beat: Callable[[], None],
) -> None:
    """Keep the team busy until nothing is left."""
    under_way: dict[Future[Any], int] = {}
    while True:
        for index, task in islice(left, team.room - len(under_way)):
            under_way[team.executor.submit(_alone, work, team.job, task)] = index
        if not under_way:
            return
        ended, _ = wait(under_way, timeout=_BEAT_SECONDS, return_when=FIRST_COMPLETED)
        for future in sorted(ended, key=lambda each: under_way[each]):
            finished(under_way.pop(future), future.result())
        beat()


def _alone(work: Callable[[Any, Any], Any], job: Any, task: Any) -> Any:
    with _single_threaded:
        return work(job, task)


class _SingleThreaded:
    """Keeps OpenCV from using every core inside each of our threads; as it was when the last has left."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._usual = 1

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._usual = cv2.getNumThreads()
                cv2.setNumThreads(1)
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                cv2.setNumThreads(self._usual)


_single_threaded = _SingleThreaded()
