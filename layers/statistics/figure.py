"""A figure: a value with its words, both terms of a share, and the list it counts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from layers.layer import Text

__all__ = ["Figure", "plain", "share"]


@dataclass(frozen=True)
class Figure:
    """One figure. A share has ``numerator`` (the value), ``denominator`` and ``rate`` in [0, 1].

    ``layer`` and ``filter`` (CQL2 text) open the features it counts at ``/ogc/collections/{layer}/items``; a figure
    without a filter has a list of its own.
    """

    id: str
    title: Text
    value: Decimal | int
    unit: Text
    numerator: Decimal | int | None = None
    denominator: Decimal | int | None = None
    rate: Decimal | None = None
    note: Text | None = None
    layer: str | None = None
    filter: str | None = None

    @property
    def rate_text(self) -> str | None:
        """The rate as it is printed: ``99.94 %``."""
        return None if self.rate is None else f"{self.rate * 100:.2f} %"


def share(value: Decimal | int, denominator: Decimal | int) -> Decimal | None:
    """The quotient in [0, 1]; None of nothing."""
    return Decimal(value) / Decimal(denominator) if denominator else None


def plain(value: Decimal) -> Decimal | int:
    """A whole number without decimals, any other without trailing zeros."""
    return int(value) if value == value.to_integral_value() else value.normalize()
