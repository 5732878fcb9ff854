"""Roles and what they mean. Pure."""

from __future__ import annotations

from enum import StrEnum

from layers.errors import NotAllowed

__all__ = ["ROLE_TITLES", "Role", "require"]


class Role(StrEnum):
    """What a person may do; a person can have several. PUBLIC is everyone, signed in or not."""

    PUBLIC = "public"
    PLANNER = "planner"
    INSPECTOR = "inspector"
    CREW = "crew"
    REVIEWER = "reviewer"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"


ROLE_TITLES: dict[Role, tuple[str, str]] = {
    Role.PUBLIC: ("公众", "public"),
    Role.PLANNER: ("规划人员", "planner"),
    Role.INSPECTOR: ("监督员", "inspector"),
    Role.CREW: ("航飞人员", "drone crew"),
    Role.REVIEWER: ("复核人员", "reviewer"),
    Role.OFFICER: ("执法人员", "enforcement officer"),
    Role.ADMINISTRATOR: ("管理员", "administrator"),
}


def require(held: frozenset[Role], allowed: frozenset[Role], *, act_zh: str, act_en: str) -> None:
    """Let the act pass when one of the held roles permits it. Raises NotAllowed, naming who may."""
    if not held & allowed:
        titles = [ROLE_TITLES[each] for each in Role if each in allowed]
        raise NotAllowed(
            act_zh=act_zh,
            act_en=act_en,
            roles_zh="、".join(zh for zh, _ in titles),
            roles_en=" or ".join(en for _, en in titles),
        )
