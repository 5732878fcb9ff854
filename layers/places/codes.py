"""Code lists of places."""

from __future__ import annotations

from layers.layer import codes

__all__ = [
    "DIVISION_KINDS",
    "DIVISION_LEVELS",
    "ORGANISATION_KINDS",
    "PLANNING_KINDS",
    "ROAD_CLASSES",
    "ROAD_SURFACES",
]

DIVISION_LEVELS = codes(
    ("district", "县区级", "district"),
    ("township", "乡镇级", "township level"),
    ("community", "村级", "village level"),
)
DIVISION_KINDS = codes(
    ("district", "区", "district"),
    ("street", "街道", "street"),
    ("town", "镇", "town"),
    ("township", "乡", "township"),
    ("zone", "开发区", "development zone"),
    ("community", "社区", "community"),
    ("village", "村", "village"),
)
ORGANISATION_KINDS = codes(
    ("bureau", "城管局", "bureau"),
    ("team", "大队/中队", "team"),
    ("government", "街道/乡镇政府", "street or township government"),
    ("zone", "开发区管委会", "development zone committee"),
    ("company", "养护企业", "maintenance company"),
)
PLANNING_KINDS = codes(
    ("town", "城镇规划区", "town planning area"),
    ("village", "乡、村庄规划区", "township and village planning area"),
    ("farmland", "永久基本农田", "permanent basic farmland"),
)
ROAD_CLASSES = codes(
    ("main", "主干道", "main road"),
    ("secondary", "次干道", "secondary road"),
    ("branch", "支路", "branch road"),
    ("rural", "县乡道", "county or township road"),
)
ROAD_SURFACES = codes(
    ("asphalt", "沥青", "asphalt"),
    ("concrete", "水泥", "concrete"),
    ("gravel", "砂石", "gravel"),
)
