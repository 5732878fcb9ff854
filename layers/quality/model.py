"""The table of quality samples: what somebody looks at again to learn what the detector left out."""

from __future__ import annotations

from datetime import datetime

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from layers.columns import Key, Versioned, one_of, reference
from layers.database import SRID, Base
from layers.quality.codes import MISSED_KINDS, SAMPLE_KINDS, SAMPLE_VERDICTS

__all__ = ["QualitySample"]

_STAMP = DateTime(timezone=True)


class QualitySample(Versioned, Base):
    """One square without a candidate, or one rejected candidate, of a pair of flights.

    ``place`` is the square's name (its south-west corner in EPSG:4548) or the candidate's code; ``model`` says
    which detector left the place out. ``places`` and ``places_in_survey`` are how many empty squares the
    township's part of the flight and the whole flight had when this one was drawn. ``missed`` counts
    structures of which the detector said nothing, ``missed_kind`` is what they mostly are.
    """

    __tablename__ = "quality_samples"
    __table_args__ = (
        UniqueConstraint("survey_id", "place", "model", postgresql_nulls_not_distinct=True),
        Index(None, "geom", postgresql_using="gist"),
        CheckConstraint(
            "(kind_of_sample = 'rejected') = (candidate_id IS NOT NULL)", name="rejected_names_candidate"
        ),
        CheckConstraint(
            "(kind_of_sample = 'empty') = (places IS NOT NULL AND places_in_survey IS NOT NULL)",
            name="empty_has_frame",
        ),
        CheckConstraint("places > 0 AND places_in_survey >= places", name="frame_sensible"),
        CheckConstraint(
            "(verdict IS NULL) = (person_id IS NULL) AND (verdict IS NULL) = (at IS NULL)",
            name="judged_by_somebody",
        ),
        CheckConstraint(
            "coalesce(verdict = 'missed', false) = (missed IS NOT NULL) "
            "AND (missed IS NULL) = (missed_kind IS NULL)",
            name="missed_is_counted",
        ),
        CheckConstraint("missed > 0", name="missed_positive"),
        CheckConstraint("ST_IsValid(geom) AND NOT ST_IsEmpty(geom)", name="geom_valid"),
    )

    id: Mapped[Key]
    survey_id: Mapped[int] = reference("surveys", index=False)
    baseline_id: Mapped[int] = reference("surveys")
    kind_of_sample: Mapped[str] = one_of("kind_of_sample", SAMPLE_KINDS)
    place: Mapped[str] = mapped_column(Text, CheckConstraint("place <> ''", name="place_given"))
    candidate_id: Mapped[int | None] = reference("candidates", ondelete="CASCADE")
    division_id: Mapped[int | None] = reference("divisions")
    model: Mapped[str | None] = mapped_column(Text)
    places: Mapped[int | None]
    places_in_survey: Mapped[int | None]
    seed: Mapped[int] = mapped_column(BigInteger)
    geom: Mapped[WKBElement] = mapped_column(
        Geometry("MULTIPOLYGON", SRID, spatial_index=False), nullable=False
    )
    drawn_at: Mapped[datetime] = mapped_column(_STAMP, server_default=func.now())
    drawn_by: Mapped[int] = reference("people")
    verdict: Mapped[str | None] = one_of("verdict", SAMPLE_VERDICTS)
    missed: Mapped[int | None]
    missed_kind: Mapped[str | None] = one_of("missed_kind", MISSED_KINDS)
    person_id: Mapped[int | None] = reference("people")
    at: Mapped[datetime | None] = mapped_column(_STAMP)
