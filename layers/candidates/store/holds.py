"""Who looks at which candidate: the next one of the queue, handed to one person at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from layers.candidates.model import QUEUED
from layers.candidates.queue import LEASE, Wanted

__all__ = ["Handed", "Progress", "hold", "holder", "next_for", "progress", "release", "release_others"]

ORDER = "c.priority DESC, c.confidence DESC, c.area_m2 DESC, c.id"

# The name of each column as the partial index has it
WAITS = "(" + QUEUED.replace("status", "c.status").replace("dismissed", "c.dismissed").replace(
    "put_back_at", "c.put_back_at"
) + ")"  # fmt: skip

NOT_OF_OTHERS = """
NOT EXISTS (SELECT FROM review_holds AS h WHERE h.candidate_id = c.id AND h.person_id <> :me
            AND h.until > clock_timestamp())
"""
# Nobody is his own second pair of eyes
NOT_JUDGED_BY_ME = """
(c.status = 'pending' OR NOT EXISTS (SELECT FROM standing_verdicts(c.id) AS r WHERE r.person_id = :me))
"""

# The first bound alone can be looked up in the index; it leaves in only what ties with it
AFTER = """
c.priority <= :priority AND ((c.priority, c.confidence, c.area_m2) < (:priority, :confidence, :area)
    OR ((c.priority, c.confidence, c.area_m2) = (:priority, :confidence, :area) AND c.id > :after))
"""

# A row that another transaction is just taking (or judging) is left to it. That alone is not enough: whoever looked
# a moment earlier may find the row unlocked again, so TAKE asks once more.
PICK = """
SELECT c.id FROM candidates AS c WHERE {where} ORDER BY {order} LIMIT 2 FOR NO KEY UPDATE OF c SKIP LOCKED
"""

TAKE = """
INSERT INTO review_holds AS h (candidate_id, person_id, taken_at, until)
VALUES (:candidate, :me, clock_timestamp(), clock_timestamp() + :lease)
ON CONFLICT (candidate_id) DO UPDATE
SET taken_at = CASE WHEN h.person_id = :me THEN h.taken_at ELSE excluded.taken_at END,
    person_id = :me, until = excluded.until
WHERE h.person_id = :me OR h.until <= clock_timestamp()
RETURNING until
"""

COUNTED = """
SELECT count(*) AS waiting, count(*) FILTER (WHERE c.status = 'second') AS second,
       count(*) FILTER (WHERE NOT {free}) AS held
FROM candidates AS c WHERE {where}
"""

_FILTERS = {
    "survey": "c.survey_id = :survey",
    "kind": "c.kind = :kind",
    "min_area_m2": "c.area_m2 >= :min_area_m2",
    "division": "c.division_id = (SELECT d.id FROM divisions AS d WHERE d.code = :division)",
}
TRIES = 20  # each failed one means that somebody else was handed the candidate


@dataclass(frozen=True)
class Handed:
    """A candidate and the one after it, both held until then; ``ahead`` may be None though others wait."""

    candidate_id: int
    until: datetime
    ahead: int | None


@dataclass(frozen=True)
class Progress:
    """How many wait, how many of these for a second pair of eyes, how many others hold; my verdicts of today."""

    waiting: int
    second: int
    held_by_others: int
    judged_at: list[datetime]


def next_for(session: Session, person_id: int, wanted: Wanted, after: int | None) -> Handed | None:
    """Hand out the next candidate for this person and keep the one after it for him; None where nothing waits.

    With ``after``, the next behind that candidate, and from the first one on where none is behind it. All that
    the person held besides is free again.
    """
    handed = None
    if after is not None:
        handed = _take_next(session, person_id, wanted, after, behind=True)
    if handed is None:
        handed = _take_next(session, person_id, wanted, after, behind=False)
    release_others(session, person_id, [] if handed is None else [handed.candidate_id, handed.ahead or 0])
    return handed


def hold(session: Session, candidate_id: int, person_id: int) -> datetime | None:
    """Take or renew the lease on a candidate; until when, or None where somebody else has it."""
    given = {"candidate": candidate_id, "me": person_id, "lease": LEASE}
    until: datetime | None = session.scalar(text(TAKE), given)
    return until


def holder(session: Session, candidate_ids: list[int], person_id: int) -> dict[str, Any] | None:
    """Another person who holds one of these candidates: code, name, until when; None where nobody does."""
    row = session.execute(
        text(
            "SELECT c.code, p.display_name AS by, h.until FROM review_holds AS h "
            "JOIN people AS p ON p.id = h.person_id JOIN candidates AS c ON c.id = h.candidate_id "
            "WHERE h.candidate_id = ANY(:ids) AND h.person_id <> :me AND h.until > clock_timestamp() "
            "ORDER BY c.code LIMIT 1"
        ),
        {"ids": candidate_ids, "me": person_id},
    ).mappings().first()  # fmt: skip
    return None if row is None else dict(row)


def release(session: Session, candidate_ids: list[int]) -> None:
    """These candidates are free again, whoever held them."""
    session.execute(
        text("DELETE FROM review_holds WHERE candidate_id = ANY(:ids)"), {"ids": sorted(candidate_ids)}
    )


def release_others(session: Session, person_id: int, kept: list[int]) -> None:
    """All that the person holds is free again, but for these."""
    session.execute(
        text("DELETE FROM review_holds WHERE person_id = :me AND NOT candidate_id = ANY(:kept)"),
        {"me": person_id, "kept": kept},
    )


def progress(session: Session, person_id: int, wanted: Wanted) -> Progress:
    """The figures beside the queue; «today» is that of China."""
    where, given = _where(wanted)
    counted = session.execute(
        _sql(COUNTED.format(where=where, free=NOT_OF_OTHERS)),
        {**given, "me": person_id},
    ).one()
    moments = session.scalars(
        text(
            "SELECT r.at FROM reviews AS r WHERE r.person_id = :me AND r.verdict IN ('accept', 'reject') "
            "AND r.at >= date_trunc('day', now(), 'Asia/Shanghai') "
            "AND NOT EXISTS (SELECT FROM reviews AS u WHERE u.undoes_id = r.id) ORDER BY r.at, r.id"
        ),
        {"me": person_id},
    )
    return Progress(counted.waiting, counted.second, counted.held, list(moments))


def _take_next(
    session: Session, person_id: int, wanted: Wanted, after: int | None, *, behind: bool
) -> Handed | None:
    where, given = _where(wanted)
    where += f" AND {NOT_OF_OTHERS} AND {NOT_JUDGED_BY_ME}"
    if after is not None:
        where += " AND c.id <> :after"
        given["after"] = after
    if behind:
        place = session.execute(
            text("SELECT priority, confidence, area_m2 AS area FROM candidates WHERE id = :after"), given
        ).mappings().first()  # fmt: skip
        if place is None:
            return None
        where += f" AND {AFTER}"
        given |= place
    pick = _sql(PICK.format(where=where, order=ORDER))
    for _ in range(TRIES):
        found = list(session.scalars(pick, {**given, "me": person_id}))
        if not found:
            return None
        until = hold(session, found[0], person_id)
        if until is not None:
            ahead = found[1] if len(found) > 1 and hold(session, found[1], person_id) else None
            return Handed(found[0], until, ahead)
    return None


def _where(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """What waits and fits. Only the filters that are set, or the index could not be used."""
    given = {name: value for name, value in vars(wanted).items() if value is not None}
    return " AND ".join([WAITS, *(_FILTERS[name] for name in given)]), given


def _sql(statement: str) -> TextClause:
    """A statement put together from the constants above; values travel as parameters only."""
    return text(statement)
