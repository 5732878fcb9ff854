"""All SQL of the export of verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from layers.lessons.rules import Shape
from layers.quality.store import MODEL

__all__ = ["Pair", "Verdict", "missed_squares", "pairs", "verdicts"]

LAST_REVIEW = """
LEFT JOIN LATERAL (SELECT r.reason, (r.at AT TIME ZONE 'Asia/Shanghai')::date AS day FROM reviews AS r
                   WHERE r.candidate_id = c.id AND r.verdict <> 'undo' ORDER BY r.id DESC LIMIT 1) AS r ON true
"""

COUNTS = """
(c.status IN ('accepted', 'rejected') AND (CAST(:since AS date) IS NULL OR r.day >= :since))
"""

PAIRS = """
SELECT DISTINCT b.id AS before_id, b.code AS before, a.id AS after_id, a.code AS after
FROM candidates AS c JOIN surveys AS a ON a.id = c.survey_id JOIN surveys AS b ON b.id = c.baseline_id {last_review}
WHERE {counts} ORDER BY a.id, b.id
"""

VERDICTS = """
SELECT c.code, c.status, c.kind, r.reason, {counts} AS counts, {model} AS model, d.code AS division, d.name,
       ST_AsBinary(ST_Transform(c.geom, 4548)) AS geom,
       EXISTS (SELECT 1 FROM quality_samples AS q WHERE q.candidate_id = c.id AND q.verdict = 'missed') AS doubted
FROM candidates AS c LEFT JOIN divisions AS d ON d.id = c.division_id {last_review}
WHERE c.survey_id = :after AND c.baseline_id = :before AND c.status <> 'replaced' ORDER BY c.code
"""

MISSED = """
SELECT ST_AsBinary(ST_Transform(geom, 4548)) FROM quality_samples
WHERE survey_id = :after AND baseline_id = :before AND kind_of_sample = 'empty' AND verdict = 'missed' ORDER BY id
"""


@dataclass(frozen=True)
class Pair:
    """Two compared flights."""

    before_id: int
    before: str
    after_id: int
    after: str


@dataclass(frozen=True)
class Verdict:
    """A candidate of a pair; ``counts``: it was reviewed, and since the day asked for."""

    shape: Shape
    kind: str
    model: str | None
    township: dict[str, str] | None
    counts: bool

    def facts(self, pair: Pair) -> dict[str, Any]:
        """What a manifest says of it: no name of anybody, no free text."""
        return {
            "code": self.shape.code,
            "verdict": self.shape.status,
            "reason": self.shape.reason,
            "doubted": self.shape.doubted,
            "kind": self.kind,
            "before": pair.before,
            "after": pair.after,
            "township": self.township,
            "model": self.model,
        }


def pairs(session: Session, since: date | None) -> list[Pair]:
    """Pairs of flights with candidates that were reviewed since a day."""
    rows = session.execute(_sql(PAIRS), {"since": since})
    return [Pair(row.before_id, row.before, row.after_id, row.after) for row in rows]


def verdicts(session: Session, pair: Pair, since: date | None) -> list[Verdict]:
    """All candidates of a pair, those that wait included; geometry in EPSG:4548."""
    given = {"before": pair.before_id, "after": pair.after_id, "since": since}
    return [_verdict(row) for row in session.execute(_sql(VERDICTS), given)]


def missed_squares(session: Session, pair: Pair) -> Sequence[BaseGeometry]:
    """Squares (EPSG:4548) in which somebody saw something that no candidate stands for."""
    given = {"before": pair.before_id, "after": pair.after_id}
    return [shapely.from_wkb(bytes(each)) for each in session.scalars(_sql(MISSED), given)]


def _verdict(row: Any) -> Verdict:
    reason = row.reason if row.status == "rejected" else None
    shape = Shape(row.code, shapely.from_wkb(bytes(row.geom)), row.status, reason, row.doubted)
    township = {"code": row.division, "name": row.name} if row.division else None
    return Verdict(shape, row.kind, row.model, township, row.counts)


def _sql(statement: str) -> TextClause:
    """A statement with the pieces that several share; values travel as parameters only."""
    return text(statement.format(last_review=LAST_REVIEW, counts=COUNTS, model=MODEL))
