"""GeoPackage (OGC 12-128)."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from geopandas import GeoDataFrame

from gis.formats.ogr import read_with, stream_with, write_with
from gis.formats.refused import FormatHostile, FormatUnreadable
from gis.formats.staging import check_head, staged

__all__ = ["read", "stream", "write"]

# functions and modules with which a schema could reach beyond its own file
_REACHES_OUT = re.compile(r"\b(ogr_\w+|gdal_\w+|load_extension|readfile|writefile)\s*\(", re.IGNORECASE)
_VIRTUAL = re.compile(r"create\s+virtual\s+table.*?\busing\s+(\w+)", re.IGNORECASE | re.DOTALL)


def read(path: Path, layer: str | None) -> GeoDataFrame:
    """The features of a layer in its own CRS. Raises children of FormatRefused."""
    check_head(path, "GeoPackage", b"SQLite format 3\x00")
    _check_schema(path)
    with staged({"file.gpkg": path}) as folder:
        return read_with("GPKG", str(folder / "file.gpkg"), path.name, layer=layer)


def stream(path: Path, layer: str | None, rows: int) -> Iterator[GeoDataFrame]:
    """The same, so many rows at a time."""
    check_head(path, "GeoPackage", b"SQLite format 3\x00")
    _check_schema(path)
    with staged({"file.gpkg": path}) as folder:
        yield from stream_with("GPKG", str(folder / "file.gpkg"), path.name, rows, layer=layer)


def write(frame: GeoDataFrame, path: Path) -> None:
    """Write one layer named after the file."""
    write_with(frame, path, "GPKG")


def _check_schema(path: Path) -> None:
    """A database runs the SQL of its own views and triggers; only harmless ones are let in."""
    try:
        with sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1", uri=True) as held:
            schema = [
                str(sql) for (sql,) in held.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
            ]
    except sqlite3.Error as error:
        raise FormatUnreadable(
            name=path.name, format="GeoPackage", found_zh="数据库已损坏", found_en="the database is damaged"
        ) from error
    finally:
        held.close()
    for sql in schema:
        module = _VIRTUAL.search(sql)
        if module and module[1].lower() != "rtree":
            raise FormatHostile(name=path.name, found=module[1])
        if reach := _REACHES_OUT.search(sql):
            raise FormatHostile(name=path.name, found=reach[1])
