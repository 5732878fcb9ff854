"""Code lists of bulletins."""

from __future__ import annotations

from layers.layer import codes

__all__ = ["FILE_ROLES", "KINDS", "STATUSES"]

KINDS = codes(
    ("supervision", "督查通报", "supervision notice"),
    ("violations", "违建管控专报", "bulletin on illegal building"),
)
STATUSES = codes(
    ("draft", "草稿", "draft"),
    ("submitted", "待审核", "waiting for approval"),
    ("approved", "已审核", "approved"),
    ("published", "已发布", "published"),
    ("withdrawn", "已撤回", "withdrawn"),
)
FILE_ROLES = codes(("picture", "图片", "picture"), ("document", "文件", "document"))
