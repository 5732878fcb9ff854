"""A Word file as plain blocks to be set as a page: paragraphs, tables and pictures as they are formatted. Pure.

What a block says is what Word would show: direct formatting first, then the styles, then the document's defaults
(ISO/IEC 29500, 17.7.2). Lengths are points. What cannot be said in blocks is refused when a template comes in
(``template.py``): text boxes, floating pictures, formulas, automatic numbers.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import docx
from docx.oxml.ns import qn
from docx.section import Section

__all__ = ["Block", "Paper", "read"]

_TWIPS, _EMU = 20, 12_700
_ALIGN = {
    "center": "center", "right": "right", "end": "right", "both": "justify", "distribute": "justify", "left": "left",
    "start": "left",
}  # fmt: skip
_SIZE = 10.5  # points, where nothing says
_LINE = 1.3  # of the size: what a line of Chinese takes

Block = dict[str, Any]


@dataclass
class Paper:
    """The page and what stands on it; ``pictures``: files by the names that the blocks use."""

    page: dict[str, float]
    body: list[Block]
    header: list[Block]
    footer: list[Block]
    pictures: dict[str, bytes] = field(default_factory=dict)

    def said(self) -> dict[str, Any]:
        """Without the pictures: plain JSON."""
        return {"page": self.page, "body": self.body, "header": self.header, "footer": self.footer}


def read(content: bytes) -> Paper:
    """The blocks of a Word file: the page of its first section."""
    document = docx.Document(io.BytesIO(content))
    reader = _Reader(document)
    section = document.sections[0]
    body = list(reader.blocks(document.element.body, document.part))
    header = (
        list(reader.blocks(section.header._element, section.header.part))
        if not section.header.is_linked_to_previous
        else []
    )
    footer = (
        list(reader.blocks(section.footer._element, section.footer.part))
        if not section.footer.is_linked_to_previous
        else []
    )
    return Paper(_page(section), body, header, footer, reader.pictures)


def _page(section: Section) -> dict[str, float]:
    lengths = {
        "width": section.page_width, "height": section.page_height, "top": section.top_margin,
        "bottom": section.bottom_margin, "left": section.left_margin, "right": section.right_margin,
        "header": section.header_distance, "footer": section.footer_distance,
    }  # fmt: skip
    return {name: round((value or 0) / _EMU, 2) for name, value in lengths.items()}


class _Reader:
    """Walks the elements of one document; ``pictures`` fills as they are met."""

    def __init__(self, document: Any) -> None:
        self.pictures: dict[str, bytes] = {}
        styles = document.styles.element
        self._styles = {each.get(qn("w:styleId")): each for each in styles.findall(qn("w:style"))}
        self._default = next(
            (
                each
                for each in self._styles.values()
                if each.get(qn("w:type")) == "paragraph" and each.get(qn("w:default"))
            ),
            None,
        )
        self._defaults = styles.find(qn("w:docDefaults"))

    def blocks(self, parent: Any, part: Any) -> Iterator[Block]:
        for child in parent:
            if child.tag == qn("w:p"):
                yield self._paragraph(child, part)
            elif child.tag == qn("w:tbl"):
                yield self._table(child, part)
            elif child.tag == qn("w:sdt") and (inside := child.find(qn("w:sdtContent"))) is not None:
                yield from self.blocks(inside, part)

    def _paragraph(self, p: Any, part: Any) -> Block:
        chain = self._chain(p.find(qn("w:pPr")), "w:pStyle")
        pieces = list(self._pieces(p, part, chain))
        size = max((each["size"] for each in pieces if "size" in each), default=self._size([*chain]))
        block: Block = {"kind": "paragraph", "pieces": pieces, "size": size}
        block["align"] = _ALIGN.get(_value(self._find(chain, "w:jc")) or "", "left")
        indent, spacing = _merged(chain, "w:ind"), _merged(chain, "w:spacing")
        block["first"] = _indent(indent, "firstLine", size) - _indent(indent, "hanging", size)
        block["left"] = _indent(indent, "left", size) or _indent(indent, "start", size)
        block["right"] = _indent(indent, "right", size) or _indent(indent, "end", size)
        block["before"], block["after"] = _twips(spacing.get("before")), _twips(spacing.get("after"))
        line = float(spacing.get("line", 240))
        exact = spacing.get("lineRule", "auto") in {"exact", "atLeast"}
        block["line"] = line / _TWIPS if exact else max(1.0, line / 240) * _LINE * size
        block["sticky"] = _on(self._find(chain, "w:keepNext"))
        block["break"] = _on(self._find(chain, "w:pageBreakBefore"))
        block["rule"] = self._rule(chain)
        return block

    def _rule(self, chain: list[Any]) -> dict[str, Any] | None:
        """A line below the paragraph, as below the name of the bureau."""
        border = self._find(chain, "w:pBdr")
        below = border.find(qn("w:bottom")) if border is not None else None
        if below is None or below.get(qn("w:val")) in {None, "nil", "none"}:
            return None
        return {"width": float(below.get(qn("w:sz"), 4)) / 8, "colour": _colour(below.get(qn("w:color")))}

    def _pieces(self, p: Any, part: Any, chain: list[Any]) -> Iterator[dict[str, Any]]:
        """Texts, pictures, breaks and page numbers in the order of reading."""
        state = _FieldState()
        for run in p.iter(qn("w:r"), qn("w:fldSimple")):
            if run.tag == qn("w:fldSimple"):
                if number := _number(run.get(qn("w:instr")) or ""):
                    state.skip.update(run.iter(qn("w:r")))
                    yield {"kind": number}
                continue
            if run not in state.skip:
                yield from self._run(run, part, chain, state)

    def _run(self, run: Any, part: Any, chain: list[Any], state: _FieldState) -> Iterator[dict[str, Any]]:
        own = self._chain(run.find(qn("w:rPr")), "w:rStyle", kind="w:rPr")
        look = self._look([*own, *self._run_chain(chain)])
        for child in run:
            if child.tag == qn("w:fldChar"):
                yield from state.turn(child.get(qn("w:fldCharType")), look)
            elif child.tag == qn("w:instrText"):
                state.code += child.text or ""
            elif state.hidden:
                continue
            elif child.tag == qn("w:t"):
                if child.text:
                    yield {"kind": "text", "text": child.text, **look}
            elif child.tag == qn("w:tab"):
                yield {"kind": "tab", **look}
            elif child.tag in {qn("w:br"), qn("w:cr")}:
                yield {"kind": "page" if child.get(qn("w:type")) == "page" else "line"}
            elif child.tag == qn("w:drawing"):
                yield from self._drawing(child, part)

    def _drawing(self, drawing: Any, part: Any) -> Iterator[dict[str, Any]]:
        for inline in drawing.iter(qn("wp:inline")):
            extent, blip = inline.find(qn("wp:extent")), next(inline.iter(qn("a:blip")), None)
            if extent is None or blip is None or (key := blip.get(qn("r:embed"))) is None:
                continue
            image = part.related_parts[key]
            name = f"p{len(self.pictures) + 1}.{image.partname.ext}"
            self.pictures[name] = image.blob
            yield {
                "kind": "picture", "name": name, "width": int(extent.get("cx")) / _EMU, "height": int(extent.get("cy")) / _EMU,
            }  # fmt: skip

    def _table(self, table: Any, part: Any) -> Block:
        columns = [_twips(each.get(qn("w:w"))) for each in table.find(qn("w:tblGrid"))]
        style = _value(table.find(f"{qn('w:tblPr')}/{qn('w:tblStyle')}"))
        own = table.find(f"{qn('w:tblPr')}/{qn('w:tblBorders')}")
        lined = style in {"TableGrid", "a3", "aa"} or (own is not None and any(_drawn(each) for each in own))
        rows = []
        for row in table.findall(qn("w:tr")):  # those of a table in a cell are its own
            height = row.find(f"{qn('w:trPr')}/{qn('w:trHeight')}")
            cells, column = [], 0
            for cell in row.findall(qn("w:tc")):
                props = cell.find(qn("w:tcPr"))
                span = int(_value(_sub(props, "w:gridSpan")) or 1)
                merge = _sub(props, "w:vMerge")
                cells.append({
                    "column": column, "span": span, "rows": 1,
                    "joins": merge is not None and merge.get(qn("w:val"), "continue") == "continue",
                    "middle": _value(_sub(props, "w:vAlign")) == "center", "blocks": list(self.blocks(cell, part)),
                })  # fmt: skip
                column += span
            rows.append(
                {"height": 0.0 if height is None else _twips(height.get(qn("w:val"))), "cells": cells}
            )
        _join(rows)
        centred = _value(table.find(f"{qn('w:tblPr')}/{qn('w:jc')}")) == "center"
        return {"kind": "table", "columns": columns, "rows": rows, "lined": lined, "centred": centred}

    def _chain(self, own: Any, by: str, *, kind: str = "w:pPr") -> list[Any]:
        """Property elements, the nearest first: direct, then the styles it is based on, then the defaults."""
        found = [] if own is None else [own]
        named = _value(_sub(own, by))
        style = self._styles.get(named) if named else (self._default if by == "w:pStyle" else None)
        seen = set()
        while style is not None and id(style) not in seen:
            seen.add(id(style))
            found.append(_Of(style))
            style = self._styles.get(_value(style.find(qn("w:basedOn"))))
        if by == "w:pStyle" and self._defaults is not None:
            found += [_Of(each) for each in self._defaults]
        return found

    @staticmethod
    def _run_chain(chain: Iterable[Any]) -> list[Any]:
        return [each for each in chain if isinstance(each, _Of)]

    def _find(self, chain: list[Any], name: str) -> Any:
        return next(
            (found for each in chain if (found := _sub(_props(each, "w:pPr"), name)) is not None), None
        )

    def _run_find(self, chain: list[Any], name: str) -> Any:
        return next(
            (found for each in chain if (found := _sub(_props(each, "w:rPr"), name)) is not None), None
        )

    def _size(self, chain: list[Any]) -> float:
        value = _value(self._run_find(self._run_chain(chain), "w:sz"))
        return float(value) / 2 if value else _SIZE

    def _look(self, chain: list[Any]) -> dict[str, Any]:
        size, fonts = _value(self._run_find(chain, "w:sz")), {}
        for each in reversed(chain):
            if (named := _sub(_props(each, "w:rPr"), "w:rFonts")) is not None:
                fonts.update({key.rpartition("}")[2]: value for key, value in named.items()})
        under = _value(self._run_find(chain, "w:u"))
        return {
            "size": float(size) / 2 if size else _SIZE,
            "font": fonts.get("eastAsia") or fonts.get("ascii") or "",
            "bold": _on(self._run_find(chain, "w:b")),
            "italic": _on(self._run_find(chain, "w:i")),
            "under": under not in {None, "none"},
            "colour": _colour(_value(self._run_find(chain, "w:color"))),
        }


@dataclass(frozen=True)
class _Of:
    """A style or a default: properties of paragraphs and of text stand inside it."""

    element: Any


@dataclass
class _FieldState:
    """Where a complex field stands: its code is hidden, its result is shown, a page number is computed."""

    hidden: bool = False
    code: str = ""
    skip: set[Any] = field(default_factory=set)

    def turn(self, kind: str | None, look: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if kind == "begin":
            self.hidden, self.code = True, ""
        elif kind == "separate":
            self.hidden = bool(_number(self.code))
            if self.hidden:
                yield {"kind": _number(self.code), **look}
                self.code = "shown"
        elif kind == "end":
            if self.hidden and (number := _number(self.code)):
                yield {"kind": number, **look}
            self.hidden = False


def _number(code: str) -> str | None:
    words = code.split()
    return {"PAGE": "number", "NUMPAGES": "numbers"}.get(words[0].upper()) if words else None


def _join(rows: list[dict[str, Any]]) -> None:
    """Turn cells that go on from the row above into one cell of several rows."""
    above: dict[int, dict[str, Any]] = {}
    for row in rows:
        kept = []
        for cell in row["cells"]:
            start = above.get(cell["column"])
            if cell.pop("joins") and start is not None:
                start["rows"] += 1
                continue
            above[cell["column"]] = cell
            kept.append(cell)
        row["cells"] = kept


def _props(each: Any, kind: str) -> Any:
    if isinstance(each, _Of):
        return each.element.find(qn(kind))
    return each if each.tag == qn(kind) else None


def _sub(parent: Any, name: str) -> Any:
    return None if parent is None else parent.find(qn(name))


def _value(element: Any) -> str | None:
    return None if element is None else element.get(qn("w:val"))


def _on(element: Any) -> bool:
    return element is not None and element.get(qn("w:val"), "true") not in {"0", "false", "off"}


def _merged(chain: list[Any], name: str) -> dict[str, str]:
    """The attributes of an element, each from the nearest that says it."""
    said: dict[str, str] = {}
    for each in reversed(chain):
        found = _sub(_props(each, "w:pPr"), name)
        if found is not None:
            said.update({key.rpartition("}")[2]: value for key, value in found.items()})
    return said


def _indent(said: dict[str, str], name: str, size: float) -> float:
    """In points; a count of characters goes before a length."""
    if chars := said.get(f"{name}Chars"):
        return float(chars) / 100 * size
    return _twips(said.get(name))


def _twips(value: str | None) -> float:
    return float(value) / _TWIPS if value else 0.0


def _colour(value: str | None) -> str:
    return f"#{value.lower()}" if value and len(value) == 6 and value != "auto" else "#000000"


def _drawn(border: Any) -> bool:
    return border.get(qn("w:val")) not in {None, "nil", "none"}
