"""Code lists of illegal buildings."""

from __future__ import annotations

from layers.layer import codes

__all__ = ["SOURCES", "STATUSES", "STRUCTURES"]

STATUSES = codes(
    ("to_check", "待现场核查", "to be checked on site"),
    ("filed", "已立案", "filed"),
    ("ordered", "责令拆除", "demolition ordered"),
    ("demolished", "已拆除", "demolished"),
    ("dismissed", "已排除", "dismissed"),
)
SOURCES = codes(
    ("survey", "航飞", "drone survey"),
    ("patrol", "巡查", "patrol"),
    ("hotline", "热线", "hotline"),
    ("petition", "信访", "petition"),
)
STRUCTURES = codes(
    ("steel_sheet", "彩钢", "steel sheet"),
    ("brick", "砖混", "brick"),
    ("concrete", "钢筋混凝土", "reinforced concrete"),
    ("container", "集装箱", "container"),
    ("other", "其他", "other"),
)
