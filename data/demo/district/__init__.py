"""The demonstration district: every row synthetic, every total that of the bureau's half-year summary."""

from __future__ import annotations

from data.demo.district.make import Row, make

__all__ = ["Row", "make"]
