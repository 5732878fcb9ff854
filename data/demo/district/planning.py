"""Rows of planning areas, permits and approvals, compounds, contact points and construction sites."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import shapely
from shapely import Point, Polygon
from shapely.affinity import scale
from shapely.geometry.base import BaseGeometry

from data.demo.district.areas import Areas
from data.demo.district.names import compound, person, pick
from data.demo.district.places import Places
from data.demo.district.streets import Streets, box
from data.demo.district.tables import Tables, many

__all__ = ["APPROVALS", "SITES_RECTIFIED", "SORTED", "build"]

APPROVALS = 1_010
SORTED, UNSORTED = 162, 48  # compounds with and without a sorted-waste collection point
SITES, SITES_RECTIFIED = 31, 4
PERMITS = 64
_APPROVAL_KINDS = ("signboard", "signboard", "occupation", "excavation", "spoil", "drainage", "greenery")


def build(tables: Tables, areas: Areas, streets: Streets, places: Places, rng: np.random.Generator) -> None:
    """All of them."""
    _planning_areas(tables, areas, places, rng)
    _permits(tables, streets, places, rng)
    _approvals(tables, places, rng)
    _compounds(tables, places, rng)
    _sites(tables, streets, places, rng)
    _contact_points(tables, streets, places, rng)


def _planning_areas(tables: Tables, areas: Areas, places: Places, rng: np.random.Generator) -> None:
    for town in areas.towns:
        name = "城区" if town.seat.urban else town.seat.name
        division = None if town.seat.urban else places.division[f"{town.seat.code}000"]
        _planning_area(tables, f"{name}城镇规划区", "town", town.area, division)
    villages = [each for each in areas.communities if not each.tiled]
    for index in rng.choice(len(villages), size=90, replace=False):
        village = villages[index]
        code = f"{village.seat.code}{village.number:03d}"
        name, division = tables["divisions"][places.division[code] - 1]["name"], places.division[code]
        core = _blob(village.seed, rng).intersection(village.area)
        _planning_area(tables, f"{name}村庄规划区", "village", core, division)
        fields = shapely.make_valid(village.area.buffer(-180).difference(core.buffer(160)).simplify(25))
        for part in shapely.get_parts(fields):
            if part.geom_type == "Polygon" and part.area > 150_000:
                _planning_area(tables, f"{name}永久基本农田", "farmland", part, division)


def _blob(middle: tuple[float, float], rng: np.random.Generator) -> Polygon:
    """The crooked outline of a village."""
    turns = np.sort(rng.uniform(0, 2 * np.pi, 11))
    reach = rng.uniform(260, 480) * rng.uniform(0.65, 1.15, 11)
    return Polygon(
        np.array(middle) + reach[:, None] * np.column_stack([np.cos(turns), np.sin(turns)])
    ).buffer(0)


def _planning_area(tables: Tables, name: str, kind: str, area: BaseGeometry, division: int | None) -> None:
    number = len(tables["planning_areas"]) + 1
    tables.add(
        "planning_areas",
        code=f"GH-{number:03d}",
        name=name,
        kind=kind,
        division_id=division,
        approved_on=date(2018 + number % 4, 6, 30),
        area_m2=round(area.area, 2),
        geom=many(area),
    )


def _permits(tables: Tables, streets: Streets, places: Places, rng: np.random.Generator) -> None:
    kinds = ("building", "building", "temporary", "occupation", "village_building")
    for number, spot in enumerate(streets.spots(PERMITS, (24.0, 40.0), rng), start=1):
        kind = kinds[number % len(kinds)]
        size = rng.uniform(8, 20, 2) if kind == "occupation" else rng.uniform(30, 90, 2)
        area = box(spot, *np.round(size, 1))
        issued = date(2022, 1, 10) + timedelta(days=int(rng.integers(0, 500)))
        lasts = {"temporary": 730, "occupation": 90}.get(kind)
        tables.add(
            "permits",
            code=f"XK-{issued.year}-{number:03d}",
            kind=kind,
            project=f"{spot.seat.short}{pick(rng, ('厂房', '商住楼', '学校配套', '仓储', '施工围挡', '农贸市场'))}项目",
            holder=person(rng),
            issued_on=issued,
            valid_from=issued,
            valid_to=issued + timedelta(days=lasts) if lasts else None,
            area_m2=round(area.area, 2),
            division_id=places.division[f"{spot.seat.code}000"],
            geom=many(area),
        )


def _approvals(tables: Tables, places: Places, rng: np.random.Generator) -> None:
    for number in range(1, APPROVALS + 1):
        decided = date(2023, 1, 3) + timedelta(days=int(rng.integers(0, 176)))
        seat = places.seats[int(rng.integers(len(places.seats)))]
        tables.add(
            "approvals",
            code=f"SP-2023-{number:04d}",
            kind=pick(rng, _APPROVAL_KINDS),
            outcome="refused" if number % 61 == 0 else "approved",
            applicant=person(rng),
            applied_on=decided - timedelta(days=int(rng.integers(1, 15))),
            decided_on=decided,
            division_id=places.division[f"{seat.code}000"],
        )


def _compounds(tables: Tables, places: Places, rng: np.random.Generator) -> None:
    """Most of a block, inside its streets; of the city more than of the towns."""
    blocks = [
        index
        for index, (area, seat) in enumerate(zip(places.grid_areas, places.grid_seats, strict=True))
        if area.area > 30_000 and (seat.urban or index % 9 == 0)
    ]
    for number, index in enumerate(
        sorted(rng.choice(blocks, size=SORTED + UNSORTED, replace=False)), start=1
    ):
        seat, grid = places.grid_seats[index], tables["grids"][index]
        area = max(
            shapely.get_parts(places.grid_areas[index].buffer(-26, join_style="mitre")), key=lambda p: p.area
        )
        share = np.sqrt(min(1.0, rng.uniform(12_000, 42_000) / area.area))
        area = scale(area, share, share, origin=area.representative_point())
        tables.add(
            "compounds",
            code=f"XQ-{number:03d}",
            name=f"{seat.short}{compound(rng)}",
            address=f"{seat.name}（网格{grid['code']}）",
            households=int(rng.integers(90, 1400)),
            sorted_since=None,
            division_id=places.division[f"{seat.code}000"],
            grid_id=grid["id"],
            geom=many(area),
        )
    for index in rng.choice(SORTED + UNSORTED, size=SORTED, replace=False):
        since = date(2021, 6, 1) + timedelta(days=int(rng.integers(0, 730)))
        tables["compounds"][index]["sorted_since"] = since


def _sites(tables: Tables, streets: Streets, places: Places, rng: np.random.Generator) -> None:
    for number, spot in enumerate(streets.spots(SITES, (30.0, 45.0), rng), start=1):
        below = date(2023, 2, 1) + timedelta(days=20 * number) if number <= SITES_RECTIFIED else None
        tables.add(
            "construction_sites",
            code=f"GD-{number:03d}",
            name=f"{spot.seat.short}{compound(rng)}工地",
            contractor=f"皖西第{number % 7 + 1}建筑工程有限公司",
            below_standard_on=below,
            rectified_on=below + timedelta(days=9) if below else None,
            division_id=places.division[f"{spot.seat.code}000"],
            geom=many(box(spot, *np.round(rng.uniform(60, 120, 2), 1))),
        )


def _contact_points(tables: Tables, streets: Streets, places: Places, rng: np.random.Generator) -> None:
    for number, spot in enumerate(streets.spots(46, (12.0, 20.0), rng), start=1):
        tables.add(
            "contact_points",
            code=f"LL-{number:03d}",
            name=f"{spot.seat.short}城管联络点{number}",
            grid_id=tables["grids"][spot.grid]["id"],
            organisation_id=places.team[spot.seat.code],
            active=True,
            geom=Point(spot.at),
        )
