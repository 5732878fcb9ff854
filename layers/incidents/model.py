"""Tables of incidents (component and event cases) and of petitions and hotline calls."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, DateTime, Text
from sqlalchemy.orm import Mapped, mapped_column

from layers.columns import Feature, Key, Versioned, one_of, reference
from layers.database import Base
from layers.incidents.codes import INCIDENT_KINDS, INCIDENT_SOURCES, INCIDENT_STATUSES, REQUEST_KINDS

__all__ = ["Incident", "ServiceRequest"]


class Incident(Feature, Base):
    """A component or event case; ``category_id`` is its code of GB/T 30428."""

    __tablename__ = "incidents"
    geometry = "POINT"
    constraints = (
        CheckConstraint(
            "(status IN ('handled', 'closed')) = (handled_at IS NOT NULL)", name="handled_has_time"
        ),
        CheckConstraint("handled_at >= accepted_at", name="handled_after_accepted"),
    )

    kind: Mapped[str] = one_of("kind", INCIDENT_KINDS)
    category_id: Mapped[int] = reference("codes")
    source: Mapped[str] = one_of("source", INCIDENT_SOURCES)
    status: Mapped[str] = one_of("status", INCIDENT_STATUSES)
    description: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    accepted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    handled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    handler_id: Mapped[int | None] = reference("organisations")
    division_id: Mapped[int | None] = reference("divisions")
    grid_id: Mapped[int | None] = reference("grids")


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
