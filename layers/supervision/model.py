"""Tables of patrols, gas checks, construction sites and supervision problems."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from layers.columns import Feature, Key, Versioned, not_negative, one_of, reference
from layers.database import Base
from layers.supervision.codes import PROBLEM_KINDS, SHIFTS

__all__ = ["ConstructionSite", "GasCheck", "Patrol", "SupervisionProblem"]


class Patrol(Versioned, Base):
    """One division inspected on one day in one shift."""

    __tablename__ = "patrols"
    __table_args__ = (UniqueConstraint("division_id", "patrolled_on", "shift"),)

    id: Mapped[Key]
    division_id: Mapped[int] = reference("divisions", index=False)
    organisation_id: Mapped[int] = reference("organisations")
    patrolled_on: Mapped[date] = mapped_column(index=True)
    shift: Mapped[str] = one_of("shift", SHIFTS)
    findings: Mapped[int] = not_negative("findings")


class GasCheck(Feature, Base):
    """A key place checked for gas safety."""

    __tablename__ = "gas_checks"
    geometry = "POINT"

    place: Mapped[str] = mapped_column(Text)
    checked_on: Mapped[date] = mapped_column(index=True)
    cylinders_seized: Mapped[int] = not_negative("cylinders_seized")
    hazards_found: Mapped[int] = not_negative("hazards_found")
    hazards_rectified: Mapped[int] = mapped_column(
        CheckConstraint("hazards_rectified BETWEEN 0 AND hazards_found", name="hazards_rectified_found")
    )
    division_id: Mapped[int] = reference("divisions")


class ConstructionSite(Feature, Base):
    """A construction site under watch for its spoil; below standard from one day until rectified."""

    __tablename__ = "construction_sites"
    geometry = "MULTIPOLYGON"
    constraints = (CheckConstraint("rectified_on >= below_standard_on", name="rectified_after_found"),)

    name: Mapped[str] = mapped_column(Text)
    contractor: Mapped[str] = mapped_column(Text)
    below_standard_on: Mapped[date | None]
    rectified_on: Mapped[date | None] = mapped_column(
        CheckConstraint("rectified_on IS NULL OR below_standard_on IS NOT NULL", name="rectified_was_below")
    )
    division_id: Mapped[int] = reference("divisions")


class SupervisionProblem(Versioned, Base):
    """A problem that supervision found and, once ``rectified_on`` is set, saw put right."""

    __tablename__ = "supervision_problems"
    __table_args__ = (CheckConstraint("rectified_on >= found_on", name="rectified_after_found"),)

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = one_of("kind", PROBLEM_KINDS)
    description: Mapped[str] = mapped_column(Text)
    found_on: Mapped[date]
    rectified_on: Mapped[date | None] = mapped_column(index=True)
    division_id: Mapped[int] = reference("divisions")
