"""What a camera wrote into a photograph (EXIF 2.32, CIPA DC-008): where, when, how it was held, by what program.

Cameras write these tags wrongly in every way, so each is read by itself and one that makes no sense is None.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any, TypeVar

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

__all__ = ["Exif", "read"]

_LATEST_OFFSET = timedelta(hours=14)
_LONGEST_WORDS = 200
T = TypeVar("T")


@dataclass(frozen=True)
class Exif:
    """Tags that say something of where and when.

    ``place``: lon, lat in WGS 84 (which lies within centimetres of EPSG:4490); ``altitude_m`` above sea level;
    ``direction_deg`` clockwise from north, 0 ≤ d < 360. ``clock``: what the camera's clock said, without a zone;
    ``taken_at`` the same with the offset, None where the camera wrote none; ``gps_at`` by the satellites (UTC).
    """

    place: tuple[float, float] | None = None
    altitude_m: float | None = None
    direction_deg: float | None = None
    gps_at: datetime | None = None
    clock: datetime | None = None
    taken_at: datetime | None = None
    camera: str | None = None
    software: str | None = None


def read(image: Image.Image) -> Exif:
    """The tags of an opened image; one without any gives an empty Exif."""
    main: Mapping[int, Any] = _tried(image.getexif) or {}
    detail: Mapping[int, Any] = _tried(lambda: image.getexif().get_ifd(IFD.Exif)) or {}
    gps: Mapping[int, Any] = _tried(lambda: image.getexif().get_ifd(IFD.GPSInfo)) or {}
    clock = _tried(lambda: _clock(detail, main))
    camera = " ".join(each for each in (_words(main, Base.Make), _words(main, Base.Model)) if each)
    return Exif(
        place=_tried(lambda: _place(gps)),
        altitude_m=_tried(lambda: _altitude(gps)),
        direction_deg=_tried(lambda: _direction(gps)),
        gps_at=_tried(lambda: _gps_at(gps)),
        clock=clock,
        taken_at=_tried(lambda: _with_offset(clock, detail)),
        camera=camera or None,
        software=_words(main, Base.Software),
    )


def _tried(reading: Callable[[], T]) -> T | None:
    try:
        return reading()
    except Exception:  # a tag that a camera spoilt must not cost the photograph
        return None


def _place(gps: Mapping[int, Any]) -> tuple[float, float] | None:
    lat = _degrees(gps[GPS.GPSLatitude], gps.get(GPS.GPSLatitudeRef, "N"), "S")
    lon = _degrees(gps[GPS.GPSLongitude], gps.get(GPS.GPSLongitudeRef, "E"), "W")
    # phones without a fix write zeros: nobody takes a photograph of a building in the Gulf of Guinea
    real = abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0, 0)
    return (lon, lat) if real else None


def _degrees(parts: Any, reference: str, negative: str) -> float:
    degrees, minutes, seconds = (float(each) for each in parts)
    size = _finite(degrees + minutes / 60 + seconds / 3600)
    return round(-size if _text(reference) == negative else size, 8)


def _altitude(gps: Mapping[int, Any]) -> float:
    below = gps.get(GPS.GPSAltitudeRef, b"\0") in {b"\1", 1}
    size = _finite(float(gps[GPS.GPSAltitude]))
    return round(-size if below else size, 2)


def _direction(gps: Mapping[int, Any]) -> float:
    return round(_finite(float(gps[GPS.GPSImgDirection])) % 360, 2) % 360


def _gps_at(gps: Mapping[int, Any]) -> datetime:
    day = date(*(int(each) for each in _text(gps[GPS.GPSDateStamp]).split(":")))
    hour, minute, second = (float(each) for each in gps[GPS.GPSTimeStamp])
    return datetime.combine(day, time(), UTC) + timedelta(hours=hour, minutes=minute, seconds=int(second))


def _clock(detail: Mapping[int, Any], main: Mapping[int, Any]) -> datetime | None:
    said = detail.get(Base.DateTimeOriginal) or detail.get(Base.DateTimeDigitized) or main.get(Base.DateTime)
    return datetime.strptime(_text(said)[:19], "%Y:%m:%d %H:%M:%S") if said else None


def _with_offset(clock: datetime | None, detail: Mapping[int, Any]) -> datetime | None:
    said = _text(detail.get(Base.OffsetTimeOriginal) or detail.get(Base.OffsetTime) or "")
    if clock is None or not said:
        return None
    if said == "Z":
        return clock.replace(tzinfo=UTC)
    hours, minutes = said[1:].split(":")
    offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if said[0] == "-" else 1)
    return clock.replace(tzinfo=timezone(offset)) if abs(offset) <= _LATEST_OFFSET else None


def _words(tags: Mapping[int, Any], tag: int) -> str | None:
    said = _tried(lambda: _text(tags.get(tag, "")))
    printable = "".join(each for each in said or "" if each.isprintable()).strip()
    return printable[:_LONGEST_WORDS] or None


def _text(value: Any) -> str:
    said = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return said.strip("\0 \t\r\n")


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError
    return value
