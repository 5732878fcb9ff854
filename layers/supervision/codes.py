"""Code lists of patrols and supervision."""

from __future__ import annotations

from layers.layer import codes

__all__ = ["PROBLEM_KINDS", "SHIFTS"]

SHIFTS = codes(("day", "日间", "day"), ("night", "夜间", "night"))
PROBLEM_KINDS = codes(
    ("appearance", "市容秩序", "street order"),
    ("sanitation", "环境卫生", "cleanliness"),
    ("facilities", "市政设施", "municipal facilities"),
    ("spoil", "渣土运输", "construction waste"),
    ("building", "违法建设", "illegal building"),
)
