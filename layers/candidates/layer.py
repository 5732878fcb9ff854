"""How candidates are published: to staff; a suspicion is nothing for the public."""

from __future__ import annotations

from layers.candidates.codes import DISMISSALS, KINDS, METHODS, STATUSES
from layers.fields import area, code, coded, refers, synthetic, updated
from layers.layer import STAFF, Field, Layer, Style, Text

__all__ = ["CANDIDATES"]

CANDIDATES = Layer(
    id="candidates",
    title=Text("疑似图斑", "Candidates"),
    description=Text(
        "航飞影像变化检测得到的疑似违建图斑；仅为线索。复核按优先级排序；在有效许可范围内或此前已排除的移出队列，可随时放回。",
        "Suspected illegal buildings from the comparison of two flights; clues only. The queue is in the order of "
        "priority; what a valid permit covers, or what was rejected before, waits aside and can be put back.",
    ),
    group="enforcement",
    table="candidates",
    geometry="MultiPolygon",
    fields=(
        code("图斑号", "Candidate"),
        coded("kind", "变化", "Change", KINDS),
        coded("status", "状态", "Status", STATUSES),
        Field("priority", Text("优先级", "Priority"), type="number", in_tiles=True, required=True),
        Field("confidence", Text("置信度", "Confidence"), type="number", in_tiles=True, required=True),
        area(),
        Field("height_change_m", Text("高度变化", "Height change"), type="number", unit="m"),
        coded("method", "方法", "Method", METHODS, in_tiles=False),
        Field("model", Text("检测模型", "Detection model")),
        Field("threshold", Text("判定阈值", "Threshold"), type="number"),
        coded("dismissed", "移出队列原因", "Set aside because", DISMISSALS, required=False),
        refers("dismissed_for_id", "参照图斑", "Rejected earlier as", "candidates", shows="code"),
        refers("put_back_by", "放回人", "Put back by", "people", shows="display_name"),
        Field("put_back_at", Text("放回时间", "Put back at"), type="datetime"),
        Field(
            "known_structure",
            Text("增长核查", "Growth check"),
            type="boolean",
            required=True,
        ),
        refers("follows_id", "承接图斑", "Follows", "candidates", shows="code"),
        refers("replaced_by_id", "并入图斑", "Merged into", "candidates", shows="code"),
        refers("survey_id", "后期航飞", "Seen by flight", "surveys", shows="code", required=True),
        refers("first_survey_id", "首次发现", "First seen by", "surveys", shows="code", required=True),
        refers("baseline_id", "前期航飞", "Compared with", "surveys", shows="code"),
        refers("grid_id", "单元网格", "Grid", "grids", shows="code"),
        refers("division_id", "区划", "Division", "divisions"),
        refers("permit_id", "许可", "Permit", "permits", shows="code"),
        refers("planning_area_id", "规划区", "Planning area", "planning_areas"),
        refers("illegal_building_id", "违法建设", "Illegal building", "illegal_buildings", shows="code"),
        *updated(),
        synthetic(),
    ),
    style=Style(
        "#c2188f",
        "#ff7bd5",
        "dashed",
        2.0,
        "status",
        {
            "pending": ("#c2188f", "#ff7bd5", "dashed"),
            "second": ("#c2188f", "#ff7bd5", "hatch"),
            "accepted": ("#c2188f", "#ff7bd5", "solid"),
            "rejected": ("#9a8494", "#9a8494", "outline"),
            "replaced": ("#9a8494", "#9a8494", "dot"),
        },
    ),
    label="code",
    min_zoom=8,
    points_below=15,
    clustered_below=14,
    label_zoom=17,
    visible_to=STAFF,
    importable=False,
    shown_at_start=True,
    editors=frozenset(),
)
