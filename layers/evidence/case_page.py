"""The evidence file of a case as a page to print, and its README: both languages in one, nothing fetched."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from gis.plate import as_jpeg
from layers.alarms import codes as alarms
from layers.buildings.codes import SOURCES
from layers.cases import codes
from layers.evidence import case_shapes as shapes
from layers.evidence import document, page
from layers.evidence.case_files import Files
from layers.evidence.case_told import CaseTold
from layers.layer import Text

__all__ = ["readme", "render"]

_KINDS = {
    "checks": shapes.SiteCheck,
    "steps": shapes.Step,
    "services": shapes.Service,
    "deadlines": shapes.Deadline,
    "requests": shapes.Request,
    "findings": shapes.FlightFinding,
}


def readme(told: CaseTold, items: Sequence[document.Item]) -> str:
    """README.txt: what is what and how to check it."""
    about = Text(
        f"本档案汇集案件 {told.case.code} 的现场核查、办理步骤、送达、期限、航飞核验、文书、照片，\n"
        "以及有关疑似图斑的影像、位置、检测方法与复核结论。",
        f"Site checks, steps, services, periods, flights, documents and photographs of the case {told.case.code},\n"
        "and the imagery, place, means of detection and verdicts of its candidates.",
    )
    return page.readme_of(told.subject, about, items, synthetic=told.case.synthetic)


def render(told: CaseTold, files: Files, head: str) -> str:
    """evidence.html; times are those of Beijing."""
    return (
        page.templates()
        .get_template("case.html")
        .render(
            it=told.case,
            facts=_facts(told.case),
            **{
                name: [each for each in told.proceedings if isinstance(each, shape)]
                for name, shape in _KINDS.items()
            },
            documents=[each.facts for each in told.documents],
            photographs=[each for each in files.facts if isinstance(each, shapes.Photograph)],
            candidates=[
                {
                    "it": each.structure,
                    "flights": each.flights,
                    "pictures": {
                        name: (page.PICTURES[name], _uri(image))
                        for name, image in files.drawn[each.structure.code].items()
                    },
                }
                for each in told.candidates
            ],
            items=files.items,
            head=head,
            titled=page.titled,
            codes=codes,
            sources=SOURCES,
            alarms=alarms,
            software=told.rest[-1],
        )
    )


def _facts(it: shapes.Case) -> list[tuple[Text, Any]]:
    lon, lat = it.place_lonlat
    return [
        (Text("案由", "Subject"), it.title),
        (Text("当事人", "Party"), it.party_name or page.NONE),
        (Text("状态", "Status"), page.titled(codes.CASE_STATUSES, it.status)),
        (Text("适用条款", "Article"), page.titled(codes.ROUTES, it.route)),
        (Text("立案日期", "Filed"), it.filed_on.isoformat()),
        (Text("决定日期", "Decided"), it.decided_on.isoformat() if it.decided_on else page.NONE),
        (Text("结案日期", "Closed"), it.closed_on.isoformat() if it.closed_on else page.NONE),
        (Text("罚款", "Fine"), f"{it.fine_yuan} 元" if it.fine_yuan else page.NONE),
        (Text("违法建设", "Illegal building"), it.illegal_building or page.NONE),
        (Text("乡镇街道", "Township"), it.division or page.NONE),
        (Text("承办单位", "Handled by"), it.handler or page.NONE),
        (Text("经纬度（CGCS2000，EPSG:4490）", "Longitude, latitude (EPSG:4490)"), f"{lon:.7f}, {lat:.7f}"),
    ]


def _uri(image: Any) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(as_jpeg(image)).decode()}"
