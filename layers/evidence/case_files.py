"""The files of a case in its evidence file: documents, photographs, and what the flights show of its candidates."""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from gis.errors import ChengtuError
from layers.documents.photographs import Photograph
from layers.evidence import case_shapes as shapes
from layers.evidence import document, pictures
from layers.evidence.case_told import CaseTold, Made
from layers.evidence.pictures import Pictures
from layers.evidence.told import Told
from layers.layer import Text
from layers.storage import Storage, sha256

__all__ = ["FileChanged", "Files", "write"]

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class FileChanged(ChengtuError):
    """A file is not what the database says it was."""

    code = "file_changed"
    zh = "“{name}”与登记时不一致（SHA-256 不符），没有生成证据档案。请从备份恢复后重试。"
    en = "“{name}” is not what was recorded (its SHA-256 differs); no evidence file was made. Restore it from the backup, then try again."


@dataclass(frozen=True)
class Files:
    """What was written: facts in the order of the chain, every file as an item, and the pictures by candidate."""

    facts: tuple[document.Facts, ...]
    items: tuple[document.Item, ...]
    drawn: dict[str, Pictures]


_SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}


def write(told: CaseTold, storage: Storage, folder: Path) -> Files:
    """Write the files of a case below ``folder / "data"``. Raises FileChanged, ImageryChanged."""
    facts: list[document.Facts] = []
    items: list[document.Item] = []
    drawn: dict[str, Pictures] = {}
    for made in told.documents:
        facts.append(made.facts)
        items += _document(made, folder)
    for each in told.photographs:
        photograph, item = _photograph(each, folder)
        facts.append(photograph)
        items.append(item)
    for candidate in told.candidates:
        said, own, seen = _candidate(candidate, storage, folder)
        facts += said
        items += own
        drawn[candidate.structure.code] = seen
    return Files(tuple(facts), tuple(items), drawn)


def _document(made: Made, folder: Path) -> list[document.Item]:
    facts, found = made.facts, []
    for path, content, wanted, media_type, form in (
        (facts.docx_path, made.docx, facts.docx_sha256, _DOCX, "Word"),
        (facts.pdf_path, made.pdf, facts.pdf_sha256, "application/pdf", "PDF"),
    ):
        if hashlib.sha256(content).hexdigest() != wanted:
            raise FileChanged(name=f"{facts.number}.{form}")
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        revision = f"，第{facts.revision}版" if facts.revision > 1 else ""
        title = Text(
            f"{facts.title_zh} {facts.number}{revision}（{form}）", f"{facts.title_en} {facts.number}, {form}"
        )
        found.append(pictures.item(folder, file, media_type, title))
    return found


def _photograph(each: Photograph, folder: Path) -> tuple[shapes.Photograph, document.Item]:
    file = (
        folder
        / "data"
        / "photographs"
        / re.sub(r"[^A-Za-z0-9._-]", "_", f"{each.code}{_SUFFIXES[each.media_type]}")
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(each.path, file)
    if sha256(file) != each.sha256:
        raise FileChanged(name=each.code)
    item = pictures.item(
        folder, file, each.media_type, Text(f"照片 {each.caption}", f"photograph {each.caption}")
    )
    said = shapes.Photograph(
        code=each.code,
        path=item.path,
        sha256=item.sha256,
        caption=each.caption,
        taken_at=each.taken_at,
        facts=each.facts,
    )
    return said, item


def _candidate(
    told: Told, storage: Storage, folder: Path
) -> tuple[list[document.Facts], list[document.Item], Pictures]:  # fmt: skip
    into = f"data/candidates/{told.structure.code}"
    (folder / into).mkdir(parents=True)
    flights = pictures.flights(told, storage)
    drawn = pictures.plates(told, storage)
    items = [
        pictures.outline_file(told, folder, into),
        *pictures.pieces(told, storage, folder, into),
        *pictures.picture_files(told, drawn, folder, into),
    ]
    rest = [each for each in told.rest if not isinstance(each, document.Software)]
    return [told.structure, *flights, told.alignment, told.detection, *rest], items, drawn
