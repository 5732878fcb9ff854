"""Sign-in and the signed-in person."""

from __future__ import annotations

from pydantic import Field

from api.schemas.shared import Given, Shape
from layers.people.rules import Role

__all__ = ["DivisionRef", "PersonOut", "SessionOut", "SignIn"]


class SignIn(Given):
    """Name and password."""

    name: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=256)


class DivisionRef(Shape):
    """A division by code and name."""

    code: str
    name: str


class PersonOut(Shape):
    """Who is signed in."""

    id: int
    name: str
    display_name: str
    roles: list[Role]
    divisions: list[DivisionRef]


class SessionOut(Shape):
    """The current session; ``person`` is null when nobody is signed in."""

    person: PersonOut | None
