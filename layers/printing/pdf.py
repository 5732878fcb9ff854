"""A document as PDF, and drawings as pictures for Word, which shows no SVG; both set by Typst."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from layers.printing.document import Block, Document, Heading, Note, Paragraph, Pictures, Table
from layers.printing.typefaces import FAMILIES, TypefaceMissing, installed
from layers.printing.typesetting import typeset

__all__ = ["as_pdf", "drawings_as_png"]

_PAGE = Path(__file__).parent / "page.typ"
_DRAWINGS = """#set page(width: 180mm, height: auto, margin: 0pt)
#for each in json("data.json").files { image(each, width: 100%); pagebreak(weak: true) }
"""
_SUFFIXES = {"image/svg+xml": ".svg", "image/jpeg": ".jpg", "image/png": ".png"}


def as_pdf(document: Document) -> bytes:
    """A PDF of A4 pages with its typefaces inside. Raises TypefaceMissing."""
    names = {
        name: f"{number}{_SUFFIXES[file.media_type]}"
        for number, (name, file) in enumerate(document.files.items())
    }
    chinese = document.language.startswith("zh")
    told = {
        "title": document.title,
        "lines": document.lines,
        "notice": document.notice,
        "lang": document.language[:2],
        "region": "cn" if chinese else "gb",
        "chinese": chinese,
        "fonts": _families(),
        "blocks": [_block(each, names) for each in document.blocks],
    }
    files = {names[name]: file.content for name, file in document.files.items()}
    return typeset(_PAGE.read_text(encoding="utf-8"), told, files, installed()[0])[0]


def drawings_as_png(drawings: Mapping[str, bytes]) -> dict[str, bytes]:
    """SVG drawings by name as PNG, 180 mm wide at 200 dots an inch. Raises TypefaceMissing."""
    if not drawings:
        return {}
    _families()
    files = {f"{number}.svg": each for number, each in enumerate(drawings.values())}
    pages = typeset(_DRAWINGS, {"files": list(files)}, files, installed()[0], "png")
    return dict(zip(drawings, pages, strict=True))


def _families() -> list[str]:
    """The typefaces that are here, the best first. Raises TypefaceMissing."""
    known = installed()[1]
    there = [each for each in FAMILIES if each in known]
    if not there:
        installed.cache_clear()  # one that is installed meanwhile is found without a restart
        raise TypefaceMissing
    return there


def _block(block: Block, names: Mapping[str, str]) -> dict[str, Any]:
    match block:
        case Heading() | Note():
            return {"kind": type(block).__name__.lower(), **asdict(block)}
        case Paragraph():
            return {"kind": "paragraph", "parts": block.parts}
        case Table():
            return _table(block)
        case Pictures():
            shown = [{"file": names[each.name], "caption": each.caption} for each in block.pictures]
            return {"kind": "pictures", "pictures": shown}


def _table(table: Table) -> dict[str, Any]:
    rows = [
        [{"text": text, "link": table.links.get((row, column))} for column, text in enumerate(texts)]
        for row, texts in enumerate(table.rows)
    ]
    widths = [
        min(24, max(6, *(_width(each) for each in column)))
        for column in zip(table.headings, *table.rows, strict=True)
    ]
    return {
        "kind": "table",
        "headings": table.headings,
        "rows": rows,
        "numeric": sorted(table.numeric),
        "widths": widths,
    }


def _width(text: str) -> int:
    """About how wide: a Chinese letter counts two."""
    return sum(2 if ord(each) > 0x2E7F else 1 for each in text)
