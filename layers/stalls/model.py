"""Tables of stall clusters (also breakfast points, night markets, service points) and their stalls."""

from __future__ import annotations

from datetime import date, time

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from layers.columns import Feature, not_negative, one_of, reference
from layers.database import Base
from layers.stalls.codes import CLUSTER_KINDS, CLUSTER_STATUSES, GOODS, HARDSHIPS, UPGRADES

__all__ = ["Stall", "StallCluster"]


class StallCluster(Feature, Base):
    """A place where stalls may stand."""

    __tablename__ = "stall_clusters"
    geometry = "MULTIPOLYGON"
    constraints = (
        CheckConstraint("closed_on IS NULL OR closed_on >= opened_on", name="closed_after_opening"),
    )

    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = one_of("kind", CLUSTER_KINDS)
    status: Mapped[str] = one_of("status", CLUSTER_STATUSES)
    upgrade: Mapped[str] = one_of("upgrade", UPGRADES)
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    opens_at: Mapped[time]
    closes_at: Mapped[time]
    capacity: Mapped[int] = not_negative("capacity")
    address: Mapped[str | None] = mapped_column(Text)
    division_id: Mapped[int] = reference("divisions")
    grid_id: Mapped[int | None] = reference("grids")
    manager_id: Mapped[int] = reference("organisations")


class Stall(Feature, Base):
    """One stall in a cluster and who holds it."""

    __tablename__ = "stalls"
    geometry = "POINT"
    constraints = (UniqueConstraint("cluster_id", "number"),)

    cluster_id: Mapped[int] = reference("stall_clusters", index=False)
    number: Mapped[int] = mapped_column(CheckConstraint("number > 0", name="number_positive"))
    goods: Mapped[str] = one_of("goods", GOODS)
    holder_name: Mapped[str] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    hardship: Mapped[str] = one_of("hardship", HARDSHIPS)
    since: Mapped[date]
