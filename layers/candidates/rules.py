"""What a verdict does to a candidate, and when two sightings are the same structure. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.errors import Refused

__all__ = [
    "NO_STRUCTURE",
    "SAME_IOU",
    "WAITING",
    "Match",
    "RejectReason",
    "Status",
    "Verdict",
    "after_review",
    "after_undo",
    "check_put_back",
    "iou",
    "match",
    "same_structure",
]

SAME_IOU = 0.3


class Status(StrEnum):
    """Where a candidate stands."""

    PENDING = "pending"
    SECOND = "second"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REPLACED = "replaced"


class Verdict(StrEnum):
    """What a reviewer says or does."""

    ACCEPT = "accept"
    REJECT = "reject"
    UNDO = "undo"
    REDRAW = "redraw"
    MERGE = "merge"
    SPLIT = "split"


class RejectReason(StrEnum):
    """Why a suspicion is none."""

    SHADOW = "shadow"
    VEHICLE = "vehicle"
    TARPAULIN = "tarpaulin"
    CROP = "crop"
    PERMITTED = "permitted"
    NOT_BUILDING = "not_building"
    MISALIGNED = "misaligned"
    DUPLICATE = "duplicate"
    OTHER = "other"


WAITING = frozenset({Status.PENDING, Status.SECOND})
"""A candidate in these states waits for somebody's verdict."""

# Reasons that say nothing was built there; the others say that a structure stands, but is no violation
NO_STRUCTURE = frozenset(
    {
        RejectReason.SHADOW,
        RejectReason.VEHICLE,
        RejectReason.TARPAULIN,
        RejectReason.CROP,
        RejectReason.NOT_BUILDING,
        RejectReason.MISALIGNED,
        RejectReason.DUPLICATE,
    }
)


def after_review(status: Status, verdict: Verdict, reason: RejectReason | None, note: str | None) -> Status:
    """The status that a verdict speaks for; whether it takes a second person is asked in ``second.py``.

    Only what waits for a verdict can be judged; a rejection needs a reason, and «other» needs a note.
    Raises Refused.
    """
    if status not in WAITING:
        raise Refused(
            reason_zh="该疑似图斑已经复核过。如需更改，请先撤销上一次结论。",
            reason_en="This candidate has been reviewed. To change the verdict, undo the last one first.",
        )
    if verdict is Verdict.ACCEPT:
        return Status.ACCEPTED
    if reason is None:
        raise Refused(reason_zh="排除时必须选择原因。", reason_en="A rejection needs a reason.")
    if reason is RejectReason.OTHER and not (note or "").strip():
        raise Refused(
            reason_zh="选择“其他”时请写明原因。", reason_en="With “other”, please write the reason down."
        )
    return Status.REJECTED


def after_undo(status: Status, *, building_untouched: bool, left: int = 0) -> Status:
    """The status after the last verdict is taken back; ``left`` verdicts of others stand.

    An accepted candidate whose illegal building has moved on (site check, filing) stays accepted:
    what the law has begun is not undone from the review room. Raises Refused.
    """
    if status is Status.PENDING:
        raise Refused(reason_zh="没有可以撤销的结论。", reason_en="There is no verdict to undo.")
    if status is Status.ACCEPTED and not building_untouched:
        raise Refused(
            reason_zh="该违建已进入后续程序，不能在复核中撤销。",
            reason_en="The illegal building has moved on; the acceptance can no longer be undone here.",
        )
    return Status.SECOND if left else Status.PENDING


def check_put_back(status: Status, *, dismissed: bool) -> None:
    """Only what waits outside the queue can be put back into it. Raises Refused."""
    if status is not Status.PENDING or not dismissed:
        raise Refused(
            reason_zh="该疑似图斑没有移出队列，无需放回。",
            reason_en="This candidate is not set aside; there is nothing to put back.",
        )


@dataclass(frozen=True)
class Match:
    """Detection number ``new`` is the same structure as known number ``known``."""

    new: int
    known: int
    iou: float


def match(found: Sequence[BaseGeometry], known: Sequence[BaseGeometry]) -> list[Match]:
    """Pair detections with earlier candidates: IoU ≥ 0.3 or one holds the other's centroid.

    Both in metres (EPSG:4548). Each side is used at most once, best overlap first.
    """
    if not found or not known:
        return []
    tree = shapely.STRtree(known)
    news, olds = tree.query(np.asarray(found, dtype=object), predicate="intersects")
    pairs = [_pair(int(new), int(old), found[new], known[old]) for new, old in zip(news, olds, strict=True)]
    ranked = sorted((each for each in pairs if each is not None), key=lambda each: -each.iou)
    used_new: set[int] = set()
    used_known: set[int] = set()
    kept: list[Match] = []
    for each in ranked:
        if each.new not in used_new and each.known not in used_known:
            kept.append(each)
            used_new.add(each.new)
            used_known.add(each.known)
    return kept


def iou(a: BaseGeometry, b: BaseGeometry) -> float:
    """Shared ground by all ground of the two, 0..1; both in one plane CRS."""
    shared = float(a.intersection(b).area)
    return shared / (a.area + b.area - shared) if shared else 0.0


def same_structure(a: BaseGeometry, b: BaseGeometry) -> bool:
    """Whether two outlines mean one structure: IoU ≥ 0.3, or one holds the other's centroid."""
    return bool(iou(a, b) >= SAME_IOU or a.contains(b.centroid) or b.contains(a.centroid))


def _pair(new: int, old: int, a: BaseGeometry, b: BaseGeometry) -> Match | None:
    return Match(new, old, iou(a, b)) if same_structure(a, b) else None
