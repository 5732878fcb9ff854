"""A bag (RFC 8493, BagIt 1.0) in a ZIP file.

    <name>/bagit.txt                what this is
    <name>/bag-info.txt             about whom and what
    <name>/manifest-sha256.txt      digests of the payload: ``sha256sum -c manifest-sha256.txt``
    <name>/tagmanifest-sha256.txt   digests of the other files beside it
    <name>/data/…                   the payload

Nothing is compressed (pictures are already) and every time is 1980-01-01, so that the bytes are those of the
content alone, whatever packs them.
"""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from layers.storage import sha256

__all__ = ["DECLARATION", "MANIFEST", "TAG_MANIFEST", "Bag", "manifest"]

MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment a ZIP file knows
_UNIX, _FILE_MODE = 3, 0o100644


@dataclass(frozen=True)
class Bag:
    """A bag whose payload lies in ``folder / "data"``; names of files are plain ASCII. ``info``: bag-info.txt."""

    folder: Path
    name: str
    info: Mapping[str, str]

    @cached_property
    def payload(self) -> dict[str, Path]:
        """The payload by its path in the bag, sorted."""
        files = sorted(each for each in (self.folder / "data").rglob("*") if each.is_file())
        return {each.relative_to(self.folder).as_posix(): each for each in files}

    @cached_property
    def manifest(self) -> bytes:
        """The content of manifest-sha256.txt."""
        return manifest({path: sha256(file) for path, file in self.payload.items()})

    @property
    def manifest_sha256(self) -> str:
        """One digest for all of the payload, hexadecimal."""
        return hashlib.sha256(self.manifest).hexdigest()

    def pack(self, target: Path, tags: Mapping[str, bytes]) -> None:
        """Write the ZIP file, atomically. ``tags``: further files beside the payload, by name."""
        from gis.cog import replaced  # noqa: PLC0415 - rasterio, which a check need not load

        size = sum(each.stat().st_size for each in self.payload.values())
        info = {**self.info, "Payload-Oxum": f"{size}.{len(self.payload)}"}
        beside = {
            "bagit.txt": DECLARATION,
            "bag-info.txt": "".join(f"{key}: {value}\n" for key, value in info.items()).encode(),
            MANIFEST: self.manifest,
            **tags,
        }
        beside[TAG_MANIFEST] = manifest({key: hashlib.sha256(beside[key]).hexdigest() for key in beside})
        with replaced(target) as part, zipfile.ZipFile(part, "w") as archive:
            for name, content in beside.items():
                archive.writestr(self._member(name), content)
            for path, file in self.payload.items():
                with file.open("rb") as source, archive.open(self._member(path), "w") as sink:
                    shutil.copyfileobj(source, sink)

    def _member(self, path: str) -> zipfile.ZipInfo:
        member = zipfile.ZipInfo(f"{self.name}/{path}", _EPOCH)
        member.create_system, member.external_attr = _UNIX, _FILE_MODE << 16
        return member


def manifest(digests: Mapping[str, str]) -> bytes:
    """A manifest of digests by path, as ``sha256sum`` writes and reads it."""
    return "".join(f"{digests[path]}  {path}\n" for path in sorted(digests)).encode()
