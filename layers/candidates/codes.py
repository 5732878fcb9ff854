"""Code lists of candidates and reviews."""

from __future__ import annotations

from layers.layer import codes

__all__ = ["KINDS", "REJECT_REASONS", "STATUSES", "VERDICTS"]

KINDS = codes(
    ("new", "新增", "new"),
    ("demolished", "拆除", "demolished"),
    ("extended", "扩建", "extended"),
    ("changed", "改变", "changed"),
)
STATUSES = codes(
    ("pending", "待复核", "pending"), ("accepted", "已采纳", "accepted"), ("rejected", "已排除", "rejected")
)
VERDICTS = codes(("accept", "采纳", "accept"), ("reject", "排除", "reject"), ("undo", "撤回", "undo"))
REJECT_REASONS = codes(
    ("shadow", "阴影", "shadow"),
    ("vehicle", "车辆", "vehicle"),
    ("tarpaulin", "篷布或遮阳网", "tarpaulin"),
    ("crop", "作物或植被", "crop or vegetation"),
    ("permitted", "已有许可", "permitted"),
    ("not_building", "非建筑物", "not a building"),
    ("misaligned", "影像错位", "images misaligned"),
    ("duplicate", "重复图斑", "duplicate"),
    ("other", "其他", "other"),
)
