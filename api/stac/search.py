"""What a STAC search asks → a ``Query`` over the layer of flights."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.ogc.queries import box_of
from layers.errors import QueryRefused
from layers.features import Query

__all__ = ["Search", "query_for", "search_of"]

_EVERYWHERE = (-180.0, -90.0, 180.0, 90.0)  # what has no footprint yet is no Item
Numbers = Annotated[list[float], Field(min_length=4, max_length=6)]


class Search(BaseModel):
    """Body of POST /stac/search (STAC API – Item Search 1.0.0)."""

    model_config = ConfigDict(extra="forbid", strict=True)

    bbox: Numbers | None = None
    intersects: dict[str, Any] | None = None
    datetime: str | None = Field(default=None, max_length=100)
    ids: list[Annotated[str, Field(max_length=100)]] | None = Field(default=None, max_length=1000)
    collections: list[Annotated[str, Field(max_length=100)]] | None = Field(default=None, max_length=100)
    limit: int = Field(default=10, ge=1, le=1000)
    token: str | None = Field(default=None, max_length=2000)


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


def query_for(search: Search) -> Query:
    """Raises QueryRefused for a box that is none, and for ``bbox`` beside ``intersects``."""
    if search.bbox is not None and search.intersects is not None:
        raise QueryRefused(
            reason_zh="bbox 与 intersects 不能同时使用。", reason_en="Give bbox or intersects, not both."
        )
    clauses: list[dict[str, Any]] = []
    if search.intersects is not None:
        clauses.append({"op": "s_intersects", "args": [{"property": "geometry"}, search.intersects]})
    if search.ids:
        clauses.append({"op": "in", "args": [{"property": "code"}, search.ids]})
    return Query(
        bbox=_EVERYWHERE if search.bbox is None else box_of(search.bbox),
        interval=search.datetime,
        filter=None if not clauses else clauses[0] if len(clauses) == 1 else {"op": "and", "args": clauses},
        sort=(("flown_on", True),),
    )
