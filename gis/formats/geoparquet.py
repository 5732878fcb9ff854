"""GeoParquet (OGC 1.1): features by columns, for programs that work on millions of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas
import pyarrow
from geopandas import GeoDataFrame
from pyarrow import parquet

from gis.formats.ogr import features
from gis.formats.refused import FormatNoPlace, FormatUnreadable
from gis.formats.staging import check_head, written

__all__ = ["read", "stream", "write"]


def read(path: Path, layer: str | None) -> GeoDataFrame:
    """The features of the file in its own CRS. Raises children of FormatRefused."""
    check_head(path, "GeoParquet", b"PAR1")
    try:
        return geopandas.read_parquet(path)
    except (pyarrow.ArrowException, OSError, TypeError, AttributeError, KeyError) as error:
        raise _unreadable(path, error) from error
    except ValueError as error:  # a table without the word “geo” in its metadata
        raise FormatNoPlace(name=path.name) from error


def stream(path: Path, layer: str | None, rows: int) -> Iterator[GeoDataFrame]:
    """The same, so many rows at a time, where geometry is one column of WKB; else as a whole."""
    check_head(path, "GeoParquet", b"PAR1")
    plain = _plain(path)
    if plain is None:
        yield read(path, layer)
        return
    name, crs, boxes = plain
    with parquet.ParquetFile(path) as file:
        batches = file.iter_batches(rows)
        while True:
            try:
                batch = next(batches, None)
            except (pyarrow.ArrowException, OSError) as error:
                raise _unreadable(path, error) from error
            if batch is None:
                return
            table = pyarrow.Table.from_batches([batch])
            yield features(
                table.drop_columns([each for each in boxes if each in table.column_names]), name, crs
            )


def _plain(path: Path) -> tuple[str, Any, set[str]] | None:
    """Name and CRS of the only geometry when it is WKB, and the columns of its bounding boxes."""
    try:
        with parquet.ParquetFile(path) as file:
            told = json.loads((file.schema_arrow.metadata or {})[b"geo"])
            name = str(told["primary_column"])
            column = told["columns"][name]
            if column["encoding"] != "WKB" or len(told["columns"]) > 1 or not file.metadata.num_rows:
                return None
            box = column.get("covering", {}).get("bbox")
            return name, column.get("crs", "OGC:CRS84"), {box["xmin"][0]} if box else set()
    except (pyarrow.ArrowException, OSError, ValueError, TypeError, AttributeError, KeyError, LookupError):
        return None  # the reader of whole files says what is wrong


def _unreadable(path: Path, error: Exception) -> FormatUnreadable:
    said = str(error).splitlines()[0][:120]
    return FormatUnreadable(name=path.name, format="GeoParquet", found_zh=said, found_en=said)


def write(frame: GeoDataFrame, path: Path) -> None:
    """Write version 1.1 with a bounding box a row, so that readers skip what lies elsewhere."""
    with written(path) as folder:
        frame.to_parquet(folder / path.name, index=False, schema_version="1.1.0", write_covering_bbox=True)
