"""Townships, communities and blocks: one coverage of the district, without gaps or overlaps.

All border lines are put into one net and noded together, then the faces are sorted into communities;
so every shared border has the same corners on both sides, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely import LineString, MultiPoint, Point, Polygon
from shapely.geometry.base import BaseGeometry

from data.demo.district.lattice import Lattice, blocks, lay
from data.demo.district.seats import SEATS, Seat, outline

__all__ = ["Areas", "Community", "Town", "divide"]

CITY_BLOCK_M = 400.0
TOWN_BLOCK_M = 200.0
CENTRE_M = 880.0  # half-way to the villages around a township's centre


@dataclass(frozen=True)
class Community:
    """A community or village: its township, its place in it (1 is the centre), its blocks."""

    seat: Seat
    number: int
    seed: tuple[float, float]
    blocks: tuple[Polygon, ...]

    @property
    def tiled(self) -> bool:
        """Whether unit grids cover it: every community of a street, and the centre of a township."""
        return self.seat.urban or self.number == 1

    @property
    def area(self) -> BaseGeometry:
        """All blocks together."""
        return shapely.coverage_union_all(list(self.blocks))


@dataclass(frozen=True)
class Town:
    """A built-up area and its streets; the city is one town made of several streets."""

    seat: Seat
    area: BaseGeometry
    lattice: Lattice


@dataclass(frozen=True)
class Areas:
    """The whole division of the district."""

    communities: tuple[Community, ...]
    towns: tuple[Town, ...]


def divide(rng: np.random.Generator) -> Areas:
    """Divide the district into townships, communities and, where there is a town, blocks."""
    district = outline()
    townships = _townships(district, rng)
    seeds = {seat: _seeds(seat, area, rng) for seat, area in townships.items()}
    net: list[BaseGeometry] = [district.boundary]
    net += [area.boundary for area in townships.values()]
    for seat, area in townships.items():
        net += _borders(seeds[seat], area, 0.05, rng)
    rough = _sorted_into_communities(blocks(net), townships, seeds)
    towns = _towns(rough, rng)
    streets = [street.line for town in towns for street in town.lattice.streets]
    fine = _sorted_into_communities(blocks(net + streets), townships, seeds)
    return Areas(tuple(fine), tuple(towns))


def _townships(district: BaseGeometry, rng: np.random.Generator) -> dict[Seat, BaseGeometry]:
    """The land nearest to each seat, with crooked borders."""
    seats = np.array([(each.easting, each.northing) for each in SEATS], dtype=float)
    net = [district.boundary, *_borders(seats, district, 0.07, rng)]
    faces = blocks(net)
    nearest = cKDTree(seats).query([_inside(face) for face in faces])[1]
    return {
        seat: shapely.coverage_union_all(
            [face for face, at in zip(faces, nearest, strict=True) if at == index]
        )
        for index, seat in enumerate(SEATS)
    }


def _seeds(seat: Seat, area: BaseGeometry, rng: np.random.Generator) -> np.ndarray:
    """Middles of communities: the seat, a ring around it, and more over the rest of the land."""
    centre = np.array([seat.easting, seat.northing], dtype=float)
    turn = rng.uniform(0, np.pi)
    angles = turn + np.arange(6) * np.pi / 3
    ring = centre + 2 * CENTRE_M * np.column_stack([np.cos(angles), np.sin(angles)])
    chosen = [centre, *(place for place in ring if area.contains(Point(place)))]
    apart = max(1500.0, np.sqrt(area.area / 9))
    west, south, east, north = area.bounds
    for place in rng.uniform((west, south), (east, north), (400, 2)):
        far = min(np.hypot(*(place - other)) for other in chosen) > apart
        if far and area.contains(Point(place)):
            chosen.append(place)
    return np.array(chosen)


def _borders(
    seeds: np.ndarray, area: BaseGeometry, bend: float, rng: np.random.Generator
) -> list[BaseGeometry]:
    """Crooked border lines half-way between the seeds, cut to the area."""
    edges = shapely.voronoi_polygons(MultiPoint(seeds), extend_to=area.envelope, only_edges=True)
    lines = []
    for line in shapely.get_parts(edges):
        corners = shapely.get_coordinates(line)
        for start, end in pairwise(corners):
            cut = _crooked(start, end, bend, rng).intersection(area)
            lines += [part for part in shapely.get_parts(cut) if part.length > 0]
    return lines


def _crooked(start: np.ndarray, end: np.ndarray, bend: float, rng: np.random.Generator) -> LineString:
    """A line from start to end whose middle points are pushed sideways, again and again, less each time."""
    places = np.array([start, end])
    while np.hypot(*(places[1] - places[0])) > 150 and len(places) < 65:
        steps = np.diff(places, axis=0)
        sideways = np.column_stack([-steps[:, 1], steps[:, 0]]) * rng.uniform(-bend, bend, (len(steps), 1))
        middles = places[:-1] + steps / 2 + sideways
        merged = np.empty((2 * len(places) - 1, 2))
        merged[0::2], merged[1::2] = places, middles
        places = merged
    return LineString(np.round(places, 2))


def _sorted_into_communities(
    faces: list[Polygon], townships: dict[Seat, BaseGeometry], seeds: dict[Seat, np.ndarray]
) -> list[Community]:
    """Every face belongs to the township it lies in, and there to the nearest seed."""
    tree = shapely.STRtree(list(townships.values()))
    inside = shapely.points([_inside(face) for face in faces])
    face_at, township_at = tree.query(inside, predicate="intersects")
    seats, owned = list(townships), dict[tuple[Seat, int], list[Polygon]]()
    trees = [cKDTree(seeds[seat]) for seat in seats]
    for face, township in zip(face_at, township_at, strict=True):
        number = int(trees[township].query(shapely.get_coordinates(inside[face])[0])[1]) + 1
        owned.setdefault((seats[township], number), []).append(faces[face])
    ordered = sorted(owned.items(), key=lambda entry: (entry[0][0].code, entry[0][1]))
    return [
        Community(
            seat, number, (float(seeds[seat][number - 1][0]), float(seeds[seat][number - 1][1])), tuple(own)
        )
        for (seat, number), own in ordered
    ]


def _towns(communities: list[Community], rng: np.random.Generator) -> list[Town]:
    """The city over all streets and the zone, and the centre of every township."""
    city = [each for each in communities if each.seat.urban]
    area = shapely.coverage_union_all([block for each in city for block in each.blocks])
    towns = [Town(SEATS[1], area, lay(area, CITY_BLOCK_M, rng))]
    centres = [each for each in communities if each.tiled and not each.seat.urban]
    towns += [Town(each.seat, each.area, lay(each.area, TOWN_BLOCK_M, rng)) for each in centres]
    return towns


def _inside(face: Polygon) -> tuple[float, float]:
    point = face.representative_point()
    return (point.x, point.y)
