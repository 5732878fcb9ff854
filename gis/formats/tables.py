"""CSV and xlsx: rows with their place in columns of degrees, of metres, or of WKT."""

from __future__ import annotations

import csv
import io
import math
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from gis.crs import STORED, is_geographic
from gis.formats import encoding
from gis.formats.metres import convention
from gis.formats.ogr import choose
from gis.formats.refused import FormatEmpty, FormatNoPlace, FormatUnreadable
from gis.formats.staging import check_head, opened_zip, written

# openpyxl is imported where a sheet is read or written: 12 MB, of which a stream of a million rows need not know

__all__ = ["GUARD", "cell", "plain_heading", "read_csv", "read_xlsx", "write_csv", "write_xlsx"]

_LON = {"lon", "lng", "long", "longitude", "经度"}
_LAT = {"lat", "latitude", "纬度"}
_EAST = {"e", "east", "easting", "东", "东坐标", "横坐标"}
_NORTH = {"n", "north", "northing", "北", "北坐标", "纵坐标"}
_WKT = {"wkt", "geometry", "geom", "the_geom", "几何", "图形"}
_SRID = re.compile(r"^\s*SRID=(\d+);", re.IGNORECASE)
_UNIT = re.compile(r"\s*[(（\[【].*$")
GUARD = re.compile(r"^[=+\-@\t\r]")  # what a spreadsheet would run as a formula
_GUARDED = re.compile(r"^'[=+\-@\t\r]")

Rows = list[tuple[Any, ...]]


def read_csv(path: Path, layer: str | None) -> GeoDataFrame:
    """Rows of a text table (comma, tab or semicolon; UTF-8 or GBK) as texts, blank ones as None.

    The index is the line's number with the heading as 1, so that errors can be found. CRS: degrees are
    EPSG:4490, metres as ``gis.formats.metres`` says, WKT may begin with ``SRID=``. Raises children of FormatRefused.
    """
    head = check_head(path, "CSV")
    if b"\0" in head:
        raise FormatUnreadable(name=path.name, format="CSV", found_zh="不是文本", found_en="it is no text")
    content = path.read_bytes()
    text = content.decode(encoding.of_text(content), errors="replace")
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(",\t;", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise _unreadable(path, "CSV", str(error)) from error
    return _frame([tuple(_given(each) for each in row) for row in rows], path, "CSV")


def read_xlsx(path: Path, layer: str | None) -> GeoDataFrame:
    """Rows of a sheet (``layer``: its name) with numbers, dates and times as the cells hold them.

    Formulas give the value that was saved with them. Otherwise like ``read_csv``.
    """
    import openpyxl  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    check_head(path, "xlsx", b"PK\x03\x04")
    with opened_zip(path, "xlsx"):
        pass
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise _unreadable(path, "xlsx", str(error)[:120]) from error
    try:
        sheets = {each.title: _cells(each) for each in book.worksheets}
    finally:
        book.close()
    filled = {title: rows for title, rows in sheets.items() if rows}
    return _frame(filled[choose(path.name, list(filled), layer)], path, "xlsx")


def write_csv(frame: GeoDataFrame, path: Path) -> None:
    """Write a table that Excel opens (UTF-8 with a mark); texts that look like formulas get an apostrophe."""
    with written(path) as folder, (folder / path.name).open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        heading, rows = _table(frame)
        lines.writerow(heading)
        lines.writerows([_guarded(each) for each in row] for row in rows)


def write_xlsx(frame: GeoDataFrame, path: Path) -> None:
    """Write one sheet; texts are cells of text, so that none is run as a formula."""
    import openpyxl  # noqa: PLC0415

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", "_", path.stem)[:31] or "Sheet1")
    sheet.freeze_panes = "A2"
    heading, rows = _table(frame)
    for row in ([*heading], *rows):
        sheet.append([cell(sheet, each) for each in row])
    with written(path) as folder:
        book.save(folder / path.name)


def plain_heading(heading: str) -> str:
    """A column's heading as it is compared: without unit in brackets, blanks and case."""
    return re.sub(r"[\s_]+", "", _UNIT.sub("", heading)).lower()


def _unreadable(path: Path, format_: str, said: str) -> FormatUnreadable:
    return FormatUnreadable(name=path.name, format=format_, found_zh=said, found_en=said)


def _given(value: str) -> str | None:
    text = value.strip()
    if _GUARDED.match(text):
        text = text[1:]
    return text or None


def _cells(sheet: Any) -> Rows:
    rows = [tuple(row) for row in sheet.iter_rows(values_only=True)]
    return rows if any(value is not None for row in rows for value in row) else []


def _frame(rows: Rows, path: Path, format_: str) -> GeoDataFrame:
    """The table under its heading (the first row that is not blank), with its places."""
    start = next((number for number, row in enumerate(rows) if _filled(row)), None)
    if start is None:
        raise FormatEmpty(name=path.name)
    heading = [str(each).strip() if each is not None else "" for each in rows[start]]
    named = [number for number, each in enumerate(heading) if each]
    twice = {heading[number] for number in named if heading.count(heading[number]) > 1}
    if twice:
        raise _unreadable(path, format_, f"列名重复 column given twice: {min(twice)}")
    lines = [(number, row) for number, row in enumerate(rows, 1) if number > start + 1 and _filled(row)]
    if not lines:
        raise FormatEmpty(name=path.name)
    columns = {heading[at]: [row[at] if at < len(row) else None for _, row in lines] for at in named}
    return _placed(pd.DataFrame(columns, index=[number for number, _ in lines], dtype=object), path)


def _filled(row: Iterable[Any]) -> bool:
    return any(value is not None and str(value).strip() for value in row)


def _placed(table: pd.DataFrame, path: Path) -> GeoDataFrame:
    """The table with geometry; the columns it was made from are gone."""
    plain = {plain_heading(str(each)): str(each) for each in reversed(table.columns)}
    for pair in ((_LON, _LAT), (_EAST, _NORTH)):
        x, y = (next((plain[each] for each in names if each in plain), None) for names in pair)
        if x is not None and y is not None:
            points = np.column_stack([_numbers(table[x]), _numbers(table[y])])
            crs = STORED if pair[0] is _LON else convention(points)
            return GeoDataFrame(table.drop(columns=[x, y]), geometry=_points(points), crs=crs)
    column = next((plain[each] for each in _WKT if each in plain), None)
    if column is None:
        raise FormatNoPlace(name=path.name)
    shapes, crs = _parsed(list(table[column]))
    return GeoDataFrame(table.drop(columns=[column]), geometry=shapes, crs=crs)


def _numbers(values: pd.Series[Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.asarray(pd.to_numeric(values, errors="coerce"), dtype=np.float64)


def _points(points: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.object_]]:
    """Points where both numbers are given, None elsewhere."""
    there = np.isfinite(points).all(axis=1)
    made = np.full(len(points), None, dtype=object)
    made[there] = shapely.points(points[there])
    return made


def _parsed(texts: list[Any]) -> tuple[Any, str | None]:
    """Geometries of WKT, and their CRS: the first SRID given, else degrees or metres by their size."""
    srid = next((found[1] for each in texts if each and (found := _SRID.match(str(each)))), None)
    bare = [_SRID.sub("", str(each)) if each else None for each in texts]
    shapes = shapely.from_wkt(bare, on_invalid="ignore")
    if srid:
        return shapes, f"EPSG:{srid}"
    numbers = shapely.get_coordinates(shapes)
    if len(numbers) and np.nanmax(np.abs(numbers)) > 1000:
        return shapes, convention(numbers)
    return shapes, STORED


def _table(frame: GeoDataFrame) -> tuple[list[str], Rows]:
    """Heading and rows: the columns, then the place as lon/lat, as E/N, or as WKT."""
    shapes = frame.geometry.to_numpy()
    degrees = is_geographic(frame.crs)
    columns = [frame[each].tolist() for each in frame.columns if each != frame.geometry.name]
    heading = [str(each) for each in frame.columns if each != frame.geometry.name]
    digits = 9 if degrees else 4  # 0.1 mm
    if len(shapes) and (shapely.get_type_id(shapes) == shapely.GeometryType.POINT).all():
        heading += ["经度", "纬度"] if degrees else ["E", "N"]
        columns += [
            np.round(each, digits).tolist() for each in (shapely.get_x(shapes), shapely.get_y(shapes))
        ]
    else:
        mark = "" if degrees else f"SRID={frame.crs.to_epsg()};"
        written_out = shapely.to_wkt(shapes, rounding_precision=digits)
        heading.append("WKT")
        columns.append([None if each is None else mark + each for each in written_out])
    return heading, [tuple(_value(each) for each in row) for row in zip(*columns, strict=True)]


def _value(value: Any) -> Any:
    missing = value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))
    return None if missing else value


def _guarded(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and GUARD.match(value) else value


def cell(sheet: Any, value: Any) -> Any:
    """What a write-only sheet of openpyxl takes for a value: it would take a text that begins with ``=`` for a formula."""
    if not isinstance(value, str):
        return value
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell  # noqa: PLC0415

    made = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
    made.data_type = "s"
    return made
