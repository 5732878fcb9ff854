"""Rows of stall clusters beside the streets, and the stalls in them."""

from __future__ import annotations

from datetime import date, time, timedelta

import numpy as np
from shapely import Point

from data.demo.district.names import person, phone, pick
from data.demo.district.places import Places
from data.demo.district.streets import Spot, Streets, box
from data.demo.district.tables import Row, Tables, many

__all__ = ["CLUSTERS", "HARDSHIP", "build"]

CLUSTERS = {"cluster": 105, "breakfast": 66, "night_market": 57, "service": 64}
HARDSHIP = 800  # stalls that gave work to households in hardship or to people out of work
_TITLES = {"cluster": "摊点群", "breakfast": "早餐点", "night_market": "夜市", "service": "便民服务点"}
_SIZES = {"cluster": (8, 22), "breakfast": (2, 7), "night_market": (14, 32), "service": (1, 5)}
_HOURS = {"cluster": (7, 19), "breakfast": (5, 9), "night_market": (18, 23), "service": (8, 18)}
_GOODS = {
    "cluster": ("produce", "food", "daily", "clothing"),
    "breakfast": ("food",),
    "night_market": ("food", "clothing", "daily"),
    "service": ("repair", "daily"),
}
STALL_M = 3.0


def build(tables: Tables, streets: Streets, places: Places, rng: np.random.Generator) -> None:
    """Clusters of all kinds, their stalls, and who among the holders is in hardship."""
    for kind, count in CLUSTERS.items():
        for number, spot in enumerate(streets.spots(count, (7.0, 10.0), rng), start=1):
            _cluster(tables, places, kind, number, spot, rng)
    _hardship(tables["stalls"], rng)


def _cluster(
    tables: Tables, places: Places, kind: str, number: int, spot: Spot, rng: np.random.Generator
) -> None:
    grid = tables["grids"][spot.grid]
    capacity = int(rng.integers(*_SIZES[kind]))
    opened = date(2021, 3, 1) + timedelta(days=int(rng.integers(0, 720)))
    letter = {"cluster": "TD", "breakfast": "ZC", "night_market": "YS", "service": "BM"}[kind]
    cluster = tables.add(
        "stall_clusters",
        code=f"{letter}-{number:03d}",
        name=f"{spot.seat.short}第{number}{_TITLES[kind]}",
        kind=kind,
        status="open",
        upgrade=("none", "none", "planned", "done")[int(rng.integers(4))],
        opened_on=opened,
        opens_at=time(_HOURS[kind][0]),
        closes_at=time(_HOURS[kind][1]),
        capacity=capacity,
        address=f"{spot.seat.name}（网格{grid['code']}）",
        division_id=places.division[f"{spot.seat.code}000"],
        grid_id=grid["id"],
        manager_id=grid["manager_id"],
        geom=many(box(spot, capacity * STALL_M + 2, 3.5)),
    )
    for stall in range(1, capacity + 1):
        _stall(
            tables, (cluster, f"{letter}-{number:03d}-{stall:02d}", stall), kind, spot, capacity, opened, rng
        )


def _stall(
    tables: Tables,
    number: tuple[int, str, int],
    kind: str,
    spot: Spot,
    capacity: int,
    opened: date,
    rng: np.random.Generator,
) -> None:
    aside = (number[2] - (capacity + 1) / 2) * STALL_M
    tables.add(
        "stalls",
        code=number[1],
        cluster_id=number[0],
        number=number[2],
        goods=pick(rng, _GOODS[kind]),
        holder_name=person(rng),
        phone=phone(rng),
        hardship="none",
        since=opened + timedelta(days=int(rng.integers(0, 60))),
        geom=Point(np.round(spot.at + spot.along * aside + spot.across * 1.7, 2)),
    )


def _hardship(stalls: list[Row], rng: np.random.Generator) -> None:
    for index in rng.choice(len(stalls), size=HARDSHIP, replace=False):
        stalls[index]["hardship"] = pick(rng, ("low_income", "unemployed", "unemployed", "disabled"))
