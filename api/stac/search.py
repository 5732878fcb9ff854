"""What a STAC search asks → a ``Query`` over the layer of flights."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.ogc.queries import LONGEST_FILTER, box_of, filter_of, sort_of
from api.stac.properties import field_of, renamed
from layers import filters
from layers.errors import QueryRefused
from layers.features import Query

__all__ = ["Language", "Order", "Search", "System", "orders_of", "query_for", "search_of"]

_EVERYWHERE = (-180.0, -90.0, 180.0, 90.0)  # what has no footprint yet is no Item
Language = Literal["cql2-text", "cql2-json"]
System = Literal["http://www.opengis.net/def/crs/OGC/1.3/CRS84"]
Numbers = Annotated[list[float], Field(min_length=4, max_length=6)]


class Order(BaseModel):
    """A property that Items are sorted by (STAC API – Sort)."""

    model_config = ConfigDict(extra="forbid", strict=True)

    field: str = Field(max_length=100)
    direction: Literal["asc", "desc"] = "asc"


class Search(BaseModel):
    """Body of POST /stac/search (STAC API – Item Search 1.0.0, Filter, Sort)."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)

    bbox: Numbers | None = None
    intersects: dict[str, Any] | None = None
    datetime: str | None = Field(default=None, max_length=100)
    ids: list[Annotated[str, Field(max_length=100)]] | None = Field(default=None, max_length=1000)
    collections: list[Annotated[str, Field(max_length=100)]] | None = Field(default=None, max_length=100)
    limit: int = Field(default=10, ge=1, le=1000)
    token: str | None = Field(default=None, max_length=2000)
    filter: dict[str, Any] | Annotated[str, Field(max_length=LONGEST_FILTER)] | bool | None = None
    filter_lang: Language | None = Field(default=None, alias="filter-lang")
    filter_crs: System | None = Field(default=None, alias="filter-crs")
    sortby: list[Order] | None = Field(default=None, max_length=10)


def search_of(**given: Any) -> Search:
    """A search from the parameters of an address. Raises QueryRefused, naming what cannot be."""
    try:
        return Search(**given)
    except ValidationError as error:
        names = ", ".join(sorted({str(each["loc"][0]) for each in error.errors()}))
        raise QueryRefused(
            reason_zh=f"参数 {names} 过长、过多或超出范围。",
            reason_en=f"Too long, too many or out of range: {names}.",
        ) from error


def orders_of(given: str | None) -> list[dict[str, str]] | None:
    """``sortby`` of an address, ``-datetime,+id``, as in a body."""
    sort = sort_of(given)
    return [{"field": name, "direction": "desc" if down else "asc"} for name, down in sort] or None


def query_for(search: Search) -> Query:
    """Raises QueryRefused for a box that is none, ``bbox`` beside ``intersects``, and for what no filter or order is."""
    if search.bbox is not None and search.intersects is not None:
        raise QueryRefused(
            reason_zh="bbox 与 intersects 不能同时使用。", reason_en="Give bbox or intersects, not both."
        )
    clauses: list[dict[str, Any]] = []
    if search.intersects is not None:
        clauses.append({"op": "s_intersects", "args": [{"property": "geometry"}, search.intersects]})
    if search.ids:
        clauses.append({"op": "in", "args": [{"property": "code"}, search.ids]})
    asked = search.filter
    if isinstance(asked, str):
        asked = filter_of(asked, search.filter_lang or "cql2-text")
    if asked is not None:
        clauses.append(renamed(filters.tree(asked)))
    sort: dict[str, bool] = {}
    for each in search.sortby or []:
        sort.setdefault(field_of(each.field), each.direction == "desc")
    return Query(
        bbox=_EVERYWHERE if search.bbox is None else box_of(search.bbox),
        interval=search.datetime,
        filter=None if not clauses else clauses[0] if len(clauses) == 1 else {"op": "and", "args": clauses},
        sort=tuple(sort.items()) or (("flown_on", True),),
    )
