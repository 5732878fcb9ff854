"""How permits are published."""

from __future__ import annotations

from layers.fields import area, code, coded, day, person, refers, synthetic, updated
from layers.layer import Field, Layer, Style, Text
from layers.permits.codes import PERMIT_KINDS

__all__ = ["PERMITS"]

PERMITS = Layer(
    id="permits",
    title=Text("许可", "Permits"),
    description=Text(
        "规划、临时建设与占道许可的范围；许可范围内按许可建设的不是违建。",
        "Areas of planning, temporary and occupation permits; building as permitted is no violation.",
    ),
    group="planning",
    table="permits",
    geometry="MultiPolygon",
    fields=(
        code("许可证号", "Permit number"),
        coded("kind", "类型", "Kind", PERMIT_KINDS),
        Field("project", Text("项目", "Project"), in_tiles=True, required=True),
        person("holder", "被许可人", "Holder", required=True),
        day("issued_on", "发证日期", "Issued", required=True),
        day("valid_from", "生效日期", "Valid from", required=True),
        day("valid_to", "失效日期", "Valid to"),
        area(),
        refers("division_id", "区划", "Division", "divisions", required=True),
        *updated(),
        synthetic(),
    ),
    style=Style("#2f7d3b", "#74c07f", "hatch", 1.5),
    label="project",
    min_zoom=10,
    points_below=14,
    clustered_below=14,
    label_zoom=15,
    time="issued_on",
)
