"""The learned detector on rendered flights, whose every change is known."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pytest

from data.demo.flights import Counts, render, write
from data.demo.flights.write import FlightFiles
from gis.change import DetectOptions, Means, detect_files
from gis.score import hit
from tests import scenes
from tests.scenes import Place


@dataclass(frozen=True)
class Flown:
    files: FlightFiles
    truth: gpd.GeoDataFrame


@pytest.fixture(scope="module")
def flown(tmp_path_factory) -> Flown:
    """120 m of a village: four houses built, two pulled down."""
    pair = render(61, size_px=1200, counts=Counts(new=4, extended=0, rooftop=0, demolished=2))
    return Flown(write(pair, tmp_path_factory.mktemp("flown")), pair.truth)


def found_in(flown: Flown, *, surfaces: tuple[str, ...] = (), **options) -> gpd.GeoDataFrame:
    heights = {name: getattr(flown.files, name) for name in surfaces}
    means = options.pop("means", Means())
    result = detect_files(
        flown.files.before_ortho,
        flown.files.after_ortho,
        options=DetectOptions(**options),
        means=means,
        **heights,
    )
    return result.found


def hits(found: gpd.GeoDataFrame, truth: gpd.GeoDataFrame) -> int:
    return sum(any(hit(guess, real) for guess in found.geometry) for real in truth.geometry)


def test_pictures_alone_show_most_of_what_was_built_and_pulled_down(flown):
    found = found_in(flown)
    assert hits(found, flown.truth) >= 0.7 * len(flown.truth)
    assert len(found) <= len(flown.truth) + 2
    assert set(found.method) == {"learned"}
    assert {"new", "demolished"} <= set(found.kind) | {"extended"}
    assert found.model.str.startswith("chengtu-").all()
    assert found.threshold.between(0, 1).all()


def test_height_and_picture_together_show_all_of_it(flown):
    found = found_in(flown, surfaces=("before_dsm", "after_dsm"))
    assert hits(found, flown.truth) == len(flown.truth)
    assert set(found.method) == {"fused"}


def test_the_later_surface_model_alone_tells_how_high_the_new_stand(flown):
    found = found_in(flown, surfaces=("after_dsm",))
    new = found[found.kind == "new"]
    assert len(new) >= 2
    assert new.height_change_m.dropna().between(1.5, 15).all()
    assert new.height_change_m.notna().any()
    assert found[found.kind == "demolished"].height_change_m.isna().all()


def test_season_and_light_alone_give_nothing(tmp_path):
    files = write(render(62, size_px=1000, changes=False, shift_m=(1.6, -1.2)), tmp_path)
    still = Flown(files, gpd.GeoDataFrame(geometry=[], crs=4548))
    assert found_in(still).empty
    assert found_in(still, surfaces=("before_dsm", "after_dsm")).empty


def test_small_windows_and_two_cores_find_the_same_things(flown):
    whole = found_in(flown)
    parts = found_in(flown, window_px=160, means=Means(cores=2))
    assert abs(len(whole) - len(parts)) <= 1
    assert hits(parts, whole) >= len(whole) - 1


def test_pictures_too_coarse_for_buildings_are_said_to_be_so(tmp_path):
    one, other = (
        scenes.write_ortho(tmp_path / f"{seed}.tif", scenes.ground(200, seed=5), Place(gsd=5.0))
        for seed in (1, 2)
    )
    result = detect_files(one, other)
    assert result.too_coarse
    assert result.found.empty
