"""What plain SQL may not do to cases, and that it may do what the rules permit."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from layers.cases import rules
from layers.cases.dossier import Act
from tests.layers.case_office import Office, building

STEP = """
INSERT INTO case_steps (case_id, seq, act, from_status, to_status, at, person_id, approver_id, reason, details)
SELECT id, steps + 1, {act}, status, {to}, {at}, {person}, {approver}, 'x', {details} FROM cases
"""


def step(
    act: str,
    to: str,
    at: str = "'2023-12-29 10:00+08'",
    person: str = "1",
    approver: str = "NULL",
    details: str = "'{}'",
) -> str:
    names = "(SELECT min(id) FROM people)"
    return STEP.format(
        act=f"'{act}'", to=f"'{to}'", at=at, details=details,
        person=names if person == "1" else person, approver=names if approver == "1" else approver,
    )  # fmt: skip


HOURS = "jsonb_build_object('started_at', '{}', 'ended_at', '{}')"
REFUSED = {
    "a_status_without_its_step": ("filed", "UPDATE cases SET status = 'decided'", "status_without_step"),
    "a_count_of_steps_that_is_wrong": ("filed", "UPDATE cases SET steps = 9", "status_without_step"),
    "a_step_that_the_table_does_not_know": ("filed", step("enforce", "enforcing"), "illegal_transition"),
    "taking_a_case_over": ("filed", step("take_over", "closed"), "illegal_transition"),
    "a_step_from_another_state": (
        "filed",
        step("enforce", "enforcing").replace(", status, ", ", 'demanded', "),
        "step_out_of_turn",
    ),
    "a_step_before_the_last": ("filed", step("notify", "notified", "'2023-07-01'"), "step_out_of_turn"),
    "a_step_in_the_future": (
        "filed",
        step("notify", "notified", "now() + interval '1 day'"),
        "step_in_the_future",
    ),
    "a_revocation_without_approval": ("filed", step("revoke", "revoked"), "approval_missing"),
    "a_revocation_approved_by_who_asked": (
        "filed",
        step("revoke", "revoked", approver="1"),
        "approver_is_another",
    ),
    "legal_review_before_the_time_for_a_hearing": (
        "notified",
        step("review", "reviewed", "'2023-07-04 11:00+08'"),
        "period_runs: review must wait for the period hearing",
    ),
    "force_before_the_suit": ("demanded", step("enforce", "enforcing"), "period_runs"),
    "force_at_night": (
        "enforcing",
        step(
            "demolish",
            "enforcing",
            "'2024-06-01'",
            details=HOURS.format("2024-05-29T21:00+08", "2024-05-29T22:30+08"),
        ),
        "unlawful_time",
    ),
    "force_on_a_holiday": (
        "enforcing",
        step(
            "demolish",
            "enforcing",
            "'2024-06-01'",
            details=HOURS.format("2024-05-01T10:00+08", "2024-05-01T11:00+08"),
        ),
        "unlawful_time",
    ),
    "force_without_a_time": ("enforcing", step("demolish", "enforcing", "'2024-06-01'"), "unlawful_time"),
    "a_step_rewritten": ("filed", "UPDATE case_steps SET reason = 'x'", "kept_record"),
    "a_step_deleted": ("filed", "DELETE FROM case_steps", "kept_record"),
    "a_site_check_rewritten": ("filed", "UPDATE site_checks SET conclusion = 'violation'", "kept_record"),
    "a_service_rewritten": (
        "notified",
        "UPDATE case_services SET effective_on = '2023-01-01'",
        "kept_record",
    ),
    "a_period_rewritten": ("filed", "UPDATE case_deadlines SET ends_on = counted_from", "kept_record"),
    "a_period_of_review_that_is_too_short": (
        "notified",
        "INSERT INTO case_deadlines (case_id, kind, step_seq, counted_from, count, unit, moves, ends_on, settled, basis) "
        "SELECT id, 'hearing', steps, '2023-07-04', 5, 'working_days', true, '2023-07-05', true, 'x' FROM cases",
        "hearing_five_days",
    ),
    "a_period_without_a_service": (
        "filed",
        "INSERT INTO case_deadlines (case_id, kind, step_seq, counted_from, count, unit, moves, ends_on, settled, basis) "
        "SELECT id, 'suit', steps, '2023-01-04', 6, 'months', true, '2023-07-04', true, 'x' FROM cases",
        "period_without_service",
    ),
    "a_case_filed_without_a_site_check": (
        "filed",
        "INSERT INTO cases (code, title, status, route, filed_on, geom) SELECT 'AJ-9', 'x', 'filed', route, filed_on, geom "
        "FROM cases; INSERT INTO case_steps (case_id, seq, act, to_status, at) SELECT id, 1, 'file', 'filed', now() "
        "FROM cases WHERE code = 'AJ-9'",
        "site_check_missing",
    ),
    "a_case_without_a_step": (
        "filed",
        "INSERT INTO cases (code, title, status, route, filed_on, geom) SELECT 'AJ-9', 'x', 'decided', route, filed_on, geom "
        "FROM cases; SET CONSTRAINTS ALL IMMEDIATE",
        "status_without_step",
    ),
    "a_step_that_the_case_does_not_follow": (
        "filed",
        step("notify", "notified") + "; SET CONSTRAINTS ALL IMMEDIATE",
        "status_without_step",
    ),
    "a_case_deleted": ("filed", "DELETE FROM cases", "fk_|kept_record|foreign key"),
}


@pytest.mark.parametrize(("stage", "sql", "named"), REFUSED.values(), ids=REFUSED)
def test_the_database_refuses(office: Office, stage: str, sql: str, named: str) -> None:
    office.file(office.check(illegal_building_id=building(office).id))
    if stage == "notified":
        office.wait(1).do(Act.NOTIFY).serve("notice")
    elif stage == "demanded":
        office.decided().do(Act.ANNOUNCE, posted_on=office.now.date(), limit_days=15).wait(20)
        office.do(Act.DEMAND, limit_days=10).serve("demand")
    elif stage == "enforcing":
        office.enforcing()
    assert office.status == stage
    office.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"))
    with pytest.raises(DBAPIError, match=named):
        for statement in sql.split("; "):
            office.session.execute(text(statement))


def test_the_database_permits_what_the_rules_permit_and_nothing_else(session: Session) -> None:
    sql = "SELECT act, from_status, to_status, waits_for, approver FROM case_transitions"
    held = {
        (each.act, each.from_status, each.to_status, tuple(each.waits_for), each.approver)
        for each in session.execute(text(sql))
    }
    assert held == {
        (each.act, each.before, each.after, each.rule.waits_for, each.rule.approver) for each in rules.ways()
    }
