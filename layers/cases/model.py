"""The table of enforcement cases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Numeric, Text
from sqlalchemy.orm import Mapped, mapped_column

from layers.cases.codes import CASE_STATUSES, ROUTES
from layers.columns import Feature, one_of, reference
from layers.database import Base

__all__ = ["Case"]


class Case(Feature, Base):
    """An enforcement case and the days of its steps. ``fine_yuan`` is what the decision imposed."""

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
