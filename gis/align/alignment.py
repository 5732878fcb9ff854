"""The value that says how AFTER lies beside BEFORE, how well that is known, and what to do with it."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gis.align.warp import Warp

__all__ = ["Alignment", "Grade", "Motion"]

Points = NDArray[np.float64]
Grade = Literal["good", "loose", "lost"]
Hint = Literal["gcj02", "bd09"]


@dataclass(frozen=True)
class Motion:
    """Where things of BEFORE appear in AFTER: moved, turned and scaled about ``centre``, and bent.

    ``shift``: metres east, north at the centre; ``turn_deg``: anticlockwise.
    """

    shift: tuple[float, float] = (0.0, 0.0)
    centre: tuple[float, float] = (0.0, 0.0)
    turn_deg: float = 0.0
    scale: float = 1.0
    warp: Warp | None = None

    @property
    def is_shift(self) -> bool:
        """Whether everything moves alike."""
        return self.turn_deg == 0 and self.scale == 1 and self.warp is None

    def displacement(self, points: Points) -> Points:
        """Displacement (n, 2) in metres of things at points (n, 2) of BEFORE, working CRS."""
        turn = math.radians(self.turn_deg)
        along, across = self.scale * math.cos(turn) - 1, self.scale * math.sin(turn)
        matrix = np.array([[along, -across], [across, along]])
        moved: Points = np.asarray(self.shift) + (points - np.asarray(self.centre)) @ matrix.T
        return moved if self.warp is None else np.asarray(moved + self.warp.displacement(points))

    def near(self, place: tuple[float, float]) -> Motion:
        """The shift, turn and scale about a place (working CRS) that come nearest to this motion there."""
        east, north = place
        star = np.array([(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)], dtype=np.float64)
        points = star + np.asarray(place)
        moved = points + self.displacement(points)
        along, up = (moved[1] - moved[2]) / 2, (moved[3] - moved[4]) / 2  # what a metre east and north become
        same, across = (along[0] + up[1]) / 2, (along[1] - up[0]) / 2
        shift = (float(moved[0, 0] - east), float(moved[0, 1] - north))
        return Motion(shift, place, math.degrees(math.atan2(across, same)), float(math.hypot(same, across)))


@dataclass(frozen=True)
class Alignment:
    """Where AFTER shows what BEFORE shows: a thing at E, N before appears at E + dx_m, N + dy_m after.

    ``dx_m``, ``dy_m``: shift at the middle of the shared ground, ``centre`` (working CRS of BEFORE).
    ``rotation_deg``: turn of AFTER about it, anticlockwise; ``scale``: its size; ``warp``: what is left
    locally. ``residual_m``: root mean square of what all that leaves over on stable ground, metres, at
    places left out of the fit; nan when unknown. ``matched_share``: tiles that agree, of those with any
    texture (``textured`` is their number), 0..1. ``tolerance_m``: how far an edge may still lie off.
    ``hint``: the shift has direction and size of the GCJ-02 or BD-09 offset here, so AFTER (or BEFORE) is
    probably in shifted coordinates.

    ``grade``: "good" (``reliable``), applied; "loose", too few tiles agree or they agree badly, applied
    only if it ``helps``; "lost", the pictures do not show the same ground at the same place.
    """

    dx_m: float
    dy_m: float
    residual_m: float
    rotation_deg: float
    matched_share: float
    reliable: bool
    hint: Hint | None = None
    scale: float = 1.0
    centre: tuple[float, float] = (0.0, 0.0)
    warp: Warp | None = None
    tolerance_m: float = 0.0
    helps: bool = False
    lost: bool = False
    textured: int = 0

    @property
    def grade(self) -> Grade:
        """How much the alignment is worth."""
        if self.reliable:
            return "good"
        return "lost" if self.lost else "loose"

    @property
    def applied(self) -> bool:
        """Whether AFTER is moved at all."""
        return self.reliable or self.helps

    @property
    def motion(self) -> Motion:
        """The motion to undo when AFTER is read; none when it is not applied."""
        if not self.applied:
            return Motion()
        return Motion((self.dx_m, self.dy_m), self.centre, self.rotation_deg, self.scale, self.warp)

    def displacement(self, points: Points) -> Points:
        """Metres east and north (n, 2) to go from points (n, 2) of BEFORE to the same things in AFTER."""
        return self.motion.displacement(np.asarray(points, dtype=np.float64).reshape(-1, 2))

    def to_json(self) -> dict[str, Any]:
        """Plain numbers, lists and names; an unknown residual is ``None``."""
        data = asdict(self)
        data["residual_m"] = None if math.isnan(self.residual_m) else self.residual_m
        data["centre"] = list(self.centre)
        data["warp"] = self.warp.to_json() if self.warp else None
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Alignment:
        """The alignment that ``to_json`` wrote."""
        east, north = data["centre"]
        residual = math.nan if data["residual_m"] is None else data["residual_m"]
        warp = Warp.from_json(data["warp"]) if data["warp"] else None
        return cls(**{**data, "centre": (east, north), "residual_m": residual, "warp": warp})
