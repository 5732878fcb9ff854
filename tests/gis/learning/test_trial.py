"""What a choice is worth is counted on places that had no part in it."""

from gis.learning.choose import _THRESHOLDS, Trial
from gis.score import Counts

GOOD = Counts(true=90, false=5, missed=10, objects=10, objects_hit=9, found=10, found_right=9)
BAD = Counts(true=10, false=90, missed=90, objects=10, objects_hit=1, found=10, found_right=1)


def trial(near: tuple[Counts, Counts], far: tuple[Counts, Counts]) -> Trial:
    return Trial({
        (way, threshold): list(enumerate(parts)) for way, parts in ((1.0, near), (2.0, far)) for threshold in _THRESHOLDS
    })  # fmt: skip


def test_the_better_look_is_chosen():
    assert trial((GOOD, GOOD), (BAD, BAD)).best()[0] == 1.0
    assert trial((BAD, BAD), (GOOD, GOOD)).best()[0] == 2.0


def test_a_look_that_suits_one_part_only_is_counted_where_it_was_not_chosen():
    torn = trial((GOOD, BAD), (BAD, GOOD))  # each part would choose what is bad for the other
    assert torn.best(without=0)[0] == 2.0
    assert torn.across() == BAD + BAD
    assert torn.total(torn.best()) == GOOD + BAD
