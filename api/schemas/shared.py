"""Shapes that several nouns use."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

__all__ = ["Amount", "Day", "GeoJSON", "Problem", "Shape", "TextPair", "Whole"]

GeoJSON = dict[str, Any]


def _no_number(given: Any) -> Any:
    """Figures would be seconds since 1970."""
    if isinstance(given, (int, float)) or (isinstance(given, str) and "-" not in given):
        raise ValueError("Input should be a day as 2026-11-26")
    return given


def _no_flag(given: Any) -> Any:
    """True and false would be 1 and 0."""
    if isinstance(given, bool):
        raise ValueError("Input should be a number")
    return given


Day = Annotated[date, BeforeValidator(_no_number)]
"""A day that comes in (ISO 8601, extended form)."""
Whole = Annotated[int, BeforeValidator(_no_flag)]
Amount = Annotated[float, BeforeValidator(_no_flag)]
"""Numbers that come in."""


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
