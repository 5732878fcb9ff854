from __future__ import annotations

import itertools
import uuid
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from layers.database import engine
from layers.errors import Conflict, NotAllowed, NotFound, Refused
from layers.imports.actions import import_file
from layers.imports.faults import ImportRefused
from layers.imports.undo import undo
from layers.incidents import actions, rules, shown
from layers.incidents.actions import Said
from layers.incidents.figures import figures
from layers.incidents.hotspots import hotspots
from layers.incidents.rules import Act, Asker, State
from layers.people.rules import Role
from tests.layers.incidentwork import AT, NOW, desk

PEOPLE = [Role.ADMINISTRATOR, Role.OFFICER, Role.PLANNER, Role.INSPECTOR, Role.REVIEWER]


@pytest.fixture
def at_work(session):
    return desk(session)


def steps(at_work, incident):
    sql = "SELECT act, from_status, to_status, person_id, due_at FROM incident_steps WHERE incident_id = :id ORDER BY seq"
    return at_work.session.execute(text(sql), {"id": incident.id}).all()


def view(at_work, incident, role=Role.ADMINISTRATOR, now=None):
    person = at_work.people[role]
    return shown.get(at_work.session, incident.id, Asker(person.id, person.roles), now or at_work.now)


def test_the_straight_way_stamps_every_time_and_sets_the_limit(at_work):
    incident = at_work.to(Act.EVALUATE)
    assert [each.act for each in steps(at_work, incident)] == [
        *("report", "file", "dispatch", "start", "feedback", "close", "evaluate")
    ]
    assert incident.status == "evaluated"
    assert steps(at_work, incident)[0].person_id == at_work.people[Role.INSPECTOR].id
    times = [
        incident.accepted_at,
        incident.filed_at,
        incident.dispatched_at,
        incident.handled_at,
        incident.closed_at,
    ]
    assert times == sorted(times)
    assert incident.due_at == NOW + timedelta(hours=6, minutes=5)  # four working hours after 9:05, over noon
    assert view(at_work, incident)["light"] == "met"


def test_the_light_turns_amber_in_the_last_quarter_and_red_after_it(at_work):
    incident = at_work.do(at_work.report(category="01002"), Act.FILE)
    lights = [
        view(at_work, incident, now=incident.filed_at + timedelta(hours=hours))["light"]
        for hours in (17, 19, 25)
    ]
    assert lights == ["green", "amber", "red"]


def test_rework_takes_the_handling_time_back(at_work):
    incident = at_work.do(at_work.to(Act.FEEDBACK), Act.REWORK, Role.INSPECTOR, reason="仍在占道")
    assert (incident.status, incident.handled_at) == ("handling", None)


def test_an_approval_takes_another_person_and_does_the_act(at_work):
    incident, people = at_work.to(Act.DISPATCH), at_work.people
    due_at = incident.due_at
    number = actions.ask(
        at_work.session, people[Role.ADMINISTRATOR], incident.id, Act.EXTEND, Said(count=2, reason="人手不足"),
        version=incident.version, now=at_work.now,
    )  # fmt: skip

    def answer(role):
        return actions.answer(
            at_work.session, people[role], incident.id, number, granted=True, note=None, version=incident.version,
            now=at_work.now,
        )  # fmt: skip

    with pytest.raises(Refused, match="cannot approve"):
        answer(Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        answer(Role.OFFICER)
    assert answer(Role.REVIEWER).due_at == due_at + timedelta(hours=2)
    with pytest.raises(Refused, match="has been answered"):
        answer(Role.REVIEWER)


def test_a_limit_stands_still_while_on_hold(at_work):
    incident, people = at_work.to(Act.DISPATCH), at_work.people
    due_at, session = incident.due_at, at_work.session
    number = actions.ask(
        session, people[Role.OFFICER], incident.id, Act.SUSPEND, Said(reason="待施工"), version=incident.version,
        now=at_work.now,
    )  # fmt: skip
    actions.answer(
        session, people[Role.REVIEWER], incident.id, number, granted=True, note=None, version=incident.version,
        now=at_work.now,
    )  # fmt: skip
    assert view(at_work, incident)["light"] == "none"
    at_work.now += timedelta(days=10)
    at_work.do(incident, Act.RESUME, reason="恢复")
    assert incident.status == "dispatched"
    assert incident.due_at == due_at + timedelta(days=10, minutes=5)


def test_a_repeated_request_does_nothing_and_an_old_version_is_refused(at_work):
    key = uuid.uuid4()
    incident = at_work.report(key=key)
    assert at_work.report(key=key).id == incident.id
    version, key = incident.version, uuid.uuid4()
    for _ in range(2):
        actions.act(
            at_work.session, at_work.people[Role.OFFICER], incident.id, Act.FILE, Said(), version=version,
            now=at_work.now, key=key,
        )  # fmt: skip
    assert [each.act for each in steps(at_work, incident)] == ["report", "file"]
    with pytest.raises(Conflict):
        actions.act(
            at_work.session, at_work.people[Role.OFFICER], incident.id, Act.DISPATCH, Said(handler_id=at_work.handler),
            version=version, now=at_work.now,
        )  # fmt: skip


def test_what_an_act_takes_is_asked_for_and_nothing_else(at_work):
    incident = at_work.report()
    with pytest.raises(Refused, match="Reason"):
        at_work.do(incident, Act.DECLINE)
    with pytest.raises(Refused, match="not asked for"):
        at_work.do(incident, Act.FILE, handler_id=at_work.handler)
    with pytest.raises(NotFound):
        at_work.do(at_work.to(Act.FILE), Act.DISPATCH, handler_id=999_999)
    with pytest.raises(Refused, match="outside the district"):
        at_work.report(lon=AT[1], lat=AT[0])


UNLAWFUL = {
    "a state by hand": ("UPDATE incidents SET status = 'closed' WHERE id = :id", "change_without_step"),
    "a limit by hand": (
        "UPDATE incidents SET due_at = due_at + interval '1 day' WHERE id = :id",
        "change_without_step",
    ),
    "a skipped step": (
        "INSERT INTO incident_steps (incident_id, seq, act, from_status, to_status, at) "
        "VALUES (:id, 3, 'close', 'filed', 'closed', now())",
        "illegal_transition",
    ),
    "a hold without approval": (
        "INSERT INTO incident_steps (incident_id, seq, act, from_status, to_status, at, person_id, reason) "
        "SELECT :id, 3, 'suspend', 'filed', 'suspended', now(), min(id), 'x' FROM people",
        "approval_missing",
    ),
    "an old step": ("UPDATE incident_steps SET at = now() WHERE incident_id = :id", "kept_record"),
    "its disappearance": ("DELETE FROM incidents WHERE id = :id", "kept_record"),
    "another first step": (
        "INSERT INTO incident_steps (incident_id, seq, act, to_status, at) VALUES (:id, 1, 'report', 'accepted', now())",
        "uq_incident_steps_incident_id_seq",
    ),
    "a beginning in the middle": (
        "INSERT INTO incidents (code, kind, category_id, source, status, accepted_at, filed_at, geom) SELECT 'SJ-X', kind, "
        "category_id, source, 'filed', accepted_at, filed_at, geom FROM incidents WHERE id = :id",
        "begun_elsewhere",
    ),
}


@pytest.mark.parametrize(("sql", "said"), UNLAWFUL.values(), ids=UNLAWFUL)
def test_the_database_refuses(at_work, sql, said):
    incident = at_work.to(Act.FILE)
    with pytest.raises(DBAPIError, match=said):
        at_work.session.execute(text(sql), {"id": incident.id})


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(list(Act)), st.sampled_from(PEOPLE), st.booleans()), max_size=14))
def test_no_sequence_of_acts_reaches_an_unlawful_state(database_url, wanted):
    lawful = {(way.act.value, way.before.value, way.after.value) for way in rules.ways()}
    with engine(database_url).connect() as connection, Session(connection) as session:
        at_work = desk(session)
        incident = at_work.report()
        for act, role, granted in wanted:
            words = {
                name: {"handler_id": at_work.handler, "count": 1, "grade": "good"}.get(name, "说明")
                for name in rules.RULES[act].takes
            }
            at_work.now += timedelta(minutes=1)
            told = {"version": incident.version, "now": at_work.now}
            try:
                if not rules.RULES[act].approver:
                    actions.act(session, at_work.people[role], incident.id, act, Said(**words), **told)
                    continue
                number = actions.ask(session, at_work.people[role], incident.id, act, Said(**words), **told)
                actions.answer(
                    session,
                    at_work.people[Role.REVIEWER],
                    incident.id,
                    number,
                    granted=granted,
                    note=None,
                    **told,
                )
            except (Refused, NotAllowed):
                pass
        done = steps(at_work, incident)
        assert done[-1].to_status == incident.status
        assert len(done) == incident.steps
        for before, step in itertools.pairwise(done):
            assert step.from_status == before.to_status
            assert (step.act, step.from_status, step.to_status) in lawful
        closed = [each for each in done if each.act == "close"]
        fed_back = [each for each in done if each.act == "feedback"]
        assert not closed or closed[-1].person_id != fed_back[-1].person_id
        connection.rollback()


BULLETIN = """
INSERT INTO incidents (code, platform_code, kind, category_id, source, status, accepted_at, filed_at, due_at, handled_at,
                       closed_at, geom)
SELECT 'SJ-P-' || n, 'P' || n, 'event', (SELECT id FROM codes WHERE value = '09006' AND list = 'incident_category'),
    'inspector', CASE WHEN n > 996 THEN 'declined' WHEN n <= 911 THEN 'closed' ELSE 'dispatched' END, t,
    CASE WHEN n <= 996 THEN t END,
    CASE WHEN n <= 972 THEN t + interval '1 day' WHEN n <= 996 THEN timestamptz '2023-04-03 12:00+08' END,
    CASE WHEN n <= 737 THEN t + interval '1 hour' WHEN n <= 911 THEN t + interval '2 days' END,
    CASE WHEN n <= 737 THEN t + interval '1 hour' WHEN n <= 911 THEN t + interval '2 days' END,
    ST_SetSRID(ST_MakePoint(116.5 + n * 5e-5, 31.75), 4490)
FROM generate_series(1, 1054) AS n, LATERAL (SELECT timestamptz '2023-03-01 08:00+08' + n * interval '30 minutes' AS t) AS at
"""


def test_the_rates_of_the_bulletin_come_out_of_rows(at_work):
    at_work.session.execute(text(BULLETIN))
    (found,) = figures(at_work.session, date(2023, 3, 1), date(2023, 3, 31))
    assert found.counts == {"accepted": 1054, "filed": 996, "due": 972, "closed": 911, "on_time": 737}
    assert {name: share.rate_text for name, share in found.rates.items()} == {
        "filing": "94.50 %", "closing": "93.72 %", "on_time": "75.82 %",
    }  # fmt: skip
    for counted, count in found.counts.items():  # every figure opens what it counts
        page = shown.page(
            at_work.session, now=at_work.now, limit=1, offset=0, counted=counted, first=date(2023, 3, 1),
            last=date(2023, 3, 31),
        )  # fmt: skip
        assert page.total == count
    by_category = figures(at_work.session, date(2023, 3, 1), date(2023, 3, 31), "category")
    assert [(each.key, each.counts["due"]) for each in by_category] == [("09006", 972)]
    squares = hotspots(at_work.session, date(2023, 3, 1), date(2023, 3, 31), side_m=500)
    assert squares["total"] == 996  # those that were not declined
    assert sum(each["properties"]["n"] for each in squares["features"]) == 996


def test_nothing_is_divided_by_zero(at_work):
    (found,) = figures(at_work.session, date(2023, 3, 1), date(2023, 3, 31))
    assert [share.rate for share in found.rates.values()] == [None, None, None]


def test_what_is_similar_is_near_recent_and_of_the_same_kind(at_work):
    first = at_work.report()
    near = at_work.report(lon=AT[0] + 0.0003)  # 28 m
    at_work.report(lon=AT[0] + 0.001)  # 95 m
    at_work.report(category="01002")
    at_work.now += timedelta(hours=25)
    at_work.report()
    assert [each["id"] for each in view(at_work, first)["similar"]] == [near.id]
    page = shown.page(at_work.session, now=at_work.now, limit=10, offset=0, similar=True)
    assert {row["id"] for row in page.rows} == {first.id, near.id}


PLATFORM = (
    "案件号,平台案卷号,大类,类别代码,来源,状态,受理时间,立案时间,处置时间,结案时间,经度,纬度\n"
    "SJ-A-1,JA1,事件,09006,监督员上报,已结案,2023-03-01 09:00,2023-03-01 09:10,2023-03-01 10:00,2023-03-01 11:00,116.52,31.75\n"
    "SJ-A-2,{second},事件,09006,热线转办,已立案,2023-03-01 09:00,2023-03-01 09:10,,,116.53,31.75\n"
)


def test_the_platform_s_file_is_taken_over_and_can_be_taken_back(at_work, tmp_path):
    path = tmp_path / "platform.csv"
    path.write_text(PLATFORM.format(second=""), encoding="utf-8")
    with pytest.raises(ImportRefused, match="platform"):
        import_file(at_work.session, "incidents", path, "administrator")
    path.write_text(PLATFORM.format(second="JA2"), encoding="utf-8")
    import_file(at_work.session, "incidents", path, "administrator")
    sql = "SELECT act, to_status, i.code FROM incident_steps JOIN incidents i ON i.id = incident_id ORDER BY i.code"
    assert at_work.session.execute(text(sql)).all() == [
        ("take_over", "closed", "SJ-A-1"), ("take_over", "filed", "SJ-A-2"),
    ]  # fmt: skip
    number = at_work.session.scalar(text("SELECT max(id) FROM imports"))
    if number is None:  # import_file keeps a row of every import
        pytest.fail("the import was not written down")
    assert undo(at_work.session, number, "administrator") == 2
    assert at_work.session.scalar(text("SELECT count(*) FROM incident_steps")) == 0


def test_a_code_whose_time_is_over_gives_way_to_the_one_that_stands_for_it(at_work):
    at_work.session.execute(
        text(
            "INSERT INTO codes (list, value, title_zh, title_en, standard_ref, valid_from) "
            "VALUES ('incident_category_47678', '2101', '占道经营', 'trading', 'GB/T 47678', '2023-03-02');"
        )
    )
    at_work.session.execute(
        text(
            "INSERT INTO code_mappings (from_id, to_id) SELECT o.id, n.id FROM codes o, codes n "
            "WHERE o.value = '09006' AND n.value = '2101'"
        )
    )
    at_work.session.execute(text("UPDATE codes SET valid_to = '2023-03-02' WHERE value = '09006'"))
    named = "SELECT c.value FROM incidents i JOIN codes c ON c.id = i.category_id WHERE i.id = :id"
    before = at_work.report()
    at_work.now += timedelta(days=1)
    after = at_work.report()
    assert [at_work.session.scalar(text(named), {"id": each.id}) for each in (before, after)] == [
        "09006",
        "2101",
    ]


def test_the_reader_is_told_what_he_can_do_and_why_not_the_rest(at_work):
    acts = {each["act"]: each for each in view(at_work, at_work.to(Act.FILE), Role.PLANNER)["acts"]}
    assert acts["dispatch"]["possible"]
    assert [each["name"] for each in acts["dispatch"]["takes"]] == ["handler_id"]
    assert "执法人员" in acts["start"]["why_not"]["zh"]
    assert State.HANDLED not in rules.RULES[Act.EXTEND].ways
