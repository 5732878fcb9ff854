"""A range of days as addresses write it: ``2023-01-01..2023-12-31``, open at either end, one day, or ``all``. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from layers.errors import QueryRefused

__all__ = ["ALL", "Days"]


@dataclass(frozen=True)
class Days:
    """From the first day to the last, both included."""

    first: date
    last: date

    @classmethod
    def parse(cls, text: str) -> Days:
        """The range that is written. Raises QueryRefused, saying how one is written."""
        try:
            if text == "all":
                return ALL
            begins, dots, ends = text.partition("..")
            if not dots:
                ends = begins
            if begins == "" == ends:
                raise ValueError(text)
            first = date.fromisoformat(begins) if begins else date.min
            last = date.fromisoformat(ends) if ends else date.max
            if first > last:
                raise ValueError(text)
        except ValueError as error:
            raise QueryRefused(
                reason_zh=f"日期范围“{text}”无法识别。请写成 2023-01-01..2023-12-31、2023-01-01..、..2023-12-31、一天或 all。",
                reason_en=f"“{text}” is no range of days. Write 2023-01-01..2023-12-31, 2023-01-01.., "
                "..2023-12-31, one day, or all.",
            ) from error
        return cls(first, last)

    def __str__(self) -> str:
        begins = "" if self.first == date.min else self.first.isoformat()
        ends = "" if self.last == date.max else self.last.isoformat()
        if begins == "" == ends:
            return "all"
        return begins if begins == ends else f"{begins}..{ends}"


ALL = Days(date.min, date.max)
