"""Code lists of stall clusters and stalls."""

from __future__ import annotations

from layers.layer import codes

__all__ = ["CLUSTER_KINDS", "CLUSTER_STATUSES", "GOODS", "HARDSHIPS", "UPGRADES"]

CLUSTER_KINDS = codes(
    ("cluster", "临时固定摊点群", "temporary fixed stall cluster"),
    ("breakfast", "早餐点", "breakfast point"),
    ("night_market", "夜市", "night market"),
    ("service", "便民服务点", "service point"),
)
CLUSTER_STATUSES = codes(
    ("planned", "规划中", "planned"), ("open", "开放", "open"), ("closed", "已撤销", "closed")
)
UPGRADES = codes(
    ("none", "未列入", "not listed"),
    ("planned", "已列入批次", "in a batch"),
    ("done", "已提档升级", "upgraded"),
)
GOODS = codes(
    ("food", "小吃餐饮", "snacks"),
    ("produce", "蔬果农产品", "fruit and vegetables"),
    ("daily", "日用百货", "daily goods"),
    ("clothing", "服装鞋帽", "clothing"),
    ("repair", "修配服务", "repairs"),
)
HARDSHIPS = codes(
    ("none", "无", "none"),
    ("low_income", "低保或困难户", "low-income household"),
    ("unemployed", "失业人员", "unemployed"),
    ("disabled", "残疾人", "disabled"),
)
