"""ONE description of every published layer. Tiles, features, import, forms, legend read only this.

Planners' own layers stand before those of the house, as this process knows them (``own/registry.py``).
"""

from __future__ import annotations

from layers.buildings.layer import ILLEGAL_BUILDINGS
from layers.candidates.layer import CANDIDATES
from layers.cases.layer import CASES
from layers.errors import NotFound
from layers.incidents.layer import INCIDENTS
from layers.layer import Layer, Text
from layers.own import registry
from layers.people.rules import Role
from layers.permits.layer import PERMITS
from layers.places.layer import COMPOUNDS, DIVISIONS, GRIDS, ORGANISATIONS, PLANNING_AREAS, ROADS
from layers.sewage.layer import MANHOLES, OUTFALLS, PIPES, PLANTS, PUMPS
from layers.stalls.layer import STALL_CLUSTERS, STALLS
from layers.surveys.layer import SURVEYS

__all__ = ["GROUPS", "LAYERS", "every", "layer", "visible"]

GROUPS: dict[str, Text] = {
    "own": Text("自建图层", "Own layers"),
    "flights": Text("航飞", "Flights"),
    "enforcement": Text("违建与执法", "Enforcement"),
    "street": Text("市容秩序", "Street order"),
    "planning": Text("规划与许可", "Planning and permits"),
    "sewage": Text("污水设施", "Sewage"),
    "places": Text("区划、网格与地物", "Divisions, grids and places"),
}

# From the top of the map to the bottom.
LAYERS: tuple[Layer, ...] = (
    CANDIDATES,
    ILLEGAL_BUILDINGS,
    CASES,
    INCIDENTS,
    STALLS,
    STALL_CLUSTERS,
    PLANTS,
    PUMPS,
    OUTFALLS,
    MANHOLES,
    PIPES,
    PERMITS,
    PLANNING_AREAS,
    ORGANISATIONS,
    COMPOUNDS,
    ROADS,
    GRIDS,
    DIVISIONS,
    SURVEYS,
)

_BY_ID = {each.id: each for each in LAYERS}


def layer(layer_id: str, roles: frozenset[Role] | None = None) -> Layer:
    """The layer of that id. Raises NotFound; with ``roles`` also when they may not see it."""
    found = _BY_ID.get(layer_id) or registry.known().get(layer_id)
    if found is None or (roles is not None and not found.visible_to & roles):
        raise NotFound(what_zh="图层", what_en="layer", key=layer_id)
    return found


def visible(roles: frozenset[Role]) -> tuple[Layer, ...]:
    """The layers that somebody with these roles may see, from the top of the map to the bottom."""
    return tuple(each for each in every() if each.visible_to & roles)


def every() -> tuple[Layer, ...]:
    """Own layers, then those of the house."""
    return (*registry.known().values(), *LAYERS)
