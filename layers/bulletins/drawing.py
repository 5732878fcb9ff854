"""SVG by hand: the few shapes that charts and maps are made of. Pure; units are those of the drawing."""

from __future__ import annotations

from html import escape

from layers.printing.typefaces import css

__all__ = ["GREY", "INK", "LINE", "RED", "circle", "line", "rect", "svg", "text"]

RED, INK, GREY, LINE = "#c62828", "#18202b", "#5a6675", "#d9dee4"


def svg(width: float, height: float, shapes: list[str], title: str) -> bytes:
    """The file, UTF-8."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" '
        f'font-family="{css()}"><title>{escape(title)}</title>'
        f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>\n' + "\n".join(shapes) + "\n</svg>\n"
    ).encode()


def text(
    x: float,
    y: float,
    words: str,
    *,
    size: float = 13,
    anchor: str = "start",
    colour: str = INK,
    bold: bool = False,
) -> str:
    """Words; ``y`` is the line they stand on."""
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}" fill="{colour}"{weight}>'
        f"{escape(words)}</text>"
    )


def rect(x: float, y: float, width: float, height: float, style: str) -> str:
    """A rectangle; ``style``: attributes."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" {style}/>'
    )


def line(
    x1: float, y1: float, x2: float, y2: float, colour: str = LINE, width: float = 1, dash: str = ""
) -> str:
    """A straight line."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width:g}"{dashed}/>'


def circle(x: float, y: float, radius: float, style: str) -> str:
    """A circle; ``style``: attributes."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" {style}/>'
