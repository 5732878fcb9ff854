"""Code lists of the sewage network."""

from __future__ import annotations

from layers.layer import codes

__all__ = ["COVERS", "OUTFALL_KINDS", "PIPE_MATERIALS", "PIPE_ROLES", "PLANT_KINDS", "STANDARDS", "SYSTEMS"]

PLANT_KINDS = codes(("plant", "污水处理厂", "sewage plant"), ("station", "污水处理站", "sewage station"))
STANDARDS = codes(("1A", "一级A", "class 1 A"), ("1B", "一级B", "class 1 B"))
PIPE_ROLES = codes(("main", "主管", "main"), ("branch", "支管", "branch"))
SYSTEMS = codes(("sewage", "污水", "sewage"), ("combined", "合流", "combined"), ("rain", "雨水", "rain"))
PIPE_MATERIALS = codes(
    ("hdpe", "HDPE双壁波纹管", "corrugated HDPE"),
    ("concrete", "钢筋混凝土管", "reinforced concrete"),
    ("ductile_iron", "球墨铸铁管", "ductile iron"),
    ("pe", "PE实壁管", "solid-wall PE"),
)
COVERS = codes(("ductile_iron", "球墨铸铁", "ductile iron"), ("composite", "复合材料", "composite"))
OUTFALL_KINDS = codes(
    ("effluent", "尾水排放口", "effluent outfall"), ("overflow", "溢流排放口", "overflow outfall")
)
