"""Rows of the sewage network: in every town a tree of pipes that falls along the streets to its plant.

Ground and inverts rise with the distance to the plant, so every pipe falls; diameters grow with the
length of pipe above them, so none shrinks downstream. Heights are metres (EPSG:5737).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from shapely import LineString, MultiLineString, Point

from data.demo.district.areas import Areas, Town
from data.demo.district.lattice import Lattice, Node
from data.demo.district.places import Places
from data.demo.district.seats import SEATS, Seat
from data.demo.district.tables import Tables
from data.demo.district.trees import Tree, towards

__all__ = ["TOTAL_M", "build"]

TOTAL_M = 355_500.0  # all main and branch sewers together
REACH_M = 85.0  # longest pipe between two manholes
GROUND_FALL, PIPE_FALL = 0.0020, 0.0022
DEPTH_M = 3.6  # of the last manhole before the plant
LIFT_M = 2.5
BESIDE_M = np.array([3.5, -3.5])  # the sewers lie beside the middle of the street
COMBINED = {"毛坦厂镇", "张店镇"}
PUMPED = {"木厂镇", "马头镇", "东桥镇", "双河镇", "孙岗镇", "三十铺镇", "城北镇", "翁墩乡", "六安经济开发区"}
ZONE = SEATS[-1]


@dataclass
class _Net:
    """One plant's network while it is laid: where crossings are, what is left to lay, made nodes."""

    seat: Seat
    lattice: Lattice
    tree: Tree
    system: str
    base_m: float
    left_cm: int
    owners: tuple[int, int]
    above_m: dict[Node, float] = field(default_factory=dict)
    made: dict[Node, tuple[str, int]] = field(default_factory=dict)

    def place(self, node: Node) -> np.ndarray:
        """Where the sewer passes a crossing."""
        return np.asarray(np.round(np.array(self.lattice.nodes[node]) + BESIDE_M, 2))

    def invert(self, distance_m: float, lowered: float = 0.0) -> float:
        """The invert of a pipe at a distance from the plant."""
        return round(self.base_m + PIPE_FALL * distance_m - lowered, 3)

    def lowered(self) -> float:
        """How much lower everything before the pump lies."""
        return LIFT_M if self.seat.name in PUMPED else 0.0


def build(tables: Tables, areas: Areas, places: Places, rng: np.random.Generator) -> None:
    """One network per township, and the zone's, which gets what is left of the total."""
    left_cm = round(TOTAL_M * 100)
    towns = sorted(areas.towns, key=lambda town: town.seat.urban)
    for town in towns:
        seat = ZONE if town.seat.urban else town.seat
        left_cm = _network(tables, places, seat, town, left_cm, rng)
    if left_cm:
        raise ValueError(f"{left_cm / 100} m of sewers found no street")


def _network(
    tables: Tables, places: Places, seat: Seat, town: Town, left_cm: int, rng: np.random.Generator
) -> int:
    """Plant, outfall, pump and tree of one town; the centimetres that are left afterwards."""
    lattice = town.lattice
    root, outwards = _root(seat, town)
    tree = towards(lattice, root)
    owners = (places.government[seat.code], places.firms[len(tables["sewage_plants"]) % len(places.firms)])
    base = round(28.0 + (3_545_000 - seat.northing) / 900 + rng.uniform(0, 4), 3)
    system = "combined" if seat.name in COMBINED else "sewage"
    net = _Net(seat, lattice, tree, system, base, left_cm, owners)
    chosen = _chosen(net)
    net.above_m = _above(net, chosen)
    laid = _laying_day(rng)
    _ends(tables, places, net, outwards, laid, rng)
    for node in chosen:
        _street(tables, net, node, laid, rng)
    return net.left_cm


def _root(seat: Seat, town: Town) -> tuple[Node, np.ndarray]:
    """The crossing where the town's sewers come together, and the way out of town from there."""
    middle = np.array([seat.easting, seat.northing], dtype=float)
    out = np.array([0.6, 0.8]) if seat.urban else np.array([0.35, 0.94])
    if seat.urban:
        goal = middle + 2200 * out
        return min(town.lattice.nodes, key=lambda n: np.hypot(*(np.array(town.lattice.nodes[n]) - goal))), out
    return max(town.lattice.nodes, key=lambda n: float(np.dot(town.lattice.nodes[n], out))), out


def _chosen(net: _Net) -> list[Node]:
    """The crossings that get a sewer: all of a township; of the city those nearest to the plant."""
    if not net.seat.urban:
        return net.tree.outward
    budget, chosen = net.left_cm / 100 - 200.0, list[Node]()  # 260 m go to the plant and beyond
    for node in net.tree.outward:
        length = net.tree.distance[node] - net.tree.distance[net.tree.parent[node]]
        chosen.append(node)
        budget -= length
        if budget < 0:
            return chosen
    return chosen


def _above(net: _Net, chosen: list[Node]) -> dict[Node, float]:
    """Metres of pipe that drain through each crossing."""
    above = dict.fromkeys([net.tree.root, *chosen], 0.0)
    for node in reversed(chosen):
        parent = net.tree.parent[node]
        above[parent] += above[node] + net.tree.distance[node] - net.tree.distance[parent]
    return above


def _laying_day(rng: np.random.Generator) -> date:
    return date(2016, 3, 1) + timedelta(days=int(rng.integers(0, 2000)))


def _ends(
    tables: Tables, places: Places, net: _Net, out: np.ndarray, laid: date, rng: np.random.Generator
) -> None:
    """Plant and outfall beyond the last crossing, which is a pump station in some towns."""
    at = net.place(net.tree.root)
    plant_at, outfall_at = np.round(at + 120 * out, 2), np.round(at + 260 * out, 2)
    plant = _plant(tables, places, net, plant_at, rng)
    outfall = tables.add(
        "sewage_outfalls",
        code=f"PK-{net.seat.code[6:]}",
        name=f"{net.seat.short}尾水排放口",
        kind="effluent",
        receiving_water="淠河"
        if net.seat.easting < 458_000
        else "丰乐河"
        if net.seat.northing < 3_500_000
        else "东淝河",
        invert_m=round(net.base_m - 1.4, 3),
        **_owned(net),
        geom=Point(outfall_at),
    )
    net.made[net.tree.root] = _last_crossing(tables, places, net, at)
    _pipe(tables, net, net.made[net.tree.root], ("plant", plant), [at, plant_at],
          (net.invert(0), round(net.base_m - 0.3, 3)), above_m=net.above_m[net.tree.root], laid=laid)  # fmt: skip
    _pipe(tables, net, ("plant", plant), ("outfall", outfall), [plant_at, outfall_at],
          (round(net.base_m - 0.9, 3), round(net.base_m - 1.3, 3)), above_m=net.above_m[net.tree.root], laid=laid)  # fmt: skip


def _plant(tables: Tables, places: Places, net: _Net, at: np.ndarray, rng: np.random.Generator) -> int:
    large = net.above_m[net.tree.root] > 13_000
    kind, ending = ("plant", "污水处理厂") if large else ("station", "污水处理站")
    return tables.add(
        "sewage_plants",
        code=f"WS-{net.seat.code[6:]}",
        name=f"{net.seat.short}{ending}",
        kind=kind,
        capacity_m3_d=20_000 if net.seat.urban else int(rng.integers(6, 30)) * 100,
        standard="1A",
        invert_m=round(net.base_m - 0.3, 3),
        taken_over_on=date(2023, int(rng.integers(1, 6)), int(rng.integers(1, 28))),
        division_id=places.division[f"{net.seat.code}000"],
        **_owned(net),
        geom=Point(at),
    )


def _last_crossing(tables: Tables, places: Places, net: _Net, at: np.ndarray) -> tuple[str, int]:
    if net.seat.name not in PUMPED:
        return ("manhole", _manhole(tables, net, at, 0.0, net.base_m + DEPTH_M))
    return (
        "pump",
        tables.add(
            "sewage_pumps",
            code=f"BZ-{net.seat.code[6:]}",
            name=f"{net.seat.short}污水提升泵站",
            capacity_m3_h=1200 if net.seat.urban else 150,
            lift_m=round(LIFT_M + 1.2, 2),
            invert_m=round(net.base_m - LIFT_M - 1.0, 3),
            division_id=places.division[f"{net.seat.code}000"],
            **_owned(net),
            geom=Point(at),
        ),
    )


def _street(tables: Tables, net: _Net, node: Node, laid: date, rng: np.random.Generator) -> None:
    """The pipes from a crossing down to the next one, with a manhole at least every 85 m.

    The last street of all is laid only as far as the total goes.
    """
    parent = net.tree.parent[node]
    if parent not in net.made or net.left_cm <= 0:
        return
    low, high = net.place(parent), net.place(node)
    full = float(np.hypot(*(high - low)))
    length = min(full, net.left_cm / 100)
    high = low + (high - low) * length / full
    count = int(np.ceil(length / REACH_M))
    places = [np.round(low + (high - low) * step / count, 2) for step in range(count + 1)]
    below, start = net.made[parent], net.tree.distance[parent]
    for step in range(1, count + 1):
        far = [start + length * each / count for each in (step - 1, step)]
        ground = net.base_m + DEPTH_M + GROUND_FALL * far[1] + rng.uniform(-0.25, 0.25)
        made = ("manhole", _manhole(tables, net, places[step], far[1], ground, net.lowered()))
        inverts = (net.invert(far[1], net.lowered()), net.invert(far[0], net.lowered()))
        above = net.above_m[node] + length * (count - step) / count
        closing = step == count and length < full
        _pipe(
            tables,
            net,
            made,
            below,
            [places[step], places[step - 1]],
            inverts,
            above_m=above,
            laid=laid,
            closing=closing,
        )
        below = made
    net.made[node] = below


def _manhole(
    tables: Tables, net: _Net, at: np.ndarray, far_m: float, ground_m: float, lowered: float = 0.0
) -> int:
    number = len(tables["sewage_manholes"]) + 1
    return tables.add(
        "sewage_manholes",
        code=f"JC-{number:05d}",
        system=net.system,
        ground_m=round(ground_m, 3),
        invert_m=net.invert(far_m, lowered),
        cover="composite" if number % 6 == 0 else "ductile_iron",
        **_owned(net),
        geom=Point(at),
    )


def _pipe(  # noqa: PLR0913
    tables: Tables,
    net: _Net,
    upstream: tuple[str, int],
    downstream: tuple[str, int],
    line: list[np.ndarray],
    inverts: tuple[float, float],
    *,
    above_m: float,
    laid: date,
    closing: bool = False,
) -> None:
    """One pipe; ``closing`` takes up the centimetre that rounding left over."""
    length_cm = net.left_cm if closing else round(float(np.hypot(*(line[1] - line[0]))) * 100)
    net.left_cm -= length_cm
    diameter = _diameter(above_m)
    nodes = dict.fromkeys(
        [*(f"from_{kind}_id" for kind in ("manhole", "pump", "plant")),
         *(f"to_{kind}_id" for kind in ("manhole", "pump", "plant", "outfall"))]
    )  # fmt: skip
    tables.add(
        "sewage_pipes",
        code=f"GD-{len(tables['sewage_pipes']) + 1:05d}",
        role="main" if above_m >= 2_000 else "branch",
        system=net.system,
        diameter_mm=diameter,
        material="concrete" if diameter >= 600 else "hdpe",
        **{**nodes, f"from_{upstream[0]}_id": upstream[1], f"to_{downstream[0]}_id": downstream[1]},
        upstream_invert_m=inverts[0],
        downstream_invert_m=inverts[1],
        length_m=length_cm / 100,
        laid_on=laid,
        **_owned(net),
        geom=MultiLineString([LineString(line)]),
    )


def _diameter(above_m: float) -> int:
    """Millimetres, by the metres of pipe that drain through."""
    steps = ((800, 300), (2_000, 400), (5_000, 500), (12_000, 600), (40_000, 800))
    return next((diameter for limit, diameter in steps if above_m < limit), 1000)


def _owned(net: _Net) -> dict[str, int]:
    return {"owner_id": net.owners[0], "maintainer_id": net.owners[1]}
