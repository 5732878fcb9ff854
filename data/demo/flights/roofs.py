"""How roofs look from above: steel sheet, tiles, concrete with what stands on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from data.demo.flights.canvas import Canvas, Window
from data.demo.flights.scene import Building, Fitting
from data.demo.flights.textures import Floats, smoothstep

__all__ = ["paint_roof"]

TAU = 2 * np.pi


def paint_roof(canvas: Canvas, b: Building) -> None:
    """Paint one roof over the ground; lower roofs are to be painted first."""
    window = canvas.window(b.footprint.buffer(0.3).bounds)
    if window is None:
        return
    u, v = window.local(b.x, b.y, b.angle)
    alpha = _inside(canvas, u, v, b.length, b.width)
    painter = {"sheet": _sheet, "tile": _tile, "flat": _flat, "wall": _plain, "film": _film}[b.roof]
    canvas.blend(window, alpha, painter(canvas, window, b, u, v))
    for fitting in b.fittings:
        _fitting(canvas, b, fitting)


def _inside(canvas: Canvas, u: Floats, v: Floats, length: float, width: float) -> Floats:
    g = canvas.gsd_m
    along = np.clip((length / 2 - np.abs(u)) / g + 0.5, 0, 1)
    return np.asarray(along * np.clip((width / 2 - np.abs(v)) / g + 0.5, 0, 1), np.float32)


def _tone(colour: object, tone: Floats) -> Floats:
    return np.asarray(np.asarray(colour, np.float32) * tone[..., None], np.float32)


def _noise(canvas: Canvas, window: Window, b: Building) -> tuple[Floats, Floats, Floats]:
    take = canvas.grain.take
    key, shape = b.key, window.shape
    return take("fine", shape, key), take("speckle", shape, key), take("mottle", shape, key)


def _steps(values: Floats, key: int, spread: float) -> Floats:
    """A random tone for every whole number: panels of sheet, slabs of concrete."""
    table = np.random.default_rng(key).normal(0, spread, 512).astype(np.float32)
    return table[np.floor(values).astype(np.int32) % 512]


def _sheet(canvas: Canvas, window: Window, b: Building, u: Floats, v: Floats) -> Floats:
    """Ribs down the slope, sheet by sheet, laps across, rust and dirt with age, some skylights."""
    fine, speckle, mottle = _noise(canvas, window, b)
    rng = np.random.default_rng([b.key, 5])
    rib = 0.07 * np.cos(TAU * u / 0.38) + 0.05 * np.clip(np.cos(TAU * u / 0.76) - 0.6, 0, 1)
    lap = (np.abs((v + 50) % float(rng.uniform(4.5, 6.5)) - 0.1) < 0.1) * 0.07
    panels = _steps(u / 0.76 + 100, b.key, 0.03 + 0.05 * b.age)
    tone = 1 + rib - lap + panels + 0.02 * fine + 0.03 * mottle + 0.02 * speckle
    colour = _tone(b.colour, np.asarray(tone, np.float32))
    if b.age > 0.35:
        streak = _steps(u / 0.38 + 300, b.key + 1, 0.5) + 0.6 * mottle + 0.35 * speckle
        rust = smoothstep(np.asarray(streak, np.float32), 1.9 - 1.1 * b.age, 2.9 - 1.1 * b.age)
        brown = np.asarray((124, 92, 74), np.float32)
        colour += (0.75 * rust)[..., None] * (brown - colour)
    if b.length > 12 and rng.uniform() < 0.7:
        bright = _steps(u / 0.76 + 100, b.key + 2, 1) > 1.6
        light = bright & (np.abs(v) < b.width * 0.42) & (np.abs(v) > 0.6)
        colour += (0.55 * light)[..., None] * (np.asarray((205, 212, 205), np.float32) - colour)
    if not b.one_slope:
        ridge = np.clip(1.6 - np.abs(v) / 0.16, 0, 1)
        colour *= (1 + 0.14 * ridge)[..., None]
    return colour


def _tile(canvas: Canvas, window: Window, b: Building, u: Floats, v: Floats) -> Floats:
    """Courses of tiles, a pale ridge, moss and replaced tiles."""
    fine, speckle, mottle = _noise(canvas, window, b)
    course = 0.06 * np.cos(TAU * v / 0.34) + 0.09 * np.cos(TAU * u / 0.27)
    single = _steps(u / 0.27 + 57 * np.floor(v / 0.34) + 9000, b.key, 0.055)
    tone = 1 + course + single + 0.07 * mottle + 0.05 * speckle + 0.03 * fine
    colour = _tone(b.colour, np.asarray(tone, np.float32))
    moss = smoothstep(np.asarray(mottle + 0.5 * speckle, np.float32), 1.6 - b.age, 2.6 - b.age)
    colour += (0.5 * moss)[..., None] * (np.asarray((84, 82, 70), np.float32) - colour)
    ridge = np.clip(1.7 - np.abs(v) / 0.14, 0, 1)
    verge = np.clip(1.5 - (b.length / 2 - np.abs(u)) / 0.14, 0, 1)
    colour += (0.5 * np.maximum(ridge, verge))[..., None] * (np.asarray((172, 158, 146), np.float32) - colour)
    return colour


def _flat(canvas: Canvas, window: Window, b: Building, u: Floats, v: Floats) -> Floats:
    """Stained concrete with slab joints or a membrane, dirt along a pale parapet."""
    fine, speckle, mottle = _noise(canvas, window, b)
    cloud = canvas.grain.take("cloud", window.shape, b.key)
    rng = np.random.default_rng([b.key, 6])
    slab = float(rng.uniform(2.8, 4.2))
    joint = (np.abs((u + 50) % slab - 0.06) < 0.06) | (np.abs((v + 50) % slab - 0.06) < 0.06)
    patch = _steps(np.floor(u / slab) * 7 + np.floor(v / slab) + 99, b.key, 0.04)
    stain = smoothstep(np.asarray(mottle + 0.7 * cloud + 0.3 * speckle, np.float32), 0.2, 1.8)
    edge = np.minimum(b.length / 2 - np.abs(u), b.width / 2 - np.abs(v))
    grime = np.exp(-np.clip(edge - 0.28, 0, 9) / 0.5) * np.clip(0.6 + 0.5 * speckle, 0, 1.4)
    tone = 1 + patch - 0.08 * joint + 0.04 * mottle + 0.035 * speckle + 0.03 * fine
    tone -= (0.12 + 0.16 * b.age) * stain + 0.2 * b.age * grime
    colour = _tone(b.colour, np.asarray(tone, np.float32))
    rail = np.clip((0.30 - edge) / 0.1, 0, 1)
    pale = np.asarray((186, 182, 172), np.float32) * (1 + 0.05 * speckle + 0.03 * fine)[..., None]
    colour += (0.85 * rail)[..., None] * (pale - colour)
    return colour


def _plain(canvas: Canvas, window: Window, b: Building, u: Floats, v: Floats) -> Floats:
    fine, speckle, mottle = _noise(canvas, window, b)
    return _tone(b.colour, np.asarray(0.98 + 0.1 * mottle + 0.06 * speckle + 0.03 * fine, np.float32))


def _film(canvas: Canvas, window: Window, b: Building, u: Floats, v: Floats) -> Floats:
    """Plastic film over hoops: pale, glossy on top, crops shining through."""
    fine, speckle, mottle = _noise(canvas, window, b)
    hoop = 0.08 * (np.abs((u + 50) % 1.2 - 0.08) < 0.08)
    gloss = 0.16 * np.exp(-(((v / b.width) - 0.08) ** 2) / 0.01)
    tone = 0.96 + hoop + gloss + 0.06 * mottle + 0.04 * speckle + 0.02 * fine
    return _tone(b.colour, np.asarray(tone, np.float32))


def _fitting(canvas: Canvas, b: Building, f: Fitting) -> None:
    x, y = b.at(f.u, f.v)
    part = replace(b, key=f.key, x=x, y=y, length=f.length, width=f.width, fittings=(), age=0.6)
    window = canvas.window(part.footprint.buffer(0.2).bounds)
    if window is None:
        return
    u, v = window.local(x, y, b.angle)
    alpha = _inside(canvas, u, v, f.length, f.width)
    fine, speckle, mottle = _noise(canvas, window, part)
    rough = 1 + 0.06 * mottle + 0.06 * speckle + 0.04 * fine
    if f.kind == "stairhouse":
        colour = _flat(canvas, window, part, u, v)
    elif f.kind == "solar":
        tubes = 0.8 + 0.25 * np.cos(TAU * u / 0.2)
        colour = _tone((44, 54, 78), np.asarray(tubes * rough, np.float32))
        drum = np.clip((v - (f.width / 2 - 0.5)) / 0.1, 0, 1)
        colour += drum[..., None] * (np.asarray((214, 216, 216), np.float32) - colour)
    elif f.kind == "tank":
        alpha = np.asarray(np.clip((f.length / 2 - np.hypot(u, v)) / canvas.gsd_m + 0.5, 0, 1), np.float32)
        colour = _tone((188, 192, 196), np.asarray(0.9 + 0.35 * (u + v) / f.length + 0 * rough, np.float32))
    elif f.kind == "plants":
        alpha = np.asarray(alpha * smoothstep(speckle + 0.5 * mottle, -0.6, 0.2), np.float32)
        colour = _tone((84, 104, 62), np.asarray(rough + 0.1 * speckle, np.float32))
    else:
        shade = np.random.default_rng(f.key).choice([60, 90, 130, 190])
        hue = np.random.default_rng(f.key + 1).normal(0, 14, 3)
        colour = _tone(np.clip(shade + hue, 20, 220), np.asarray(rough, np.float32))
    canvas.blend(window, alpha, colour)
