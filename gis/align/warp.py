"""A smooth local displacement: a coarse grid of control values under cubic B-splines (P-splines).

After Eilers & Marx 1996, “Flexible smoothing with B-splines and penalties”, Statistical Science 11(2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

__all__ = ["Warp", "fit_warp"]

Bounds = tuple[float, float, float, float]
Controls = tuple[tuple[float, ...], ...]
Points = NDArray[np.float64]


@dataclass(frozen=True)
class Warp:
    """Displacement in metres east and north over ``bounds`` (west, south, east, north; metres).

    ``east``, ``north``: control values, rows from south to north, three more than there are cells each
    way. Outside the bounds the displacement of the nearest point of their edge holds.
    """

    bounds: Bounds
    east: Controls
    north: Controls

    def displacement(self, points: Points) -> Points:
        """Displacement (n, 2) in metres at points (n, 2)."""
        basis = _basis(points, self.bounds, _cells(self.east))
        controls = np.column_stack([np.ravel(self.east), np.ravel(self.north)])
        return np.asarray(basis @ controls, dtype=np.float64)

    def less(self, east: float, north: float) -> Warp:
        """The warp without a shift (the weights of all controls add up to one everywhere)."""
        return Warp(
            self.bounds,
            tuple(tuple(value - east for value in row) for row in self.east),
            tuple(tuple(value - north for value in row) for row in self.north),
        )

    def to_json(self) -> dict[str, Any]:
        """Plain lists and numbers."""
        return {"bounds": list(self.bounds), "east": _lists(self.east), "north": _lists(self.north)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Warp:
        """The warp that ``to_json`` wrote."""
        west, south, east, north = data["bounds"]
        return cls((west, south, east, north), _tuples(data["east"]), _tuples(data["north"]))


def fit_warp(
    places: Points, shifts: Points, bounds: Bounds, cells: tuple[int, int], stiffness: float
) -> Warp:
    """The warp nearest to shifts (n, 2) at places (n, 2), metres, bending costed by ``stiffness``.

    ``cells``: rows and columns of the control grid. Where no place is, it goes on straight.
    """
    basis = _basis(places, bounds, cells)
    rows, columns = cells[0] + 3, cells[1] + 3
    bend = np.kron(_bending(rows), np.eye(columns)) + np.kron(np.eye(rows), _bending(columns))
    matrix = np.einsum("ni,nj->ij", basis, basis) + stiffness * bend + 1e-6 * np.eye(rows * columns)
    controls = _solved(matrix, basis.T @ shifts, band=3 * columns + 3).reshape(rows, columns, 2)
    return Warp(bounds, _tuples(controls[..., 0].tolist()), _tuples(controls[..., 1].tolist()))


def _solved(matrix: NDArray[np.float64], right: Points, *, band: int) -> Points:
    """Solve for a symmetric matrix without entries beyond ``band`` beside its diagonal.

    Without the general solver's threads, which cost a hundred times the work on a busy machine.
    """
    count = len(matrix)
    lower = np.zeros((min(band, count - 1) + 1, count))
    for row in range(len(lower)):
        lower[row, : count - row] = np.diagonal(matrix, -row)
    return np.asarray(scipy.linalg.solveh_banded(lower, right, lower=True))


def _cells(controls: Controls) -> tuple[int, int]:
    return len(controls) - 3, len(controls[0]) - 3


def _basis(points: Points, bounds: Bounds, cells: tuple[int, int]) -> NDArray[np.float64]:
    """Weights (n, controls) of every control value at points."""
    west, south, east, north = bounds
    across = _weights((points[:, 0] - west) / (east - west) * cells[1], cells[1])
    up = _weights((points[:, 1] - south) / (north - south) * cells[0], cells[0])
    return np.asarray((up[:, :, None] * across[:, None, :]).reshape(len(points), -1))


def _weights(place: NDArray[np.float64], cells: int) -> NDArray[np.float64]:
    """Weights (n, cells + 3) of uniform cubic B-splines at places 0..cells."""
    place = np.clip(place, 0, cells)
    cell = np.minimum(place.astype(int), cells - 1)
    t = place - cell
    parts = ((1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3)
    weights = np.zeros((len(place), cells + 3))
    for number, part in enumerate(parts):
        weights[np.arange(len(place)), cell + number] = part / 6
    return weights


def _bending(count: int) -> NDArray[np.float64]:
    """Sum of squared second differences of ``count`` control values, as a matrix."""
    second = np.diff(np.eye(count), n=2, axis=0)
    return np.asarray(second.T @ second)


def _lists(controls: Controls) -> list[list[float]]:
    return [list(row) for row in controls]


def _tuples(rows: list[list[float]]) -> Controls:
    return tuple(tuple(float(value) for value in row) for row in rows)
