"""The table of photographs: what came, from whom, and what it says of itself; never changed."""

from __future__ import annotations

from datetime import datetime

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, CheckConstraint, DateTime, Double, Index, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from layers.columns import Key, reference
from layers.database import SRID, Base

__all__ = ["MEDIA_TYPES", "Photograph"]

MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp")
_STAMP = DateTime(timezone=True)


class Photograph(Base):
    """One photograph that one person sent. Its bytes lie in the storage under ``sha256``.

    ``claimed_sha256``: what the phone computed when it was taken, None where the phone could not; they are equal.
    ``geom``, ``altitude_m``, ``direction_deg`` (clockwise from north), ``gps_at``, ``clock`` (the camera's, without
    a zone), ``taken_at`` (the same where the camera wrote its offset), ``camera`` and ``software`` are what EXIF says.
    """

    __tablename__ = "photographs"
    __table_args__ = (
        UniqueConstraint("person_id", "sha256"),
        Index(None, "sha256"),
        Index(None, "geom", postgresql_using="gist"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_hex"),
        CheckConstraint("claimed_sha256 = sha256", name="claim_holds"),
        CheckConstraint("bytes > 0 AND width > 0 AND height > 0", name="sizes_positive"),
        CheckConstraint("media_type IN ('image/jpeg', 'image/png', 'image/webp')", name="media_type"),
        CheckConstraint("direction_deg >= 0 AND direction_deg < 360", name="direction"),
    )

    id: Mapped[Key]
    sha256: Mapped[str] = mapped_column(Text)
    claimed_sha256: Mapped[str | None] = mapped_column(Text)
    bytes: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(Text)
    width: Mapped[int]
    height: Mapped[int]
    geom: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", SRID, spatial_index=False), nullable=True
    )
    altitude_m: Mapped[float | None] = mapped_column(Double)
    direction_deg: Mapped[float | None] = mapped_column(Double)
    gps_at: Mapped[datetime | None] = mapped_column(_STAMP)
    clock: Mapped[datetime | None] = mapped_column(DateTime(timezone=False))
    taken_at: Mapped[datetime | None] = mapped_column(_STAMP)
    camera: Mapped[str | None] = mapped_column(Text)
    software: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[int] = reference("people", index=False)
    received_at: Mapped[datetime] = mapped_column(_STAMP, server_default=func.now())
