"""Tables of incidents (component and event cases) with their steps, and of petitions and hotline calls."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, Index, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.columns import Feature, Key, Versioned, one_of, reference
from layers.database import Base
from layers.incidents.codes import (
    INCIDENT_KINDS,
    INCIDENT_SOURCES,
    INCIDENT_STATUSES,
    LIMIT_UNITS,
    REQUEST_KINDS,
)

__all__ = [
    "ApiKey",
    "Incident",
    "IncidentLimit",
    "IncidentPhotograph",
    "IncidentReporter",
    "IncidentRequest",
    "IncidentStep",
    "IncidentTransition",
    "ServiceRequest",
]

_STAMP = DateTime(timezone=True)


class Incident(Feature, Base):
    """A component or event case; ``category_id`` is its code of GB/T 30428 or of what replaces it.

    ``status``, ``steps`` (how many there are), the times and ``handler_id`` are written by its steps alone:
    ``layers/sql/incident_steps.sql`` holds that. ``platform_code``: its number on the city platform, where it began.
    """

    __tablename__ = "incidents"
    geometry = "POINT"
    constraints = (
        CheckConstraint(
            "CASE WHEN status IN ('handled', 'closed', 'evaluated') THEN handled_at IS NOT NULL "
            "WHEN status = 'revoked' THEN true ELSE handled_at IS NULL END",
            name="handled_has_time",
        ),
        CheckConstraint(
            "status IN ('accepted', 'declined', 'revoked') OR filed_at IS NOT NULL", name="filed_has_time"
        ),
        CheckConstraint(
            "(status IN ('closed', 'evaluated')) = (closed_at IS NOT NULL)", name="closed_has_time"
        ),
        CheckConstraint("filed_at >= accepted_at", name="filed_after_accepted"),
        CheckConstraint("handled_at >= accepted_at", name="handled_after_accepted"),
        CheckConstraint("closed_at >= handled_at", name="closed_after_handled"),
    )

    kind: Mapped[str] = one_of("kind", INCIDENT_KINDS)
    category_id: Mapped[int] = reference("codes")
    source: Mapped[str] = one_of("source", INCIDENT_SOURCES)
    status: Mapped[str] = one_of("status", INCIDENT_STATUSES)
    description: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    accepted_at: Mapped[datetime] = mapped_column(_STAMP, index=True)
    filed_at: Mapped[datetime | None] = mapped_column(_STAMP)
    dispatched_at: Mapped[datetime | None] = mapped_column(_STAMP)
    due_at: Mapped[datetime | None] = mapped_column(_STAMP, index=True)
    handled_at: Mapped[datetime | None] = mapped_column(_STAMP)
    closed_at: Mapped[datetime | None] = mapped_column(_STAMP)
    handler_id: Mapped[int | None] = reference("organisations")
    division_id: Mapped[int | None] = reference("divisions")
    grid_id: Mapped[int | None] = reference("grids")
    platform_code: Mapped[str | None] = mapped_column(Text, unique=True)
    steps: Mapped[int] = mapped_column(server_default=text("1"))
    request_key: Mapped[uuid.UUID | None] = mapped_column(unique=True)


class IncidentStep(Base):
    """One act on an incident, never changed. ``from_status`` is null for the first, which the database writes.

    ``due_at`` and ``handler_id`` are what the act set; ``details`` what was said with it. ``request_key``: the
    sender's own number of the request, so that a repeated one does nothing.
    """

    __tablename__ = "incident_steps"
    __table_args__ = (
        UniqueConstraint("incident_id", "seq"),
        CheckConstraint("seq > 0", name="seq_positive"),
        CheckConstraint("approver_id <> person_id", name="approver_is_another"),
        CheckConstraint("reason <> ''", name="reason_given"),
    )

    id: Mapped[Key]
    incident_id: Mapped[int] = reference("incidents", ondelete="CASCADE", index=False)
    seq: Mapped[int]
    act: Mapped[str] = mapped_column(Text)
    from_status: Mapped[str | None] = mapped_column(Text)
    to_status: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(_STAMP)
    person_id: Mapped[int | None] = reference("people")
    approver_id: Mapped[int | None] = reference("people")
    reason: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime | None] = mapped_column(_STAMP)
    handler_id: Mapped[int | None] = reference("organisations", index=False)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    request_key: Mapped[uuid.UUID | None] = mapped_column(unique=True)


class IncidentRequest(Base):
    """What needs somebody else's approval: asked, then granted or refused, once. ``count``: units of the limit."""

    __tablename__ = "incident_requests"
    __table_args__ = (
        Index(
            "ix_incident_requests_open",
            "incident_id",
            unique=True,
            postgresql_where=text("decided_at IS NULL"),
        ),
        CheckConstraint("reason <> ''", name="reason_given"),
        CheckConstraint("decided_by <> asked_by", name="approver_is_another"),
        CheckConstraint("num_nulls(decided_by, decided_at, granted) IN (0, 3)", name="decided_by_somebody"),
        CheckConstraint("count > 0", name="count_positive"),
    )

    id: Mapped[Key]
    incident_id: Mapped[int] = reference("incidents")
    act: Mapped[str] = mapped_column(
        Text, CheckConstraint("act IN ('extend', 'return', 'revoke', 'suspend')", name="act")
    )
    reason: Mapped[str] = mapped_column(Text)
    count: Mapped[int | None]
    asked_by: Mapped[int] = reference("people")
    asked_at: Mapped[datetime] = mapped_column(_STAMP)
    decided_by: Mapped[int | None] = reference("people")
    decided_at: Mapped[datetime | None] = mapped_column(_STAMP)
    granted: Mapped[bool | None]
    note: Mapped[str | None] = mapped_column(Text)


class IncidentTransition(Base):
    """A permitted transition, filled from ``rules.py`` on every migrate; what the database holds steps to."""

    __tablename__ = "incident_transitions"
    __table_args__ = (UniqueConstraint("act", "from_status", "to_status"),)

    id: Mapped[Key]
    act: Mapped[str] = mapped_column(Text)
    from_status: Mapped[str] = mapped_column(Text)
    to_status: Mapped[str] = mapped_column(Text)
    approver: Mapped[bool]
    stamps: Mapped[str | None] = mapped_column(Text)
    clears: Mapped[list[str]] = mapped_column(ARRAY(Text))


class IncidentPhotograph(Base):
    """A photograph that belongs to an incident; never changed, and gone only with an incident that is (an undone import)."""

    __tablename__ = "incident_photographs"

    incident_id: Mapped[int] = reference("incidents", ondelete="CASCADE", index=False, primary_key=True)
    photograph_id: Mapped[int] = reference("photographs", primary_key=True)
    at: Mapped[datetime] = mapped_column(_STAMP, server_default=func.now())


class IncidentLimit(Base):
    """Within what time an incident of a category must be closed once it is filed, and who says so."""

    __tablename__ = "incident_limits"

    category_id: Mapped[int] = reference("codes", index=False, primary_key=True)
    count: Mapped[int] = mapped_column(CheckConstraint("count > 0", name="count_positive"))
    unit: Mapped[str] = one_of("unit", LIMIT_UNITS)
    source: Mapped[str] = mapped_column(Text)
    second_hand: Mapped[bool]


class ApiKey(Base):
    """A key with which a program may send reports in (Open311). Only its SHA-256 is kept, and how it begins."""

    __tablename__ = "api_keys"
    __table_args__ = (CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_hex"),)

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(Text, CheckConstraint("name <> ''", name="name_given"))
    begins: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text, unique=True)
    made_by: Mapped[int | None] = reference("people")
    made_at: Mapped[datetime] = mapped_column(_STAMP, server_default=func.now())
    revoked_at: Mapped[datetime | None] = mapped_column(_STAMP)


class IncidentReporter(Base):
    """Who sent a report in, as far as he says: personal data, in no layer, no history and no answer."""

    __tablename__ = "incident_reporters"
    __table_args__ = (Index(None, "api_key_id", "received_at"),)

    incident_id: Mapped[int] = reference("incidents", ondelete="CASCADE", index=False, primary_key=True)
    api_key_id: Mapped[int] = reference("api_keys", index=False)
    received_at: Mapped[datetime] = mapped_column(_STAMP, server_default=func.clock_timestamp())
    first_name: Mapped[str | None] = mapped_column(Text)
    last_name: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    device_id: Mapped[str | None] = mapped_column(Text)
    account_id: Mapped[str | None] = mapped_column(Text)
    media_url: Mapped[str | None] = mapped_column(Text)
    address_id: Mapped[str | None] = mapped_column(Text)


class ServiceRequest(Versioned, Base):
    """A petition or a call to the hotline; who brought it is personal data and in no layer."""

    __tablename__ = "service_requests"
    __table_args__ = (CheckConstraint("closed_on >= accepted_on", name="closed_after_accepted"),)

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = one_of("kind", REQUEST_KINDS)
    subject: Mapped[str] = mapped_column(Text)
    petitioner: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    accepted_on: Mapped[date] = mapped_column(index=True)
    closed_on: Mapped[date | None]
    division_id: Mapped[int | None] = reference("divisions")
