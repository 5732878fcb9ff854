"""The recipe: which folders teach the network, how much each counts, under which licence. A TOML file."""

from __future__ import annotations

import tomllib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from gis.learning.lessons import Lesson, mosaics, read_pairs, read_singles

__all__ = ["Recipe", "Source", "fold_of", "gathered", "read_recipe"]

_MOSAIC_M = 110.0
_MOSAIC_ROUNDS = 3  # small tiles are laid together in so many ways


@dataclass(frozen=True)
class Source:
    """A folder below the training root. ``use``: default = may be in the shipped weights; all = only in the

    weights trained to learn what the licences cost; measure = never taught. ``pixel_m`` ``None``: guessed.
    """

    folder: str
    kind: Literal["pairs", "singles"]
    pixel_m: float | None
    weight: float
    use: Literal["default", "all", "measure"]
    licence: str
    judged: bool = False
    """Whether figures are estimated on its places, so that basics never see them."""


@dataclass(frozen=True)
class Recipe:
    """All sources."""

    sources: tuple[Source, ...]

    def taught(self, *, everything: bool = False) -> tuple[Source, ...]:
        """Sources that teach: with a licence for a public body's use, or everything but measuring sets."""
        uses = {"default", "all"} if everything else {"default"}
        return tuple(each for each in self.sources if each.use in uses)


def read_recipe(path: Path) -> Recipe:
    """Read ``[[source]]`` tables of a TOML file. Raises ``KeyError`` or ``TypeError`` for a wrong one."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))["source"]
    return Recipe(tuple(Source(**{"pixel_m": None, **table}) for table in tables))


def gathered(
    root: Path, sources: Sequence[Source], *, without_fold: tuple[int, int] | None = None, seed: int = 0
) -> tuple[list[tuple[float, list[Lesson]]], list[tuple[float, list[Lesson]]]]:
    """Weighted sets of pairs and of single dates. Folders that are not there are left out.

    ``without_fold`` (number, of): pairs whose place falls into this part are left out, whole places at a time.
    """
    rng = np.random.default_rng(seed)
    pairs: list[tuple[float, list[Lesson]]] = []
    singles: list[tuple[float, list[Lesson]]] = []
    for source in sources:
        folder = root / source.folder
        if not folder.is_dir():
            continue
        if source.kind == "singles":
            tiles = read_singles(folder, source.pixel_m)
            laid = [each for _ in range(_MOSAIC_ROUNDS) for each in mosaics(tiles, _MOSAIC_M, rng)]
            singles.append((source.weight, laid))
            continue
        lessons = read_pairs(folder, source.pixel_m or 0.5)
        if without_fold is not None:
            number, of = without_fold
            lessons = [each for each in lessons if fold_of(each.place, of) != number]
        pairs.append((source.weight, lessons))
        known = [each for each in lessons if (each.standing_before != 128).any()]
        singles.extend([(source.weight * 0.5, _dates(known))] if known else [])
    return pairs, singles


def fold_of(place: str, of: int) -> int:
    """Which of ``of`` parts a place belongs to, for ever the same."""
    return zlib.crc32(place.rsplit("/", 1)[-1].encode()) % of


def _dates(lessons: list[Lesson]) -> list[Lesson]:
    """Both dates of pairs whose buildings are known, as single dates."""
    out = []
    for each in lessons:
        for image, mask in ((each.before, each.standing_before), (each.after, each.standing_after)):
            none = np.zeros_like(mask)
            out.append(Lesson(image, image, none, mask, mask, each.pixel_m, each.place, single=True))
    return out
