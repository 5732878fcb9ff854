"""Figures counted from rows."""

from layers.statistics.half_year import Figure, half_year

__all__ = ["Figure", "half_year"]
