"""Which building is to be looked at and what for, what may be concluded, and what a conclusion takes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from layers.errors import Refused
from layers.timezone import SHANGHAI, day_of

__all__ = [
    "HELD_FOR", "Claim", "Facts", "Purpose", "area_of", "check_claim", "check_found", "corrected", "purpose", "within",
]  # fmt: skip

HELD_FOR = timedelta(hours=24)
LOOK_AGAIN = timedelta(days=7)
SKEW = timedelta(minutes=2)


class Purpose(StrEnum):
    """What somebody goes there for."""

    FIRST = "first"
    RECHECK = "recheck"
    DEMOLITION = "demolition"

    @property
    def conclusions(self) -> tuple[str, str]:
        """What may be found; values of ``layers.cases.codes.CONCLUSIONS``."""
        return ("demolished", "standing") if self is Purpose.DEMOLITION else ("violation", "no_violation")


@dataclass(frozen=True)
class Facts:
    """What decides on a building. ``last``: the newest site check's conclusion, when, and whether a case was filed on it.

    ``perform_by``: the last day on which the party may demolish by itself; ``seen_gone``: a later flight shows it gone;
    ``gone_unchecked``: nobody was there since that flight.
    """

    status: str
    last: tuple[str, datetime, bool] | None = None
    perform_by: date | None = None
    seen_gone: bool = False
    gone_unchecked: bool = False


@dataclass(frozen=True)
class Claim:
    """Who has taken it upon them."""

    person_id: int
    by: str
    at: datetime


def purpose(seen: Facts, now: datetime) -> Purpose | None:
    """What somebody has to go there for; None when nobody has to."""
    if seen.status == "to_check":
        return _of_suspicion(seen)
    if seen.status == "ordered":
        return _of_order(seen, now)
    if seen.status == "filed" and seen.gone_unchecked:
        return Purpose.DEMOLITION
    return None


def _of_suspicion(seen: Facts) -> Purpose | None:
    if seen.last is None:
        return Purpose.FIRST
    conclusion, _, filed = seen.last
    # found to be a violation: now it waits for the filing, not for another visit; a revoked case begins anew
    return None if conclusion == "violation" and not filed else Purpose.RECHECK


def _of_order(seen: Facts, now: datetime) -> Purpose | None:
    conclusion, at, _ = seen.last or (None, None, False)
    if conclusion == "demolished":
        return None
    if seen.gone_unchecked:
        return Purpose.DEMOLITION
    if conclusion == "standing" and at is not None and now - at < LOOK_AGAIN:
        return None
    today = day_of(now)
    lapsed = seen.perform_by is None or today > seen.perform_by
    return Purpose.DEMOLITION if lapsed or seen.seen_gone else None


def check_claim(claim: Claim | None, person_id: int, now: datetime) -> None:
    """Nobody else has taken it within a day. Raises Refused, naming who has."""
    if claim is not None and claim.person_id != person_id and now - claim.at < HELD_FOR:
        since = claim.at.astimezone(SHANGHAI)
        raise Refused(
            reason_zh=f"{claim.by}已于{since.month}月{since.day}日{since:%H:%M}领取该任务。请先与其联系，或等其退回。",
            reason_en=f"{claim.by} took this task on {since:%Y-%m-%d %H:%M} (China). Ask them, or wait until they give it back.",
        )


def check_found(conclusion: str, *, photographs: Sequence[object], ordered: bool) -> None:
    """A violation takes a photograph, and only what was ordered gone can be gone or still standing. Raises Refused."""
    if conclusion == "violation" and not photographs:
        raise Refused(
            reason_zh="结论为“属于违法”时至少要有一张现场照片。请拍照后再提交。",
            reason_en="To conclude that it is a violation takes at least one photograph. Take one, then send again.",
        )
    if conclusion in Purpose.DEMOLITION.conclusions and not ordered:
        raise Refused(
            reason_zh="该建筑没有责令拆除，也没有在办案件，不能作拆除核验。请选择“属于违法”或“不属于违法”。",
            reason_en="Nobody ordered this building gone and no case about it is open, so there is no demolition to check. "
            "Conclude “a violation” or “no violation”.",
        )


def within(division: str) -> str:
    """The beginning that the codes of everything in a division share: of a district 6 digits, of a township 9."""
    return (
        division[:6]
        if division.endswith("000000")
        else division[:9]
        if division.endswith("000")
        else division
    )


def corrected(checked_at: datetime, sent_at: datetime, now: datetime) -> datetime:
    """When it was by the server's clock: a phone's clock may be wrong, but it knows how long ago it was."""
    return checked_at + (now - sent_at) if abs(now - sent_at) > SKEW else min(checked_at, now)


def area_of(area_m2: Decimal | None, length_m: Decimal | None, width_m: Decimal | None) -> Decimal | None:
    """The area that was given, or length times width, to 0.01 m²."""
    if area_m2 is not None or length_m is None or width_m is None:
        return area_m2
    return (length_m * width_m).quantize(Decimal("0.01"))
