"""A file of features → the description of a layer that is proposed for it. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from geopandas import GeoDataFrame

from layers import layer as published
from layers.imports.faults import Unfit
from layers.imports.values import stored
from layers.layer import FieldType, Geometry, Text
from layers.own.describe import MOST_FIELDS, RESERVED, Description, OwnCode, OwnField, OwnLayerRefused
from layers.people.rules import Role

__all__ = ["MOST_ROWS", "names", "propose"]

MOST_ROWS = 100_000
_FEW = 12  # distinct values of a code list at most
_OFTEN = 3  # rows of each at least, on average
_LONGEST_CODE = 20
_UNIT = re.compile(r"[(（\[【]\s*([^)）\]】]{1,12})\s*[)）\]】]\s*$")
_NUMBERED = re.compile(r"-?(0|[1-9]\d{0,14})")  # no leading zeros, which codes and telephone numbers have
_PERSON = re.compile(r"电话|手机|身份证|联系人|姓名|负责人|phone|mobile|person|contact", re.IGNORECASE)
_CODE = re.compile(r"编号|编码|代码|序号|code|number|\bid\b|\bno\b", re.IGNORECASE)
_YES_NO = {"是", "否", "有", "无", "true", "false", "yes", "no"}
_COLOURS = ("#2f6f9f", "#8a5a1f", "#5f7f2f", "#7a4a8f", "#a03f4f", "#2f7f73")
_GEOMETRIES: dict[str, Geometry] = {
    "Point": "Point", "MultiPoint": "Point", "LineString": "MultiLineString", "MultiLineString": "MultiLineString",
    "LinearRing": "MultiLineString", "Polygon": "MultiPolygon", "MultiPolygon": "MultiPolygon",
}  # fmt: skip


def propose(frame: GeoDataFrame, title: str, taken: frozenset[str]) -> Description:
    """What the file seems to be. ``title``: its name without extension; ``taken``: ids of layers that exist.

    Raises OwnLayerRefused for too many rows or columns and for mixed kinds of geometry.
    """
    headings = [str(each) for each in frame.columns if each != frame.geometry.name]
    if len(frame) > MOST_ROWS or len(headings) > MOST_FIELDS:
        raise OwnLayerRefused(
            reason_zh=f"文件有 {len(frame)} 行、{len(headings)} 列；自建图层至多 {MOST_ROWS} 行、{MOST_FIELDS} 列。请删减后再试。",
            reason_en=f"The file has {len(frame)} rows and {len(headings)} columns; an own layer takes {MOST_ROWS} and "
            f"{MOST_FIELDS}. Leave some out.",
        )
    columns = {each: [_clean(value) for value in frame[each].tolist()] for each in headings}
    fields = [
        _field(heading, name, values)
        for (heading, values), name in zip(columns.items(), names(headings), strict=True)
    ]
    coded = (each.column for each in fields if each.type in {"text", "integer"} and _CODE.search(each.column))
    key = next((each for each in coded if _unique(columns[each])), None)
    texts = [each for each in fields if each.type == "text" and not each.personal and each.column != key]
    named = next((each for each in texts if re.search(r"名|name|title", each.column, re.IGNORECASE)), None)
    return Description(
        id=_free_id(title, taken),
        zh=title[:60] or "自建图层",
        en=title[:100] or "Own layer",
        geometry=_geometry(frame),
        key=key,
        label=named.name if named else "code",
        colour=_COLOURS[sum(title.encode()) % len(_COLOURS)],
        fields=fields,
    )


def names(headings: Sequence[str]) -> list[str]:
    """A name in the database for each heading: letters, digits, underscores; all different, none reserved."""
    made: list[str] = []
    for number, heading in enumerate(headings, 1):
        name = _slug(_UNIT.sub("", heading))[:36].strip("_") or f"field_{number}"
        if name in RESERVED:
            name += "_"
        free = name
        repeat = 2
        while free in made:
            free, repeat = f"{name}_{repeat}", repeat + 1
        made.append(free)
    return made


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"^[^a-z]+", "", re.sub(r"[^a-z0-9]+", "_", plain)).strip("_")


def _free_id(title: str, taken: frozenset[str]) -> str:
    base = _slug(title)[:24].strip("_")
    base = base if len(base) > 1 else "layer"
    number = 1
    found = base
    while found in taken:
        number += 1
        found = f"{base}_{number}"
    return found


def _geometry(frame: GeoDataFrame) -> Geometry:
    kinds = {_GEOMETRIES.get(str(each)) for each in frame.geometry.dropna().geom_type.unique()}
    kind = kinds.pop() if len(kinds) == 1 else None
    if kind is None:
        raise OwnLayerRefused(
            reason_zh="文件里有几种图形（点、线、面混在一起）。请分成几个文件，每个文件一种。",
            reason_en="The file mixes points, lines and areas; split it, one kind a file.",
        )
    return kind


def _field(heading: str, name: str, values: list[Any]) -> OwnField:
    unit = _UNIT.search(heading)
    title = (_UNIT.sub("", heading).strip() or heading.strip() or name)[:100]
    there = [each for each in values if each is not None]
    kind, codes = _type(there)
    personal = bool(_PERSON.search(heading))
    if personal:
        kind, codes = ("text" if kind == "code" else kind), []
    return OwnField.model_validate(
        {
            "column": heading,
            "name": name,
            "zh": title,
            "en": title,
            "type": kind,
            "unit": unit[1].strip() if unit and kind in {"integer", "number"} else None,
            "codes": codes,
            "personal": personal,
            "visible_to": [each for each in Role if each is not Role.PUBLIC] if personal else list(Role),
        }
    )


def _type(there: list[Any]) -> tuple[FieldType, list[OwnCode]]:
    """The narrowest type that every value fits, and the code list of a text with few values."""
    if not there:
        return "text", []
    texts = [str(each).strip() for each in there]
    if all(
        isinstance(each, bool) or text.lower() in _YES_NO for each, text in zip(there, texts, strict=True)
    ):
        return "boolean", []
    tests: tuple[tuple[FieldType, Callable[[Any], bool]], ...] = (
        ("integer", lambda each: bool(_NUMBERED.fullmatch(_whole(each)))),
        (
            "number",
            lambda each: not re.fullmatch(r"[-+]?0\d+.*|\d{16,}", _whole(each)) or str(each).startswith("0."),
        ),
        ("date", lambda each: len(_whole(each)) >= 8 and not _whole(each).isdigit()),
        ("datetime", lambda each: len(_whole(each)) >= 12 and not _whole(each).isdigit()),
    )
    for kind, plausible in tests:
        probe = published.Field("probe", Text("", ""), type=kind)
        if all(plausible(each) and _fits(probe, each) for each in there):
            return kind, []
    distinct = dict.fromkeys(texts)
    if (
        len(distinct) <= _FEW
        and len(texts) >= _OFTEN * len(distinct)
        and max(map(len, distinct)) <= _LONGEST_CODE
    ):
        return "code", [OwnCode(value=each, zh=each, en=each) for each in distinct]
    return "text", []


def _whole(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _fits(probe: published.Field, value: Any) -> bool:
    try:
        found = stored(probe, value)
    except Unfit:
        return False
    return not (probe.type == "date" and getattr(value, "hour", False)) and found is not None


def _unique(values: list[Any]) -> bool:
    texts = [str(each) for each in values if each is not None]
    return len(texts) == len(values) > 0 and len(set(texts)) == len(texts) and max(map(len, texts)) <= 60


def _clean(value: Any) -> Any:
    """None for what is blank."""
    probe = published.Field("probe", Text("", ""))
    try:
        return value if stored(probe, value) is not None else None
    except Unfit:
        return value
