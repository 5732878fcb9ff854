"""Shapefiles, packed or beside each other, in UTF-8 or GBK, with or without .cpg."""

from __future__ import annotations

import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from geopandas import GeoDataFrame

from gis.formats import encoding
from gis.formats.ogr import choose, read_with, stream_with, write_with
from gis.formats.refused import FormatIncomplete, FormatUnreadable
from gis.formats.staging import check_head, entry_name, opened_zip, staged, unpack, written

__all__ = ["column_names", "read", "read_packed", "stream", "stream_packed", "write", "write_packed"]

_NEEDED = (".shp", ".shx", ".dbf")
_PARTS = (*_NEEDED, ".prj", ".cpg")
_NAME_BYTES = 10  # of a column, in dBASE
_FORMAT = "Shapefile"
_DRIVER = "ESRI Shapefile"


def read(path: Path, layer: str | None) -> GeoDataFrame:
    """The features of a .shp and the files beside it, in its own CRS. Raises children of FormatRefused."""
    with _opened(_beside(path), path.name) as (address, text):
        return read_with(_DRIVER, address, path.name, encoding=text)


def _beside(path: Path) -> dict[str, Path]:
    near = {each.name.lower(): each for each in path.parent.iterdir()} if path.parent.is_dir() else {}
    return {part: near[key] for part in _PARTS if (key := f"{path.stem}{part}".lower()) in near}


def stream(path: Path, layer: str | None, rows: int) -> Iterator[GeoDataFrame]:
    """The same, so many rows at a time."""
    with _opened(_beside(path), path.name) as (address, text):
        yield from stream_with(_DRIVER, address, path.name, rows, encoding=text)


def read_packed(path: Path, layer: str | None) -> GeoDataFrame:
    """The same out of a zip; ``layer`` is the name of the .shp when there are several."""
    with _unpacked(path, layer) as parts, _opened(parts, path.name) as (address, text):
        return read_with(_DRIVER, address, path.name, encoding=text)


def stream_packed(path: Path, layer: str | None, rows: int) -> Iterator[GeoDataFrame]:
    """The same out of a zip, so many rows at a time."""
    with _unpacked(path, layer) as parts, _opened(parts, path.name) as (address, text):
        yield from stream_with(_DRIVER, address, path.name, rows, encoding=text)


@contextmanager
def _unpacked(path: Path, layer: str | None) -> Iterator[dict[str, Path]]:
    """The parts of one shapefile of a zip, in a temporary folder."""
    check_head(path, _FORMAT, b"PK\x03\x04")
    with opened_zip(path, _FORMAT) as archive, tempfile.TemporaryDirectory(prefix="chengtu-read-") as folder:
        entries = {PurePosixPath(entry_name(each).replace("\\", "/")): each for each in archive.infolist()}
        shapes = {str(name.with_suffix("")): name for name in entries if name.suffix.lower() == ".shp"}
        if not shapes:
            raise FormatUnreadable(
                name=path.name, format=_FORMAT, found_zh="其中没有 .shp", found_en="there is no .shp in it"
            )
        stems = _short(list(shapes))
        stem = stems[choose(path.name, list(stems), layer)]
        parts = {}
        for name, entry in entries.items():
            if str(name.with_suffix("")) == stem and name.suffix.lower() in _PARTS:
                parts[name.suffix.lower()] = Path(folder) / f"unpacked{name.suffix.lower()}"
                unpack(archive, entry, parts[name.suffix.lower()])
        yield parts


def write(frame: GeoDataFrame, path: Path) -> None:
    """Write .shp, .shx, .dbf, .prj and .cpg in UTF-8; names of columns are cut to 10 bytes."""
    cut = frame.rename(columns=column_names([str(each) for each in frame.columns if each != "geometry"]))
    write_with(cut, path, _DRIVER, encoding="UTF-8")


def write_packed(frame: GeoDataFrame, path: Path) -> None:
    """Write the same into one zip."""
    with written(path) as folder, tempfile.TemporaryDirectory(prefix="chengtu-write-") as loose:
        write(frame, Path(loose) / f"{path.stem}.shp")
        with zipfile.ZipFile(folder / path.name, "w", zipfile.ZIP_DEFLATED) as archive:
            for each in sorted(Path(loose).iterdir()):
                archive.write(each, each.name)


@contextmanager
def _opened(parts: dict[str, Path], name: str) -> Iterator[tuple[str, str]]:
    """What GDAL opens, and the encoding of the texts. Raises FormatIncomplete."""
    missing = [part for part in _NEEDED if part not in parts]
    if missing:
        raise FormatIncomplete(name=name, missing="、".join(missing))
    check_head(parts[".shp"], _FORMAT, b"\x00\x00\x27\x0a")
    said = parts[".cpg"].read_text(encoding="ascii", errors="ignore") if ".cpg" in parts else None
    text = encoding.of_dbf(parts[".dbf"].read_bytes(), said)
    files = {f"file{part}": path for part, path in parts.items() if part != ".cpg"}
    with staged(files) as folder:
        yield str(folder / "file.shp"), text


def _short(stems: list[str]) -> dict[str, str]:
    """Every stem under its last part, or whole where that is not unique."""
    uses = Counter(PurePosixPath(each).name for each in stems)
    return {name if uses[name := PurePosixPath(each).name] == 1 else each: each for each in stems}


def column_names(names: list[str]) -> dict[str, str]:
    """Unique names that fit: cut between characters, numbered where two become one."""
    given: dict[str, str] = {}
    for name in names:
        short, number = _cut(name, _NAME_BYTES), 1
        while short.lower() in {each.lower() for each in given.values()}:
            short = f"{_cut(name, _NAME_BYTES - 1 - len(str(number)))}_{number}"
            number += 1
        given[name] = short
    return given


def _cut(name: str, most: int) -> str:
    return name.encode()[:most].decode(errors="ignore")
