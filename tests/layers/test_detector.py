"""Which model is used, and when another one may take its place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.change.model import SHIPPED, Model
from gis.learning.held_out import Found, is_held_out, parted, scored
from gis.learning.lessons import NoLessons
from layers.detector import model_in_use
from layers.detector.examine import examined, pixel_of
from layers.detector.installed import install, installed, use
from layers.detector.rules import Scores, better
from layers.errors import NotFound, Refused
from layers.settings import Settings


@pytest.mark.parametrize(
    ("old", "new", "wins", "word"),
    [
        (Scores(40, 20, 40, 20), Scores(40, 24, 40, 24), True, "F1"),
        (Scores(40, 20, 40, 20), Scores(40, 20, 40, 20), False, "F1"),  # no better
        (Scores(40, 20, 40, 20), Scores(40, 19, 40, 19), False, "F1"),
        (Scores(100, 50, 50, 50), Scores(100, 90, 100, 97), False, "查准率"),  # 1.00 → 0.97
        (Scores(100, 50, 50, 50), Scores(100, 90, 100, 98), True, "F1"),  # 1.00 → 0.98 is tolerated
        (Scores(100, 80, 200, 80), Scores(100, 77, 80, 77), False, "查全率"),  # 0.80 → 0.77
        (Scores(19, 5, 19, 5), Scores(19, 19, 19, 19), False, "19"),  # too few to tell
        (Scores(20, 0, 0, 0), Scores(20, 4, 8, 4), True, "F1"),  # one that found nothing
        (Scores(20, 4, 8, 4), Scores(20, 0, 0, 0), False, "F1"),
        (Scores(0, 0, 0, 0), Scores(0, 0, 0, 0), False, "0"),
    ],
)
def test_when_a_new_model_is_better(old: Scores, new: Scores, wins: bool, word: str) -> None:
    told = better(old, new)
    assert told.better is wins
    assert word in told.why.zh and told.why.en


counted = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60)).map(
    lambda each: Scores(30, min(30, each[0]), each[1], min(each[1], each[2]))
)


@given(counted, counted)
def test_of_two_models_never_both_are_better(one: Scores, other: Scores) -> None:
    assert not (better(one, other).better and better(other, one).better)


@given(counted)
def test_rates_are_shares_and_f1_lies_between_them(each: Scores) -> None:
    if each.precision is not None and each.recall is not None and each.f1 is not None:
        low, high = sorted((each.precision, each.recall))
        assert low - 1e-9 <= each.f1 <= high + 1e-9


# ---- on disk --------------------------------------------------------------------------------------------


@pytest.fixture
def readable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that hold nothing but their version pass for models."""
    monkeypatch.setattr(Model, "read", lambda path=SHIPPED: SimpleNamespace(version=path.read_text()))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def model(folder: Path, version: str) -> Path:
    path = folder / f"{hashlib.md5(version.encode()).hexdigest()}.onnx"
    path.write_text(version)
    return path


def test_at_first_the_shipped_model_is_used(settings: Settings) -> None:
    assert model_in_use(settings) == SHIPPED
    assert [(each.version, each.in_use) for each in installed(settings)] == [("shipped", True)]


def test_an_installed_model_is_used_until_one_goes_back(
    settings: Settings, tmp_path: Path, readable: None
) -> None:
    done = install(settings, model(tmp_path, "c1+20231101.abcdef"), {"new": {"f1": 0.7}}, by="李工")
    assert model_in_use(settings) == done.path and done.path.read_text() == "c1+20231101.abcdef"
    record = json.loads(done.path.with_suffix(".json").read_text())
    assert set(record) == {"version", "sha256", "figures", "installed_at", "by"}
    assert record["sha256"] == hashlib.sha256(b"c1+20231101.abcdef").hexdigest()
    install(settings, model(tmp_path, "c2"), {}, by="李工")
    assert [each.version for each in installed(settings) if each.in_use] == ["c2"]
    use(settings, "c1+20231101.abcdef")
    assert model_in_use(settings) == done.path
    use(settings, "shipped")
    assert model_in_use(settings) == SHIPPED
    assert {each.version for each in installed(settings)} == {"shipped", "c1+20231101.abcdef", "c2"}
    assert not list((settings.home / "models").glob("*.part"))


def test_two_models_of_one_name_are_refused(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Model, "read", lambda path=SHIPPED: SimpleNamespace(version="c1"))
    install(settings, model(tmp_path, "one"), {}, by="x")
    install(settings, model(tmp_path, "one"), {}, by="x")  # the same again changes nothing
    with pytest.raises(Refused):
        install(settings, model(tmp_path, "another"), {}, by="x")
    assert model_in_use(settings).read_text() == "one"


@pytest.mark.parametrize("version", ["../../etc/passwd", "", "shipped", ".hidden", "a b"])
def test_a_version_that_is_no_file_name_is_refused(
    settings: Settings, tmp_path: Path, readable: None, version: str
) -> None:
    with pytest.raises(Refused):
        install(settings, model(tmp_path, version), {}, by="x")
    assert not (settings.home / "models").exists()


def test_a_model_that_nobody_installed_cannot_be_used(
    settings: Settings, tmp_path: Path, readable: None
) -> None:
    with pytest.raises(NotFound):
        use(settings, "c9")
    done = install(settings, model(tmp_path, "c1"), {}, by="x")
    done.path.unlink()
    with pytest.raises(NotFound):
        model_in_use(settings)


# ---- on the held-out part -------------------------------------------------------------------------------


def write_set(folder: Path, names: Sequence[str], planes: Sequence[np.ndarray]) -> Path:
    """A set of tiles of 64 px; the pictures are grey."""
    for part in ("A", "B", "label"):
        (folder / part).mkdir(parents=True)
    for name, plane in zip(names, planes, strict=True):
        for part in ("A", "B"):
            cv2.imwrite(str(folder / part / f"{name}.png"), np.full((64, 64, 3), 90, np.uint8))
        cv2.imwrite(str(folder / "label" / f"{name}.png"), plane)
    (folder / "manifest.json").write_text(json.dumps({"pixel_m": 0.5}))
    return folder


def plane(*boxes: tuple[int, int, int]) -> np.ndarray:
    """A label with squares of 12 px: column, row, value."""
    made = np.zeros((64, 64), np.uint8)
    for column, row, value in boxes:
        made[row : row + 12, column : column + 12] = value
    return made


def on_pixels(column: int, row: int) -> shapely.Polygon:
    """The outline of a square of 12 px of 0.5 m where a pair without a place is laid."""
    west, north = 455_000 + column * 0.5, 3_515_000 - row * 0.5
    return shapely.box(west, north - 6, west + 6, north)


def test_what_is_found_on_undecided_ground_is_neither_right_nor_wrong(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "set", ["E0N0_a_b"], [plane((4, 4, 255), (40, 4, 128))])

    def found(before: Path, after: Path) -> list[shapely.Polygon]:
        return [on_pixels(4, 4), on_pixels(40, 4), on_pixels(40, 40)]

    total = scored(folder, ["E0N0_a_b"], 0.5, found)
    assert (total.objects, total.objects_hit, total.found, total.found_right) == (1, 1, 2, 1)


def test_only_held_out_places_are_looked_at_and_never_taught(tmp_path: Path) -> None:
    names = [f"E{number * 96}N0_a_b" for number in range(40)]
    folder = write_set(tmp_path / "set", names, [plane((4, 4, 255))] * 40)
    taught, held = parted(folder)
    assert set(taught) | set(held) == set(names) and not set(taught) & set(held)
    assert held and all(is_held_out(each) for each in held)
    looked: list[Path] = []

    def detector(file: Path) -> Found:
        def found(before: Path, after: Path) -> list[shapely.Polygon]:
            looked.append(before)
            return [on_pixels(4, 4)]

        return found

    scores = examined(tmp_path / "model.onnx", folder, Settings(home=tmp_path), detector=detector)
    assert scores == Scores(len(held), len(held), len(held), len(held))
    assert len(looked) == len(held)


def test_a_set_without_a_held_out_place_or_without_a_manifest_is_refused(tmp_path: Path) -> None:
    taught = next(f"E{n}N0_a_b" for n in range(99) if not is_held_out(f"E{n}N0_a_b"))
    folder = write_set(tmp_path / "set", [taught], [plane((4, 4, 255))])
    with pytest.raises(Refused, match="held out"):
        examined(tmp_path / "model.onnx", folder, Settings(home=tmp_path))
    (folder / "manifest.json").unlink()
    with pytest.raises(Refused, match="manifest"):
        pixel_of(folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoLessons):
        parted(tmp_path / "empty")
