"""Tables of candidates, the sightings of each by the flights, and the reviews."""

from __future__ import annotations

from datetime import datetime

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, DateTime, Double, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from layers.candidates.codes import KINDS, REJECT_REASONS, STATUSES, VERDICTS
from layers.columns import Feature, Key, one_of, reference
from layers.database import SRID, Base

__all__ = ["Candidate", "Review", "Sighting"]


class Candidate(Feature, Base):
    """A suspected change. Flights that see the same structure again keep its row and code.

    ``survey_id`` is the flight that saw it last, ``first_survey_id`` the one that saw it first;
    ``confidence`` lies in [0, 1]; ``area_m2`` and ``height_change_m`` are measured in EPSG:4548 / 5737.
    """

    __tablename__ = "candidates"
    geometry = "MULTIPOLYGON"
    constraints = (
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence_share"),
        CheckConstraint("area_m2 > 0", name="area_m2_positive"),
    )

    survey_id: Mapped[int] = reference("surveys")
    first_survey_id: Mapped[int] = reference("surveys")
    baseline_id: Mapped[int | None] = reference("surveys")
    kind: Mapped[str] = one_of("kind", KINDS)
    confidence: Mapped[float] = mapped_column(Double)
    area_m2: Mapped[float] = mapped_column(Double)
    height_change_m: Mapped[float | None] = mapped_column(Double)
    method: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = one_of("status", STATUSES, default="pending")
    grid_id: Mapped[int | None] = reference("grids")
    division_id: Mapped[int | None] = reference("divisions")
    permit_id: Mapped[int | None] = reference("permits")
    planning_area_id: Mapped[int | None] = reference("planning_areas")
    illegal_building_id: Mapped[int | None] = reference("illegal_buildings")


class Sighting(Base):
    """What one flight saw of a candidate."""

    __tablename__ = "sightings"
    __table_args__ = (
        UniqueConstraint("candidate_id", "survey_id"),
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence_share"),
        CheckConstraint("ST_IsValid(geom)", name="geom_valid"),
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
