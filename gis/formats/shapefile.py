"""Shapefiles, packed or beside each other, in UTF-8 or GBK, with or without .cpg."""

from __future__ import annotations

import tempfile
import zipfile
from collections import Counter
from pathlib import Path, PurePosixPath

from geopandas import GeoDataFrame

from gis.formats import encoding
from gis.formats.ogr import choose, read_with, write_with
from gis.formats.refused import FormatIncomplete, FormatUnreadable
from gis.formats.staging import check_head, entry_name, opened_zip, staged, unpack, written

__all__ = ["column_names", "read", "read_packed", "write", "write_packed"]

_NEEDED = (".shp", ".shx", ".dbf")
_PARTS = (*_NEEDED, ".prj", ".cpg")
_NAME_BYTES = 10  # of a column, in dBASE
_FORMAT = "Shapefile"


def read(path: Path, layer: str | None) -> GeoDataFrame:
    """The features of a .shp and the files beside it, in its own CRS. Raises children of FormatRefused."""
    near = {each.name.lower(): each for each in path.parent.iterdir()} if path.parent.is_dir() else {}
    parts = {part: near[key] for part in _PARTS if (key := f"{path.stem}{part}".lower()) in near}
    return _read(parts, path.name)


def read_packed(path: Path, layer: str | None) -> GeoDataFrame:
    """The same out of a zip; ``layer`` is the name of the .shp when there are several."""
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
        return _read(parts, path.name)


def write(frame: GeoDataFrame, path: Path) -> None:
    """Write .shp, .shx, .dbf, .prj and .cpg in UTF-8; names of columns are cut to 10 bytes."""
    cut = frame.rename(columns=column_names([str(each) for each in frame.columns if each != "geometry"]))
    write_with(cut, path, "ESRI Shapefile", encoding="UTF-8")


def write_packed(frame: GeoDataFrame, path: Path) -> None:
    """Write the same into one zip."""
    with written(path) as folder, tempfile.TemporaryDirectory(prefix="chengtu-write-") as loose:
        write(frame, Path(loose) / f"{path.stem}.shp")
        with zipfile.ZipFile(folder / path.name, "w", zipfile.ZIP_DEFLATED) as archive:
            for each in sorted(Path(loose).iterdir()):
                archive.write(each, each.name)


def _read(parts: dict[str, Path], name: str) -> GeoDataFrame:
    missing = [part for part in _NEEDED if part not in parts]
    if missing:
        raise FormatIncomplete(name=name, missing="、".join(missing))
    check_head(parts[".shp"], _FORMAT, b"\x00\x00\x27\x0a")
    said = parts[".cpg"].read_text(encoding="ascii", errors="ignore") if ".cpg" in parts else None
    text = encoding.of_dbf(parts[".dbf"].read_bytes(), said)
    files = {f"file{part}": path for part, path in parts.items() if part != ".cpg"}
    with staged(files) as folder:
        return read_with("ESRI Shapefile", str(folder / "file.shp"), name, encoding=text)


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
