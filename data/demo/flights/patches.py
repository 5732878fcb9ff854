"""Flat things on the ground: yards, tarpaulins, grain laid out to dry, rubble."""

from __future__ import annotations

from math import pi

import cv2
import numpy as np

from data.demo.flights.canvas import Canvas
from data.demo.flights.scene import Patch
from data.demo.flights.textures import Floats, smoothstep

__all__ = ["paint_patch", "raise_patch"]

_BASE = {
    "earth": (152, 136, 112), "gravel": (150, 146, 136), "rubble": (158, 148, 134),
    "grain": (206, 174, 104),
}  # fmt: skip


def paint_patch(canvas: Canvas, patch: Patch) -> None:
    """Lay one flat thing over the ground."""
    window = canvas.window(patch.outline.buffer(1).bounds)
    if window is None:
        return
    take = canvas.grain.take
    fine, speckle, mottle, cloud = (
        take(n, window.shape, patch.key) for n in ("fine", "speckle", "mottle", "cloud")
    )
    at = patch.outline.representative_point()
    u, v = window.local(at.x, at.y, patch.angle)
    base = np.asarray(_BASE.get(patch.kind, patch.colour), np.float32)
    tone = 1 + 0.06 * mottle + 0.05 * speckle + 0.06 * fine + 0.04 * cloud
    alpha = canvas.cover(patch.outline, window)
    ragged = 0.10
    if patch.kind == "concrete":
        tone = 1 + 0.035 * mottle + 0.025 * speckle + 0.03 * fine + 0.05 * cloud
        joint = (np.abs((u + 50) % 4.0 - 0.06) < 0.06) | (np.abs((v + 50) % 4.0 - 0.06) < 0.06)
        stain = smoothstep(np.asarray(mottle + 0.5 * cloud, np.float32), 0.3, 2)
        slab = np.random.default_rng(patch.key).normal(0, 0.035, (64, 64)).astype(np.float32)
        tone = tone + slab[np.floor((u + 500) / 4).astype(int) % 64, np.floor((v + 500) / 4).astype(int) % 64]
        tone = tone - 0.10 * joint - 0.16 * stain
        tone = tone - 0.12 * np.clip(1.5 - np.abs(cloud + 0.35 * mottle) / 0.035, 0, 1) * (speckle > -0.3)
    elif patch.kind == "earth":
        ragged = 0.3
    elif patch.kind == "rubble":
        tone = tone + 0.16 * speckle + 0.12 * fine
        ragged = 0.22
    elif patch.kind == "tarpaulin":
        fold = 0.07 * np.cos(2 * pi * (v + 0.25 * mottle) / 1.3) + 0.05 * np.cos(2 * pi * u / 2.1)
        tone, ragged = 1 + fold + 0.03 * speckle + 0.02 * fine, 0.02
    elif patch.kind == "grain":
        tone, ragged = 1 + 0.05 * np.cos(2 * pi * v / 0.5) + 0.04 * speckle + 0.03 * fine, 0.08
    elif patch.kind == "heap":
        tone, ragged = tone + 0.12 * speckle + 0.14 * fine, 0.06
    soft = cv2.GaussianBlur(alpha, (0, 0), max(1.5 * ragged, 0.05) / canvas.gsd_m)
    edge = smoothstep(np.asarray(soft + ragged * (speckle + mottle), np.float32), 0.3, 0.7)
    colour: Floats = np.asarray(base * np.asarray(tone, np.float32)[..., None], np.float32)
    canvas.blend(window, edge, colour)


def raise_patch(canvas: Canvas, patch: Patch) -> None:
    """Heaps and rubble stand up a little; everything else is flat."""
    if patch.kind not in ("rubble", "heap"):
        return
    window = canvas.window(patch.outline.bounds, coarse=True)
    if window is None:
        return
    rough = canvas.grain.take("mottle", window.shape, patch.key)
    high = 0.5 + patch.key % 7 / 12 if patch.kind == "heap" else 0.2
    heap = np.clip(high + 0.2 * rough, 0, 1.2)
    target = canvas.height[window.rows, window.cols]
    target += canvas.cover(patch.outline, window, coarse=True) * heap
