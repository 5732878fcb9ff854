"""Figures: the half-year's, with its printed summary, and violation control of any period and area."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api import clock
from api.dependencies import Me, Transaction
from api.ogc.links import base
from api.schemas.shared import Day, TextPair
from api.schemas.statistics import (
    CellOut,
    FigureOut,
    HalfYearOut,
    HalfYearPeriodOut,
    MonthOut,
    RankedOut,
    RowOut,
    RowsOut,
    TownshipAreaOut,
    ViolationsOut,
)
from layers import statistics
from layers.bulletins.actions import FORMS
from layers.bulletins.store import is_synthetic
from layers.printing.document import Document
from layers.printing.html import as_html
from layers.printing.pdf import as_pdf
from layers.printing.word import as_word
from layers.statistics import lists, store, summary
from layers.statistics.half_year import days, half_of
from layers.statistics.measures import Area
from layers.timezone import day_of

__all__ = ["PAGE_POLICY", "router"]

router = APIRouter(prefix="/api/statistics", tags=["statistics"])

Year = Annotated[int, Query(ge=2000, le=2100)]
Half = Annotated[int, Query(ge=1, le=2)]
Form = Literal["html", "docx", "pdf"]
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in FORMS.values()}}
}


@router.get("/period")
def period(session: Transaction) -> HalfYearPeriodOut:
    """The half-year of the newest record; of today where there is none. What figures are shown for first."""
    newest = store.newest_day(session) or day_of(clock.now())
    year, half = half_of(newest)
    first, last = days(year, half)
    return HalfYearPeriodOut(year=year, half=half, first=first, last=last)


@router.get("/half-year")
def half_year(session: Transaction, year: Year, half: Half) -> HalfYearOut:
    """The half-year's figures, each counted over rows."""
    figures = statistics.half_year(session, year, half)
    return HalfYearOut(year=year, half=half, figures=[_figure(each) for each in figures])


@router.get("/half-year/{figure}/rows")
def half_year_rows(figure: str, session: Transaction, me: Me, year: Year, half: Half) -> RowsOut:
    """The rows that a figure without a layer of its own counts."""
    found = lists.rows(session, figure, *days(year, half))
    return RowsOut(rows=[RowOut(**row) for row in found])


@router.get("/half-year.{form}", response_class=Response, responses=CONTENT)
def half_year_document(
    form: Form,
    request: Request,
    session: Transaction,
    year: Year,
    half: Half,
    lang: Literal["zh", "en"] = "zh",
) -> Response:
    """The half-year's summary to print; each figure links to its list."""
    figures = statistics.half_year(session, year, half)
    root = base(request)
    links = {
        each.id: f"{root}/ogc/collections/{each.layer}/items?f=html&filter={quote(each.filter)}"
        if each.filter
        else f"{root}/api/statistics/half-year/{each.id}/rows?year={year}&half={half}"
        for each in figures
    }
    printed = summary.as_document(
        figures, year, half, links, zh=lang == "zh", synthetic=is_synthetic(session)
    )
    return answer(printed, form, f"half-year-{year}-{half}")


@router.get("/violations")
def violations(
    session: Transaction,
    me: Me,
    first: Day,
    last: Day,
    division: Annotated[str | None, Query(pattern="^[0-9]{12}$")] = None,
) -> ViolationsOut:
    """Violation control of a period and a township (code; without: the district). For staff."""
    told = statistics.of_period(session, first, last, division)
    return ViolationsOut(
        first=first,
        last=last,
        area=_area(told.area),
        figures=[_figure(each) for each in told.figures],
        ranking=[
            RankedOut(
                place=row.place,
                area=_area(row.area),
                figures=[_figure(each) for each in row.figures],
                per_km2=float(row.per_km2),
            )
            for row in told.ranking
        ],
        trend=[
            MonthOut(
                month=row.month,
                figures=[_figure(each) for each in row.figures],
                last_year=[_figure(each) for each in row.last_year],
            )
            for row in told.trend
        ],
        cells=[CellOut(**row) for row in store.cells(session, told.period, told.area, "found_on")],
    )


def answer(printed: Document, form: Form, name: str) -> Response:
    """A document in one of its forms: a page to look at, or a file."""
    if form == "html":
        headers = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "private, no-cache"}
        return Response(as_html(printed), media_type=FORMS["html"], headers=headers)
    content = as_word(printed) if form == "docx" else as_pdf(printed)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.{form}"',
        "Cache-Control": "private, no-cache",
    }
    return Response(content, media_type=FORMS[form], headers=headers)


def _area(area: Area) -> TownshipAreaOut:
    return TownshipAreaOut(code=area.code, name=area.name, km2=area.km2)


def _figure(figure: statistics.Figure) -> FigureOut:
    def number(value: object) -> float | None:
        return None if value is None else float(str(value))

    def pair(text: object) -> TextPair | None:
        return None if text is None else TextPair.model_validate(text)

    return FigureOut(
        id=figure.id,
        title=TextPair.model_validate(figure.title),
        value=float(figure.value),
        unit=pair(figure.unit),
        numerator=number(figure.numerator),
        denominator=number(figure.denominator),
        rate=number(figure.rate),
        note=pair(figure.note),
        layer=figure.layer,
        filter=figure.filter,
    )
