"""What an indicator counts: the same conditions make the figure and the list that it opens.

受理 accepted in the period; 立案 those of them that were filed by its end. 应结案: filed incidents whose limit ends within
the period, without those voided or on hold; 结案 those of them closed by its end; 按期结案 those closed within the
limit. CJ/T 292 and GB/T 30428.4 name the rates without saying which incidents of a period must be closed; this is
our reading of 应结案, and the page says so.
"""

from __future__ import annotations

from typing import Literal, get_args

__all__ = ["CONDITIONS", "COUNTED", "DAYS", "Counted"]

Counted = Literal["accepted", "filed", "due", "closed", "on_time"]
COUNTED: tuple[Counted, ...] = get_args(Counted)

DAYS = {
    "starts": "(CAST(:first AS date)::timestamp AT TIME ZONE 'Asia/Shanghai')",
    "ends": "((CAST(:last AS date) + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')",
}
"""The period from the first moment of :first up to the end of :last, China's days."""

_ACCEPTED = f"(i.accepted_at >= {DAYS['starts']} AND i.accepted_at < {DAYS['ends']})"
_DUE = (
    f"(i.filed_at IS NOT NULL AND i.due_at >= {DAYS['starts']} AND i.due_at < {DAYS['ends']} "
    "AND i.status NOT IN ('revoked', 'suspended'))"
)
_CLOSED = f"({_DUE} AND i.closed_at < {DAYS['ends']})"

CONDITIONS: dict[Counted, str] = {
    "accepted": _ACCEPTED,
    "filed": f"({_ACCEPTED} AND i.filed_at < {DAYS['ends']})",
    "due": _DUE,
    "closed": _CLOSED,
    "on_time": f"({_CLOSED} AND i.closed_at <= i.due_at)",
}
"""SQL over ``incidents AS i`` with the dates :first and :last."""
