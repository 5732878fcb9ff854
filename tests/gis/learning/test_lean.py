"""Roofs seen from aside, and narrow gaps."""

import numpy as np

from gis.learning.augment import between_neighbours, leaned
from gis.learning.lessons import YES


def test_a_leaning_roof_moves_and_the_ground_beside_it_stays():
    rng = np.random.default_rng(4)
    picture = np.full((96, 96, 3), 90, dtype=np.uint8)
    standing = np.zeros((96, 96), dtype=np.uint8)
    standing[40:60, 40:60] = YES
    picture[standing == YES] = 220
    seen, (moved,) = leaned(picture, standing, [standing], rng, 5.0)
    assert (moved != standing).any()
    assert abs(int((moved == YES).sum()) - 400) < 60  # it keeps its size
    assert ((seen[..., 0] > 155) == (moved == YES)).mean() > 0.99  # the mask goes with the picture
    assert (seen[:25] == 90).all()


def test_where_nothing_stands_nothing_leans():
    picture = np.random.default_rng(0).integers(0, 255, (64, 64, 3)).astype(np.uint8)
    none = np.zeros((64, 64), dtype=np.uint8)
    seen, planes = leaned(picture, none, [none], np.random.default_rng(1), 4.0)
    assert np.array_equal(seen, picture)
    assert not planes[0].any()


def test_only_the_narrow_gap_lies_between_neighbours():
    mask = np.zeros((60, 120), dtype=bool)
    mask[10:50, 10:40] = mask[10:50, 44:70] = mask[10:50, 100:115] = True
    gap = between_neighbours(mask)
    assert gap[30, 41]
    assert not gap[:, 75:95].any()
    assert not (gap & mask).any()
