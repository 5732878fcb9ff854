"""Where flights and photographs lie on disk. Every file arrives by rename, so a name that exists is a whole file.

<home>/storage/surveys/<id>/ortho.source.tif   as the crew sent it
<home>/storage/surveys/<id>/ortho.tif          checked COG
<home>/storage/surveys/<id>/ortho.pmtiles      display pyramid
<home>/storage/surveys/<id>/windows/           finished windows of a comparison that is not recorded yet
<home>/storage/imports/<id>/<name>        a file that is to be imported, until it is
<home>/storage/photographs/<ab>/<sha256>       a photograph as it came, and .preview.jpg beside it
<home>/uploads/                                parts on their way (tus)
"""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from layers.settings import Settings

__all__ = ["Kind", "Storage", "sha256"]

Kind = Literal["ortho", "dsm"]


@dataclass(frozen=True)
class Storage:
    """The storage door; another implementation may keep objects elsewhere behind the same methods."""

    home: Path

    @classmethod
    def of(cls, settings: Settings) -> Storage:
        """The storage of this installation, its folders made."""
        storage = cls(settings.home)
        storage.uploads.mkdir(parents=True, exist_ok=True)
        storage.surveys.mkdir(parents=True, exist_ok=True)
        return storage

    @property
    def uploads(self) -> Path:
        """Folder of uploads under way."""
        return self.home / "uploads"

    @property
    def surveys(self) -> Path:
        """Folder of all surveys."""
        return self.home / "storage" / "surveys"

    def survey(self, survey_id: int) -> Path:
        """Folder of one survey (it may not exist yet)."""
        return self.surveys / str(survey_id)

    def source(self, survey_id: int, kind: Kind) -> Path:
        """The file as the crew sent it."""
        return self.survey(survey_id) / f"{kind}.source.tif"

    def cog(self, survey_id: int, kind: Kind) -> Path:
        """The checked cloud-optimised GeoTIFF."""
        return self.survey(survey_id) / f"{kind}.tif"

    def pyramid(self, survey_id: int) -> Path:
        """The display pyramid of the orthophoto (PMTiles, WebMercatorQuad)."""
        return self.survey(survey_id) / "ortho.pmtiles"

    def windows(self, survey_id: int) -> Path:
        """Folder of finished windows, from which a killed comparison goes on."""
        return self.survey(survey_id) / "windows"

    def drop_windows(self, survey_id: int) -> None:
        """Delete the finished windows: the whole is recorded."""
        shutil.rmtree(self.windows(survey_id), ignore_errors=True)

    def keep(self, path: Path, survey_id: int, kind: Kind) -> Path:
        """Give an uploaded file its place; the upload itself stays until the caller has committed.

        A second name for the same bytes where the file system can do that, a copy where not.
        """
        target = self.source(survey_id, kind)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(".part")
        part.unlink(missing_ok=True)
        try:
            os.link(path, part)
        except OSError:
            shutil.copyfile(path, part)
        part.replace(target)
        return target

    def for_import(self, import_id: int) -> Path:
        """Folder of the file of one import (it may not exist yet)."""
        return self.home / "storage" / "imports" / str(import_id)

    def forget_import(self, import_id: int) -> None:
        """Delete the file of an import."""
        shutil.rmtree(self.for_import(import_id), ignore_errors=True)

    @property
    def photographs(self) -> Path:
        """Folder of all photographs."""
        return self.home / "storage" / "photographs"

    def photograph(self, digest: str) -> Path:
        """A photograph as it came, by its SHA-256 in hex."""
        return self.photographs / digest[:2] / digest

    def preview(self, digest: str) -> Path:
        """The small picture of a photograph."""
        return self.photograph(digest).with_suffix(".preview.jpg")

    def keep_photograph(self, path: Path, digest: str, preview: bytes) -> None:
        """Move a received file to its place and write its preview; both are on disk when this returns."""
        target = self.photograph(digest)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.preview")
        part.write_bytes(preview)
        for source, place in ((part, self.preview(digest)), (path, target)):
            with source.open("rb") as handle:
                os.fsync(handle.fileno())
            source.replace(place)

    def sweep(self, survey_id: int) -> None:
        """Delete what a killed worker left half written (unfinished files are hidden until their rename)."""
        for leftover in self.survey(survey_id).glob(".*"):
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink(missing_ok=True)

    def relative(self, path: Path) -> str:
        """The name under which the database remembers a file."""
        return os.fspath(path.relative_to(self.home))

    def forget(self, survey_id: int) -> None:
        """Delete everything of a survey."""
        shutil.rmtree(self.survey(survey_id), ignore_errors=True)


def sha256(path: Path) -> str:
    """The SHA-256 of a file in hex."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
