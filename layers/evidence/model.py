"""The register of evidence files: one line for each that was made, only ever added to (layers/sql/evidence.sql)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from layers.database import Base

__all__ = ["EvidenceExport"]

_DIGESTS = ("manifest_sha256", "head_sha256", "previous", "sha256")


class EvidenceExport(Base):
    """Who took an evidence file of what, and when. Numbers have no gaps.

    ``subject_version`` is the version of the row told of, ``manifest_sha256`` the digest of the archive's
    manifest-sha256.txt, ``head_sha256`` that of its last entry; ``previous`` is the ``sha256`` of the line before.
    """

    __tablename__ = "evidence_exports"
    __table_args__ = (
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("subject IN ('candidate', 'case')", name="subject"),
        CheckConstraint("made_by <> ''", name="made_by_given"),
        *(CheckConstraint(f"{each} ~ '^[0-9a-f]{{64}}$'", name=f"{each}_hex") for each in _DIGESTS),
        Index(None, "subject", "code"),
    )

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    made_by: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    subject_version: Mapped[int]
    manifest_sha256: Mapped[str] = mapped_column(Text)
    head_sha256: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
