"""Code lists of alarms."""

from __future__ import annotations

from layers.layer import codes

__all__ = ["CLOSED_FOR", "KINDS", "STATUSES", "SURENESS"]

KINDS = codes(
    ("standing", "仍未拆除", "still standing"),
    ("gone", "已不见", "gone"),
    ("grew", "扩大或加高", "grew"),
    ("rebuilt", "拆后重建", "built again"),
)
STATUSES = codes(
    ("noted", "仅记录", "noted"),
    ("open", "待处理", "open"),
    ("closed", "已处理", "closed"),
)
SURENESS = codes(
    ("high", "把握较大", "fairly sure"),
    ("medium", "把握一般", "moderately sure"),
    ("low", "把握较小", "not sure"),
)
CLOSED_FOR = codes(
    ("person", "人工处理", "a person closed it"),
    ("site_check", "已现场核查", "checked on site"),
    ("verdict", "图斑已复核", "its candidate was reviewed"),
    ("demolished", "已登记拆除", "demolition recorded"),
    ("later_flight", "以后期航飞为准", "a later flight says more"),
)
