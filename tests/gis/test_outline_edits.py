"""Outlines merged, cut and parted: no ground is lost, none is counted twice."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely.affinity import translate
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box, mapping

from gis.outline_edits import OutlineRefused, checked, cut, merged, parsed, parted

SHED = box(0, 0, 20, 10)


@st.composite
def outlines(draw):
    """A star-shaped outline of 8 m to 40 m across, in the range of EPSG:4548's coordinates here."""
    radii = draw(st.lists(st.floats(4, 20), min_size=5, max_size=12))
    turn = 2 * math.pi / len(radii)
    x, y = 459_000 + draw(st.floats(0, 50)), 3_513_000 + draw(st.floats(0, 50))
    return Polygon([(x + r * math.cos(n * turn), y + r * math.sin(n * turn)) for n, r in enumerate(radii)])


def share_no_ground(parts):
    return all(a.intersection(b).area < 1e-6 for a, b in combinations(parts, 2))


@settings(max_examples=25)
@given(outlines(), st.floats(0, math.pi), st.floats(-3, 3))
def test_the_parts_of_a_cut_are_the_whole_and_share_no_ground(outline, angle, off):
    x, y = outline.centroid.x - off * math.sin(angle), outline.centroid.y + off * math.cos(angle)
    way = (60 * math.cos(angle), 60 * math.sin(angle))
    try:
        parts = cut(outline, LineString([(x - way[0], y - way[1]), (x + way[0], y + way[1])]))
    except OutlineRefused as refusal:
        assert "m²" in refusal.message_zh or "穿过" in refusal.message_zh
        return
    assert len(parts) >= 2
    assert sum(each.area for each in parts) == pytest.approx(outline.area, abs=1e-6)
    assert share_no_ground(parts)
    assert all(each.is_valid for each in parts)
    again = parted(outline, parts)
    assert sum(each.area for each in again) == pytest.approx(outline.area, abs=1e-6)
    assert merged(parts, 0.01).symmetric_difference(outline).area < 1e-6


@settings(max_examples=25)
@given(st.lists(outlines(), min_size=2, max_size=4))
def test_what_is_merged_covers_all_of_them_and_nothing_else(several):
    assume(shapely.union_all([each.buffer(0.75) for each in several]).geom_type == "Polygon")
    whole = merged(several, 1.5)
    assert whole.is_valid
    assert whole.area <= sum(each.area for each in several) + 1e-6
    assert all(each.difference(whole).area < 1e-6 for each in several)
    assert whole.difference(shapely.union_all(several)).area < 1e-6


@pytest.mark.parametrize(
    "line",
    [
        LineString([(-5, 5), (10, 5)]),  # ends inside
        LineString([(30, 0), (30, 10)]),  # passes by
        LineString([(0.02, -5), (0.02, 15)]),  # a sliver of 0.2 m²
        Point(1, 1),
    ],
)
def test_a_line_that_makes_no_two_parts_is_refused(line):
    with pytest.raises(OutlineRefused):
        cut(SHED, line)


def test_an_area_that_the_line_leaves_alone_goes_with_the_nearest_part():
    outline = MultiPolygon([SHED, box(21, 0, 26, 10)])
    parts = cut(outline, LineString([(10, -5), (10, 15)]))
    assert [each.area for each in parts] == pytest.approx([150, 100])


def test_what_lies_apart_is_not_merged():
    with pytest.raises(OutlineRefused, match=r"within 1\.5 m"):
        merged([SHED, translate(SHED, 22, 0)], 1.5)
    chain = [SHED, translate(SHED, 21, 0), translate(SHED, 42, 0)]
    assert merged(chain, 1.5).area == pytest.approx(600)


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ([SHED], "two parts"),
        ([box(0, 0, 12, 10), box(8, 0, 20, 10)], "overlap by 40"),
        ([box(0, 0, 10, 10), box(10, 0, 25, 10)], "50.0 m² of the parts lie outside"),
        ([box(0, 0, 10, 10), box(10, 0, 15, 10)], "50.0 m² of the outline"),
        ([box(0, 0, 20, 9.97), box(0, 9.97, 20, 10)], "smaller than 1 m²"),
    ],
)
def test_parts_that_do_not_make_up_the_outline_are_refused_with_the_figure(parts, says):
    with pytest.raises(OutlineRefused, match=says):
        parted(SHED, parts)


@pytest.mark.parametrize(
    "given_shape",
    [
        {"type": "Polygon"},
        {"type": "Circle", "coordinates": [0, 0]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [float("nan"), 1], [1, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": "here"},
        mapping(Point(0, 0).buffer(1, quad_segs=2000)),
    ],
)
def test_what_is_no_shape_is_refused(given_shape):
    with pytest.raises(OutlineRefused):
        parsed(given_shape)


@pytest.mark.parametrize(
    "shape", [LineString([(0, 0), (1, 1)]), Polygon([(0, 0), (9, 9), (9, 0), (0, 9)]), box(0, 0, 0.9, 0.9)]
)
def test_an_outline_is_an_area_that_does_not_cross_itself(shape):
    with pytest.raises(OutlineRefused):
        checked(shape)
