"""Photographs made as a phone makes them: a picture with the tags that are asked for."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

__all__ = ["degrees", "jpeg"]


def degrees(value: float) -> tuple[float, float, float]:
    """Degrees, minutes and seconds of an angle without its sign."""
    size = abs(value)
    minutes = (size % 1) * 60
    return (float(int(size)), float(int(minutes)), round((minutes % 1) * 60, 6))


def jpeg(
    place: tuple[float, float] | None = None,
    *,
    clock: str | None = None,
    offset: str | None = None,
    orientation: int | None = None,
    size: tuple[int, int] = (64, 48),
    seed: int = 1,
    gps: dict[int, Any] | None = None,
    main: dict[int, Any] | None = None,
    kind: str = "JPEG",
) -> bytes:
    """A picture of noise; ``place``: lon, lat; ``clock``: as EXIF writes it; ``gps``, ``main``: further tags."""
    width, height = size
    pixels = np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)
    exif = Image.Exif()
    for tag, value in (main or {}).items():
        exif[tag] = value
    if orientation:
        exif[Base.Orientation] = orientation
    detail = {Base.DateTimeOriginal: clock, Base.OffsetTimeOriginal: offset}
    exif.get_ifd(IFD.Exif).update({tag: value for tag, value in detail.items() if value})
    placed: dict[int, Any] = {}
    if place:
        lon, lat = place
        placed = {
            GPS.GPSLatitudeRef: "N" if lat >= 0 else "S", GPS.GPSLatitude: degrees(lat),
            GPS.GPSLongitudeRef: "E" if lon >= 0 else "W", GPS.GPSLongitude: degrees(lon),
        }  # fmt: skip
    exif.get_ifd(IFD.GPSInfo).update(placed | (gps or {}))
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, kind, exif=exif.tobytes())  # an Exif without main tags counts as none
    return data.getvalue()
