"""The queue's order and what stays out of it, as pure rules."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.candidates.codes import DISMISSALS, KINDS
from layers.candidates.rank import OF_KIND, RAISE, Dismissal, Facts, Rejected, rank
from layers.places.codes import PLANNING_KINDS

SHED = Facts(kind="new", confidence=0.8, area_m2=160, height_change_m=3.5)
FLAT = replace(SHED, height_change_m=None)
CROP = Rejected(7, "new", "crop", 0.6)


def test_every_code_has_its_weight():
    assert set(OF_KIND) == {each.value for each in KINDS}
    assert set(RAISE) == {each.value for each in PLANNING_KINDS}
    assert [each.value for each in DISMISSALS] == list(Dismissal)


@pytest.mark.parametrize(
    ("more", "less"),
    [
        (SHED, replace(SHED, confidence=0.5)),
        (replace(SHED, area_m2=900), SHED),
        (SHED, replace(SHED, kind="changed")),
        (SHED, replace(SHED, kind="demolished")),
        (replace(SHED, planning=frozenset({"farmland"})), SHED),
        (replace(SHED, planning=frozenset({"farmland"})), replace(SHED, planning=frozenset({"town"}))),
        (SHED, replace(SHED, known_share=1.0)),
        (SHED, replace(SHED, gone=True)),
    ],
)
def test_the_first_is_seen_before_the_second(more, less):
    assert rank(more).priority > rank(less).priority


def test_farmland_that_lies_in_a_village_area_too_counts_as_farmland():
    both = replace(SHED, planning=frozenset({"village", "farmland"}))
    assert rank(both).priority == rank(replace(SHED, planning=frozenset({"farmland"}))).priority


@pytest.mark.parametrize(
    ("facts", "dismissed", "because"),
    [
        (SHED, None, None),
        (replace(SHED, permit_share=0.7), Dismissal.PERMITTED, None),
        (replace(SHED, permit_share=0.69), None, None),
        (replace(SHED, permit_share=1.0, kind="demolished"), None, None),
        (replace(FLAT, rejected=(CROP,)), Dismissal.REJECTED_BEFORE, 7),
        (replace(SHED, height_change_m=0.4, rejected=(CROP,)), Dismissal.REJECTED_BEFORE, 7),
        (replace(SHED, rejected=(CROP,)), None, None),  # this time something rose
        (replace(FLAT, kind="changed", rejected=(CROP,)), None, None),
        (replace(FLAT, rejected=(replace(CROP, iou=0.29),)), None, None),
        (replace(FLAT, rejected=(replace(CROP, reason="permitted"),)), None, None),
        (
            replace(FLAT, rejected=(CROP, replace(CROP, candidate_id=9, iou=0.9))),
            Dismissal.REJECTED_BEFORE,
            9,
        ),
        (replace(FLAT, permit_share=1.0, rejected=(CROP,)), Dismissal.PERMITTED, None),
    ],
)
def test_what_is_dismissed_and_why(facts, dismissed, because):
    found = rank(facts)
    assert (found.dismissed, found.dismissed_for) == (dismissed, because)


def test_a_structure_of_record_is_a_question_of_growth():
    assert rank(replace(SHED, known_share=0.5)).known_structure
    assert rank(replace(SHED, grows_known=True)).known_structure
    assert not rank(replace(SHED, known_share=0.2)).known_structure
    assert not rank(replace(SHED, kind="demolished", known_share=1.0)).known_structure


facts = st.builds(
    Facts,
    kind=st.sampled_from(sorted(OF_KIND)),
    confidence=st.floats(0, 1),
    area_m2=st.floats(0.1, 1e6),
    height_change_m=st.none() | st.floats(-30, 30),
    permit_share=st.floats(0, 1),
    planning=st.frozensets(st.sampled_from(sorted(RAISE))),
    known_share=st.floats(0, 1.0000001),
    grows_known=st.booleans(),
    gone=st.booleans(),
)


@given(facts)
def test_a_priority_is_a_share(each):
    assert 0 <= rank(each).priority <= 1


@given(facts, st.floats(0, 1))
def test_more_confidence_never_lowers_a_priority(each, more):
    surer = replace(each, confidence=max(each.confidence, more))
    assert rank(surer).priority >= rank(each).priority


@given(facts)
def test_prohibited_ground_never_lowers_a_priority(each):
    assert rank(replace(each, planning=each.planning | {"farmland"})).priority >= rank(each).priority
