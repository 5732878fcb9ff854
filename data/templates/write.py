"""Writes the templates of documents that come with the software: layers/documents/standard/<kind>.docx.

    .venv/bin/python -m data.templates.write

The wording is ours, in the manner of such documents; a bureau's lawyer should read it before it is used. Page and type
after GB/T 9704-2012: A4, margins 37/35/28/26 mm, title 2号, body 3号仿宋, 28 pt a line.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docx
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from data.templates import texts
from layers.documents.filled import undated
from layers.documents.kinds import Kind

TARGET = Path(__file__).resolve().parents[2] / "layers" / "documents" / "standard"
FANG, SONG, HEI, TITLE = "仿宋_GB2312", "宋体", "黑体", "方正小标宋简体"
BODY_PT, LINE_PT, TABLE_PT = 16, 28, 12
RED = RGBColor(0xC0, 0x00, 0x00)


def main() -> None:
    """Write all of them."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for kind in Kind:
        (TARGET / f"{kind.value}.docx").write_bytes(template(kind))


def template(kind: Kind) -> bytes:
    """One template."""
    paper = _Paper()
    written = texts.LETTERS.get(kind)
    if written is not None:
        paper.letter(written)
    else:
        paper.form(texts.FORMS[kind])
    return paper.bytes()


class _Paper:
    def __init__(self) -> None:
        self.document = docx.Document()
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(25)
        style = self.document.styles["Normal"]
        _font(style, FANG, BODY_PT)
        style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        style.paragraph_format.line_spacing = Pt(LINE_PT)
        style.paragraph_format.space_after = Pt(0)
        self._page_number(section)

    def letter(self, written: texts.Letter) -> None:
        """A document to a party: bureau, line, title, number, body, signature, receipt."""
        self._head()
        self._title(written.title)
        self._line("{{ 文号 }}", align="center", after=12)
        for each in written.body:
            self._flow(each)
        self.document.paragraphs[-1].paragraph_format.keep_with_next = True  # a signature never stands alone
        self._signature()
        for each in written.after:
            self._flow(each)

    def form(self, written: texts.Form) -> None:
        """A form on one page: title, number, a table, what follows it."""
        section = self.document.sections[0]
        section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
            Mm(25),
            Mm(24),
            Mm(27),
            Mm(27),
        )
        section.footer_distance = Mm(14)
        self._line("{{ 单位 }}", font=SONG, size=16, align="center")
        self._title(written.title)
        self._line("{{ 文号 }}", size=12, align="right", after=4)
        rows = written.rows
        columns = sum(span for _, span in rows[0])
        table = self.document.add_table(rows=0, cols=columns, style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        for cells in rows:
            self._row(table, cells, written.heights.get(cells[0][0], 9))
        for each in written.after:
            self._flow(each, size=12)

    def bytes(self) -> bytes:
        properties = self.document.core_properties
        properties.author, properties.title, properties.comments = "城图 Chengtu", "", ""
        out = io.BytesIO()
        self.document.save(out)
        return undated(out.getvalue())

    def _head(self) -> None:
        line = self._line("{{ 单位 }}", font=TITLE, size=26, align="center", colour=RED, after=6, exact=40)
        border = OxmlElement("w:pBdr")
        below = OxmlElement("w:bottom")
        for name, value in (("val", "single"), ("sz", "18"), ("space", "4"), ("color", "C00000")):
            below.set(qn(f"w:{name}"), value)
        border.append(below)
        line._p.get_or_add_pPr().append(border)

    def _title(self, title: str) -> None:
        self._line(title, font=TITLE, size=22, align="center", before=14, after=10, exact=36)

    def _flow(self, text: str, size: float = BODY_PT) -> None:
        """A paragraph; a mark in front says what kind: see ``texts.py``."""
        if text.startswith("!"):
            self._line(text[1:], size=size)
        elif text.startswith("@"):
            picture = "图" in text or "影像" in text
            self._line(text[1:], size=size, align="center", single=picture, keep=picture)
        elif text.startswith((">", "+")):
            self._line(text[1:], size=size, keep=text.startswith("+"))
        else:
            self._line(text, size=size, indent=True)

    def _signature(self) -> None:
        self._line("", keep=True)
        for each in ("{{ 单位 }}（印章）", "{{ 成文日期 }}"):
            line = self._line(each, align="right", keep="印章" in each)
            line.paragraph_format.right_indent = Pt(BODY_PT * 2)

    def _line(
        self, text: str, *, font: str = FANG, size: float = BODY_PT, align: str = "left", before: float = 0, after: float = 0,
        indent: bool = False, colour: RGBColor | None = None, exact: float | None = None, single: bool = False, keep: bool = False,
    ) -> Any:  # fmt: skip
        return _write(self.document.add_paragraph(), text, font=font, size=size, align=align, before=before, after=after,
                      indent=indent, colour=colour, exact=exact, single=single, keep=keep)  # fmt: skip

    def _row(self, table: Any, cells: Sequence[tuple[str, int]], height_mm: float) -> None:
        row = table.add_row()
        row.height_rule, row.height = WD_ROW_HEIGHT_RULE.AT_LEAST, Mm(height_mm)
        at, width = 0, Mm(156) // len(table.columns)
        for text, span in cells:
            cell = row.cells[at]
            if span > 1:
                cell = cell.merge(row.cells[at + span - 1])
            cell.width = width * span
            at += span
            label = span == 1 and "{{" not in text
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            lines = text.split("\n")
            for number, each in enumerate(lines):
                line = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
                bare = each.startswith("@")
                _write(
                    line,
                    each.removeprefix("@"),
                    font=SONG,
                    size=TABLE_PT,
                    align="center" if label or bare else "left",
                    single=True,
                )

    def _page_number(self, section: Any) -> None:
        line = section.footer.paragraphs[0]
        _write(line, "— ", font=SONG, size=14, align="center", single=True)
        for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
            run = line.add_run()
            _font(run, SONG, 14)
            if kind is not None:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
            else:
                mark = OxmlElement("w:instrText")
                mark.text = text
            run._r.append(mark)
        _font(line.add_run(" —"), SONG, 14)


def _write(
    line: Any, text: str, *, font: str, size: float, align: str = "left", before: float = 0, after: float = 0,
    indent: bool = False, colour: RGBColor | None = None, exact: float | None = None, single: bool = False, keep: bool = False,
) -> Any:  # fmt: skip
    look = line.paragraph_format
    look.alignment = {
        "left": WD_ALIGN_PARAGRAPH.JUSTIFY if indent else WD_ALIGN_PARAGRAPH.LEFT,
        "center": WD_ALIGN_PARAGRAPH.CENTER,
        "right": WD_ALIGN_PARAGRAPH.RIGHT,
    }[align]
    look.space_before, look.space_after, look.keep_with_next = Pt(before), Pt(after), keep or None
    if exact:
        look.line_spacing_rule, look.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(exact)
    if single:
        look.line_spacing_rule = WD_LINE_SPACING.SINGLE
    if indent:
        look.first_line_indent = Pt(size * 2)
    if text:
        run = line.add_run(text)
        _font(run, font, size)
        if colour is not None:
            run.font.color.rgb = colour
    return line


def _font(style: Any, font: str, size: float) -> None:
    style.font.name, style.font.size = "Times New Roman", Pt(size)
    fonts = style._element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)
    fonts.set(qn("w:eastAsia"), font)


if __name__ == "__main__":
    main()
