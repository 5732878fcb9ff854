"""Pictures with truth, as the change network is taught with: pairs of two dates, or one date alone.

Masks hold 255 (yes), 0 (no) and 128 (undecided: not taught). Pictures are RGB, 8 bit (row, column, 3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gis.errors import ChengtuError

__all__ = [
    "GAP",
    "UNDECIDED",
    "YES",
    "Lesson",
    "NoLessons",
    "mosaics",
    "names_of_pairs",
    "read_pair",
    "read_pairs",
    "read_singles",
]

YES, UNDECIDED = 255, 128
GAP = 1
"""No, and narrow between two that are: counts more in teaching. Only drawn examples hold it."""
FINEST_M = 0.25  # finer pictures are reduced to this: the network works on coarser pixels
_SUFFIXES = {".png", ".tif", ".tiff", ".jpg", ".jpeg"}

Picture = NDArray[np.uint8]
Mask = NDArray[np.uint8]


class NoLessons(ChengtuError):
    """A training folder holds no usable pictures."""

    code = "no_lessons"
    zh = "训练文件夹“{folder}”中没有可用的影像。需要 A/、B/、label/（成对）或 image/、mask/（单期），文件名一致。"
    en = "The training folder “{folder}” holds no usable pictures: it takes A/, B/, label/ or image/, mask/ of equal names."


@dataclass(frozen=True)
class Lesson:
    """One place. A single date has ``before`` and ``after`` the same and no change.

    ``change``, ``standing_before``, ``standing_after``: masks (row, column); ``pixel_m``: metres;
    ``place``: what must not be split between learning and measuring; ``single``: one date only.
    """

    before: Picture
    after: Picture
    change: Mask
    standing_before: Mask
    standing_after: Mask
    pixel_m: float
    place: str
    single: bool = False

    def planes(self) -> tuple[Mask, Mask, Mask]:
        """The three masks in the order of the network's output."""
        return self.change, self.standing_before, self.standing_after


def read_pairs(folder: Path, pixel_m: float) -> list[Lesson]:
    """Lessons of ``A/ B/ label/``; ``ignore/``, ``buildings_A/``, ``buildings_B/`` are used where they exist.

    Raises ``NoLessons``.
    """
    lessons = [read_pair(folder, name, pixel_m) for name in names_of_pairs(folder)]
    if not lessons:
        raise NoLessons(folder=folder.name)
    return lessons


def names_of_pairs(folder: Path) -> list[str]:
    """The names that ``A/ B/ label/`` have in common, sorted."""
    return list(_names(folder, ("A", "B", "label")))


def read_pair(folder: Path, name: str, pixel_m: float) -> Lesson:
    """The one lesson of that name; see ``read_pairs``."""
    label = _mask(folder / "label", name)
    ignore = _maybe(folder / "ignore", name)
    if ignore is not None:
        label = np.where((ignore > 0) & (label != YES), UNDECIDED, label).astype(np.uint8)
    first, second = _maybe(folder / "buildings_A", name), _maybe(folder / "buildings_B", name)
    unknown = np.full_like(label, UNDECIDED)
    if first is not None and second is None:  # what stood and did not change still stands
        gone = (label == YES) | (label == UNDECIDED)
        second = np.where(gone, UNDECIDED, first).astype(np.uint8)
    lesson = Lesson(
        _picture(folder / "A", name), _picture(folder / "B", name), label,
        unknown if first is None else first, unknown if second is None else second,
        pixel_m, f"{folder.name}/{name}",
    )  # fmt: skip
    return _reduced(lesson)


def read_singles(folder: Path, pixel_m: float | None) -> list[Lesson]:
    """Lessons of ``image/ mask/``, one date each. Without a pixel size it is guessed from the buildings.

    Raises ``NoLessons``.
    """
    lessons = []
    for name in _names(folder, ("image", "mask")):
        image, mask = _picture(folder / "image", name), _mask(folder / "mask", name)
        pixel = pixel_m or _guessed_pixel(mask)
        none = np.zeros_like(mask)
        lessons.append(
            _reduced(Lesson(image, image, none, mask, mask, pixel, f"{folder.name}/{name}", single=True))
        )
    if not lessons:
        raise NoLessons(folder=folder.name)
    return lessons


def mosaics(lessons: list[Lesson], side_m: float, rng: np.random.Generator) -> list[Lesson]:
    """Small single-date pictures laid side by side until they are ``side_m`` wide; large ones as they are."""
    whole = [each for each in lessons if min(each.change.shape) * each.pixel_m >= 0.7 * side_m]
    small = [each for each in lessons if min(each.change.shape) * each.pixel_m < 0.7 * side_m]
    groups: dict[tuple[float, int, int], list[Lesson]] = {}
    for each in small:
        groups.setdefault((round(each.pixel_m, 3), *each.change.shape), []).append(each)
    for (pixel, height, width), tiles in groups.items():
        many = max(2, round(side_m / (pixel * min(height, width))))
        for _ in range(max(1, round(len(tiles) / many))):
            chosen = [tiles[int(i)] for i in rng.integers(len(tiles), size=many * many)]
            whole.append(_laid(chosen, many))
    return whole


def _laid(tiles: list[Lesson], many: int) -> Lesson:
    def lay(planes: list[NDArray[Any]]) -> NDArray[Any]:
        return np.vstack([np.hstack(planes[row * many : (row + 1) * many]) for row in range(many)])

    image, mask = lay([each.before for each in tiles]), lay([each.standing_before for each in tiles])
    return replace(
        tiles[0],
        before=image,
        after=image,
        change=np.zeros_like(mask),
        standing_before=mask,
        standing_after=mask,
    )


def _guessed_pixel(mask: Mask) -> float:
    """Map zooms 19, 20, 21 (0.3, 0.15, 0.075 m): the one at which whole buildings measure about 80 m²."""
    count, _, stats, _ = cv2.connectedComponentsWithStats((mask == YES).astype(np.uint8))
    height, width = mask.shape
    areas = [
        area
        for left, top, wide, high, area in stats[1:count]
        if left > 0 and top > 0 and left + wide < width and top + high < height and area > 50
    ]
    if not areas:
        return 0.15
    usual = float(np.median(areas))
    return min((0.3, 0.15, 0.075), key=lambda pixel: abs(np.log(usual * pixel * pixel / 80)))


def _reduced(lesson: Lesson) -> Lesson:
    factor = FINEST_M / lesson.pixel_m
    if factor <= 1.05:
        return lesson
    height, width = lesson.change.shape
    size = max(8, round(width / factor)), max(8, round(height / factor))
    before, after = (_resized(each, size, cv2.INTER_AREA) for each in (lesson.before, lesson.after))
    change, first, second = (_resized(each, size, cv2.INTER_NEAREST) for each in lesson.planes())
    return Lesson(before, after, change, first, second, FINEST_M, lesson.place, lesson.single)


def _resized(plane: NDArray[np.uint8], size: tuple[int, int], how: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(plane, size, interpolation=how), dtype=np.uint8)


def _names(folder: Path, parts: tuple[str, ...]) -> Iterator[str]:
    stems = [
        {each.stem for each in (folder / part).glob("*") if each.suffix.lower() in _SUFFIXES}
        for part in parts
    ]
    yield from sorted(set.intersection(*stems))


def _path(folder: Path, stem: str) -> Path | None:
    return next((each for each in sorted(folder.glob(f"{stem}.*")) if each.suffix.lower() in _SUFFIXES), None)


def _picture(folder: Path, stem: str) -> Picture:
    read = cv2.imread(str(_path(folder, stem)), cv2.IMREAD_COLOR)
    if read is None:
        raise NoLessons(folder=f"{folder.name}/{stem}")
    return np.ascontiguousarray(read[..., ::-1])


def _maybe(folder: Path, stem: str) -> Mask | None:
    path = _path(folder, stem) if folder.exists() else None
    return None if path is None else _mask(folder, stem)


def _mask(folder: Path, stem: str) -> Mask:
    read = cv2.imread(str(_path(folder, stem)), cv2.IMREAD_GRAYSCALE)
    if read is None:
        raise NoLessons(folder=f"{folder.name}/{stem}")
    decided = np.where(read > 191, YES, np.where(read < 64, 0, UNDECIDED))
    return decided.astype(np.uint8)
