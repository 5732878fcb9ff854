"""Years of days off."""

from __future__ import annotations

from api.schemas.shared import Shape

__all__ = ["HolidaysOut", "LoadedOut", "YearOut"]


class YearOut(Shape):
    """One year: how many days off and make-up working days, and the notices that they come from."""

    year: int
    holidays: int
    workdays: int
    source: str


class HolidaysOut(Shape):
    """The years that are known."""

    years: list[YearOut]


class LoadedOut(Shape):
    """The years that were loaded, and how many periods were counted again."""

    years: list[int]
    counted_again: int
