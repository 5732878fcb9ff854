from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.crs import MEASURED, STORED, transform_points
from gis.heights import along, heights_at, span
from tests import scenes


@pytest.fixture(scope="module")
def slope(tmp_path_factory):
    """1 m a pixel, a metre higher per column from 100 m on, with a gap in the middle."""
    heights = np.tile(100 + np.arange(200, dtype=np.float32), (200, 1))
    heights[:, 90:110] = scenes.NODATA
    return scenes.write_dsm(tmp_path_factory.mktemp("slope") / "a.tif", heights, scenes.Place(gsd=1.0))


def lonlat(columns, rows):
    east, north = scenes.ORIGIN
    places = np.column_stack([east + np.asarray(columns, float), north - np.asarray(rows, float)])
    return transform_points(places, MEASURED, STORED)


def test_the_height_at_a_place_is_that_of_its_pixel_and_none_in_a_gap_or_outside(slope):
    found = heights_at(slope, lonlat([0.5, 50.5, 100.0, 199.5, 300.0], [0.5, 10.5, 100.0, 199.5, 10.0]))
    assert found[[0, 1, 3]].tolist() == [100.0, 150.0, 299.0]
    assert np.isnan(found[[2, 4]]).all()


def test_a_place_that_is_nowhere_has_no_height(slope):
    assert np.isnan(heights_at(slope, [(400.0, 95.0)])).all()


def test_a_profile_rises_as_the_slope_does_and_shows_the_gap(slope):
    distances, places = along(lonlat([10.5, 190.5], [50.5, 50.5]), 181)
    assert distances[0] == 0 and distances[-1] == pytest.approx(180, abs=1e-3)
    heights = heights_at(slope, places)
    inside = ~np.isnan(heights)
    assert heights[inside] == pytest.approx(110 + distances[inside], abs=1.01)
    assert 15 <= (~inside).sum() <= 22


corner = st.tuples(st.floats(116.4, 116.7), st.floats(31.6, 31.9))


@given(st.lists(corner, min_size=2, max_size=6), st.integers(2, 300))
def test_places_along_a_line_begin_and_end_with_it_at_equal_distances(line, samples):
    distances, places = along(line, samples)
    assert len(distances) == len(places) == samples
    assert places[[0, -1]] == pytest.approx(np.array(line)[[0, -1]], abs=1e-8)
    steps = np.diff(distances)
    assert steps == pytest.approx(np.full(samples - 1, distances[-1] / (samples - 1)), abs=1e-6)
    metres = transform_points(places, STORED, MEASURED)
    assert (np.hypot(*np.diff(metres, axis=0).T) <= steps + 1e-6).all()  # corners are cut, never stretched


def test_the_span_leaves_out_the_extremes_and_gives_a_level_surface_a_metre(slope, tmp_path):
    low, high = span(slope)
    assert 100 < low < 110 and 290 < high < 299
    level = scenes.write_dsm(tmp_path / "b.tif", np.full((64, 64), 42, np.float32))
    assert span(level) == (41.5, 42.5)
