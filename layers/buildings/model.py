"""The table of illegal buildings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from layers.buildings.codes import SOURCES, STATUSES, STRUCTURES
from layers.columns import Feature, one_of, positive, reference
from layers.database import Base

__all__ = ["IllegalBuilding"]


class IllegalBuilding(Feature, Base):
    """An illegal building, or one that is suspected and waits for its check on site."""

    __tablename__ = "illegal_buildings"
    geometry = "MULTIPOLYGON"
    constraints = (
        CheckConstraint("(status = 'demolished') = (demolished_on IS NOT NULL)", name="demolished_has_day"),
        CheckConstraint("demolished_on >= found_on", name="demolished_after_found"),
    )

    status: Mapped[str] = one_of("status", STATUSES)
    source: Mapped[str] = one_of("source", SOURCES)
    candidate_id: Mapped[int | None] = reference("candidates", use_alter=True)
    area_m2: Mapped[Decimal] = positive("area_m2")
    storeys: Mapped[int | None] = mapped_column(
        CheckConstraint("storeys BETWEEN 1 AND 99", name="storeys_sensible")
    )
    structure: Mapped[str | None] = one_of("structure", STRUCTURES)
    owner_name: Mapped[str | None] = mapped_column(Text)
    found_on: Mapped[date]
    demolished_on: Mapped[date | None] = mapped_column(index=True)
    address: Mapped[str | None] = mapped_column(Text)
    division_id: Mapped[int | None] = reference("divisions")
    grid_id: Mapped[int | None] = reference("grids")
