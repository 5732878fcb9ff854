"""What about a photograph a person should look at: clues, never a verdict. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from layers.layer import STAFF
from layers.people.rules import Role
from layers.timezone import SHANGHAI

__all__ = ["FAR_M", "SENDERS", "VIEWERS", "Clue", "Facts", "clues"]

SENDERS = STAFF
"""Who checks on site or reports incidents."""
VIEWERS = frozenset({Role.REVIEWER, Role.OFFICER, Role.ADMINISTRATOR})
"""Who sees everybody's; others see what they sent."""

FAR_M = 150.0
"""Across a large yard with a phone's error among buildings; farther off it may show another place."""
OTHER_TIME = timedelta(minutes=30)
# Programs whose name in the tag «Software» says that the picture went through them; a phone writes its system there
_EDITORS = re.compile(
    r"photoshop|lightroom|gimp|snapseed|picsart|meitu|美图|美颜|醒图|xingtu|facetune|pixelmator|affinity|canva|vsco|"
    r"paint\.net|acdsee|photoscape|imagemagick|水印",
    re.IGNORECASE,
)


class Clue(StrEnum):
    """Something to look at."""

    FAR = "far"
    OTHER_TIME = "other_time"
    NO_PLACE = "no_place"
    NO_TIME = "no_time"
    EDITED = "edited"
    NOT_HASHED = "not_hashed"


@dataclass(frozen=True)
class Facts:
    """``distance_m`` from the site's outline (0 inside), EPSG:4548; None without a place or a site."""

    hashed: bool
    placed: bool
    distance_m: float | None
    taken_at: datetime | None
    clock: datetime | None
    software: str | None
    checked_at: datetime | None


def clues(seen: Facts) -> list[Clue]:
    """What to look at, in a fixed order. A clock without an offset is taken as the time in China."""
    found = []
    taken = seen.taken_at or (seen.clock.replace(tzinfo=SHANGHAI) if seen.clock else None)
    if not seen.placed:
        found.append(Clue.NO_PLACE)
    elif seen.distance_m is not None and seen.distance_m > FAR_M:
        found.append(Clue.FAR)
    if taken is None:
        found.append(Clue.NO_TIME)
    elif seen.checked_at is not None and abs(taken - seen.checked_at) > OTHER_TIME:
        found.append(Clue.OTHER_TIME)
    if seen.software and _EDITORS.search(seen.software):
        found.append(Clue.EDITED)
    if not seen.hashed:
        found.append(Clue.NOT_HASHED)
    return found
