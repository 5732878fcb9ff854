"""Tables of documents: the bureau's options, templates by version, and the documents that were made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, Index, Integer, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.cases.codes import DOCUMENTS
from layers.columns import Key, one_of, reference
from layers.database import Base
from layers.documents.kinds import RULES
from layers.layer import Code

__all__ = ["CaseDocument", "DocumentOption", "DocumentTemplate"]

_KINDS = tuple(Code(kind.value, rule.title) for kind, rule in RULES.items())
_STAMP = DateTime(timezone=True)


def _hex(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} ~ '^[0-9a-f]{{64}}$'", name=f"{column}_hex")


class DocumentOption(Base):
    """What the bureau's documents say of it, one row. ``number_format``: see ``numbers.py``."""

    __tablename__ = "document_options"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    issuer: Mapped[str] = mapped_column(Text)
    issuer_word: Mapped[str] = mapped_column(Text)
    review_body: Mapped[str] = mapped_column(Text)
    number_format: Mapped[str] = mapped_column(Text)


class DocumentTemplate(Base):
    """A version of a template, never changed; ``made_by`` null: it came with the software."""

    __tablename__ = "document_templates"
    __table_args__ = (UniqueConstraint("kind", "version"), _hex("sha256"))

    id: Mapped[Key]
    kind: Mapped[str] = one_of("kind", _KINDS)
    version: Mapped[int] = mapped_column(CheckConstraint("version > 0", name="version_positive"))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(Text)
    bytes: Mapped[int]
    note: Mapped[str | None] = mapped_column(Text)
    made_by: Mapped[int | None] = reference("people")
    made_at: Mapped[datetime] = mapped_column(_STAMP)


class CaseDocument(Base):
    """A document as it was made, never changed; a corrected one is a row of its own with the same number.

    ``sequence`` counts within kind and year without gaps; ``facts`` are the fields as they were filled, ``serves`` of
    which document a certificate of service speaks, ``step_seq`` the last step of the case when it was made.
    """

    __tablename__ = "case_documents"
    __table_args__ = (
        UniqueConstraint("kind", "year", "sequence", "revision"),
        UniqueConstraint("number", "revision"),
        UniqueConstraint("replaces_id"),
        CheckConstraint("(revision = 1) = (replaces_id IS NULL)", name="corrections_replace"),
        CheckConstraint("(revision = 1) = (reason IS NULL) AND reason <> ''", name="corrections_have_reason"),
        CheckConstraint("(kind = 'service_receipt') = (serves IS NOT NULL)", name="receipts_serve"),
        _hex("docx_sha256"),
        _hex("pdf_sha256"),
        Index(None, "template_id"),
    )

    id: Mapped[Key]
    case_id: Mapped[int] = reference("cases")
    kind: Mapped[str] = one_of("kind", _KINDS)
    year: Mapped[int]
    sequence: Mapped[int] = mapped_column(CheckConstraint("sequence > 0", name="sequence_positive"))
    number: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(CheckConstraint("revision > 0", name="revision_positive"))
    replaces_id: Mapped[int | None] = reference("case_documents", index=False)
    reason: Mapped[str | None] = mapped_column(Text)
    serves: Mapped[str | None] = one_of("serves", DOCUMENTS)
    template_id: Mapped[int] = reference("document_templates", index=False)
    step_seq: Mapped[int]
    made_by: Mapped[int] = reference("people")
    made_at: Mapped[datetime] = mapped_column(_STAMP)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    docx: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    docx_sha256: Mapped[str] = mapped_column(Text)
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    pdf_sha256: Mapped[str] = mapped_column(Text)
    synthetic: Mapped[bool] = mapped_column(server_default=text("false"))
