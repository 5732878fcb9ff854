"""Files of features in and out: one file of this package per family of formats.

Only the driver that an extension names ever opens a file, under a name of our own, so that no content can
make GDAL follow it to other files or addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from geopandas import GeoDataFrame

from gis.crs import STORED
from gis.formats import drawing, flatgeobuf, geojson, geopackage, geoparquet, kml, shapefile, tables
from gis.formats.refused import FormatNoCrs, FormatNoPlace, FormatRefused, FormatUnknown
from gis.formats.shapefile import column_names
from gis.formats.tables import plain_heading

__all__ = [
    "READABLE",
    "WRITABLE",
    "FormatRefused",
    "FormatUnknown",
    "column_names",
    "plain_heading",
    "read",
    "read_as_given",
    "read_in_batches",
    "write",
]

_READERS: dict[str, Callable[[Path, str | None], GeoDataFrame]] = {
    ".gpkg": geopackage.read,
    ".shp": shapefile.read,
    ".zip": shapefile.read_packed,
    ".geojson": geojson.read,
    ".json": geojson.read,
    ".geojsonl": geojson.read_sequence,
    ".geojsons": geojson.read_sequence,
    ".kml": kml.read,
    ".kmz": kml.read_packed,
    ".fgb": flatgeobuf.read,
    ".parquet": geoparquet.read,
    ".csv": tables.read_csv,
    ".xlsx": tables.read_xlsx,
    ".dxf": drawing.read,
}
# What can be read without holding all of it; a table or a drawing is read as a whole, then cut.
_STREAMS: dict[str, Callable[[Path, str | None, int], Iterator[GeoDataFrame]]] = {
    ".gpkg": geopackage.stream,
    ".shp": shapefile.stream,
    ".zip": shapefile.stream_packed,
    ".geojson": geojson.stream,
    ".json": geojson.stream,
    ".geojsonl": geojson.stream_sequence,
    ".geojsons": geojson.stream_sequence,
    ".fgb": flatgeobuf.stream,
    ".parquet": geoparquet.stream,
}
_WRITERS: dict[str, Callable[[GeoDataFrame, Path], None]] = {
    ".gpkg": geopackage.write,
    ".shp": shapefile.write,
    ".zip": shapefile.write_packed,
    ".geojson": geojson.write,
    ".json": geojson.write,
    ".geojsonl": geojson.write_sequence,
    ".geojsons": geojson.write_sequence,
    ".kml": kml.write,
    ".kmz": kml.write_packed,
    ".fgb": flatgeobuf.write,
    ".parquet": geoparquet.write,
    ".csv": tables.write_csv,
    ".xlsx": tables.write_xlsx,
}
READABLE = frozenset(_READERS)
WRITABLE = frozenset(_WRITERS)


def read(path: Path, *, layer: str | None = None) -> GeoDataFrame:
    """The features of a file in EPSG:4490 (lon, lat); ``layer`` names one when there are several.

    Columns keep their names and values; dates and times are ISO texts except in xlsx, whose cells are
    given as they are. The index is the number of the row as people count it: of the line in a table,
    else from 1. Geometries may be None, invalid or 3D as the file has them; places that EPSG:4490 cannot
    express have infinite coordinates. Raises the children of FormatRefused.
    """
    return read_as_given(path, layer=layer).to_crs(STORED)


def read_as_given(path: Path, *, layer: str | None = None) -> GeoDataFrame:
    """The same in the file's own CRS, which is never None: for those who judge where it lies."""
    path = Path(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise FormatUnknown(name=path.name, known=" ".join(sorted(_READERS)))
    frame = reader(path, layer)
    _check(frame, path.name)
    if reader not in {tables.read_csv, tables.read_xlsx}:
        frame.index = np.arange(1, len(frame) + 1)
    return frame if frame.geometry.name == "geometry" else frame.rename_geometry("geometry")


def read_in_batches(path: Path, rows: int, *, layer: str | None = None) -> Iterator[GeoDataFrame]:
    """The features of ``read_as_given``, so many rows at a time and never all of them in memory.

    Columns of formats that can be streamed are of Arrow's types. Raises the same; that no place is there at
    all can only be said at the end.
    """
    path = Path(path)
    stream = _STREAMS.get(path.suffix.lower())
    if stream is None:
        whole = read_as_given(path, layer=layer)
        for start in range(0, len(whole), rows):
            yield whole.iloc[start : start + rows]
        return
    start, placed = 1, False
    for frame in stream(path, layer, rows):
        frame.index = np.arange(start, start + len(frame))
        start += len(frame)
        if not placed:
            numbers = shapely.get_coordinates(frame.geometry.to_numpy())
            if len(numbers) and frame.crs is None:
                raise FormatNoCrs(name=path.name, x=f"{numbers[0, 0]:.6g}", y=f"{numbers[0, 1]:.6g}")
            placed = bool(len(numbers))
        yield frame if frame.geometry.name == "geometry" else frame.rename_geometry("geometry")
    if not placed:
        raise FormatNoPlace(name=path.name)


def write(frame: GeoDataFrame, path: Path, *, crs: Any = STORED) -> None:
    """Write a frame in ``crs`` by the extension of ``path``; KML and GeoJSON lines are always in degrees.

    The file appears whole or not at all; one that was there is replaced. Columns of texts, numbers and
    booleans (nullable ones too) are kept. Raises FormatUnknown; ValueError for a frame without CRS.
    """
    path = Path(path)
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise FormatUnknown(name=path.name, known=" ".join(sorted(_WRITERS)))
    if frame.geometry.name != "geometry":
        frame = frame.rename_geometry("geometry")
    writer(frame.to_crs(crs), path)


def _check(frame: GeoDataFrame, name: str) -> None:
    """Some place must be there, and a CRS."""
    if not isinstance(frame, GeoDataFrame):
        raise FormatNoPlace(name=name)
    numbers = shapely.get_coordinates(frame.geometry.to_numpy())
    if not len(numbers):
        raise FormatNoPlace(name=name)
    if frame.crs is None:
        raise FormatNoCrs(name=name, x=f"{numbers[0, 0]:.6g}", y=f"{numbers[0, 1]:.6g}")
