"""Displacements of many tiles → the simplest motion that explains those which agree.

A shift, then a turn, a scale and a local warp are tried in turn; each is kept only when it lowers the
residual at tiles that its fit has not seen. Tiles overlap, so whole blocks of them are left out at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gis.align.alignment import Motion
from gis.align.overlap import Bounds
from gis.align.warp import fit_warp

__all__ = ["Fit", "agreeing", "fit_motion"]

Points = NDArray[np.float64]
Mask = NDArray[np.bool_]
Fitter = Callable[[Points, Points], Motion]

_MOST_TURN = math.radians(1.5)
_MOST_SCALE = 0.015
_TRIALS = 1500
_NEIGHBOURS = 8
_GAIN = 0.9  # a richer motion must leave at most this part of the residual
_LEAST_TURN, _LEAST_SCALE, _LEAST_WARP = 5, 8, 20  # tiles
_STIFFNESS = (0.03, 0.3, 3.0, 30.0)
_MOST_CELLS = 7


@dataclass(frozen=True)
class Fit:
    """A motion, its residual at places left out (m, RMS; nan below 3 tiles), and the tiles it rests on."""

    motion: Motion
    residual_m: float
    good: Mask


def fit_motion(places: Points, moves: Points, bounds: Bounds, pixel: float) -> Fit | None:
    """The motion behind the moves (n, 2) of tiles at places (n, 2), metres; ``None`` if under 3 agree.

    ``bounds``: the shared ground, whose middle becomes the centre; ``pixel``: of the matching, metres.
    """
    centre = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    good = agreeing(places - centre, moves, pixel)
    for _ in range(2):
        if good.sum() < 3:
            return None
        motion, residual = _simplest(places[good], moves[good], centre, bounds, pixel)
        off = _length(moves - motion.displacement(places))
        usual = 1.4826 * float(np.median(off[good]))
        still = good & (off < max(4 * usual, pixel))
        if still.sum() == good.sum():
            break
        good = still
    return Fit(motion, residual, good) if good.sum() >= 3 else None


def agreeing(places: Points, moves: Points, pixel: float) -> Mask:
    """Tiles that go along with the most others, allowing for a turn, a scale and a smooth warp.

    ``places`` from the middle. Not near the mean of all: more than half may be wrong.
    """
    if len(places) < 3:
        return np.zeros(len(places), dtype=bool)
    z, w = _complex(places), _complex(places + moves)
    ratio, shift = _best_trial(z, w, max(6 * pixel, 2.5))
    rest = w - (ratio * z + shift)
    wide = np.abs(rest) < max(6 * pixel, 2.5)
    good = np.zeros(len(places), dtype=bool)
    index = np.flatnonzero(wide)
    if len(index) < 3:
        return good
    apart = np.abs(z[index][:, None] - z[index][None])
    np.fill_diagonal(apart, np.inf)
    nearest = np.argsort(apart, axis=1)[:, : min(_NEIGHBOURS, len(index) - 1)]
    around = rest[index][nearest]
    middle = np.median(around.real, axis=1) + 1j * np.median(around.imag, axis=1)
    good[index] = np.abs(rest[index] - middle) < max(3 * pixel, 0.75)
    return good


def _best_trial(
    z: NDArray[np.complex128], w: NDArray[np.complex128], reach: float
) -> tuple[complex, complex]:
    """Turn with scale, and shift, of the tile or pair of tiles with which the most tiles go along."""
    pairs = np.random.default_rng(0).integers(0, len(z), (_TRIALS, 2))
    apart = z[pairs[:, 1]] - z[pairs[:, 0]]
    far = np.abs(apart) > 0.3 * max(float(np.ptp(z.real)), float(np.ptp(z.imag)), 1e-9)
    pairs, apart = pairs[far], apart[far]
    ratios = (w[pairs[:, 1]] - w[pairs[:, 0]]) / apart
    sane = (np.abs(np.angle(ratios)) < _MOST_TURN) & (np.abs(np.abs(ratios) - 1) < _MOST_SCALE)
    ratios = np.concatenate([np.ones(len(z)), ratios[sane]])  # plain shifts first: they win a tie
    from_ = np.concatenate([np.arange(len(z)), pairs[sane, 0]])
    shifts = w[from_] - ratios * z[from_]
    near = np.abs(w[None] - (ratios[:, None] * z[None] + shifts[:, None])) < reach
    best = int(near.sum(axis=1).argmax())
    inside = near[best]
    if ratios[best] == 1:
        apart_ = w[inside] - z[inside]
        return 1.0, complex(np.median(apart_.real), np.median(apart_.imag))
    return complex(ratios[best]), complex(shifts[best])


def _simplest(
    places: Points, moves: Points, centre: tuple[float, float], bounds: Bounds, pixel: float
) -> tuple[Motion, float]:
    """Climb from a shift to a warp as long as the residual at places left out sinks."""
    folds = _folds(places, bounds)
    fitter: Fitter = _rigid(centre, turn=False, scale=False)
    best = _left_over(fitter, places, moves, folds)
    for least, scale in ((_LEAST_TURN, False), (_LEAST_SCALE, True)):
        if len(places) < least:
            break
        other = _rigid(centre, turn=True, scale=scale)
        residual = _left_over(other, places, moves, folds)
        if residual < _GAIN * best and best - residual > 0.02 * pixel:
            fitter, best = other, residual
    motion = fitter(places, moves)
    if len(places) >= _LEAST_WARP:
        warps = [_warped(fitter, bounds, _cells(places, bounds), stiffness) for stiffness in _STIFFNESS]
        residuals = [_left_over(each, places, moves, folds) for each in warps]
        residual = min(residuals)
        if residual < _GAIN * best and best - residual > 0.05 * pixel:
            motion, best = warps[residuals.index(residual)](places, moves), residual
    return motion, best


def _rigid(centre: tuple[float, float], *, turn: bool, scale: bool) -> Fitter:
    """Least squares for a shift, with turn and scale if wanted (Procrustes in complex numbers)."""

    def fit(places: Points, moves: Points) -> Motion:
        z, w = _complex(places - centre), _complex(places - centre + moves)
        z0, w0 = z - z.mean(), w - w.mean()
        size = float(np.sum(np.abs(z0) ** 2))
        ratio = complex(np.sum(np.conj(z0) * w0)) / size if turn and size > 1 else 1 + 0j
        if not scale:
            ratio /= abs(ratio)
        shift = complex(w.mean() - ratio * z.mean())
        angle = math.degrees(math.atan2(ratio.imag, ratio.real))
        return Motion((shift.real, shift.imag), centre, angle, abs(ratio) if scale else 1.0)

    return fit


def _warped(plain: Fitter, bounds: Bounds, cells: tuple[int, int], stiffness: float) -> Fitter:
    """The plain motion and a warp of what it leaves over; the shift stays that of the centre."""

    def fit(places: Points, moves: Points) -> Motion:
        motion = plain(places, moves)
        warp = fit_warp(places, moves - motion.displacement(places), bounds, cells, stiffness)
        (east, north), (dx, dy) = warp.displacement(np.array([motion.centre]))[0], motion.shift
        return replace(motion, shift=(dx + east, dy + north), warp=warp.less(east, north))

    return fit


def _cells(places: Points, bounds: Bounds) -> tuple[int, int]:
    """Rows and columns of the control grid: about two tiles to a cell each way."""
    tall, wide = bounds[3] - bounds[1], bounds[2] - bounds[0]
    cell = 1.5 * math.sqrt(tall * wide / len(places))
    return (
        int(np.clip(round(tall / cell), 1, _MOST_CELLS)),
        int(np.clip(round(wide / cell), 1, _MOST_CELLS)),
    )


def _folds(places: Points, bounds: Bounds) -> NDArray[np.int64]:
    """A number per place; places of one block of ground share it. Single places while there are few."""
    if len(places) < 12:
        return np.arange(len(places))
    block = max(bounds[2] - bounds[0], bounds[3] - bounds[1]) / 6
    column = ((places[:, 0] - bounds[0]) // block).astype(int)
    row = ((places[:, 1] - bounds[1]) // block).astype(int)
    return np.asarray((column + 2 * row) % 5)


def _left_over(fitter: Fitter, places: Points, moves: Points, folds: NDArray[np.int64]) -> float:
    """Root mean square (m) of what a fit to the other folds leaves over in each fold."""
    squares = np.zeros(len(places))
    for fold in np.unique(folds):
        out = folds == fold
        if out.all():
            return math.inf
        motion = fitter(places[~out], moves[~out])
        squares[out] = _length(moves[out] - motion.displacement(places[out])) ** 2
    return math.sqrt(float(squares.mean()))


def _length(vectors: Points) -> NDArray[np.float64]:
    return np.asarray(np.hypot(vectors[:, 0], vectors[:, 1]))


def _complex(points: Points) -> NDArray[np.complex128]:
    return np.asarray(points[:, 0] + 1j * points[:, 1])
