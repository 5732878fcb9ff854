"""From verdicts to a training set: what is taught where, and that a set is whole or not there."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from gis.crs import to_degrees
from gis.learning.held_out import is_held_out, place_of
from gis.learning.lessons import read_pairs
from layers import database
from layers.candidates.rules import RejectReason
from layers.lessons.export import FolderTaken, NothingReviewed, export
from layers.lessons.rules import NOTHING_BUILT, SIDE_PX, Shape, Tile, label, planned
from layers.people.rules import Role
from layers.storage import Storage
from tests import scenes
from tests.layers import compared

EVERYWHERE = np.ones((SIDE_PX, SIDE_PX), dtype=bool)
STEP_M = 96.0


def box(column: int, row: int, east: float = 40, north: float = 40, side: float = 10) -> shapely.Polygon:
    x, y = column * STEP_M + east, row * STEP_M + north
    return shapely.box(x, y, x + side, y + side)


def taught(plane: np.ndarray, tile: Tile, shape: shapely.Geometry) -> int:
    """The label in the middle of a shape."""
    column, row = ~tile.grid.transform @ (shape.centroid.x, shape.centroid.y)
    return int(plane[int(row), int(column)])


@pytest.mark.parametrize(
    ("status", "reason", "doubted", "value"),
    [
        ("accepted", None, False, 255),
        ("pending", None, False, 128),
        ("rejected", "shadow", False, 0),
        ("rejected", "vehicle", False, 0),
        ("rejected", "misaligned", False, 0),
        ("rejected", "permitted", False, 128),  # a building stands there, only no illegal one
        ("rejected", "duplicate", False, 128),
        ("rejected", "other", False, 128),
        ("rejected", "shadow", True, 128),  # the second look found something
    ],
)
def test_what_a_verdict_teaches(status: str, reason: str | None, doubted: bool, value: int) -> None:
    shape = Shape("C1", box(0, 0), status, reason, doubted)
    tile = Tile.of(shape.geometry, 0.25)
    plane = label(tile, [shape], EVERYWHERE)
    assert shape.value == value == taught(plane, tile, shape.geometry)
    assert plane[0, 0] == 0


def test_an_accepted_shape_covers_its_ground_to_the_pixel() -> None:
    shape = Shape("C1", box(0, 0), "accepted")
    plane = label(Tile.of(shape.geometry, 0.25), [shape], EVERYWHERE)
    assert (plane == 255).sum() * 0.25**2 == pytest.approx(100, rel=0.05)


def test_candidates_of_one_core_share_a_tile_and_a_neighbour_is_undecided_in_the_margin() -> None:
    one, two = Shape("C1", box(0, 0, 20), "accepted"), Shape("C2", box(0, 0, 60), "accepted")
    other = Shape("C3", box(1, 0, 2), "accepted")
    first, second = planned([one, two, other], 0.25)
    plane = label(first, [one, two, other], EVERYWHERE)
    assert [taught(plane, first, each.geometry) for each in (one, two, other)] == [255, 255, 128]
    assert taught(label(second, [one, two, other], EVERYWHERE), second, other.geometry) == 255


def test_ground_that_one_date_does_not_show_is_undecided() -> None:
    shape = Shape("C1", box(0, 0), "accepted")
    nothing = np.zeros((SIDE_PX, SIDE_PX), dtype=bool)
    assert (label(Tile.of(shape.geometry, 0.25), [shape], nothing) == 128).all()


def test_a_square_in_which_something_was_missed_is_no_background() -> None:
    shape, square = Shape("C1", box(0, 0), "accepted"), box(0, 0, 60, 0, 30)
    tile = Tile.of(shape.geometry, 0.25)
    plane = label(tile, [shape], EVERYWHERE, [square])
    assert taught(plane, tile, square) == 128 and taught(plane, tile, shape.geometry) == 255


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.sampled_from([0.25, 0.3, 0.5]))
def test_every_candidate_lies_in_the_core_of_its_tile(x: float, y: float, pixel: float) -> None:
    shape = shapely.box(x, y, x + 8, y + 8)
    west, south, east, north = Tile.of(shape, pixel).grid.bounds
    margin, centre = 64 * pixel - 1e-6, shape.centroid
    assert west + margin <= centre.x <= east - margin and south + margin <= centre.y <= north - margin


@given(st.integers(-9999, 9999), st.integers(-9999, 9999), st.sampled_from(["S1_S2", "S2_S3"]))
def test_a_place_is_held_out_whatever_flights_show_it(column: int, row: int, flights: str) -> None:
    place = Tile(column, row, 0.25).place
    assert place_of(f"verdicts/{place}_{flights}") == place
    assert is_held_out(f"{place}_{flights}") == is_held_out(f"{place}_S9_S10")


# ---- the whole export -----------------------------------------------------------------------------------


@pytest.fixture
def flown(own_database_url: str, tmp_path: Path) -> tuple[str, Storage]:
    """Two flights of 102 m with a shed that was built, the later one 2 m off; the shed accepted, a shadow rejected."""
    scene = scenes.scene_with_shed(512, shift_px=(10, 0))
    files = scenes.write_scene(scene, tmp_path)
    storage = Storage(tmp_path / "home")
    with database.session(own_database_url) as session:
        first, second = compared.flights(session)
        [shed] = scene.truth
        reviewer = compared.person(session, "someone", Role.REVIEWER)
        for number, (shape, status, reason) in enumerate(
            (
                (shed, "accepted", None),
                (shapely.affinity.translate(shed, 0, -40), "rejected", "shadow"),
                (shapely.affinity.translate(shed, 40, 0), "pending", None),
            )
        ):
            lonlat = to_degrees(shape)
            known = compared.candidate(session, second, lonlat, status=status, code=f"C-{number}")
            if status != "pending":
                session.execute(
                    text(
                        "INSERT INTO reviews (candidate_id, verdict, reason, note, person_id, at) VALUES "
                        "(:id, :verdict, :reason, '张三家', :person, '2023-07-01T08:00+08:00')"
                    ),
                    {"id": known, "verdict": status[:6], "reason": reason, "person": reviewer.id},
                )
    for survey, ortho in ((first, files[0]), (second, files[1])):
        target = storage.cog(survey, "ortho")
        target.parent.mkdir(parents=True)
        ortho.rename(target)
    return own_database_url, storage


def test_a_set_can_be_read_as_lessons_with_both_dates_brought_together(
    flown: tuple[str, Storage], tmp_path: Path
) -> None:
    done = export(*flown, tmp_path / "set")
    assert (done.accepted, done.rejected, done.pixel_m, done.skipped) == (1, 1, 0.25, [])
    lessons = read_pairs(tmp_path / "set", done.pixel_m)
    assert len(lessons) == done.tiles >= 1
    changed = [each for each in lessons if (each.change == 255).any()]
    [lesson] = changed
    assert lesson.before.shape == (SIDE_PX, SIDE_PX, 3)
    where = lesson.change == 255
    assert where.sum() * 0.25**2 == pytest.approx(160, rel=0.08)
    blue = lesson.after.astype(int)[..., 2] - lesson.after.astype(int)[..., 0] > 60
    assert (blue & where).sum() > 0.9 * where.sum()  # the roof lies under its label, though the flight is off
    assert blue.sum() < 1.15 * where.sum()
    assert set(np.unique(lesson.change)) == {0, 128, 255}


def test_the_manifest_names_every_verdict_and_nobody(flown: tuple[str, Storage], tmp_path: Path) -> None:
    export(*flown, tmp_path / "set")
    written = (tmp_path / "set" / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(written)
    verdicts = {each["code"]: each for each in manifest["candidates"]}
    assert set(verdicts) == {"C-0", "C-1"}
    assert verdicts["C-1"]["verdict"] == "rejected" and verdicts["C-1"]["reason"] == "shadow"
    assert verdicts["C-0"]["township"]["name"] == "木厂镇" and verdicts["C-0"]["model"] == "difference"
    assert verdicts["C-0"]["before"] == "S20230312-001" and verdicts["C-0"]["after"] == "S20230618-001"
    assert "someone" not in written and "张三家" not in written
    for tile in manifest["tiles"]:
        assert set(tile["sha256"]) == {"A", "B", "label"} and tile["alignment"] == "good"


def test_only_what_was_reviewed_since_a_day_is_taken(flown: tuple[str, Storage], tmp_path: Path) -> None:
    assert export(*flown, tmp_path / "set", since=date(2023, 7, 1)).accepted == 1
    with pytest.raises(NothingReviewed):
        export(*flown, tmp_path / "late", since=date(2023, 7, 2))
    assert not (tmp_path / "late").exists()


def test_a_folder_that_holds_something_is_left_alone(flown: tuple[str, Storage], tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "mine.txt").write_text("mine")
    with pytest.raises(FolderTaken):
        export(*flown, tmp_path / "set")
    assert [each.name for each in (tmp_path / "set").iterdir()] == ["mine.txt"]


def test_an_export_that_fails_leaves_nothing_and_the_next_one_is_whole(
    flown: tuple[str, Storage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("layers.lessons.export._write_manifest", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            export(*flown, tmp_path / "set")
    assert not [each for each in tmp_path.iterdir() if "set" in each.name]
    (tmp_path / ".set.part").mkdir()  # of a run that was killed
    export(*flown, tmp_path / "set")
    assert (tmp_path / "set" / "manifest.json").exists()
    assert not (tmp_path / ".set.part").exists()


def test_flights_whose_imagery_is_gone_are_named(flown: tuple[str, Storage], tmp_path: Path) -> None:
    url, storage = flown
    for each in storage.surveys.rglob("ortho.tif"):
        each.unlink()
    with pytest.raises(NothingReviewed):
        export(url, storage, tmp_path / "set")


def test_tiles_of_every_part_are_pictures_of_one_size(flown: tuple[str, Storage], tmp_path: Path) -> None:
    export(*flown, tmp_path / "set")
    for part in ("A", "B", "label"):
        for path in (tmp_path / "set" / part).iterdir():
            assert cv2.imread(str(path), cv2.IMREAD_UNCHANGED).shape[:2] == (SIDE_PX, SIDE_PX)


def test_reasons_that_show_no_building_are_a_part_of_all_reasons() -> None:
    assert set(RejectReason) > NOTHING_BUILT
