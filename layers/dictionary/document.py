"""The data dictionary as a Word document: a chapter a group, a table a layer."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from layers.dictionary.told import HEADINGS, Told

__all__ = ["as_document"]

_FONT, _CHINESE_FONT = "Calibri", "宋体"
_WIDTHS_MM = (38, 36, 22, 16, 40, 105)
_PAGE_MM = (297, 210)  # A4 lying


def as_document(layers: Sequence[Told], *, zh: bool = True, synthetic: bool = False) -> bytes:
    """A .docx file (ISO/IEC 29500) of the layers; ``synthetic``: the title says that the data are made up."""
    document = docx.Document()
    _lay_out(document)
    document.core_properties.title = title = (
        "城市管理图层数据字典" if zh else "Data dictionary of the urban-management layers"
    )
    document.core_properties.author = "城图 Chengtu"
    document.add_heading(title, 0)
    if synthetic:
        document.add_paragraph("演示系统：数据均为合成。" if zh else "Demonstration: all data are synthetic.")
    for group, members in groupby(layers, key=lambda each: each.group):
        document.add_heading(group, 1)
        for each in members:
            document.add_heading(f"{each.title}（{each.id}）" if zh else f"{each.title} ({each.id})", 2)
            document.add_paragraph(
                f"{each.description}（{each.geometry}）" if zh else f"{each.description} ({each.geometry})"
            )
            _table(document, each, zh)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _lay_out(document: Any) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = (Mm(each) for each in _PAGE_MM)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(18)
    for name, size in (("Normal", 10.5), ("Title", 22), ("Heading 1", 16), ("Heading 2", 13)):
        style = document.styles[name]
        style.font.name, style.font.size = _FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme"):
            fonts.attrib.pop(qn(theme), None)
        fonts.set(qn("w:eastAsia"), _CHINESE_FONT)


def _table(document: Any, layer: Told, zh: bool) -> None:
    table = document.add_table(rows=1, cols=len(HEADINGS), style="Table Grid")
    table.autofit = False
    _fill(table.rows[0], [each.zh if zh else each.en for each in HEADINGS], bold=True)
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for line in layer.lines:
        _fill(table.add_row(), line.cells())


def _fill(row: Any, texts: Sequence[str], *, bold: bool = False) -> None:
    for cell, text, width in zip(row.cells, texts, _WIDTHS_MM, strict=True):
        cell.width = Mm(width)
        run = cell.paragraphs[0].add_run(text)
        run.bold, run.font.size = bold, Pt(9)
