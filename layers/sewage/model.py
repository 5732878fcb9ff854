"""Tables of the sewage network: every pipe runs from one node to one other, and says to which.

Heights are in metres of EPSG:5737, lengths in metres, diameters in millimetres.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Numeric, Text
from sqlalchemy.orm import Mapped, mapped_column

from layers.columns import Feature, one_of, positive, reference
from layers.database import Base
from layers.sewage.codes import (
    COVERS,
    OUTFALL_KINDS,
    PIPE_MATERIALS,
    PIPE_ROLES,
    PLANT_KINDS,
    STANDARDS,
    SYSTEMS,
)

__all__ = ["Manhole", "Outfall", "Pipe", "Plant", "Pump"]


class Asset(Feature):
    """What owner and maintainer have in common over the whole network."""

    owner_id: Mapped[int] = reference("organisations")
    maintainer_id: Mapped[int] = reference("organisations")


class Plant(Asset, Base):
    """A township sewage plant or station."""

    __tablename__ = "sewage_plants"
    geometry = "POINT"

    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = one_of("kind", PLANT_KINDS)
    capacity_m3_d: Mapped[Decimal] = positive("capacity_m3_d", 10, 1)
    standard: Mapped[str] = one_of("standard", STANDARDS)
    invert_m: Mapped[Decimal] = mapped_column(Numeric(8, 3))
    taken_over_on: Mapped[date | None]
    division_id: Mapped[int] = reference("divisions")


class Pump(Asset, Base):
    """A pump station that lifts sewage into a higher pipe."""

    __tablename__ = "sewage_pumps"
    geometry = "POINT"

    name: Mapped[str] = mapped_column(Text)
    capacity_m3_h: Mapped[Decimal] = positive("capacity_m3_h", 10, 1)
    lift_m: Mapped[Decimal] = positive("lift_m", 6, 2)
    invert_m: Mapped[Decimal] = mapped_column(Numeric(8, 3))
    division_id: Mapped[int] = reference("divisions")


class Manhole(Asset, Base):
    """A manhole; ``depth_m`` is from cover to invert."""

    __tablename__ = "sewage_manholes"
    geometry = "POINT"

    system: Mapped[str] = one_of("system", SYSTEMS)
    ground_m: Mapped[Decimal] = mapped_column(Numeric(8, 3))
    invert_m: Mapped[Decimal] = mapped_column(
        Numeric(8, 3), CheckConstraint("invert_m < ground_m", name="invert_below_ground")
    )
    cover: Mapped[str] = one_of("cover", COVERS)


class Outfall(Asset, Base):
    """Where water leaves the network."""

    __tablename__ = "sewage_outfalls"
    geometry = "POINT"

    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = one_of("kind", OUTFALL_KINDS)
    receiving_water: Mapped[str] = mapped_column(Text)
    invert_m: Mapped[Decimal] = mapped_column(Numeric(8, 3))


class Pipe(Asset, Base):
    """One pipe from node to node; exactly one upstream and one downstream node are named."""

    __tablename__ = "sewage_pipes"
    geometry = "MULTILINESTRING"
    constraints = (
        CheckConstraint(
            "num_nonnulls(from_manhole_id, from_pump_id, from_plant_id) = 1", name="one_upstream_node"
        ),
        CheckConstraint(
            "num_nonnulls(to_manhole_id, to_pump_id, to_plant_id, to_outfall_id) = 1",
            name="one_downstream_node",
        ),
        CheckConstraint("from_manhole_id <> to_manhole_id", name="two_nodes"),
        CheckConstraint("from_pump_id <> to_pump_id", name="two_pumps"),
    )

    role: Mapped[str] = one_of("role", PIPE_ROLES)
    system: Mapped[str] = one_of("system", SYSTEMS)
    diameter_mm: Mapped[int] = mapped_column(
        CheckConstraint("diameter_mm BETWEEN 50 AND 5000", name="diameter_sensible")
    )
    material: Mapped[str] = one_of("material", PIPE_MATERIALS)
    from_manhole_id: Mapped[int | None] = reference("sewage_manholes")
    from_pump_id: Mapped[int | None] = reference("sewage_pumps")
    from_plant_id: Mapped[int | None] = reference("sewage_plants")
    to_manhole_id: Mapped[int | None] = reference("sewage_manholes")
    to_pump_id: Mapped[int | None] = reference("sewage_pumps")
    to_plant_id: Mapped[int | None] = reference("sewage_plants")
    to_outfall_id: Mapped[int | None] = reference("sewage_outfalls")
    upstream_invert_m: Mapped[Decimal] = mapped_column(Numeric(8, 3))
    downstream_invert_m: Mapped[Decimal] = mapped_column(Numeric(8, 3))
    length_m: Mapped[Decimal] = positive("length_m", 10, 2)
    laid_on: Mapped[date | None]
