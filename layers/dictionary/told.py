"""A layer as the dictionary tells of it, in one of the two languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from layers.layer import Field, FieldType, Geometry, Layer, Text
from layers.people.rules import Role

__all__ = ["HEADINGS", "Line", "Told", "told"]

HEADINGS: tuple[Text, ...] = (
    Text("字段", "Field"),
    Text("名称", "Title"),
    Text("类型", "Type"),
    Text("单位", "Unit"),
    Text("约束", "Rules"),
    Text("取值", "Values"),
)
_TYPES: dict[FieldType, Text] = {
    "text": Text("文本", "text"),
    "integer": Text("整数", "integer"),
    "number": Text("数值", "number"),
    "boolean": Text("是否", "yes or no"),
    "date": Text("日期", "date"),
    "time": Text("时刻", "time of day"),
    "datetime": Text("日期时间", "date and time"),
    "code": Text("代码", "code"),
}
_GEOMETRIES: dict[Geometry, Text] = {
    "Point": Text("点", "points"),
    "MultiLineString": Text("线", "lines"),
    "MultiPolygon": Text("面", "areas"),
}
_REQUIRED = Text("必填", "required")
_UNIQUE = Text("唯一", "unique")
_PERSONAL = Text("个人信息", "personal")
_REFERS = Text("引用 {table}", "refers to {table}")


@dataclass(frozen=True)
class Line:
    """One field: texts in the order of HEADINGS; ``values``: the code list as (value, title)."""

    name: str
    title: str
    type: str
    unit: str
    rules: str
    values: tuple[tuple[str, str], ...]

    def cells(self) -> tuple[str, ...]:
        """The line as texts, one code a row."""
        values = "\n".join(f"{value} {title}" for value, title in self.values)
        return self.name, self.title, self.type, self.unit, self.rules, values


@dataclass(frozen=True)
class Told:
    """One layer: its id, what it is, its geometry, and its fields."""

    id: str
    title: str
    description: str
    group: str
    geometry: str
    lines: tuple[Line, ...]


def told(
    layers: Iterable[Layer], groups: dict[str, Text], roles: frozenset[Role], *, zh: bool = True
) -> list[Told]:
    """What the dictionary says of these layers to somebody with these roles, ordered by group."""

    def say(text: Text) -> str:
        return text.zh if zh else text.en

    order = list(groups)
    return [
        Told(
            each.id,
            say(each.title),
            say(each.description),
            say(groups[each.group]),
            say(_GEOMETRIES[each.geometry]),
            tuple(_line(field, zh=zh) for field in each.fields_for(roles)),
        )
        for each in sorted(layers, key=lambda layer: order.index(layer.group))
    ]


def _line(field: Field, *, zh: bool) -> Line:
    def say(text: Text) -> str:
        return text.zh if zh else text.en

    rules = [
        say(text)
        for text, holds in (
            (_REQUIRED, field.required),
            (_UNIQUE, field.unique),
            (_PERSONAL, field.personal),
        )
        if holds
    ]
    if field.references:
        rules.append(say(_REFERS).format(table=field.references))
    return Line(
        field.name,
        say(field.title),
        say(_TYPES[field.type]),
        field.unit or "",
        ("、" if zh else ", ").join(rules),
        tuple((code.value, say(code.title)) for code in field.codes),
    )
