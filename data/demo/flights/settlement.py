"""Where people built: rows of shops and houses along the roads, hamlets, a factory yard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import cos, pi, sin

import numpy as np
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from data.demo.flights.buildings import flat_house, sheet_shed, wall
from data.demo.flights.plots import Town, hamlets, on_top, plot
from data.demo.flights.roads import point_on
from data.demo.flights.scene import Patch, Road, Scene, rectangle

__all__ = ["settle", "settled_area"]


def settle(scene: Scene, rng: np.random.Generator) -> None:
    """Fill ``scene.buildings`` and ``scene.yards`` along its roads, densest at its centre."""
    town = Town(scene, rng)
    if scene.size > 220:
        _factory(town)
    _shops(town, scene.roads[0])
    for road in scene.roads[1:]:
        if road.surface != "earth":
            _plots(town, road)
    hamlets(town)
    _plots(town, scene.roads[0])
    _poles(town, scene.roads[0])


def _frontage(town: Town, road: Road, place: Callable[[float, int], float]) -> None:
    """Walk both sides of a road; ``place`` tells how much frontage it used up, 0 when nothing fits."""
    for side in (-1, 1):
        along = town.uniform(2, 8)
        while along < road.line.length - 2:
            x, y, _ = point_on(road.line, along)
            inside = -25 < x < town.scene.size + 25 and -25 < y < town.scene.size + 25
            along += (place(along, side) if inside else 0.0) or town.uniform(3, 7)


def _shops(town: Town, road: Road) -> None:
    def place(along: float, side: int) -> float:
        x, y, _ = point_on(road.line, along)
        if town.uniform(0, 1) > 1.25 * town.near_centre(x, y, 140):
            return town.uniform(6, 14)
        return _shop_row(town, road, along, side)

    _frontage(town, road, place)


def _shop_row(town: Town, road: Road, along: float, side: int) -> float:
    count = int(town.rng.integers(2, 7))
    unit, depth = town.uniform(3.9, 4.6), town.uniform(9, 14)
    x, y, angle = point_on(road.line, min(along + count * unit / 2, road.line.length - 1))
    out = side * (road.width / 2 + town.uniform(3.8, 5.2) + depth / 2)
    cx, cy = x - sin(angle) * out, y + cos(angle) * out
    if not town.taken.free(rectangle(cx, cy, count * unit, depth, angle).buffer(0.4)):
        return 0.0
    storeys = int(town.rng.choice([2, 2, 3, 3, 4]))
    turned = angle if side > 0 else angle + pi
    at = 0
    while at < count:
        span = min(int(town.rng.integers(1, 4)), count - at)
        beside = (at + span / 2 - count / 2) * unit
        high = 3.3 * max(1, storeys + int(town.rng.choice([-1, 0, 0, 0, 1]))) + 0.4
        spot = cx + cos(angle) * beside, cy + sin(angle) * beside
        deep = depth - town.uniform(0, 1.5)
        shop = flat_house(town.rng, town.next_key(), spot, (span * unit, deep), turned, high)
        town.build(shop)
        on_top(town, shop)
        at += span
    _pavement(town, road, (x, y, angle), side, count * unit)
    return count * unit + town.uniform(0.6, 7)


def _pavement(town: Town, road: Road, at: tuple[float, float, float], side: int, length: float) -> None:
    x, y, angle = at
    out = side * (road.width / 2 + 3.5)
    strip = rectangle(x - sin(angle) * out, y + cos(angle) * out, length + 4, 6.5, angle)
    town.scene.yards.append(Patch(town.next_key(), strip, "concrete", town.concrete(), angle))


def _plots(town: Town, road: Road) -> None:
    reach = 150 if road.width > 4 else 115

    def place(along: float, side: int) -> float:
        size = town.uniform(10.5, 16), town.uniform(13, 20)
        x, y, angle = point_on(road.line, min(along + size[0] / 2, road.line.length - 1))
        if town.uniform(0, 1) > 1.25 * town.near_centre(x, y, reach) + 0.04:
            return town.uniform(6, 16)
        out = side * (road.width / 2 + town.uniform(0.8, 2.5) + size[1] / 2)
        built = plot(town, (x - sin(angle) * out, y + cos(angle) * out), size, angle, side)
        return size[0] + town.uniform(0.3, 2.5) if built else 0.0

    _frontage(town, road, place)


def _poles(town: Town, road: Road) -> None:
    """Power poles: nothing but their thin shadows is seen of them."""
    for along in np.arange(12, road.line.length, 38):
        x, y, angle = point_on(road.line, float(along))
        out = road.width / 2 + 1.2
        pole = wall(town.rng, town.next_key(), (x - sin(angle) * out, y + cos(angle) * out), 0.35, angle)
        town.scene.buildings.append(replace(pole, height=9.0))


def _factory(town: Town) -> None:
    """A walled yard with large steel-sheet halls, off the centre beside the main road."""
    road = town.scene.roads[0]
    for share in town.rng.permutation([0.34, 0.38, 0.6, 0.64, 0.3, 0.68]):
        x, y, angle = point_on(road.line, float(share) * road.line.length)
        side = int(town.rng.choice([-1, 1]))
        size = town.uniform(62, 78), town.uniform(52, 66)
        out = side * (road.width / 2 + 7 + size[1] / 2)
        at = x - sin(angle) * out, y + cos(angle) * out
        plot = rectangle(*at, *size, angle)
        if town.taken.free(plot) and _within(plot, town.scene.size):
            _halls(town, at, size, angle if side > 0 else angle + pi)
            town.taken.add(plot.buffer(1.5))
            return


def _within(shape: Polygon, size: float) -> bool:
    x0, y0, x1, y1 = shape.bounds
    return x0 > 4 and y0 > 4 and x1 < size - 4 and y1 < size - 4


def _halls(town: Town, at: tuple[float, float], size: tuple[float, float], facing: float) -> None:
    town.scene.yards.append(
        Patch(town.next_key(), rectangle(*at, *size, facing), "concrete", (176, 172, 162), facing)
    )

    def spot(u: float, v: float) -> tuple[float, float]:
        return at[0] + cos(facing) * u - sin(facing) * v, at[1] + sin(facing) * u + cos(facing) * v

    w, d = size
    for u, v, long, wide, high in (
        (-w * 0.22, d * 0.12, d * 0.66, w * 0.26, 7.5),
        (w * 0.08, d * 0.14, d * 0.62, w * 0.24, 7.0),
        (w * 0.37, d * 0.2, d * 0.45, w * 0.17, 5.5),
    ):
        hall = sheet_shed(town.rng, town.next_key(), spot(u, v), (long, wide), facing + pi / 2, high)
        town.build(replace(hall, rise=wide * 0.06, one_slope=False))
    office = flat_house(town.rng, town.next_key(), spot(w * 0.3, -d * 0.38), (w * 0.3, 9.0), facing, 10.2)
    town.build(office)
    for u, v, length, turn in (
        (0.0, d / 2, w, 0.0),
        (-w / 2, 0.0, d, pi / 2),
        (w / 2, 0.0, d, pi / 2),
        (w * 0.12, -d / 2, w * 0.7, 0.0),
    ):
        town.scene.buildings.append(wall(town.rng, town.next_key(), spot(u, v), length, facing + turn))


def settled_area(scene: Scene) -> BaseGeometry:
    """The ground of the settlement: yards and houses with what lies between them."""
    shapes = [p.outline for p in scene.yards] + [b.footprint for b in scene.buildings]
    return unary_union(shapes).buffer(9).buffer(-5)
