"""What people may do with a survey that could not be aligned."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers import history
from layers.catalogue import layer
from layers.database import set_actor
from layers.errors import NotAllowed, Refused
from layers.people.rules import Role
from layers.surveys import actions
from tests.layers import compared

pytestmark = pytest.mark.database


@pytest.fixture
def lost(session: Session) -> int:
    """A flight that stopped because it could not be aligned with its baseline."""
    _, later = compared.flights(session)
    _fail(session, later, "alignment_lost")
    return later


def test_who_has_a_lost_flight_compared_anyway_when_and_why_is_kept(session: Session, lost: int) -> None:
    person = compared.person(session, "judge", Role.REVIEWER)
    set_actor(session, person.name)
    survey = actions.compare_anyway(session, person, lost, reason=" 已核对坐标 ")
    session.flush()
    assert (survey.status, survey.error_code) == ("queued", None)
    assert (survey.forced_by, survey.forced_reason) == (person.id, "已核对坐标")
    assert survey.forced_at is not None and survey.forced_baseline_id == survey.baseline_id
    told = history.of(session, layer("surveys"), lost, frozenset({Role.REVIEWER}))
    [act] = [each for each in told if any(one["field"] == "forced_reason" for one in each["changes"])]
    assert act["actor"] == "judge"
    assert {one["field"]: one["after"] for one in act["changes"]}["forced_by"] == "judge"


@pytest.mark.parametrize("role", [Role.CREW, Role.OFFICER, Role.PLANNER, Role.INSPECTOR])
def test_only_who_judges_what_comes_of_it_may_have_it_compared_anyway(
    session: Session, lost: int, role: Role
) -> None:
    with pytest.raises(NotAllowed, match="reviewer or administrator"):
        actions.compare_anyway(session, compared.person(session, "somebody", role), lost, reason="已核对")


def test_comparing_anyway_takes_a_reason_in_words(session: Session, lost: int) -> None:
    person = compared.person(session, "keeper", Role.ADMINISTRATOR)
    with pytest.raises(Refused, match="Say why"):
        actions.compare_anyway(session, person, lost, reason=" \n")


@pytest.mark.parametrize("code", ["processing_broken", "worker_died"])
def test_a_flight_that_failed_for_another_reason_is_not_compared_anyway(
    session: Session, lost: int, code: str
) -> None:
    _fail(session, lost, code)
    person = compared.person(session, "keeper", Role.ADMINISTRATOR)
    with pytest.raises(Refused, match="could not be aligned"):
        actions.compare_anyway(session, person, lost, reason="已核对")


def _fail(session: Session, survey: int, code: str) -> None:
    session.execute(
        text("UPDATE surveys SET status = 'failed', error_code = :code WHERE id = :id"),
        {"code": code, "id": survey},
    )
    session.expire_all()
