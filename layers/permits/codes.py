"""Code lists of permits and approvals."""

from __future__ import annotations

from layers.layer import codes

__all__ = ["APPROVAL_KINDS", "APPROVAL_OUTCOMES", "PERMIT_KINDS"]

PERMIT_KINDS = codes(
    ("building", "建设工程规划许可", "construction planning permit"),
    ("village_building", "乡村建设规划许可", "village construction planning permit"),
    ("temporary", "临时建设许可", "permit for a temporary structure"),
    ("occupation", "占道许可", "permit to occupy a road"),
)
APPROVAL_KINDS = codes(
    ("signboard", "户外广告及招牌设置", "signboard or outdoor advertising"),
    ("occupation", "临时占用道路", "temporary occupation of a road"),
    ("excavation", "道路挖掘", "road excavation"),
    ("spoil", "建筑垃圾处置", "disposal of construction waste"),
    ("drainage", "污水排入排水管网", "discharge into the sewers"),
    ("greenery", "占用绿地及树木修剪", "use of green land, pruning of trees"),
)
APPROVAL_OUTCOMES = codes(("approved", "准予", "approved"), ("refused", "不予", "refused"))
