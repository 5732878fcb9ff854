"""How stall clusters and stalls are published."""

from __future__ import annotations

from layers.fields import ENFORCERS, code, coded, day, name, person, refers, synthetic, updated
from layers.layer import STAFF, Field, Layer, Style, Text
from layers.stalls.codes import CLUSTER_KINDS, CLUSTER_STATUSES, GOODS, HARDSHIPS, UPGRADES

__all__ = ["STALLS", "STALL_CLUSTERS"]

STALL_CLUSTERS = Layer(
    id="stall_clusters",
    title=Text("摊点群", "Stall clusters"),
    description=Text(
        "临时固定摊点群、早餐点、夜市和便民服务点。",
        "Temporary fixed clusters, breakfast, night-market and service points.",
    ),
    group="street",
    table="stall_clusters",
    geometry="MultiPolygon",
    fields=(
        code(),
        name(),
        coded("kind", "类型", "Kind", CLUSTER_KINDS),
        coded("status", "状态", "Status", CLUSTER_STATUSES),
        coded("upgrade", "提档升级", "Upgrade", UPGRADES),
        day("opened_on", "设置日期", "Opened on", required=True),
        day("closed_on", "撤销日期", "Closed on"),
        Field("opens_at", Text("开摊时间", "Opens at"), type="time", required=True),
        Field("closes_at", Text("收摊时间", "Closes at"), type="time", required=True),
        Field("capacity", Text("摊位数", "Stalls"), type="integer", unit="个", in_tiles=True, required=True),
        Field("address", Text("地址", "Address")),
        refers("division_id", "区划", "Division", "divisions", required=True),
        refers("grid_id", "单元网格", "Grid", "grids", shows="code"),
        refers("manager_id", "管理单位", "Manager", "organisations", required=True),
        *updated(),
        synthetic(),
    ),
    style=Style(
        "#b26a00",
        "#f5b041",
        "solid",
        1.5,
        "kind",
        {
            "cluster": ("#b26a00", "#f5b041", "solid"),
            "breakfast": ("#c98a1b", "#f7c873", "hatch"),
            "night_market": ("#8f5200", "#d98e1f", "cross"),
            "service": ("#b26a00", "#f5b041", "outline"),
        },
    ),
    label="name",
    min_zoom=8,
    points_below=15,
    clustered_below=14,
    label_zoom=15,
    shown_at_start=True,
    time="opened_on",
)

STALLS = Layer(
    id="stalls",
    title=Text("摊位", "Stalls"),
    description=Text("摊点群内的摊位及经营者。", "Stalls of the clusters and who holds them."),
    group="street",
    table="stalls",
    geometry="Point",
    fields=(
        code(),
        refers("cluster_id", "摊点群", "Cluster", "stall_clusters", shows="code", required=True),
        Field("number", Text("摊位号", "Number"), type="integer", in_tiles=True, required=True),
        coded("goods", "经营类别", "Goods", GOODS),
        person("holder_name", "经营者", "Holder", required=True),
        person("phone", "电话", "Phone"),
        Field(
            "hardship",
            Text("就业帮扶", "Hardship"),
            type="code",
            codes=HARDSHIPS,
            visible_to=ENFORCERS,
            required=True,
            personal=True,
        ),
        day("since", "入驻日期", "Since", required=True),
        *updated(),
        synthetic(),
    ),
    style=Style("#c47a0a", "#f8bf5e", "dot", 3),
    label="number",
    min_zoom=15,
    label_zoom=17,
    visible_to=STAFF,
    time="since",
)
