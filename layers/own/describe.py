"""What an own layer is, as it is confirmed by a person and kept in ``own_layers.description``. Pure."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from layers import layer as published
from layers.errors import Refused
from layers.fields import updated
from layers.layer import Geometry, Layer, Style, Text
from layers.people.rules import Role

__all__ = [
    "GROUP", "MOST_CODES", "MOST_FIELDS", "RESERVED", "TAKEN_IDS", "Description", "OwnCode", "OwnField", "OwnLayerRefused",
    "checked", "layer_of",
]  # fmt: skip

GROUP = "own"
MOST_FIELDS = 60
MOST_CODES = 100
_ID = re.compile(r"[a-z][a-z0-9_]{1,30}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
# columns that every layer has, the number in a tile's cluster, and what a query's parameters are called (api/ogc/queries.py)
RESERVED = frozenset({
    "id", "code", "geom", "geom_3857", "geometry", "version", "created_at", "updated_at", "updated_by", "synthetic", "bbox",
    "crs", "datetime", "limit", "after", "q", "f", "filter", "sortby", "properties", "lang", "type", "links", "point_count",
})  # fmt: skip
TAKEN_IDS = frozenset({"own", "own_layers", "history", "layers"})
EDITORS = frozenset({Role.PLANNER, Role.ADMINISTRATOR})


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OwnCode(_Part):
    """A value of a code list, as it stands in the file, and its titles."""

    value: str = Field(min_length=1, max_length=100)
    zh: str = Field(min_length=1, max_length=100)
    en: str = Field(min_length=1, max_length=100)


class OwnField(_Part):
    """One column: ``column`` is its heading in the file, ``name`` its name in the database and in OGC API."""

    column: str = Field(max_length=500)
    name: str = Field(max_length=60)
    zh: str = Field(min_length=1, max_length=100)
    en: str = Field(min_length=1, max_length=100)
    type: Literal["text", "integer", "number", "boolean", "date", "datetime", "code"] = "text"
    unit: str | None = Field(default=None, max_length=20)
    codes: list[OwnCode] = Field(default=[], max_length=MOST_CODES)
    required: bool = False
    personal: bool = False
    visible_to: list[Role] = list(Role)


class Description(_Part):
    """An own layer. ``key``: heading of the column whose values are the codes; without one rows are numbered."""

    id: str = Field(max_length=60)
    zh: str = Field(min_length=1, max_length=60)
    en: str = Field(min_length=1, max_length=100)
    about: str = Field(default="", max_length=500)
    geometry: Geometry
    key: str | None = Field(default=None, max_length=500)
    label: str = Field(default="code", max_length=60)
    colour: str = Field(default="#5b6b7b", pattern="^#[0-9a-fA-F]{6}$")
    visible_to: list[Role] = sorted(published.STAFF)
    fields: list[OwnField] = Field(max_length=MOST_FIELDS)


class OwnLayerRefused(Refused):
    """A description that makes no layer, or rows that do not fit it."""

    code = "own_layer_refused"


def _refused(zh: str, en: str) -> OwnLayerRefused:
    return OwnLayerRefused(reason_zh=zh, reason_en=en)


def checked(given: Description) -> Description:
    """The description, if it makes a layer. Raises OwnLayerRefused with a sentence for what does not."""
    if not _ID.fullmatch(given.id) or given.id in TAKEN_IDS:
        raise _refused(
            f"图层标识“{given.id}”不能用：须以小写字母开头，由小写字母、数字和下划线组成，2–31 个字符。",
            f"“{given.id}” cannot be a layer's id: a small letter, then small letters, digits, underscores; 2 to 31.",
        )
    seen: dict[str, OwnField] = {}
    for field in given.fields:
        if not _NAME.fullmatch(field.name) or field.name in RESERVED:
            raise _refused(
                f"字段名“{field.name}”（{field.zh}）不能用：须以小写字母开头，由小写字母、数字和下划线组成，至多 40 个字符，且不是保留名。",
                f"“{field.name}” ({field.en}) cannot be a field's name: a small letter, then small letters, digits, "
                "underscores, at most 40, and no reserved name.",
            )
        if field.name in seen:
            raise _refused(
                f"“{seen[field.name].zh}”和“{field.zh}”的字段名都是“{field.name}”，请改其中一个。",
                f"“{seen[field.name].en}” and “{field.en}” are both named “{field.name}”; rename one.",
            )
        if field.type == "code" and not field.codes:
            raise _refused(
                f"字段“{field.zh}”是代码类型，但没有代码表。请补充代码，或改为文字类型。",
                f"The field “{field.en}” takes codes but has no list; add codes or make it text.",
            )
        values = [each.value for each in field.codes]
        if len(values) != len(set(values)):
            raise _refused(
                f"字段“{field.zh}”的代码表有重复的值。", f"The code list of “{field.en}” names a value twice."
            )
        seen[field.name] = field
    if given.label != "code" and given.label not in seen:
        raise _refused(
            f"标注字段“{given.label}”不在字段表中。", f"The label “{given.label}” is none of the fields."
        )
    if given.label in seen and seen[given.label].personal:
        raise _refused("含个人信息的字段不能作标注。", "Personal data cannot be a label on the map.")
    return given


def layer_of(given: Description, table: str) -> Layer:
    """The published layer of a table. Personal data never travel in tiles."""
    visible = frozenset(given.visible_to) | EDITORS
    key = next((each for each in given.fields if each.column == given.key), None)
    code = published.Field("code", Text("编号", "Code"), in_tiles=True, required=True, unique=True)
    if key is not None:
        code = published.Field("code", Text(key.zh, key.en), in_tiles=True, required=True, unique=True)
    rest = (_field(each, given.label) for each in given.fields if each is not key)
    dated = next(
        (each.name for each in given.fields if each.type in {"date", "datetime"} and each is not key), None
    )
    return Layer(
        id=given.id,
        title=Text(given.zh, given.en),
        description=Text(given.about or given.zh, given.about or given.en),
        group=GROUP,
        table=table,
        geometry=given.geometry,
        fields=(code, *rest, *updated()),
        style=Style(given.colour, _lighter(given.colour)),
        label="code" if key is not None and given.label == key.name else given.label,
        min_zoom=8,
        label_zoom=14,
        points_below=14 if given.geometry == "MultiPolygon" else 0,
        clustered_below=0 if given.geometry == "MultiLineString" else 14,
        visible_to=visible,
        time=dated,
        editors=EDITORS,
    )


def _field(given: OwnField, label: str) -> published.Field:
    codes = published.codes(*((each.value, each.zh, each.en) for each in given.codes))
    return published.Field(
        given.name,
        Text(given.zh, given.en),
        type=given.type,
        unit=given.unit,
        codes=codes if given.type == "code" else (),
        required=given.required,
        personal=given.personal,
        in_tiles=not given.personal and (given.name == label or given.type == "code"),
        visible_to=(published.STAFF if given.personal else frozenset(given.visible_to)) | EDITORS,
    )


def _lighter(colour: str) -> str:
    """The colour as it can be seen on a dark ground."""
    return "#" + "".join(f"{(int(colour[at : at + 2], 16) + 255) // 2:02x}" for at in (1, 3, 5))
