"""What a flight's properties are called in STAC and in its layer: names in filters and in orders."""

from __future__ import annotations

from typing import Any

from api.ogc.json_schema import object_schema, property_schema
from api.stac.written import COLLECTION
from layers.errors import QueryRefused
from layers.layer import Layer
from layers.people.rules import Role

__all__ = ["field_of", "queryables", "renamed"]

_FIELDS = {
    "id": "code",
    "title": "name",
    "datetime": "flown_on",
    "start_datetime": "flown_on",
    "gsd": "gsd_m",
    "chengtu:status": "status",
    "chengtu:alignment_residual_m": "residual_m",
    "chengtu:synthetic": "synthetic",
}
_SHAPE = "geometry"


def field_of(name: str) -> str:
    """The layer's field of a property, which may be named as ``properties.…`` too. Raises QueryRefused."""
    found = _FIELDS.get(name.removeprefix("properties."))
    if found is None:
        known = ", ".join(_FIELDS)
        raise QueryRefused(
            reason_zh=f"航飞没有可供查询或排序的属性“{name}”，可用的是：{known}。",
            reason_en=f"Flights have no property “{name}” to ask about or sort by; there are {known}.",
        )
    return found


def renamed(tree: Any) -> Any:
    """A CQL2 tree about Items as one about the layer; ``collection`` is what it is for all. Raises QueryRefused."""
    if isinstance(tree, list):
        return [renamed(each) for each in tree]
    if not isinstance(tree, dict):
        return tree
    name = tree.get("property")
    if not isinstance(name, str):
        return {key: renamed(value) for key, value in tree.items()}
    if name == "collection":
        return COLLECTION
    return tree if name == _SHAPE else {"property": field_of(name)}


def queryables(layer: Layer | None, roles: frozenset[Role], address: str) -> dict[str, Any]:
    """What filters may name, as a JSON Schema (OGC API – Features Part 3); nothing for who may not see flights."""
    properties: dict[str, Any] = {}
    if layer is not None:
        fields = {each.name: each for each in layer.fields_for(roles)}
        properties = {
            name: property_schema(fields[field]) for name, field in _FIELDS.items() if field in fields
        }
        properties["collection"] = {"type": "string", "enum": [COLLECTION]}
        properties[_SHAPE] = {"$ref": "https://geojson.org/schema/Geometry.json"}
    return object_schema(address, "航飞 Flights", properties)
