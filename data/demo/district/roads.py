"""Rows of roads: the streets of every town, and the roads that join the towns."""

from __future__ import annotations

from datetime import date

import numpy as np
import shapely
from scipy.spatial import Delaunay
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from data.demo.district.areas import Areas, Town
from data.demo.district.lattice import Street
from data.demo.district.names import CITY_STREETS
from data.demo.district.places import Places
from data.demo.district.seats import SEATS, Seat, outline
from data.demo.district.tables import Tables, many

__all__ = ["CLEARED", "build"]

CLEARED = 327  # main and secondary roads cleared of snow in the half-year
SNOW_DAYS = (date(2023, 1, 15), date(2023, 2, 12))
WIDTHS = {"main": 28.0, "secondary": 18.0, "branch": 10.0, "rural": 7.0}


def build(tables: Tables, areas: Areas, places: Places, rng: np.random.Generator) -> None:
    """Streets, country roads, and the clearing of snow."""
    for town in areas.towns:
        _streets(tables, town, places)
    _between(tables, areas, places, rng)
    _clear_snow(tables, places, rng)


def _streets(tables: Tables, town: Town, places: Places) -> None:
    """Every street of a town; in the city the ones through 望城 include 青峰路."""
    names = list(CITY_STREETS)
    middle = {along: _middle(town, along) for along in (0, 1)}
    for order, street in enumerate(town.lattice.streets):
        offset = street.number - middle[street.along]
        kind = _kind(offset, town.seat.urban, street)
        if town.seat.urban:
            name = names.pop(0) if kind == "main" and names else _numbered(street, offset, "")
        else:
            name = _numbered(street, offset, town.seat.short)
        _road(tables, places, f"R{len(tables['roads']) + 1:04d}", name, kind, street.line, order)
    if town.seat.urban:
        _name_qingfeng(tables, places)


def _middle(town: Town, along: int) -> int:
    numbers = [street.number for street in town.lattice.streets if street.along == along]
    return sorted(numbers)[len(numbers) // 2]


def _kind(offset: int, urban: bool, street: Street) -> str:
    if urban:
        return "main" if offset % 4 == 0 else "secondary" if street.line.length > 2500 else "branch"
    return "main" if offset == 0 else "secondary" if abs(offset) <= 4 else "branch"


def _numbered(street: Street, offset: int, town: str) -> str:
    digits = "零一二三四五六七八九十"
    side = ("北", "南")[offset > 0] if street.along == 0 else ("西", "东")[offset > 0]
    count = abs(offset)
    written = (
        digits[count] if count <= 10 else ("二十" if count >= 20 else "十") + digits[count % 10].strip("零")
    )
    kind = "路" if street.along == 0 else "街"
    return f"{town}中{kind}" if offset == 0 else f"{town}{side}{written}{kind}"


def _name_qingfeng(tables: Tables, places: Places) -> None:
    """青峰路 is the street along the south of the land that 望城大队 manages for the zone."""
    grids = [row["geom"] for row in tables["grids"] if row["note"] is not None]
    south = min(shape.bounds[1] for shape in grids)
    middle = np.mean([shape.centroid.x for shape in grids])
    place = shapely.Point(middle, south)
    rows = [row for row in tables["roads"] if not row["name"].endswith("街")]
    min(rows, key=lambda row: row["geom"].distance(place))["name"] = "青峰路"


def _between(tables: Tables, areas: Areas, places: Places, rng: np.random.Generator) -> None:
    """Roads between seats that have no third seat between them (the Gabriel graph).

    They run from the outermost crossing of one town to that of the other.
    """
    seats = np.array([(each.easting, each.northing) for each in SEATS], dtype=float)
    crossings = {town.seat: np.array(list(town.lattice.nodes.values())) for town in areas.towns}
    city = next(town.seat for town in areas.towns if town.seat.urban)
    sides = ((0, 1), (1, 2), (0, 2))
    triangles = Delaunay(seats).simplices
    pairs = sorted({(min(t[a], t[b]), max(t[a], t[b])) for t in triangles for a, b in sides})
    district, joined = outline().buffer(-80), set[frozenset[str]]()
    for a, b in pairs:
        towns = [city if SEATS[each].urban else SEATS[each] for each in (a, b)]
        key = frozenset(each.code for each in towns)
        if len(key) == 2 and key not in joined and _nobody_between(seats, a, b):
            start = _towards(crossings[towns[0]], seats[b])
            line = _winding(start, _towards(crossings[towns[1]], start), district, rng)
            if line is not None:
                joined.add(key)
                _country_road(tables, places, SEATS[a], SEATS[b], line)


def _towards(crossings: np.ndarray, goal: np.ndarray) -> np.ndarray:
    """The crossing nearest to a place out of town."""
    return np.asarray(crossings[np.hypot(*(crossings - goal).T).argmin()])


def _nobody_between(seats: np.ndarray, a: int, b: int) -> bool:
    middle, radius = (seats[a] + seats[b]) / 2, np.hypot(*(seats[a] - seats[b])) / 2
    far = np.hypot(*(seats - middle).T) >= radius * 0.999
    return bool(far.all())


def _winding(
    start: np.ndarray, end: np.ndarray, district: BaseGeometry, rng: np.random.Generator
) -> LineString | None:
    """A road that winds a little and stays in the district; None when it cannot."""
    along = np.linspace(0, 1, 41)[:, None]
    step = end - start
    sideways = np.array([-step[1], step[0]])
    for bend in (0.05, 0.03, -0.06, 0.1, -0.1, 0.16, -0.16):
        wave = bend * np.sin(np.pi * along) + 0.012 * np.sin(5 * np.pi * along + rng.uniform(0, 6)) * np.sin(
            np.pi * along
        )
        line = LineString(np.round(start + along * step + wave * sideways, 2))
        if district.contains(line):
            return line
    return None


def _country_road(tables: Tables, places: Places, a: Seat, b: Seat, line: LineString) -> None:
    name = f"{a.short[0]}{b.short[0]}路"
    taken = {row["name"] for row in tables["roads"]}
    name = f"{a.short}{b.short}路" if name in taken else name
    _road(tables, places, f"X{len(tables['roads']) + 1:04d}", name, "rural", line, 0)


def _road(
    tables: Tables, places: Places, code: str, name: str, kind: str, line: BaseGeometry, order: int
) -> None:
    middle = (
        line.interpolate(0.5, normalized=True)
        if line.geom_type == "LineString"
        else line.representative_point()
    )
    seat = places.seat_of((middle.x, middle.y))
    tables.add(
        "roads",
        code=code,
        name=name,
        road_class=kind,
        surface="concrete" if kind == "rural" or order % 5 == 4 else "asphalt",
        width_m=WIDTHS[kind],
        length_m=round(line.length, 1),
        division_id=places.division[f"{seat.code}000"],
        manager_id=places.team[seat.code],
        geom=many(line),
    )


def _clear_snow(tables: Tables, places: Places, rng: np.random.Generator) -> None:
    wide = [row for row in tables["roads"] if row["road_class"] in {"main", "secondary"}]
    wide.sort(key=lambda row: (row["road_class"], -row["length_m"]))
    for row in wide[:CLEARED]:
        day = SNOW_DAYS[int(rng.integers(len(SNOW_DAYS)))]
        tables.add("road_clearings", road_id=row["id"], cleared_on=day, organisation_id=row["manager_id"])
