"""Code lists of incidents and of requests. The event and component codes are data: data/codes."""

from __future__ import annotations

from layers.layer import codes

__all__ = ["INCIDENT_KINDS", "INCIDENT_SOURCES", "INCIDENT_STATUSES", "REQUEST_KINDS"]

INCIDENT_KINDS = codes(("event", "事件", "event"), ("component", "部件", "component"))
INCIDENT_SOURCES = codes(
    ("inspector", "监督员上报", "inspector"),
    ("public", "公众举报", "public"),
    ("video", "视频采集", "video"),
    ("hotline", "热线转办", "hotline"),
)
INCIDENT_STATUSES = codes(
    ("accepted", "已受理", "accepted"),
    ("dispatched", "已派遣", "dispatched"),
    ("handled", "已处置", "handled"),
    ("closed", "已结案", "closed"),
)
REQUEST_KINDS = codes(("petition", "信访", "petition"), ("hotline", "热线", "hotline"))
