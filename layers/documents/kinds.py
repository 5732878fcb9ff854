"""The kinds of documents, and what must stand before each can be made. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from layers.cases.codes import DOCUMENTS
from layers.cases.dossier import Act, Document, Dossier, State
from layers.cases.rules import RULES as ACTS
from layers.errors import Refused
from layers.fields import ENFORCERS
from layers.layer import Text
from layers.people.rules import Role

__all__ = ["LATEST", "MAKERS", "RULES", "Kind", "Rule", "check", "served_documents", "why_not"]

MAKERS: frozenset[Role] = ENFORCERS
"""Who makes and reads documents: they name the party."""


class Kind(StrEnum):
    """What is written."""

    STOP_ORDER = "stop_order"
    PRIOR_NOTICE = "prior_notice"
    DECISION = "decision"
    ANNOUNCEMENT = "announcement"
    DEMAND = "demand"
    ENFORCEMENT = "enforcement"
    SERVICE_RECEIPT = "service_receipt"
    SITE_RECORD = "site_record"
    FILING_FORM = "filing_form"
    CLOSING_FORM = "closing_form"


LATEST = frozenset({Kind.SITE_RECORD, Kind.CLOSING_FORM})
"""Kinds that speak of the last site check; the others speak of the one that the case was filed on."""


@dataclass(frozen=True)
class Rule:
    """``word`` stands in the number; ``after``: the act that must stand; ``force``: of no use once a decision is annulled.

    ``filed_late``: may still be made when the case is closed, as papers of the file are.
    """

    title: Text
    word: str
    after: Act
    force: bool = False
    filed_late: bool = False


RULES: dict[Kind, Rule] = {
    Kind.STOP_ORDER: Rule(Text("责令停止违法行为通知书", "order to stop"), "责停", Act.STOP),
    Kind.PRIOR_NOTICE: Rule(Text("行政处罚事先告知书", "prior notice of a penalty"), "罚告", Act.NOTIFY),
    Kind.DECISION: Rule(Text("限期拆除（行政处罚）决定书", "decision"), "罚决", Act.DECIDE),
    Kind.ANNOUNCEMENT: Rule(Text("限期自行拆除公告", "announcement"), "公告", Act.ANNOUNCE, force=True),
    Kind.DEMAND: Rule(Text("履行行政决定催告书", "demand to perform"), "催告", Act.DEMAND, force=True),
    Kind.ENFORCEMENT: Rule(Text("行政强制执行决定书", "enforcement decision"), "强执", Act.ENFORCE, force=True),
    Kind.SERVICE_RECEIPT: Rule(Text("送达回证", "certificate of service"), "送达", Act.FILE, filed_late=True),
    Kind.SITE_RECORD: Rule(Text("现场勘验笔录", "record of the site inspection"), "勘验", Act.FILE, filed_late=True),
    Kind.FILING_FORM: Rule(Text("立案审批表", "approval form of the filing"), "立审", Act.FILE, filed_late=True),
    Kind.CLOSING_FORM: Rule(Text("结案审批表", "approval form of the closing"), "结审", Act.PERFORM, filed_late=True),
}  # fmt: skip

_SERVED = {each.value: each.title for each in DOCUMENTS}


def why_not(dossier: Dossier, kind: Kind, serves: Document | None = None) -> Refused | None:
    """The sentence why a document cannot be made in this case now; ``serves``: of which document a receipt speaks."""
    rule = RULES[kind]
    if dossier.state is State.REVOKED:
        return Refused(
            reason_zh="案件已作废，不能再制作文书。",
            reason_en="The case was revoked; no document is made in it.",
        )
    if dossier.state is State.CLOSED and not rule.filed_late:
        return Refused(
            reason_zh=f"案件已结案，不能再制作“{rule.title.zh}”。",
            reason_en=f"The case is closed; no {rule.title.en} is made in it any more.",
        )
    if dossier.last(rule.after) is None:
        act = ACTS[rule.after].title
        return Refused(
            reason_zh=f"本案尚未“{act.zh}”，不能制作“{rule.title.zh}”。请先办理该步骤。",
            reason_en=f"The step “{act.en}” has not been done in this case, so no {rule.title.en} can be made. "
            "Do the step first.",
        )
    if rule.force and dossier.annulled:
        return Refused(
            reason_zh=f"处罚决定已被撤销，不能制作“{rule.title.zh}”。",
            reason_en=f"The decision was annulled; no {rule.title.en} can be made.",
        )
    return _why_no_receipt(dossier, serves) if kind is Kind.SERVICE_RECEIPT else None


def check(dossier: Dossier, kind: Kind, serves: Document | None = None) -> None:
    """Raises Refused where the document cannot be made now."""
    if refused := why_not(dossier, kind, serves):
        raise refused


def served_documents(dossier: Dossier) -> list[Document]:
    """The documents that can be served now: those whose act stands."""
    return [each for each in Document if dossier.last(each.issued_by) is not None]


def _why_no_receipt(dossier: Dossier, serves: Document | None) -> Refused | None:
    known = served_documents(dossier)
    if not known:
        return Refused(
            reason_zh="本案还没有可送达的文书。",
            reason_en="There is no document to be served in this case yet.",
        )
    if serves is not None and serves not in known:
        return Refused(
            reason_zh=f"本案还没有“{_SERVED[serves].zh}”，不能制作其送达回证。",
            reason_en=f"This case has no {_SERVED[serves].en} yet, so no certificate of its service can be made.",
        )
    return None
