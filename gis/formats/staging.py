"""Files under names of our own: read without neighbours, unpacked within limits, written all at once."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from gis.formats.refused import FormatBomb, FormatHostile, FormatUnreadable

__all__ = ["MOST_UNPACKED", "check_head", "entry_name", "opened_zip", "staged", "unpack", "written"]

MOST_UNPACKED = 2 << 30  # bytes
_HEAD = 64 << 10  # bytes
# GDAL looks for these words in the head of a file, whatever its extension, and then follows them
_DIRECTIVES = (b"<OGRVRTDataSource", b"<VRTDataset", b"gdal_streamed_alg", b"<OGRWFSDataSource", b"<OGCAPI")


def check_head(path: Path, format_: str, *magics: bytes) -> bytes:
    """The first 64 KiB of a file that begins as its format should (no ``magics``: anyhow).

    Raises FormatUnreadable, and FormatHostile when it holds a directive to open something else.
    """
    if not path.is_file():
        raise FormatUnreadable(
            name=path.name, format=format_, found_zh="文件不存在", found_en="there is no such file"
        )
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for word in _DIRECTIVES:
        if word in head:
            raise FormatHostile(name=path.name, found=word.decode().strip("<"))
    if not head.strip():
        raise FormatUnreadable(name=path.name, format=format_, found_zh="文件为空", found_en="it is empty")
    if magics and not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(magics):
        raise FormatUnreadable(
            name=path.name,
            format=format_,
            found_zh="文件头与格式不符",
            found_en="it does not begin like one",
        )
    return head


@contextmanager
def staged(files: Mapping[str, Path]) -> Iterator[Path]:
    """A temporary folder that holds these files (by link) under the given names and nothing else."""
    with tempfile.TemporaryDirectory(prefix="chengtu-read-") as folder:
        for name, path in files.items():
            (Path(folder) / name).symlink_to(path.resolve())
        yield Path(folder)


@contextmanager
def opened_zip(path: Path, format_: str) -> Iterator[zipfile.ZipFile]:
    """A zip archive whose contents stay within ``MOST_UNPACKED``. Raises FormatUnreadable, FormatBomb."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(each.file_size for each in archive.infolist()) > MOST_UNPACKED:
                raise FormatBomb(name=path.name, limit_mb=MOST_UNPACKED >> 20)
            yield archive
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:
        raise FormatUnreadable(
            name=path.name,
            format=format_,
            found_zh="压缩包已损坏或加密",
            found_en="the archive is damaged or locked",
        ) from error


def entry_name(entry: zipfile.ZipInfo) -> str:
    """The name of an entry; Chinese Windows packs names in GBK without saying so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename


def unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    """Write one entry to ``target``; its own path is never used."""
    with archive.open(entry) as source, target.open("wb") as sink:
        shutil.copyfileobj(source, sink)


@contextmanager
def written(path: Path) -> Iterator[Path]:
    """A folder beside ``path`` to write into; at the end its files move to ``path``'s folder.

    Nothing appears there before all of it is written; the file named ``path.name`` moves last.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".chengtu-write-", dir=path.parent) as folder:
        yield Path(folder)
        made = sorted(Path(folder).iterdir(), key=lambda each: each.name == path.name)
        for each in made:
            each.replace(path.parent / each.name)
