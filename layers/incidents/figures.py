"""The indicators 立案率, 结案率 and 按期结案率, counted over rows, each with both its terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.errors import Refused
from layers.incidents.counted import CONDITIONS, COUNTED, Counted

__all__ = ["RATES", "Figures", "Grouping", "Share", "figures"]

Grouping = Literal["division", "category", "handler"]

RATES: dict[str, tuple[Counted, Counted]] = {
    "filing": ("filed", "accepted"),
    "closing": ("closed", "due"),
    "on_time": ("on_time", "due"),
}
"""Each rate's numerator and denominator: 立案/受理, 结案/应结案, 按期结案/应结案."""

_GROUPS: dict[Grouping, tuple[str, str, str]] = {
    "division": ("LEFT JOIN divisions g ON g.id = i.division_id", "g.code", "g.name"),
    "category": ("LEFT JOIN codes g ON g.id = i.category_id", "g.value", "g.title_zh"),
    "handler": ("LEFT JOIN organisations g ON g.id = i.handler_id", "g.id::text", "g.name"),
}


@dataclass(frozen=True)
class Share:
    """A rate with its terms; ``rate`` in [0, 1], None where there is nothing to divide by."""

    numerator: int
    denominator: int

    @property
    def rate(self) -> Decimal | None:
        """The quotient."""
        return Decimal(self.numerator) / self.denominator if self.denominator else None

    @property
    def rate_text(self) -> str | None:
        """As it is printed: ``93.72 %``."""
        return None if self.rate is None else f"{self.rate * 100:.2f} %"


@dataclass(frozen=True)
class Figures:
    """The counts of one group (``key`` None: all, or what has no such group) and the rates made of them."""

    key: str | None
    name: str | None
    counts: dict[Counted, int]

    @property
    def rates(self) -> dict[str, Share]:
        """By name, in the order of RATES."""
        return {name: Share(self.counts[over], self.counts[under]) for name, (over, under) in RATES.items()}


def figures(session: Session, first: date, last: date, by: Grouping | None = None) -> list[Figures]:
    """The indicators of the days ``first`` to ``last``: of everything, or of every group that has any.

    Raises Refused where the period ends before it begins.
    """
    if last < first:
        raise Refused(
            reason_zh="统计期的结束日期早于开始日期。", reason_en="The period ends before it begins."
        )
    counted = ", ".join(f"count(*) FILTER (WHERE {CONDITIONS[each]}) AS {each}" for each in COUNTED)
    join, key, name = _GROUPS[by] if by else ("", "NULL::text", "NULL::text")
    grouped = f"GROUP BY {key}, {name} ORDER BY {key} NULLS LAST" if by else ""
    wanted = f"WHERE {CONDITIONS['accepted']} OR {CONDITIONS['due']}"
    sql = f"SELECT {key} AS key, {name} AS name, {counted} FROM incidents i {join} {wanted} {grouped}"  # noqa: S608
    rows = session.execute(text(sql), {"first": first, "last": last}).mappings()
    return [Figures(row["key"], row["name"], {each: row[each] for each in COUNTED}) for row in rows]
