from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from gis.crs import (
    MEASURED,
    STORED,
    area_m2,
    fault_of_place,
    from_bd09,
    from_gcj02,
    looks_shifted,
    said_shift,
    to_bd09,
    to_gcj02,
    transform_points,
)

HERE = [[116.52, 31.75]]
AREA = box(116.2, 31.2, 117.0, 32.1)
PLACES = st.tuples(st.floats(74, 134), st.floats(4, 53))


def offset_m(moved: np.ndarray) -> float:
    return float(np.hypot(*(transform_points(moved, STORED, MEASURED) - metres_of_here())[0]))


def metres_of_here() -> np.ndarray:
    return transform_points(HERE, STORED, MEASURED)


def ring(e: float, n: float, side: float = 200) -> list[tuple[float, float]]:
    return [(e, n), (e + side, n), (e + side, n - side), (e, n - side)]


@given(PLACES)
@settings(max_examples=200, deadline=None)
def test_gcj02_there_and_back_is_the_same_place(place):
    assert np.allclose(from_gcj02(to_gcj02([place])), [place], atol=1e-8)


@given(PLACES)
@settings(max_examples=200, deadline=None)
def test_bd09_there_and_back_is_the_same_place(place):
    assert np.allclose(from_bd09(to_bd09([place])), [place], atol=1e-8)


@given(st.lists(PLACES, min_size=2, max_size=20))
@settings(max_examples=50, deadline=None)
def test_many_points_shift_like_each_alone(places):
    together = to_gcj02(places)
    assert np.allclose(together, np.vstack([to_gcj02([place]) for place in places]), atol=0)


def test_gcj02_is_533_m_off_in_the_district():
    assert offset_m(to_gcj02(HERE)) == pytest.approx(533, abs=1)


def test_bd09_is_1186_m_off_in_the_district():
    assert offset_m(to_bd09(HERE)) == pytest.approx(1186, abs=1)


def test_outside_china_gcj02_changes_nothing():
    assert np.array_equal(to_gcj02([[2.35, 48.86]]), [[2.35, 48.86]])


def test_degrees_become_east_before_north():
    assert metres_of_here()[0] == pytest.approx([454_520, 3_514_232], abs=1)


def test_area_is_measured_on_the_ground_not_in_degrees():
    assert area_m2(box(116.52, 31.75, 116.53, 31.76)) == pytest.approx(947.6 * 1108.9, rel=0.01)


def test_a_place_in_the_area_has_no_fault():
    assert fault_of_place(ring(456_000, 3_516_000), MEASURED, AREA) is None


@pytest.mark.parametrize(
    ("corners", "crs", "kind", "suggested"),
    [
        (ring(3_516_000, 456_000), "EPSG:4548", "swapped", "EPSG:4548"),
        (ring(31.76, 116.53, 0.01), "EPSG:4490", "swapped", "EPSG:4490"),
        (ring(456_000, 3_516_000), "EPSG:4547", "wrong_zone", "EPSG:4548"),
        (ring(456_000, 3_516_000), "EPSG:4549", "wrong_zone", "EPSG:4548"),
        (ring(39_454_520, 3_516_000), "EPSG:4548", "zone_prefix", "EPSG:4527"),
        (ring(456_000, 4_416_000), "EPSG:4548", "outside", None),
    ],
)
def test_a_misplaced_ring_is_told_why(corners, crs, kind, suggested):
    fault = fault_of_place(corners, crs, AREA)
    assert fault is not None
    assert (fault.kind, fault.crs) == (kind, suggested)


def test_coordinates_without_crs_are_recognised_by_their_numbers():
    fault = fault_of_place(ring(456_000, 3_516_000), None, AREA)
    assert fault is not None
    assert fault.crs == "EPSG:4548"


@pytest.mark.parametrize(("shift", "system"), [(to_gcj02, "gcj02"), (to_bd09, "bd09"), (np.asarray, None)])
def test_points_beside_their_reference_are_recognised_as_shifted(shift, system):
    rng = np.random.default_rng(4)
    reference = rng.uniform([116.4, 31.6], [116.6, 31.9], (60, 2))
    assert looks_shifted(shift(reference), reference) == system


@pytest.mark.parametrize(
    ("words", "system"), [("GCJ-02 / Mars", "gcj02"), ("百度坐标 BD09", "bd09"), ("CGCS2000", None)]
)
def test_a_name_that_speaks_of_a_shift_is_heard(words, system):
    assert said_shift(words) == system


def test_geopandas_and_our_transform_agree():
    theirs = gpd.GeoSeries.from_xy([116.52], [31.75], crs=STORED).to_crs(MEASURED)
    assert metres_of_here()[0] == pytest.approx([theirs.x[0], theirs.y[0]], abs=1e-6)
