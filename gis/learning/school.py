"""The first training: a recipe's folders in, a model file out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from gis.learning.draw import PIXEL_M, Drawer
from gis.learning.export import read_network, write_onnx
from gis.learning.lessons import NoLessons
from gis.learning.recipe import Recipe, gathered
from gis.learning.train import Schooling, pretrained, teach

__all__ = ["train"]

# Until a threshold and a calibration are chosen on held-out places, the mean chance of a patch is taken as it is
_PLAIN = {"bias": -3.0, "terms": {"change": 6.0}}
_FACTS: dict[str, Any] = {
    "pixel_m": PIXEL_M,
    "threshold": 0.5,
    "firm": 0.7,
    "passes": 1,
    "calibrations": {"learned": _PLAIN, "fused": _PLAIN},
}


def train(
    root: Path,
    recipe: Recipe,
    out: Path,
    *,
    steps: int | None = None,
    everything: bool = False,
    start: Path | None = None,
    say: Callable[[str], None] = print,
) -> dict[str, Any]:
    """Teach a network the recipe's folders below ``root``, or ``start`` further, and write ``out``.

    A run that was cut off goes on from the checkpoints in ``<out>.training/``. ``everything``: also folders
    whose licence keeps them out of the shipped weights. Returns the facts in the file. Raises ``NoLessons``.
    """
    pairs, singles = gathered(root, recipe.taught(everything=everything))
    if not pairs or not singles:
        raise NoLessons(folder=root.name)
    network, facts = (pretrained(), dict(_FACTS)) if start is None else read_network(start)
    schooling = Schooling() if steps is None else replace(Schooling(), steps=steps)
    network = teach(
        network, Drawer(pairs, singles), schooling, out.with_name(f"{out.name}.training"), say=say
    )
    facts |= {
        "version": f"c{date.today():%Y%m%d}" + ("-all" if everything else ""),
        "taught_on": date.today().isoformat(),
        "steps": schooling.steps,
        "sources": [each.folder for each in recipe.taught(everything=everything)],
    }
    write_onnx(network, out, facts)
    return facts
