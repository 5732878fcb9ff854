"""Code lists of standards, with validity; the mapping from a code to the one that replaces it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from layers.columns import Key, reference
from layers.database import Base

__all__ = ["CodeMapping", "StandardCode"]


class StandardCode(Base):
    """One code of one list: where it comes from (``standard_ref``) and when it holds.

    ``valid_to`` is the first day on which it no longer holds; null: still valid.
    """

    __tablename__ = "codes"
    __table_args__ = (
        UniqueConstraint("list", "value"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="validity"),
    )

    id: Mapped[Key]
    list: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)
    title_zh: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    standard_ref: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(Text)


class CodeMapping(Base):
    """An old code and the one that replaces it, within a list or from one standard to the next."""

    __tablename__ = "code_mappings"
    __table_args__ = (
        UniqueConstraint("from_id", "to_id"),
        CheckConstraint("from_id <> to_id", name="two_codes"),
    )

    id: Mapped[Key]
    from_id: Mapped[int] = reference("codes")
    to_id: Mapped[int] = reference("codes")
