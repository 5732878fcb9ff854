"""What a person says with an act: one noun for all acts, and which words each act takes. Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from layers.cases.dossier import Act
from layers.cases.rules import RULES
from layers.errors import Refused
from layers.layer import Text

__all__ = ["WORDS", "Given", "check_words"]


@dataclass(frozen=True)
class Given:
    """Days in China, times with a zone, yuan. ``means``: how a demolition was carried out."""

    reason: str | None = None
    note: str | None = None
    title: str | None = None
    site_check_id: int | None = None
    route: str | None = None
    temporary: bool | None = None
    dwelling: bool | None = None
    party_name: str | None = None
    handler_id: int | None = None
    ended_on: date | None = None
    heard: str | None = None
    document: str | None = None
    method: str | None = None
    served_on: date | None = None
    receiver: str | None = None
    decision: str | None = None
    limit_days: int | None = None
    fine_yuan: Decimal | None = None
    cost_yuan: Decimal | None = None
    posted_on: date | None = None
    order_number: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    means: tuple[str, ...] | None = None
    remedy: str | None = None
    outcome: str | None = None
    on: date | None = None
    days: int | None = None

    def said(self) -> dict[str, Any]:
        """What was given, without what was left out; blank texts count as left out."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        return {
            name: value.strip() if isinstance(value, str) else value
            for name, value in found.items()
            if value is not None and not (isinstance(value, str) and not value.strip())
        }


WORDS: dict[str, Text] = {
    "reason": Text("理由", "reason"),
    "note": Text("说明", "note"),
    "title": Text("案由", "subject"),
    "site_check_id": Text("现场核查记录", "site check"),
    "route": Text("适用条款", "article"),
    "temporary": Text("是否临时建设", "temporary structure"),
    "dwelling": Text("是否村民住宅", "villager's house"),
    "party_name": Text("当事人", "party"),
    "handler_id": Text("承办单位", "handling organisation"),
    "ended_on": Text("违法行为终了日期", "end of the violation"),
    "heard": Text("陈述申辩或听证情况", "what was heard"),
    "document": Text("文书", "document"),
    "method": Text("送达方式", "manner of service"),
    "served_on": Text("送达日期", "day of service"),
    "receiver": Text("受送达人", "receiver"),
    "decision": Text("决定种类", "decision"),
    "limit_days": Text("履行期限（日）", "time limit in days"),
    "fine_yuan": Text("罚款（元）", "fine in yuan"),
    "cost_yuan": Text("工程造价（元）", "cost of the works in yuan"),
    "posted_on": Text("公告张贴日期", "day of the announcement"),
    "order_number": Text("文号", "number of the document"),
    "started_at": Text("开始时间", "beginning"),
    "ended_at": Text("结束时间", "end"),
    "means": Text("实施方式", "means"),
    "remedy": Text("救济种类", "remedy"),
    "outcome": Text("结果", "outcome"),
    "on": Text("日期", "day"),
    "days": Text("天数", "days"),
}


def check_words(act: Act, given: Given) -> None:
    """Everything that the act takes is given, and nothing else. Raises Refused, naming the words."""
    rule, said = RULES[act], given.said()
    missing = [WORDS[each] for each in rule.takes if each not in said]
    if missing:
        raise Refused(
            reason_zh=f"“{rule.title.zh}”还需填写：{'、'.join(each.zh for each in missing)}。",
            reason_en=f"To {rule.title.en} also takes: {', '.join(each.en for each in missing)}.",
        )
    if surplus := [WORDS[each] for each in said if each not in {*rule.takes, *rule.may_take}]:
        raise Refused(
            reason_zh=f"“{rule.title.zh}”不接受：{'、'.join(each.zh for each in surplus)}。请检查所选步骤。",
            reason_en=f"To {rule.title.en} does not take: {', '.join(each.en for each in surplus)}. Check the act chosen.",
        )
