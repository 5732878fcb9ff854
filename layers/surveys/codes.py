"""Code lists of surveys."""

from __future__ import annotations

from layers.layer import codes

__all__ = ["FILE_KINDS", "STATUSES"]

STATUSES = codes(
    ("draft", "待上传", "waiting for files"),
    ("queued", "排队中", "queued"),
    ("processing", "处理中", "processing"),
    ("done", "已完成", "done"),
    ("refused", "已拒收", "refused"),
    ("failed", "处理失败", "failed"),
)
FILE_KINDS = codes(("ortho", "正射影像", "orthophoto"), ("dsm", "数字表面模型", "surface model"))
