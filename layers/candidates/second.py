"""The second pair of eyes: which verdicts take one, and what two or three verdicts come to. Pure.

Two people who agree settle a candidate. Where they disagree it is contested and waits for a third, with whom one of
the two agrees: verdicts are yes or no, so the third one always settles it. ``layers/sql/review_room.sql`` holds the
database to the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from layers.candidates.rules import Status
from layers.errors import Refused

__all__ = ["Policy", "Said", "SecondEyes", "check_policy", "contested", "settle"]


class SecondEyes(StrEnum):
    """Which verdicts take a second pair of eyes."""

    OFF = "off"
    ACCEPTED = "accepted"
    ALL = "all"
    LARGE = "large"


@dataclass(frozen=True)
class Policy:
    """The bureau's setting; ``area_m2`` from which on a candidate is large, with LARGE only."""

    eyes: SecondEyes = SecondEyes.OFF
    area_m2: Decimal | None = None

    def asks(self, outcome: Status, area_m2: float) -> bool:
        """Whether this verdict on a candidate of this size takes a second pair of eyes."""
        if self.eyes is SecondEyes.LARGE:
            return self.area_m2 is not None and area_m2 >= self.area_m2
        return self.eyes is SecondEyes.ALL or (
            self.eyes is SecondEyes.ACCEPTED and outcome is Status.ACCEPTED
        )


@dataclass(frozen=True)
class Said:
    """Which status somebody's standing verdict speaks for."""

    person_id: int
    outcome: Status


def check_policy(policy: Policy) -> None:
    """An area belongs to LARGE and to nothing else. Raises Refused."""
    if (policy.eyes is SecondEyes.LARGE) != (policy.area_m2 is not None):
        raise Refused(
            reason_zh="只有选择“面积大的”时才填写面积，且必须填写。",
            reason_en="An area is given with “what is large”, and only then.",
        )
    if policy.area_m2 is not None and policy.area_m2 <= 0:
        raise Refused(reason_zh="面积必须大于 0。", reason_en="The area has to be more than 0.")


def contested(said: Sequence[Said]) -> bool:
    """Whether the verdicts so far contradict one another and none has a majority."""
    return len({each.outcome for each in said}) == 2 and len(said) == 2


def settle(policy: Policy, said: Sequence[Said], mine: Said, area_m2: float) -> Status:
    """The status after one more verdict. Raises Refused where its author has judged the candidate already."""
    if any(each.person_id == mine.person_id for each in said):
        raise Refused(
            reason_zh="您已经给出结论，须由另一人复核。",
            reason_en="You have given your verdict; another person has to look at it now.",
        )
    if not said:
        return Status.SECOND if policy.asks(mine.outcome, area_m2) else mine.outcome
    agreed = any(each.outcome is mine.outcome for each in said)
    return mine.outcome if agreed else Status.SECOND
