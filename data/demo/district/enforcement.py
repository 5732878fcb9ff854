"""Rows of illegal buildings and enforcement cases."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from shapely import Point

from data.demo.district.names import person, pick
from data.demo.district.places import Places
from data.demo.district.streets import Spot, Streets, box
from data.demo.district.tables import Tables, many

__all__ = ["CLOSED", "DEMOLISHED", "DEMOLISHED_M2", "FINES_YUAN", "REVIEWED", "build"]

DEMOLISHED, DEMOLISHED_M2 = 58, 6_367.8
REVIEWED, CLOSED, FINES_YUAN = 52, 43, 40_521
OTHERS = {"to_check": 14, "filed": 9, "ordered": 8, "dismissed": 6}
_SOURCES = ("patrol", "patrol", "hotline", "petition", "survey")
_STRUCTURES = ("steel_sheet", "steel_sheet", "brick", "concrete", "container")


def build(tables: Tables, streets: Streets, places: Places, rng: np.random.Generator) -> None:
    """Illegal buildings in every state, then the cases about some of them and about street order."""
    areas = _shares(round(DEMOLISHED_M2 * 10), DEMOLISHED, rng) / 10
    states = ["demolished"] * DEMOLISHED + [state for state, count in OTHERS.items() for _ in range(count)]
    sizes = [*areas, *np.round(rng.uniform(20, 320, sum(OTHERS.values())), 1)]
    spots = streets.spots(len(states), (26.0, 60.0), rng)
    for number, (state, size, spot) in enumerate(zip(states, sizes, spots, strict=True), start=1):
        _building(tables, places, number, state, float(size), spot, rng)
    _cases(tables, streets, places, rng)


def _shares(total: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """``count`` whole numbers, unlike each other, that add up to ``total`` exactly."""
    weights = rng.gamma(1.6, size=count) + 0.25
    shares = np.floor(weights / weights.sum() * total).astype(int)
    shares[: total - shares.sum()] += 1
    return np.asarray(shares)


def _building(
    tables: Tables,
    places: Places,
    number: int,
    state: str,
    area_m2: float,
    spot: Spot,
    rng: np.random.Generator,
) -> None:
    length = float(np.sqrt(area_m2) * rng.uniform(0.8, 1.7))
    found = date(2022, 11, 1) + timedelta(days=int(rng.integers(0, 60 if state == "demolished" else 230)))
    gone = date(2023, 1, 3) + timedelta(days=int(rng.integers(0, 170))) if state == "demolished" else None
    tables.add(
        "illegal_buildings",
        code=f"WJ-2023-{number:03d}",
        status=state,
        source=pick(rng, _SOURCES),
        area_m2=area_m2,
        storeys=1 if area_m2 < 150 else int(rng.integers(1, 4)),
        structure=pick(rng, _STRUCTURES),
        owner_name=person(rng),
        found_on=found,
        demolished_on=gone,
        address=f"{spot.seat.name}（网格{tables['grids'][spot.grid]['code']}）",
        division_id=places.division[f"{spot.seat.code}000"],
        grid_id=tables["grids"][spot.grid]["id"],
        geom=many(box(spot, length, area_m2 / length)),
    )


def _cases(tables: Tables, streets: Streets, places: Places, rng: np.random.Generator) -> None:
    """52 reviewed in the half-year, 43 of them closed with fines, and a few only just filed."""
    fines = _shares(FINES_YUAN, CLOSED, rng)
    about = [
        row for row in tables["illegal_buildings"] if row["status"] in {"filed", "ordered", "demolished"}
    ]
    spots = streets.spots(REVIEWED + 8, (8.0, 30.0), rng)
    for number, spot in enumerate(spots, start=1):
        filed = date(2022, 12, 20) + timedelta(days=int(rng.integers(0, 90)))
        reviewed = filed + timedelta(days=int(rng.integers(14, 40))) if number <= REVIEWED else None
        closed = number <= CLOSED
        decided = reviewed + timedelta(days=int(rng.integers(5, 16))) if closed and reviewed else None
        building = about[number] if number % 2 == 0 and number < len(about) else None
        tables.add(
            "cases",
            code=f"AJ-2023-{number:03d}",
            title="涉嫌未经许可建设" if building else pick(rng, ("占道经营", "店外经营", "擅自设置户外广告")),
            status="closed" if closed else "reviewed" if reviewed else "filed",
            route="planning_64" if building else "appearance",
            party_name=building["owner_name"] if building else person(rng),
            filed_on=filed,
            reviewed_on=reviewed,
            decided_on=decided,
            closed_on=decided + timedelta(days=int(rng.integers(7, 30))) if decided else None,
            fine_yuan=int(fines[number - 1]) if closed else None,
            illegal_building_id=building["id"] if building else None,
            division_id=places.division[f"{spot.seat.code}000"],
            handler_id=places.team[spot.seat.code],
            geom=building["geom"].centroid if building else Point(spot.at),
        )
