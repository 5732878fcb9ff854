from __future__ import annotations

import cv2
import numpy as np
import pytest

from data.lessons import write_estate, write_village
from data.lessons.estate import SIDE_PX

PARTS = ("A", "B", "label", "buildings_A", "buildings_B")


def planes(folder, name):
    return {part: cv2.imread(str(folder / part / name), cv2.IMREAD_UNCHANGED) for part in PARTS}


@pytest.mark.parametrize("seed", [3, 6])
def test_an_estate_says_where_exactly_one_date_has_a_building(tmp_path, seed):
    write_estate(tmp_path, seed)
    drawn = planes(tmp_path, f"estate_{seed}.png")
    assert drawn["A"].shape == drawn["B"].shape == (SIDE_PX, SIDE_PX, 3)
    one = (drawn["buildings_A"] == 255) != (drawn["buildings_B"] == 255)
    np.testing.assert_array_equal(drawn["label"] == 255, one)
    assert one.any()


def test_the_same_seed_paints_the_same_estate(tmp_path):
    for folder in ("one", "other"):
        write_estate(tmp_path / folder, 5)
    one, other = (planes(tmp_path / folder, "estate_5.png") for folder in ("one", "other"))
    for part in PARTS:
        np.testing.assert_array_equal(one[part], other[part])


def test_a_village_has_all_its_planes_on_one_grid(tmp_path):
    write_village(tmp_path, 6001, size_px=600)
    drawn = planes(tmp_path, "scene_6001.png")
    assert {each.shape[:2] for each in drawn.values()} == {(276, 276)}
    assert (drawn["buildings_B"] == 255).any()
    changed = drawn["label"] == 255
    both = (drawn["buildings_A"] == 255) & (drawn["buildings_B"] == 255)
    assert (both & changed).sum() <= 0.5 * changed.sum()
