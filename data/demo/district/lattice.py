"""The street lattice of a town: crooked rows and columns whose cells are blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

__all__ = ["Lattice", "Street", "lay"]

Node = tuple[int, int]
NODE_M = 0.5  # borders closer than this are one border: no slivers that another projection would turn over


@dataclass(frozen=True)
class Street:
    """One row (``along`` 0) or column (``along`` 1) of a lattice, cut to the town."""

    along: int
    number: int
    line: BaseGeometry


@dataclass(frozen=True)
class Lattice:
    """Crossings by (column, row), the streets between them, all in EPSG:4548 metres.

    ``edges`` join neighbouring crossings inside the town; ``streets`` are whole rows and columns.
    """

    spacing_m: float
    nodes: dict[Node, tuple[float, float]]
    edges: list[tuple[Node, Node]]
    streets: list[Street]

    def segment(self, edge: tuple[Node, Node]) -> LineString:
        """The stretch of street between two crossings."""
        return LineString([self.nodes[edge[0]], self.nodes[edge[1]]])


def lay(town: BaseGeometry, spacing_m: float, rng: np.random.Generator) -> Lattice:
    """Streets ``spacing_m`` apart over a town, turned and bent a little."""
    grid = _crossings(town, spacing_m, rng)
    columns, rows = grid.shape[:2]
    lines = [(0, row, LineString(grid[:, row])) for row in range(rows)]
    lines += [(1, column, LineString(grid[column])) for column in range(columns)]
    cut = [(along, number, line.intersection(town)) for along, number, line in lines]
    streets = [Street(along, number, line) for along, number, line in cut if line.length > spacing_m]
    return Lattice(spacing_m, *_graph(grid, town), streets)


def _crossings(town: BaseGeometry, spacing_m: float, rng: np.random.Generator) -> np.ndarray:
    """(column, row, 2) places of all crossings over the town's surroundings."""
    west, south, east, north = town.bounds
    reach = int(np.hypot(east - west, north - south) / 2 / spacing_m) + 1
    steps = np.arange(-reach, reach + 1) * spacing_m
    x, y = np.meshgrid(steps, steps, indexing="ij")
    places = np.stack([x, y], axis=-1) + rng.uniform(-0.13, 0.13, (*x.shape, 2)) * spacing_m
    turn = rng.uniform(-0.25, 0.25)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    middle = np.array([(west + east) / 2, (south + north) / 2])
    return np.asarray(np.round(places @ matrix.T + middle, 2))


def _graph(
    grid: np.ndarray, town: BaseGeometry
) -> tuple[dict[Node, tuple[float, float]], list[tuple[Node, Node]]]:
    """Crossings and the edges between them that lie well inside the town."""
    core = town.buffer(-12.0)
    shapely.prepare(core)
    columns, rows = grid.shape[:2]
    pairs = [((c, r), (c + 1, r)) for c in range(columns - 1) for r in range(rows)]
    pairs += [((c, r), (c, r + 1)) for c in range(columns) for r in range(rows - 1)]
    lines = shapely.linestrings([[grid[a], grid[b]] for a, b in pairs])
    inside = shapely.contains_properly(core, lines)
    edges = [pair for pair, kept in zip(pairs, inside, strict=True) if kept]
    used = sorted({node for edge in edges for node in edge})
    return {node: (float(grid[node][0]), float(grid[node][1])) for node in used}, edges


def blocks(lines: list[BaseGeometry]) -> list[Polygon]:
    """The faces between lines, with every corner of a neighbour also a corner of the face."""
    noded = shapely.unary_union(lines, grid_size=NODE_M)
    return list(shapely.get_parts(shapely.polygonize([noded])))
