from __future__ import annotations

import numpy as np
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from gis.score import Counts, counts, figures, hit, true_objects


def test_counting_knows_hits_misses_and_false_alarms():
    label = np.zeros((100, 100), bool)
    label[10:30, 10:30] = True
    label[60:80, 60:80] = True
    transform = Affine(1, 0, 0, 0, -1, 100)
    found = [box(10, 70, 30, 90), box(0, 0, 5, 5)]
    total = counts(found, label, transform)
    assert (total.true, total.false, total.missed) == (400, 25, 400)
    assert (total.objects, total.objects_hit, total.found, total.found_right) == (2, 1, 2, 1)


def test_a_figure_without_a_denominator_is_none_and_not_zero():
    assert set(figures(Counts()).values()) == {None, 0}
    assert figures(Counts())["object_recall"] is None


def test_a_polygon_that_holds_the_middle_of_a_small_building_hits_it():
    assert hit(box(0, 0, 20, 20), box(9, 9, 11, 11))
    assert not hit(box(0, 0, 20, 20), box(18, 18, 30, 30))


@given(st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80), st.integers(3, 19)), max_size=8))
def test_truth_compared_with_itself_is_perfect(squares):
    label = np.zeros((100, 100), bool)
    for row, column, side in squares:
        label[row : row + side, column : column + side] = True
    transform = Affine(0.5, 0, 0, 0, -0.5, 50)
    total = counts(true_objects(label, transform), label, transform)
    assert (total.false, total.missed) == (0, 0)
    assert total.objects == total.objects_hit
    assert total.found == total.found_right
