"""Code lists of quality samples."""

from __future__ import annotations

from layers.layer import codes

__all__ = ["MISSED_KINDS", "SAMPLE_KINDS", "SAMPLE_VERDICTS"]

SAMPLE_KINDS = codes(
    ("empty", "空白处", "empty place"),
    ("rejected", "已排除图斑", "rejected candidate"),
)
SAMPLE_VERDICTS = codes(
    ("nothing", "确无变化", "nothing here"),
    ("missed", "有遗漏", "something missed"),
    ("unclear", "看不清", "unclear"),
)
MISSED_KINDS = codes(
    ("new", "新增", "new"),
    ("extended", "扩建", "extended"),
    ("rebuilt", "重建", "rebuilt"),
    ("demolished", "拆除", "demolished"),
    ("changed", "其他变化", "other change"),
)
