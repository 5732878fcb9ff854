"""Which suspicion a reviewer should see first, and which need not be seen. Pure.

The weights are a judgement, not a measurement: certainty first, then size, then what the change is; ground on
which nothing may be built comes before everything else of its kind.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from layers.candidates.rules import SAME_IOU, RejectReason

__all__ = ["RANKED_BY", "Dismissal", "Facts", "Rank", "Rejected", "rank"]

RANKED_BY = frozenset({"permits", "planning_areas", "illegal_buildings"})
"""Layers that ranks look at: after a change of one, candidates are ranked anew."""

PERMITTED_SHARE = 0.7  # of the candidate's ground
KNOWN_SHARE = 0.3  # of the candidate's ground on a building of record
NO_RISE_M = 1.0  # below that a surface model does not contradict an earlier verdict
SMALL_M2, LARGE_M2 = 10.0, 1000.0  # between them size counts by its logarithm

CERTAINTY, SIZE, CHANGE = 0.55, 0.25, 0.2
OF_KIND = {"new": 1.0, "rebuilt": 0.9, "extended": 0.85, "changed": 0.4, "demolished": 0.2}
RAISE = {"farmland": 0.5, "town": 0.15, "village": 0.05}  # share of the way up to 1
KNOWN_FLOOR = 0.4  # left of the priority where all of it is on record
GONE_FLOOR = 0.3  # left of it where a later flight shows that it is gone

REPEATED = frozenset(
    {
        RejectReason.CROP,
        RejectReason.SHADOW,
        RejectReason.TARPAULIN,
        RejectReason.VEHICLE,
        RejectReason.NOT_BUILDING,
    }
)


class Dismissal(StrEnum):
    """Why a suspicion waits outside the queue."""

    PERMITTED = "permitted"
    REJECTED_BEFORE = "rejected_before"


@dataclass(frozen=True)
class Rejected:
    """An earlier candidate on the same ground that somebody rejected."""

    candidate_id: int
    kind: str
    reason: str
    iou: float


@dataclass(frozen=True)
class Facts:
    """What is known of a candidate and its ground.

    Shares are of the candidate's own ground, 0..1; ``permit_share`` counts permits to build that were valid
    on the day of the flight; ``planning`` are the kinds of the planning areas it lies in; ``grows_known``:
    it is the growth of a candidate that stands on record; ``rebuilds``: it stands on the ground of an illegal building
    that was demolished before, or that a flight showed gone.
    """

    kind: str
    confidence: float
    area_m2: float
    height_change_m: float | None = None
    permit_share: float = 0.0
    planning: frozenset[str] = frozenset()
    known_share: float = 0.0
    grows_known: bool = False
    rebuilds: bool = False
    gone: bool = False
    rejected: Sequence[Rejected] = ()


@dataclass(frozen=True)
class Rank:
    """Priority in [0, 1]; why it is dismissed, if it is, and for which earlier candidate."""

    priority: float
    dismissed: Dismissal | None
    dismissed_for: int | None
    known_structure: bool


def rank(facts: Facts) -> Rank:
    """The place of a candidate in the queue.

    A structure of record is asked whether it grew: what of it is on record already does not count. What was built again
    after a demolition comes before everything else.
    """
    known = facts.kind != "demolished" and (facts.known_share >= KNOWN_SHARE or facts.grows_known)
    priority = _raised(_weight(facts), facts.planning)
    if known:
        priority *= 1 - (1 - KNOWN_FLOOR) * min(1.0, facts.known_share)
    if facts.gone:
        priority *= GONE_FLOOR
    if facts.rebuilds:
        priority = 1.0
    dismissed, because = _dismissed(facts)
    return Rank(round(min(1.0, max(0.0, priority)), 4), dismissed, because, known)


def _weight(facts: Facts) -> float:
    span = math.log(LARGE_M2 / SMALL_M2)
    size = min(1.0, max(0.0, math.log(max(facts.area_m2, SMALL_M2) / SMALL_M2) / span))
    return CERTAINTY * facts.confidence + SIZE * size + CHANGE * OF_KIND[facts.kind]


def _raised(weight: float, planning: frozenset[str]) -> float:
    most = max((RAISE.get(each, 0.0) for each in planning), default=0.0)
    return weight + (1 - weight) * most


def _dismissed(facts: Facts) -> tuple[Dismissal | None, int | None]:
    """A permit lets somebody build; it says nothing of a demolition."""
    if facts.kind != "demolished" and facts.permit_share >= PERMITTED_SHARE:
        return Dismissal.PERMITTED, None
    if facts.rebuilds or (facts.height_change_m is not None and abs(facts.height_change_m) >= NO_RISE_M):
        return None, None
    same = [each for each in facts.rejected
            if each.kind == facts.kind and each.reason in REPEATED and each.iou >= SAME_IOU]  # fmt: skip
    if not same:
        return None, None
    nearest = max(same, key=lambda each: (each.iou, -each.candidate_id))
    return Dismissal.REJECTED_BEFORE, nearest.candidate_id
