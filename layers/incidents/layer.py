"""How incidents are published: to staff."""

from __future__ import annotations

from layers.fields import code, coded, refers, synthetic, updated
from layers.incidents.codes import INCIDENT_KINDS, INCIDENT_SOURCES, INCIDENT_STATUSES
from layers.layer import STAFF, Field, Layer, Style, Text

__all__ = ["INCIDENTS"]

INCIDENTS = Layer(
    id="incidents",
    title=Text("事部件", "Incidents"),
    description=Text("城市管理事件和部件案件。", "Event and component cases of the city platform."),
    group="street",
    table="incidents",
    geometry="Point",
    fields=(
        code("案件号", "Number"),
        coded("kind", "大类", "Kind", INCIDENT_KINDS),
        Field(
            "category_code",
            Text("类别代码", "Category code"),
            column="category_id",
            references="codes",
            shows="value",
            required=True,
        ),
        Field(
            "category",
            Text("类别", "Category"),
            column="category_id",
            references="codes",
            shows="title_zh",
            editable=False,
        ),
        coded("source", "来源", "Source", INCIDENT_SOURCES, in_tiles=False),
        coded("status", "状态", "Status", INCIDENT_STATUSES),
        Field("description", Text("描述", "Description")),
        Field("address", Text("地址", "Address")),
        Field("accepted_at", Text("受理时间", "Accepted"), type="datetime", required=True),
        Field("filed_at", Text("立案时间", "Filed"), type="datetime"),
        Field("dispatched_at", Text("派遣时间", "Dispatched"), type="datetime"),
        Field("due_at", Text("处置时限", "Due"), type="datetime"),
        Field("handled_at", Text("处置时间", "Handled"), type="datetime"),
        Field("closed_at", Text("结案时间", "Closed"), type="datetime"),
        Field("platform_code", Text("平台案卷号", "Platform number"), unique=True),
        refers("handler_id", "处置单位", "Handler", "organisations"),
        refers("division_id", "区划", "Division", "divisions"),
        refers("grid_id", "单元网格", "Grid", "grids", shows="code"),
        *updated(),
        synthetic(),
    ),
    style=Style(
        "#3b5bdb",
        "#91a7ff",
        "dot",
        3,
        "status",
        {
            "accepted": ("#3b5bdb", "#91a7ff", "cross"),
            "filed": ("#3b5bdb", "#91a7ff", "cross"),
            "dispatched": ("#3b5bdb", "#91a7ff", "outline"),
            "handling": ("#3b5bdb", "#91a7ff", "outline"),
            "handled": ("#6b7bb5", "#7d8cc4", "dot"),
            "closed": ("#8790ab", "#6a7494", "dot"),
            "evaluated": ("#8790ab", "#6a7494", "dot"),
            "suspended": ("#6b7bb5", "#7d8cc4", "outline"),
            "declined": ("#8790ab", "#6a7494", "dot"),
            "revoked": ("#8790ab", "#6a7494", "dot"),
        },
    ),
    label="code",
    min_zoom=8,
    clustered_below=14,
    label_zoom=18,
    visible_to=STAFF,
    time="accepted_at",
    editors=frozenset(),
)
