"""Code lists of enforcement cases."""

from __future__ import annotations

from layers.layer import codes

__all__ = ["CASE_STATUSES", "ROUTES"]

CASE_STATUSES = codes(
    ("filed", "已立案", "filed"),
    ("reviewed", "法制审核", "legal review"),
    ("decided", "已决定", "decided"),
    ("enforcing", "强制执行中", "being enforced"),
    ("closed", "已结案", "closed"),
    ("revoked", "已撤销", "revoked"),
)
ROUTES = codes(
    ("planning_64", "城乡规划法第六十四条", "planning act, article 64"),
    ("planning_65", "城乡规划法第六十五条", "planning act, article 65"),
    ("planning_66", "城乡规划法第六十六条", "planning act, article 66"),
    ("land_77", "土地管理法第七十七条", "land act, article 77"),
    ("land_78", "土地管理法第七十八条", "land act, article 78"),
    ("appearance", "市容管理规定", "street order rules"),
)
