"""Shapes that several nouns use."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

__all__ = ["GeoJSON", "Problem", "Shape", "TextPair"]

GeoJSON = dict[str, Any]


class Shape(BaseModel):
    """Base of every shape: built from attributes, unknown input refused."""

    model_config = ConfigDict(from_attributes=True, extra="forbid")


class TextPair(Shape):
    """One text in both languages."""

    zh: str
    en: str


class Problem(Shape):
    """An error for a person (RFC 9457 with both languages); ``id`` is what to quote to the operator."""

    type: str = "about:blank"
    status: int
    code: str
    title_zh: str
    title_en: str
    id: str
