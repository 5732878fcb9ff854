"""The queue, holds and the second pair of eyes on a real database; two sessions race."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from layers import database
from layers.candidates import actions, queue_acts, store
from layers.candidates.queue import LEASE, Wanted
from layers.candidates.rules import RejectReason, Verdict
from layers.candidates.second import Policy, SecondEyes
from layers.errors import Conflict, Held, NotAllowed, Refused
from layers.people.rules import Role
from tests.layers import compared

ANY = Wanted()


@pytest.fixture
def room(session):
    """Two flights, three reviewers, and five suspicions, the most pressing first."""
    _, later = compared.flights(session)
    people = [compared.person(session, name, Role.REVIEWER) for name in ("anna", "boris", "chen")]
    ids = [compared.candidate(session, later, compared.square(100 * n, 100)) for n in range(5)]
    for place, number in enumerate(ids):
        session.execute(
            text("UPDATE candidates SET priority = :priority WHERE id = :id"),
            {"priority": 0.9 - place / 10, "id": number},
        )
    session.execute(
        text("UPDATE candidates SET kind = 'extended', area_m2 = 300 WHERE id = :id"), {"id": ids[3]}
    )
    return people, ids


def judge(session, person, number, verdict=Verdict.ACCEPT):
    actions.review(
        session, person, number, verdict=verdict, note=None,
        reason=RejectReason.SHADOW if verdict is Verdict.REJECT else None,
        version=store.get(session, number)["version"],
    )  # fmt: skip
    return store.get(session, number)


def undo(session, person, number):
    actions.undo(session, person, number, version=store.get(session, number)["version"])
    return store.get(session, number)


def handed(session, person, wanted=ANY, after=None):
    found = queue_acts.next_candidate(session, person, wanted, after)
    return None if found is None else (found.candidate_id, found.ahead)


def demand(session, eyes, area=None):
    boss = compared.person(session, f"boss.{eyes}", Role.ADMINISTRATOR)
    version = store.settings_row(session).version
    return actions.change_policy(session, boss, Policy(SecondEyes(eyes), area), version=version)


def test_each_is_handed_the_first_that_no_other_holds_and_leaving_frees_it(session, room):
    (anna, boris, _), ids = room
    assert handed(session, anna) == (ids[0], ids[1])
    assert handed(session, boris) == (ids[2], ids[3])
    with pytest.raises(Held, match="anna is at work"):
        judge(session, boris, ids[0])
    with pytest.raises(Held):
        queue_acts.hold(session, boris, ids[1])
    queue_acts.leave(session, anna)
    assert handed(session, boris) == (ids[0], ids[1])
    assert store.get(session, ids[0])["hold"]["by"] == "boris"
    assert store.get(session, ids[2])["hold"] is None


def test_the_next_behind_one_goes_round_to_the_first(session, room):
    (anna, *_), ids = room
    assert handed(session, anna, after=ids[0]) == (ids[1], ids[2])
    assert handed(session, anna, after=ids[3]) == (ids[4], None)
    assert handed(session, anna, after=ids[4]) == (ids[0], ids[1])


def test_a_lease_runs_out_and_a_renewed_one_does_not(session, room):
    (anna, boris, _), ids = room
    first = queue_acts.hold(session, anna, ids[0])
    session.execute(
        text("UPDATE review_holds SET until = until - :most"), {"most": LEASE - timedelta(minutes=1)}
    )
    assert queue_acts.hold(session, anna, ids[0]) > first - timedelta(seconds=1)
    session.execute(
        text("UPDATE review_holds SET until = until - :lease"), {"lease": LEASE + timedelta(seconds=5)}
    )
    assert handed(session, boris)[0] == ids[0]
    with pytest.raises(Held):
        queue_acts.hold(session, anna, ids[0])


def test_filters_narrow_the_queue_and_its_figures(session, room):
    (anna, boris, _), ids = room
    assert handed(session, anna, Wanted(kind="extended")) == (ids[3], None)
    assert handed(session, anna, Wanted(min_area_m2=300)) == (ids[3], None)
    assert handed(session, anna, Wanted(survey=0)) is None
    township = session.scalar(text("SELECT code FROM divisions WHERE level = 'township'"))
    assert handed(session, anna, Wanted(division=township)) == (ids[0], ids[1])
    assert store.progress(session, boris.id, ANY) == store.Progress(5, 0, 2, [])
    judge(session, anna, ids[0])
    assert len(store.progress(session, anna.id, ANY).judged_at) == 1


def test_two_who_ask_at_once_are_never_handed_the_same(own_database_url):
    with database.session(own_database_url) as session:
        _, later = compared.flights(session)
        people = [compared.person(session, f"racer{n}", Role.REVIEWER) for n in range(4)]
        ids = [compared.candidate(session, later, compared.square(40 * n, 100)) for n in range(24)]

    def work(person):
        mine = []
        for _ in ids:
            with database.session(own_database_url) as session:
                found = queue_acts.next_candidate(session, person, ANY, None)
            if found is None:
                return mine
            with database.session(own_database_url) as session:
                judge(session, person, found.candidate_id, Verdict.REJECT)
            mine.append(found.candidate_id)
        return mine

    with ThreadPoolExecutor(4) as pool:
        done = [number for mine in pool.map(work, people) for number in mine]
    assert len(done) == len(set(done))
    # one that somebody was holding as his next when another asked is left for that person
    assert len(done) >= len(ids) - len(people)


def test_a_first_acceptance_waits_and_makes_no_illegal_building(session, room):
    (anna, boris, _), ids = room
    demand(session, "accepted")
    waiting = judge(session, anna, ids[0])
    assert (waiting["status"], waiting["illegal_building"], waiting["contested"]) == ("second", None, False)
    assert handed(session, anna)[0] == ids[1]
    with pytest.raises(Refused):
        judge(session, anna, ids[0])
    assert handed(session, boris)[0] == ids[0]
    settled = judge(session, boris, ids[0])
    assert settled["status"] == "accepted" and settled["illegal_building"]
    assert undo(session, boris, ids[0])["status"] == "second"
    assert undo(session, anna, ids[0])["status"] == "pending"


def test_who_disagrees_leaves_it_to_a_third(session, room):
    (anna, boris, chen), ids = room
    demand(session, "all")
    judge(session, anna, ids[0])
    assert judge(session, boris, ids[0], Verdict.REJECT)["contested"]
    assert handed(session, boris)[0] == ids[1]
    with pytest.raises(Refused):
        undo(session, anna, ids[0])
    assert handed(session, chen)[0] == ids[0]
    assert judge(session, chen, ids[0], Verdict.REJECT)["status"] == "rejected"


def test_only_the_administrator_changes_the_setting_and_only_as_it_was_seen(session, room):
    (anna, *_), _ = room
    with pytest.raises(NotAllowed):
        actions.change_policy(session, anna, Policy(SecondEyes.ALL), version=1)
    row = demand(session, "large", 200)
    with pytest.raises(Conflict):
        actions.change_policy(
            session, compared.person(session, "chief", Role.ADMINISTRATOR), Policy(), version=row.version - 1
        )
    before = session.scalar(text("SELECT before ->> 'second_eyes' FROM history WHERE layer = 'review_settings' "
                                 "ORDER BY id DESC LIMIT 1"))  # fmt: skip
    assert before == "off"


@pytest.mark.parametrize("verdicts", [[], ["accept"], ["accept", "reject"]])
def test_plain_sql_settles_nothing_that_two_have_not_agreed_on(session, room, verdicts):
    people, ids = room
    demand(session, "all")
    for person, verdict in zip(people, verdicts, strict=False):
        session.execute(
            text("INSERT INTO reviews (candidate_id, verdict, reason, person_id) "
                 "VALUES (:id, :verdict, CASE WHEN :verdict = 'reject' THEN 'shadow' END, :person)"),
            {"id": ids[0], "verdict": verdict, "person": person.id},
        )  # fmt: skip
    with pytest.raises(DBAPIError, match="second_eyes_missing"), session.begin_nested():
        session.execute(text("UPDATE candidates SET status = 'accepted' WHERE id = :id"), {"id": ids[0]})
    third = people[2]
    for person in people[:2] if not verdicts else [third]:
        session.execute(
            text("INSERT INTO reviews (candidate_id, verdict, person_id) VALUES (:id, 'accept', :person)"),
            {"id": ids[0], "person": person.id},
        )
    session.execute(text("UPDATE candidates SET status = 'accepted' WHERE id = :id"), {"id": ids[0]})


def test_plain_sql_lets_nobody_judge_twice(session, room):
    (anna, *_), ids = room
    wrote = text("INSERT INTO reviews (candidate_id, verdict, person_id) VALUES (:id, 'accept', :person)")
    session.execute(wrote, {"id": ids[0], "person": anna.id})
    with pytest.raises(DBAPIError, match="same_person"), session.begin_nested():
        session.execute(wrote, {"id": ids[0], "person": anna.id})
