"""The table of alarms: what a flight shows of an illegal building on record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, Double, Index, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from layers.alarms.codes import CLOSED_FOR, KINDS, STATUSES, SURENESS
from layers.candidates.codes import METHODS
from layers.columns import Key, one_of, reference
from layers.database import Base

__all__ = ["Alarm"]

_STAMP = DateTime(timezone=True)


def _share(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} BETWEEN 0 AND 1", name=f"{column}_share")


class Alarm(Base):
    """What one flight shows of one building; one row per building, flight and kind, told anew by ``tell.py``.

    ``noted`` rows are facts that ask nothing of anybody. ``area_m2`` is what stands on that day (what is left, when it
    is gone), ``gained_m2`` and ``gained_share`` how much more than on record, all in EPSG:4548;
    ``height_change_m`` against the flight before. ``cleared_share``: of the outline, by this flight's demolitions;
    ``shown_share``: of the outline, that both flights show (the rest lies outside or has no data). ``candidate_id`` is
    the detection that says so, None where the detector was silent.
    """

    __tablename__ = "alarms"
    __table_args__ = (
        UniqueConstraint("illegal_building_id", "survey_id", "kind"),
        CheckConstraint("area_m2 >= 0", name="area_m2_not_negative"),
        _share("cleared_share"),
        _share("shown_share"),
        _share("confidence"),
        CheckConstraint(
            "(status = 'closed') = (closed_for IS NOT NULL) AND (status = 'closed') = (closed_at IS NOT NULL)",
            name="closed_for_a_reason",
        ),
        CheckConstraint(
            "coalesce(closed_for = 'person', false) = (closed_by IS NOT NULL) AND (closed_by IS NULL) = (word IS NULL)",
            name="closed_with_a_word",
        ),
        CheckConstraint("word <> ''", name="word_given"),
        Index("ix_alarms_open", "survey_id", "id", postgresql_where=text("status = 'open'")),
    )

    id: Mapped[Key]
    illegal_building_id: Mapped[int] = reference("illegal_buildings", ondelete="CASCADE", index=False)
    survey_id: Mapped[int] = reference("surveys")
    baseline_id: Mapped[int] = reference("surveys")
    candidate_id: Mapped[int | None] = reference("candidates", ondelete="SET NULL")
    kind: Mapped[str] = one_of("kind", KINDS)
    status: Mapped[str] = one_of("status", STATUSES)
    sureness: Mapped[str] = one_of("sureness", SURENESS)
    area_m2: Mapped[float] = mapped_column(Double)
    gained_m2: Mapped[float | None] = mapped_column(Double)
    gained_share: Mapped[float | None] = mapped_column(Double)
    height_change_m: Mapped[float | None] = mapped_column(Double)
    cleared_share: Mapped[float] = mapped_column(Double)
    shown_share: Mapped[float] = mapped_column(Double)
    method: Mapped[str | None] = one_of("method", METHODS)
    confidence: Mapped[float | None] = mapped_column(Double)
    closed_for: Mapped[str | None] = one_of("closed_for", CLOSED_FOR)
    closed_by: Mapped[int | None] = reference("people")
    closed_at: Mapped[datetime | None] = mapped_column(_STAMP)
    word: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_STAMP, server_default=func.now())
