"""What violation control counts: of each measure its words, its layer, and the filter that opens its list. Pure.

A measure is counted through the very filter that its figure carries, so figure and list cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from layers.layer import Text

__all__ = ["MEASURES", "Area", "Listed", "Measure", "Period", "filter_of", "quoted"]

Listed = Literal["first_survey", "id"]
_CASE = "illegal_building IS NOT NULL"
_PIECES, _CASES = Text("处", ""), Text("件", "")


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both included."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    def a_year_before(self) -> Period:
        """The same days of last year; 29 February is 28 February then."""
        return Period(_year_before(self.first), _year_before(self.last))


@dataclass(frozen=True)
class Area:
    """A township or the whole district (``id`` None)."""

    id: int | None
    code: str
    name: str
    km2: float
    level: str = "township"


@dataclass(frozen=True)
class Measure:
    """``day``: the layer's field that says when; or ``listed``: what names the rows of a period one by one.

    ``where``: CQL2 besides; ``sized``: its m² are a figure too.
    """

    id: str
    title: Text
    unit: Text
    layer: str
    day: str | None = None
    listed: Listed | None = None
    where: str | None = None
    sized: bool = False


_BUILT = "kind <> 'demolished'"  # what a flight shows to be gone is no suspicion of building

MEASURES: tuple[Measure, ...] = (
    Measure(
        "suspicions_found", Text("发现疑似图斑", "Suspicions found"), _PIECES, "candidates",
        listed="first_survey", where=f"{_BUILT} AND status <> 'replaced'",
    ),
    Measure(
        "suspicions_accepted", Text("采纳疑似图斑", "Suspicions accepted"), _PIECES, "candidates",
        listed="first_survey", where=f"{_BUILT} AND status = 'accepted'", sized=True,
    ),
    Measure(
        "suspicions_rejected", Text("排除疑似图斑", "Suspicions rejected"), _PIECES, "candidates",
        listed="first_survey", where=f"{_BUILT} AND status = 'rejected'",
    ),
    Measure(
        "suspicions_new", Text("采纳的新增", "Accepted as new"), _PIECES, "candidates",
        listed="first_survey", where="status = 'accepted' AND kind = 'new'", sized=True,
    ),
    Measure(
        "suspicions_extended", Text("采纳的扩建", "Accepted as extended"), _PIECES, "candidates",
        listed="first_survey", where="status = 'accepted' AND kind = 'extended'", sized=True,
    ),
    Measure("found", Text("发现违法建设", "Illegal structures found"), _PIECES, "illegal_buildings", day="found_on",
            where="status <> 'dismissed'", sized=True),
    Measure("demolished", Text("拆除违法建设", "Illegal structures demolished"), _PIECES, "illegal_buildings",
            day="demolished_on", sized=True),
    Measure("cases_filed", Text("违建立案", "Cases filed"), _CASES, "cases", day="filed_on", where=_CASE),
    Measure("cases_decided", Text("违建决定", "Cases decided"), _CASES, "cases", day="decided_on", where=_CASE),
    Measure("cases_enforced", Text("强制执行", "Enforcement decided"), _CASES, "cases", listed="id", where=_CASE),
    Measure("cases_closed", Text("违建结案", "Cases closed"), _CASES, "cases", day="closed_on", where=_CASE),
)  # fmt: skip


def filter_of(measure: Measure, period: Period, area: Area | None, listed: Mapping[str | int, date]) -> str:
    """The CQL2 text of a measure; ``listed``: the day of each flight (by code) or case (by id)."""
    parts = [_when(measure, period, listed)]
    if measure.where:
        parts.append(measure.where)
    if area is not None and area.id is not None:
        parts.append(f"division = {quoted(area.name)}")
    return " AND ".join(parts)


def quoted(words: str) -> str:
    """A text as CQL2 writes it."""
    return "'" + words.replace("'", "''") + "'"


def _when(measure: Measure, period: Period, listed: Mapping[str | int, date]) -> str:
    if measure.listed is None:
        first, last = (f"DATE('{day.isoformat()}')" for day in (period.first, period.last))
        return f"{measure.day} >= {first} AND {measure.day} <= {last}"
    named = sorted(key for key, day in listed.items() if day in period)
    return f"{measure.listed} IN ({_values(named)})" if named else "id = 0"


def _values(named: Iterable[str | int]) -> str:
    return ", ".join(quoted(each) if isinstance(each, str) else str(each) for each in named)


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
