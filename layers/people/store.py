"""All SQL of people and sign-ins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from layers.people.model import Person, PersonRole, SignIn
from layers.people.rules import Role
from layers.places.model import Division

__all__ = [
    "ROLES_OF_MANY_SQL",
    "ROLES_SQL",
    "add",
    "by_name",
    "count_attempt",
    "end",
    "forget_attempts",
    "open_sign_in",
    "signed_in",
]

# Counts the attempt before the password is looked at, so that attempts made side by side are counted
# one after the other. No row: nobody of that name may try now.
_COUNT = text(
    """
    UPDATE people SET
        failed_attempts = CASE WHEN locked_until IS NULL THEN failed_attempts + 1 ELSE 1 END,
        locked_until = CASE
            WHEN :allowed <= CASE WHEN locked_until IS NULL THEN failed_attempts + 1 ELSE 1 END
            THEN clock_timestamp() + make_interval(secs => :pause_s) END
    WHERE name = :name AND active AND (locked_until IS NULL OR locked_until <= clock_timestamp())
    RETURNING password_hash
    """
)

# For asyncpg, beside other questions of one round trip: the roles of whoever holds the open sign-in with the hash $2.
ROLES_SQL = """
    SELECT array_agg(r.role) FROM sessions s
    JOIN people p ON p.id = s.person_id AND p.active
    JOIN person_roles r ON r.person_id = p.id
    WHERE s.token_hash = $2::bytea AND s.expires_at > clock_timestamp()
"""

# For asyncpg: the roles of whoever holds the open sign-ins with the hashes $1.
ROLES_OF_MANY_SQL = """
    SELECT s.token_hash, array_agg(r.role) AS roles FROM sessions s
    JOIN people p ON p.id = s.person_id AND p.active
    JOIN person_roles r ON r.person_id = p.id
    WHERE s.token_hash = ANY ($1::bytea[]) AND s.expires_at > clock_timestamp()
    GROUP BY s.token_hash
"""


def count_attempt(session: Session, name: str, *, allowed: int, pause: timedelta) -> str | None:
    """Count a sign-in attempt; the hash to check, or None when unknown, inactive or paused."""
    values = {"name": name, "allowed": allowed, "pause_s": pause.total_seconds()}
    found: str | None = session.scalar(_COUNT, values)
    return found


def forget_attempts(session: Session, name: str, *, rehashed: str | None = None) -> None:
    """The password was right: start counting afresh; keep a stronger hash when one was made."""
    changed: dict[str, Any] = {"failed_attempts": 0, "locked_until": None}
    if rehashed is not None:
        changed["password_hash"] = rehashed
    session.execute(update(Person).where(Person.name == name).values(changed))


def by_name(session: Session, name: str) -> Person | None:
    """The person with that sign-in name."""
    return session.scalar(select(Person).where(Person.name == name))


def add(
    session: Session,
    *,
    name: str,
    display_name: str,
    password_hash: str,
    roles: frozenset[Role],
    division_codes: tuple[str, ...],
    synthetic: bool,
) -> Person:
    """A new person with roles and divisions."""
    person = Person(
        name=name, display_name=display_name, password_hash=password_hash, synthetic=synthetic, active=True
    )
    person.roles = [PersonRole(role=each.value) for each in sorted(roles)]
    wanted = select(Division).where(Division.code.in_(division_codes)).order_by(Division.code)
    person.divisions = list(session.scalars(wanted))
    session.add(person)
    session.flush()
    return person


def open_sign_in(session: Session, person: Person, token_hash: bytes, lasts: timedelta) -> None:
    """Keep a sign-in for so long; those that have ended are swept out on the way."""
    session.execute(delete(SignIn).where(SignIn.expires_at <= func.clock_timestamp()))
    ends = select(func.clock_timestamp() + lasts).scalar_subquery()
    session.add(SignIn(token_hash=token_hash, person_id=person.id, expires_at=ends))
    session.flush()


def signed_in(session: Session, token_hash: bytes) -> Person | None:
    """Whose open sign-in this is, if it has not ended and the person is still active."""
    return session.scalar(
        select(Person)
        .join(SignIn, SignIn.person_id == Person.id)
        .where(SignIn.token_hash == token_hash, SignIn.expires_at > func.clock_timestamp(), Person.active)
    )


def end(session: Session, token_hash: bytes) -> None:
    """Close a sign-in."""
    session.execute(delete(SignIn).where(SignIn.token_hash == token_hash))
