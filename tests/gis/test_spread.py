from __future__ import annotations

import logging
import pickle
import sys
import threading
from collections.abc import Iterator

import cv2
import pytest

from gis.change import DetectOptions, Means, detect
from gis.change.detect import _worked
from gis.change.windows import pair_of
from gis.refused import RasterTruncated
from gis.spread import DaskMissing, SchedulerSilent, spread
from tests import scenes
from tests.gis.test_detect import STILL

SMALL = DetectOptions(model=None, window_px=64, margin_m=8)


class Stopped(Exception):
    pass


def doubled(job: int, task: int) -> int:
    return 2 * task + job


def refusing(job: int, task: int) -> int:
    if task == job:
        raise RasterTruncated(name="甲.tif", where_zh="第 3 块", where_en="block 3")
    return task


def threads_of_opencv(job: int, task: int) -> int:
    return int(cv2.getNumThreads())


@pytest.fixture(scope="module")
def dask_address() -> Iterator[str]:
    """A scheduler with two workers that are spoken to over TCP, so that everything is pickled."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, protocol="tcp", host="127.0.0.1",
        dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL,
    ) as cluster:  # fmt: skip
        yield cluster.scheduler_address


@pytest.mark.parametrize("cores", [1, 2, 7])
def test_results_come_in_the_order_of_the_tasks(cores):
    assert spread(doubled, 1, range(40), means=Means(cores=cores)) == [2 * n + 1 for n in range(40)]


def test_no_tasks_give_no_results():
    assert spread(doubled, 1, [], means=Means()) == []


def test_progress_grows_to_the_end_in_the_caller_s_thread():
    heard: list[tuple[float, int]] = []
    spread(doubled, 1, range(9), means=Means(), progress=lambda s: heard.append((s, threading.get_ident())))
    shares = [share for share, _ in heard]
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert {thread for _, thread in heard} == {threading.get_ident()}


def test_what_progress_raises_drops_the_tasks_that_have_not_begun():
    begun: list[int] = []

    def work(job: int, task: int) -> int:
        begun.append(task)
        return task

    def stop(share: float) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        spread(work, 0, range(1000), means=Means(cores=2), progress=stop)
    assert len(begun) < 20


def test_a_caller_who_stops_does_not_wait_for_a_slow_task():
    release = threading.Event()

    def stop(share: float) -> None:
        raise Stopped

    try:
        with pytest.raises(Stopped):
            spread(lambda job, task: release.wait(60), 0, range(4), means=Means(cores=2), progress=stop)
        assert not release.is_set()
    finally:
        release.set()


def test_no_more_tasks_are_worked_on_at_once_than_there_are_cores():
    inside, most, lock = 0, 0, threading.Lock()

    def work(job: int, task: int) -> int:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        threading.Event().wait(0.002)
        with lock:
            inside -= 1
        return task

    spread(work, 0, range(60), means=Means(cores=3))
    assert most <= 3


def test_opencv_keeps_to_one_thread_inside_and_is_left_as_it_was():
    usual = cv2.getNumThreads()
    assert set(spread(threads_of_opencv, 0, range(8), means=Means(cores=2))) == {1}
    assert cv2.getNumThreads() == usual


def test_an_error_of_a_task_reaches_the_caller():
    with pytest.raises(RasterTruncated, match=r"甲\.tif"):
        spread(refusing, 5, range(40), means=Means(cores=2))


@pytest.mark.parametrize("surfaces", [True, False])
def test_threads_and_a_cluster_find_the_same(tmp_path, dask_address, surfaces):
    before, after, *dsms = scenes.write_scene(scenes.scene_with_shed(), tmp_path)
    heights = {"before_dsm": dsms[0], "after_dsm": dsms[1]} if surfaces else {}
    one, two, far = (
        detect(before, after, alignment=STILL, options=SMALL, means=means, **heights)
        for means in (Means(cores=1), Means(cores=2), Means(scheduler=dask_address))
    )
    assert len(one) > 0
    assert one.equals(two)
    assert one.equals(far)


def test_an_error_on_a_cluster_arrives_as_itself(dask_address):
    with pytest.raises(RasterTruncated) as caught:
        spread(refusing, 5, range(40), means=Means(scheduler=dask_address))
    assert "第 3 块" in caught.value.message_zh


def test_stopping_on_a_cluster_ends_the_run(dask_address):
    def stop(share: float) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        spread(doubled, 1, range(100), means=Means(scheduler=dask_address), progress=stop)


def test_a_cluster_that_does_not_answer_is_named(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("gis.spread._CONNECT_SECONDS", 0.2)
    with pytest.raises(SchedulerSilent, match=r"127\.0\.0\.1:9"):
        spread(doubled, 1, range(2), means=Means(scheduler="tcp://127.0.0.1:9"))


def test_a_cluster_without_its_package_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(DaskMissing, match=r"chengtu\[cluster\]"):
        spread(doubled, 1, range(2), means=Means(scheduler="tcp://127.0.0.1:8786"))


def test_what_a_worker_needs_is_small_and_travels(tmp_path):
    before, after, *dsms = scenes.write_scene(scenes.scene_with_shed(), tmp_path)
    pair = pair_of(before, after, (dsms[0], dsms[1]), STILL, SMALL)
    packed = pickle.dumps((pair, SMALL))
    assert len(packed) < 10_000_000
    window = next(pair.windows(SMALL))
    here, there = _worked((pair, SMALL), window), _worked(pickle.loads(packed), window)
    assert [each.outline for each in here] == [each.outline for each in there]
