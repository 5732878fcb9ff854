"""How a structure is followed from flight to flight. Pure; geometries in EPSG:4548, metres and m².

A later flight is compared with the latest earlier one, so what still stands is not detected again: that the
detector is silent about ground it compared means «unchanged».
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise

import shapely
from shapely.geometry.base import BaseGeometry

from layers.candidates.rules import same_structure

__all__ = [
    "GONE_SHARE",
    "GROWTH",
    "SHOWN_SHARE",
    "TOUCH_M",
    "Detection",
    "Flight",
    "Glimpse",
    "Known",
    "Outcome",
    "Seen",
    "State",
    "assign",
    "changes",
    "contact",
    "retell",
    "same_shape",
    "shares",
]

SHOWN_SHARE = 0.9  # of a structure's ground that must have been compared before silence means anything
GROWN_SHARE, GROWN_M2 = 0.1, 5.0  # both must be exceeded; outlines of one roof differ by as much
GONE_SHARE = 0.5  # of a structure's ground that was cleared
TOUCH_M = 1.5  # an extension touches what it extends; flights lie a metre or so off one another
TOUCHED_M2 = 1.0  # less is the accuracy of two outlines
STOREY_M = 2.0  # a rise on a roof that stood there already

GROWTH = frozenset({"new", "extended", "rebuilt"})


class State(StrEnum):
    """What a flight says of a structure."""

    APPEARED = "appeared"
    GREW = "grew"
    UNCHANGED = "unchanged"
    GONE = "gone"


@dataclass(frozen=True, order=True)
class Flight:
    """A flight's place in time; two of one day are in the order in which they were announced."""

    flown_on: date
    id: int


@dataclass(frozen=True)
class Glimpse:
    """What one flight's detector said of a structure; ``found`` is None where it was silent.

    ``drawn`` is what a person drew in its place: how the structure stood on that flight.
    """

    flight: Flight
    baseline: Flight | None
    kind: str
    found: BaseGeometry | None
    height_change_m: float | None = None
    drawn: BaseGeometry | None = None

    @property
    def outline(self) -> BaseGeometry | None:
        """What a person drew, else what the detector found."""
        return self.found if self.drawn is None else self.drawn


@dataclass(frozen=True)
class Seen:
    """A structure as it stood on one flight; as last seen, when it is gone."""

    state: State
    geom: BaseGeometry


@dataclass(frozen=True)
class Detection:
    """A row of the detector's frame."""

    geom: BaseGeometry
    kind: str
    height_change_m: float | None = None


@dataclass(frozen=True)
class Known:
    """A structure or a demolition that earlier flights saw, as they saw it last.

    ``seen_on`` is the last flight that spoke of it, ``changed_on`` the one whose shape its row has.
    """

    geom: BaseGeometry
    seen_on: Flight
    changed_on: Flight
    demolition: bool = False
    gone: bool = False
    judged: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a flight's detections come to; all numbers are positions in the sequences given.

    ``spoken`` are the known structures the detector touched and what it said of each, ``silent`` those that
    stand (or are gone) as before, ``own`` the detections that become rows, ``follows`` what these grew on or
    cleared away.
    """

    spoken: dict[int, Glimpse] = field(default_factory=dict)
    silent: list[int] = field(default_factory=list)
    own: list[int] = field(default_factory=list)
    follows: dict[int, int] = field(default_factory=dict)


def retell(glimpses: Sequence[Glimpse]) -> list[Seen]:
    """A structure's states, flight after flight. ``glimpses`` in the order of flights, the first not silent.

    What is told of a flight depends on earlier flights only.
    """
    first = glimpses[0]
    assert first.outline is not None
    demolition = first.kind == "demolished"
    told = [Seen(State.GONE if demolition else State.APPEARED, first.outline)]
    for before, glimpse in pairwise(glimpses):
        told.append(told[0] if demolition else _next(told[-1], before.flight, glimpse))
    return told


def changes(glimpses: Sequence[Glimpse], told: Sequence[Seen]) -> list[int]:
    """The places in a story at which the structure's shape changed, or a person drew it anew; never none."""
    found = [n for n, seen in enumerate(told) if seen.state in {State.APPEARED, State.GREW}
             or (n and glimpses[n].drawn is not None and not same_shape(told[n - 1].geom, seen.geom))]  # fmt: skip
    return found or [0]


def same_shape(a: BaseGeometry, b: BaseGeometry) -> bool:
    """Whether two outlines are the same to a millimetre, corner by corner."""
    one, other = (shapely.MultiPolygon(list(shapely.get_parts(each))) for each in (a, b))
    return bool(one.normalize().equals_exact(other.normalize(), 1e-3))


def assign(
    flight: Flight,
    baseline: Flight,
    compared: BaseGeometry,
    detections: Sequence[Detection],
    known: Sequence[Known],
) -> Outcome:
    """Tell which detections speak of structures that are known, and which are something of their own.

    A demolition has always its own row. A structure that somebody judged keeps the shape that was judged:
    its growth is a row of its own, to be judged too. ``compared`` is the ground that both flights show.
    """
    cleared = _cleared(detections, known)
    outcome = Outcome()
    heard: dict[int, list[int]] = {}
    for number, each in enumerate(detections):
        target = _target(each, known, cleared, baseline)
        if target is not None:
            heard.setdefault(target, []).append(number)
    for place in range(len(known)):
        glimpse = _glimpse(flight, baseline, known[place], [detections[n] for n in heard.get(place, [])],
                           cleared.get(place))  # fmt: skip
        if glimpse is not None:
            outcome.spoken[place] = glimpse
        elif known[place].seen_on <= baseline and _shown(known[place].geom, compared):
            outcome.silent.append(place)
    explained = {n for place, numbers in heard.items() if _explains(known[place], outcome.spoken[place], flight)
                 for n in numbers}  # fmt: skip
    for number, each in enumerate(detections):
        if number not in explained:
            outcome.own.append(number)
            followed = _followed(each, known)
            if followed is not None:
                outcome.follows[number] = followed
    return outcome


def _next(last: Seen, before: Flight, glimpse: Glimpse) -> Seen:
    """What a later flight, and who drew on it, makes of a structure."""
    seen = _detected(last, before, glimpse)
    if glimpse.drawn is None or seen.state is State.GONE:
        return seen
    same = seen.state is State.GREW and same_shape(last.geom, glimpse.drawn)
    return Seen(State.UNCHANGED if same else seen.state, glimpse.drawn)


def _detected(last: Seen, before: Flight, glimpse: Glimpse) -> Seen:
    """What a later flight's detector makes of a structure."""
    found = glimpse.found
    if found is None:
        return last if last.state is State.GONE else Seen(State.UNCHANGED, last.geom)
    if glimpse.kind == "demolished":
        gone = last.state is State.GONE or _is_cleared(last.geom, found)
        return Seen(State.GONE if gone else State.UNCHANGED, last.geom)
    if last.state is State.GONE:
        return Seen(State.APPEARED, found)
    if glimpse.kind in GROWTH and (_is_larger(last.geom, found) or _is_higher(last, before, glimpse)):
        return Seen(State.GREW, shapely.union_all([last.geom, found]))
    return Seen(State.UNCHANGED, last.geom)


def _is_larger(last: BaseGeometry, found: BaseGeometry) -> bool:
    """Whether what was found is more than the structure had: as a whole, or as a part added to it."""
    whole = same_structure(found, last)
    gained = found.area - last.area if whole else found.difference(last).area
    return bool(gained > GROWN_M2 and gained > GROWN_SHARE * last.area)


def _is_higher(last: Seen, before: Flight, glimpse: Glimpse) -> bool:
    """Whether a storey was put on it since it was seen last; a rise since a flight before that is no news."""
    rose = glimpse.kind != "new" and (glimpse.height_change_m or 0.0) >= STOREY_M
    if not rose or glimpse.found is None or glimpse.baseline is None or glimpse.baseline < before:
        return False
    shared = glimpse.found.intersection(last.geom).area
    return bool(shared > GROWN_M2 and shared >= 0.5 * glimpse.found.area)


def _is_cleared(standing: BaseGeometry, cleared: BaseGeometry) -> bool:
    return bool(standing.intersection(cleared).area >= GONE_SHARE * standing.area)


def _shown(geom: BaseGeometry, compared: BaseGeometry) -> bool:
    return bool(geom.intersection(compared).area >= SHOWN_SHARE * geom.area)


def _stands(known: Known) -> bool:
    return not (known.demolition or known.gone)


def _cleared(detections: Sequence[Detection], known: Sequence[Known]) -> dict[int, BaseGeometry]:
    """The cleared ground on each standing structure that demolitions touch."""
    gone = shapely.union_all([each.geom for each in detections if each.kind == "demolished"])
    standing = [place for place, each in enumerate(known) if _stands(each) and each.geom.intersects(gone)]
    shared = {place: known[place].geom.intersection(gone) for place in standing}
    return {place: each for place, each in shared.items() if each.area >= TOUCHED_M2}


def _target(
    each: Detection, known: Sequence[Known], cleared: dict[int, BaseGeometry], baseline: Flight
) -> int | None:
    """The known structure that a detection speaks of: the one with which it shares most ground."""
    if each.kind == "demolished":
        # compared with a flight before that demolition, the detector must find it again
        places = [n for n, old in enumerate(known) if old.demolition and baseline < old.changed_on]
    else:
        places = [n for n, old in enumerate(known) if _stands(old)
                  and not (n in cleared and _is_cleared(old.geom, cleared[n]))]  # fmt: skip
    scored = [(contact(each, known[n].geom), -n) for n in places]
    best = max(scored, default=(0.0, 0))
    return -best[1] if best[0] > 0 else None


def contact(each: Detection, geom: BaseGeometry) -> float:
    """Ground shared (m²) where the two belong together, else 0."""
    if each.geom.distance(geom) > TOUCH_M:
        return 0.0
    if same_structure(each.geom, geom):
        return float(each.geom.intersection(geom).area) + 1e-6
    if each.kind == "extended":
        return float(each.geom.intersection(geom.buffer(TOUCH_M)).area)
    return 0.0


def _glimpse(
    flight: Flight, baseline: Flight, known: Known, heard: list[Detection], cleared: BaseGeometry | None
) -> Glimpse | None:
    """All that a flight's detections say of one structure."""
    if cleared is not None and (not heard or _is_cleared(known.geom, cleared)):
        return Glimpse(flight, baseline, "demolished", _areas(cleared))
    if not heard:
        return None
    growth = [each for each in heard if each.kind in GROWTH] or heard
    kind = min(each.kind for each in growth)
    heights = [each.height_change_m for each in growth if each.height_change_m is not None]
    found = shapely.union_all(sorted((each.geom for each in growth), key=shapely.to_wkb))
    return Glimpse(flight, baseline, kind, found, max(heights, default=None))


def _areas(geom: BaseGeometry) -> BaseGeometry:
    """Without the lines and points that an intersection may leave."""
    return shapely.union_all([part for part in shapely.get_parts(geom) if part.area > 0])


def _explains(known: Known, glimpse: Glimpse, flight: Flight) -> bool:
    """Whether a known structure's own row says enough of what was found on it."""
    if known.demolition or not known.judged or flight <= known.changed_on:
        return True
    told = _next(Seen(State.UNCHANGED, known.geom), known.seen_on, glimpse)
    return told.state is State.UNCHANGED and glimpse.kind in GROWTH


def _followed(each: Detection, known: Sequence[Known]) -> int | None:
    """The structure on whose ground a row of its own lies: the standing ones first, most ground first."""
    scored = [
        (_stands(old), each.geom.intersection(old.geom).area, -n)
        for n, old in enumerate(known)
        if not old.demolition and (contact(each, old.geom) > 0 or shares(each.geom, old.geom))
    ]
    return -max(scored)[2] if scored else None


def shares(a: BaseGeometry, b: BaseGeometry) -> bool:
    """Whether a tenth of the smaller one lies in the other."""
    return bool(a.intersection(b).area >= 0.1 * min(a.area, b.area))
