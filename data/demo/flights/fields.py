"""Field parcels with crops in rows, and ponds."""

from __future__ import annotations

from math import atan2, cos, pi, sin

import cv2
import numpy as np
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from data.demo.flights.canvas import Canvas, Window
from data.demo.flights.plots import Taken
from data.demo.flights.scene import Building, Parcel, Pond, Scene, Season, rectangle
from data.demo.flights.textures import Floats, smoothstep

__all__ = [
    "dig_ditches",
    "dig_ponds",
    "lay_parcels",
    "paint_parcel",
    "paint_pond",
    "pitch_tunnels",
    "scene_box",
    "sink_pond",
]

_CROPS = {
    # name: two colours between which the crop varies, row spacing m, strength of the rows
    "wheat_green": ((88, 108, 62), (106, 122, 72), 0.9, 0.06),
    "rapeseed": ((166, 158, 76), (122, 130, 70), 1.1, 0.07),
    "ploughed": ((136, 116, 94), (116, 100, 84), 0.7, 0.10),
    "fallow": ((136, 126, 98), (110, 112, 80), 1.0, 0.02),
    "stubble_wet": ((124, 116, 100), (102, 100, 88), 0.5, 0.06),
    "stubble": ((188, 172, 130), (170, 152, 114), 0.6, 0.10),
    "rice_young": ((92, 116, 66), (108, 124, 78), 0.5, 0.08),
    "flooded": ((116, 106, 88), (128, 118, 98), 0.5, 0.03),
    "maize": ((78, 102, 54), (98, 116, 64), 0.7, 0.12),
    "vegetables": ((92, 110, 66), (140, 126, 100), 1.2, 0.05),
    "weeds": ((96, 108, 66), (80, 94, 56), 1.0, 0.0),
}
_FOLLOWS = {
    "wheat_green": ("stubble", "stubble", "flooded", "rice_young", "maize"),
    "rapeseed": ("rice_young", "flooded", "maize"),
    "ploughed": ("maize", "vegetables", "rice_young"),
    "fallow": ("weeds", "rice_young", "weeds"),
    "stubble_wet": ("rice_young", "flooded"),
    "vegetables": ("vegetables",),
}


def dig_ponds(rng: np.random.Generator, size: float, taken: Taken, first_key: int) -> list[Pond]:
    """A few ponds with wobbling banks, away from what is taken."""
    ponds: list[Pond] = []
    for _ in range(round(60 * (size / 400) ** 2)):
        if len(ponds) >= max(1, round(6 * (size / 400) ** 2)):
            break
        x, y = rng.uniform(0, size, 2)
        wide, flat, turn = rng.uniform(9, 24), rng.uniform(0.5, 0.9), rng.uniform(0, pi)
        waves = [(k, rng.normal(0, 0.16 / k), rng.uniform(0, 2 * pi)) for k in (2, 3, 4, 5)]
        ring = []
        for a in np.linspace(0, 2 * pi, 60, endpoint=False):
            r = wide * (1 + sum(w * cos(k * a + p) for k, w, p in waves))
            u, v = r * cos(a), flat * r * sin(a)
            ring.append((x + u * cos(turn) - v * sin(turn), y + u * sin(turn) + v * cos(turn)))
        outline = Polygon(ring).buffer(0)
        if taken.free(outline.buffer(2)):
            taken.add(outline.buffer(1.5))
            ponds.append(Pond(first_key + len(ponds), outline, float(rng.uniform(0.8, 1.8))))
    return ponds


def dig_ditches(rng: np.random.Generator, scene: Scene, keep_out: BaseGeometry, first_key: int) -> list[Pond]:
    """Narrow ditches beside some of the lanes and one across the fields."""
    ditches: list[Pond] = []
    for road in scene.roads[1:]:
        if rng.uniform() < 0.6 or road.line.length < 30:
            continue
        side = float(rng.choice([-1, 1])) * (road.width / 2 + float(rng.uniform(2.2, 5)))
        water = road.line.offset_curve(side).buffer(float(rng.uniform(0.5, 1.2))).difference(keep_out)
        for piece in getattr(water, "geoms", [water]):
            if piece.area > 25:
                ditches.append(
                    Pond(first_key + len(ditches), piece, float(rng.uniform(0.6, 1.1)), level=False)
                )
    return ditches


def pitch_tunnels(rng: np.random.Generator, scene: Scene, first_key: int) -> list[Building]:
    """Plastic tunnels side by side on one or two of the larger parcels, which they replace."""
    tunnels: list[Building] = []
    large = [p for p in scene.parcels if p.outline.area > 900]
    for n in rng.permutation(len(large))[: round(2.4 * (scene.size / 400) ** 2)]:
        parcel = large[int(n)]
        at, room = parcel.outline.centroid, parcel.outline.buffer(-1)
        for row in range(-3, 4):
            for long in (44.0, 34.0, 24.0):
                x, y = at.x - sin(parcel.angle) * row * 8.2, at.y + cos(parcel.angle) * row * 8.2
                if room.contains(rectangle(x, y, long, 6.6, parcel.angle)):
                    key = first_key + len(tunnels)
                    tunnels.append(
                        Building(key, x, y, long, 6.6, parcel.angle, 2.5, "film", (196, 202, 200), age=0.5)
                    )
                    break
    return tunnels


def lay_parcels(rng: np.random.Generator, scene: Scene, keep_out: BaseGeometry) -> list[Parcel]:
    """Strips of parcels in a gently bent grid, cut by what must be kept free."""
    main = np.asarray(scene.roads[0].line.coords)
    angle = atan2(*(main[-1] - main[0])[::-1]) + float(rng.uniform(-0.2, 0.2))
    phases = rng.uniform(0, 2 * pi, 4)
    centre, reach = scene.size / 2, scene.size * 0.75 + 20

    def bent(u: float, v: float) -> tuple[float, float]:
        u2 = u + 7 * sin(v / 47 + phases[0]) + 2.5 * sin(v / 17 + phases[1])
        v2 = v + 7 * sin(u / 53 + phases[2]) + 2.0 * sin(u / 19 + phases[3])
        return centre + u2 * cos(angle) - v2 * sin(angle), centre + u2 * sin(angle) + v2 * cos(angle)

    parcels: list[Parcel] = []
    v = -reach
    while v < reach:
        deep = float(rng.uniform(13, 30))
        u = -reach
        while u < reach:
            wide = float(rng.uniform(22, 70))
            outline = _quad(bent, u, v, wide - 0.7, deep - 0.7)
            parcels.extend(_cut(rng, scene, outline, angle, keep_out, len(parcels)))
            u += wide
        v += deep
    return parcels


def _quad(bent: object, u: float, v: float, wide: float, deep: float) -> Polygon:
    assert callable(bent)
    us, vs = np.linspace(u, u + wide, 8), np.linspace(v, v + deep, 5)
    ring = [bent(a, v) for a in us] + [bent(u + wide, b) for b in vs[1:]]
    ring += [bent(a, v + deep) for a in us[::-1][1:]] + [bent(u, b) for b in vs[::-1][1:-1]]
    return Polygon(ring).buffer(-0.3).buffer(0.3)


def _cut(
    rng: np.random.Generator, scene: Scene, outline: Polygon, angle: float, keep_out: BaseGeometry, count: int
) -> list[Parcel]:
    spring = str(rng.choice(list(_FOLLOWS), p=(0.32, 0.2, 0.12, 0.16, 0.14, 0.06)))
    summer = str(rng.choice(_FOLLOWS[spring]))
    along = angle if rng.uniform() < 0.7 else angle + pi / 2
    if not outline.intersects(scene_box(scene)):
        return []
    left = outline.difference(keep_out)
    pieces = left.geoms if hasattr(left, "geoms") else [left]
    good = [p for p in pieces if isinstance(p, Polygon) and p.area > 45 and p.buffer(-1.5).area > 10]
    return [
        Parcel(
            50_000 + count + n,
            p,
            along,
            *((spring, summer) if p.area > 320 else ("vegetables", "vegetables")),
        )
        for n, p in enumerate(good)
    ]


def scene_box(scene: Scene) -> Polygon:
    """The scene with its margin."""
    return Point(scene.size / 2, scene.size / 2).buffer(scene.size / 2 + 4, cap_style="square")


def paint_parcel(canvas: Canvas, parcel: Parcel, season: Season) -> None:
    """Lay the crop: rows, tramlines, patches of growth, ragged edges."""
    window = canvas.window(parcel.outline.bounds)
    if window is None:
        return
    crop = parcel.spring if season == "spring" else parcel.summer
    first, second, spacing, strength = _CROPS[crop]
    key = parcel.key + (0 if season == "spring" else 7)
    take = canvas.grain.take
    fine, speckle, mottle = (take(n, window.shape, key) for n in ("fine", "speckle", "mottle"))
    cloud = take("cloud", window.shape, parcel.key)
    at = parcel.outline.representative_point()
    u, v = window.local(at.x, at.y, parcel.angle)
    sway = v + 0.10 * mottle
    rows = np.cos(2 * pi * sway / spacing) * strength
    mix = smoothstep(np.asarray(0.8 * cloud + 0.5 * mottle + 0.25 * speckle, np.float32), -1.6, 1.6)
    a, b = np.asarray(first, np.float32), np.asarray(second, np.float32)
    colour: Floats = a + mix[..., None] * (b - a)
    tone = 1 + rows + 0.06 * mottle + 0.08 * speckle + 0.11 * fine
    if crop == "vegetables":
        colour, tone = _beds(key, u, sway, tone, colour)
    if crop in ("wheat_green", "stubble", "rapeseed"):
        tram = np.abs((v + 500) % 12 - 6)
        tone -= 0.10 * np.exp(-(((tram - 0.9) / 0.22) ** 2))
    if crop in ("flooded", "rice_young", "stubble_wet"):
        wet = smoothstep(np.asarray(-0.8 * cloud - 0.5 * mottle, np.float32), 0.2, 1.4)
        wet *= 0.6 if crop == "flooded" else 0.25
        colour += wet[..., None] * (np.asarray((118, 124, 118), np.float32) - colour)
    rng = np.random.default_rng(key)
    hue = np.asarray(rng.normal(1, 0.06) + rng.normal(0, 0.03, 3), np.float32)
    colour = np.asarray(colour * tone[..., None] * hue, np.float32)
    alpha = canvas.cover(parcel.outline.buffer(-0.25), window)
    canvas.blend(window, _ragged(canvas, window, alpha, speckle), colour)


def _beds(key: int, u: Floats, v: Floats, tone: Floats, colour: Floats) -> tuple[Floats, Floats]:
    """Kitchen gardens: short beds 1.3 m wide, each with its own plants, paths of soil between."""
    plants = np.asarray(
        ((88, 106, 60), (104, 124, 70), (76, 96, 62), (128, 114, 92), (140, 126, 104), (116, 118, 84)),
        np.float32,
    )
    rng = np.random.default_rng(key)
    length = float(rng.uniform(5, 11))
    row, col = np.floor((v + 500) / 1.3).astype(int), np.floor((u + 500) / length).astype(int)
    chosen = rng.integers(0, len(plants), (64, 64))[row % 64, (col + (row // 5) * 7) % 64]
    path = ((v + 500) % 1.3 < 0.28) | ((u + 500) % length < 0.4)
    soil = np.asarray((138, 124, 102), np.float32)
    mixed = 0.3 * colour + 0.7 * np.where(path[..., None], soil, plants[chosen])
    return np.asarray(mixed, np.float32), tone


def _ragged(canvas: Canvas, window: Window, alpha: Floats, speckle: Floats) -> Floats:
    soft = cv2.GaussianBlur(alpha, (0, 0), 0.25 / canvas.gsd_m)
    return smoothstep(np.asarray(soft + 0.12 * speckle, np.float32), 0.35, 0.65)


def paint_pond(canvas: Canvas, pond: Pond, season: Season) -> None:
    """Green-brown water, duller and with weed at the banks; the surface is level."""
    window = canvas.window(pond.outline.buffer(2.5).bounds)
    if window is None:
        return
    take = canvas.grain.take
    speckle, mottle, cloud = (take(n, window.shape, pond.key) for n in ("speckle", "mottle", "cloud"))
    alpha = canvas.cover(pond.outline, window)
    bank = cv2.GaussianBlur(canvas.cover(pond.outline.buffer(1.0), window), (0, 0), 0.7 / canvas.gsd_m)
    mud = np.asarray((126, 114, 88), np.float32) * (1 + 0.1 * mottle + 0.08 * speckle)[..., None]
    canvas.blend(window, np.asarray(0.7 * bank, np.float32), mud)
    deep = cv2.GaussianBlur(alpha, (0, 0), 1.6 / canvas.gsd_m)
    shallow, open_water = (
        ((110, 112, 84), (70, 84, 72)) if season == "spring" else ((92, 106, 66), (62, 82, 62))
    )
    water = np.asarray(shallow, np.float32) + smoothstep(np.asarray(deep, np.float32), 0.4, 1)[..., None] * (
        np.asarray(open_water, np.float32) - np.asarray(shallow, np.float32)
    )
    water = water * (1 + 0.03 * cloud + 0.02 * mottle)[..., None]
    canvas.blend(window, smoothstep(np.asarray(alpha + 0.1 * speckle, np.float32), 0.3, 0.7), water)
    if not pond.level:
        return
    weed = smoothstep(np.asarray(cloud + 0.6 * mottle, np.float32), 1.3, 1.9) * alpha
    canvas.blend(window, np.asarray(weed * (0.7 if season == "summer" else 0.25), np.float32), (96, 124, 58))


def sink_pond(canvas: Canvas, pond: Pond) -> None:
    """Lower the bare ground to the water level with sloping banks."""
    window = canvas.window(pond.outline.buffer(4).bounds, coarse=True)
    if window is None:
        return
    share = canvas.cover(pond.outline.buffer(0.6), window, coarse=True)
    share = np.asarray(cv2.GaussianBlur(share, (0, 0), 0.7 / canvas.dsm_gsd_m), np.float32)
    at = pond.outline.representative_point()
    ground = canvas.ground[window.rows, window.cols]
    level = canvas.ground_at(at.x, at.y) if pond.level else ground
    ground += share * (level - pond.depth - ground)
