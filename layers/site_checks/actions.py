"""What an inspector does: see what is to be looked at, take it, and tell what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from layers.cases import actions as cases
from layers.cases.rules import CHECKERS
from layers.errors import NotFound, Refused
from layers.people.actions import SignedIn
from layers.people.rules import Role, require
from layers.photographs import actions as photographs
from layers.photographs import store as photograph_store
from layers.site_checks import rules, store
from layers.site_checks.rules import Purpose

__all__ = ["Found", "Tasks", "check", "claim", "release", "submit", "task", "tasks"]

READERS = CHECKERS | {Role.REVIEWER}


@dataclass(frozen=True)
class Tasks:
    """``scope``: whose they are: of an ``organisation``, of ``divisions``, or ``everything``; ``whose`` its name."""

    scope: str
    whose: str
    rows: list[dict[str, Any]]


@dataclass(frozen=True)
class Found:
    """What was found. Lengths in metres, area in m²; ``place`` is the phone's: lon, lat in EPSG:4490."""

    client_id: UUID
    illegal_building_id: int
    conclusion: str
    checked_at: datetime
    sent_at: datetime
    photographs: Sequence[int] = ()
    place: tuple[float, float] | None = None
    length_m: Decimal | None = None
    width_m: Decimal | None = None
    area_m2: Decimal | None = None
    height_m: Decimal | None = None
    storeys: int | None = None
    use: str | None = None
    material: str | None = None
    note: str | None = None


def tasks(
    session: Session, person: SignedIn, now: datetime, here: tuple[float, float] | None = None
) -> Tasks:
    """What this person may have to look at: in the grids that their organisation manages; without an organisation in
    their divisions; with neither everywhere. Nearest first when ``here`` (lon, lat) is given. Raises NotAllowed.
    """
    _require(person)
    own = store.organisation(session, person.id)
    inside = [rules.within(each.code) for each in person.divisions] if own is None else []
    scope = "organisation" if own else "divisions" if inside else "everything"
    whose = own.name if own else "、".join(each.name for each in person.divisions)
    found = store.buildings(
        session,
        organisation_id=own.id if own else None,
        inside=inside,
        everything=scope == "everything",
        here=here,
    )
    shown = (_shown(row, person, now) for row in found)
    return Tasks(scope, whose, [row for row in shown if row["purpose"] is not None])


def task(
    session: Session,
    person: SignedIn,
    building_id: int,
    now: datetime,
    here: tuple[float, float] | None = None,
) -> dict[str, Any]:
    """One building with what to look at and the site checks so far; ``purpose`` None: nobody has to go there now.

    Raises NotAllowed, NotFound.
    """
    _require(person)
    row = _shown(store.check(session, building_id, here), person, now)
    return {**row, "checks": _with_photographs(session, store.checks_of(session, building_id=building_id))}


def check(session: Session, person: SignedIn, check_id: int) -> dict[str, Any]:
    """One site check with its photographs and their clues. Raises NotAllowed, NotFound."""
    require(person.roles, READERS, act_zh="查看现场核查", act_en="see site checks")
    found = _with_photographs(session, store.checks_of(session, check_id=check_id))
    if not found:
        raise NotFound(what_zh="现场核查记录", what_en="site check", key=check_id)
    return found[0]


def claim(session: Session, person: SignedIn, building_id: int, now: datetime) -> None:
    """Take a building upon oneself for a day, so that nobody else goes there too. Raises NotAllowed, NotFound, Refused."""
    _require(person)
    store.lock(session, building_id)
    row = store.check(session, building_id)
    if rules.purpose(_facts(row), now) is None:
        raise Refused(
            reason_zh=f"{row['code']} 目前不需要现场核查，可能已由他人完成。请刷新任务列表。",
            reason_en=f"{row['code']} needs no site check now; somebody may have done it. Reload the list.",
        )
    rules.check_claim(_claim(row), person.id, now)
    store.claim(session, building_id, person.id, now)


def release(session: Session, person: SignedIn, building_id: int) -> None:
    """Give a building back that one has taken; nothing happens where it was somebody else. Raises NotAllowed."""
    _require(person)
    store.release(session, building_id, person.id)


def submit(session: Session, person: SignedIn, found: Found, now: datetime) -> tuple[int, bool]:
    """Record what was found; the number of the site check, and whether it is new (the same ``client_id`` is once).

    What was seen is taken even where somebody else had taken the task or was there first: it is a fact all the same.
    Raises NotAllowed, NotFound, Refused.
    """
    _require(person)
    building = store.lock(session, found.illegal_building_id)
    before = store.client_check(session, found.client_id)
    if before is not None:
        _check_same(before.person_id, person)
        return before.id, False
    case_id = (
        store.open_case(session, building.id) if found.conclusion in Purpose.DEMOLITION.conclusions else None
    )
    ordered = case_id is not None or building.status == "ordered"
    rules.check_found(found.conclusion, photographs=found.photographs, ordered=ordered)
    own = list(dict.fromkeys(found.photographs))
    if missing := photograph_store.foreign(session, own, person.id):
        raise Refused(
            reason_zh=f"照片 {missing[0]} 不存在或不是您拍摄的，核查没有提交。请重新添加照片。",
            reason_en=f"Photograph {missing[0]} is not there or not yours; the site check was not taken. Add it again.",
        )
    number = cases.check_site(
        session, person, source=building.source, conclusion=found.conclusion,
        checked_at=rules.corrected(found.checked_at, found.sent_at, now), now=now, place=found.place,
        illegal_building_id=building.id, case_id=case_id, note=found.note, client_id=found.client_id,
        area_m2=rules.area_of(found.area_m2, found.length_m, found.width_m),
        measured={
            name: getattr(found, name)
            for name in ("length_m", "width_m", "height_m", "storeys", "use", "material")
        },
    )  # fmt: skip
    store.attach(session, number, own)
    store.release(session, building.id)
    return number, True


def _require(person: SignedIn) -> None:
    require(person.roles, CHECKERS, act_zh="现场核查", act_en="check on site")


def _check_same(taken_by: int | None, person: SignedIn) -> None:
    if taken_by != person.id:
        raise Refused(
            reason_zh="这条核查已由另一账号提交。请以拍摄时的账号登录后重试。",
            reason_en="This site check was sent by another account. Sign in as who took it.",
        )


def _with_photographs(session: Session, checks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    taken = photographs.of_checks(session, [each["id"] for each in checks])
    return [{**each, "photographs": taken[each["id"]]} for each in checks]


def _facts(row: dict[str, Any]) -> rules.Facts:
    last = (row["last_conclusion"], row["last_checked_at"], row["last_filed"])
    return rules.Facts(
        status=row["status"],
        last=last if row["last_conclusion"] else None,
        perform_by=row["perform_by"],
        seen_gone=row["gone_on"] is not None,
        gone_unchecked=row["gone_unchecked"],
    )


def _claim(row: dict[str, Any]) -> rules.Claim | None:
    if row["claim_person"] is None:
        return None
    return rules.Claim(row["claim_person"], row["claim_by"], row["claim_at"])


def _shown(row: dict[str, Any], person: SignedIn, now: datetime) -> dict[str, Any]:
    wanted, held = rules.purpose(_facts(row), now), _claim(row)
    running = held is not None and now - held.at < rules.HELD_FOR
    hidden = {
        "last_conclusion",
        "last_checked_at",
        "last_filed",
        "claim_person",
        "claim_by",
        "claim_at",
        "gone_unchecked",
        "status",
    }
    return {
        **{name: value for name, value in row.items() if name not in hidden},
        "purpose": wanted,
        "conclusions": list((wanted or Purpose.RECHECK).conclusions),
        "claim": {"by": held.by, "at": held.at, "mine": held.person_id == person.id}
        if held and running
        else None,
    }
