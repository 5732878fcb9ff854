"""Rows of divisions, organisations and unit grids."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import shapely
from shapely import Point, Polygon
from shapely.geometry.base import BaseGeometry

from data.demo.district.areas import Areas, Community
from data.demo.district.names import FIRMS, VILLAGES
from data.demo.district.seats import SEATS, Seat
from data.demo.district.tables import Tables, many

__all__ = ["Places", "settle"]

DISTRICT = "341502000000"
VALID_FROM = date(2023, 1, 1)
SMALLEST_M2 = 9_000.0
MANAGED_BY_ANOTHER = {
    "皋陶小学": "皋陶小学片区：权属为六安经济开发区，日常由望城大队管理。",
    "青峰路以北": "青峰路以北地块：权属为六安经济开发区，日常由望城大队管理。",
}


@dataclass
class Places:
    """Where things lie: ids of divisions and organisations, and a way to find the grid of a place."""

    bureau: int = 0
    firms: list[int] = field(default_factory=list)
    division: dict[str, int] = field(default_factory=dict)
    government: dict[str, int] = field(default_factory=dict)
    team: dict[str, int] = field(default_factory=dict)
    seats: list[Seat] = field(default_factory=list)
    grid_areas: list[BaseGeometry] = field(default_factory=list)
    grid_seats: list[Seat] = field(default_factory=list)
    tree: shapely.STRtree | None = None
    communities: list[Community] = field(default_factory=list)

    def grids_at(self, places: np.ndarray) -> np.ndarray:
        """For (n, 2) places the index of the grid each lies in (its id less 1); -1: in none."""
        assert self.tree is not None
        found = np.full(len(places), -1)
        at, grid = self.tree.query(shapely.points(places), predicate="intersects")
        found[at[::-1]] = grid[::-1]
        return found

    def seat_of(self, place: tuple[float, float]) -> Seat:
        """The township-level division of a place inside a grid, else the nearest seat's."""
        grid = int(self.grids_at(np.array([place]))[0])
        if grid >= 0:
            return self.grid_seats[grid]
        return min(self.seats, key=lambda each: math.dist((each.easting, each.northing), place))


def settle(tables: Tables, areas: Areas, rng: np.random.Generator) -> Places:
    """Divisions first, then organisations, then grids."""
    places = Places(seats=list(SEATS), communities=list(areas.communities))
    _divisions(tables, areas, places, rng)
    _organisations(tables, places)
    _grids(tables, areas, places)
    places.tree = shapely.STRtree(places.grid_areas)
    return places


def _divisions(tables: Tables, areas: Areas, places: Places, rng: np.random.Generator) -> None:
    blocks = {
        seat: [block for each in areas.communities if each.seat == seat for block in each.blocks]
        for seat in SEATS
    }
    everything = shapely.coverage_union_all([block for own in blocks.values() for block in own])
    top = _division(
        tables, places, DISTRICT, "金安区", everything, level="district", kind="district", parent=None
    )
    for seat in SEATS:
        area = shapely.coverage_union_all(blocks[seat])
        _division(
            tables, places, f"{seat.code}000", seat.name, area, level="township", kind=seat.kind, parent=top
        )
    names = {seat: list(rng.permutation(VILLAGES)) for seat in SEATS}
    for each in areas.communities:
        kind = "community" if each.tiled else "village"
        stem = f"{each.seat.short}街" if each.number == 1 else names[each.seat][each.number]
        name = stem + ("社区" if kind == "community" else "村")
        parent = places.division[f"{each.seat.code}000"]
        _division(tables, places, _code(each), name, each.area, level="community", kind=kind, parent=parent)


def _division(
    tables: Tables,
    places: Places,
    code: str,
    name: str,
    area: BaseGeometry,
    *,
    level: str,
    kind: str,
    parent: int | None,
) -> int:
    number = tables.add(
        "divisions",
        code=code,
        name=name,
        level=level,
        kind=kind,
        parent_id=parent,
        valid_from=VALID_FROM,
        geom=many(area),
    )
    places.division[code] = number
    return number


def _code(community: Community) -> str:
    return f"{community.seat.code}{community.number:03d}"


def _organisations(tables: Tables, places: Places) -> None:
    def office(code: str, name: str, kind: str, seat: Seat, aside: int, parent: int | None = None) -> int:
        return tables.add(
            "organisations",
            code=code,
            name=name,
            kind=kind,
            parent_id=parent,
            division_id=places.division[f"{seat.code}000"],
            phone=f"0564-000{len(tables['organisations']):04d}",
            geom=Point(seat.easting + aside, seat.northing + aside // 2),
        )

    places.bureau = office("ORG-001", "金安区城市管理局", "bureau", SEATS[1], 180)
    for number, seat in enumerate(SEATS, start=1):
        kind, name = {
            "street": ("government", f"{seat.name}办事处"),
            "zone": ("zone", f"{seat.name}管委会"),
        }.get(seat.kind, ("government", f"{seat.name}人民政府"))
        places.government[seat.code] = office(f"ORG-1{number:02d}", name, kind, seat, 40)
        team = f"{seat.short}{'大队' if seat.urban else '中队'}"
        places.team[seat.code] = office(f"ORG-2{number:02d}", team, "team", seat, -60, places.bureau)
    for number, name in enumerate(FIRMS, start=1):
        places.firms.append(office(f"ORG-3{number:02d}", name, "company", SEATS[number], 320))


def _grids(tables: Tables, areas: Areas, places: Places) -> None:
    for community in areas.communities:
        if community.tiled:
            ordered = _numbered(_merged(list(community.blocks)))
            for number, block in enumerate(ordered, start=1):
                _grid(tables, places, community, number, block)
    _shared(tables, places)


def _grid(tables: Tables, places: Places, community: Community, number: int, block: BaseGeometry) -> None:
    code, seat = _code(community), community.seat
    tables.add(
        "grids",
        code=f"{code}{number:03d}",
        name=f"{tables['divisions'][places.division[code] - 1]['name']}第{number}网格",
        division_id=places.division[code],
        owner_id=places.government[seat.code],
        manager_id=places.team[seat.code],
        area_m2=round(block.area, 2),
        note=None,
        geom=many(block),
    )
    places.grid_areas.append(block)
    places.grid_seats.append(seat)


def _merged(blocks: list[Polygon]) -> list[BaseGeometry]:
    """Slivers at the edge of a community join the neighbour with whom they share most."""
    kept: list[BaseGeometry] = sorted(blocks, key=lambda each: each.area)
    while len(kept) > 1 and kept[0].area < SMALLEST_M2:
        small, *others = kept
        shared = shapely.length(shapely.intersection(small.boundary, [each.boundary for each in others]))
        if shared.max() <= 0:
            return kept
        best = int(shared.argmax())
        others[best] = shapely.coverage_union_all([small, others[best]])
        kept = sorted(others, key=lambda each: each.area)
    return kept


def _numbered(blocks: list[BaseGeometry]) -> list[BaseGeometry]:
    """West to east, then north to south: rows of the mean block's height, each from west to east."""
    height = float(np.sqrt(np.mean([each.area for each in blocks])))
    top = max(each.centroid.y for each in blocks)
    return sorted(blocks, key=lambda each: (round((top - each.centroid.y) / height), each.centroid.x))


def _shared(tables: Tables, places: Places) -> None:
    """The grids that one owns and another manages: the zone's land that the 望城 team looks after."""
    zone, team = places.government["341502400"], places.team["341502004"]
    own = [
        row for row, seat in zip(tables["grids"], places.grid_seats, strict=True) if seat.name == "望城街道"
    ]
    north = sorted(own, key=lambda row: -row["geom"].centroid.y)[:7]
    for row in north:
        name = "皋陶小学" if row is north[0] else "青峰路以北"
        row |= {"owner_id": zone, "manager_id": team, "note": MANAGED_BY_ANOTHER[name]}
        row["name"] = f"{name}（{row['name']}）"
