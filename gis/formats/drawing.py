"""DXF drawings, read only."""

from __future__ import annotations

from pathlib import Path

import shapely
from geopandas import GeoDataFrame

from gis.formats.metres import convention
from gis.formats.ogr import read_with
from gis.formats.staging import check_head, staged

__all__ = ["read"]


def read(path: Path, layer: str | None) -> GeoDataFrame:
    """The entities of a drawing; ``layer`` picks one of its layers (column ``Layer``).

    A drawing names no CRS: eastings and northings are read as ``gis.formats.metres`` says, anything else
    keeps ``crs`` None. Raises children of FormatRefused.
    """
    check_head(path, "DXF", b"0", b"999")
    with staged({"file.dxf": path}) as folder:
        frame = read_with("DXF", str(folder / "file.dxf"), path.name)
    if layer is not None:
        frame = frame[frame["Layer"] == layer]
    frame.geometry = shapely.force_2d(frame.geometry.to_numpy())
    return frame.set_crs(convention(shapely.get_coordinates(frame.geometry.to_numpy())), allow_override=True)
