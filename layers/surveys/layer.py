"""How flights are published: their footprint, to staff."""

from __future__ import annotations

from layers.fields import code, coded, name, refers, synthetic
from layers.layer import STAFF, Field, Layer, Style, Text
from layers.surveys.codes import STATUSES

__all__ = ["SURVEYS"]

SURVEYS = Layer(
    id="surveys",
    title=Text("航飞", "Flights"),
    description=Text("无人机航飞的有效范围。", "Footprints of the drone flights."),
    group="flights",
    table="surveys",
    geometry="MultiPolygon",
    fields=(
        code("航飞编号", "Flight"),
        name(),
        Field("flown_on", Text("航飞日期", "Flown on"), type="date", in_tiles=True, required=True),
        coded("status", "状态", "Status", STATUSES),
        Field("gsd_m", Text("地面分辨率", "Ground resolution"), type="number", unit="m"),
        Field("residual_m", Text("配准残差", "Alignment residual"), type="number", unit="m"),
        Field("forced_reason", Text("仍然比对的理由", "Compared anyway because"), editable=False),
        refers(
            "forced_by", "决定仍然比对", "Compared anyway by", "people", shows="display_name", editable=False
        ),
        synthetic(),
    ),
    style=Style("#7d8590", "#f2f4f7", "outline", 1.0),
    label="code",
    time="flown_on",
    min_zoom=8,
    label_zoom=12,
    visible_to=STAFF,
    importable=False,
    shown_at_start=True,
    editors=frozenset(),
)
