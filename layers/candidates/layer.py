"""How candidates are published: to staff; a suspicion is nothing for the public."""

from __future__ import annotations

from layers.candidates.codes import KINDS, STATUSES
from layers.fields import area, code, coded, refers, synthetic, updated
from layers.layer import STAFF, Field, Layer, Style, Text

__all__ = ["CANDIDATES"]

CANDIDATES = Layer(
    id="candidates",
    title=Text("疑似图斑", "Candidates"),
    description=Text(
        "航飞影像变化检测得到的疑似违建图斑；仅为线索。",
        "Suspected illegal buildings from the comparison of two flights; clues only.",
    ),
    group="enforcement",
    table="candidates",
    geometry="MultiPolygon",
    fields=(
        code("图斑号", "Candidate"),
        coded("kind", "变化", "Change", KINDS),
        coded("status", "状态", "Status", STATUSES),
        Field("confidence", Text("置信度", "Confidence"), type="number", in_tiles=True, required=True),
        area(),
        Field("height_change_m", Text("高度变化", "Height change"), type="number", unit="m"),
        Field("method", Text("方法", "Method"), required=True),
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
            "accepted": ("#c2188f", "#ff7bd5", "solid"),
            "rejected": ("#9a8494", "#9a8494", "outline"),
        },
    ),
    label="code",
    min_zoom=8,
    points_below=15,
    label_zoom=17,
    visible_to=STAFF,
    importable=False,
    shown_at_start=True,
)
