"""Signing in and out, and making accounts."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from time import monotonic

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy.orm import Session

from layers.errors import Refused, SignInFailed
from layers.people import store
from layers.people.model import Person
from layers.people.rules import Role
from layers.settings import settings

__all__ = [
    "DivisionHeld",
    "SignedIn",
    "create_person",
    "known_by",
    "person_of",
    "sign_in",
    "sign_out",
    "token_hash",
]

ALLOWED_ATTEMPTS = 5
PAUSE = timedelta(minutes=15)
SHORTEST_PASSWORD = 8
TRUSTED = timedelta(minutes=5)
_MOST_TRUSTED = 1000

# hash of name and password → the stored hash it was checked against, and until when that holds (monotonic seconds)
_trusted: dict[bytes, tuple[str, float]] = {}
_hasher = PasswordHasher()  # argon2id with the parameters of RFC 9106 (low-memory profile)


@dataclass(frozen=True)
class DivisionHeld:
    """A division a person is responsible for."""

    code: str
    name: str


@dataclass(frozen=True)
class SignedIn:
    """The person behind a request. ``roles`` always holds PUBLIC as well."""

    id: int
    name: str
    display_name: str
    roles: frozenset[Role]
    divisions: tuple[DivisionHeld, ...]


def sign_in(
    session: Session, name: str, password: str, *, hours: float | None = None
) -> tuple[SignedIn, str]:
    """Check name and password; the person and a new random token, of which only a hash is stored.

    ``hours`` until the sign-in ends; by default the setting ``session_hours``. An unknown name, an
    account that is paused and a wrong password take the same time and raise the same SignInFailed.
    The count of failures is kept although the caller's transaction is rolled back.
    """
    person = _checked(session, name, password)
    token = secrets.token_urlsafe(32)
    lasts = timedelta(hours=settings().session_hours if hours is None else hours)
    store.open_sign_in(session, person, token_hash(token), lasts)
    return _signed_in(person), token


def known_by(session: Session, name: str, password: str) -> SignedIn:
    """The person of that name and password, without a sign-in: for programs that send both with every request.

    A password that was right in the last minutes is not hashed again as long as the account is as it was.
    Raises SignInFailed, and pauses, as ``sign_in`` does.
    """
    secret = hashlib.sha256(f"{name}\0{password}".encode()).digest()
    person = store.by_name(session, name)
    if person is not None and person.active and _is_trusted(secret, person.password_hash):
        return _signed_in(person)
    person = _checked(session, name, password)
    if len(_trusted) >= _MOST_TRUSTED:
        _trusted.clear()
    _trusted[secret] = (person.password_hash, monotonic() + TRUSTED.total_seconds())
    return _signed_in(person)


def person_of(session: Session, token: str) -> SignedIn | None:
    """Who holds this token; None when it is unknown or has ended."""
    person = store.signed_in(session, token_hash(token))
    return None if person is None else _signed_in(person)


def sign_out(session: Session, token: str) -> None:
    """End the sign-in of this token."""
    store.end(session, token_hash(token))


def create_person(
    session: Session,
    *,
    name: str,
    display_name: str,
    password: str,
    roles: Iterable[Role],
    division_codes: Iterable[str] = (),
    synthetic: bool = False,
) -> Person:
    """Make an account. Raises Refused when the name is taken or the password is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refused(
            reason_zh=f"密码至少需要 {SHORTEST_PASSWORD} 个字符。",
            reason_en=f"A password needs at least {SHORTEST_PASSWORD} characters.",
        )
    if store.by_name(session, name) is not None:
        raise Refused(reason_zh=f"用户名“{name}”已被使用。", reason_en=f"The sign-in name “{name}” is taken.")
    return store.add(
        session,
        name=name,
        display_name=display_name,
        password_hash=_hasher.hash(password),
        roles=frozenset(roles) - {Role.PUBLIC},
        division_codes=tuple(division_codes),
        synthetic=synthetic,
    )


def _checked(session: Session, name: str, password: str) -> Person:
    stored = _count_attempt(session, name)
    right = _verify(stored or _nobodys_hash(), password)
    if stored is None or not right:
        raise SignInFailed
    store.forget_attempts(session, name, rehashed=_rehash(stored, password))
    person = store.by_name(session, name)
    if person is None:
        raise SignInFailed
    return person


def _is_trusted(secret: bytes, password_hash: str) -> bool:
    kept = _trusted.get(secret)
    return kept is not None and kept[0] == password_hash and kept[1] > monotonic()


def _count_attempt(session: Session, name: str) -> str | None:
    """In a transaction of its own, so that a refused sign-in is counted too."""
    with Session(session.connection().engine) as own, own.begin():
        return store.count_attempt(own, name, allowed=ALLOWED_ATTEMPTS, pause=PAUSE)


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except VerificationError:
        return False


def _rehash(stored: str, password: str) -> str | None:
    return _hasher.hash(password) if _hasher.check_needs_rehash(stored) else None


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    """What the password of an unknown name is checked against, so that it takes as long."""
    return _hasher.hash(secrets.token_urlsafe(32))


def token_hash(token: str) -> bytes:
    """What of a token is stored."""
    return hashlib.sha256(token.encode()).digest()


def _signed_in(person: Person) -> SignedIn:
    return SignedIn(
        id=person.id,
        name=person.name,
        display_name=person.display_name,
        roles=frozenset(Role(each.role) for each in person.roles) | {Role.PUBLIC},
        divisions=tuple(DivisionHeld(each.code, each.name) for each in person.divisions),
    )
