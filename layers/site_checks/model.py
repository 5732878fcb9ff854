"""Tables of the inspector's work: who is on the way to a building, and the photographs of a site check.

There is no table of tasks: whether a building is to be looked at follows from its status, its case and its checks
(``rules.py``), so nothing can go stale when a verdict is undone or a case is filed from a desk.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from layers.columns import reference
from layers.database import Base

__all__ = ["SiteCheckClaim", "SiteCheckPhotograph"]


class SiteCheckClaim(Base):
    """Somebody has taken a building upon them. It ends with the check, when it is given back, or after a day."""

    __tablename__ = "site_check_claims"

    illegal_building_id: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("illegal_buildings.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    person_id: Mapped[int] = reference("people")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class SiteCheckPhotograph(Base):
    """A photograph that belongs to a site check; only ever added (layers/sql/photographs.sql)."""

    __tablename__ = "site_check_photographs"

    site_check_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("site_checks.id"), primary_key=True)
    photograph_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("photographs.id"), primary_key=True, index=True
    )
