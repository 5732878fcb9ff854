"""What the fields of a document say of a case. Pure: dossier and rows in, words out; what is not known is a blank line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from gis.crs import MEASURED, STORED, transform_points
from layers.cases.codes import CONCLUSIONS, DECISIONS, DOCUMENTS, SERVICE_METHODS
from layers.cases.deadlines import Kind as Period
from layers.cases.dossier import Act, Document, Dossier, Service
from layers.cases.routes import Decision, Route, suit_length
from layers.cases.rules import RULES as ACTS
from layers.documents.kinds import RULES, Kind
from layers.documents.words import BLANK, capitals, degrees, long_day, moment, money, plain_day
from layers.timezone import day_of

__all__ = ["BROKEN", "RESTS_ON", "facts", "title_of"]

_PLANNING, _LAND = "《中华人民共和国城乡规划法》", "《中华人民共和国土地管理法》"
RESTS_ON = {
    Route.PLANNING_64: f"{_PLANNING}第六十四条",
    Route.PLANNING_65: f"{_PLANNING}第六十五条",
    Route.PLANNING_66: f"{_PLANNING}第六十六条",
    Route.LAND_77: f"{_LAND}第七十七条",
    Route.LAND_78: f"{_LAND}第七十八条",
    Route.APPEARANCE: "《城市市容和环境卫生管理条例》",
}
BROKEN = {
    Route.PLANNING_64: f"{_PLANNING}第四十条",  # 建设工程规划许可证
    Route.PLANNING_65: f"{_PLANNING}第四十一条",  # 乡村建设规划许可证
    Route.PLANNING_66: f"{_PLANNING}第四十四条",  # 临时建设
    Route.LAND_77: f"{_LAND}第四十四条",  # 农用地转用
    Route.LAND_78: f"{_LAND}第六十二条",  # 宅基地
}
"""The duty that each route's violation breaks; in street order it is another one each time, written by hand."""
_HEARD = {
    "statement": "当事人提出了陈述、申辩",
    "hearing_asked": "当事人要求听证",
    "hearing_held": "已举行听证",
}
_RECEIPT_KIND = {
    Document.STOP_ORDER: Kind.STOP_ORDER, Document.NOTICE: Kind.PRIOR_NOTICE, Document.DECISION: Kind.DECISION,
    Document.DEMAND: Kind.DEMAND, Document.ENFORCEMENT: Kind.ENFORCEMENT,
}  # fmt: skip


def title_of(kind: Kind, dossier: Dossier) -> str:
    """What stands at the head of the document."""
    if kind is Kind.DECISION:
        return "限期拆除决定书" if dossier.decision is Decision.DEMOLISH else "行政处罚决定书"
    return RULES[kind].title.zh


def facts(
    dossier: Dossier, row: Mapping[str, Any], *, kind: Kind, serves: Document | None, issuer: str, review_body: str, at: datetime
) -> dict[str, Any]:  # fmt: skip
    """The text and list fields of a case, all of them; pictures and the number come later.

    ``row``: ``store.case_facts``; ``at``: the moment of making.
    """
    return {
        "文书名称": title_of(kind, dossier), "单位": issuer, "复议机关": review_body, **_dates(at), "更正说明": BLANK,
        **_case(dossier, row), **_check(row), **_hearing(dossier, row), **_decision(dossier, row),
        **_force(dossier, row), **_service(dossier, row, serves), **_end(dossier, row),
        "办理过程": [_step(each) for each in row["steps"]],
    }  # fmt: skip


def _dates(at: datetime) -> dict[str, str]:
    today = day_of(at)
    return {"成文日期": plain_day(today), "成文日期汉字": long_day(today)}


def _case(dossier: Dossier, row: Mapping[str, Any]) -> dict[str, str]:
    lon, lat = float(row["lon"]), float(row["lat"])
    east, north = transform_points([(lon, lat)], STORED, MEASURED)[0]
    route = Route(row["route"])
    filed = next((each["by"] for each in row["steps"] if each["act"] == Act.FILE), None)
    return {
        "案号": row["code"],
        "案由": row["title"],
        "当事人": _or(row["party_name"]),
        "立案日期": _day(row["filed_on"]),
        "承办单位": _or(row["handler"]),
        "承办人": _or(filed),
        "适用条款": RESTS_ON[route],
        "违反条款": BROKEN.get(route, BLANK),
        "违法建设编号": _or(row["building"]),
        "地点": _or(row["division"]),
        "经纬度": f"{'东' if lon >= 0 else '西'}经{degrees(lon)}，{'北' if lat >= 0 else '南'}纬{degrees(lat)}",
        "平面坐标": f"X {north:.1f} m，Y {east:.1f} m",
        "责令日期": _act_day(dossier, Act.STOP),
    }


def _check(row: Mapping[str, Any]) -> dict[str, str]:
    seen = row["check"] or {}
    area = seen.get("area_m2") or row["building_area_m2"]
    return {
        "核查时间": moment(seen["checked_at"]) if seen else BLANK,
        "核查人": _or(seen.get("by")),
        "核查结论": _titled(CONCLUSIONS, seen.get("conclusion")),
        "核查情况": _or(seen.get("note")),
        "面积": f"{area:.2f}" if area is not None else BLANK,
    }


def _hearing(dossier: Dossier, row: Mapping[str, Any]) -> dict[str, str]:
    heard = [each for each in dossier.standing if each.act == Act.HEAR]
    said = "；".join(f"{_HEARD[each.details['heard']]}：{each.details['note']}" for each in heard)
    notified, reviewed = dossier.last(Act.NOTIFY), dossier.last(Act.REVIEW)
    none = "当事人未提出陈述、申辩，未要求听证。" if notified else BLANK
    return {
        "告知日期": _act_day(dossier, Act.NOTIFY),
        "告知文号": _number(dossier, row, Kind.PRIOR_NOTICE),
        "告知送达日期": _day(dossier.served(Document.NOTICE)),
        "陈述申辩": f"{said}。".replace("。。", "。") if said else none,
        "法制审核日期": _act_day(dossier, Act.REVIEW),
        "法制审核意见": _or(reviewed.details.get("note") if reviewed else None),
    }


def _decision(dossier: Dossier, row: Mapping[str, Any]) -> dict[str, str]:
    decided = dossier.last(Act.DECIDE)
    said: Mapping[str, Any] = decided.details if decided else {}
    fine, cost = _amount(said.get("fine_yuan")), _amount(said.get("cost_yuan"))
    route, decision = dossier.route, dossier.decision
    months = route is None or decision is None or suit_length(route, decision).count != 15
    return {
        "决定日期": _act_day(dossier, Act.DECIDE),
        "决定文号": _number(dossier, row, Kind.DECISION),
        "决定种类": _titled(DECISIONS, decision),
        "履行期限": _or(said.get("limit_days")),
        "罚款金额": money(fine) if fine else BLANK,
        "罚款大写": capitals(fine) if fine else BLANK,
        "工程造价": money(cost) if cost else BLANK,
        "造价大写": capitals(cost) if cost else BLANK,
        "起诉期限": "六个月" if months else "十五日",
        "决定送达日期": _day(dossier.served(Document.DECISION)),
        "履行届满日期": _end_of(dossier, Period.PERFORM),
        "复议届满日期": _end_of(dossier, Period.REVIEW),
        "诉讼届满日期": _end_of(dossier, Period.SUIT),
    }


def _force(dossier: Dossier, row: Mapping[str, Any]) -> dict[str, str]:
    posted, demanded, forced = (dossier.last(each) for each in (Act.ANNOUNCE, Act.DEMAND, Act.ENFORCE))
    return {
        "公告日期": _day(date.fromisoformat(posted.details["posted_on"])) if posted else BLANK,
        "公告期限": _or(posted.details.get("limit_days") if posted else None),
        "公告届满日期": _end_of(dossier, Period.ANNOUNCEMENT),
        "催告日期": _act_day(dossier, Act.DEMAND),
        "催告文号": _number(dossier, row, Kind.DEMAND),
        "催告期限": _or(demanded.details.get("limit_days") if demanded else None),
        "催告送达日期": _day(dossier.served(Document.DEMAND)),
        "责成文号": _or(forced.details.get("order_number") if forced else None),
        "强制执行日期": _act_day(dossier, Act.ENFORCE),
    }


def _service(dossier: Dossier, row: Mapping[str, Any], serves: Document | None) -> dict[str, str]:
    made = dossier.last(serves.issued_by) if serves is not None else None
    found: Service | None = None
    if made is not None:
        own = (each for each in dossier.services if each.document is serves and each.issued_seq == made.seq)
        found = next(own, None)
    return {
        "送达文书": _titled(DOCUMENTS, serves),
        "送达文书文号": _number(dossier, row, _RECEIPT_KIND[serves]) if serves is not None else BLANK,
        "送达方式": _titled(SERVICE_METHODS, found.method if found else None),
        "送达日期": _day(found.served_on if found else None),
        "受送达人": _or(found.receiver if found else None),
    }


def _end(dossier: Dossier, row: Mapping[str, Any]) -> dict[str, str]:
    performed = dossier.last(Act.PERFORM)
    return {
        "履行日期": _act_day(dossier, Act.PERFORM),
        "履行情况": _or(performed.details.get("note") if performed else None),
        "结案日期": _day(row["closed_on"]),
    }


def _step(row: Mapping[str, Any]) -> dict[str, str]:
    title = ACTS[Act(row["act"])].title.zh if row["act"] in set(Act) else "存量案件"
    return {
        "日期": plain_day(day_of(row["at"])),
        "事项": title,
        "经办人": _or(row["by"]),
        "依据": _or(row["legal_basis"]),
    }


def _number(dossier: Dossier, row: Mapping[str, Any], kind: Kind) -> str:
    """The number of the newest document of a kind, if it was made since the act that it tells of: one of an act that
    was sent back speaks of another.
    """
    number, made_at_seq = row["numbers"].get(kind, (None, 0))
    act = dossier.last(RULES[kind].after)
    return BLANK if number is None or act is None or made_at_seq < act.seq else str(number)


def _or(value: Any) -> str:
    return BLANK if value in {None, ""} else str(value)


def _day(day: date | None) -> str:
    return BLANK if day is None else plain_day(day)


def _act_day(dossier: Dossier, act: Act) -> str:
    step = dossier.last(act)
    return BLANK if step is None else plain_day(step.day)


def _end_of(dossier: Dossier, period: Period) -> str:
    found = dossier.deadline(period)
    return BLANK if found is None else plain_day(found.ends_on)


def _amount(said: Any) -> Decimal | None:
    return None if said is None else Decimal(str(said))


def _titled(codes: Any, value: str | None) -> str:
    return next((each.title.zh for each in codes if each.value == value), BLANK)
