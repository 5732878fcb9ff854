"""Fields of the catalogue as a JSON Schema (2020-12), as OGC API – Features parts 3 and 5 and STAC publish them."""

from __future__ import annotations

from typing import Any

from layers.layer import Field

__all__ = ["object_schema", "property_schema"]

_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"}, "code": {"type": "string"}, "integer": {"type": "integer"},
    "number": {"type": "number"}, "boolean": {"type": "boolean"}, "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"}, "time": {"type": "string", "format": "time"},
}  # fmt: skip


def object_schema(address: str, title: str, properties: dict[str, Any]) -> dict[str, Any]:
    """An object that has these properties and no other; ``address`` is where it is published."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "type": "object",
        "title": title,
        "properties": properties,
        "additionalProperties": False,
    }


def property_schema(field: Field) -> dict[str, Any]:
    """A field as a property: type, title, unit, code list."""
    kind = {"type": "string"} if field.references else _TYPES[field.type]
    return {
        **kind,
        "title": f"{field.title.zh} {field.title.en}",
        **({"x-ogc-unit": field.unit} if field.unit else {}),
        **({"enum": [each.value for each in field.codes]} if field.codes else {}),
        **({"readOnly": True} if not field.editable else {}),
    }
