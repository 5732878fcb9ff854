"""Two flights over one made-up township edge, with the truth of what changed between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import geopandas as gpd
import numpy as np
from affine import Affine
from numpy.typing import NDArray
from shapely import affinity
from shapely.geometry import Point, box
from shapely.ops import unary_union

from data.demo.flights import fields, terrain
from data.demo.flights.buildings import raise_building
from data.demo.flights.camera import Conditions, develop, survey_surface
from data.demo.flights.canvas import Canvas
from data.demo.flights.changes import Changes, Counts, change
from data.demo.flights.decoys import deceive
from data.demo.flights.light import Sun, sun_at
from data.demo.flights.patches import paint_patch, raise_patch
from data.demo.flights.plots import Taken
from data.demo.flights.roads import lay_roads, paint_road
from data.demo.flights.roofs import paint_roof
from data.demo.flights.scene import Moment, Scene, Season
from data.demo.flights.settlement import settle, settled_area
from data.demo.flights.textures import Floats
from data.demo.flights.vegetation import paint_tree, plant, raise_tree
from data.demo.flights.vehicles import outline, paint_vehicle, park, raise_vehicle

__all__ = ["EPSG", "FLOWN", "ORIGIN", "Flight", "FlightPair", "render"]

EPSG = 4548
ORIGIN = (456_000.0, 3_516_000.0)
FLOWN = (date(2023, 3, 12), date(2023, 6, 18))


@dataclass(frozen=True)
class Flight:
    """One survey: ``ortho`` (row, col, 3) uint8 RGB, ``dsm`` (row, col) float32 metres (EPSG:5737)."""

    flown_on: date
    sun: Sun
    ortho: NDArray[np.uint8]
    transform: Affine
    dsm: Floats
    dsm_transform: Affine


@dataclass(frozen=True)
class FlightPair:
    """Two flights and the truth, in EPSG:4548.

    ``truth``: geometry, kind in {new, demolished, extended, rooftop}, area_m2, height_change_m; in the frame
    of the first flight. ``decoys``: geometry, kind; changes that are no building. ``shift_m``: (east, north),
    how far the second flight lies off: a thing at (E, N) in the first is found at (E + east, N + north).
    ``bias_m``: how much higher the second surface model reads on unchanged ground. ``standing``: geometry and
    roof of every building at either flight, also in the frame of the first.
    """

    seed: int
    before: Flight
    after: Flight
    truth: gpd.GeoDataFrame
    decoys: gpd.GeoDataFrame
    shift_m: tuple[float, float]
    bias_m: float
    standing: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]
    crs: str = field(default=f"EPSG:{EPSG}")


def render(
    seed: int,
    *,
    size_px: int = 4000,
    gsd_m: float = 0.1,
    origin: tuple[float, float] = ORIGIN,
    counts: Counts | None = None,
    changes: bool = True,
    decoys: bool | None = None,
    shift_m: tuple[float, float] | None = None,
) -> FlightPair:
    """Render both flights; the same arguments give the same pixels. Surfaces have pixels of ``2 * gsd_m``.

    ``origin`` is the top-left corner (E, N) of the first flight. With ``changes=False`` only season, light
    and shift differ; ``decoys`` (default: as ``changes``) adds vehicles that moved, tarpaulins, grain, paint.
    Crops and trees that change with the season are told among the decoys in either case.
    ``shift_m`` (east, north) is drawn between 1 and 2 m when not given.
    """
    rng = np.random.default_rng([seed, 0])
    size_m = size_px * gsd_m
    scene, taken = _scene(seed, rng, size_m)
    made = change(scene, rng, counts or Counts.for_size(size_m)) if changes else Changes()
    moments = _moments(scene, rng, made, taken, changes if decoys is None else decoys)
    shift = shift_m or _random_shift(rng)
    bias = float(rng.uniform(0.1, 0.25))
    flights = []
    for number, moment in enumerate(moments):
        how = _conditions(seed, number, shift, bias)
        flights.append(_fly(scene, moment, how, number, size_px, (gsd_m, 2 * gsd_m), origin))
    truth, others = _frames(made, origin, size_m)
    standing = _standing(moments[0], origin), _standing(moments[1], origin)
    return FlightPair(seed, flights[0], flights[1], truth, others, shift, bias, standing)


def _random_shift(rng: np.random.Generator) -> tuple[float, float]:
    turn, far = rng.uniform(0, 2 * np.pi), rng.uniform(1.0, 2.0)
    return float(far * np.cos(turn)), float(far * np.sin(turn))


def _scene(seed: int, rng: np.random.Generator, size: float) -> tuple[Scene, Taken]:
    centre = (size * float(rng.uniform(0.46, 0.54)), size * float(rng.uniform(0.46, 0.54)))
    scene = Scene(seed, size, centre=centre, roads=lay_roads(rng, size))
    settle(scene, rng)
    built = scene.lived = settled_area(scene)
    roads = unary_union([r.line.buffer(r.width / 2 + (3.5 if r.width > 9 else 0.8)) for r in scene.roads])
    taken = Taken([built, *(r.line.buffer(r.width / 2 + 1) for r in scene.roads)])
    scene.ponds = fields.dig_ponds(rng, size, taken, 40_000)
    scene.ponds += fields.dig_ditches(rng, scene, unary_union([built.buffer(1.5), roads]), 45_000)
    ponds = unary_union([p.outline.buffer(1.6) for p in scene.ponds])
    scene.parcels = fields.lay_parcels(rng, scene, unary_union([built, roads, ponds]))
    scene.buildings += fields.pitch_tunnels(rng, scene, 48_000)
    solid: list[Any] = [b.footprint for b in scene.buildings] + [p.outline for p in scene.ponds]
    taken = Taken(solid + [r.line.buffer(r.width / 2) for r in scene.roads])
    plant(scene, rng, taken)
    return scene, taken


def _moments(
    scene: Scene, rng: np.random.Generator, made: Changes, taken: Taken, decoys: bool
) -> tuple[Moment, Moment]:
    for shape, _, _ in made.truth:
        taken.add(shape.buffer(1))
    ground: list[Any] = [b.footprint for b in scene.buildings + made.after + made.before]
    ground += [p.outline for p in scene.ponds]
    space = Taken(ground)
    first = park(scene, rng, space, 60_000)
    second = first
    if decoys:
        deceive(scene, rng, made, taken)
        stay = rng.uniform(size=len(first)) < 0.25
        arrived = park(scene, rng, space, 70_000)
        second = [v for v, s in zip(first, stay, strict=True) if s] + arrived[: len(first)]
        moved = [v for v, s in zip(first, stay, strict=True) if not s] + arrived[: len(first)]
        made.decoys += [(outline(v), "truck" if v.kind == "truck" else "vehicle") for v in moved]
    made.decoys += [(p.outline, "crop") for p in scene.parcels if p.spring != p.summer]
    made.decoys += [
        (Point(t.x, t.y).buffer((1 + t.growth) * t.radius, quad_segs=4), "tree")
        for t in scene.trees
        if not t.evergreen or t.growth * t.height > 0.15
    ]
    before = Moment("spring", scene.buildings + made.before, first, made.patches_before)
    later = [made.repainted.get(b.key, b) for b in scene.buildings] + made.after
    return before, Moment("summer", later, second, made.patches_after)


def _conditions(seed: int, number: int, shift: tuple[float, float], bias: float) -> Conditions:
    if number == 0:
        sun = sun_at(FLOWN[0], 10.4)
        return Conditions(sun, 1.02, (1.0, 1, 1.0), 0.05, 0.4, 0.55, 2.6, (0, 0), (0, 0), 0.0, seed * 2)
    sun = sun_at(FLOWN[1], 15.3)
    return Conditions(
        sun, 1.06, (1.02, 1, 0.96), 0.03, 0.45, 0.55, 2.8, (0.65, 0.4), shift, bias, seed * 2 + 1
    )


def _fly(
    scene: Scene, moment: Moment, how: Conditions, number: int,
    size_px: int, gsd: tuple[float, float], origin: tuple[float, float],
) -> Flight:  # fmt: skip
    canvas = Canvas(scene.size, *gsd, scene.seed)
    _raise(canvas, scene, moment)
    _paint(canvas, scene, moment, how.sun)
    ortho = develop(canvas, how, size_px)
    dsm = survey_surface(canvas, how, round(size_px * gsd[0] / gsd[1]))
    corner = origin[0] + how.origin_m[0], origin[1] - how.origin_m[1]
    east, north = corner
    return Flight(
        FLOWN[number], how.sun, ortho, Affine(gsd[0], 0, east, 0, -gsd[0], north),
        dsm, Affine(gsd[1], 0, east, 0, -gsd[1], north),
    )  # fmt: skip


def _raise(canvas: Canvas, scene: Scene, moment: Moment) -> None:
    terrain.raise_ground(canvas, scene.seed)
    for pond in scene.ponds:
        fields.sink_pond(canvas, pond)
    canvas.height[...] = canvas.ground
    for patch in moment.patches:
        raise_patch(canvas, patch)
    for vehicle in moment.vehicles:
        raise_vehicle(canvas, vehicle)
    for building in moment.buildings:
        raise_building(canvas, building)
    for tree in scene.trees:
        raise_tree(canvas, tree, moment.season)


def _paint(canvas: Canvas, scene: Scene, moment: Moment, sun: Sun) -> None:
    season: Season = moment.season
    terrain.paint_ground(canvas, scene.seed, season, scene.lived)
    for parcel in scene.parcels:
        fields.paint_parcel(canvas, parcel, season)
    for yard in scene.yards:
        paint_patch(canvas, yard)
    for road in sorted(scene.roads, key=lambda r: r.width):
        paint_road(canvas, road, season)
    for pond in scene.ponds:
        fields.paint_pond(canvas, pond, season)
    for patch in moment.patches:
        paint_patch(canvas, patch)
    for vehicle in moment.vehicles:
        paint_vehicle(canvas, vehicle)
    for building in sorted(moment.buildings, key=lambda b: b.height + b.base):
        paint_roof(canvas, building)
    for tree in sorted(scene.trees, key=lambda t: t.height):
        paint_tree(canvas, tree, season, sun)


def _standing(moment: Moment, origin: tuple[float, float]) -> gpd.GeoDataFrame:
    place = [1, 0, 0, -1, origin[0], origin[1]]
    shapes = [affinity.affine_transform(each.footprint, place) for each in moment.buildings]
    return gpd.GeoDataFrame({"roof": [each.roof for each in moment.buildings]}, geometry=shapes, crs=EPSG)


def _frames(
    made: Changes, origin: tuple[float, float], size: float
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    place = [1, 0, 0, -1, origin[0], origin[1]]
    shapes = [affinity.affine_transform(s, place) for s, _, _ in made.truth]
    columns: dict[Literal["kind", "area_m2", "height_change_m"], list[Any]] = {
        "kind": [k for _, k, _ in made.truth],
        "area_m2": [round(s.area, 2) for s in shapes],
        "height_change_m": [round(h, 2) for _, _, h in made.truth],
    }
    truth = gpd.GeoDataFrame(columns, geometry=shapes, crs=EPSG)
    seen = [(s.intersection(box(0, 0, size, size)), k) for s, k in made.decoys]
    seen = [(s, k) for s, k in seen if s.area > 0.2]
    others = [affinity.affine_transform(s, place) for s, _ in seen]
    return truth, gpd.GeoDataFrame({"kind": [k for _, k in seen]}, geometry=others, crs=EPSG)
