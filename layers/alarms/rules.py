"""What flights show of a building on record, and which of it asks for somebody. Pure; EPSG:4548, metres and m².

An image is a clue: nothing here changes the state of a building or of its case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import shapely
from shapely.geometry.base import BaseGeometry

from layers.candidates.follow import (
    GONE_SHARE,
    GROWTH,
    SHOWN_SHARE,
    Detection,
    Flight,
    Glimpse,
    Seen,
    contact,
    retell,
    shares,
)
from layers.candidates.follow import State as Sight
from layers.errors import Refused

__all__ = [
    "Building", "ClosedFor", "Finding", "Heard", "Kind", "Look", "Status", "Sureness", "check_close", "sureness", "tell",
]  # fmt: skip

CLEAR_SHARE = 0.8  # of the outline cleared, or of it shown: enough for a clear word
SURE_CONFIDENCE, UNSURE_CONFIDENCE = 0.7, 0.4
MEASURED = frozenset({"fused", "surface"})  # methods that rest on heights


class Kind(StrEnum):
    """What a flight shows of a building on record."""

    STANDING = "standing"
    GONE = "gone"
    GREW = "grew"
    REBUILT = "rebuilt"


class Status(StrEnum):
    """Whether it asks for somebody."""

    NOTED = "noted"
    OPEN = "open"
    CLOSED = "closed"


class Sureness(StrEnum):
    """How sure it is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class ClosedFor(StrEnum):
    """What closed it."""

    PERSON = "person"
    SITE_CHECK = "site_check"
    VERDICT = "verdict"
    DEMOLISHED = "demolished"
    LATER_FLIGHT = "later_flight"


@dataclass(frozen=True)
class Heard:
    """A detection of one flight. ``own``: it is the building's own candidate, seen again; ``judged``: somebody has said
    what it is.
    """

    candidate_id: int
    kind: str
    outline: BaseGeometry
    height_change_m: float | None = None
    confidence: float = 1.0
    method: str = "fused"
    judged: bool = False
    own: bool = False


@dataclass(frozen=True)
class Look:
    """One flight over a building. ``shown_share``: of its outline, that this flight and its baseline both show."""

    flight: Flight
    baseline: Flight
    shown_share: float = 1.0
    aligned: bool | None = True
    heard: tuple[Heard, ...] = ()


@dataclass(frozen=True)
class Building:
    """A building on record. ``begun``: when it was seen to stand; ``checks``: days of its site checks.

    ``perform_by``: the last day on which the party may demolish by itself; None: there is no such day on record.
    """

    outline: BaseGeometry
    status: str
    begun: Flight
    demolished_on: date | None = None
    perform_by: date | None = None
    checks: tuple[date, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What one flight shows, see ``model.Alarm``. ``news``: no earlier flight has shown the same."""

    flight: Flight
    baseline: Flight
    kind: Kind
    area_m2: float
    shown_share: float
    cleared_share: float
    sureness: Sureness
    news: bool = True
    gained_m2: float | None = None
    gained_share: float | None = None
    height_change_m: float | None = None
    heard: Heard | None = None
    status: Status = Status.NOTED
    closed_for: ClosedFor | None = None


def tell(building: Building, looks: Iterable[Look]) -> list[Finding]:
    """What the flights show of a building since it was seen first, in their order; one finding per flight and kind.

    A flight that does not show the building, or that was compared with one from before the last that did, says nothing.
    """
    story = _Story(building)
    for look in sorted(looks, key=lambda each: each.flight):
        if look.flight > building.begun:
            story.hear(look)
    told = story.findings
    return [_settled(each, building, told[number + 1 :]) for number, each in enumerate(told)]


def sureness(
    aligned: bool | None, share: float, confidence: float | None = None, *, measured: bool = True
) -> Sureness:
    """How sure a finding is: the alignment of its flight, the share of the outline that it rests on, the detector's
    confidence (None: silence), and whether heights were measured. The weakest of them decides.
    """
    if aligned is False or (confidence is not None and confidence < UNSURE_CONFIDENCE):
        return Sureness.LOW
    clear = share >= CLEAR_SHARE and (confidence is None or confidence >= SURE_CONFIDENCE)
    return Sureness.HIGH if aligned and clear and measured else Sureness.MEDIUM


def check_close(status: Status, word: str) -> None:
    """Only what is open is closed, and with a word. Raises Refused."""
    if status is not Status.OPEN:
        raise Refused(
            reason_zh="该预警已处理或仅作记录，无需关闭。请刷新列表。",
            reason_en="This alarm is closed, or was only noted; reload the list.",
        )
    if not word.strip():
        raise Refused(
            reason_zh="请写明处理情况后再关闭预警。", reason_en="Say what came of it, then close the alarm."
        )


class _Story:
    """A building through the flights: what is told grows look by look."""

    def __init__(self, building: Building) -> None:
        self.building = building
        self.glimpses = [Glimpse(building.begun, None, "new", building.outline)]
        self.seen = Seen(Sight.APPEARED, building.outline)
        self.findings: list[Finding] = []
        self.gone_by_flight = self.again = False

    def hear(self, look: Look) -> None:
        """Add what one flight shows."""
        gone_on = self.building.demolished_on
        if (
            gone_on
            and look.baseline.flown_on >= gone_on
            and not self._is_gone
            and not self._shown_since(gone_on)
        ):
            # on record as gone before either flight: silence confirms nothing, but what stands there is new
            self._see(Glimpse(Flight(gone_on, 0), None, "demolished", self.building.outline))
        ground = self.seen.geom
        if not self._is_gone:
            torn = shapely.union_all([each.outline for each in look.heard if each.kind == "demolished"])
            cleared = ground.intersection(torn)
            share = float(cleared.area / ground.area)
            if share >= GONE_SHARE:
                self._see(Glimpse(look.flight, look.baseline, "demolished", cleared))
                self.gone_by_flight, self.again = True, False
                self._find(
                    look,
                    Kind.GONE,
                    _first(look.heard, "demolished", ground),
                    max(0.0, ground.area - cleared.area),
                    share,
                )
                self._built_again(look, ground)
            else:
                self._stands(look, share)
        elif not self._built_again(look, ground) and self.gone_by_flight and self._may_be_silent(look):
            self._find(look, Kind.GONE, None, 0.0, 0.0, news=False)

    @property
    def _is_gone(self) -> bool:
        return self.seen.state is Sight.GONE

    def _shown_since(self, day: date) -> bool:
        """Whether a flight after this day has shown it standing."""
        return any(each.flight.flown_on > day for each in self.findings)

    def _may_be_silent(self, look: Look) -> bool:
        return look.shown_share >= SHOWN_SHARE and self.glimpses[-1].flight <= look.baseline

    def _see(self, glimpse: Glimpse) -> None:
        self.glimpses.append(glimpse)
        self.seen = retell(self.glimpses)[-1]

    def _stands(self, look: Look, share: float) -> None:
        ground = self.seen.geom
        own = [each for each in look.heard if each.kind != "demolished"
               and contact(Detection(each.outline, each.kind), ground) > 0]  # fmt: skip
        if not own and not self._may_be_silent(look):
            return
        grown = [each for each in own if each.kind in GROWTH] or own
        heights = [each.height_change_m for each in grown if each.height_change_m is not None]
        height = max(heights, default=None)
        kind = min((each.kind for each in grown), default="changed")
        found = shapely.union_all([each.outline for each in grown]) if grown else None
        self._see(Glimpse(look.flight, look.baseline, kind, found, height))
        if self.again:
            self._find(look, Kind.REBUILT, _largest(own), self.seen.geom.area, share, news=False)
        elif self.seen.state is Sight.GREW:
            first = self.building.outline.area
            gained = self.seen.geom.area - first
            self._find(look, Kind.GREW, _largest(grown), self.seen.geom.area, share,
                       growth=(gained, gained / first, height))  # fmt: skip
        else:
            self._find(look, Kind.STANDING, _largest(own), self.seen.geom.area, share)

    def _built_again(self, look: Look, ground: BaseGeometry) -> bool:
        """Whether something stands again on ground that was cleared."""
        own = [each for each in look.heard if each.kind in GROWTH and shares(each.outline, ground)]
        if not own:
            return False
        self._see(
            Glimpse(look.flight, look.baseline, "new", shapely.union_all([each.outline for each in own]))
        )
        self.again = True
        self._find(look, Kind.REBUILT, _largest(own), self.seen.geom.area, 0.0)
        return True

    def _find(
        self,
        look: Look,
        kind: Kind,
        heard: Heard | None,
        area_m2: float,
        cleared_share: float,
        *,
        news: bool = True,
        growth: tuple[float | None, float | None, float | None] = (None, None, None),
    ) -> None:
        share = cleared_share if kind is Kind.GONE and news else look.shown_share
        found = Finding(
            look.flight, look.baseline, kind, float(area_m2), look.shown_share, min(1.0, cleared_share),
            sureness(look.aligned, share, heard.confidence if heard else None,
                     measured=heard is None or heard.method in MEASURED),
            news, *growth, heard=heard,
        )  # fmt: skip
        self.findings.append(found)


def _settled(each: Finding, building: Building, later: Sequence[Finding]) -> Finding:
    """Whether a finding asks for somebody, and what has closed it already."""
    if not each.news or not _asks(each, building):
        return each
    closed = _closed_for(each, building, later)
    return replace(each, status=Status.OPEN if closed is None else Status.CLOSED, closed_for=closed)


def _asks(each: Finding, building: Building) -> bool:
    day = each.flight.flown_on
    on_record_gone = building.demolished_on is not None and building.demolished_on < day
    if each.kind is Kind.STANDING:
        lapsed = building.perform_by is None or day > building.perform_by
        ordered = building.status == "ordered" or building.demolished_on is not None
        return on_record_gone or (ordered and lapsed)
    # what was on record as gone before is confirmed, and nobody need go there
    return each.kind is not Kind.GONE or not on_record_gone


def _closed_for(each: Finding, building: Building, later: Sequence[Finding]) -> ClosedFor | None:
    day = each.flight.flown_on
    if any(check >= day for check in building.checks):
        return ClosedFor.SITE_CHECK
    if building.demolished_on is not None and building.demolished_on >= day and each.kind is not Kind.REBUILT:
        return ClosedFor.DEMOLISHED
    own = each.kind in {Kind.GREW, Kind.REBUILT} and each.heard is not None
    if own and each.heard is not None and each.heard.judged:
        return ClosedFor.VERDICT
    over = {
        Kind.STANDING: bool(later),
        Kind.GONE: any(next_.kind is not Kind.GONE for next_ in later),
        Kind.GREW: any(next_.kind in {Kind.GONE, Kind.GREW} for next_ in later),
        Kind.REBUILT: any(next_.kind is Kind.GONE for next_ in later),
    }
    return ClosedFor.LATER_FLIGHT if over[each.kind] else None


def _largest(heard: Sequence[Heard]) -> Heard | None:
    return max(heard, key=lambda each: (not each.own, each.outline.area, -each.candidate_id), default=None)


def _first(heard: Sequence[Heard], kind: str, ground: BaseGeometry) -> Heard | None:
    """The detection of a kind that covers most of a ground."""
    own = [each for each in heard if each.kind == kind]
    return max(
        own, key=lambda each: (each.outline.intersection(ground).area, each.candidate_id), default=None
    )
