"""Search, where-am-I."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import Roles, Transaction
from api.schemas.places import SearchOut, SearchResult, WhereOut
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
