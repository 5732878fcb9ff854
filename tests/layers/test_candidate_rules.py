"""Verdicts and identity, as pure rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.affinity import translate
from shapely.geometry import box

from layers.candidates.codes import KINDS, REJECT_REASONS, STATUSES, VERDICTS
from layers.candidates.rules import RejectReason, Status, Verdict, after_review, after_undo, match
from layers.errors import Refused


def test_the_code_lists_are_the_enumerations() -> None:
    assert [each.value for each in STATUSES] == list(Status)
    assert [each.value for each in VERDICTS] == list(Verdict)
    assert [each.value for each in REJECT_REASONS] == list(RejectReason)
    assert {each.value for each in KINDS} == {"new", "demolished", "extended", "rebuilt", "changed"}


def test_a_pending_candidate_is_accepted() -> None:
    assert after_review(Status.PENDING, Verdict.ACCEPT, None, None) is Status.ACCEPTED


def test_a_rejection_without_reason_is_refused() -> None:
    with pytest.raises(Refused):
        after_review(Status.PENDING, Verdict.REJECT, None, None)


def test_the_reason_other_needs_a_note() -> None:
    with pytest.raises(Refused):
        after_review(Status.PENDING, Verdict.REJECT, RejectReason.OTHER, "  ")
    assert after_review(Status.PENDING, Verdict.REJECT, RejectReason.OTHER, "围挡") is Status.REJECTED


@pytest.mark.parametrize("status", [Status.ACCEPTED, Status.REJECTED])
@pytest.mark.parametrize("verdict", [Verdict.ACCEPT, Verdict.REJECT])
def test_what_was_judged_is_not_judged_again(status: Status, verdict: Verdict) -> None:
    with pytest.raises(Refused):
        after_review(status, verdict, RejectReason.SHADOW, None)


def test_an_acceptance_that_the_law_has_moved_on_is_not_undone() -> None:
    with pytest.raises(Refused):
        after_undo(Status.ACCEPTED, building_untouched=False)
    assert after_undo(Status.ACCEPTED, building_untouched=True) is Status.PENDING


def test_there_is_nothing_to_undo_on_a_pending_one() -> None:
    with pytest.raises(Refused):
        after_undo(Status.PENDING, building_untouched=True)


def test_the_same_structure_shifted_by_a_metre_is_recognised() -> None:
    known = box(0, 0, 10, 8)
    [found] = match([translate(known, 1, 0.5)], [known])
    assert (found.new, found.known) == (0, 0)


def test_neighbours_that_only_touch_are_two_structures() -> None:
    assert match([box(10, 0, 20, 8)], [box(0, 0, 10, 8)]) == []


def test_nothing_matches_nothing() -> None:
    assert match([], [box(0, 0, 1, 1)]) == []


boxes = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(2, 15), st.integers(2, 15)), max_size=12
).map(lambda rows: [box(x, y, x + w, y + h) for x, y, w, h in rows])


@given(boxes, boxes)
def test_each_detection_and_each_known_structure_is_used_at_most_once(found: list, known: list) -> None:
    pairs = match(found, known)
    assert len({each.new for each in pairs}) == len(pairs)
    assert len({each.known for each in pairs}) == len(pairs)


@given(boxes)
def test_the_same_scene_again_matches_where_nothing_overlaps(scene: list) -> None:
    apart = [each for i, each in enumerate(scene) if not any(each.intersects(other) for other in scene[:i])]
    separate = [each for each in apart if sum(each.intersects(other) for other in apart) == 1]
    pairs = match(separate, separate)
    assert {(each.new, each.known) for each in pairs} == {(i, i) for i in range(len(separate))}
