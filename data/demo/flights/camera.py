"""From the lit sheet to what a drone survey delivers: colour, haze, blur, noise, shift; a soft surface."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from data.demo.flights.canvas import MARGIN_M, Canvas
from data.demo.flights.light import Sun, ambient, facing, shadow
from data.demo.flights.textures import Floats, fractal

__all__ = ["Conditions", "develop", "survey_surface"]

_BAND = 512


@dataclass(frozen=True)
class Conditions:
    """How the flight was flown: light, air, sensor and the error of its position."""

    sun: Sun
    exposure: float
    balance: tuple[float, float, float]
    haze: float
    blur_px: float
    sharpen: float
    noise: float
    origin_m: tuple[float, float]
    shift_m: tuple[float, float]
    bias_m: float
    seed: int


def develop(canvas: Canvas, how: Conditions, size_px: int) -> NDArray[np.uint8]:
    """The orthophoto (row, col, 3): light, then resampling with the position error, then the sensor."""
    lit = _light(canvas, how)
    rng = np.random.default_rng([how.seed, 3])
    step = 32
    coarse = size_px // step + 2
    wobble = [fractal((coarse, coarse), 60 / step / canvas.gsd_m / 10, rng, octaves=2) for _ in (0, 1)]
    patches = fractal((coarse, coarse), 55 / canvas.gsd_m / step, rng)
    seams = np.asarray(cv2.resize(patches, (size_px, size_px)), np.float32)
    out = np.empty((size_px, size_px, 3), np.uint8)
    left, top = (
        (MARGIN_M + o - s * d) / canvas.gsd_m
        for o, s, d in zip(how.origin_m, how.shift_m, (1, -1), strict=True)
    )
    for row in range(0, size_px, _BAND):
        rows = np.arange(row, min(row + _BAND, size_px), dtype=np.float32)
        cols = np.arange(size_px, dtype=np.float32)
        wave = [_stretch(w, rows, cols, step) * np.float32(0.07 / canvas.gsd_m) for w in wobble]
        at_x = cols[None, :] + np.float32(left) + wave[0]
        at_y = rows[:, None] + np.float32(top) + wave[1]
        band = cv2.remap(lit, at_x, at_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
        out[row : row + len(rows)] = _expose(
            np.asarray(band, np.uint8), how, seams[row : row + len(rows)], rng
        )
    return out


def _stretch(grid: Floats, rows: Floats, cols: Floats, step: int) -> Floats:
    at_x = np.broadcast_to(cols[None, :] / step, (len(rows), len(cols)))
    at_y = np.broadcast_to(rows[:, None] / step, at_x.shape)
    return np.asarray(
        cv2.remap(grid, np.ascontiguousarray(at_x), np.ascontiguousarray(at_y), cv2.INTER_LINEAR)
    )


def _light(canvas: Canvas, how: Conditions) -> NDArray[np.uint8]:
    g = canvas.dsm_gsd_m
    sunny = 1 - cv2.GaussianBlur(shadow(canvas.height, g, how.sun), (0, 0), 0.8)
    direct = sunny * facing(canvas.height, g, how.sun)
    sky = ambient(canvas.height, g)
    side = canvas.colour.shape[0]
    lit = np.empty_like(canvas.colour)
    factor = canvas.height.shape[0] / side
    warm = np.asarray((1.03, 1.0, 0.95), np.float32) * 0.83
    cool = np.asarray((0.145, 0.165, 0.195), np.float32)
    for top in range(0, side, _BAND):
        rows = slice(top, min(top + _BAND, side))
        near = [_enlarge(a, rows, side, factor) for a in (direct, sky)]
        colour = canvas.colour[rows].astype(np.float32)
        light = near[0][..., None] * warm + near[1][..., None] * cool
        lit[rows] = np.clip(colour * np.sqrt(np.clip(light, 0, 4)), 0, 255).astype(np.uint8)
    return lit


def _enlarge(coarse: Floats, rows: slice, side: int, factor: float) -> Floats:
    y = (np.arange(rows.start, rows.stop, dtype=np.float32) + 0.5) * factor - 0.5
    x = (np.arange(side, dtype=np.float32) + 0.5) * factor - 0.5
    shape = (len(y), side)
    at_x = np.ascontiguousarray(np.broadcast_to(x[None, :], shape), np.float32)
    at_y = np.ascontiguousarray(np.broadcast_to(y[:, None], shape), np.float32)
    return np.asarray(cv2.remap(coarse, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def _expose(
    band: NDArray[np.uint8], how: Conditions, seams: Floats, rng: np.random.Generator
) -> NDArray[np.uint8]:
    seen = cv2.GaussianBlur(band, (0, 0), how.blur_px).astype(np.float32)
    seen += np.float32(how.sharpen) * (seen - cv2.GaussianBlur(seen, (0, 0), 1.3))
    gain = np.float32(how.exposure) * (1 + 0.025 * seams)
    seen *= gain[..., None] * np.asarray(how.balance, np.float32)
    seen += np.float32(how.haze) * (np.asarray((196, 202, 208), np.float32) - seen)
    grain = rng.standard_normal(seen.shape[:2], np.float32)
    seen += (np.float32(how.noise) * (0.6 + np.sqrt(np.clip(seen[..., 1], 0, 255)) / 16) * grain)[..., None]
    return np.asarray(np.clip(seen, 0, 255), np.uint8)


def survey_surface(canvas: Canvas, how: Conditions, size: int) -> Floats:
    """The delivered surface model (row, col) in metres: soft edges, noise, a bias, the position error."""
    g = canvas.dsm_gsd_m
    rng = np.random.default_rng([how.seed, 4])
    soft = cv2.GaussianBlur(cv2.medianBlur(canvas.height, 3), (0, 0), 0.22 / g)
    left, top = (
        (MARGIN_M + o - s * d) / g for o, s, d in zip(how.origin_m, how.shift_m, (1, -1), strict=True)
    )
    matrix = np.array([[1, 0, left], [0, 1, top]], np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    surface = cv2.warpAffine(soft, matrix, (size, size), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    rough = 0.035 * fractal((size, size), 1.2 / g, rng, octaves=2) + 0.05 * fractal((size, size), 60 / g, rng)
    return np.asarray(np.round((surface + rough + how.bias_m) * 256) / 256, np.float32)
