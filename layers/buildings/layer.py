"""How illegal buildings are published: to staff only, the owner to officers and administrators."""

from __future__ import annotations

from layers.buildings.codes import SOURCES, STATUSES, STRUCTURES
from layers.fields import area, code, coded, day, person, refers, synthetic, updated
from layers.layer import STAFF, Field, Layer, Style, Text

__all__ = ["ILLEGAL_BUILDINGS"]

ILLEGAL_BUILDINGS = Layer(
    id="illegal_buildings",
    title=Text("违法建设", "Illegal buildings"),
    description=Text(
        "从线索核查到拆除的违法建设；影像只是线索，立案前须现场核查。",
        "From the clue to the demolition; an image is only a clue, a check on site comes before any filing.",
    ),
    group="enforcement",
    table="illegal_buildings",
    geometry="MultiPolygon",
    fields=(
        code(),
        coded("status", "状态", "Status", STATUSES),
        coded("source", "来源", "Source", SOURCES),
        refers("candidate_id", "疑似图斑", "Candidate", "candidates", shows="code", editable=False),
        area(),
        Field("storeys", Text("层数", "Storeys"), type="integer", unit="层"),
        coded("structure", "结构", "Structure", STRUCTURES, in_tiles=False, required=False),
        person("owner_name", "当事人", "Owner"),
        day("found_on", "发现日期", "Found on", required=True),
        day("demolished_on", "拆除日期", "Demolished on"),
        Field("address", Text("地址", "Address")),
        refers("division_id", "区划", "Division", "divisions"),
        refers("grid_id", "单元网格", "Grid", "grids", shows="code"),
        *updated(),
        synthetic(),
    ),
    style=Style(
        "#c62828",
        "#ff6b60",
        "solid",
        2.0,
        "status",
        {
            "to_check": ("#c62828", "#ff6b60", "dashed"),
            "filed": ("#c62828", "#ff6b60", "hatch"),
            "ordered": ("#c62828", "#ff6b60", "solid"),
            "demolished": ("#a06a6a", "#b98c8c", "outline"),
            "dismissed": ("#8a8a8a", "#8a8a8a", "outline"),
        },
    ),
    label="code",
    min_zoom=8,
    points_below=15,
    clustered_below=14,
    label_zoom=16,
    visible_to=STAFF,
    shown_at_start=True,
    time="found_on",
    editors=frozenset(),  # its states are steps of a procedure
)
