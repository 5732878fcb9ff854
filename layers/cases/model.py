"""Tables of enforcement cases: the case, site checks, steps, services, periods, requests, and what rules them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.buildings.codes import SOURCES, STRUCTURES
from layers.cases.codes import (
    CASE_STATUSES,
    CONCLUSIONS,
    DAY_KINDS,
    DOCUMENTS,
    PERIODS,
    ROUTES,
    SERVICE_METHODS,
    UNITS,
    USES,
)
from layers.columns import Feature, Key, one_of, positive, reference
from layers.database import SRID, Base

__all__ = [
    "CalendarDay",
    "Case",
    "CaseDeadline",
    "CaseOption",
    "CaseRequest",
    "CaseService",
    "CaseStep",
    "CaseTransition",
    "SiteCheck",
]

_STAMP = DateTime(timezone=True)


def _of_step() -> ForeignKeyConstraint:
    """To the step that left this row; looked at when the transaction ends, since a step waits for periods."""
    ends = ["case_steps.case_id", "case_steps.seq"]
    return ForeignKeyConstraint(["case_id", "step_seq"], ends, deferrable=True, initially="DEFERRED")


class Case(Feature, Base):
    """An enforcement case and the days of its steps. ``fine_yuan`` is what the decision imposed.

    ``status`` and ``steps`` (how many there are) are those of its last step: ``layers/sql/case_steps.sql`` holds it.
    """

    __tablename__ = "cases"
    geometry = "POINT"
    constraints = (
        CheckConstraint("(status = 'closed') = (closed_on IS NOT NULL)", name="closed_has_day"),
        CheckConstraint("reviewed_on >= filed_on", name="reviewed_after_filed"),
        CheckConstraint("decided_on IS NULL OR decided_on >= reviewed_on", name="decided_after_review"),
        CheckConstraint("decided_on IS NULL OR reviewed_on IS NOT NULL", name="review_before_decision"),
        CheckConstraint("closed_on >= filed_on", name="closed_after_filed"),
    )

    title: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = one_of("status", CASE_STATUSES)
    route: Mapped[str] = one_of("route", ROUTES)
    party_name: Mapped[str | None] = mapped_column(Text)
    filed_on: Mapped[date]
    reviewed_on: Mapped[date | None] = mapped_column(index=True)
    decided_on: Mapped[date | None]
    closed_on: Mapped[date | None] = mapped_column(index=True)
    fine_yuan: Mapped[Decimal | None] = mapped_column(
        Numeric(12, 2), CheckConstraint("fine_yuan >= 0", name="fine_not_negative")
    )
    illegal_building_id: Mapped[int | None] = reference("illegal_buildings")
    division_id: Mapped[int | None] = reference("divisions")
    handler_id: Mapped[int | None] = reference("organisations")
    steps: Mapped[int] = mapped_column(server_default=text("0"))


class SiteCheck(Base):
    """Somebody was there: where (EPSG:4490), when, what was found and measured; never changed. ``source``: what sent
    them. ``client_id`` is made by the phone, so that what it sends twice is one row. ``material`` has the values of
    the structures of illegal buildings.
    """

    __tablename__ = "site_checks"
    __table_args__ = (
        Index(None, "geom", postgresql_using="gist"),
        CheckConstraint("ST_IsValid(geom) AND NOT ST_IsEmpty(geom)", name="geom_valid"),
    )

    id: Mapped[Key]
    source: Mapped[str] = one_of("source", SOURCES)
    illegal_building_id: Mapped[int | None] = reference("illegal_buildings")
    case_id: Mapped[int | None] = reference("cases")
    conclusion: Mapped[str] = one_of("conclusion", CONCLUSIONS)
    checked_at: Mapped[datetime] = mapped_column(_STAMP)
    person_id: Mapped[int | None] = reference("people")
    area_m2: Mapped[Decimal | None] = positive("area_m2")
    length_m: Mapped[Decimal | None] = positive("length_m", 8)
    width_m: Mapped[Decimal | None] = positive("width_m", 8)
    height_m: Mapped[Decimal | None] = positive("height_m", 6)
    storeys: Mapped[int | None] = mapped_column(
        CheckConstraint("storeys BETWEEN 1 AND 99", name="storeys_sensible")
    )
    use: Mapped[str | None] = one_of("use", USES)
    material: Mapped[str | None] = one_of("material", STRUCTURES)
    note: Mapped[str | None] = mapped_column(Text)
    client_id: Mapped[UUID | None] = mapped_column(unique=True)
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", SRID, spatial_index=False), nullable=False)
    recorded_at: Mapped[datetime] = mapped_column(_STAMP, server_default=func.now())
    synthetic: Mapped[bool] = mapped_column(server_default=text("false"))


class CaseStep(Base):
    """One act on a case, never changed. ``from_status`` is null for the first; ``details`` is what was said with it.

    The act ``take_over`` marks cases that were on record before steps were kept; nobody can do it any more.
    """

    __tablename__ = "case_steps"
    __table_args__ = (
        UniqueConstraint("case_id", "seq"),
        CheckConstraint("seq > 0", name="seq_positive"),
        CheckConstraint("approver_id <> person_id", name="approver_is_another"),
        CheckConstraint("reason <> ''", name="reason_given"),
        Index(None, "site_check_id", unique=True, postgresql_where=text("act = 'file'")),
    )

    id: Mapped[Key]
    case_id: Mapped[int] = reference("cases", index=False)
    seq: Mapped[int]
    act: Mapped[str] = mapped_column(Text)
    from_status: Mapped[str | None] = mapped_column(Text)
    to_status: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(_STAMP)
    person_id: Mapped[int | None] = reference("people")
    approver_id: Mapped[int | None] = reference("people")
    reason: Mapped[str | None] = mapped_column(Text)
    legal_basis: Mapped[str | None] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    site_check_id: Mapped[int | None] = reference("site_checks", index=False)


class CaseService(Base):
    """A document served (送达), never changed; periods count from ``effective_on``."""

    __tablename__ = "case_services"
    __table_args__ = (
        _of_step(),
        CheckConstraint("effective_on >= served_on", name="effective_after_served"),
    )

    id: Mapped[Key]
    case_id: Mapped[int] = reference("cases")
    step_seq: Mapped[int]
    issued_seq: Mapped[int] = mapped_column(CheckConstraint("issued_seq < step_seq", name="issued_before"))
    document: Mapped[str] = one_of("document", DOCUMENTS)
    method: Mapped[str] = one_of("method", SERVICE_METHODS)
    served_on: Mapped[date]
    effective_on: Mapped[date]
    receiver: Mapped[str | None] = mapped_column(Text)


class CaseDeadline(Base):
    """A period as it was counted, never changed: a later row of the same kind stands in its place.

    ``settled`` is false while it rests on a year whose holidays are not loaded; ``step_seq`` opened it. The least
    length of the party's periods is held here, whatever was counted: 行政复议法20, 土地管理法83, 行政处罚法64,
    行政强制法54.
    """

    __tablename__ = "case_deadlines"
    __table_args__ = (
        _of_step(),
        Index(None, "case_id", "kind", "id"),
        Index(None, "settled", postgresql_where=text("NOT settled")),
        CheckConstraint("ends_on >= counted_from", name="ends_after"),
        CheckConstraint("kind <> 'review' OR ends_on >= counted_from + 60", name="review_sixty_days"),
        CheckConstraint("kind <> 'suit' OR ends_on >= counted_from + 15", name="suit_fifteen_days"),
        CheckConstraint("kind <> 'hearing' OR ends_on >= counted_from + 5", name="hearing_five_days"),
        CheckConstraint("kind <> 'demand' OR ends_on >= counted_from + 10", name="demand_ten_days"),
    )

    id: Mapped[Key]
    case_id: Mapped[int] = reference("cases", index=False)
    kind: Mapped[str] = one_of("kind", PERIODS)
    step_seq: Mapped[int]
    counted_from: Mapped[date]
    count: Mapped[int] = mapped_column(CheckConstraint("count > 0", name="count_positive"))
    unit: Mapped[str] = one_of("unit", UNITS)
    moves: Mapped[bool]
    ends_on: Mapped[date]
    settled: Mapped[bool]
    basis: Mapped[str] = mapped_column(Text)


class CaseRequest(Base):
    """What needs somebody else's approval: asked, then granted or refused, once."""

    __tablename__ = "case_requests"
    __table_args__ = (
        Index("ix_case_requests_open", "case_id", unique=True, postgresql_where=text("decided_at IS NULL")),
        CheckConstraint("reason <> ''", name="reason_given"),
        CheckConstraint("decided_by <> asked_by", name="approver_is_another"),
        CheckConstraint("num_nulls(decided_by, decided_at, granted) IN (0, 3)", name="decided_by_somebody"),
    )

    id: Mapped[Key]
    case_id: Mapped[int] = reference("cases")
    act: Mapped[str] = mapped_column(
        Text, CheckConstraint("act IN ('extend', 'return', 'revoke', 'suspend')", name="act")
    )
    reason: Mapped[str] = mapped_column(Text)
    days: Mapped[int | None]
    asked_by: Mapped[int] = reference("people")
    asked_at: Mapped[datetime] = mapped_column(_STAMP)
    decided_by: Mapped[int | None] = reference("people")
    decided_at: Mapped[datetime | None] = mapped_column(_STAMP)
    granted: Mapped[bool | None]
    note: Mapped[str | None] = mapped_column(Text)


class CaseTransition(Base):
    """A permitted transition, filled from ``rules.py`` on every migrate; what the database holds steps to."""

    __tablename__ = "case_transitions"
    __table_args__ = (
        UniqueConstraint("act", "from_status", "to_status", postgresql_nulls_not_distinct=True),
    )

    id: Mapped[Key]
    act: Mapped[str] = mapped_column(Text)
    from_status: Mapped[str | None] = mapped_column(Text)
    to_status: Mapped[str] = mapped_column(Text)
    waits_for: Mapped[list[str]] = mapped_column(ARRAY(Text))
    approver: Mapped[bool]


class CalendarDay(Base):
    """A day off or a make-up working day, from the State Council's notice of its year."""

    __tablename__ = "calendar_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = one_of("kind", DAY_KINDS)
    name: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)


class CaseOption(Base):
    """The bureau's practice where the law is disputed, one row: whether announcement or demand comes first."""

    __tablename__ = "case_options"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    enforcement_order: Mapped[str] = mapped_column(
        Text,
        CheckConstraint(
            "enforcement_order IN ('either', 'announcement_first', 'demand_first')", name="enforcement_order"
        ),
    )
