"""Who may look at pictures of flights: whoever may see the layer of flights."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.dependencies import MeOrNobody, roles_of
from layers.errors import SignInNeeded
from layers.people.actions import SignedIn
from layers.people.rules import Role, require
from layers.surveys.layer import SURVEYS

__all__ = ["Viewer", "may_look"]


def may_look(roles: frozenset[Role]) -> bool:
    """Whether these roles may see flights."""
    return bool(roles & SURVEYS.visible_to)


def _viewer(person: MeOrNobody) -> SignedIn:
    if person is None:
        raise SignInNeeded
    require(roles_of(person), SURVEYS.visible_to, act_zh="查看航飞影像", act_en="see the imagery of flights")
    return person


Viewer = Annotated[SignedIn, Depends(_viewer, scope="function")]
"""Somebody who may see flights. Raises SignInNeeded, NotAllowed."""
