"""What a bulletin tells: read in one transaction, drawn without one. What comes out is what is frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gis.plate import as_jpeg
from layers.buildings.codes import STRUCTURES
from layers.bulletins import charts, store
from layers.bulletins.mapsheet import Marked, map_sheet
from layers.bulletins.scrub import scrub
from layers.candidates.codes import KINDS
from layers.cases.codes import CASE_STATUSES
from layers.errors import Refused
from layers.evidence import pictures
from layers.evidence.told import Told, tell
from layers.people.rules import Role
from layers.printing.document import File
from layers.settings import Settings
from layers.statistics import of_period
from layers.statistics.figure import Figure
from layers.statistics.violations import Statement
from layers.storage import Storage

__all__ = [
    "MOST_EXPOSURES",
    "MOST_STRUCTURES",
    "NOTICE",
    "Composed",
    "Gathered",
    "draw",
    "gather",
    "overview",
]

NOTICE = "演示数据（合成），不反映真实情况"
MOST_STRUCTURES, MOST_EXPOSURES = 8, 20
_KINDS = {each.value: each.title.zh for each in KINDS}
_STATUSES = {each.value: each.title.zh for each in CASE_STATUSES}
_STRUCTURES = {each.value: each.title.zh for each in STRUCTURES}
_SVG, _JPEG = "image/svg+xml", "image/jpeg"


@dataclass(frozen=True)
class Gathered:
    """Everything read, nothing drawn yet."""

    statement: Statement
    townships: Sequence[tuple[str, BaseGeometry]]
    grids: Sequence[BaseGeometry]
    structures: Sequence[Marked]
    told: Sequence[tuple[int, Told]]
    cases: Sequence[dict[str, Any]]
    synthetic: bool
    unit: str


@dataclass(frozen=True)
class Composed:
    """What is stored: figures, the rest of the content, and pictures by name."""

    figures: list[dict[str, Any]]
    content: dict[str, Any]
    pictures: dict[str, File]
    synthetic: bool


def gather(
    session: Session,
    settings: Settings,
    first: date,
    last: date,
    division: str | None,
    *,
    structures: Sequence[int] = (),
    exposures: Sequence[int] = (),
) -> Gathered:
    """Read what a bulletin of this period and area tells; ``structures``: candidates, ``exposures``: cases.

    Raises Refused for a period that cannot be counted, a suspicion that nobody accepted, a case without a decision;
    NotFound.
    """
    _few(structures, exposures)
    statement = of_period(session, first, last, division)
    area, period = statement.area, statement.period
    told = [(each, tell(session, settings, each, frozenset({Role.PLANNER}))) for each in structures]
    cases = store.cases(session, exposures)
    _may_be_told(told, cases)
    return Gathered(
        statement,
        store.townships(session, area, period.last),
        store.grids(session, area),
        store.structures(session, area, period),
        told,
        cases,
        store.is_synthetic(session),
        store.unit(session),
    )


def draw(gathered: Gathered, storage: Storage, today: date) -> Composed:
    """Charts, map and pictures, and everything that was counted, as it is stored."""
    statement = gathered.statement
    notice = NOTICE if gathered.synthetic else ""
    shown, files = _plates(gathered.told, storage)
    period = f"{_day(statement.period.first)}至{_day(statement.period.last)}"
    ranking = [_ranked(each) for each in statement.ranking]
    trend = [_month(each) for each in statement.trend]
    files |= {
        "map.svg": File(_SVG, map_sheet(
            gathered.townships, gathered.grids, gathered.structures,
            title=f"{statement.area.name}违法建设分布图（{period}）", unit=gathered.unit, drawn_on=today, notice=notice,
        )),
        "ranking.svg": File(_SVG, charts.by_township(
            [(row["name"], row["found"], row["demolished"]) for row in ranking if row["found"] or row["demolished"]],
            "各乡镇街道发现与拆除数", ("发现（处）", "拆除（处）"),
        )),
        "trend.svg": File(_SVG, charts.by_month(
            [(row["label"], row["found"], row["found_before"]) for row in trend],
            "逐月发现数与上年同期", ("本期发现（处）", "上年同期（处）"),
        )),
    }  # fmt: skip
    content = {
        "area": {"code": statement.area.code, "name": statement.area.name, "km2": statement.area.km2},
        "unit": gathered.unit,
        "composed_on": today.isoformat(),
        "notice": notice,
        "ranking": ranking,
        "trend": trend,
        "structures": shown,
        "exposures": [_exposed(each) for each in gathered.cases],
        "chosen": {
            "structures": [number for number, _ in gathered.told],
            "exposures": [each["id"] for each in gathered.cases],
        },
    }
    return Composed([_figure(each) for each in statement.figures], content, files, gathered.synthetic)


def overview(composed: Composed, first: date, last: date) -> str:
    """The first section as it is proposed: the figures in sentences."""
    said = {each["id"]: each for each in composed.figures}

    def value(name: str) -> str:
        return f"{said[name]['value']:.1f}".removesuffix(".0")

    area = composed.content["area"]["name"]
    judged = said["precision"]["denominator"]
    precision = (
        f"已复核疑似图斑 {judged} 处，采纳 {value('suspicions_accepted')} 处"
        if judged
        else "疑似图斑尚未复核"
    )
    return (
        f"{_day(first)}至{_day(last)}，{area}共发现违法建设 {value('found')} 处、{value('found_m2')} 平方米，"
        f"拆除违法建设 {value('demolished')} 处、{value('demolished_m2')} 平方米。"
        f"航飞发现疑似图斑 {value('suspicions_found')} 处，{precision}。\n"
        f"违建案件立案 {value('cases_filed')} 件，作出决定 {value('cases_decided')} 件，结案 {value('cases_closed')} 件。"
    )


def _few(structures: Sequence[int], exposures: Sequence[int]) -> None:
    if len(structures) > MOST_STRUCTURES or len(exposures) > MOST_EXPOSURES:
        raise Refused(
            reason_zh=f"一期专报至多选 {MOST_STRUCTURES} 处影像对比、{MOST_EXPOSURES} 件曝光案件。请减少所选。",
            reason_en=f"A bulletin takes at most {MOST_STRUCTURES} structures and {MOST_EXPOSURES} cases. Choose fewer.",
        )


def _may_be_told(told: Sequence[tuple[int, Told]], cases: Sequence[Mapping[str, Any]]) -> None:
    """An image is a clue (自然资发〔2023〕258号), and nobody is exposed before a decision, nor once it was taken away
    (行政处罚法48).
    """
    for _, each in told:
        if each.structure.status != "accepted" or each.before is None:
            raise Refused(
                reason_zh=f"疑似图斑 {each.structure.code} 未经采纳或没有前期影像，不能载入专报。请先复核。",
                reason_en=f"The suspicion {each.structure.code} was not accepted or has no earlier flight. Review it first.",
            )
    for case in cases:
        if case["decided_on"] is None:
            raise Refused(
                reason_zh=f"案件 {case['code']} 尚未作出决定，不能曝光。请另选。",
                reason_en=f"The case {case['code']} has no decision yet and cannot be exposed. Choose another.",
            )
        if not case["stands"]:
            raise Refused(
                reason_zh=f"案件 {case['code']} 已作废，或其决定已被撤销，不能曝光。请另选。",
                reason_en=f"The case {case['code']} was revoked, or its decision annulled; it cannot be exposed. "
                "Choose another.",
            )


def _plates(
    told: Sequence[tuple[int, Told]], storage: Storage
) -> tuple[list[dict[str, Any]], dict[str, File]]:
    """Before and after of each structure, on one grid with the outline drawn in."""
    shown, files = [], {}
    for number, each in told:
        drawn = pictures.plates(each, storage)
        names = {}
        for part in ("before", "after"):
            if part in drawn:
                names[part] = f"structure-{number}-{part}.jpg"
                files[names[part]] = File(_JPEG, as_jpeg(drawn[part]))
        assert each.before is not None
        shown.append(
            {
                "candidate_id": number,
                "code": each.structure.code,
                "kind": _KINDS[each.structure.kind],
                "area_m2": round(each.structure.area_m2, 1),
                "place": each.structure.division or "",
                "pictures": names,
                "days": {
                    "before": each.before.flown_on.isoformat(),
                    "after": each.after.flown_on.isoformat(),
                },
            }
        )
    return shown, files


def _exposed(case: Mapping[str, Any]) -> dict[str, Any]:
    """What is published of a case: where only by township, what, and what was decided; no name, no address."""
    names = [name for name in (case["party_name"], case["owner_name"]) if name]
    kind = _STRUCTURES.get(case["structure"] or "", "")
    state = "已拆除" if case["gone"] else _STATUSES[case["status"]]
    words = (
        f"{case['place'] or '辖区'}一处{kind}结构违法建设，约{case['area_m2']:.0f}平方米，"
        f"{_day(case['filed_on'])}立案，{_day(case['decided_on'])}作出决定，目前{state}。"
    )
    return {
        "case_id": case["id"],
        "code": case["code"],
        "title": scrub(case["title"], names),
        "text": scrub(words, names),
    }


def _ranked(row: Any) -> dict[str, Any]:
    values = {figure.id: _number(figure.value) for figure in row.figures}
    return {
        "place": row.place,
        "code": row.area.code,
        "name": row.area.name,
        "km2": row.area.km2,
        "found": values["found"],
        "found_m2": values["found_m2"],
        "demolished": values["demolished"],
        "demolished_m2": values["demolished_m2"],
        "accepted": values["suspicions_accepted"],
        "per_km2": float(row.per_km2),
        "filter": row.figures[0].filter,
    }


def _month(row: Any) -> dict[str, Any]:
    now, then = (
        {figure.id: _number(figure.value) for figure in part} for part in (row.figures, row.last_year)
    )
    return {
        "month": row.month.isoformat()[:7],
        "label": f"{row.month.year}年{row.month.month}月" if row.month.month == 1 else f"{row.month.month}月",
        "found": now["found"],
        "found_before": then["found"],
        "demolished": now["demolished"],
        "demolished_before": then["demolished"],
        "filed": now["cases_filed"],
        "filed_before": then["cases_filed"],
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "id": figure.id,
        "title": {"zh": figure.title.zh, "en": figure.title.en},
        "unit": {"zh": figure.unit.zh, "en": figure.unit.en},
        "value": _number(figure.value),
        "numerator": _number(figure.numerator),
        "denominator": _number(figure.denominator),
        "rate": None if figure.rate is None else float(figure.rate),
        "layer": figure.layer,
        "filter": figure.filter,
    }


def _number(value: Decimal | int | None) -> float | int | None:
    return value if value is None or isinstance(value, int) else float(value)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
