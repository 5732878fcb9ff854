from __future__ import annotations

import numpy as np
import pytest
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.features import rasterize
from shapely import affinity
from shapely.geometry import Point, Polygon, box

from gis.change.outlines import joined, main_direction, outlines, squared

PIXEL = 0.35
TRANSFORM = Affine(PIXEL, 0, 0, 0, -PIXEL, 60)
HOUSE = box(20, 20, 35, 30)
ELL = Polygon([(20, 20), (36, 20), (36, 26), (28, 26), (28, 34), (20, 34)])


def pixels_of(shape: Polygon) -> np.ndarray:
    return rasterize([shape], out_shape=(171, 171), transform=TRANSFORM).astype(np.float32)


def drawn(shape: Polygon) -> Polygon:
    (outline,) = outlines(pixels_of(shape), TRANSFORM)
    return outline


def overlap(one: Polygon, other: Polygon) -> float:
    return one.intersection(other).area / one.union(other).area


@given(st.floats(0, 89))
@settings(max_examples=30, deadline=None)
def test_a_house_of_any_direction_gets_four_right_angles(angle):
    turned = affinity.rotate(HOUSE, angle)
    outline = drawn(turned)
    assert len(outline.exterior.coords) == 5
    assert overlap(outline, turned) > 0.88


@pytest.mark.parametrize("angle", [0, 20, 45, 70])
def test_an_l_shape_stays_an_l_with_right_angles(angle):
    turned = affinity.rotate(ELL, angle)
    outline = drawn(turned)
    points = np.array(outline.exterior.coords)
    steps = np.diff(points, axis=0)
    steps /= np.linalg.norm(steps, axis=1)[:, None]
    assert np.abs((steps * np.roll(steps, 1, axis=0)).sum(axis=1)).max() < 1e-6
    assert overlap(outline, turned) > 0.88


def test_a_round_tank_is_not_forced_into_a_box():
    tank = Point(30, 30).buffer(10)
    assert overlap(drawn(tank), tank) > 0.9


def test_what_is_smaller_than_the_least_area_is_left_out():
    assert outlines(pixels_of(box(20, 20, 22, 22)), TRANSFORM, min_area_m2=10) == []


def test_a_courtyard_stays_open():
    yard = Polygon(box(15, 15, 40, 40).exterior, [box(22, 22, 33, 33).exterior])
    assert drawn(yard).area == pytest.approx(yard.area, rel=0.08)


def test_the_main_direction_is_that_of_the_walls():
    assert np.degrees(main_direction(affinity.rotate(HOUSE, 27))) % 90 == pytest.approx(27, abs=1)


def test_a_ragged_shape_gives_a_valid_polygon():
    rng = np.random.default_rng(3)
    noise = (rng.random((171, 171)) > 0.42).astype(np.float32)
    assert all(outline.is_valid for outline in outlines(noise, TRANSFORM))


def test_parts_that_share_an_edge_are_one_and_a_corner_is_not_enough():
    parts = [box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 1, 3, 2)]
    assert sorted(map(sorted, joined(parts))) == [[0, 1], [2]]


def test_a_squared_outline_keeps_the_area():
    assert squared(HOUSE, pixel=PIXEL).area == pytest.approx(HOUSE.area, rel=0.02)
