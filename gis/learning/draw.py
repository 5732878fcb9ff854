"""Draw teaching examples: crops of real pairs, two places compared as if one, buildings pasted into one date.

«Two places as one» teaches what a building is without any pair: the change is where exactly one of two
pictures has a building (Zheng et al. 2021, single-temporal supervision).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gis.learning.augment import between_neighbours, cast_shadow, leaned, placed, relit, tinted_patch
from gis.learning.lessons import GAP, UNDECIDED, YES, Lesson

__all__ = ["Drawer", "Example"]

PIXEL_M = 0.4
"""The pixel size that the network works on."""


@dataclass
class Example:
    """``before``, ``after``: (row, column, 3) uint8; ``truth``: (3, row, column) masks as in a lesson,

    with GAP where it is no, narrow between two that are.
    """

    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    truth: NDArray[np.uint8]


class Drawer:
    """Draws examples of ``side`` px from weighted sets of lessons; the same seed draws the same ones."""

    def __init__(
        self, pairs: Sequence[tuple[float, Sequence[Lesson]]], singles: Sequence[tuple[float, Sequence[Lesson]]],
        *, side: int = 256, seed: int = 0, shares: tuple[float, float, float] = (0.45, 0.3, 0.25),
    ) -> None:  # fmt: skip
        self.pairs, self.singles = [each for each in pairs if each[1]], [each for each in singles if each[1]]
        self.side, self.shares, self.seed = side, shares, seed
        self.rng = np.random.default_rng(seed)

    def reseed(self, *numbers: int) -> None:
        """Draw another sequence, told by these numbers and the drawer's own seed."""
        self.rng = np.random.default_rng([self.seed, *numbers])

    def draw(self) -> Example:
        """One example: a real pair, two places as one, or one place with things pasted in."""
        kind = self.rng.choice(3, p=self.shares)
        if kind == 0:
            example = self._real(self._pick(self.pairs))
        elif kind == 1:
            example = self._crossed()
        else:
            example = self._pasted()
        if self.rng.uniform() < 0.5:
            example = Example(example.after, example.before, example.truth[[0, 2, 1]])
        for plane in example.truth:
            plane[between_neighbours(plane == YES) & (plane == 0)] = GAP
        return Example(self._relit(example.before), self._relit(example.after), example.truth)

    def _relit(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return relit(picture, self.rng) if self.rng.uniform() < 0.9 else picture

    def _pick(self, sets: Sequence[tuple[float, Sequence[Lesson]]]) -> Lesson:
        weights = np.array([weight for weight, _ in sets])
        lessons = sets[int(self.rng.choice(len(sets), p=weights / weights.sum()))][1]
        return lessons[int(self.rng.integers(len(lessons)))]

    def _matrix(self, lesson: Lesson, at: NDArray[np.uint8] | None) -> NDArray[np.float64]:
        """Random turn, mirror, pixel size and place; half the time on something of the mask ``at``."""
        rng, height, width = self.rng, *lesson.change.shape
        # now and then from afar, as the second look sees
        pixel = PIXEL_M * math.exp(rng.uniform(0.4, 0.9) if rng.uniform() < 0.12 else rng.uniform(-0.4, 0.4))
        scale = pixel / lesson.pixel_m
        angle = rng.uniform(0, 2 * np.pi) if rng.uniform() < 0.6 else rng.integers(4) * np.pi / 2
        mirror = rng.choice([-1.0, 1.0])
        turn = scale * np.array(
            [[math.cos(angle) * mirror, -math.sin(angle)], [math.sin(angle) * mirror, math.cos(angle)]]
        )
        middle = np.array([rng.uniform(0, width), rng.uniform(0, height)])
        there = (
            np.flatnonzero(at == YES) if at is not None and rng.uniform() < 0.6 else np.zeros(0, dtype=int)
        )
        if len(there):
            row, column = divmod(int(there[rng.integers(len(there))]), width)
            middle = np.array([column, row]) + rng.uniform(-0.3, 0.3, 2) * self.side * scale
        reach = 0.5 * self.side * scale
        low, high = (
            np.minimum(reach, [width / 2, height / 2]),
            np.maximum([width, height] - np.asarray(reach), [width / 2, height / 2]),
        )
        middle = np.clip(middle, low, high)
        offset = middle - turn @ np.full(2, self.side / 2)
        return np.hstack([turn, offset[:, None]])

    def _cut(self, lesson: Lesson, matrix: NDArray[np.float64], drift_px: float) -> Example:
        moved = matrix.copy()
        moved[:, 2] += matrix[:, :2] @ self.rng.normal(0, drift_px, 2)
        before = placed(lesson.before, matrix, self.side)
        after = placed(lesson.after, moved, self.side)
        truth = np.stack([placed(each, matrix, self.side, mask=True) for each in lesson.planes()])
        return Example(before, after, truth)

    def _real(self, lesson: Lesson) -> Example:
        return self._leaned(self._cut(lesson, self._matrix(lesson, lesson.change), 0.6))

    def _leaned(self, example: Example) -> Example:
        """Half of the places whose buildings are known, seen from another side at the later date: roofs move

        against the ground by some pixels, and nothing has changed by that.
        """
        change, first, second = example.truth
        if self.rng.uniform() < 0.5 or not (second == YES).any():
            return example
        reach = self.rng.uniform(1, 5)
        after, (moved, standing) = leaned(example.after, second, [change, second], self.rng, reach)
        stood, stands = second == YES, standing == YES
        change = np.where(stands, moved, np.where(stood, 0, change)).astype(np.uint8)
        # the rim of a roof that moved: at one date here, at the other not
        rim = ((first == YES) != stands) & (change == 0)
        first = np.where(rim, UNDECIDED, first).astype(np.uint8)
        standing = np.where(rim, UNDECIDED, standing).astype(np.uint8)
        return Example(example.before, after, np.stack([change, first, standing]))

    def _crossed(self) -> Example:
        one, other = self._pick(self.singles), self._pick(self.singles)
        first = self._cut(one, self._matrix(one, one.standing_before), 0)
        second = self._cut(other, self._matrix(other, other.standing_before), 0)
        a, b = first.truth[1], second.truth[1]
        change = np.where((a == YES) != (b == YES), YES, 0)
        change = np.where((a == UNDECIDED) | (b == UNDECIDED), UNDECIDED, change).astype(np.uint8)
        return Example(first.before, second.before, np.stack([change, a, b]))

    def _pasted(self) -> Example:
        """A place on both dates, seen a little differently; then buildings and flat things on one of them."""
        lesson = self._pick(self.pairs if self.rng.uniform() < 0.5 else self.singles)
        example = self._leaned(self._cut(lesson, self._matrix(lesson, None), 1.5 if lesson.single else 0.6))
        for _ in range(int(self.rng.integers(0, 4))):
            other = self._pick(self.singles)
            texture = placed(other.before, self._matrix(other, None), self.side)
            covered = example.truth[0] == YES
            flat, where = tinted_patch(example.after, texture, self.rng)
            if not (where & covered).any() and not (where & (example.truth[2] != 0)).any():
                example.after = flat
        for _ in range(int(self.rng.integers(1, 5))):
            self._paste(example)
        return example

    def _paste(self, example: Example) -> None:
        """One whole building from elsewhere onto the later date, with its shadow."""
        rng = self.rng
        other = self._pick(self.singles)
        cut = self._cut(other, self._matrix(other, other.standing_before), 0)
        mask, picture = cut.truth[1] == YES, cut.before
        thing = _component(mask, rng)
        if thing is None:
            return
        dx, dy = (rng.uniform(-0.4, 0.4, 2) * self.side).round()
        move = np.array([[1.0, 0, dx], [0, 1.0, dy]])
        size = (self.side, self.side)
        where = cv2.warpAffine(thing.astype(np.uint8), move, size, flags=cv2.INTER_NEAREST) > 0
        if where.sum() < 40:
            return
        image = cv2.warpAffine(picture, move, size)
        ground = example.truth[2]
        angle, length = rng.uniform(0, 2 * np.pi), rng.uniform(2, 14)
        after = cast_shadow(example.after, where, angle, length, rng.uniform(0.35, 0.75))
        soft = cv2.GaussianBlur(where.astype(np.float32), (0, 0), 0.5)[..., None]
        example.after = (after * (1 - soft) + image * soft).astype(np.uint8)
        change, first, second = example.truth
        over = where & ((ground != 0) | (change == UNDECIDED) | (first != 0))
        unknown = (first == UNDECIDED) & (change == 0)  # real pairs: most of their ground is bare
        change[where & (~over | unknown)] = YES
        change[over & ~unknown] = UNDECIDED
        second[where] = YES


def _component(mask: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_] | None:
    """One whole patch of a mask that does not touch the rim, 40 to 12 000 px; ``None`` without any."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    height, width = mask.shape
    whole: list[Any] = [
        number
        for number in range(1, count)
        if 40 <= stats[number][4] <= 12_000
        and stats[number][0] > 0 and stats[number][1] > 0
        and stats[number][0] + stats[number][2] < width and stats[number][1] + stats[number][3] < height
    ]  # fmt: skip
    return None if not whole else np.asarray(labels == whole[int(rng.integers(len(whole)))])
