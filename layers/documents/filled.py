"""A template filled: Word file in, Word file out. Pure but for the pictures' bytes that are given."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage

from layers.documents.template import environment
from layers.printing.plain import printable

__all__ = ["Picture", "fill", "undated"]

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Picture:
    """A JPEG or PNG, and how wide it stands on paper."""

    content: bytes
    width_mm: float = 120.0


def fill(template: bytes, values: Values, *, title: str, at: datetime) -> bytes:
    """The Word file with its fields filled; the same values give the same bytes. ``at``: of its making."""
    document = DocxTemplate(io.BytesIO(template))
    document.init_docx()
    document.render(_placed(values, document), environment(), autoescape=True)
    properties = document.docx.core_properties
    properties.title = printable(title)
    properties.author = properties.last_modified_by = "城图 Chengtu"
    properties.created = properties.modified = at.astimezone(UTC).replace(tzinfo=None)
    properties.comments, properties.revision = "", 1
    out = io.BytesIO()
    document.docx.save(out)
    return undated(out.getvalue())


def _placed(value: Any, document: DocxTemplate) -> Any:
    """Values with their pictures as docxtpl wants them."""
    if isinstance(value, Picture):
        return InlineImage(document, io.BytesIO(value.content), width=Mm(value.width_mm))
    if isinstance(value, Mapping):
        return {name: _placed(each, document) for name, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_placed(each, document) for each in value]
    return printable(value)


def undated(content: bytes) -> bytes:
    """The archive with every member's time set to the first that a ZIP file knows."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for each in source.infolist():
            member = zipfile.ZipInfo(each.filename, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(member, source.read(each))
    return out.getvalue()
