"""The bureau's half-year figures, computed over rows. Every rate comes with both its terms."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.layer import Text
from layers.statistics import lists
from layers.statistics.figure import Figure, plain, share

__all__ = ["days", "half_of", "half_year"]

_PIECES = Text("个", "")
_CASES = Text("件", "")
_WORDS: dict[str, tuple[Text, Text, str | None]] = {
    "townships_inspected_daily": (Text("每日巡查的乡镇", "Townships inspected daily"), _PIECES, "divisions"),
    "stall_clusters": (Text("临时固定摊点群", "Temporary fixed stall clusters"), _PIECES, "stall_clusters"),
    "breakfast_points": (Text("早餐点", "Breakfast points"), _PIECES, "stall_clusters"),
    "night_markets": (Text("夜市摊点群", "Night-market clusters"), _PIECES, "stall_clusters"),
    "service_points": (Text("便民服务点", "Service points"), _PIECES, "stall_clusters"),
    "hardship_stalls": (
        Text("安置困难和失业家庭的摊位", "Stalls held by households in hardship"),
        _PIECES,
        "stalls",
    ),
    "demolished": (
        Text("拆除违法建设", "Illegal structures demolished"),
        Text("处", ""),
        "illegal_buildings",
    ),
    "demolished_area": (Text("拆除违法建设面积", "Area demolished"), Text("m²", "m²"), "illegal_buildings"),
    "sewage_plants": (
        Text("接管乡镇污水厂站", "Township sewage plants taken over"),
        Text("座", ""),
        "sewage_plants",
    ),
    "sewers": (Text("主支管网", "Main and branch sewers"), Text("km", "km"), "sewage_pipes"),
    "incidents_accepted": (Text("受理事部件", "Incidents accepted"), _CASES, "incidents"),
    "incidents_handled": (Text("处置事部件", "Incidents handled"), _CASES, "incidents"),
    "cases_reviewed": (Text("法制审核案件", "Cases under legal review"), _CASES, "cases"),
    "cases_closed": (Text("办结案件", "Cases closed"), _CASES, "cases"),
    "fines": (Text("罚款", "Fines"), Text("元", "yuan"), "cases"),
    "petitions_accepted": (Text("受理信访", "Petitions accepted"), _CASES, None),
    "petitions_closed": (Text("办结信访", "Petitions closed"), _CASES, None),
    "hotline_accepted": (Text("受理热线", "Hotline calls accepted"), _CASES, None),
    "hotline_closed": (Text("办结热线", "Hotline calls closed"), _CASES, None),
    "approvals": (Text("办理审批", "Approvals decided"), _CASES, None),
    "roads_cleared": (
        Text("清扫积雪的主次干道", "Main and secondary roads cleared of snow"),
        Text("条", ""),
        "roads",
    ),
    "compounds_sorted": (
        Text("设有分类收集点的小区", "Compounds with sorted-waste collection points"),
        _PIECES,
        "compounds",
    ),
    "sites_rectified": (Text("整改不达标工地", "Construction sites rectified"), _PIECES, None),
    "gas_checks": (Text("燃气安全检查重点场所", "Key places checked for gas safety"), Text("处", ""), None),
    "cylinders_seized": (Text("查扣气瓶", "Gas cylinders seized"), Text("只", ""), None),
    "gas_hazards_rectified": (Text("整改燃气隐患", "Gas hazards rectified"), Text("处", ""), None),
    "problems_rectified": (Text("整改督查问题", "Supervision problems rectified"), _PIECES, None),
    "bulletins": (Text("印发督查通报", "Bulletins issued"), Text("期", ""), None),
}

# What the bureau's own printed summary says otherwise, told beside the computed figure.
_NOTES = {
    (2023, 1, "incidents_handled"): Text(
        "总结原文印作 99.56 %；按 {numerator} ÷ {denominator} 计算为 {rate}。",
        "The printed summary says 99.56 %; {numerator} ÷ {denominator} is {rate}.",
    ),
    (2023, 1, "hardship_stalls"): Text("总结原文为“800余个”。", "The printed summary says “over 800”."),
}


def half_year(session: Session, year: int, half: int) -> list[Figure]:
    """The figures of the first (1) or second (2) half of a year, in the order of the bureau's summary."""
    first, last = days(year, half)
    sql = text("SELECT id, value, denominator FROM half_year_figures(:first, :last)")
    counted = {row.id: row for row in session.execute(sql, {"first": first, "last": last})}
    return [
        _figure(
            name,
            counted[name].value,
            counted[name].denominator,
            _NOTES.get((year, half, name)),
            lists.filter_of(name, first, last),
        )
        for name in _WORDS
    ]


def days(year: int, half: int) -> tuple[date, date]:
    """The first and the last day of a half-year."""
    if half == 1:
        return date(year, 1, 1), date(year, 6, 30)
    return date(year, 7, 1), date(year, 12, 31)


def half_of(day: date) -> tuple[int, int]:
    """Year and half-year of a day."""
    return day.year, 1 if day.month <= 6 else 2


def _figure(
    name: str, value: Decimal, denominator: Decimal | None, note: Text | None, wanted: str | None
) -> Figure:
    title, unit, layer = _WORDS[name]
    if denominator is None:
        return Figure(name, title, plain(value), unit, note=note, layer=layer, filter=wanted)
    rate = share(value, denominator)
    own, whole = plain(value), plain(denominator)
    figure = Figure(name, title, own, unit, own, whole, rate, note, layer, wanted)
    if note is None or rate is None:
        return figure
    words = {"numerator": own, "denominator": whole, "rate": figure.rate_text}
    told = Text(note.zh.format(**words), note.en.format(**words))
    return Figure(name, title, own, unit, own, whole, rate, told, layer, wanted)
