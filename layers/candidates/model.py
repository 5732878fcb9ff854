"""Tables of candidates, the sightings of each by the flights, and the reviews."""

from __future__ import annotations

from datetime import datetime

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, DateTime, Double, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from layers.candidates.codes import (
    DISMISSALS,
    KINDS,
    METHODS,
    REJECT_REASONS,
    STATES,
    STATUSES,
    VERDICTS,
)
from layers.columns import Feature, Key, one_of, reference
from layers.database import SRID, Base

__all__ = ["Candidate", "Review", "Sighting"]


class Candidate(Feature, Base):
    """A suspected change. Flights that see the same structure again keep its row and code.

    ``survey_id`` is the flight that saw it change last, ``first_survey_id`` the one that saw it first;
    ``confidence`` lies in [0, 1]; ``area_m2`` and ``height_change_m`` are measured in EPSG:4548 / 5737.
    ``model`` is the version of the learned model, ``threshold`` the score at which it was cut (None where
    nothing learned was used). ``follows_id`` is the structure of which this is the growth or the demolition.
    ``priority`` and ``dismissed`` are computed (``rank.py``); ``dismissed_for_id`` is the candidate that was
    rejected on the same ground before. Whoever puts a dismissed one back is written down.
    """

    __tablename__ = "candidates"
    geometry = "MULTIPOLYGON"
    constraints = (
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence_share"),
        CheckConstraint("area_m2 > 0", name="area_m2_positive"),
        CheckConstraint("threshold BETWEEN 0 AND 1", name="threshold_share"),
        CheckConstraint("priority BETWEEN 0 AND 1", name="priority_share"),
        CheckConstraint("(put_back_by IS NULL) = (put_back_at IS NULL)", name="put_back_by_somebody"),
    )

    survey_id: Mapped[int] = reference("surveys")
    first_survey_id: Mapped[int] = reference("surveys")
    baseline_id: Mapped[int | None] = reference("surveys")
    kind: Mapped[str] = one_of("kind", KINDS)
    confidence: Mapped[float] = mapped_column(Double)
    area_m2: Mapped[float] = mapped_column(Double)
    height_change_m: Mapped[float | None] = mapped_column(Double)
    method: Mapped[str] = one_of("method", METHODS)
    model: Mapped[str | None] = mapped_column(Text)
    threshold: Mapped[float | None] = mapped_column(Double)
    follows_id: Mapped[int | None] = reference("candidates", ondelete="SET NULL")
    priority: Mapped[float] = mapped_column(Double, server_default=text("0"))
    known_structure: Mapped[bool] = mapped_column(server_default=text("false"))
    dismissed: Mapped[str | None] = one_of("dismissed", DISMISSALS)
    dismissed_for_id: Mapped[int | None] = reference("candidates", ondelete="SET NULL")
    put_back_by: Mapped[int | None] = reference("people")
    put_back_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    status: Mapped[str] = one_of("status", STATUSES, default="pending")
    grid_id: Mapped[int | None] = reference("grids")
    division_id: Mapped[int | None] = reference("divisions")
    permit_id: Mapped[int | None] = reference("permits")
    planning_area_id: Mapped[int | None] = reference("planning_areas")
    illegal_building_id: Mapped[int | None] = reference("illegal_buildings")


class Sighting(Base):
    """What one flight saw of a candidate.

    ``geom`` and ``area_m2`` are the structure as it stood that day (as last seen, when it is gone);
    ``found`` is what the detector drew, None where it found no change. ``method``, ``model``, ``threshold``
    and ``confidence`` are those of that flight's detection, or of the last one that spoke of it.
    """

    __tablename__ = "sightings"
    __table_args__ = (
        UniqueConstraint("candidate_id", "survey_id"),
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence_share"),
        CheckConstraint("threshold BETWEEN 0 AND 1", name="threshold_share"),
        CheckConstraint("ST_IsValid(geom)", name="geom_valid"),
        CheckConstraint("ST_IsValid(found)", name="found_valid"),
    )

    id: Mapped[Key]
    candidate_id: Mapped[int] = reference("candidates", ondelete="CASCADE", index=False)
    survey_id: Mapped[int] = reference("surveys")
    geom: Mapped[WKBElement] = mapped_column(
        Geometry("MULTIPOLYGON", SRID, spatial_index=False), nullable=False
    )
    confidence: Mapped[float] = mapped_column(Double)
    area_m2: Mapped[float] = mapped_column(Double, CheckConstraint("area_m2 > 0", name="area_m2_positive"))
    kind: Mapped[str] = one_of("kind", KINDS)
    state: Mapped[str] = one_of("state", STATES)
    found: Mapped[WKBElement | None] = mapped_column(
        Geometry("MULTIPOLYGON", SRID, spatial_index=False), nullable=True
    )
    height_change_m: Mapped[float | None] = mapped_column(Double)
    method: Mapped[str] = one_of("method", METHODS)
    model: Mapped[str | None] = mapped_column(Text)
    threshold: Mapped[float | None] = mapped_column(Double)


class Review(Base):
    """One verdict of one person; never changed afterwards, an undo is a row of its own."""

    __tablename__ = "reviews"
    __table_args__ = (
        CheckConstraint("(verdict = 'reject') = (reason IS NOT NULL)", name="reject_has_reason"),
    )

    id: Mapped[Key]
    candidate_id: Mapped[int] = reference("candidates", ondelete="CASCADE")
    verdict: Mapped[str] = one_of("verdict", VERDICTS)
    reason: Mapped[str | None] = one_of("reason", REJECT_REASONS)
    note: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[int] = reference("people")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
