"""How places are published."""

from __future__ import annotations

from layers.fields import area, code, coded, day, name, refers, synthetic, updated
from layers.layer import EVERYONE, STAFF, Field, Layer, Style, Text
from layers.people.rules import Role
from layers.places.codes import (
    DIVISION_KINDS,
    DIVISION_LEVELS,
    ORGANISATION_KINDS,
    PLANNING_KINDS,
    ROAD_CLASSES,
    ROAD_SURFACES,
)

__all__ = ["COMPOUNDS", "DIVISIONS", "GRIDS", "ORGANISATIONS", "PLANNING_AREAS", "ROADS"]

DIVISIONS = Layer(
    id="divisions",
    title=Text("行政区划", "Divisions"),
    description=Text(
        "区、街道和乡镇、社区和村的范围与 12 位代码。",
        "District, townships and villages with their 12-digit codes.",
    ),
    group="places",
    table="divisions",
    geometry="MultiPolygon",
    fields=(
        code("区划代码", "Division code"),
        name(),
        coded("level", "级别", "Level", DIVISION_LEVELS),
        coded("kind", "类型", "Kind", DIVISION_KINDS),
        refers("parent_id", "上级", "Part of", "divisions"),
        day("valid_from", "启用日期", "Valid from", required=True),
        day("valid_to", "停用日期", "Valid to"),
        *updated(),
        synthetic(),
    ),
    style=Style(
        "#5b6470",
        "#aab4c0",
        "outline",
        2.0,
        "level",
        {
            "district": ("#3f4854", "#d3dae2", "outline"),
            "township": ("#5b6470", "#aab4c0", "outline"),
            "community": ("#8b939e", "#7c8794", "dashed"),
        },
    ),
    label="name",
    min_zoom=6,
    label_zoom=9,
    shown_at_start=True,
    time="valid_from",
    editors=frozenset({Role.ADMINISTRATOR}),
)

GRIDS = Layer(
    id="grids",
    title=Text("单元网格", "Unit grids"),
    description=Text(
        "城市管理单元网格：15 位编码，权属单位与管理单位分别记录。",
        "Unit grids: 15-digit codes; who owns and who manages are two separate facts.",
    ),
    group="places",
    table="grids",
    geometry="MultiPolygon",
    fields=(
        code("网格编码", "Grid code"),
        name(),
        refers("division_id", "所属社区", "Community", "divisions", required=True),
        refers("owner_id", "权属单位", "Owner", "organisations", required=True, in_tiles=True),
        refers("manager_id", "管理单位", "Manager", "organisations", required=True, in_tiles=True),
        area(),
        Field("note", Text("说明", "Note")),
        *updated(),
        synthetic(),
    ),
    style=Style("#6f6a8a", "#a9a3c9", "outline", 1.2),
    label="code",
    min_zoom=11,
    label_zoom=15,
    shown_at_start=True,
)

ORGANISATIONS = Layer(
    id="organisations",
    title=Text("责任单位", "Organisations"),
    description=Text(
        "城管大队、街道乡镇、开发区与养护企业的驻地。", "Offices of teams, townships, zone and contractors."
    ),
    group="places",
    table="organisations",
    geometry="Point",
    fields=(
        code(),
        name(),
        coded("kind", "类型", "Kind", ORGANISATION_KINDS),
        refers("parent_id", "上级单位", "Part of", "organisations"),
        refers("division_id", "所在区划", "Division", "divisions"),
        Field("phone", Text("办公电话", "Office phone"), visible_to=STAFF),
        *updated(),
        synthetic(),
    ),
    style=Style("#4c4a63", "#c3c0dd", "dot", 5),
    label="name",
    min_zoom=9,
    label_zoom=12,
)

PLANNING_AREAS = Layer(
    id="planning_areas",
    title=Text("规划区", "Planning areas"),
    description=Text(
        "城镇规划区、乡村规划区与永久基本农田；决定适用城乡规划法第六十四条或第六十五条。",
        "Town, village and farmland areas; they decide whether article 64 or 65 of the planning act applies.",
    ),
    group="planning",
    table="planning_areas",
    geometry="MultiPolygon",
    fields=(
        code(),
        name(),
        coded("kind", "类型", "Kind", PLANNING_KINDS),
        refers("division_id", "区划", "Division", "divisions"),
        day("approved_on", "批准日期", "Approved"),
        area(),
        *updated(),
        synthetic(),
    ),
    style=Style(
        "#3d6fa5",
        "#7fb0e0",
        "outline",
        1.5,
        "kind",
        {
            "town": ("#3d6fa5", "#7fb0e0", "outline"),
            "village": ("#5a7f3a", "#a3c97c", "outline"),
            "farmland": ("#8a7a1f", "#d6c45e", "hatch"),
        },
    ),
    label="name",
    min_zoom=9,
    label_zoom=12,
    time="approved_on",
)

ROADS = Layer(
    id="roads",
    title=Text("道路", "Roads"),
    description=Text("主次干道、支路和县乡道。", "Main, secondary, branch and rural roads."),
    group="places",
    table="roads",
    geometry="MultiLineString",
    fields=(
        code(),
        name(),
        coded("road_class", "等级", "Class", ROAD_CLASSES),
        coded("surface", "路面", "Surface", ROAD_SURFACES, in_tiles=False),
        Field("width_m", Text("宽度", "Width"), type="number", unit="m", in_tiles=True, required=True),
        Field("length_m", Text("长度", "Length"), type="number", unit="m", required=True),
        refers("division_id", "区划", "Division", "divisions"),
        refers("manager_id", "养护单位", "Maintainer", "organisations", required=True),
        *updated(),
        synthetic(),
    ),
    style=Style(
        "#8d8f94",
        "#6d7178",
        "solid",
        2.0,
        "road_class",
        {
            "main": ("#77797f", "#8b8f97", "solid"),
            "secondary": ("#8d8f94", "#767a82", "solid"),
            "branch": ("#a3a5aa", "#62666d", "solid"),
            "rural": ("#a3a5aa", "#62666d", "dashed"),
        },
    ),
    label="name",
    min_zoom=8,
    label_zoom=14,
    shown_at_start=True,
)

COMPOUNDS = Layer(
    id="compounds",
    title=Text("居住小区", "Compounds"),
    description=Text(
        "居住小区与生活垃圾分类收集点。", "Residential compounds and their sorted-waste collection points."
    ),
    group="places",
    table="compounds",
    geometry="MultiPolygon",
    fields=(
        code(),
        name(),
        Field("address", Text("地址", "Address")),
        Field("households", Text("户数", "Households"), type="integer", unit="户", required=True),
        day("sorted_since", "分类收集点启用", "Sorted waste since"),
        refers("division_id", "区划", "Division", "divisions", required=True),
        refers("grid_id", "单元网格", "Grid", "grids", shows="code"),
        *updated(),
        synthetic(),
    ),
    style=Style("#7a6a58", "#c4b19b", "solid", 1.0),
    label="name",
    min_zoom=8,
    points_below=14,
    clustered_below=14,
    label_zoom=15,
    visible_to=EVERYONE,
)
