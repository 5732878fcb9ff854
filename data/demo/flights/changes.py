"""What was built and pulled down between the flights, and what only looks like it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import ceil, pi
from typing import Any

import numpy as np
import shapely
from shapely.geometry import Polygon, box

from data.demo.flights.buildings import SHEETS, flat_house, sheet_shed
from data.demo.flights.plots import Taken
from data.demo.flights.scene import Building, Colour, Patch, Scene, rectangle

__all__ = ["Changes", "Counts", "change"]

_EDGE_M = 4.0
_TRIES = 900


@dataclass(frozen=True)
class Counts:
    """How many changes of each kind to try for."""

    new: int
    extended: int
    rooftop: int
    demolished: int

    @staticmethod
    def for_size(size_m: float) -> Counts:
        """About 28 changes on 16 ha, at least one of each kind."""
        share = (size_m / 400) ** 2
        return Counts(*(ceil(n * share) for n in (9, 7, 7, 5)))


@dataclass
class Changes:
    """The differences: buildings that exist at one flight only, the truth and the decoys."""

    before: list[Building] = field(default_factory=list)
    after: list[Building] = field(default_factory=list)
    patches_before: list[Patch] = field(default_factory=list)
    patches_after: list[Patch] = field(default_factory=list)
    repainted: dict[int, Building] = field(default_factory=dict)
    truth: list[tuple[Polygon, str, float]] = field(default_factory=list)
    decoys: list[tuple[Polygon, str]] = field(default_factory=list)


class _Site:
    def __init__(self, scene: Scene, rng: np.random.Generator) -> None:
        self.scene, self.rng = scene, rng
        self.inside = box(_EDGE_M, _EDGE_M, scene.size - _EDGE_M, scene.size - _EDGE_M)
        solid: list[Any] = [b.footprint for b in scene.buildings]
        solid += [r.line.buffer(r.width / 2 + 0.5) for r in scene.roads]
        solid += [p.outline.buffer(2) for p in scene.ponds]
        self.taken = Taken(solid)
        crowned = {b.datum for b in scene.buildings if b.datum}
        self.houses = [
            b
            for b in scene.buildings
            if b.roof not in ("wall", "film") and self.inside.contains(b.footprint)
            and not b.datum and (b.x, b.y) not in crowned and min(b.length, b.width) > 2.4
        ]  # fmt: skip
        self.used: set[int] = set()
        self.changes = Changes()
        self.key = 200_000

    def next_key(self) -> int:
        self.key += 1
        return self.key

    def uniform(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def pick(self, fits: Callable[[Building], bool]) -> Building | None:
        pool = [b for b in self.houses if b.key not in self.used and fits(b)]
        return pool[int(self.rng.integers(len(pool)))] if pool else None

    def tell(self, building: Building, kind: str, height: float) -> None:
        self.changes.truth.append((building.footprint, kind, height))
        self.taken.add(building.footprint.buffer(0.5))


def change(scene: Scene, rng: np.random.Generator, counts: Counts) -> Changes:
    """Choose the changes. Trees that would stand in them are taken out of the scene, for both flights."""
    site = _Site(scene, rng)
    for count, act in (
        (counts.rooftop, _rooftop),
        (counts.extended, _extend),
        (counts.demolished, _demolish),
        (counts.new, _new),
    ):
        done, tries = 0, 0
        while done < count and tries < _TRIES:
            done += act(site)
            tries += 1
    _clear_trees(scene, site.changes)
    return site.changes


def _clear_trees(scene: Scene, changes: Changes) -> None:
    built = shapely.union_all([shape for shape, _, _ in changes.truth])
    if built.is_empty or not scene.trees:
        return
    away = shapely.distance(built, shapely.points([(t.x, t.y) for t in scene.trees]))
    scene.trees = [t for t, far in zip(scene.trees, away, strict=True) if far > 1.12 * t.radius + 0.7]


def _fresh(site: _Site, at: tuple[float, float], size: tuple[float, float], angle: float) -> Building:
    shed = sheet_shed(site.rng, site.next_key(), at, size, angle, site.uniform(2.9, 4.6))
    bright = SHEETS[int(site.rng.choice([0, 0, 1, 2, 4, 6, 8]))]
    return replace(shed, colour=bright, age=site.uniform(0.02, 0.25))


def _new(site: _Site) -> int:
    """A shed, now and then a house, beside a house, in a yard, at a field's edge."""
    host = site.pick(lambda b: True)
    if host is None:
        return 0
    size = site.uniform(5, 16), site.uniform(4, 9)
    spread = max(host.length, host.width) / 2 + size[0] / 2 + 14
    at = host.x + site.uniform(-spread, spread), host.y + site.uniform(-spread, spread)
    angle = host.angle + (pi / 2) * int(site.rng.integers(2)) + site.uniform(-0.05, 0.05)
    made = _fresh(site, at, size, angle)
    if site.uniform(0, 1) < 0.2 and size[1] > 7 and size[0] > 9:
        made = flat_house(site.rng, made.key, at, size, angle, 6.8)
    if not site.inside.contains(made.footprint) or not site.taken.free(made.footprint.buffer(0.9)):
        return 0
    site.changes.after.append(made)
    site.changes.patches_after.append(
        Patch(site.next_key(), made.footprint.buffer(site.uniform(1, 2.5)), "earth", angle=angle)
    )
    site.tell(made, "new", made.height)
    return 1


def _extend(site: _Site) -> int:
    """A lean-to along one side of a house."""
    host = site.pick(lambda b: b.roof in ("flat", "tile", "sheet") and b.length > 6 and b.height > 3)
    if host is None:
        return 0
    deep = site.uniform(2.6, 5)
    if site.rng.uniform() < 0.6:
        long, turn = host.length * site.uniform(0.5, 1), 0.0
        u, v = site.uniform(-1, 1) * (host.length - long) / 2, (host.width + deep) / 2
    else:
        long, turn = host.width * site.uniform(0.6, 1), pi / 2
        u, v = (host.length + deep) / 2, site.uniform(-1, 1) * (host.width - long) / 2
    sign = float(site.rng.choice([-1, 1]))
    at = host.at(sign * u, sign * v)
    made = replace(
        _fresh(site, at, (long, deep), host.angle + turn),
        height=site.uniform(2.7, 3.4),
        rise=0.4,
        one_slope=True,
    )
    tight = rectangle(*at, long - 0.4, deep - 0.4, made.angle)
    clear = site.taken.free(tight) and site.inside.contains(made.footprint)
    if not clear or made.footprint.area < 9:
        return 0
    site.used.add(host.key)
    site.changes.after.append(made)
    site.tell(made, "extended", made.height)
    return 1


def _rooftop(site: _Site) -> int:
    """A storey or a steel shed on a flat roof; what stood there before is cleared in both flights."""
    host = site.pick(lambda b: b.roof == "flat" and b.length > 6 and b.width > 6)
    if host is None:
        return 0
    share = site.uniform(0.5, 0.98), site.uniform(0.55, 0.96)
    size = (host.length - 0.5) * share[0], (host.width - 0.5) * share[1]
    at = host.at(
        site.uniform(-1, 1) * (host.length - 0.5 - size[0]) / 2,
        site.uniform(-1, 1) * (host.width - 0.5 - size[1]) / 2,
    )
    angle, flip = (host.angle, size) if size[0] >= size[1] else (host.angle + pi / 2, size[::-1])
    rise = site.uniform(2.6, 3.3)
    if site.rng.uniform() < 0.7:
        made = replace(_fresh(site, at, flip, angle), height=rise, rise=0.35)
    else:
        made = replace(flat_house(site.rng, site.next_key(), at, flip, angle, rise), parapet=0.3, fittings=())
        made = replace(made, colour=_paler(made.colour), age=0.1)
    made = replace(made, base=host.height, datum=(host.x, host.y))
    _clear_roof(site.scene, host, made)
    site.used.add(host.key)
    site.changes.after.append(made)
    site.tell(made, "rooftop", rise)
    return 1


def _paler(colour: Colour) -> Colour:
    r, g, b = (min(c + 22, 205) for c in colour)
    return r, g, b


def _clear_roof(scene: Scene, host: Building, made: Building) -> None:
    grown = made.footprint.buffer(0.4)
    kept = tuple(
        f
        for f in host.fittings
        if not rectangle(*host.at(f.u, f.v), f.length, f.width, host.angle).intersects(grown)
    )
    scene.buildings[scene.buildings.index(host)] = replace(host, fittings=kept)


def _leaning_on(site: _Site, host: Building) -> list[Building]:
    """Canopies and lean-tos that cannot stand without the host."""
    return [
        b
        for b in site.scene.buildings
        if b is not host
        and b.roof == "sheet"
        and not b.datum
        and b.footprint.area < 0.5 * host.footprint.area
        and b.footprint.distance(host.footprint) < 0.35
    ]


def _demolish(site: _Site) -> int:
    """A house or a shed that is rubble or bare ground at the second flight."""
    host = site.pick(lambda b: b.height < 8 and b.footprint.area > 12)
    if host is None:
        return 0
    gone = [host, *_leaning_on(site, host)]
    if any(b.key in site.used for b in gone):
        return 0
    for building in gone:
        site.used.add(building.key)
        site.scene.buildings.remove(building)
        site.changes.before.append(building)
    kind: Any = site.rng.choice(["rubble", "earth", "rubble"])
    outline = shapely.union_all([b.footprint.buffer(0.2, join_style="mitre") for b in gone])
    outline = outline.buffer(-0.2, join_style="mitre")
    shape = outline.buffer(site.uniform(0.2, 0.9), join_style="mitre")
    site.changes.patches_after.append(Patch(site.next_key(), shape, kind, angle=host.angle))
    site.changes.truth.append((outline, "demolished", -host.height))
    site.taken.add(outline.buffer(0.5))
    return 1
