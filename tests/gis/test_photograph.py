"""What a photograph says of itself, which files are none, and the small picture that says nothing."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.ExifTags import GPS, Base

from gis.exif import Exif, read
from gis.photograph import PhotographRefused, look
from tests.photographs import jpeg

CHINA = timezone(timedelta(hours=8))


def exif_of(data: bytes) -> Exif:
    with Image.open(io.BytesIO(data)) as image:
        return read(image)


def test_place_time_direction_and_programs_are_read() -> None:
    gps = {
        GPS.GPSAltitudeRef: b"\0", GPS.GPSAltitude: 43.5, GPS.GPSImgDirection: 359.999, GPS.GPSDateStamp: "2023:06:18",
        GPS.GPSTimeStamp: (2.0, 5.0, 9.0),
    }  # fmt: skip
    main = {Base.Make: "HUAWEI", Base.Model: "P60\0", Base.Software: "Snapseed 2.0"}
    found = exif_of(jpeg((116.52, 31.75), clock="2023:06:18 10:05:09", offset="+08:00", gps=gps, main=main))
    assert found.place == pytest.approx((116.52, 31.75), abs=1e-7)
    assert (found.altitude_m, found.direction_deg) == (43.5, 0.0)
    assert found.gps_at == datetime(2023, 6, 18, 2, 5, 9, tzinfo=UTC)
    assert (found.clock, found.taken_at) == (
        datetime(2023, 6, 18, 10, 5, 9),
        datetime(2023, 6, 18, 10, 5, 9, tzinfo=CHINA),
    )
    assert (found.camera, found.software) == ("HUAWEI P60", "Snapseed 2.0")


def test_a_clock_without_an_offset_is_said_to_be_local() -> None:
    found = exif_of(jpeg(clock="2023:06:18 10:05:09"))
    assert (found.clock, found.taken_at) == (datetime(2023, 6, 18, 10, 5, 9), None)


@settings(max_examples=25)
@given(st.floats(-180, 180), st.floats(-90, 90))
def test_any_place_is_read_as_it_was_written(lon: float, lat: float) -> None:
    found = exif_of(jpeg((lon, lat), size=(2, 2))).place
    if found is None:
        assert abs(lon) < 1e-7 and abs(lat) < 1e-7
    else:
        assert found == pytest.approx((lon, lat), abs=1e-6)


@pytest.mark.parametrize(
    ("gps", "clock"),
    [
        ({GPS.GPSLatitude: (0.0, 0.0, 0.0), GPS.GPSLongitude: (0.0, 0.0, 0.0)}, "0000:00:00 00:00:00"),
        ({GPS.GPSLatitude: (91.0, 0.0, 0.0), GPS.GPSLongitude: (10.0, 0.0, 0.0)}, "yesterday"),
        ({GPS.GPSLatitude: (31.0,), GPS.GPSLongitude: (116.0, 0.0, 0.0), GPS.GPSDateStamp: "x"}, "2023"),
    ],
)  # fmt: skip
def test_tags_that_make_no_sense_are_none_and_cost_nothing(gps: dict[int, object], clock: str) -> None:
    assert exif_of(jpeg(gps=gps, clock=clock, offset="+99:00")) == Exif()


def test_the_preview_is_upright_small_and_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(jpeg((116.52, 31.75), orientation=6, size=(1600, 1200), main={Base.Software: "x"}))
    seen = look(path)
    assert (seen.media_type, seen.width, seen.height) == ("image/jpeg", 1200, 1600)
    with Image.open(io.BytesIO(seen.preview)) as small:
        assert small.size == (720, 960) and not small.getexif()
    assert b"Exif" not in seen.preview


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "没有收到"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1", "HEIC"),
        (b"%PDF-1.7 no photograph", "JPEG、PNG、WebP"),
        (jpeg(size=(300, 300))[:20_000], "不完整"),
        (jpeg(kind="TIFF"), "JPEG、PNG、WebP"),
    ],
    ids=["empty", "heic", "pdf", "half", "tiff"],
)
def test_what_is_no_photograph_is_refused_in_words(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    with pytest.raises(PhotographRefused) as refusal:
        look(path)
    assert said in refusal.value.message_zh


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_kinds_are_read_with_their_tags(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(jpeg((116.52, 31.75), kind=kind))
    seen = look(path)
    assert seen.media_type == f"image/{kind.lower()}" and seen.exif.place is not None
