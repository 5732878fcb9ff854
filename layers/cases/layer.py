"""How cases are published: to staff, the party to officers and administrators."""

from __future__ import annotations

from layers.cases.codes import CASE_STATUSES, ROUTES
from layers.fields import code, coded, day, person, refers, synthetic, updated
from layers.layer import STAFF, Field, Layer, Style, Text

__all__ = ["CASES"]

CASES = Layer(
    id="cases",
    title=Text("执法案件", "Cases"),
    description=Text(
        "执法案件及其法定步骤日期。", "Enforcement cases and the days of their statutory steps."
    ),
    group="enforcement",
    table="cases",
    geometry="Point",
    fields=(
        code("案号", "Case number"),
        Field("title", Text("案由", "Subject"), required=True),
        coded("status", "状态", "Status", CASE_STATUSES),
        coded("route", "适用条款", "Legal basis", ROUTES, in_tiles=False),
        person("party_name", "当事人", "Party"),
        day("filed_on", "立案日期", "Filed", required=True),
        day("reviewed_on", "法制审核日期", "Legal review"),
        day("decided_on", "决定日期", "Decided"),
        day("closed_on", "结案日期", "Closed"),
        Field("fine_yuan", Text("罚款", "Fine"), type="number", unit="元"),
        refers("illegal_building_id", "违法建设", "Illegal building", "illegal_buildings", shows="code"),
        refers("handler_id", "承办单位", "Handled by", "organisations"),
        refers("division_id", "区划", "Division", "divisions"),
        *updated(),
        synthetic(),
    ),
    style=Style("#8e2a2a", "#e58f8f", "cross", 5),
    label="code",
    min_zoom=11,
    label_zoom=15,
    visible_to=STAFF,
    time="filed_on",
    importable=False,
    editors=frozenset(),  # a case goes by steps of the law
)
