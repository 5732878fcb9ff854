from __future__ import annotations

import json
import math
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.align import Alignment, AlignmentLost, Motion, NoOverlap, Warp, align, read_aligned, require_found
from gis.align.warp import fit_warp
from gis.raster import Grid, opened
from tests import scenes
from tests.scenes import Place

SIZE = 1024


def moved(pixels: np.ndarray, dx_m: float, dy_m: float, turn_deg: float = 0) -> np.ndarray:
    """The picture as a second survey would show it: things lie dx_m east and dy_m north."""
    matrix = cv2.getRotationMatrix2D((SIZE / 2, SIZE / 2), turn_deg, 1)
    matrix[:, 2] += dx_m / 0.2, -dy_m / 0.2
    return cv2.warpAffine(pixels, matrix, (SIZE, SIZE), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    return scenes.write_ortho(tmp_path_factory.mktemp("align") / "before.tif", scenes.ground(SIZE))


Known = Callable[[np.ndarray], np.ndarray]


def bent(pixels: np.ndarray, turn_deg: float, bend_m: float, wave_m: float) -> tuple[np.ndarray, Known]:
    """The picture moved by (1.0, -2.0) m, turned about its middle and bent; and the displacement it got."""
    size = pixels.shape[0]
    west, north = scenes.DISTRICT.origin
    turn, middle = math.radians(turn_deg), size * 0.1

    def known(points: np.ndarray) -> np.ndarray:
        x, y = points[:, 0] - west, points[:, 1] - north
        u, v = x - middle, y + middle
        east = 1 + (math.cos(turn) - 1) * u - math.sin(turn) * v + bend_m * np.sin(2 * np.pi * x / wave_m)
        up = -2 + math.sin(turn) * u + (math.cos(turn) - 1) * v + bend_m * np.cos(2 * np.pi * x / wave_m)
        return np.column_stack([east, up])

    rows, columns = np.mgrid[0:size, 0:size]
    seen = np.column_stack([west + (columns.ravel() + 0.5) * 0.2, north - (rows.ravel() + 0.5) * 0.2])
    things = seen.copy()
    for _ in range(12):  # the thing that is seen at a place lies where its own displacement leads there
        things = seen - known(things)
    x = ((things[:, 0] - west) / 0.2 - 0.5).reshape(size, size).astype(np.float32)
    y = ((north - things[:, 1]) / 0.2 - 0.5).reshape(size, size).astype(np.float32)
    return cv2.remap(pixels, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT), known


def places(size: int, share: float = 0.9) -> np.ndarray:
    """Points spread over the inner share of a scene."""
    west, north = scenes.DISTRICT.origin
    steps = (0.5 + share * np.linspace(-0.5, 0.5, 13)) * size * 0.2
    x, y = np.meshgrid(west + steps, north - steps)
    return np.column_stack([x.ravel(), y.ravel()])


def off(found: Alignment, known: Known, size: int) -> float:
    """How far the found displacement is from the known one, metres, RMS."""
    at = places(size)
    return float(np.sqrt(((found.displacement(at) - known(at)) ** 2).sum(axis=1).mean()))


def against(before, tmp_path, pixels, place=scenes.DISTRICT) -> Alignment:
    return align(before, scenes.write_ortho(tmp_path / "after.tif", pixels, place))


@pytest.mark.parametrize("shift", [(0, 0), (0.31, -0.57), (3.7, 2.1), (-14.3, 9.2)])
def test_a_shift_is_measured_below_a_pixel(before, tmp_path, shift):
    found = against(before, tmp_path, moved(scenes.ground(SIZE), *shift))
    assert (found.dx_m, found.dy_m) == pytest.approx(shift, abs=0.05)
    assert found.reliable


def test_a_turn_is_measured(before, tmp_path):
    found = against(before, tmp_path, moved(scenes.ground(SIZE), 1, 1, 0.1))
    assert found.rotation_deg == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize("turn_deg", [0.2, -0.5])
def test_a_larger_turn_is_measured_and_undone(before, tmp_path, turn_deg):
    pixels, known = bent(scenes.ground(SIZE), turn_deg, 0, 1)
    found = against(before, tmp_path, pixels)
    assert found.grade == "good" and found.warp is None
    assert found.rotation_deg == pytest.approx(turn_deg, abs=0.01)
    assert off(found, known, SIZE) < 0.05


@pytest.mark.parametrize(("turn_deg", "bend_m"), [(0.3, 1.0), (0.0, 2.0)])
def test_a_turn_and_a_smooth_warp_are_undone_to_half_a_pixel(tmp_path, turn_deg, bend_m):
    size = 1536
    pixels, known = bent(scenes.ground(size), turn_deg, bend_m, wave_m=500)
    one = scenes.write_ortho(tmp_path / "before.tif", scenes.ground(size))
    other = scenes.write_ortho(tmp_path / "after.tif", pixels)
    found = align(one, other)
    assert found.grade == "good" and found.warp is not None
    assert off(found, known, size) < 0.1
    assert found.residual_m < 0.15
    [[dx, dy]] = known(places(size, 0)[:1])
    assert (found.dx_m, found.dy_m) == pytest.approx((dx, dy), abs=0.1)
    again = read_again(one, other, found, size)
    assert again < 0.1


def read_again(one, other, found: Alignment, size: int) -> float:
    """Median difference of the aligned reading from the first picture, as a share of its contrast."""
    grid = Grid.over((456_050.0, 3_515_760.0, 456_250.0, 3_515_950.0), 0.2, None)
    with opened(one) as old, opened(other) as new:
        grid = Grid(old.crs, grid.transform, grid.width, grid.height)
        first = read_aligned(old, grid, Motion()).pixels.astype(float)
        second = read_aligned(new, grid, found.motion).pixels.astype(float)
    return float(np.median(np.abs(first - second)) / first.std())


def test_noise_in_the_tiles_is_no_warp(before, tmp_path):
    rng = np.random.default_rng(3)
    noisy = moved(scenes.ground(SIZE), 0.5, 0.5) + rng.normal(0, 12, (SIZE, SIZE, 3))
    found = against(before, tmp_path, np.clip(noisy, 1, 255).astype(np.uint8))
    assert found.warp is None and found.scale == 1


def test_what_was_built_does_not_pull_the_shift(before, tmp_path):
    after = moved(scenes.ground(SIZE), 1.0, -1.0)
    after[200:500, 200:600] = (70, 120, 190)
    found = against(before, tmp_path, after)
    assert (found.dx_m, found.dy_m) == pytest.approx((1.0, -1.0), abs=0.08)


def test_exposure_and_contrast_do_not_matter(before, tmp_path):
    after = (moved(scenes.ground(SIZE), 0.8, 0.4) * 0.5 + 90).astype(np.uint8)
    assert against(before, tmp_path, after).dx_m == pytest.approx(0.8, abs=0.05)


def test_pictures_of_different_ground_are_lost_and_said_so(before, tmp_path):
    found = against(before, tmp_path, scenes.ground(SIZE, seed=77))
    assert found.grade == "lost" and not found.reliable and not found.applied
    assert found.matched_share < 0.1
    with pytest.raises(AlignmentLost) as caught:
        require_found(found, before="甲.tif", after="乙.tif")
    assert "甲.tif" in caught.value.message_zh and "49" in caught.value.message_en


def test_small_pictures_of_different_ground_are_too_little_to_be_lost(tmp_path):
    one = scenes.write_ortho(tmp_path / "a.tif", scenes.ground(512))
    found = align(one, scenes.write_ortho(tmp_path / "b.tif", scenes.ground(512, seed=77)))
    assert found.grade == "loose" and found.matched_share == 0
    assert not found.applied and found.tolerance_m >= 1.5
    require_found(found, before="a", after="b")


def test_where_few_tiles_agree_a_shift_that_all_together_see_is_applied(tmp_path):
    rng = np.random.default_rng(5)
    first = scenes.ground(512)
    second = np.roll(first, (4, 6), (0, 1)) * 0.3 + rng.normal(110, 25, first.shape)
    one = scenes.write_ortho(tmp_path / "a.tif", first)
    found = align(one, scenes.write_ortho(tmp_path / "b.tif", np.clip(second, 1, 255).astype(np.uint8)))
    assert found.grade != "lost" and found.applied
    assert (found.dx_m, found.dy_m) == pytest.approx((1.2, -0.8), abs=0.2)


def test_a_picture_without_texture_is_loose(before, tmp_path):
    found = against(before, tmp_path, np.full((SIZE, SIZE, 3), 128, np.uint8))
    assert found.grade == "loose" and not found.applied


METRES = st.floats(-50, 50, allow_nan=False)
BOUNDS = (456_000.0, 3_515_000.0, 457_000.0, 3_516_000.0)


@st.composite
def alignments(draw) -> Alignment:
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    at, bends = rng.uniform(BOUNDS[:2], BOUNDS[2:], (60, 2)), rng.normal(0, 1, (60, 2))
    warp = fit_warp(at, bends, BOUNDS, (3, 4), 1.0) if draw(st.booleans()) else None
    return Alignment(
        draw(METRES), draw(METRES), draw(st.one_of(st.just(math.nan), st.floats(0, 3))),
        draw(st.floats(-1, 1)), draw(st.floats(0, 1)), reliable=draw(st.booleans()),
        scale=draw(st.floats(0.99, 1.01)), centre=(456_500.0, 3_515_500.0), warp=warp,
        hint=draw(st.sampled_from([None, "gcj02", "bd09"])), helps=draw(st.booleans()),
    )  # fmt: skip


@given(alignments())
def test_an_alignment_survives_json(alignment):
    again = Alignment.from_json(json.loads(json.dumps(alignment.to_json())))
    assert again.to_json() == alignment.to_json()
    at = np.array([[456_100.0, 3_515_200.0], [456_900.0, 3_515_700.0]])
    assert np.array_equal(again.displacement(at), alignment.displacement(at))


@given(alignments())
def test_what_is_not_applied_moves_nothing(alignment):
    moved_ = alignment.displacement(np.array([[456_100.0, 3_515_200.0]]))
    assert alignment.applied or not moved_.any()


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(-0.01, 0.01), st.integers(0, 1000))
def test_a_warp_bends_nothing_that_is_straight(dx, dy, slope, seed):
    at = np.random.default_rng(seed).uniform(BOUNDS[:2], BOUNDS[2:], (80, 2))
    straight = np.array([dx, dy]) + slope * (at - at.mean(axis=0))
    warp = fit_warp(at, straight, BOUNDS, (4, 4), 1000.0)
    assert np.abs(warp.displacement(at) - straight).max() < 0.02
    less = warp.less(dx, dy).displacement(at)
    assert np.allclose(less, warp.displacement(at) - [dx, dy], atol=1e-9)
    assert isinstance(Warp.from_json(warp.to_json()), Warp)


def test_a_survey_in_gcj02_gets_the_hint_even_without_overlap(before, tmp_path):
    place = Place(origin=(456_000 + 480.55, 3_516_000 - 231.43))
    found = against(before, tmp_path, scenes.ground(SIZE), place)
    assert found.hint == "gcj02"
    assert (found.dx_m, found.dy_m) == pytest.approx((480.55, -231.43), abs=0.1)


def test_surveys_of_two_towns_share_no_ground(before, tmp_path):
    with pytest.raises(NoOverlap, match=r"9\d{3} m apart"):
        against(before, tmp_path, scenes.ground(256), Place(origin=(466_000.0, 3_516_000.0)))


def test_another_crs_and_pixel_size_are_no_hindrance(before, tmp_path):
    coarse = cv2.resize(scenes.ground(SIZE), (512, 512), interpolation=cv2.INTER_AREA)
    found = against(before, tmp_path, coarse, Place(gsd=0.4))
    assert (found.dx_m, found.dy_m) == pytest.approx((0, 0), abs=0.1)


@given(alignments(), st.floats(456_000, 456_300), st.floats(3_515_000, 3_515_300))
def test_a_motion_near_a_place_is_that_motion_to_centimetres_around_it(alignment, east, north):
    motion = alignment.motion
    near = motion.near((east, north))
    assert near.warp is None and near.centre == (east, north)
    around = np.array([(east, north), (east + 4, north - 3), (east - 2, north + 4)])
    apart = np.hypot(*(near.displacement(around) - motion.displacement(around)).T)
    assert apart[0] < 1e-6
    assert apart.max() < (1e-6 if motion.warp is None else 0.05)


def test_the_number_of_cores_changes_nothing_in_an_alignment(before, tmp_path):
    pixels, _ = bent(scenes.ground(SIZE), 0.2, 0, 1)
    other = scenes.write_ortho(tmp_path / "after.tif", pixels)
    assert align(before, other, cores=1) == align(before, other, cores=1) == align(before, other, cores=3)
