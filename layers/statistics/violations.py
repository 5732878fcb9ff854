"""Violation control of a period and an area, shaped from counted cells. Pure."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from layers.layer import Text
from layers.statistics.figure import Figure, plain, share
from layers.statistics.measures import MEASURES, Area, Listed, Measure, Period, filter_of

__all__ = ["Cell", "Counts", "Month", "Ranked", "Statement", "months", "shape"]

M2 = Text("m²", "m²")
RANKED = ("found", "demolished", "suspicions_accepted")
TREND = ("found", "demolished", "cases_filed")
_BY_ID = {each.id: each for each in MEASURES}
_AREA = {
    "suspicions_accepted": Text("采纳图斑面积", "Area accepted"),
    "suspicions_new": Text("采纳的新增面积", "Area accepted as new"),
    "suspicions_extended": Text("采纳的扩建面积", "Area accepted as extended"),
    "found": Text("发现违法建设面积", "Area of structures found"),
    "demolished": Text("拆除违法建设面积", "Area demolished"),
}
Key = tuple[int | None, date]
Lists = Mapping[Listed, Mapping[str | int, date]]


@dataclass(frozen=True)
class Cell:
    """How many, and how many m², in one township (None: in none) and one month (its first day)."""

    division_id: int | None
    month: date
    count: int
    area_m2: Decimal


Counts = Mapping[str, Sequence[Cell]]
"""The cells of each measure."""


@dataclass(frozen=True)
class Ranked:
    """One township: figures by measure, and structures found per km²."""

    area: Area
    place: int
    figures: tuple[Figure, ...]
    per_km2: Decimal


@dataclass(frozen=True)
class Month:
    """One month of the period (only its days of the period): figures, and those of the same days of last year."""

    month: date
    figures: tuple[Figure, ...]
    last_year: tuple[Figure, ...]


@dataclass(frozen=True)
class Statement:
    """Everything counted of a period and an area."""

    period: Period
    area: Area
    figures: tuple[Figure, ...]
    ranking: tuple[Ranked, ...]
    trend: tuple[Month, ...]

    def figure(self, name: str) -> Figure:
        """The figure of that id."""
        return next(each for each in self.figures if each.id == name)


def shape(
    period: Period, area: Area, townships: Sequence[Area], counts: Counts, before: Counts, lists: Lists
) -> Statement:
    """A statement from cells of the period and of the same days of last year.

    ``counts`` hold the cells of the area only. Ranked are the townships of the area, most structures found first, then
    by m², then by code; a township without any is ranked too.
    """
    figures = [
        made for measure in MEASURES for made in _figures(measure, period, area, counts[measure.id], lists)
    ]
    figures.append(_precision(figures))
    return Statement(
        period,
        area,
        tuple(figures),
        _ranking(period, townships, counts, lists),
        tuple(_month(each, area, counts, before, lists) for each in months(period)),
    )


def months(period: Period) -> list[Period]:
    """The months of a period, the first and the last cut to it."""
    out, day = [], period.first
    while day <= period.last:
        end = day.replace(day=calendar.monthrange(day.year, day.month)[1])
        out.append(Period(day, min(end, period.last)))
        day = date.fromordinal(end.toordinal() + 1)
    return out


def _figures(
    measure: Measure, period: Period, area: Area, cells: Iterable[Cell], lists: Lists, *, sized: bool = True
) -> list[Figure]:
    own = list(cells)
    wanted = filter_of(measure, period, area, lists.get(measure.listed, {}) if measure.listed else {})
    count = sum(each.count for each in own)
    made = [Figure(measure.id, measure.title, count, measure.unit, layer=measure.layer, filter=wanted)]
    if sized and measure.sized:
        m2 = plain(sum((each.area_m2 for each in own), Decimal(0)))
        made.append(Figure(f"{measure.id}_m2", _AREA[measure.id], m2, M2, layer=measure.layer, filter=wanted))
    return made


def _precision(figures: Sequence[Figure]) -> Figure:
    """Accepted of those judged; both terms are figures of their own, and the list is of both."""
    by_id = {each.id: each for each in figures}
    accepted, rejected = by_id["suspicions_accepted"], by_id["suspicions_rejected"]
    judged = int(accepted.value) + int(rejected.value)
    wanted = (accepted.filter or "").replace("status = 'accepted'", "status IN ('accepted', 'rejected')")
    return Figure(
        "precision",
        Text("疑似图斑查准率（采纳 ÷ 已复核）", "Precision of suspicions (accepted ÷ judged)"),
        accepted.value,
        Text("处", ""),
        accepted.value,
        judged,
        share(accepted.value, judged),
        layer="candidates",
        filter=wanted,
    )


def _ranking(period: Period, townships: Sequence[Area], counts: Counts, lists: Lists) -> tuple[Ranked, ...]:
    by_place: dict[str, dict[int | None, list[Cell]]] = {name: defaultdict(list) for name in RANKED}
    for name in RANKED:
        for cell in counts[name]:
            by_place[name][cell.division_id].append(cell)
    rows = []
    for area in townships:
        made = [
            figure
            for name in RANKED
            for figure in _figures(_BY_ID[name], period, area, by_place[name][area.id], lists)
        ]
        per_km2 = Decimal(made[0].value) / Decimal(str(area.km2)) if area.km2 else Decimal(0)
        rows.append((area, tuple(made), per_km2.quantize(Decimal("0.0001"))))
    rows.sort(key=lambda row: (-row[1][0].value, -row[1][1].value, row[0].code))
    return tuple(
        Ranked(area, place, made, per_km2) for place, (area, made, per_km2) in enumerate(rows, start=1)
    )


def _month(span: Period, area: Area, counts: Counts, before: Counts, lists: Lists) -> Month:
    then = span.a_year_before()

    def figures(of: Counts, days: Period) -> tuple[Figure, ...]:
        start = days.first.replace(day=1)
        return tuple(
            figure
            for name in TREND
            for figure in _figures(
                _BY_ID[name], days, area, (each for each in of[name] if each.month == start), lists
            )
        )

    return Month(span.first.replace(day=1), figures(counts, span), figures(before, then))
