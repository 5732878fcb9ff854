"""Tables of surveys (drone flights) and their files."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Double, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from layers.columns import Feature, Key, not_negative, one_of, reference
from layers.database import Base
from layers.surveys.codes import FILE_KINDS, STATUSES

__all__ = ["Survey", "SurveyFile"]

_STAMP = DateTime(timezone=True)


class Survey(Feature, Base):
    """One flight. ``geom`` is the footprint of its valid pixels, known once it was checked.

    ``shift_x_m``/``shift_y_m`` (E, N in EPSG:4548) is the shift of this flight against its baseline;
    ``bounds`` is west, south, east, north in EPSG:4490. ``alignment`` is the whole of it (``placing.py``).
    ``forced_*``: who had it compared with which baseline although they could not be aligned, when and why.
    """

    __tablename__ = "surveys"
    geometry = "MULTIPOLYGON"
    geometry_required = False
    code_pattern = "^S[0-9]{8}-[0-9]{3,}$"
    constraints = (
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress_share"),
        CheckConstraint("expects <@ ARRAY['ortho', 'dsm'] AND 'ortho' = ANY (expects)", name="expects"),
        CheckConstraint("baseline_id <> id", name="baseline_is_another"),
        CheckConstraint("status NOT IN ('refused', 'failed') OR error_code IS NOT NULL", name="error_named"),
        CheckConstraint("status <> 'done' OR geom IS NOT NULL", name="done_has_footprint"),
        CheckConstraint("array_length(bounds, 1) = 4", name="bounds_four"),
        CheckConstraint("pyramid_minzoom BETWEEN 0 AND pyramid_maxzoom", name="pyramid_zooms"),
        CheckConstraint(
            "num_nulls(forced_by, forced_at, forced_reason, forced_baseline_id) IN (0, 4)",
            name="forced_by_somebody",
        ),
        CheckConstraint("width > 0 AND height > 0 AND gsd_m > 0", name="size_positive"),
    )

    name: Mapped[str] = mapped_column(Text, CheckConstraint("name <> ''", name="name_given"))
    flown_on: Mapped[date] = mapped_column(index=True)
    status: Mapped[str] = one_of("status", STATUSES, default="draft")
    stage: Mapped[str | None] = mapped_column(Text)
    progress: Mapped[float] = mapped_column(Double, server_default=text("0"))
    error_code: Mapped[str | None] = mapped_column(Text)
    error_zh: Mapped[str | None] = mapped_column(Text)
    error_en: Mapped[str | None] = mapped_column(Text)
    error_id: Mapped[str | None] = mapped_column(Text)
    expects: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{ortho}'::text[]"))
    gsd_m: Mapped[float | None] = mapped_column(Double)
    baseline_id: Mapped[int | None] = reference("surveys")
    shift_x_m: Mapped[float | None] = mapped_column(Double)
    shift_y_m: Mapped[float | None] = mapped_column(Double)
    residual_m: Mapped[float | None] = mapped_column(Double)
    alignment_reliable: Mapped[bool | None]
    alignment: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    forced_by: Mapped[int | None] = reference("people")
    forced_at: Mapped[datetime | None] = mapped_column(_STAMP)
    forced_reason: Mapped[str | None] = mapped_column(
        Text, CheckConstraint("forced_reason <> ''", name="forced_reason_given")
    )
    forced_baseline_id: Mapped[int | None] = reference("surveys")
    crs: Mapped[str | None] = mapped_column(Text)
    width: Mapped[int | None]
    height: Mapped[int | None]
    pyramid_minzoom: Mapped[int | None]
    pyramid_maxzoom: Mapped[int | None]
    pyramid_content: Mapped[str | None] = mapped_column(
        Text, CheckConstraint("pyramid_content ~ '^[0-9a-f]{16}$'", name="pyramid_content_hex")
    )
    bounds: Mapped[list[float] | None] = mapped_column(ARRAY(Double))
    created_by: Mapped[int | None] = reference("people")
    started_at: Mapped[datetime | None] = mapped_column(_STAMP)
    finished_at: Mapped[datetime | None] = mapped_column(_STAMP)
    stages: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    job_id: Mapped[int | None] = mapped_column(BigInteger)

    files: Mapped[list[SurveyFile]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="SurveyFile.kind.desc()"
    )


class SurveyFile(Base):
    """One uploaded file of a survey; ``path`` is relative to the storage folder."""

    __tablename__ = "survey_files"
    __table_args__ = (
        UniqueConstraint("survey_id", "kind"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_format"),
        CheckConstraint("path !~ '(^/|\\.\\.)'", name="path_relative"),
    )

    id: Mapped[Key]
    survey_id: Mapped[int] = reference("surveys", ondelete="CASCADE", index=False)
    kind: Mapped[str] = one_of("kind", FILE_KINDS)
    original_name: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    bytes: Mapped[int] = not_negative("bytes", BigInteger)
