"""Drawing and judging quality samples on a real database."""

from __future__ import annotations

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gis.crs import to_metres
from layers.errors import Conflict, NotAllowed, NotFound, Refused
from layers.people.rules import Role
from layers.quality import actions, store
from layers.quality.figures import figures
from tests.layers import compared


@pytest.fixture
def pair(session: Session) -> int:
    """A later flight with three candidates: pending, accepted, and one rejected by «first»."""
    _, later = compared.flights(session)
    compared.candidate(session, later, compared.square(50, 50))
    compared.candidate(session, later, compared.square(300, 300), status="accepted")
    rejected = compared.candidate(session, later, compared.square(500, 500), status="rejected")
    compared.rejection(session, rejected, compared.person(session, "first", Role.REVIEWER))
    return later


@pytest.fixture
def judge(session: Session) -> compared.SignedIn:
    return compared.person(session, "second", Role.REVIEWER)


def samples(session: Session, sort: str | None = None) -> list[dict]:
    return store.page(session, state="all", sort=sort, me=0, limit=1000, offset=0).rows


def test_empty_places_lie_on_the_compared_ground_and_touch_no_candidate(
    session: Session, pair: int, judge: compared.SignedIn
) -> None:
    drawn = actions.draw(session, judge, empty=10_000, rejected=0, seed=1)
    squares = [shapely.geometry.shape(each["geometry"]) for each in samples(session, "empty")]
    # 900 m × 1200 m hold 15 × 20 squares; two candidates lie on a corner of four squares, one within a square
    assert drawn.empty == len(squares) == 300 - 9
    ground = compared.square(-1, -1, 1202).intersection(compared.square(-301, -1, 1202))
    candidates = session.scalars(text("SELECT ST_AsBinary(geom) FROM candidates"))
    taken = shapely.union_all([shapely.from_wkb(bytes(each)) for each in candidates])
    for each in squares:
        assert to_metres(each).area == pytest.approx(3600, rel=1e-3)
        assert each.within(ground.buffer(1e-7))
        assert not each.intersects(taken)


def test_the_same_seed_draws_the_same_places_and_another_draw_adds_others(
    session: Session, pair: int, judge: compared.SignedIn
) -> None:
    with session.begin_nested() as once:
        actions.draw(session, judge, empty=20, rejected=1, seed=42)
        first = [each["place"] for each in samples(session)]
        once.rollback()
    actions.draw(session, judge, empty=20, rejected=1, seed=42)
    assert [each["place"] for each in samples(session)] == first
    actions.draw(session, judge, empty=20, rejected=1, seed=42)
    places = [each["place"] for each in samples(session, "empty")]
    assert len(places) == len(set(places)) == 40
    assert len(samples(session, "rejected")) == 1


def test_the_frame_is_remembered_with_every_square(
    session: Session, pair: int, judge: compared.SignedIn
) -> None:
    actions.draw(session, judge, empty=5, rejected=0, seed=3)
    actions.draw(session, judge, empty=500, rejected=0, seed=3)
    frames = session.execute(text("SELECT DISTINCT places, places_in_survey FROM quality_samples")).all()
    assert frames == [(len(samples(session)), len(samples(session)))]


def test_nothing_left_to_draw_is_said_in_a_sentence(session: Session, judge: compared.SignedIn) -> None:
    with pytest.raises(Refused, match="nothing to draw"):
        actions.draw(session, judge, empty=5, rejected=5, seed=3)


@pytest.mark.parametrize("role", [Role.PLANNER, Role.INSPECTOR, Role.CREW, Role.OFFICER])
def test_only_reviewers_and_administrators_draw_and_judge(session: Session, pair: int, role: Role) -> None:
    other = compared.person(session, "other", role)
    with pytest.raises(NotAllowed):
        actions.draw(session, other, empty=5, rejected=5, seed=3)
    with pytest.raises(NotAllowed):
        actions.judge(session, other, 1, verdict="nothing", missed=None, missed_kind=None, version=1)


def test_a_judged_sample_keeps_who_when_and_a_version(
    session: Session, pair: int, judge: compared.SignedIn
) -> None:
    actions.draw(session, judge, empty=1, rejected=0, seed=3)
    [sample] = samples(session)
    actions.judge(session, judge, sample["id"], verdict="missed", missed=2, missed_kind="new", version=1)
    shown = store.get(session, sample["id"], me=judge.id)
    assert (shown["verdict"], shown["missed"], shown["missed_kind"]) == ("missed", 2, "new")
    assert (shown["by"], shown["version"]) == ("second", 2) and shown["at"]
    actions.judge(session, judge, sample["id"], verdict="unclear", missed=None, missed_kind=None, version=2)
    history = text("SELECT operation FROM history WHERE layer = 'quality_samples' ORDER BY id")
    assert session.scalars(history).all() == ["insert", "update", "update"]


def test_the_slower_of_two_judges_is_told(session: Session, pair: int, judge: compared.SignedIn) -> None:
    actions.draw(session, judge, empty=1, rejected=0, seed=3)
    [sample] = samples(session)
    given = {"verdict": "nothing", "missed": None, "missed_kind": None}
    actions.judge(session, judge, sample["id"], **given, version=1)
    third = compared.person(session, "third", Role.ADMINISTRATOR)
    with pytest.raises(Conflict):
        actions.judge(session, third, sample["id"], **given, version=1)
    with pytest.raises(Refused):
        actions.judge(session, third, sample["id"], **given, version=2)
    with pytest.raises(NotFound):
        actions.judge(session, third, sample["id"] + 1, **given, version=1)


def test_a_rejected_candidate_is_shown_to_another_pair_of_eyes(
    session: Session, pair: int, judge: compared.SignedIn
) -> None:
    actions.draw(session, judge, empty=0, rejected=5, seed=3)
    [sample] = samples(session)
    assert sample["kind_of_sample"] == "rejected" and sample["place"] == "C20230618-001-0003"
    rejector = store.rejected_by(session, sample["id"])
    assert rejector is not None
    assert store.page(session, state="waiting", sort=None, me=rejector, limit=9, offset=0).total == 0
    assert store.page(session, state="waiting", sort=None, me=judge.id, limit=9, offset=0).total == 1
    first = compared.SignedIn(rejector, "first", "first", frozenset({Role.REVIEWER}), ())
    given = {"verdict": "missed", "missed": None, "missed_kind": None, "version": 1}
    with pytest.raises(Refused):
        actions.judge(session, first, sample["id"], **given)
    actions.judge(session, judge, sample["id"], **given)
    shown = store.get(session, sample["id"], me=judge.id)
    assert (shown["missed"], shown["missed_kind"]) == (1, "new")


def test_a_rejection_that_was_taken_back_counts_no_more(
    session: Session, pair: int, judge: compared.SignedIn
) -> None:
    actions.draw(session, judge, empty=0, rejected=5, seed=3)
    session.execute(text("UPDATE candidates SET status = 'pending' WHERE status = 'rejected'"))
    assert store.page(session, state="waiting", sort=None, me=judge.id, limit=9, offset=0).total == 0
    assert store.counts(session)[1] == []


def test_the_figures_follow_the_verdicts(session: Session, pair: int, judge: compared.SignedIn) -> None:
    actions.draw(session, judge, empty=30, rejected=1, seed=5)
    for number, sample in enumerate(samples(session)):
        missed = number == 0
        actions.judge(
            session, judge, sample["id"], verdict="missed" if missed else "nothing",
            missed=1 if missed else None, missed_kind="new" if missed else None, version=1,
        )  # fmt: skip
    [total] = figures("all", *store.counts(session))
    places = total.empty.population
    assert (total.precision.numerator, total.precision.denominator) == (1, 2)
    assert (total.empty.judged, total.empty.missed, total.resampled.judged) == (30, 1, 1)
    assert total.recall.denominator == pytest.approx(1 + places / 30)
    assert total.recall.value == pytest.approx(1 / (1 + places / 30))
    [township] = figures("division", *store.counts(session))
    assert township.key is not None and store.divisions(session)[int(township.key)]["name"] == "木厂镇"
    [model] = figures("model", *store.counts(session))
    assert model.key == "difference"


@pytest.mark.parametrize(
    "change",
    [
        "verdict = 'nothing'",  # by nobody
        "verdict = 'missed', person_id = drawn_by, at = now()",  # not counted
        "missed = 1, missed_kind = 'new'",
        "candidate_id = (SELECT min(id) FROM candidates)",
        "places = 0",
    ],
)
def test_the_database_refuses_half_a_verdict(
    session: Session, pair: int, judge: compared.SignedIn, change: str
) -> None:
    actions.draw(session, judge, empty=1, rejected=0, seed=3)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text(f"UPDATE quality_samples SET {change}"))  # noqa: S608
