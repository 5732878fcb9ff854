"""The charts of a bulletin as SVG: bars by township, months beside those of last year. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from layers.bulletins.drawing import GREY, INK, LINE, RED, line, rect, svg, text

__all__ = ["by_month", "by_township", "nice_top"]

_WIDE = 1000.0
_MOST_ROWS = 12


def by_township(rows: Sequence[tuple[str, int, int]], title: str, legend: tuple[str, str]) -> bytes:
    """Two bars a township: (name, found, demolished), the first dozen. What is gone is outlined, so no colour is needed."""
    shown = rows[:_MOST_ROWS]
    top = nice_top(max((max(found, gone) for _, found, gone in shown), default=0))
    height = 70 + 34 * max(len(shown), 1)
    left, wide = 150.0, _WIDE - 150 - 70
    shapes = _legend(left, legend)
    for share in (0.0, 0.5, 1.0):
        x = left + wide * share
        shapes += [
            line(x, 44, x, height - 14),
            text(x, height - 1, f"{top * share:g}", size=12, anchor="middle", colour=GREY),
        ]
    for number, (name, found, gone) in enumerate(shown):
        y = 52 + 34 * number
        shapes += [
            text(left - 10, y + 17, name, size=15, anchor="end"),
            rect(left, y, wide * found / top, 11, f'fill="{RED}"'),
            text(left + wide * found / top + 6, y + 10, str(found), size=12),
            rect(left, y + 13, wide * gone / top, 10, f'fill="#ffffff" stroke="{RED}" stroke-width="1.5"'),
            text(left + wide * gone / top + 6, y + 23, str(gone), size=12),
        ]
    return svg(_WIDE, height + 8, shapes, title)


def by_month(rows: Sequence[tuple[str, int, int]], title: str, legend: tuple[str, str]) -> bytes:
    """Columns a month: (name, this year, the same month of last year)."""
    top = nice_top(max((max(now, then) for _, now, then in rows), default=0))
    height, low, high = 330.0, 285.0, 55.0
    left, wide = 60.0, _WIDE - 80
    shapes = _legend(left, legend)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = low - (low - high) * share
        shapes += [
            line(left, y, left + wide, y),
            text(left - 8, y + 5, f"{top * share:g}", size=12, anchor="end", colour=GREY),
        ]
    step = wide / max(len(rows), 1)
    bar = min(34.0, step * 0.34)
    for number, (name, now, then) in enumerate(rows):
        middle = left + step * (number + 0.5)
        tall, tall_then = ((low - high) * value / top for value in (now, then))
        shapes += [
            rect(
                middle - bar,
                low - tall_then,
                bar - 2,
                tall_then,
                f'fill="#ffffff" stroke="{GREY}" stroke-width="1.5"',
            ),
            text(middle - bar / 2 - 1, low - tall_then - 5, str(then), size=12, anchor="middle", colour=GREY),
            rect(middle + 1, low - tall, bar - 2, tall, f'fill="{RED}"'),
            text(middle + bar / 2, low - tall - 5, str(now), size=12, anchor="middle"),
            text(middle, low + 20, name, size=13, anchor="middle", colour=INK),
        ]
    return svg(_WIDE, height, [*shapes, line(left, low, left + wide, low, LINE, 1.5)], title)


def nice_top(most: int) -> int:
    """The end of an axis: 4, or a step of 1, 2 or 5 times a power of ten, by four, that is at least ``most``."""
    if most <= 4:
        return 4
    power = 10 ** math.floor(math.log10(most / 4))
    return next(int(step * power * 4) for step in (1, 2, 5, 10) if step * power * 4 >= most)


def _legend(left: float, legend: tuple[str, str]) -> list[str]:
    first, second = legend
    far = left + 34 + 15 * len(first) + 30
    return [
        rect(left, 12, 22, 12, f'fill="{RED}"'),
        text(left + 30, 23, first, size=13),
        rect(far, 12, 22, 12, f'fill="#ffffff" stroke="{GREY}" stroke-width="1.5"'),
        text(far + 30, 23, second, size=13),
    ]
