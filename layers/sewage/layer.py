"""How the sewage network is published. Plants and outfalls to everyone, the network itself to staff."""

from __future__ import annotations

from layers.fields import code, coded, day, name, refers, synthetic, updated
from layers.layer import STAFF, Field, Layer, Style, Text
from layers.sewage.codes import (
    COVERS,
    OUTFALL_KINDS,
    PIPE_MATERIALS,
    PIPE_ROLES,
    PLANT_KINDS,
    STANDARDS,
    SYSTEMS,
)

__all__ = ["MANHOLES", "OUTFALLS", "PIPES", "PLANTS", "PUMPS"]

_OWNER = refers("owner_id", "权属单位", "Owner", "organisations", required=True)
_MAINTAINER = refers("maintainer_id", "养护单位", "Maintainer", "organisations", required=True)
_DIVISION = refers("division_id", "区划", "Division", "divisions", required=True)
_TAIL = (_OWNER, _MAINTAINER, *updated(), synthetic())
_BY_SYSTEM = {
    "sewage": ("#00796b", "#4db6ac", "solid"),
    "combined": ("#795548", "#bc9a8c", "dashed"),
    "rain": ("#1976a8", "#64b5dd", "dashed"),
}
_DOTS = {system: (light, dark, "dot") for system, (light, dark, _) in _BY_SYSTEM.items()}


def _invert(column: str = "invert_m", zh: str = "管底高程", en: str = "Invert level") -> Field:
    return Field(column, Text(zh, en), type="number", unit="m", required=True)


def _node(column: str, zh: str, en: str, table: str) -> Field:
    return refers(column, zh, en, table, shows="code", visible_to=STAFF)


PLANTS = Layer(
    id="sewage_plants",
    title=Text("污水厂站", "Sewage plants"),
    description=Text("接管运维的乡镇污水处理厂和处理站。", "Township sewage plants and stations taken over."),
    group="sewage",
    table="sewage_plants",
    geometry="Point",
    fields=(
        code(),
        name(),
        coded("kind", "类型", "Kind", PLANT_KINDS),
        Field(
            "capacity_m3_d",
            Text("处理能力", "Capacity"),
            type="number",
            unit="m³/d",
            in_tiles=True,
            required=True,
        ),
        coded("standard", "排放标准", "Standard", STANDARDS, in_tiles=False),
        _invert(zh="进水管底高程"),
        day("taken_over_on", "接管日期", "Taken over"),
        _DIVISION,
        *_TAIL,
    ),
    style=Style("#004d47", "#7fd6cc", "dot", 8),
    label="name",
    min_zoom=8,
    label_zoom=11,
    shown_at_start=True,
)

PUMPS = Layer(
    id="sewage_pumps",
    title=Text("污水泵站", "Pump stations"),
    description=Text("污水提升泵站。", "Pump stations that lift sewage."),
    group="sewage",
    table="sewage_pumps",
    geometry="Point",
    fields=(
        code(),
        name(),
        Field("capacity_m3_h", Text("提升能力", "Capacity"), type="number", unit="m³/h", required=True),
        Field("lift_m", Text("扬程", "Lift"), type="number", unit="m", required=True),
        _invert(zh="集水池底高程", en="Sump level"),
        _DIVISION,
        *_TAIL,
    ),
    style=Style("#00605a", "#6ccabf", "cross", 6),
    label="name",
    min_zoom=10,
    label_zoom=13,
    visible_to=STAFF,
)

MANHOLES = Layer(
    id="sewage_manholes",
    title=Text("检查井", "Manholes"),
    description=Text("污水管网检查井。", "Manholes of the sewage network."),
    group="sewage",
    table="sewage_manholes",
    geometry="Point",
    fields=(
        code(),
        coded("system", "排水体制", "System", SYSTEMS),
        Field("ground_m", Text("地面高程", "Ground level"), type="number", unit="m", required=True),
        _invert(zh="井底高程"),
        coded("cover", "井盖材质", "Cover", COVERS, in_tiles=False),
        *_TAIL,
    ),
    style=Style(
        "#00796b", "#4db6ac", "dot", 2.5, "system", {k: (a, b, "dot") for k, (a, b, _) in _BY_SYSTEM.items()}
    ),
    label="code",
    min_zoom=14,
    label_zoom=17,
    visible_to=STAFF,
)

PIPES = Layer(
    id="sewage_pipes",
    title=Text("污水管段", "Sewage pipes"),
    description=Text(
        "主管与支管；每一管段有上、下游节点。", "Main and branch sewers; every pipe names both its nodes."
    ),
    group="sewage",
    table="sewage_pipes",
    geometry="MultiLineString",
    fields=(
        code(),
        coded("role", "级别", "Role", PIPE_ROLES),
        coded("system", "排水体制", "System", SYSTEMS),
        Field(
            "diameter_mm", Text("管径", "Diameter"), type="integer", unit="mm", in_tiles=True, required=True
        ),
        coded("material", "管材", "Material", PIPE_MATERIALS, in_tiles=False),
        _node("from_manhole_id", "上游检查井", "From manhole", "sewage_manholes"),
        _node("from_pump_id", "上游泵站", "From pump station", "sewage_pumps"),
        _node("from_plant_id", "上游厂站", "From plant", "sewage_plants"),
        _node("to_manhole_id", "下游检查井", "To manhole", "sewage_manholes"),
        _node("to_pump_id", "下游泵站", "To pump station", "sewage_pumps"),
        _node("to_plant_id", "下游厂站", "To plant", "sewage_plants"),
        _node("to_outfall_id", "下游排放口", "To outfall", "sewage_outfalls"),
        _invert("upstream_invert_m", "上游管底高程", "Upstream invert"),
        _invert("downstream_invert_m", "下游管底高程", "Downstream invert"),
        Field("length_m", Text("长度", "Length"), type="number", unit="m", required=True),
        day("laid_on", "敷设日期", "Laid on"),
        *_TAIL,
    ),
    style=Style("#00796b", "#4db6ac", "solid", 2.0, "system", _BY_SYSTEM),
    label="code",
    min_zoom=9,
    label_zoom=17,
    visible_to=STAFF,
    shown_at_start=True,
    time="laid_on",
)

OUTFALLS = Layer(
    id="sewage_outfalls",
    title=Text("排放口", "Outfalls"),
    description=Text("尾水与溢流排放口。", "Effluent and overflow outfalls."),
    group="sewage",
    table="sewage_outfalls",
    geometry="Point",
    fields=(
        code(),
        name(),
        coded("kind", "类型", "Kind", OUTFALL_KINDS),
        Field("receiving_water", Text("受纳水体", "Receiving water"), required=True),
        _invert(),
        *_TAIL,
    ),
    style=Style("#0b6f8a", "#63c3dd", "outline", 5),
    label="name",
    min_zoom=11,
    label_zoom=14,
)
