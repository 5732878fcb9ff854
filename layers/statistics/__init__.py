"""Figures counted from rows."""

from layers.statistics.control import of_period
from layers.statistics.figure import Figure
from layers.statistics.half_year import half_year

__all__ = ["Figure", "half_year", "of_period"]
