"""Answers as GeoReport v2 writes them: XML, or JSON by the Spark convention (lists without their wrapper)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from xml.etree import ElementTree as ET

from fastapi import Response

from layers.printing.plain import printable
from layers.timezone import SHANGHAI

__all__ = ["Form", "answers", "errors", "of_path", "written"]

Form = Literal["xml", "json"]

_ONE = {
    "services": "service",
    "attributes": "attribute",
    "service_requests": "request",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}
"""What an element of each list is called in XML."""

_EITHER = {"text/xml": {"schema": {"type": "string"}}, "application/json": {}}
_REFUSED: dict[str, Any] = {
    "description": "Refused; errors as GeoReport v2 writes them", "content": _EITHER
}  # fmt: skip


def answers(status: int) -> dict[int | str, dict[str, Any]]:
    """What a door may answer, for the OpenAPI document: with this status in the form that its address ends in."""
    return {status: {"description": "In the form of the address", "content": _EITHER}, "4XX": _REFUSED}


def written(form: Form, name: str, value: Any, status: int = 200) -> Response:
    """``value`` under its element's name, in the asked form."""
    if form == "json":
        body = json.dumps(value, ensure_ascii=False, default=_plain)
        return Response(body, status, media_type="application/json")
    root = _element(name, value)
    ET.indent(root)
    body = '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")
    return Response(body, status, media_type="text/xml; charset=utf-8")


def errors(form: Form, status: int, *descriptions: str) -> Response:
    """An error as the specification writes it; ``code`` is the HTTP status."""
    return written(form, "errors", [{"code": status, "description": each} for each in descriptions], status)


def of_path(path: str) -> Form:
    """The form that an address asks for by its ending; XML is the one that everybody must speak."""
    return "json" if path.endswith(".json") else "xml"


def _element(name: str, value: Any) -> ET.Element:
    made = ET.Element(name)
    if isinstance(value, Mapping):
        made.extend(_element(key, each) for key, each in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        made.extend(_element(_ONE[name], each) for each in value)
    elif value is not None:
        made.text = str(value).lower() if isinstance(value, bool) else _text(value)
    return made


def _text(value: Any) -> str:
    written = _plain(value) if isinstance(value, datetime) else str(value)
    return printable(written)


def _plain(value: Any) -> str:
    """Times with their offset, in whole seconds, as the W3C note on date and time formats has them."""
    assert isinstance(value, datetime)
    return value.astimezone(SHANGHAI).isoformat(timespec="seconds")
