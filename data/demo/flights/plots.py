"""One family's plot: a house, its yard, outbuildings, walls, heaps of this and that; hamlets of such plots."""

from __future__ import annotations

from dataclasses import replace
from math import atan2, cos, exp, hypot, pi, sin

import numpy as np
from shapely import STRtree
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from data.demo.flights.buildings import flat_house, sheet_shed, tile_house, wall
from data.demo.flights.scene import Building, Colour, Patch, Scene, rectangle

__all__ = ["Taken", "Town", "hamlets", "on_top", "plot"]

Pair = tuple[float, float]


class Taken:
    """Ground that is already used; asks whether a shape is free."""

    def __init__(self, shapes: list[BaseGeometry]) -> None:
        self._shapes = list(shapes)
        self._tree = STRtree(self._shapes)
        self._late: list[BaseGeometry] = []

    def add(self, shape: BaseGeometry) -> None:
        """Use up a shape."""
        self._late.append(shape)
        if len(self._late) > 40:
            self._shapes += self._late
            self._late = []
            self._tree = STRtree(self._shapes)

    def free(self, shape: BaseGeometry) -> bool:
        """Whether nothing taken meets the shape."""
        if len(self._tree.query(shape, predicate="intersects")):
            return False
        return not any(late.intersects(shape) for late in self._late)


class Town:
    """The settlement while it grows."""

    def __init__(self, scene: Scene, rng: np.random.Generator) -> None:
        self.scene, self.rng = scene, rng
        self.taken = Taken([r.line.buffer(r.width / 2 + 0.4) for r in scene.roads])
        self.key = 100

    def next_key(self) -> int:
        self.key += 1
        return self.key

    def near_centre(self, x: float, y: float, reach: float) -> float:
        cx, cy = self.scene.centre
        return exp(-((hypot(x - cx, y - cy) / reach) ** 2))

    def build(self, building: Building) -> None:
        self.scene.buildings.append(building)
        self.taken.add(building.footprint.buffer(0.3))

    def uniform(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def concrete(self) -> Colour:
        tone, warm = self.rng.normal(160, 11), self.rng.normal(6, 4)
        return float(tone + warm), float(tone), float(tone - 2.2 * warm)


def hamlets(town: Town) -> None:
    """Rows of plots that face south whatever the roads do, with lanes between the rows."""
    rng, size = town.rng, town.scene.size
    for _ in range(max(1, round(34 * (size / 400) ** 2))):
        x, y = rng.normal(town.scene.centre, size * 0.21).tolist()
        main = np.asarray(town.scene.roads[0].line.coords)
        along = atan2(*(main[-1] - main[0])[::-1])
        lean = float(rng.normal(0, 0.14)) if rng.uniform() < 0.65 else along + float(rng.normal(0, 0.05))
        _hamlet(town, (x, y), lean)


def _hamlet(town: Town, at: Pair, lean: float) -> None:
    rng = town.rng
    wide, deep = town.uniform(10.5, 13.5), town.uniform(13, 17)
    rows, most = int(rng.integers(1, 5)), int(rng.integers(3, 9))
    for row in range(rows):
        v = row * (deep + town.uniform(2.2, 4.0))
        start, built = town.uniform(-12, 12), 0
        for place in range(most):
            u = start + place * (wide + town.uniform(0.2, 0.7))
            spot = at[0] + cos(lean) * u - sin(lean) * v, at[1] + sin(lean) * u + cos(lean) * v
            if rng.uniform() < 0.88:
                built += plot(town, spot, (wide, deep), lean + town.uniform(-0.03, 0.03), -1)
        if built > 2:
            u, v = start + most * wide / 2, v + deep / 2 + 1.4
            lane = at[0] + cos(lean) * u - sin(lean) * v, at[1] + sin(lean) * u + cos(lean) * v
            strip = rectangle(*lane, most * wide, 2.4, lean)
            town.scene.yards.append(Patch(town.next_key(), strip, "concrete", town.concrete(), lean))


def plot(town: Town, at: Pair, size: Pair, angle: float, side: int) -> bool:
    """Build one plot, the house at its far side; False when the ground is not free."""
    shape = rectangle(*at, *size, angle)
    if not town.taken.free(shape):
        return False
    facing = angle if side > 0 else angle + pi
    yard = rectangle(*at, size[0] - 0.5, size[1] - 0.5, angle)
    kind = town.rng.choice(["concrete", "concrete", "concrete", "earth", "gravel"])
    town.scene.yards.append(Patch(town.next_key(), yard, kind, town.concrete(), angle))
    house = _house(town, at, size, facing)
    town.build(house)
    on_top(town, house)
    _canopy(town, house)
    for end in (-1, 1):
        if town.uniform(0, 1) < 0.5:
            _outbuilding(town, at, size, facing, end)
    if town.uniform(0, 1) < 0.5:
        _walls(town, at, size, facing)
    _heaps(town, at, size)
    town.taken.add(shape)
    return True


def on_top(town: Town, host: Building) -> None:
    """On some flat roofs a steel shed stands already."""
    if host.roof != "flat" or town.uniform(0, 1) > 0.26 or min(host.length, host.width) < 4:
        return
    size = host.length * town.uniform(0.5, 0.95), host.width * town.uniform(0.35, 0.6)
    v = (host.width - size[1]) / 2 * float(town.rng.choice([-0.9, 0.9]))
    shed = sheet_shed(town.rng, town.next_key(), host.at(0, v), size, host.angle, town.uniform(2.3, 2.8))
    town.scene.buildings.append(replace(shed, base=host.height, datum=(host.x, host.y), rise=0.35))


def _canopy(town: Town, house: Building) -> None:
    """A narrow roof over the front door."""
    if house.height < 3 or town.uniform(0, 1) < 0.35:
        return
    deep = town.uniform(1.1, 2.2)
    at = house.at(town.uniform(-1, 1), -(house.width + deep) / 2)
    size = house.length * town.uniform(0.5, 1), deep
    roof = sheet_shed(town.rng, town.next_key(), at, size, house.angle, 2.7)
    town.build(replace(roof, rise=0.25, one_slope=True))


def _heaps(town: Town, at: Pair, size: Pair) -> None:
    """Firewood, bricks, sand, straw, whatever lies about a yard."""
    colours: tuple[Colour, ...] = (
        (112, 94, 74), (150, 96, 78), (186, 168, 132), (132, 132, 130), (176, 156, 108), (84, 80, 74),
        (70, 112, 158), (196, 196, 192),
    )  # fmt: skip
    for _ in range(int(town.rng.integers(1, 6))):
        u, v = (town.uniform(-0.62, 0.62) * s for s in size)
        angle = town.uniform(0, pi)
        if town.rng.uniform() < 0.5:
            shape = rectangle(at[0] + u, at[1] + v, town.uniform(0.7, 3), town.uniform(0.5, 1.4), angle)
        else:
            shape = Point(at[0] + u, at[1] + v).buffer(town.uniform(0.4, 1.3))
        if not any(shape.intersects(b.footprint) for b in town.scene.buildings[-8:]):
            colour = colours[int(town.rng.integers(len(colours)))]
            town.scene.yards.append(Patch(town.next_key(), shape, "heap", colour, angle))


def _house(town: Town, at: tuple[float, float], size: tuple[float, float], facing: float) -> Building:
    rng = town.rng
    deep = min(town.uniform(7, 10.5), size[1] - 4)
    wide = size[0] - town.uniform(0.5, 2.0)
    back = size[1] / 2 - deep / 2 - 0.5
    centre = at[0] - sin(facing) * back, at[1] + cos(facing) * back
    what = rng.uniform()
    storeys = int(rng.choice([1, 2, 2, 3]))
    if what < 0.42:
        return flat_house(rng, town.next_key(), centre, (wide, deep), facing, 3.2 * storeys + 0.4)
    if what < 0.80:
        return tile_house(rng, town.next_key(), centre, (wide, min(deep, 8.5)), facing, 3.1 * min(storeys, 2))
    shed = sheet_shed(rng, town.next_key(), centre, (wide, deep), facing, 3.2 * min(storeys, 2) + 0.6)
    return replace(shed, rise=float(rng.uniform(1.0, 1.7)), one_slope=False)


def _outbuilding(
    town: Town, at: tuple[float, float], size: tuple[float, float], facing: float, end: int
) -> None:
    long, wide = town.uniform(3.5, 6.5), town.uniform(2.6, 3.8)
    u = end * (size[0] / 2 - wide / 2 - 0.4)
    v = -size[1] / 2 + long / 2 + 0.4
    centre = at[0] + cos(facing) * u - sin(facing) * v, at[1] + sin(facing) * u + cos(facing) * v
    turned = facing + pi / 2
    make = sheet_shed if town.uniform(0, 1) < 0.6 else tile_house
    shed = make(town.rng, town.next_key(), centre, (long, wide), turned, town.uniform(2.3, 2.9))
    if not any(shed.footprint.intersects(b.footprint) for b in town.scene.buildings[-3:]):
        town.build(shed)


def _walls(town: Town, at: tuple[float, float], size: tuple[float, float], facing: float) -> None:
    w, d = size[0] - 0.4, size[1] - 0.4
    runs = [(0.0, -d / 2, w * 0.62, 0.0), (-w / 2, 0.0, d, pi / 2), (w / 2, 0.0, d, pi / 2)]
    for u, v, length, turn in runs:
        centre = at[0] + cos(facing) * u - sin(facing) * v, at[1] + sin(facing) * u + cos(facing) * v
        piece = wall(town.rng, town.next_key(), centre, length, facing + turn)
        town.scene.buildings.append(piece)
