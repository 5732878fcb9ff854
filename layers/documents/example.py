"""The example case with which templates are tried: every field has something in it. Pure."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from PIL import Image, ImageDraw

from layers.documents.fields import Form, of_kind
from layers.documents.filled import Picture
from layers.documents.kinds import Kind

__all__ = ["AT", "values"]

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
_WIDTHS = {"位置图": 78.0, "前期影像": 52.0, "后期影像": 52.0}


def values(kind: Kind) -> dict[str, Any]:
    """Fields of a kind with their examples."""
    return {name: _value(name, each) for name, each in of_kind(kind).items()}


def _value(name: str, each: Any) -> Any:
    if each.form is Form.PICTURE:
        return Picture(_square(), _WIDTHS.get(name, 78.0))
    if each.form is Form.LIST:
        line = {
            member: Picture(_square(), 100.0) if member == "图" else f"{title.zh}（示例）"
            for member, title in each.members.items()
        }
        return [line, line]
    return each.example


@lru_cache(maxsize=1)
def _square() -> bytes:
    image = Image.new("RGB", (360, 270), (238, 238, 234))
    draw = ImageDraw.Draw(image)
    draw.polygon([(120, 80), (250, 70), (260, 190), (130, 200)], outline=(194, 24, 143), width=4)
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()
