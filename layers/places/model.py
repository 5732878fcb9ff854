"""Tables of places: divisions, grids, organisations, planning areas, roads, compounds, contact points."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from layers.columns import Feature, Key, Versioned, not_negative, one_of, positive, reference
from layers.database import Base
from layers.places.codes import (
    DIVISION_KINDS,
    DIVISION_LEVELS,
    ORGANISATION_KINDS,
    PLANNING_KINDS,
    ROAD_CLASSES,
    ROAD_SURFACES,
)

__all__ = [
    "Compound",
    "ContactPoint",
    "Division",
    "Grid",
    "Organisation",
    "PlanningArea",
    "Road",
    "RoadClearing",
]


class Division(Feature, Base):
    """An administrative division: district, street/township, community/village.

    Codes have 12 digits: 6 district, 3 street or township, 3 community or village (000 above that level).
    """

    __tablename__ = "divisions"
    geometry = "MULTIPOLYGON"
    code_pattern = "^[0-9]{12}$"
    constraints = (
        UniqueConstraint("id", "code"),
        CheckConstraint(
            "CASE level WHEN 'district' THEN right(code, 6) = '000000' "
            "WHEN 'township' THEN right(code, 3) = '000' AND right(code, 6) <> '000000' "
            "ELSE right(code, 3) <> '000' END",
            name="code_of_level",
        ),
        CheckConstraint("(level = 'district') = (parent_id IS NULL)", name="parent"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="validity"),
    )

    name: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = one_of("level", DIVISION_LEVELS)
    kind: Mapped[str] = one_of("kind", DIVISION_KINDS)
    parent_id: Mapped[int | None] = reference("divisions")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Organisation(Feature, Base):
    """An organisation that owns or manages something; the point is its office."""

    __tablename__ = "organisations"
    geometry = "POINT"

    name: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = one_of("kind", ORGANISATION_KINDS)
    parent_id: Mapped[int | None] = reference("organisations")
    division_id: Mapped[int | None] = reference("divisions")
    phone: Mapped[str | None] = mapped_column(Text)


class Grid(Feature, Base):
    """A unit grid. Ownership and management are two facts: ``owner_id`` and ``manager_id`` may differ.

    Codes have 15 digits: the 12 of its community and a sequence number. ``division_code`` is computed
    from the code, and the foreign key holds it to the community named by ``division_id``.
    """

    __tablename__ = "grids"
    geometry = "MULTIPOLYGON"
    code_pattern = "^[0-9]{15}$"
    constraints = (
        ForeignKeyConstraint(["division_id", "division_code"], ["divisions.id", "divisions.code"]),
        CheckConstraint("right(code, 3) <> '000'", name="sequence"),
    )

    name: Mapped[str] = mapped_column(Text)
    division_id: Mapped[int] = mapped_column(BigInteger, index=True)
    division_code: Mapped[str] = mapped_column(
        Text, Computed("left(code, 12)", persisted=True), nullable=True
    )
    owner_id: Mapped[int] = reference("organisations")
    manager_id: Mapped[int] = reference("organisations")
    area_m2: Mapped[Decimal] = positive("area_m2")
    note: Mapped[str | None] = mapped_column(Text)


class PlanningArea(Feature, Base):
    """An area of a plan in force; decides whether article 64 or 65 of the planning act applies."""

    __tablename__ = "planning_areas"
    geometry = "MULTIPOLYGON"

    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = one_of("kind", PLANNING_KINDS)
    division_id: Mapped[int | None] = reference("divisions")
    approved_on: Mapped[date | None]
    area_m2: Mapped[Decimal] = positive("area_m2", 14)


class Road(Feature, Base):
    """A road; ``length_m`` is the length of its centre line."""

    __tablename__ = "roads"
    geometry = "MULTILINESTRING"

    name: Mapped[str] = mapped_column(Text)
    road_class: Mapped[str] = one_of("road_class", ROAD_CLASSES)
    surface: Mapped[str] = one_of("surface", ROAD_SURFACES)
    width_m: Mapped[Decimal] = positive("width_m", 5, 1)
    length_m: Mapped[Decimal] = positive("length_m", 10, 1)
    division_id: Mapped[int | None] = reference("divisions")
    manager_id: Mapped[int] = reference("organisations")


class RoadClearing(Versioned, Base):
    """One road cleared of snow on one day."""

    __tablename__ = "road_clearings"
    __table_args__ = (UniqueConstraint("road_id", "cleared_on"),)

    id: Mapped[Key]
    road_id: Mapped[int] = reference("roads", index=False)
    cleared_on: Mapped[date] = mapped_column(index=True)
    organisation_id: Mapped[int] = reference("organisations")


class Compound(Feature, Base):
    """A residential compound; ``sorted_since`` is the day its sorted-waste collection point opened."""

    __tablename__ = "compounds"
    geometry = "MULTIPOLYGON"

    name: Mapped[str] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    households: Mapped[int] = not_negative("households")
    sorted_since: Mapped[date | None]
    division_id: Mapped[int] = reference("divisions")
    grid_id: Mapped[int | None] = reference("grids")


class ContactPoint(Feature, Base):
    """A contact point of the bureau inside a grid, for construction-waste control."""

    __tablename__ = "contact_points"
    geometry = "POINT"

    name: Mapped[str] = mapped_column(Text)
    grid_id: Mapped[int] = reference("grids")
    organisation_id: Mapped[int] = reference("organisations")
    active: Mapped[bool] = mapped_column(server_default=text("true"))
