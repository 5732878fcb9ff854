"""Search, where-am-I, the half-year's figures."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import Roles, Transaction
from api.schemas.places import FigureOut, HalfYearOut, SearchOut, SearchResult, WhereOut
from api.schemas.shared import TextPair
from layers import statistics
from layers.places import where
from layers.search import find

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["places"])


@router.get("/search")
def search(
    session: Transaction, roles: Roles, q: Annotated[str, Query(min_length=1, max_length=100)]
) -> SearchOut:
    """Features by code, name or address, and places by coordinates in any of the usual systems."""
    return SearchOut(results=[SearchResult.model_validate(each) for each in find(session, roles, q)])


@router.get("/where")
def where_is(
    session: Transaction,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-90, le=90)],
) -> WhereOut:
    """Township and grid at a place (EPSG:4490), whose it is and how far its boundary is."""
    return WhereOut.model_validate(where.at(session, lon, lat))


@router.get("/statistics/half-year")
def half_year(
    session: Transaction,
    year: Annotated[int, Query(ge=2000, le=2100)] = 2023,
    half: Annotated[int, Query(ge=1, le=2)] = 1,
) -> HalfYearOut:
    """The half-year's figures, each counted over rows."""
    figures = statistics.half_year(session, year, half)
    return HalfYearOut(year=year, half=half, figures=[_figure(each) for each in figures])


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
    )
