"""What only looks like building: tarpaulins, grain laid out to dry, fresh paint on old roofs."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import Any

import numpy as np
from shapely.geometry import Polygon, box
from shapely.ops import unary_union

from data.demo.flights.buildings import SHEETS
from data.demo.flights.changes import Changes
from data.demo.flights.plots import Taken
from data.demo.flights.scene import Colour, Patch, Scene, rectangle

__all__ = ["deceive"]


def deceive(scene: Scene, rng: np.random.Generator, changes: Changes, taken: Taken) -> None:
    """Add decoys to ``changes``, clear of the true ones; nine tarpaulins and eight floors of grain on 16 ha."""
    share = (scene.size / 400) ** 2
    for kind, count in (("tarpaulin", ceil(9 * share)), ("grain", ceil(8 * share))):
        _lay(scene, rng, changes, taken, (kind, count))
    _repaint(scene, rng, changes, ceil(6 * share))


def _lay(
    scene: Scene, rng: np.random.Generator, changes: Changes, taken: Taken, what: tuple[str, int]
) -> None:
    kind, wanted = what
    inside = box(1, 1, scene.size - 1, scene.size - 1)
    yards = [y for y in scene.yards if y.kind in ("concrete", "earth") and inside.intersects(y.outline)]
    for n in rng.integers(0, max(len(yards), 1), wanted * 60 if yards else 0):
        if not wanted:
            return
        yard = yards[int(n)]
        x0, y0, x1, y1 = yard.outline.bounds
        x, y, wide, deep = (float(rng.uniform(*s)) for s in ((x0, x1), (y0, y1), (2, 6), (1.8, 4.5)))
        shape = rectangle(x, y, wide, deep, yard.angle)
        if inside.contains(shape) and taken.free(shape.buffer(0.2)):
            taken.add(shape)
            changes.patches_after.append(_laid(rng, shape, kind, yard.angle, len(changes.decoys)))
            changes.decoys.append((shape, kind))
            wanted -= 1


def _laid(rng: np.random.Generator, shape: Polygon, kind: Any, angle: float, number: int) -> Patch:
    colours: tuple[Colour, ...] = (
        (58, 112, 186),
        (62, 128, 96),
        (188, 92, 62),
        (206, 208, 210),
        (92, 96, 104),
    )
    return Patch(300_000 + number, shape, kind, colours[int(rng.integers(len(colours)))], angle)


def _repaint(scene: Scene, rng: np.random.Generator, changes: Changes, count: int) -> None:
    inside = box(0, 0, scene.size, scene.size)
    built = unary_union([t for t, _, _ in changes.truth])
    sheets = [b for b in scene.buildings if b.roof in ("sheet", "flat") and b.footprint.area > 20]
    sheets = [b for b in sheets if inside.contains(b.footprint) and not built.intersects(b.footprint)]
    for n in rng.permutation(len(sheets))[:count]:
        old = sheets[int(n)]
        fresh = SHEETS[int(rng.choice([0, 2, 4, 8]))] if old.roof == "sheet" else (112.0, 118.0, 122.0)
        changes.repainted[old.key] = replace(old, colour=fresh, age=0.05)
        changes.decoys.append((old.footprint, "repainted"))
