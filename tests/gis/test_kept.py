from __future__ import annotations

import os
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon, box

from gis.change import DetectOptions, Means, detect
from gis.change.kept import KeptWindows, fingerprint
from gis.change.patch import Patch, Sense
from gis.change.windows import OpenPair, pair_of
from tests import scenes
from tests.gis.test_detect import STILL

SMALL = DetectOptions(model=None, window_px=64, margin_m=8)
HOLED = Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(2, 2), (4, 2), (4, 4), (2, 4)]])

SENSES = st.sampled_from(["gained", "lost", "changed"])
SUMS = st.lists(st.floats(allow_nan=False), max_size=12)
OUTLINES = st.one_of(
    st.just(HOLED), st.builds(lambda east: box(east, 0, east + 1.25, 2), st.floats(-1e6, 1e6))
)


class Killed(BaseException):
    """Ends a run as abruptly as an exception can."""


def made(sense: Sense, outline: Polygon, sums: list[float]) -> Patch:
    return Patch(sense, outline, np.array(sums, dtype=np.float64))


@given(st.lists(st.builds(made, SENSES, OUTLINES, SUMS), max_size=6))
def test_patches_come_back_as_they_were_kept(patches):
    with tempfile.TemporaryDirectory() as folder:
        kept = KeptWindows.of(Path(folder), "mark")
        kept.put(3, patches)
        again = kept.get(3)
    assert again is not None and len(again) == len(patches)
    for one, other in zip(again, patches, strict=True):
        assert (one.sense, one.outline) == (other.sense, other.outline)
        assert np.array_equal(one.sums, other.sums)


def test_a_window_not_kept_or_spoilt_counts_as_missing(tmp_path):
    kept = KeptWindows.of(tmp_path, "mark")
    assert kept.get(0) is None
    kept.put(0, [made("gained", HOLED, [1.0])])
    [path] = kept.folder.iterdir()
    path.write_bytes(path.read_bytes()[:100])
    assert kept.get(0) is None


def test_windows_of_other_inputs_are_deleted(tmp_path):
    KeptWindows.of(tmp_path, "old").put(0, [])
    kept = KeptWindows.of(tmp_path, "new")
    assert kept.get(0) is None
    assert [each.name for each in tmp_path.iterdir()] == ["new"]


def test_the_fingerprint_follows_files_alignment_options_and_model(tmp_path):
    before, after, *_ = scenes.write_scene(scenes.scene_with_shed(), tmp_path)
    pair = pair_of(before, after, (None, None), STILL, SMALL)
    plain = fingerprint(pair, SMALL)
    assert fingerprint(pair_of(before, after, (None, None), STILL, SMALL), SMALL) == plain
    assert fingerprint(pair, DetectOptions(min_area_m2=20)) != plain
    assert fingerprint(pair, SMALL, model="one") != plain
    os.utime(after, ns=(1, 1))
    assert fingerprint(pair, SMALL) != plain


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """The windows that were worked on, as they are read."""
    seen: list[tuple[int, ...]] = []
    plain = OpenPair.view

    def view(self, window):
        seen.append(window.core)
        return plain(self, window)

    monkeypatch.setattr(OpenPair, "view", view)
    return seen


def test_a_run_that_was_killed_goes_on_with_the_missing_windows(tmp_path, reads):
    before, after, before_dsm, after_dsm = scenes.write_scene(scenes.scene_with_shed(), tmp_path)

    def run(progress=lambda share: None, keep=tmp_path / "windows"):
        return detect(
            before, after, before_dsm=before_dsm, after_dsm=after_dsm, alignment=STILL, options=SMALL,
            means=Means(cores=1, keep=keep), progress=progress,
        )  # fmt: skip

    def killed_half_way(share: float) -> None:
        if share > 0.45:
            raise Killed

    whole = run(keep=None)
    count = len(reads)
    reads.clear()
    with pytest.raises(Killed):
        run(killed_half_way)
    for thread in threading.enumerate():  # a window under way is read to its end
        if thread.name.startswith("window"):
            thread.join()
    kept = {path.stem for path in (tmp_path / "windows").rglob("*.npz")}
    assert 0 < len(kept) < count
    reads.clear()
    assert run().equals(whole)
    assert len(reads) == count - len(kept)
    reads.clear()
    assert run().equals(whole)
    assert not reads
