from __future__ import annotations

import numpy as np
import pytest

from gis.learning.draw import Drawer
from gis.learning.lessons import UNDECIDED, YES, Lesson


def lesson(seed: int, *, single: bool, side: int = 320) -> Lesson:
    """Grey ground with bright houses; a pair has one more house on its later date."""
    rng = np.random.default_rng(seed)
    before = rng.integers(90, 120, (side, side, 3), dtype=np.uint8)
    standing = np.zeros((side, side), np.uint8)
    for row in range(30, side - 60, 90):
        standing[row : row + 40, row : row + 50] = YES
    before[standing == YES] = (200, 190, 180)
    after, change, later = before.copy(), np.zeros_like(standing), standing.copy()
    if not single:
        change[200:240, 20:70] = YES
        later[200:240, 20:70] = YES
        after[200:240, 20:70] = (200, 190, 180)
    return Lesson(before, after, change, standing, later, 0.4, f"made/{seed}", single)


def drawer(shares: tuple[float, float, float], seed: int = 5) -> Drawer:
    pairs = [(1.0, [lesson(1, single=False), lesson(2, single=False)])]
    singles = [(1.0, [lesson(3, single=True), lesson(4, single=True)])]
    return Drawer(pairs, singles, side=128, seed=seed, shares=shares)


@pytest.mark.parametrize("shares", [(1, 0, 0), (0, 1, 0), (0, 0, 1)])
def test_where_all_is_known_exactly_one_of_two_buildings_is_a_change(shares):
    drawn = drawer(shares)
    for _ in range(12):
        change, before, after = drawn.draw().truth
        known = (change != UNDECIDED) & (before != UNDECIDED) & (after != UNDECIDED)
        one = (before == YES) != (after == YES)
        assert ((change == YES) == one)[
            known
        ].mean() > 0.99  # masks are turned apart, a rim of pixels may differ


def test_the_same_seed_draws_the_same_examples():
    one, other = drawer((0.4, 0.3, 0.3)), drawer((0.4, 0.3, 0.3))
    for _ in range(5):
        first, second = one.draw(), other.draw()
        np.testing.assert_array_equal(first.before, second.before)
        np.testing.assert_array_equal(first.truth, second.truth)


def test_pasted_buildings_are_changes_and_their_ground_was_bare():
    drawn = drawer((0, 0, 1))
    pasted = 0
    for _ in range(20):
        change, before, after = drawn.draw().truth
        new = change == YES
        pasted += int(new.any())
        assert ((before == YES) & (after == YES) & new).sum() == 0
    assert pasted >= 10


def test_two_places_as_one_show_two_places():
    example = drawer((0, 1, 0)).draw()
    assert not np.array_equal(example.truth[1], example.truth[2])
