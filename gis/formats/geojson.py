"""GeoJSON (RFC 7946) and newline-delimited GeoJSON (RFC 8142)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from geopandas import GeoDataFrame

from gis.crs import is_geographic
from gis.formats.ogr import read_with, stream_with, write_with
from gis.formats.staging import check_head, staged

__all__ = ["read", "read_sequence", "stream", "stream_sequence", "write", "write_sequence"]

_DIGITS = 9  # of a degree: 0.1 mm


def read(path: Path, layer: str | None) -> GeoDataFrame:
    """The features in the CRS of the old ``crs`` member, else WGS 84. Raises children of FormatRefused."""
    check_head(path, "GeoJSON", b"{")
    with staged({"file.geojson": path}) as folder:
        # the prefix keeps every other driver from looking at the content
        address = f"GeoJSON:{folder / 'file.geojson'}"
        return read_with("GeoJSON", address, path.name, layer=layer, DATE_AS_STRING="YES")


def read_sequence(path: Path, layer: str | None) -> GeoDataFrame:
    """The same, one feature a line."""
    check_head(path, "GeoJSONSeq", b"{", b"\x1e{")
    with staged({"file.geojsonl": path}) as folder:
        return read_with("GeoJSONSeq", f"GeoJSONSeq:{folder / 'file.geojsonl'}", path.name, layer=layer)


def stream(path: Path, layer: str | None, rows: int) -> Iterator[GeoDataFrame]:
    """The features of a collection, so many at a time."""
    check_head(path, "GeoJSON", b"{")
    with staged({"file.geojson": path}) as folder:
        address = f"GeoJSON:{folder / 'file.geojson'}"
        yield from stream_with("GeoJSON", address, path.name, rows, layer=layer, DATE_AS_STRING="YES")


def stream_sequence(path: Path, layer: str | None, rows: int) -> Iterator[GeoDataFrame]:
    """The features of lines, so many at a time."""
    check_head(path, "GeoJSONSeq", b"{", b"\x1e{")
    with staged({"file.geojsonl": path}) as folder:
        address = f"GeoJSONSeq:{folder / 'file.geojsonl'}"
        yield from stream_with("GeoJSONSeq", address, path.name, rows, layer=layer)


def write(frame: GeoDataFrame, path: Path) -> None:
    """Write a collection; one in metres carries the old ``crs`` member, which GDAL and QGIS read."""
    plain: dict[str, Any] = {"RFC7946": "YES"} if is_geographic(frame.crs) else {}
    write_with(frame, path, "GeoJSON", COORDINATE_PRECISION=_DIGITS, **plain)


def write_sequence(frame: GeoDataFrame, path: Path) -> None:
    """Write one feature a line, always in degrees (WGS 84, which CGCS2000 equals to a few centimetres)."""
    write_with(frame.to_crs("EPSG:4326"), path, "GeoJSONSeq", COORDINATE_PRECISION=_DIGITS)
