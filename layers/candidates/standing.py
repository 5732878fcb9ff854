"""What still stands of all that people said and did about a candidate: an undo takes one act away. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from layers.candidates.rules import Verdict
from layers.errors import NotAllowed, Refused

__all__ = ["JUDGEMENTS", "OUTLINE_ACTS", "Act", "may_take_back", "standing"]

JUDGEMENTS = frozenset({Verdict.ACCEPT, Verdict.REJECT})
OUTLINE_ACTS = frozenset({Verdict.REDRAW, Verdict.MERGE, Verdict.SPLIT})


@dataclass(frozen=True)
class Act:
    """A line of the reviews: a verdict, a change of the outline, or an undo of the line ``undoes``."""

    id: int
    verdict: Verdict
    person_id: int
    undoes: int | None = None
    edit_id: int | None = None


def standing(acts: Sequence[Act]) -> list[Act]:
    """The acts that nobody took back, oldest first; undos themselves are left out."""
    undone = {each.undoes for each in acts}
    return [each for each in acts if each.verdict is not Verdict.UNDO and each.id not in undone]


def may_take_back(acts: Sequence[Act], person_id: int, *, administrator: bool) -> Act:
    """The act that an undo takes back: the last one standing, and only by the person who did it.

    What others built on an act must be taken back first. An administrator may stand in for somebody who is away.
    Raises Refused, NotAllowed.
    """
    left = standing(acts)
    if not left:
        raise Refused(reason_zh="没有可以撤销的操作。", reason_en="There is nothing to undo.")
    last = left[-1]
    if last.person_id == person_id or administrator:
        return last
    if any(each.person_id == person_id for each in left):
        raise Refused(
            reason_zh="在您之后已有他人复核。须由其先撤销，您才能撤销。",
            reason_en="Somebody else has reviewed it after you; that has to be undone first, by that person.",
        )
    raise NotAllowed(
        act_zh="撤销他人的操作",
        act_en="undo what somebody else did",
        roles_zh="操作者本人、管理员",
        roles_en="of the person who did it, or administrator",
    )
