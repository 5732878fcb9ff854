from __future__ import annotations

import cv2
import numpy as np
import pytest

from gis.align import Alignment, NoOverlap, align
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


def test_what_was_built_does_not_pull_the_shift(before, tmp_path):
    after = moved(scenes.ground(SIZE), 1.0, -1.0)
    after[200:500, 200:600] = (70, 120, 190)
    found = against(before, tmp_path, after)
    assert (found.dx_m, found.dy_m) == pytest.approx((1.0, -1.0), abs=0.08)


def test_exposure_and_contrast_do_not_matter(before, tmp_path):
    after = (moved(scenes.ground(SIZE), 0.8, 0.4) * 0.5 + 90).astype(np.uint8)
    assert against(before, tmp_path, after).dx_m == pytest.approx(0.8, abs=0.05)


def test_pictures_of_different_things_are_not_reliable(before, tmp_path):
    assert not against(before, tmp_path, scenes.ground(SIZE, seed=77)).reliable


def test_a_picture_without_texture_is_not_reliable(before, tmp_path):
    assert not against(before, tmp_path, np.full((SIZE, SIZE, 3), 128, np.uint8)).reliable


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
