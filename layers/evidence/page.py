"""The evidence file as a page to print, and its README: both languages in one, nothing fetched."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gis.plate import as_jpeg
from layers.candidates import codes
from layers.evidence import document
from layers.evidence.pictures import Pictures
from layers.evidence.told import Told
from layers.imports.values import BEIJING
from layers.layer import Code, Text

__all__ = ["readme", "readme_of", "render", "templates", "titled"]

NONE = Text("无", "none")
CREATED = {
    "insert": Text("建立", "created"),
    "update": Text("修改", "changed"),
    "delete": Text("删除", "deleted"),
}
GRADES = {"good": Text("可靠", "good"), "loose": Text("不够可靠", "loose"), "lost": Text("未能配准", "lost")}
MODELS = {
    "shift": Text("平移", "shift"),
    "similarity": Text("平移、旋转、缩放", "shift, turn and scale"),
    "similarity_and_warp": Text("平移、旋转、缩放与局部形变", "shift, turn, scale and local warp"),
}
FILES = {"ortho": Text("正射影像", "orthophoto"), "dsm": Text("数字表面模型", "surface model")}
PICTURES = {
    "before": Text("前期", "Before"),
    "after": Text("后期", "After"),
    "around": Text("位置", "Where it is"),
}


@lru_cache(maxsize=1)
def templates() -> Environment:
    """Where the pages come from."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    made.filters |= {"moment": _moment, "metres": _metres, "share": _share, "value": _value}
    return made


def readme(told: Told, items: Sequence[document.Item]) -> str:
    """README.txt: what is what and how to check it."""
    about = Text(
        f"本档案汇集疑似图斑 {told.structure.code} 的影像、位置、检测方法、复核结论与变更记录。\n"
        "影像只是线索；须经现场核查后方可立案。",
        f"Imagery, place, means of detection, verdicts and history of the suspicion {told.structure.code}.\n"
        "An image is a clue only: somebody must check on site before a case is filed.",
    )
    return readme_of(told.subject, about, items, synthetic=told.structure.synthetic)


def readme_of(
    subject: document.Subject, about: Text, items: Sequence[document.Item], *, synthetic: bool
) -> str:
    """README.txt of any subject."""
    template = templates().get_template("README.txt")
    return template.render(
        code=subject.code, version=subject.version, about=about, items=items, synthetic=synthetic
    )


def render(
    told: Told,
    flights: Sequence[document.Flight],
    items: Sequence[document.Item],
    drawn: Pictures,
    head: str,
) -> str:
    """evidence.html; times are those of Beijing."""
    structure = told.structure
    return (
        templates()
        .get_template("evidence.html")
        .render(
            it=structure,
            flights=flights,
            flights_named=PICTURES,
            files=FILES,
            alignment=told.alignment,
            grade=GRADES.get(told.alignment.grade or ""),
            model=MODELS.get(told.alignment.model or ""),
            detection=told.detection,
            rest={
                name: [each for each in told.rest if type(each).__name__.lower() == name] for name in _REST
            },
            items=items,
            pictures={name: (PICTURES[name], _uri(image)) for name, image in drawn.items()},
            facts=_facts(structure),
            head=head,
            titled=titled,
            codes=codes,
            created=CREATED,
        )
    )


_REST = ("sighting", "review", "change", "software")


def _facts(it: document.Structure) -> list[tuple[Text, Any]]:
    """What the page's first table says of the structure."""
    lon, lat = it.centre_lonlat
    east, north = it.centre_east_north_m
    return [
        (Text("变化", "Change"), titled(codes.KINDS, it.kind)),
        (Text("状态", "Status"), titled(codes.STATUSES, it.status)),
        (Text("面积", "Area"), f"{it.area_m2:,.1f} m²"),
        (Text("高度变化", "Height change"), _metres(it.height_change_m, sign=True)),
        (Text("经纬度（CGCS2000，EPSG:4490）", "Longitude, latitude (EPSG:4490)"), f"{lon:.7f}, {lat:.7f}"),
        (Text("东、北坐标（EPSG:4548）", "East, north (EPSG:4548)"), f"{east:,.2f} m, {north:,.2f} m"),
        (Text("乡镇街道", "Township"), _joined(it.division, it.division_code)),
        (Text("单元网格", "Unit grid"), it.grid or NONE),
        (Text("规划区", "Planning area"), it.planning_area or NONE),
        (Text("许可", "Permit"), it.permit or Text("未查到", "none found")),
        (Text("已知违建", "Known illegal building"), it.known_illegal_building or NONE),
        (Text("违法建设档案", "Illegal building"), it.illegal_building or NONE),
        (Text("承接图斑", "Follows"), it.follows or NONE),
    ]


def _joined(*words: str | None) -> Any:
    return " · ".join(each for each in words if each) or NONE


def titled(list_: Iterable[Code], value: str | None) -> Text:
    """What a code means."""
    if value is None:
        return NONE
    return next((each.title for each in list_ if each.value == value), Text(value, value))


def _uri(image: Any) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(as_jpeg(image)).decode()}"


def _moment(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _metres(value: float | None, *, sign: bool = False) -> Any:
    if value is None:
        return Text("未测出", "not measured")
    return f"{value:+.2f} m" if sign else f"{value:.2f} m"


def _share(value: float | None) -> Any:
    return NONE if value is None else f"{value:.1%}"


def _value(value: Any) -> str:
    """A former or new value in the history, short."""
    if value is None:
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
