"""The demonstration flights: the truth lies where pixels and surfaces changed, and nowhere else."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.features import rasterize
from rasterio.transform import array_bounds
from scipy.ndimage import map_coordinates
from shapely.affinity import translate
from shapely.geometry import box

from data.demo.flights import EPSG, FLOWN, Counts, Flight, FlightPair, on_record, render, write
from data.demo.flights.light import Sun, shadow, sun_at
from data.demo.flights.scene import Building
from data.demo.flights.write import STAMP
from tests import scenes

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def pair() -> FlightPair:
    return render(5, size_px=1000)


@pytest.fixture(scope="module")
def quiet() -> FlightPair:
    return render(5, size_px=600, changes=False)


def later_surface_in_first_frame(pair: FlightPair) -> np.ndarray:
    """The second surface, shift and bias taken out, on the grid of the first."""
    first, second = pair.before.dsm_transform, pair.after.dsm_transform
    true = Affine.translation(-pair.shift_m[0], -pair.shift_m[1]) @ second
    rows, cols = (np.indices(pair.before.dsm.shape) + 0.5).reshape(2, -1)
    at = ~true @ first
    x, y = at.a * cols + at.c - 0.5, at.e * rows + at.f - 0.5
    moved = map_coordinates(pair.after.dsm, [y, x], order=1, mode="nearest")
    difference = moved.reshape(pair.before.dsm.shape) - pair.bias_m
    beyond = (x < 0) | (y < 0) | (x > pair.after.dsm.shape[1] - 1) | (y > pair.after.dsm.shape[0] - 1)
    return np.where(beyond.reshape(difference.shape), pair.before.dsm, difference)


def burnt(frame: gpd.GeoDataFrame, flight: Flight, buffer_m: float) -> np.ndarray:
    shapes = [g for g in frame.geometry.buffer(buffer_m) if not g.is_empty]
    if not shapes:
        return np.zeros(flight.dsm.shape, bool)
    return rasterize(shapes, flight.dsm.shape, transform=flight.dsm_transform).astype(bool)


def test_every_kind_of_change_is_in_the_truth(pair):
    assert set(pair.truth["kind"]) == {"new", "demolished", "extended", "rooftop"}


def test_what_was_on_record_before_became_what_alarms_tell_of(pair):
    gone, stands, grew, again = on_record(pair)
    truth = {
        kind: pair.truth[pair.truth["kind"] == kind].geometry for kind in ("new", "demolished", "extended")
    }
    before, after = (frame.geometry for frame in pair.standing)
    assert truth["demolished"].geom_equals(gone.outline).any()
    assert truth["new"].geom_equals(again.outline).any()
    for each in (stands, grew):
        assert before.geom_equals(each.outline).any() and after.geom_equals(each.outline).any()
    assert truth["extended"].distance(grew.outline).min() < 0.5
    assert truth["extended"].distance(stands.outline).min() > 3
    ground = box(*array_bounds(*pair.before.ortho.shape[:2], pair.before.transform))
    everyone = (gone, stands, grew, again)
    assert all(ground.contains(each.outline) and each.found_on < FLOWN[0] for each in everyone)
    assert len({each.code for each in everyone}) == 4
    assert (again.status, grew.status) == ("demolished", "filed")


def test_the_counts_asked_for_are_made():
    pair = render(4, size_px=1000, counts=Counts(new=2, extended=1, rooftop=0, demolished=0))
    assert sorted(pair.truth["kind"]) == ["extended", "new", "new"]


def test_the_surface_changes_by_more_than_a_metre_and_a_half_inside_every_truth_polygon(pair):
    difference = later_surface_in_first_frame(pair) - pair.before.dsm
    for n in range(len(pair.truth)):
        inside = burnt(pair.truth.iloc[[n]], pair.before, -0.8)
        change = np.median(difference[inside])
        assert abs(change) > 1.5, (pair.truth.kind[n], change)
        assert np.sign(change) == np.sign(pair.truth.height_change_m[n])


def test_the_height_change_told_is_the_one_in_the_surfaces(pair):
    difference = later_surface_in_first_frame(pair) - pair.before.dsm
    for n in range(len(pair.truth)):
        inside = burnt(pair.truth.iloc[[n]], pair.before, -0.8)
        assert np.median(difference[inside]) == pytest.approx(pair.truth.height_change_m[n], abs=1.6)


def test_outside_truth_trees_and_decoys_the_ground_stays_where_it_was(pair):
    difference = later_surface_in_first_frame(pair) - pair.before.dsm
    told = burnt(pair.truth, pair.before, 1.5) | burnt(pair.decoys, pair.before, 1.0)
    assert np.mean(np.abs(difference[~told]) > 1.5) < 0.001


def test_the_picture_changes_inside_the_truth(pair):
    def mean_colour(flight: Flight, shift: tuple[float, float], n: int) -> np.ndarray:
        placed = Affine.translation(-shift[0], -shift[1]) @ flight.transform
        outline = pair.truth.geometry.iloc[n].buffer(-0.8)
        inside = rasterize([outline], flight.ortho.shape[:2], transform=placed).astype(bool)
        return flight.ortho[inside].mean(0) / flight.ortho.mean((0, 1))

    first = [mean_colour(pair.before, (0, 0), n) for n in range(len(pair.truth))]
    second = [mean_colour(pair.after, pair.shift_m, n) for n in range(len(pair.truth))]
    moved = np.abs(np.subtract(first, second)).max(1)
    assert np.median(moved) > 0.15


def test_truth_and_decoys_lie_within_the_flight_and_in_the_projected_frame(pair):
    rows, cols = pair.before.dsm.shape
    east, north = pair.before.dsm_transform @ (0, 0)
    place = box(east, north - rows * 0.2, east + cols * 0.2, north)
    assert pair.truth.within(place).all()
    assert pair.truth.crs.to_epsg() == EPSG
    assert pair.decoys.crs.to_epsg() == EPSG


def test_no_true_change_overlaps_another(pair):
    joined = pair.truth.union_all().area
    assert joined == pytest.approx(pair.truth.area.sum(), rel=0.01)


def test_vehicles_tarpaulins_grain_paint_crops_and_trees_are_told_as_decoys():
    pair = render(5, size_px=1500)
    told = set(pair.decoys["kind"])
    assert {"vehicle", "tarpaulin", "grain", "repainted", "crop", "tree"} <= told


def test_the_same_seed_gives_the_same_pixels_and_another_seed_others():
    one, same, other = (render(seed, size_px=256) for seed in (2, 2, 3))
    assert np.array_equal(one.before.ortho, same.before.ortho)
    assert np.array_equal(one.after.dsm, same.after.dsm)
    assert one.shift_m == same.shift_m
    assert not np.array_equal(one.before.ortho, other.before.ortho)


def test_without_changes_truth_and_decoys_of_human_hand_are_empty(quiet):
    assert len(quiet.truth) == 0
    assert set(quiet.decoys["kind"]) <= {"crop", "tree"}


def test_without_changes_the_surfaces_differ_only_at_trees(quiet):
    difference = later_surface_in_first_frame(quiet) - quiet.before.dsm
    told = burnt(quiet.decoys, quiet.before, 1.0)
    assert np.mean(np.abs(difference[~told]) > 1.5) < 0.001


def test_without_changes_the_pictures_still_differ_by_season_and_light(quiet):
    gap = np.abs(quiet.before.ortho.astype(int) - quiet.after.ortho).mean()
    assert gap > 8


def test_the_shift_is_between_one_and_two_metres_unless_it_is_given():
    drawn = render(8, size_px=256).shift_m
    assert 1 <= np.hypot(*drawn) <= 2
    assert render(8, size_px=256, shift_m=(0.0, 0.0)).shift_m == (0.0, 0.0)


def test_heights_are_those_of_the_plain_of_luan(pair):
    for flight in (pair.before, pair.after):
        assert flight.dsm.min() > 30
        assert flight.dsm.max() < 62


def test_arrays_have_the_types_that_the_contract_of_the_flight_names(pair):
    assert pair.before.ortho.shape == (1000, 1000, 3)
    assert pair.before.ortho.dtype == np.uint8
    assert pair.after.dsm.shape == (500, 500)
    assert pair.after.dsm.dtype == np.float32
    assert pair.before.sun != pair.after.sun


@pytest.mark.parametrize(("hour", "shaded"), [(9.0, "west"), (15.0, "east")])
def test_the_shadow_of_a_wall_falls_away_from_the_sun(hour, shaded):
    surface = np.full((120, 120), 40, np.float32)
    surface[50:70, 55:65] += 8
    dark = shadow(surface, 0.2, sun_at(FLOWN[0], hour))
    west, east = dark[40:70, 35:55].mean(), dark[40:70, 65:85].mean()
    assert (west > east) == (shaded == "west")
    assert max(west, east) > 0.3


def test_the_shadow_is_as_long_as_height_and_elevation_say():
    surface = np.full((20, 200), 40, np.float32)
    surface[:, 90:110] += 6
    dark = shadow(surface, 0.2, Sun(azimuth=90, elevation=45))
    assert dark[10, :90].sum() * 0.2 == pytest.approx(6, abs=0.6)
    assert dark[10, 112:].max() == 0


def test_roofs_are_darker_on_the_shadow_side_of_a_house_in_the_rendered_picture(pair):
    """Ground just away from the sun is darker than ground towards it, over all true new buildings."""
    new = pair.truth[pair.truth["kind"] == "new"].geometry.iloc[0]
    east, south = pair.after.sun.towards
    placed = Affine.translation(-pair.shift_m[0], -pair.shift_m[1]) @ pair.after.transform

    def brightness(step: float) -> float:
        area = translate(new, east * step, -south * step).difference(new.buffer(0.4))
        inside = rasterize([area], pair.after.ortho.shape[:2], transform=placed).astype(bool)
        return float(pair.after.ortho[inside].mean())

    assert brightness(-1.6) < brightness(1.6)


@pytest.mark.parametrize(
    ("month_day", "hour", "elevation"), [((3, 12), 12.0, 54.7), ((6, 18), 12.0, 81.7), ((6, 18), 15.5, 43.2)]
)
def test_the_sun_stands_where_the_almanac_says(month_day, hour, elevation):
    assert sun_at(date(2023, *month_day), hour).elevation == pytest.approx(elevation, abs=1.0)


def test_written_files_carry_crs_tags_and_dates(pair, tmp_path):
    files = write(pair, tmp_path)
    for path, flown in zip((files.before_ortho, files.after_dsm), FLOWN, strict=True):
        with rasterio.open(path) as source:
            assert source.crs.to_epsg() == EPSG
            assert source.tags()["SYNTHETIC"] == "演示数据"
            assert source.tags()["FLOWN_ON"] == flown.isoformat()
            assert source.block_shapes[0] == (512, 512)
    with rasterio.open(files.after_dsm) as source:
        assert source.dtypes == ("float32",)
        assert source.nodata == -9999
        assert np.array_equal(source.read(1), pair.after.dsm)
    with rasterio.open(files.before_ortho) as source:
        assert source.count == 3
        assert np.abs(source.read().astype(int).mean((1, 2)) - pair.before.ortho.mean((0, 1))).max() < 2


def test_written_truth_is_read_back_in_geographic_coordinates(pair, tmp_path):
    files = write(pair, tmp_path)
    truth = gpd.read_file(files.truth)
    assert truth.crs.to_epsg() == 4490
    assert list(truth["kind"]) == list(pair.truth["kind"])
    assert truth.to_crs(EPSG).area.to_numpy() == pytest.approx(pair.truth.area.to_numpy(), rel=1e-3)


def test_a_pair_without_changes_is_written_too(quiet, tmp_path):
    files = write(quiet, tmp_path)
    assert len(gpd.read_file(files.truth)) == 0


def test_the_corner_says_that_the_picture_is_synthetic(quiet, tmp_path):
    with rasterio.open(write(quiet, tmp_path).before_ortho) as source:
        corner = source.read()[:, -30:, -14 * len(STAMP) :]
    assert (corner.min(0) > 200).sum() > 50


def test_a_roof_knows_its_outline():
    roof = Building(1, 10, 20, 8, 4, 0.5, 3, "sheet", (60, 120, 180))
    assert roof.footprint.area == pytest.approx(32)
    assert roof.footprint.centroid.coords[0] == pytest.approx((10, 20))


@pytest.mark.parametrize("name", scenes.BROKEN)
def test_the_broken_files_for_the_other_tests_can_be_made(name, tmp_path):
    path = getattr(scenes, name)(tmp_path / f"{name}.tif")
    assert path.exists()
    assert path.stat().st_size < 2_000_000


def test_the_bomb_claims_more_than_it_holds(tmp_path):
    path = scenes.bomb(tmp_path / "bomb.tif")
    with rasterio.open(path) as source:
        assert source.width * source.height > 10**11


def test_the_truncated_file_opens_but_cannot_be_read_to_its_end(tmp_path):
    with rasterio.open(scenes.truncated(tmp_path / "cut.tif")) as source:
        assert source.width == 1024
        with pytest.raises(rasterio.errors.RasterioError):
            source.read()


def test_the_shed_of_the_small_scene_stands_in_its_truth():
    scene = scenes.scene_with_shed()
    rise = scene.after_dsm - scene.before_dsm
    inside = rasterize(scene.truth, rise.shape, transform=scene.place.transform).astype(bool)
    assert rise[inside].min() > 3
    assert np.abs(rise[~inside]).max() < 1
