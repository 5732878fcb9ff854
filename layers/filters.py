"""CQL2 → SQL over one layer, only with fields that the viewer may see (OGC 21-065r2, Common Query Language).

The parser is the library ``cql2``; it turns both encodings into one tree. Here the tree becomes a condition whose
every value is a parameter and whose every name stands in the catalogue: no text of a request reaches the SQL.

Spoken: comparisons, between, in, like, is null, and/or/not, arithmetic, casei, the eight spatial predicates, the
fifteen temporal ones. Not spoken, and refused by name: arrays, accenti, functions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any, Literal

import cql2
import shapely
from shapely.geometry import shape

from layers.errors import QueryRefused
from layers.layer import Field, Layer
from layers.people.rules import Role
from layers.reference_systems import CRS84, System
from layers.spans import ALLEN, Span, all_day, as_moment

__all__ = ["Condition", "condition", "conformance", "tree"]

Kind = Literal["text", "number", "boolean", "date", "datetime", "time"]
_KINDS: dict[str, Kind] = {
    "text": "text", "code": "text", "integer": "number", "number": "number", "boolean": "boolean",
    "date": "date", "datetime": "datetime", "time": "time",
}  # fmt: skip
_COMPARE = ("=", "<>", "<", ">", "<=", ">=")
_ARITHMETIC = ("+", "-", "*", "/", "%", "^", "div")
# of operations; 0: at least one, and 2 of all others
_ARGUMENTS = {"not": 1, "isnull": 1, "between": 3, "and": 0, "or": 0}
_DEEPEST = 60
# runs of prefixes, which nest without brackets
_PREFIXES = re.compile(r"(?:(?:\bnot\b|-)\s*){20}", re.IGNORECASE)
_SPATIAL = {
    "s_intersects": "ST_Intersects", "s_equals": "ST_Equals", "s_disjoint": "ST_Disjoint", "s_touches": "ST_Touches",
    "s_within": "ST_Within", "s_overlaps": "ST_Overlaps", "s_crosses": "ST_Crosses", "s_contains": "ST_Contains",
}  # fmt: skip
_GEOMETRY = ("geom", "geometry")


@dataclass(frozen=True)
class Condition:
    """SQL over the layer's table as ``t``, and the values of its parameters."""

    sql: str
    values: dict[str, Any]


def conformance() -> list[str]:
    """The classes of OGC 21-065r2 that are spoken."""
    base = "http://www.opengis.net/spec/cql2/1.0/conf/"
    names = (
        "cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison",
        "basic-spatial-functions", "basic-spatial-functions-plus", "spatial-functions", "temporal-functions",
        "property-property", "arithmetic",
    )  # fmt: skip
    return [base + name for name in names]


def condition(
    given: str | dict[str, Any] | bool,
    layer: Layer,
    roles: frozenset[Role],
    *,
    geometries: System = CRS84,
    prefix: str = "cql",
) -> Condition:
    """A filter in CQL2 text, or JSON already read, as a condition.

    ``geometries``: the system of coordinates in it; ``prefix``: of the parameters' names. Raises QueryRefused for what
    cannot be parsed, is not spoken, does not fit the type of a field, or names a field that is unknown or hidden.
    """
    writer = _Writer(layer, {each.name: each for each in layer.fields_for(roles)}, geometries, prefix)
    return Condition(writer.boolean(tree(given)), writer.values)


def tree(given: str | dict[str, Any] | bool) -> Any:
    """A filter in either encoding as CQL2 JSON. Raises QueryRefused for what cannot be parsed or is nested too deep."""
    if isinstance(given, bool):
        return given
    if isinstance(given, str) and (_nested(given) > _DEEPEST or _PREFIXES.search(given)):
        raise _too_deep()  # the parser's own stack ends the whole process
    try:
        read = cql2.Expr(given) if isinstance(given, dict) else cql2.parse_text(given)
        return read.to_json()
    except Exception as error:  # the library's errors share no class with a name
        raise _refused(f"无法解析：{error}", f"cannot be parsed: {error}") from error


def _nested(text: str) -> int:
    """How deep brackets of any kind, within quotes too, lie in each other."""
    depth = deepest = 0
    for each in text:
        depth += (each in "([{") - (each in ")]}")
        deepest = max(deepest, depth)
    return deepest


def _too_deep() -> QueryRefused:
    return _refused("嵌套过深，请拆成几次查询。", "is nested too deep; ask in several parts.")


def _refused(zh: str, en: str) -> QueryRefused:
    return QueryRefused(reason_zh=f"过滤条件（CQL2）{zh}", reason_en=f"The filter (CQL2) {en}")


@dataclass
class _Writer:
    """Writes one tree; ``values`` fills on the way."""

    layer: Layer
    fields: dict[str, Field]
    geometries: System
    prefix: str
    values: dict[str, Any] = field(default_factory=dict)
    depth: int = 0

    def boolean(self, node: Any) -> str:
        """A node that is true or false."""
        if isinstance(node, bool):
            return "true" if node else "false"
        if not isinstance(node, dict):
            raise _refused(f"中“{node}”不是条件。", f"holds “{node}”, which is no condition.")
        if "property" in node:
            sql, kind = self.scalar(node)
            return f"({sql})" if kind == "boolean" else self._no_condition(node)
        with self._deeper():
            return self._operation(str(node.get("op", "")), node.get("args", []))

    def _operation(self, op: str, args: list[Any]) -> str:
        name = op.lower()
        writers: dict[str, Callable[[list[Any]], str]] = {
            "and": lambda args: "(" + " AND ".join(self.boolean(each) for each in args) + ")",
            "or": lambda args: "(" + " OR ".join(self.boolean(each) for each in args) + ")",
            "not": lambda args: f"(NOT {self.boolean(args[0])})",
            "isnull": self._is_null,
            "like": self._like,
            "between": self._between,
            "in": self._in,
            **{each: partial(self._compared, each) for each in _COMPARE},
            **{each: partial(self._spatial, function) for each, function in _SPATIAL.items()},
            **{each: partial(self._temporal, rule) for each, rule in ALLEN.items()},
        }
        if name not in writers:
            raise _refused(f"不支持“{op}”。", f"uses “{op}”, which is not spoken here.")
        wanted = _ARGUMENTS.get(name, 2)
        if not isinstance(args, list) or (len(args) != wanted if wanted else not args):
            raise _refused(f"中“{op}”的参数个数不对。", f"gives “{op}” a wrong number of arguments.")
        return writers[name](args)

    def scalar(self, node: Any) -> tuple[str, Kind]:
        """A node that has a value, and of which kind."""
        if not isinstance(node, dict):
            return self._literal(node)
        if "property" in node:
            return self._property(str(node["property"]))
        if "date" in node:
            return self._value(_day(node["date"])), "date"
        if "timestamp" in node:
            return self._value(_moment(node["timestamp"])), "datetime"
        with self._deeper():
            return self._function(str(node.get("op", "")), node.get("args", []))

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        """One step down the tree. Raises QueryRefused at the bottom."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _too_deep()
        yield
        self.depth -= 1

    def _literal(self, node: Any) -> tuple[str, Kind]:
        if isinstance(node, bool):
            return self._value(node), "boolean"
        if isinstance(node, int | float):
            return f"CAST({self._value(node)} AS double precision)", "number"
        if isinstance(node, str):
            return f"CAST({self._value(node)} AS text)", "text"
        raise _refused(f"中的“{node}”不是值。", f"holds “{node}”, which is no value.")

    def _function(self, op: str, args: list[Any]) -> tuple[str, Kind]:
        if op.lower() == "casei" and len(args) == 1:
            sql, kind = self.scalar(args[0])
            if kind != "text":
                raise _refused("中 CASEI 只用于文字。", "applies CASEI to what is no text.")
            return f"lower({sql})", "text"
        if op.lower() in _ARITHMETIC and len(args) == 2:
            return self._arithmetic(op.lower(), *args), "number"
        raise _refused(f"不支持“{op}”。", f"uses “{op}”, which is not spoken here.")

    def _value(self, value: Any) -> str:
        name = f"{self.prefix}_{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    def _property(self, name: str) -> tuple[str, Kind]:
        if name == "id":
            return "t.id", "number"
        found = self.fields.get(name)
        if found is None:
            raise QueryRefused(
                reason_zh=f"图层“{self.layer.title.zh}”没有可供您查询的字段“{name}”。",
                reason_en=f"The layer “{self.layer.title.en}” has no field “{name}” that you could ask about.",
            )
        kind = "text" if found.references else _KINDS[found.type]
        sql = found.sql()
        return (f"({sql})::double precision" if kind == "number" else sql), kind

    def _arithmetic(self, op: str, one: Any, other: Any) -> str:
        (left, first), (right, second) = self.scalar(one), self.scalar(other)
        if (first, second) != ("number", "number"):
            raise _refused(f"中“{op}”只用于数字。", f"applies “{op}” to what is no number.")
        if op in {"/", "%", "div"}:
            right = f"nullif({right}, 0)"  # nothing divided by nothing is nothing, not an error
        if op == "div":
            return f"trunc({left} / {right})"
        if op == "%":
            return f"mod(({left})::numeric, ({right})::numeric)::double precision"
        if op == "^":  # what no number holds, 10 ^ 400, is nothing either
            return f"CASE WHEN abs({right}) <= 64 AND abs({left}) <= 10000 AND {left} > 0 THEN {left} ^ {right} END"
        return f"({left} {op} {right})"

    def _compared(self, op: str, args: list[Any]) -> str:
        one, other = args
        (left, first), (right, second) = self._alike(one, other)
        if first != second:
            raise _refused(f"比较了不同类型的值（{first} 与 {second}）。", f"compares {first} with {second}.")
        return f"({left} {op} {right})"

    def _alike(self, *nodes: Any) -> list[tuple[str, Kind]]:
        """Values side by side; a bare text beside a date or time is read as one, as people write it."""
        kinds = [self._kind(each) for each in nodes]
        wanted = next((kind for kind in kinds if kind in {"date", "datetime", "time"}), None)
        out: list[tuple[str, Kind]] = []
        for node in nodes:
            if wanted and isinstance(node, str):
                read: dict[str, Callable[[str], Any]] = {"date": _day, "datetime": _moment, "time": _clock}
                out.append((self._value(read[wanted](node)), wanted))
            else:
                out.append(self.scalar(node))
        if {kind for _, kind in out} == {"date", "datetime"}:
            out = [(as_moment(sql) if kind == "date" else sql, "datetime") for sql, kind in out]
        return out

    def _kind(self, node: Any) -> Kind | None:
        if isinstance(node, dict):
            if "property" in node:
                return self._property(str(node["property"]))[1]
            return "date" if "date" in node else "datetime" if "timestamp" in node else None
        return None

    def _is_null(self, args: list[Any]) -> str:
        node = args[0]
        if isinstance(node, dict) and node.get("property") in _GEOMETRY:
            return "(t.geom IS NULL)"
        return f"({self.scalar(node)[0]} IS NULL)"

    def _like(self, args: list[Any]) -> str:
        (text, first), (pattern, second) = (self.scalar(each) for each in args)
        if (first, second) != ("text", "text"):
            raise _refused("中 LIKE 只用于文字。", "applies LIKE to what is no text.")
        return f"({text} LIKE {pattern})"

    def _between(self, args: list[Any]) -> str:
        (value, kind), (low, first), (high, second) = self._alike(*args)
        if len({kind, first, second}) > 1:
            raise _refused("中 BETWEEN 的类型不一致。", "mixes types in BETWEEN.")
        return f"({value} BETWEEN {low} AND {high})"

    def _in(self, args: list[Any]) -> str:
        value, choices = args
        if not isinstance(choices, list) or not choices:
            raise _refused("中 IN 需要一个列表。", "takes a list after IN.")
        alike = self._alike(value, *choices)
        if len({kind for _, kind in alike}) > 1:
            raise _refused("中 IN 的类型不一致。", "mixes types in IN.")
        return f"({alike[0][0]} IN ({', '.join(sql for sql, _ in alike[1:])}))"

    def _geometry(self, node: Any) -> str:
        if isinstance(node, dict) and "property" in node:
            if node["property"] in _GEOMETRY:
                return "t.geom"
            self._property(
                str(node["property"])
            )  # says that a name is unknown before it says that it is no shape
            raise _refused(
                f"中“{node['property']}”不是图形。", f"uses “{node['property']}”, which is no shape."
            )
        if isinstance(node, dict) and "bbox" in node:
            box = [float(each) for each in node["bbox"]]
            if len(box) == 6:
                box = [*box[:2], *box[3:5]]
            if len(box) != 4:
                raise _refused("中 BBOX 需要四个数。", "takes four numbers in BBOX.")
            west, south, east, north = (self._value(each) for each in box)
            return self.geometries.taken(f"ST_MakeEnvelope({west}, {south}, {east}, {north})")
        try:
            made = shapely.force_2d(shape(node))
        except Exception as error:
            raise _refused("中的图形无法读取。", "holds a geometry that cannot be read.") from error
        if made.is_empty or not made.is_valid:
            reason = shapely.is_valid_reason(made)
            raise _refused(f"中的图形无效：{reason}。", f"holds an invalid geometry: {reason}.")
        text = json.dumps(shapely.geometry.mapping(made))
        return self.geometries.taken(f"ST_SetSRID(ST_GeomFromGeoJSON({self._value(text)}), 0)")

    def _spatial(self, function: str, args: list[Any]) -> str:
        one, other = (self._geometry(each) for each in args)
        return f"{function}({one}, {other})"

    def _temporal(self, rule: str, args: list[Any]) -> str:
        first, second = (self._span(each) for each in args)
        if first.days != second.days:  # a day beside a moment is all of that day
            first, second = (all_day(each) if each.days else each for each in (first, second))
        return f"({rule.format(a0=first.begins, a1=first.ends, b0=second.begins, b1=second.ends)})"

    def _span(self, node: Any) -> Span:
        if isinstance(node, dict) and "interval" in node:
            return self._interval(*node["interval"])
        if isinstance(node, str):
            node = {"date" if len(node) == 10 else "timestamp": node}
        sql, kind = self.scalar(node)
        if kind not in {"date", "datetime"}:
            raise _refused("在没有日期的字段上使用了时间条件。", "asks for the time of what has none.")
        return Span(sql, sql, kind == "date")

    def _interval(self, begins: Any, ends: Any) -> Span:
        sides = [None if each == ".." else self._span(each) for each in (begins, ends)]
        days = all(each.days for each in sides if each is not None)
        if not days:
            sides = [all_day(each) if each is not None and each.days else each for each in sides]
        kind = "date" if days else "timestamptz"
        low = sides[0].begins if sides[0] else f"'-infinity'::{kind}"
        high = sides[1].ends if sides[1] else f"'infinity'::{kind}"
        return Span(low, high, days)

    def _no_condition(self, node: dict[str, Any]) -> str:
        raise _refused(
            f"中“{node['property']}”不是条件。", f"uses “{node['property']}” as if it were true or false."
        )


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise _refused(
            f"中“{text}”不是日期，请写成 2023-06-18。", f"holds “{text}”, no date; write it like 2023-06-18."
        ) from None


def _moment(text: Any) -> datetime:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise _refused(
            f"中“{text}”不是带时区的时间，请写成 2023-06-18T08:00:00+08:00。",
            f"holds “{text}”, no time with a zone; write it like 2023-06-18T08:00:00+08:00.",
        )
    return found


def _clock(text: str) -> str:
    try:
        return datetime.strptime(text, "%H:%M:%S" if text.count(":") == 2 else "%H:%M").time().isoformat()
    except ValueError:
        raise _refused(f"中“{text}”不是时刻。", f"holds “{text}”, no time of day.") from None
