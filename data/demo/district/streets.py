"""Places along the streets: where stalls, incidents, compounds and buildings go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from shapely import Polygon

from data.demo.district.areas import Areas
from data.demo.district.places import Places
from data.demo.district.seats import Seat

__all__ = ["Spot", "Streets", "box"]


@dataclass(frozen=True)
class Spot:
    """A place beside a street: where (EPSG:4548), the street's direction, its grid (row index) and seat."""

    at: np.ndarray
    along: np.ndarray
    grid: int
    seat: Seat

    @property
    def across(self) -> np.ndarray:
        """Unit vector square to the street, to its left."""
        return np.array([-self.along[1], self.along[0]])


class Streets:
    """All stretches of street of all towns."""

    def __init__(self, areas: Areas, places: Places) -> None:
        pairs = [
            (town.lattice.nodes[a], town.lattice.nodes[b])
            for town in areas.towns
            for a, b in town.lattice.edges
        ]
        self._ends = np.array(pairs)
        self._places = places
        middle = self._ends.mean(axis=1)
        grids = places.grids_at(middle)
        city = np.array([each >= 0 and places.grid_seats[each].urban for each in grids])
        old_town = np.array([454_000.0, 3_515_500.0])
        near = np.exp(-((np.hypot(*(middle - old_town).T) / 5_000.0) ** 2))
        self._weights = np.where(city, 0.15 + 1.6 * near, 0.5)
        self._weights /= self._weights.sum()

    def spots(self, count: int, aside_m: tuple[float, float], rng: np.random.Generator) -> list[Spot]:
        """So many places at that distance (from, to) left or right of a street's middle, each in a grid.

        The old town has more of them than the edge of the city.
        """
        found: list[Spot] = []
        while len(found) < count:
            found += self._some(2 * count, aside_m, rng)
        return found[:count]

    def _some(self, count: int, aside_m: tuple[float, float], rng: np.random.Generator) -> list[Spot]:
        ends = self._ends[rng.choice(len(self._ends), size=count, p=self._weights)]
        step = ends[:, 1] - ends[:, 0]
        along = step / np.hypot(*step.T)[:, None]
        across = np.column_stack([-along[:, 1], along[:, 0]])
        side = rng.choice([-1.0, 1.0], size=count) * rng.uniform(*aside_m, size=count)
        at = np.round(ends[:, 0] + step * rng.uniform(0.12, 0.88, (count, 1)) + across * side[:, None], 2)
        grids = self._places.grids_at(at)
        seats = self._places.grid_seats
        return [
            Spot(place, direction * sign, int(grid), seats[grid])
            for place, direction, sign, grid in zip(at, along, np.sign(side), grids, strict=True)
            if grid >= 0
        ]


def box(spot: Spot, length_m: float, depth_m: float) -> Polygon:
    """A rectangle along the street: ``length_m`` along it, ``depth_m`` away from it, on the spot's side."""
    half, away = spot.along * length_m / 2, spot.across * depth_m
    return Polygon([spot.at - half, spot.at + half, spot.at + half + away, spot.at - half + away])
