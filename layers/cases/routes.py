"""Which law a case runs through, proposed from where the structure lies; what each route permits. Pure."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from layers.cases.deadlines import Length, Unit
from layers.errors import Refused
from layers.layer import Text

__all__ = ["REASONS", "Decision", "Proposal", "Route", "check_fine", "decisions", "propose", "suit_length"]


class Route(StrEnum):
    """The article that the decision rests on; the values of ``codes.ROUTES``."""

    PLANNING_64 = "planning_64"
    PLANNING_65 = "planning_65"
    PLANNING_66 = "planning_66"
    LAND_77 = "land_77"
    LAND_78 = "land_78"
    APPEARANCE = "appearance"

    @property
    def land(self) -> bool:
        """Under the Land Administration Law, whose article 83 leaves force to the court."""
        return self in {Route.LAND_77, Route.LAND_78}

    @property
    def own_force(self) -> bool:
        """Whether the administration itself may demolish: 城乡规划法65, 68 with 行政强制法44."""
        return self in {Route.PLANNING_64, Route.PLANNING_65, Route.PLANNING_66}

    @property
    def by_order_of_government(self) -> bool:
        """Force takes the county government's order (城乡规划法68); in 65 the township government acts itself."""
        return self in {Route.PLANNING_64, Route.PLANNING_66}


class Decision(StrEnum):
    """What is decided; the values of ``codes.DECISIONS``."""

    DEMOLISH = "demolish"
    CORRECT = "correct"
    CONFISCATE = "confiscate"
    FINE = "fine"


_NO_BUILDING = Text("不涉及建设，属市容管理", "no building: street order")
_FARMLAND = Text("位于永久基本农田", "on permanent basic farmland")
_NO_AREA = Text("不在任何规划区内", "outside every planning area")
_TEMPORARY = Text("临时建设", "a temporary structure")
_TOWN = Text("位于城镇规划区", "in a town planning area")
_VILLAGE = Text("位于乡、村庄规划区", "in a township or village planning area")
REASONS = (_NO_BUILDING, _FARMLAND, _NO_AREA, _TEMPORARY, _TOWN, _VILLAGE)
"""Why a route is proposed; a case's record keeps the Chinese."""


@dataclass(frozen=True)
class Proposal:
    """A route and the reason for it."""

    route: Route
    why: Text


def propose(
    zones: AbstractSet[str], *, building: bool, temporary: bool = False, dwelling: bool = False
) -> Proposal:
    """The route for a place in these kinds of planning areas (town, village, farmland).

    ``temporary``: put up as a temporary structure; ``dwelling``: a villager's house. Permanent farmland comes
    first, as the ground that the law protects most; outside every planning area only the land law applies.
    """
    if not building:
        return Proposal(Route.APPEARANCE, _NO_BUILDING)
    if "farmland" in zones or not zones & {"town", "village"}:
        where = _FARMLAND if "farmland" in zones else _NO_AREA
        return Proposal(Route.LAND_78 if dwelling else Route.LAND_77, where)
    if temporary:
        return Proposal(Route.PLANNING_66, _TEMPORARY)
    if "town" in zones:
        return Proposal(Route.PLANNING_64, _TOWN)
    return Proposal(Route.PLANNING_65, _VILLAGE)


def suit_length(route: Route, decision: Decision) -> Length:
    """How long the party may sue: six months (行政诉讼法46), fifteen days against a demolition under 土地管理法83."""
    if route.land and decision is Decision.DEMOLISH:
        return Length(15, Unit.DAYS)
    return Length(6, Unit.MONTHS)


# The decisions that an article permits, each with the least and the greatest fine as a share of the cost of the
# works: None is no fine at all, (0, None) a fine that the article does not tie to the cost.
_FINES: dict[Route, dict[Decision, tuple[Decimal, Decimal | None] | None]] = {
    Route.PLANNING_64: {
        Decision.CORRECT: (Decimal("0.05"), Decimal("0.10")),
        Decision.DEMOLISH: (Decimal(0), Decimal("0.10")),
        Decision.CONFISCATE: (Decimal(0), Decimal("0.10")),
    },
    Route.PLANNING_65: {Decision.CORRECT: None, Decision.DEMOLISH: None},
    Route.PLANNING_66: {Decision.DEMOLISH: (Decimal(0), Decimal(1))},
    Route.LAND_77: {Decision.DEMOLISH: (Decimal(0), None), Decision.CONFISCATE: (Decimal(0), None)},
    Route.LAND_78: {Decision.DEMOLISH: None},
    Route.APPEARANCE: {Decision.CORRECT: (Decimal(0), None), Decision.FINE: (Decimal(0), None)},
}


def decisions(route: Route) -> tuple[Decision, ...]:
    """What the article of this route lets be decided."""
    return tuple(_FINES[route])


def check_fine(route: Route, decision: Decision, fine: Decimal | None, cost: Decimal | None) -> None:
    """Whether the article permits this decision with this fine (yuan; ``cost`` of the works). Raises Refused."""
    if decision not in _FINES[route]:
        raise Refused(
            reason_zh="所适用的条款没有规定这种决定。请改选决定种类，或在告知前改变适用条款。",
            reason_en="The article of this case knows no such decision. Choose another, or another article before the notice.",
        )
    bounds = _FINES[route][decision]
    if fine is None and (decision is Decision.FINE or (bounds is not None and bounds[0] > 0)):
        raise Refused(
            reason_zh="该决定必须写明罚款数额。", reason_en="This decision needs the amount of the fine."
        )
    if not fine:
        return
    if bounds is None:
        raise Refused(
            reason_zh="所适用的条款没有规定罚款。", reason_en="The article of this case provides for no fine."
        )
    least, most = bounds
    if most is None:
        return
    if cost is None:
        raise Refused(
            reason_zh="罚款以工程造价为限，请填写工程造价。",
            reason_en="The fine is limited by the cost of the works; give the cost.",
        )
    if not least * cost <= fine <= most * cost:
        raise Refused(
            reason_zh=f"罚款须在工程造价的 {least:.0%} 至 {most:.0%} 之间，即 {least * cost:.2f} 至 {most * cost:.2f} 元。",
            reason_en=f"The fine must lie between {least:.0%} and {most:.0%} of the cost, {least * cost:.2f} to {most * cost:.2f} yuan.",
        )
