"""Shapes that several nouns use."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

__all__ = ["Day", "GeoJSON", "Given", "Problem", "Shape", "TextPair"]

GeoJSON = dict[str, Any]


def _no_number(given: Any) -> Any:
    """Figures would be seconds since 1970."""
    if isinstance(given, (int, float)) or (isinstance(given, str) and "-" not in given):
        raise ValueError("Input should be a day as 2026-11-26")
    return given


Day = Annotated[date, BeforeValidator(_no_number)]
"""A day that comes in (ISO 8601, extended form)."""


class Shape(BaseModel):
    """Base of every shape: built from attributes, unknown input refused."""

    model_config = ConfigDict(from_attributes=True, extra="forbid")


class Given(Shape):
    """Base of what comes in: true and false are not taken for the numbers 1 and 0."""

    @model_validator(mode="before")
    @classmethod
    def _no_flags(cls, given: Any) -> Any:
        for name, value in given.items() if isinstance(given, dict) else ():
            known = cls.model_fields.get(name)
            if isinstance(value, bool) and known is not None and bool not in _members(known.annotation):
                raise ValueError(f"{name} should not be true or false")
        return given


def _members(annotation: Any) -> set[Any]:
    return {annotation, *get_args(annotation)}


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
