"""KML and KMZ; always in WGS 84 degrees, which CGCS2000 equals to a few centimetres."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

from geopandas import GeoDataFrame

from gis.formats.ogr import read_with, write_with
from gis.formats.refused import FormatUnreadable
from gis.formats.staging import check_head, entry_name, opened_zip, staged, unpack, written

__all__ = ["read", "read_packed", "write", "write_packed"]

# what GDAL adds to every placemark, whether the file has it or not
_OWN = ("id", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility", "drawOrder")
_DRAWN = ("icon", "snippet")


def read(path: Path, layer: str | None, name: str | None = None) -> GeoDataFrame:
    """The placemarks of a folder of the file, in EPSG:4326. Raises children of FormatRefused."""
    check_head(path, "KML", b"<")
    with staged({"file.kml": path}) as folder:
        frame = read_with("LIBKML", str(folder / "file.kml"), name or path.name, layer=layer)
    frame = frame.drop(columns=[each for each in (*_OWN, *_DRAWN) if each in frame])
    empty = [each for each in ("description",) if each in frame and frame[each].isna().all()]
    return frame.drop(columns=empty).set_crs("EPSG:4326", allow_override=True)


def read_packed(path: Path, layer: str | None) -> GeoDataFrame:
    """The same out of a KMZ: its ``doc.kml``, else its only KML."""
    check_head(path, "KMZ", b"PK\x03\x04")
    with opened_zip(path, "KMZ") as archive, tempfile.TemporaryDirectory(prefix="chengtu-read-") as folder:
        documents = [each for each in archive.infolist() if entry_name(each).lower().endswith(".kml")]
        named = [each for each in documents if entry_name(each).lower() == "doc.kml"] or documents
        if len(named) != 1:
            raise FormatUnreadable(
                name=path.name,
                format="KMZ",
                found_zh=f"含 {len(documents)} 个 KML",
                found_en=f"it holds {len(documents)} KML files",
            )
        unpack(archive, named[0], Path(folder) / "doc.kml")
        return read(Path(folder) / "doc.kml", layer, path.name)


def write(frame: GeoDataFrame, path: Path) -> None:
    """Write placemarks; a column ``name`` becomes their name, the others their extended data."""
    write_with(frame.to_crs("EPSG:4326"), path, "LIBKML")


def write_packed(frame: GeoDataFrame, path: Path) -> None:
    """Write the same as a KMZ."""
    with written(path) as folder:
        write(frame, folder / "doc.kml")
        with zipfile.ZipFile(folder / path.name, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(folder / "doc.kml", "doc.kml")
        (folder / "doc.kml").unlink()
