"""Code lists of candidates and reviews."""

from __future__ import annotations

from layers.layer import codes

__all__ = [
    "DISMISSALS",
    "KINDS",
    "METHODS",
    "OUTLINE_ACTS",
    "REJECT_REASONS",
    "SECOND_EYES",
    "STATES",
    "STATUSES",
    "VERDICTS",
]

KINDS = codes(
    ("new", "新增", "new"),
    ("demolished", "拆除", "demolished"),
    ("extended", "扩建", "extended"),
    ("rebuilt", "重建", "rebuilt"),
    ("changed", "改变", "changed"),
)
METHODS = codes(
    ("learned", "学习模型", "learned model"),
    ("surface", "高度差", "height difference"),
    ("fused", "融合", "fused: model and heights"),
    ("difference", "影像差异", "image difference"),
)
STATES = codes(
    ("appeared", "首次发现", "first seen"),
    ("grew", "扩大", "grew"),
    ("unchanged", "未变", "unchanged"),
    ("gone", "消失", "gone"),
)
DISMISSALS = codes(
    ("permitted", "有效许可范围内", "within a valid permit"),
    ("rejected_before", "此前已排除", "rejected before"),
)
STATUSES = codes(
    ("pending", "待复核", "pending"),
    ("second", "待二次复核", "waiting for a second pair of eyes"),
    ("accepted", "已采纳", "accepted"),
    ("rejected", "已排除", "rejected"),
    ("replaced", "已并入其他图斑", "merged into another"),
)
OUTLINE_ACTS = codes(("redraw", "重绘", "redraw"), ("merge", "合并", "merge"), ("split", "分割", "split"))
VERDICTS = (
    *codes(("accept", "采纳", "accept"), ("reject", "排除", "reject"), ("undo", "撤回", "undo")),
    *OUTLINE_ACTS,
)
SECOND_EYES = codes(
    ("off", "不要求", "never"),
    ("accepted", "采纳的", "what is accepted"),
    ("all", "全部", "every verdict"),
    ("large", "面积大的", "what is large"),
)
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
