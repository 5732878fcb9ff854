"""Tables of candidates, the sightings of each by the flights, and the reviews."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Numeric,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from layers.candidates.codes import (
    DISMISSALS,
    KINDS,
    METHODS,
    OUTLINE_ACTS,
    REJECT_REASONS,
    SECOND_EYES,
    STATES,
    STATUSES,
    VERDICTS,
)
from layers.columns import Feature, Key, Versioned, one_of, reference
from layers.database import SRID, Base

__all__ = [
    "QUEUED",
    "Candidate",
    "OutlineEdit",
    "OutlineEditPart",
    "OutlineEditShape",
    "Review",
    "ReviewHold",
    "ReviewSettings",
    "Sighting",
]

QUEUED = "status = 'second' OR (status = 'pending' AND (dismissed IS NULL OR put_back_at IS NOT NULL))"
"""What waits for a verdict in the queue, as SQL; the queue's index is on exactly this."""


class Candidate(Feature, Base):
    """A suspected change. Flights that see the same structure again keep its row and code.

    ``survey_id`` is the flight that saw it change last, ``first_survey_id`` the one that saw it first;
    ``confidence`` lies in [0, 1]; ``area_m2`` and ``height_change_m`` are measured in EPSG:4548 / 5737.
    ``model`` is the version of the learned model, ``threshold`` the score at which it was cut (None where
    nothing learned was used). ``follows_id`` is the structure of which this is the growth or the demolition.
    ``priority`` and ``dismissed`` are computed (``rank.py``); ``dismissed_for_id`` is the candidate that was
    rejected on the same ground before. Whoever puts a dismissed one back is written down. ``replaced_by_id`` is
    the candidate that one stands in whose outline was merged (or taken back after a split).
    """

    __tablename__ = "candidates"
    geometry = "MULTIPOLYGON"
    constraints = (
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence_share"),
        CheckConstraint("area_m2 > 0", name="area_m2_positive"),
        CheckConstraint("threshold BETWEEN 0 AND 1", name="threshold_share"),
        CheckConstraint("priority BETWEEN 0 AND 1", name="priority_share"),
        CheckConstraint("(put_back_by IS NULL) = (put_back_at IS NULL)", name="put_back_by_somebody"),
        CheckConstraint("(status = 'replaced') = (replaced_by_id IS NOT NULL)", name="replaced_by_another"),
        Index(
            "ix_candidates_queue",
            text("priority DESC"),
            text("confidence DESC"),
            text("area_m2 DESC"),
            "id",
            postgresql_where=text(QUEUED),
        ),
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
    replaced_by_id: Mapped[int | None] = reference("candidates")
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
    ``found`` is what the detector drew, None where it found no change; ``drawn`` what a person drew in its place,
    which no later run of the detector touches. ``method``, ``model``, ``threshold``
    and ``confidence`` are those of that flight's detection, or of the last one that spoke of it.
    """

    __tablename__ = "sightings"
    __table_args__ = (
        UniqueConstraint("candidate_id", "survey_id"),
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence_share"),
        CheckConstraint("threshold BETWEEN 0 AND 1", name="threshold_share"),
        CheckConstraint("ST_IsValid(geom)", name="geom_valid"),
        CheckConstraint("ST_IsValid(found)", name="found_valid"),
        CheckConstraint("ST_IsValid(drawn)", name="drawn_valid"),
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
    drawn: Mapped[WKBElement | None] = mapped_column(
        Geometry("MULTIPOLYGON", SRID, spatial_index=False), nullable=True
    )
    height_change_m: Mapped[float | None] = mapped_column(Double)
    method: Mapped[str] = one_of("method", METHODS)
    model: Mapped[str | None] = mapped_column(Text)
    threshold: Mapped[float | None] = mapped_column(Double)


class Review(Base):
    """One verdict, or one change of the outline, by one person; never changed afterwards.

    An undo is a row of its own that names what it undoes (``standing.py``).
    """

    __tablename__ = "reviews"
    __table_args__ = (
        CheckConstraint("(verdict = 'reject') = (reason IS NOT NULL)", name="reject_has_reason"),
        CheckConstraint("undoes_id IS NULL OR verdict = 'undo'", name="undo_undoes"),
        CheckConstraint(
            "(verdict IN ('redraw', 'merge', 'split')) = (edit_id IS NOT NULL)", name="outline_act_has_edit"
        ),
        UniqueConstraint("undoes_id"),
    )

    id: Mapped[Key]
    candidate_id: Mapped[int] = reference("candidates", ondelete="CASCADE")
    verdict: Mapped[str] = one_of("verdict", VERDICTS)
    reason: Mapped[str | None] = one_of("reason", REJECT_REASONS)
    note: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[int] = reference("people")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    undoes_id: Mapped[int | None] = reference("reviews", ondelete="CASCADE", index=False)
    edit_id: Mapped[int | None] = reference("outline_edits", ondelete="CASCADE")


class ReviewHold(Base):
    """Who is looking at a candidate, and until when; past that it is free again. One hold per candidate."""

    __tablename__ = "review_holds"

    candidate_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("candidates.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = reference("people", ondelete="CASCADE")
    taken_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    until: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ReviewSettings(Versioned, Base):
    """The bureau's one row: which verdicts take a second pair of eyes (``second.py``)."""

    __tablename__ = "review_settings"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("(second_eyes = 'large') = (second_area_m2 IS NOT NULL)", name="large_has_area"),
        CheckConstraint("second_area_m2 > 0", name="second_area_m2_positive"),
    )

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False, sort_order=-2)
    second_eyes: Mapped[str] = one_of("second_eyes", SECOND_EYES, default="off")
    second_area_m2: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))


class OutlineEdit(Base):
    """One change of outlines by a person; ``last_sighting_id`` tells whether a flight has spoken since."""

    __tablename__ = "outline_edits"

    id: Mapped[Key]
    act: Mapped[str] = one_of("act", OUTLINE_ACTS)
    candidate_id: Mapped[int] = reference("candidates", ondelete="CASCADE")
    person_id: Mapped[int] = reference("people")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    last_sighting_id: Mapped[int] = mapped_column(BigInteger)


class OutlineEditPart(Base):
    """A candidate's part in a change of outlines, and its outline before; ``followers`` moved to the kept one."""

    __tablename__ = "outline_edit_parts"
    __table_args__ = (
        CheckConstraint("part IN ('kept', 'merged', 'added')", name="part"),
        CheckConstraint("(part = 'added') = (outline IS NULL)", name="outline_before"),
    )

    edit_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("outline_edits.id", ondelete="CASCADE"), primary_key=True
    )
    candidate_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("candidates.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    part: Mapped[str] = mapped_column(Text)
    outline: Mapped[WKBElement | None] = mapped_column(
        Geometry("MULTIPOLYGON", SRID, spatial_index=False), nullable=True
    )
    followers: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))


class OutlineEditShape(Base):
    """What was drawn on a sighting before a change of outlines; None where that was the detector's own."""

    __tablename__ = "outline_edit_shapes"

    edit_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("outline_edits.id", ondelete="CASCADE"), primary_key=True
    )
    sighting_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("sightings.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    drawn: Mapped[WKBElement | None] = mapped_column(
        Geometry("MULTIPOLYGON", SRID, spatial_index=False), nullable=True
    )
