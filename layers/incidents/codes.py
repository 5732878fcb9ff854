"""Code lists of incidents and of requests. The event and component codes are data: data/codes."""

from __future__ import annotations

from layers.layer import codes

__all__ = [
    "GRADES",
    "INCIDENT_KINDS",
    "INCIDENT_SOURCES",
    "INCIDENT_STATUSES",
    "LIGHTS",
    "LIMIT_UNITS",
    "REQUEST_KINDS",
]

INCIDENT_KINDS = codes(("event", "事件", "event"), ("component", "部件", "component"))
INCIDENT_SOURCES = codes(
    ("inspector", "监督员上报", "inspector"),
    ("public", "公众举报", "public"),
    ("video", "视频采集", "video"),
    ("hotline", "热线转办", "hotline"),
)
INCIDENT_STATUSES = codes(
    ("accepted", "已受理", "accepted"),
    ("filed", "已立案", "filed"),
    ("dispatched", "已派遣", "dispatched"),
    ("handling", "处理中", "being handled"),
    ("handled", "已处置", "handled"),
    ("closed", "已结案", "closed"),
    ("evaluated", "已评价", "evaluated"),
    ("suspended", "挂账", "put on hold"),
    ("declined", "不予立案", "not filed"),
    ("revoked", "作废", "voided"),
)
LIMIT_UNITS = codes(
    ("hours", "小时", "hours"),
    ("days", "日", "days"),
    ("working_hours", "工作时", "working hours"),
    ("working_days", "工作日", "working days"),
)
LIGHTS = codes(
    ("green", "期限内", "in time"),
    ("amber", "即将到期", "due soon"),
    ("red", "已超期", "overdue"),
    ("met", "按期结案", "closed in time"),
    ("missed", "超期结案", "closed late"),
    ("none", "不计时", "no limit runs"),
)
GRADES = codes(
    ("excellent", "优秀", "excellent"),
    ("good", "良好", "good"),
    ("fair", "合格", "fair"),
    ("poor", "不合格", "poor"),
)
REQUEST_KINDS = codes(("petition", "信访", "petition"), ("hotline", "热线", "hotline"))
