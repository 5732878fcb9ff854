"""Cars, vans, trucks and tricycles: on the roads, in the yards."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np
from shapely.geometry import Polygon

from data.demo.flights.canvas import Canvas
from data.demo.flights.plots import Taken
from data.demo.flights.roads import point_on
from data.demo.flights.scene import Colour, Scene, Vehicle, rectangle
from data.demo.flights.textures import Floats

__all__ = ["outline", "paint_vehicle", "park", "raise_vehicle"]

_SIZES = {
    "car": (4.5, 1.8, 1.5),
    "van": (5.3, 2.0, 2.1),
    "truck": (8.6, 2.5, 2.9),
    "tricycle": (3.0, 1.2, 1.2),
}
_PAINTS: tuple[Colour, ...] = (
    (212, 212, 210),
    (226, 226, 224),
    (48, 50, 54),
    (130, 132, 136),
    (150, 44, 40),
    (58, 78, 118),
    (98, 94, 88),
)
_CARGO: tuple[Colour, ...] = ((62, 104, 158), (120, 112, 100), (158, 84, 58), (200, 200, 196), (74, 108, 82))


def outline(vehicle: Vehicle) -> Polygon:
    """The vehicle's outline in the scene frame."""
    length, width, _ = _SIZES[vehicle.kind]
    return rectangle(vehicle.x, vehicle.y, length, width, vehicle.angle)


def park(scene: Scene, rng: np.random.Generator, taken: Taken, first_key: int) -> list[Vehicle]:
    """Traffic on the roads and vehicles beside them, nowhere on top of anything."""
    found: list[Vehicle] = []
    for x, y, turn, kind in _on_roads(scene, rng) + _in_yards(scene, rng):
        vehicle = _vehicle(rng, first_key + len(found), x, y, turn, kind)
        shape = outline(vehicle).buffer(0.4)
        if taken.free(shape):
            taken.add(shape)
            found.append(vehicle)
    return found


def _on_roads(scene: Scene, rng: np.random.Generator) -> list[tuple[float, float, float, str]]:
    spots = []
    for road in scene.roads:
        if road.surface == "earth":
            continue
        for _ in range(round(road.line.length / (15 if road.surface == "asphalt" else 50))):
            x, y, angle = point_on(road.line, float(rng.uniform(1, road.line.length - 1)))
            beside = rng.uniform() < 0.6
            out = road.width / 2 + float(rng.uniform(1.2, 2.6)) if beside else road.width / 4
            out *= float(rng.choice([-1, 1]))
            turn = angle + (pi / 2 if beside and rng.uniform() < 0.3 else 0) + float(rng.normal(0, 0.05))
            kind = str(rng.choice(list(_SIZES), p=(0.62, 0.16, 0.1, 0.12)))
            spots.append((x - sin(angle) * out, y + cos(angle) * out, turn, kind))
    return spots


def _in_yards(scene: Scene, rng: np.random.Generator) -> list[tuple[float, float, float, str]]:
    spots = []
    for yard in scene.yards:
        if yard.kind != "concrete" or yard.outline.area < 60:
            continue
        large = yard.outline.area > 1500
        x0, y0, x1, y1 = yard.outline.bounds
        for _ in range(14 if large else int(rng.uniform() < 0.6)):
            x, y = float(rng.uniform(x0, x1)), float(rng.uniform(y0, y1))
            turn = yard.angle + pi / 2 * int(rng.integers(2)) + float(rng.normal(0, 0.06))
            kinds = ("truck", "truck", "van", "car") if large else ("car", "car", "van", "tricycle")
            kind = str(rng.choice(kinds))
            if yard.outline.contains(rectangle(x, y, *_SIZES[kind][:2], turn)):
                spots.append((x, y, turn, kind))
    return spots


def _vehicle(rng: np.random.Generator, key: int, x: float, y: float, angle: float, kind: str) -> Vehicle:
    palette = _CARGO if kind == "truck" else _PAINTS
    colour = palette[int(rng.integers(len(palette)))]
    return Vehicle(key, x, y, angle + pi * int(rng.integers(2)), kind, colour)  # type: ignore[arg-type]


def raise_vehicle(canvas: Canvas, vehicle: Vehicle) -> None:
    """Put the vehicle on the surface."""
    window = canvas.window(outline(vehicle).bounds, coarse=True)
    if window is None:
        return
    cover = canvas.cover(outline(vehicle), window, coarse=True)
    u, _ = window.local(vehicle.x, vehicle.y, vehicle.angle)
    length, _, height = _SIZES[vehicle.kind]
    low = (u > length * 0.28) & (vehicle.kind in ("car", "tricycle"))
    top = canvas.ground[window.rows, window.cols] + height * np.where(low, 0.6, 1)
    target = canvas.height[window.rows, window.cols]
    target[...] = np.where(cover > 0.5, np.maximum(target, top), target)


def paint_vehicle(canvas: Canvas, vehicle: Vehicle) -> None:
    """Body with rounded ends, dark glass fore and aft, a cab before the load of a truck."""
    length, width, _ = _SIZES[vehicle.kind]
    shape = outline(vehicle).buffer(-0.3).buffer(0.3)
    window = canvas.window(shape.buffer(0.4).bounds)
    if window is None:
        return
    u, v = window.local(vehicle.x, vehicle.y, vehicle.angle)
    fine = canvas.grain.take("fine", window.shape, vehicle.key)
    body: Floats = np.asarray(vehicle.colour, np.float32) * (1 + 0.05 * fine)[..., None]
    glass = np.zeros(window.shape, bool)
    if vehicle.kind in ("car", "van"):
        front, back = (0.12, 0.30) if vehicle.kind == "car" else (0.30, 0.46)
        across = np.abs(v) < width * 0.42
        glass = across & ((u > front * length) & (u < (front + 0.13) * length))
        glass |= across & (u < -back * length) & (u > -(back + 0.09) * length)
        glass |= (np.abs(v) > width * 0.4) & (np.abs(u) < 0.25 * length)
    elif vehicle.kind == "truck":
        cab = u > length * 0.3
        body = np.where(cab[..., None], np.asarray((196, 198, 200), np.float32), body)
        glass = (u > length * 0.27) & (u < length * 0.3)
        load = 0.85 + 0.1 * canvas.grain.take("speckle", window.shape, vehicle.key)
        inner = (u < length * 0.26) & (np.abs(v) < width * 0.42)
        body = np.where(inner[..., None], body * load[..., None], body).astype(np.float32)
    body = np.where(glass[..., None], np.asarray((40, 44, 50), np.float32), body).astype(np.float32)
    canvas.blend(window, canvas.cover(shape, window), body)
