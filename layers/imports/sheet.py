"""The list of faults as a file that a spreadsheet opens: one line a fault, in both languages."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gis.formats.staging import written
from gis.formats.tables import GUARD, cell
from layers.imports.faults import RowFault

__all__ = ["csv_lines", "write"]

HEADING = (
    "行号 row",
    "编号 code",
    "字段 field",
    "结果 result",
    "说明",
    "What is wrong",
    "经度 lon",
    "纬度 lat",
)


def write(faults: Iterable[RowFault], path: Path) -> None:
    """Write .xlsx, or else CSV (UTF-8 with a mark); the file appears whole or not at all."""
    with written(path) as folder:
        if path.suffix.lower() == ".xlsx":
            _write_xlsx(faults, folder / path.name)
            return
        with (folder / path.name).open("w", encoding="utf-8", newline="") as file:
            file.writelines(csv_lines(faults))


def csv_lines(faults: Iterable[RowFault]) -> Iterator[str]:
    """The lines of the CSV, one by one; texts that look like formulas get an apostrophe."""
    line = _Line()
    writer = csv.writer(line)
    yield "\ufeff"
    writer.writerow(HEADING)
    yield line.said
    for each in faults:
        writer.writerow(
            [
                f"'{value}" if isinstance(value, str) and GUARD.match(value) else value
                for value in _cells(each)
            ]
        )
        yield line.said


class _Line:
    """What a csv.writer writes to: it holds the last line."""

    said = ""

    def write(self, said: str) -> None:
        self.said = said


def _cells(fault: RowFault) -> tuple[Any, ...]:
    field = "" if fault.field is None else f"{fault.field.zh} {fault.field.en}"
    result = "已修复 repaired" if fault.repaired else "未导入 refused"
    lon, lat = (None, None) if fault.place is None else (round(each, 7) for each in fault.place)
    return fault.row, fault.code, field, result, fault.said.zh, fault.said.en, lon, lat


def _write_xlsx(faults: Iterable[RowFault], path: Path) -> None:
    from openpyxl import Workbook  # noqa: PLC0415 - 12 MB that only a list of faults needs

    book = Workbook(write_only=True)
    sheet = book.create_sheet("faults")
    sheet.freeze_panes = "A2"
    sheet.append(HEADING)
    for each in faults:
        sheet.append([cell(sheet, value) for value in _cells(each)])
    book.save(path)
