"""What a person types when he means a place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.coordinates import read
from gis.crs import STORED, transform_points


@pytest.mark.parametrize(
    "typed",
    [
        "116.52, 31.75",
        "31.75 116.52",
        "116.52,31.75",
        "116.52，31.75",
        "116°31′12″ 31°45′00″",
        "E116.52 N31.75",
    ],
)
def test_degrees_are_read_in_either_order_and_writing(typed: str) -> None:
    reading = read(typed)[0]
    assert (reading.lon, reading.lat, reading.crs) == (
        pytest.approx(116.52),
        pytest.approx(31.75),
        "CGCS2000",
    )


@pytest.mark.parametrize("typed", ["454520 3514232", "3514232, 454520", "39454520 3514232"])
def test_metres_are_read_in_the_zone_of_the_district(typed: str) -> None:
    [reading] = read(typed)
    assert reading.crs == "EPSG:4548"
    assert (reading.lon, reading.lat) == (pytest.approx(116.52, abs=1e-4), pytest.approx(31.75, abs=1e-4))


def test_degrees_are_also_offered_as_the_shifted_systems() -> None:
    assert [each.crs for each in read("116.52 31.75")] == ["CGCS2000", "GCJ-02", "BD-09"]


@pytest.mark.parametrize("typed", ["望城", "341502100001001", "12", "1 2 3", "", "500 200", "0 0", "116.5"])
def test_what_is_no_coordinate_is_not_read_as_one(typed: str) -> None:
    assert read(typed) == []


@given(st.floats(115.6, 117.9), st.floats(29, 34))
def test_printed_metres_lead_back_to_the_place(lon: float, lat: float) -> None:
    e, n = transform_points([(lon, lat)], STORED, "EPSG:4548")[0]
    [reading] = read(f"{e:.3f} {n:.3f}")
    assert (reading.lon, reading.lat) == (pytest.approx(lon, abs=1e-6), pytest.approx(lat, abs=1e-6))
