"""Tables of permits (with a place) and approvals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from layers.columns import Feature, Key, Versioned, one_of, positive, reference
from layers.database import Base
from layers.permits.codes import APPROVAL_KINDS, APPROVAL_OUTCOMES, PERMIT_KINDS

__all__ = ["Approval", "Permit"]


class Permit(Feature, Base):
    """A permit that covers an area: building within it, as permitted, is no violation."""

    __tablename__ = "permits"
    geometry = "MULTIPOLYGON"
    constraints = (CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),)

    kind: Mapped[str] = one_of("kind", PERMIT_KINDS)
    project: Mapped[str] = mapped_column(Text)
    holder: Mapped[str] = mapped_column(Text)
    issued_on: Mapped[date]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    area_m2: Mapped[Decimal] = positive("area_m2")
    division_id: Mapped[int] = reference("divisions")


class Approval(Versioned, Base):
    """One approval decided by the bureau's window."""

    __tablename__ = "approvals"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = one_of("kind", APPROVAL_KINDS)
    outcome: Mapped[str] = one_of("outcome", APPROVAL_OUTCOMES)
    applicant: Mapped[str] = mapped_column(Text)
    applied_on: Mapped[date]
    decided_on: Mapped[date] = mapped_column(
        CheckConstraint("decided_on >= applied_on", name="decided_after_application"), index=True
    )
    division_id: Mapped[int] = reference("divisions")
    permit_id: Mapped[int | None] = reference("permits")
