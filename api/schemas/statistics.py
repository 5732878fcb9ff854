"""Figures, each with the list that it counts."""

from __future__ import annotations

from datetime import date

from api.schemas.shared import Shape, TextPair

__all__ = [
    "CellOut",
    "FigureOut",
    "HalfYearOut",
    "HalfYearPeriodOut",
    "MonthOut",
    "RankedOut",
    "RowOut",
    "RowsOut",
    "TownshipAreaOut",
    "ViolationsOut",
]


class FigureOut(Shape):
    """One figure, computed over rows; a rate always with both terms.

    ``layer`` and ``filter`` (CQL2) open its list at ``/ogc/collections/{layer}/items?filter=…``; of a half-year's
    figure without a filter the list is ``/api/statistics/half-year/{id}/rows``.
    """

    id: str
    title: TextPair
    value: float
    unit: TextPair | None
    numerator: float | None
    denominator: float | None
    rate: float | None
    note: TextPair | None
    layer: str | None
    filter: str | None


class HalfYearOut(Shape):
    """The figures of one half-year."""

    year: int
    half: int
    figures: list[FigureOut]


class HalfYearPeriodOut(Shape):
    """A half-year and its days."""

    year: int
    half: int
    first: date
    last: date


class RowOut(Shape):
    """A row that a figure counts; ``counts``: what it adds."""

    code: str
    day: date | None
    place: str | None
    counts: float


class RowsOut(Shape):
    """All rows that a figure counts."""

    rows: list[RowOut]


class TownshipAreaOut(Shape):
    """A township, or the district."""

    code: str
    name: str
    km2: float


class RankedOut(Shape):
    """A township's place by structures found; ``per_km2``: found per square kilometre."""

    place: int
    area: TownshipAreaOut
    figures: list[FigureOut]
    per_km2: float


class MonthOut(Shape):
    """A month beside the same days of last year."""

    month: date
    figures: list[FigureOut]
    last_year: list[FigureOut]


class CellOut(Shape):
    """Illegal structures of one township, month (of finding) and state; m² in EPSG:4548."""

    division: str | None
    name: str | None
    month: date
    state: str
    count: int
    area_m2: float


class ViolationsOut(Shape):
    """Violation control of a period and an area."""

    first: date
    last: date
    area: TownshipAreaOut
    figures: list[FigureOut]
    ranking: list[RankedOut]
    trend: list[MonthOut]
    cells: list[CellOut]
