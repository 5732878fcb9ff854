"""The shortest-path tree of a street lattice towards one crossing."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from data.demo.district.lattice import Lattice, Node

__all__ = ["Tree", "towards"]


@dataclass(frozen=True)
class Tree:
    """Every crossing's next one on the way to ``root``, the way's length in metres, nearest first."""

    root: Node
    parent: dict[Node, Node]
    distance: dict[Node, float]

    @property
    def outward(self) -> list[Node]:
        """All crossings but the root, nearest first."""
        return sorted(self.parent, key=lambda node: (self.distance[node], node))


def towards(lattice: Lattice, root: Node) -> Tree:
    """Dijkstra's tree over the lattice's edges."""
    beside: dict[Node, list[tuple[Node, float]]] = {}
    for a, b in lattice.edges:
        length = float(np.hypot(*np.subtract(lattice.nodes[a], lattice.nodes[b])))
        beside.setdefault(a, []).append((b, length))
        beside.setdefault(b, []).append((a, length))
    distance, parent, waiting = {root: 0.0}, dict[Node, Node](), [(0.0, root, root)]
    done = set[Node]()
    while waiting:
        far, node, _ = heapq.heappop(waiting)
        if node in done:
            continue
        done.add(node)
        for other, length in beside[node]:
            if far + length < distance.get(other, np.inf):
                distance[other], parent[other] = far + length, node
                heapq.heappush(waiting, (far + length, other, node))
    return Tree(root, parent, distance)
