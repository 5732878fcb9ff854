"""Parameters of a request → a ``Query``. Raises QueryRefused with a sentence for each that cannot be read."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from fastapi import Request

from layers.errors import QueryRefused
from layers.features import Bounds, Query
from layers.past import moment
from layers.reference_systems import SHIFTED, system

__all__ = ["LONGEST_FILTER", "OWN", "box_numbers", "box_of", "filter_of", "query_of", "shifted", "sort_of"]

OWN = frozenset({
    "bbox", "bbox-crs", "crs", "datetime", "limit", "after", "q", "f", "filter", "filter-lang", "filter-crs", "sortby",
    "properties", "skipGeometry", "offset-system", "lang", "as-of",
})  # fmt: skip
LONGEST_FILTER = 20_000


def query_of(request: Request) -> Query:
    """What the query string asks for; every parameter that is none of OGC's is a field: ``?status=filed``."""
    given = request.query_params
    return Query(
        bbox=_bbox(given.get("bbox")),
        bbox_system=system(given.get("bbox-crs")),
        matching={name: value for name, value in given.items() if name not in OWN},
        q=given.get("q") or None,
        filter=filter_of(given.get("filter"), given.get("filter-lang", "cql2-text")),
        filter_system=system(given.get("filter-crs")),
        interval=given.get("datetime") or None,
        sort=sort_of(given.get("sortby")),
        names=tuple(_list(given["properties"])) if "properties" in given else None,
        system=system(given.get("crs")),
        as_of=moment(given["as-of"]) if given.get("as-of") else None,
        geometry=given.get("skipGeometry", "false").lower() != "true",
    )


def shifted(request: Request, query: Query) -> tuple[Query, str | None]:
    """``offset-system=gcj02|bd09``: coordinates for web maps of China. Raises QueryRefused beside another ``crs``."""
    name = request.query_params.get("offset-system")
    if name is None:
        return query, None
    if name not in SHIFTED or "crs" in request.query_params:
        raise QueryRefused(
            reason_zh="offset-system 只能是 gcj02 或 bd09，且不能与 crs 同时使用。",
            reason_en="offset-system is gcj02 or bd09, and goes with no crs.",
        )
    return replace(query, system=system(None)), name


def sort_of(given: str | None) -> tuple[tuple[str, bool], ...]:
    """``sortby`` in an address, ``-name,+id``: what is sorted by, and whether descending."""
    return tuple((each.lstrip("+- "), each.startswith("-")) for each in _list(given))


def _list(given: str | None) -> list[str]:
    return [each.strip() for each in (given or "").split(",") if each.strip()]


def filter_of(given: str | None, language: str) -> str | dict[str, Any] | bool | None:
    """A filter in an address: CQL2 text as it is, JSON read. Raises QueryRefused."""
    if not given:
        return None
    if len(given) > LONGEST_FILTER:
        raise QueryRefused(
            reason_zh="过滤条件过长，请拆成几次查询。",
            reason_en="The filter is too long; ask in several parts.",
        )
    if language == "cql2-text":
        return given
    if language != "cql2-json":
        raise QueryRefused(
            reason_zh="filter-lang 只能是 cql2-text 或 cql2-json。",
            reason_en="filter-lang is cql2-text or cql2-json.",
        )
    try:
        tree = json.loads(given)
    except (ValueError, RecursionError):
        tree = None
    if not isinstance(tree, dict | bool):
        raise QueryRefused(
            reason_zh="过滤条件不是 CQL2 JSON。", reason_en="The filter is no CQL2 JSON."
        )  # fmt: skip
    return tree


def _bbox(given: str | None) -> Bounds | None:
    numbers = box_numbers(given)
    return None if numbers is None else box_of(numbers)


def box_numbers(given: str | None) -> list[float] | None:
    """The numbers of a ``bbox`` in an address. Raises QueryRefused."""
    if given is None:
        return None
    try:
        return [float(each) for each in given.split(",")]
    except ValueError:
        raise _bad_bbox() from None


def box_of(numbers: list[float]) -> Bounds:
    """Four numbers, or six of which heights are left out. Raises QueryRefused for others and for a box turned over."""
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(abs(each) < 1e9 for each in numbers):
        raise _bad_bbox()
    first, second, third, fourth = numbers
    if first > third or second > fourth:
        raise _bad_bbox()
    return first, second, third, fourth


def _bad_bbox() -> QueryRefused:
    return QueryRefused(
        reason_zh="bbox 应为“西,南,东,北”四个数（次序随 bbox-crs 的坐标轴）。",
        reason_en="bbox takes four numbers: west,south,east,north (in the order of the axes of bbox-crs).",
    )
