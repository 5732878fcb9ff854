"""The data dictionary as an Excel workbook: an overview, then a sheet a layer."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from layers.dictionary.told import HEADINGS, Told
from layers.layer import Text

__all__ = ["as_spreadsheet"]

_OVERVIEW = (
    Text("分类", "Group"),
    Text("图层", "Layer"),
    Text("名称", "Title"),
    Text("几何", "Geometry"),
    Text("字段数", "Fields"),
    Text("说明", "What it is"),
)
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")
_LONGEST_SHEET_NAME = 31


def as_spreadsheet(layers: Sequence[Told], *, zh: bool = True) -> bytes:
    """An .xlsx file (ISO/IEC 29500) of the layers."""
    book = openpyxl.Workbook()
    overview = book.active
    overview.title = "图层" if zh else "Layers"
    rows = [
        (each.group, each.id, each.title, each.geometry, len(each.lines), each.description) for each in layers
    ]
    _fill(overview, _said(_OVERVIEW, zh), rows, (16, 20, 20, 8, 8, 80))
    for each in layers:
        name = _NOT_IN_SHEET_NAMES.sub(" ", each.title)[:_LONGEST_SHEET_NAME]
        lines = [line.cells() for line in each.lines]
        _fill(book.create_sheet(name), _said(HEADINGS, zh), lines, (22, 22, 12, 8, 22, 60))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _said(texts: Sequence[Text], zh: bool) -> list[str]:
    return [each.zh if zh else each.en for each in texts]


def _fill(
    sheet: object, heads: Sequence[str], rows: Sequence[tuple[object, ...]], widths: Sequence[int]
) -> None:
    assert isinstance(sheet, openpyxl.worksheet.worksheet.Worksheet)
    sheet.append(list(heads))
    for row in rows:
        sheet.append(list(row))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
