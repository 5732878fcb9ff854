from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from layers.database import session as transaction
from layers.errors import Refused, SignInFailed
from layers.people import actions
from layers.people.model import Person, SignIn
from layers.people.rules import Role

pytestmark = pytest.mark.database

PASSWORD = "correct horse"


@pytest.fixture
def inspector(own_database_url):
    """Committed, because failed sign-ins are counted in a transaction of their own."""
    with transaction(own_database_url) as session:
        made = actions.create_person(
            session, name="wang.min", display_name="王敏", password=PASSWORD, roles=[Role.INSPECTOR]
        )
    yield made
    with transaction(own_database_url) as session:
        session.execute(text("DELETE FROM people"))


def fails(own_database_url, name, password):
    with pytest.raises(SignInFailed), transaction(own_database_url) as session:
        actions.sign_in(session, name, password)


def test_the_right_password_gives_a_token_that_names_the_person(own_database_url, inspector):
    with transaction(own_database_url) as session:
        person, token = actions.sign_in(session, "wang.min", PASSWORD)
    assert person.roles == {Role.INSPECTOR, Role.PUBLIC}
    with transaction(own_database_url) as session:
        assert actions.person_of(session, token) == person


def test_a_token_is_worth_nothing_after_signing_out(own_database_url, inspector):
    with transaction(own_database_url) as session:
        _, token = actions.sign_in(session, "wang.min", PASSWORD)
        actions.sign_out(session, token)
        assert actions.person_of(session, token) is None


def test_a_token_ends_after_its_hours(own_database_url, inspector):
    with transaction(own_database_url) as session:
        _, token = actions.sign_in(session, "wang.min", PASSWORD)
        session.execute(text("UPDATE sessions SET created_at = now() - interval '2 days',"
                             " expires_at = now() - interval '1 day'"))  # fmt: skip
        assert actions.person_of(session, token) is None


def test_neither_the_password_nor_the_token_is_stored(own_database_url, inspector):
    with transaction(own_database_url) as session:
        _, token = actions.sign_in(session, "wang.min", PASSWORD)
        assert session.scalar(select(Person.password_hash)).startswith("$argon2id$")
        assert token.encode() not in session.scalar(select(SignIn.token_hash))


@pytest.mark.parametrize(("name", "password"), [("wang.min", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_password_and_an_unknown_name_fail_alike(own_database_url, inspector, name, password):
    fails(own_database_url, name, password)


def test_five_failures_pause_sign_in_even_with_the_right_password(own_database_url, inspector):
    for _ in range(5):
        fails(own_database_url, "wang.min", "wrong")
    fails(own_database_url, "wang.min", PASSWORD)


def test_the_pause_ends_after_fifteen_minutes(own_database_url, inspector):
    for _ in range(5):
        fails(own_database_url, "wang.min", "wrong")
    with transaction(own_database_url) as session:
        left = session.scalar(text("SELECT locked_until - now() FROM people"))
        assert timedelta(minutes=14) < left <= timedelta(minutes=15)
        session.execute(text("UPDATE people SET locked_until = now() - interval '1 second'"))
    fails(own_database_url, "wang.min", "wrong")
    with transaction(own_database_url) as session:
        person, _ = actions.sign_in(session, "wang.min", PASSWORD)
    assert person.name == "wang.min"


def test_a_success_forgets_the_failures_before_it(own_database_url, inspector):
    for _ in range(4):
        fails(own_database_url, "wang.min", "wrong")
    with transaction(own_database_url) as session:
        actions.sign_in(session, "wang.min", PASSWORD)
    with transaction(own_database_url) as session:
        assert session.scalar(select(Person.failed_attempts)) == 0


def test_an_inactive_person_cannot_sign_in_and_loses_open_sign_ins(own_database_url, inspector):
    with transaction(own_database_url) as session:
        _, token = actions.sign_in(session, "wang.min", PASSWORD)
        session.execute(text("UPDATE people SET active = false"))
        assert actions.person_of(session, token) is None
    fails(own_database_url, "wang.min", PASSWORD)


def test_a_name_that_is_taken_is_refused(own_database_url, inspector):
    with pytest.raises(Refused, match="taken"), transaction(own_database_url) as session:
        actions.create_person(session, name="wang.min", display_name="另", password=PASSWORD, roles=[])


def test_a_short_password_is_refused(session):
    with pytest.raises(Refused, match="8 characters"):
        actions.create_person(session, name="li.na", display_name="李娜", password="short", roles=[])
