"""FlatGeobuf."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from geopandas import GeoDataFrame

from gis.formats.ogr import read_with, stream_with, write_with
from gis.formats.staging import check_head, staged

__all__ = ["read", "stream", "write"]


def read(path: Path, layer: str | None) -> GeoDataFrame:
    """The features of the file in its own CRS. Raises children of FormatRefused."""
    check_head(path, "FlatGeobuf", b"fgb\x03fgb")
    with staged({"file.fgb": path}) as folder:
        return read_with("FlatGeobuf", str(folder / "file.fgb"), path.name, layer=layer)


def stream(path: Path, layer: str | None, rows: int) -> Iterator[GeoDataFrame]:
    """The same, so many rows at a time."""
    check_head(path, "FlatGeobuf", b"fgb\x03fgb")
    with staged({"file.fgb": path}) as folder:
        yield from stream_with("FlatGeobuf", str(folder / "file.fgb"), path.name, rows, layer=layer)


def write(frame: GeoDataFrame, path: Path) -> None:
    """Write the features, in the order of the format's spatial index."""
    write_with(frame, path, "FlatGeobuf")
