"""A document as Word (ISO/IEC 29500)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from layers.printing.document import Block, Document, Heading, Note, Paragraph, Pictures, Table
from layers.printing.pdf import drawings_as_png
from layers.printing.plain import printable
from layers.printing.typefaces import WORD_CHINESE, WORD_LATIN

__all__ = ["as_word"]

_WIDTH_MM = 170.0
_SVG = "image/svg+xml"
_RED, _GREY = RGBColor(0xB0, 0x26, 0x1E), RGBColor(0x5A, 0x66, 0x75)


def as_word(document: Document) -> bytes:
    """A .docx of A4 pages. Raises TypefaceMissing where a drawing must be painted without a Chinese typeface."""
    document, word = printable(document), docx.Document()
    _lay_out(word)
    word.core_properties.title, word.core_properties.author = document.title, "城图 Chengtu"
    title = word.add_heading(document.title, 0)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for line in document.lines:
        word.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.CENTER
    if document.notice:
        _small(word.add_paragraph(), document.notice, _RED).alignment = WD_ALIGN_PARAGRAPH.CENTER
        _small(word.sections[0].footer.paragraphs[0], document.notice, _RED)
    drawings = {name: each.content for name, each in document.files.items() if each.media_type == _SVG}
    shown = {name: each.content for name, each in document.files.items()} | drawings_as_png(drawings)
    for block in document.blocks:
        _block(word, block, document, shown)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _block(word: Any, block: Block, document: Document, shown: Mapping[str, bytes]) -> None:
    match block:
        case Heading():
            word.add_heading(block.text, 1)
        case Paragraph():
            for part in block.parts:
                paragraph = word.add_paragraph(part)
                if document.language.startswith("zh"):
                    paragraph.paragraph_format.first_line_indent = Pt(21)
        case Note():
            _small(word.add_paragraph(), block.text, _GREY)
        case Table():
            _table(word, block)
        case Pictures():
            _pictures(word, block, shown)


def _pictures(word: Any, block: Pictures, shown: Mapping[str, bytes]) -> None:
    table = word.add_table(rows=1, cols=len(block.pictures))
    width = _WIDTH_MM / len(block.pictures)
    for cell, picture in zip(table.rows[0].cells, block.pictures, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.add_run().add_picture(io.BytesIO(shown[picture.name]), width=Mm(width - 4))
        caption = _small(cell.add_paragraph(), picture.caption, _GREY)
        caption.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _small(paragraph: Any, text: str, colour: RGBColor) -> Any:
    run = paragraph.add_run(text)
    run.font.size, run.font.color.rgb = Pt(9), colour
    return paragraph


def _lay_out(word: Any) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(18)
    for name, size in (("Normal", 10.5), ("Title", 20), ("Heading 1", 14)):
        style = word.styles[name]
        style.font.name, style.font.size = WORD_LATIN, Pt(size)
        if name != "Normal":
            style.font.color.rgb = _RED
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme"):
            fonts.attrib.pop(qn(theme), None)
        fonts.set(qn("w:eastAsia"), WORD_CHINESE)


def _table(word: Any, block: Table) -> None:
    table = word.add_table(rows=1, cols=len(block.headings), style="Table Grid")
    _fill(table.rows[0], block.headings, block.numeric, bold=True)
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row in block.rows:
        _fill(table.add_row(), row, block.numeric)
    word.add_paragraph()


def _fill(row: Any, texts: tuple[str, ...], numeric: frozenset[int], *, bold: bool = False) -> None:
    for column, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        paragraph = cell.paragraphs[0]
        run = paragraph.add_run(text)
        run.bold, run.font.size = bold, Pt(9)
        if column in numeric:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
