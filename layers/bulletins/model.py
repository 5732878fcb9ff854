"""The tables of bulletins, of their files, and of what may be done with them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.bulletins.codes import FILE_ROLES, KINDS, STATUSES
from layers.columns import Key, Versioned, one_of, reference
from layers.database import Base

__all__ = ["Bulletin", "BulletinFile", "BulletinTransition"]

_EMPTY_LIST, _EMPTY = text("'[]'::jsonb"), text("'{}'::jsonb")


class Bulletin(Versioned, Base):
    """A bulletin. ``figures`` and ``content`` were counted, ``sections`` a person wrote; all are frozen when it is submitted.

    ``number`` and ``issued_on`` come with the publication, and ``sha256`` seals them and the files then.
    ``authors`` are all who wrote at it (people.id): none of them may approve it. ``layers/sql/bulletins.sql`` holds all
    this.
    """

    __tablename__ = "bulletins"
    __table_args__ = (
        UniqueConstraint("kind", "year", "number"),
        CheckConstraint("period_to >= period_from", name="period"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("(status IN ('published', 'withdrawn')) = (issued_on IS NOT NULL)", name="issued"),
        CheckConstraint("issued_on IS NULL OR number IS NOT NULL", name="issued_has_number"),
        CheckConstraint(
            "(status = 'withdrawn') = (withdrawn_reason IS NOT NULL)", name="withdrawn_has_reason"
        ),
        CheckConstraint("withdrawn_reason <> ''", name="withdrawn_reason_given"),
        CheckConstraint("approved_by <> ALL (authors)", name="approver_is_another"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_hex"),
    )

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = one_of("kind", KINDS, default="supervision")
    status: Mapped[str] = one_of("status", STATUSES, default="draft")
    year: Mapped[int]
    number: Mapped[int | None]
    title: Mapped[str] = mapped_column(Text)
    period_from: Mapped[date]
    period_to: Mapped[date]
    division_id: Mapped[int | None] = reference("divisions")
    issued_on: Mapped[date | None] = mapped_column(index=True)
    figures: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=_EMPTY_LIST)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=_EMPTY)
    sections: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=_EMPTY_LIST)
    authors: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'::bigint[]"))
    approved_by: Mapped[int | None] = reference("people")
    published_by: Mapped[int | None] = reference("people")
    withdrawn_by: Mapped[int | None] = reference("people")
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
    returned_reason: Mapped[str | None] = mapped_column(Text)
    sha256: Mapped[str | None] = mapped_column(Text)


class BulletinFile(Base):
    """A picture of a draft, or a document of a published bulletin (HTML, Word, PDF), with its digest."""

    __tablename__ = "bulletin_files"
    __table_args__ = (
        UniqueConstraint("bulletin_id", "name"),
        CheckConstraint("name ~ '^[a-z0-9][a-z0-9._-]{0,79}$'", name="name_format"),
        CheckConstraint("sha256 = encode(sha256(content), 'hex')", name="sha256_of_content"),
    )

    id: Mapped[Key]
    bulletin_id: Mapped[int] = reference("bulletins", ondelete="CASCADE", index=False)
    role: Mapped[str] = one_of("role", FILE_ROLES)
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class BulletinTransition(Base):
    """A permitted transition, filled from ``rules.py`` on every migrate; what the database holds bulletins to."""

    __tablename__ = "bulletin_transitions"
    __table_args__ = (UniqueConstraint("from_status", "to_status"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    from_status: Mapped[str] = mapped_column(Text)
    to_status: Mapped[str] = mapped_column(Text)
