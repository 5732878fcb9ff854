"""What routes ask for: the state, one transaction per request, and who is asking."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Cookie, Depends
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from sqlalchemy.orm import Session

from api.cookie import COOKIE
from api.state import State, state_of
from layers import database
from layers.errors import SignInNeeded
from layers.own import registry
from layers.people import actions as people
from layers.people.actions import SignedIn
from layers.people.rules import Role

__all__ = ["Chengtu", "Me", "MeFirst", "MeOrNobody", "Roles", "Transaction", "roles_of"]

Chengtu = Annotated[State, Depends(state_of)]


def _transaction(state: Chengtu) -> Iterator[Session]:
    with database.session(state.url) as session:
        registry.refresh(session)
        yield session


# scope "function": the commit comes before the answer leaves, so nobody is told of what did not happen
Transaction = Annotated[Session, Depends(_transaction, scope="function")]


# for programs without a page to sign in on: QGIS, GDAL, scripts
_basic = HTTPBasic(
    auto_error=False, description="name and password, for programs; people sign in on the page"
)


_Given = Annotated[HTTPBasicCredentials | None, Depends(_basic)]
_Token = Annotated[str | None, Cookie(alias=COOKIE, include_in_schema=False)]


def _me_or_nobody(session: Transaction, given: _Given, token: _Token = None) -> SignedIn | None:
    person = people.person_of(session, token) if token else None
    if person is None and given is not None:
        person = people.known_by(session, given.username, given.password)
    if person is not None:
        database.set_actor(session, person.name)
    return person


MeOrNobody = Annotated[SignedIn | None, Depends(_me_or_nobody, scope="function")]


def _me(person: MeOrNobody) -> SignedIn:
    if person is None:
        raise SignInNeeded
    return person


Me = Annotated[SignedIn, Depends(_me, scope="function")]


def _me_first(state: Chengtu, given: _Given, token: _Token = None) -> SignedIn:
    with database.session(state.url) as session:
        return _me(_me_or_nobody(session, given, token))


MeFirst = Annotated[SignedIn, Depends(_me_first)]
"""``Me`` for acts that compute and open transactions of their own: none is open when they begin."""


def roles_of(person: SignedIn | None) -> frozenset[Role]:
    """The roles that decide what somebody sees; everybody is the public too."""
    return frozenset({Role.PUBLIC}) | (person.roles if person else frozenset())


def _roles(person: MeOrNobody) -> frozenset[Role]:
    return roles_of(person)


Roles = Annotated[frozenset[Role], Depends(_roles, scope="function")]
