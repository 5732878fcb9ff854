"""What an act requires of the dossier: each need is a function that gives the sentence why not, or None. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from layers.cases.codes import DOCUMENTS, PERIODS
from layers.cases.deadlines import Calendar, Kind, NoHolidays
from layers.cases.dossier import Act, Document, Dossier
from layers.cases.routes import Decision
from layers.errors import Refused
from layers.people.rules import Role
from layers.timezone import day_of

__all__ = [
    "ORDERS",
    "Asker",
    "Moment",
    "Need",
    "about_building",
    "decided_in_time",
    "demolition_decided",
    "demolition_site_checked",
    "enforcement_order_kept",
    "hearing_held_if_asked",
    "in_time_for_court",
    "no_remedy_pending",
    "not_annulled",
    "not_the_filer",
    "over",
    "remedy_pending",
    "route_leaves_force_to_administration",
    "served",
]  # fmt: skip

ORDERS = ("either", "announcement_first", "demand_first")
"""How the bureau reads 行政强制法35 and 44 together: whether announcement or demand comes first is disputed."""

_DOCUMENTS = {each.value: each.title for each in DOCUMENTS}
_PERIODS = {each.value: each.title for each in PERIODS}


@dataclass(frozen=True)
class Asker:
    """Who asks."""

    id: int
    roles: frozenset[Role]


@dataclass(frozen=True)
class Moment:
    """When and in which setting the question is asked; ``order`` is one of ORDERS."""

    now: datetime
    calendar: Calendar
    order: str = "either"

    @property
    def today(self) -> date:
        """The day in China."""
        return day_of(self.now)


Need = Callable[[Dossier, Moment, Asker], Refused | None]


def served(document: Document) -> Need:
    """The document that stands now was served, and the service has taken effect."""
    name = _DOCUMENTS[document]

    def need(dossier: Dossier, moment: Moment, asker: Asker) -> Refused | None:
        day = dossier.served(document)
        if day is not None and day <= moment.today:
            return None
        if day is not None:
            return Refused(
                reason_zh=f"{name.zh}以公告送达，{day} 起视为送达，此前不能进行本步骤。",
                reason_en=f"The {name.en} counts as served (by public notice) on {day}; this step must wait for it.",
            )
        return Refused(
            reason_zh=f"{name.zh}尚未送达。请先登记送达。",
            reason_en=f"The {name.en} has not been served. Record its service first.",
        )

    return need


def over(*kinds: Kind) -> Need:
    """These periods were opened and have run out."""

    def need(dossier: Dossier, moment: Moment, asker: Asker) -> Refused | None:
        for kind in kinds:
            name, deadline = _PERIODS[kind], dossier.deadline(kind)
            if deadline is None:
                return Refused(
                    reason_zh=f"{name.zh}尚未起算。请先完成并登记产生该期限的步骤（公告或送达）。",
                    reason_en=f"The period {name.en} has not begun. Complete and record the step that opens it first.",
                )
            if not deadline.settled:
                return NoHolidays(year=deadline.ends_on.year)
            if moment.today <= deadline.ends_on:
                return Refused(
                    reason_zh=f"{name.zh}至 {deadline.ends_on} 届满，届满前不能进行本步骤（{deadline.basis}）。",
                    reason_en=f"The period {name.en} runs until {deadline.ends_on}; this step must wait for its end "
                    f"({deadline.basis}).",
                )
        return None

    return need


def decided_in_time(dossier: Dossier, moment: Moment, asker: Asker) -> Refused | None:
    """行政处罚法60: a decision within 90 days of the filing, or of the extension."""
    deadline = dossier.deadline(Kind.DECISION)
    if deadline is None or moment.today <= deadline.ends_on:
        return None
    return Refused(
        reason_zh=f"作出决定的期限已于 {deadline.ends_on} 届满（行政处罚法第六十条）。请先申请延时。",
        reason_en=f"The time to decide ended on {deadline.ends_on} (Administrative Penalty Law, article 60). "
        "Ask for an extension first.",
    )


def not_the_filer(dossier: Dossier, moment: Moment, asker: Asker) -> Refused | None:
    """行政处罚法58: legal review is done by somebody else than the officers of the case."""
    handlers = {each.person_id for each in dossier.standing if each.act in {Act.FILE, Act.NOTIFY}}
    if asker.id not in handlers:
        return None
    return Refused(
        reason_zh="法制审核须由未承办本案的人员进行（行政处罚法第五十八条）。请交由他人审核。",
        reason_en="Legal review is for somebody who did not handle the case (Administrative Penalty Law, article 58).",
    )


def hearing_held_if_asked(dossier: Dossier, moment: Moment, asker: Asker) -> Refused | None:
    """行政处罚法63–65: a hearing that was asked for is held."""
    if dossier.last(Act.HEAR, heard="hearing_asked") is None or dossier.last(Act.HEAR, heard="hearing_held"):
        return None
    return Refused(
        reason_zh="当事人已申请听证，须先举行听证（行政处罚法第六十三条）。",
        reason_en="The party asked for a hearing, which must be held first (Administrative Penalty Law, article 63).",
    )


def demolition_decided(dossier: Dossier, moment: Moment, asker: Asker) -> Refused | None:
    """Only a decision to demolish is announced and enforced by demolition."""
    if dossier.decision is Decision.DEMOLISH:
        return None
    return Refused(
        reason_zh="本案没有作出限期拆除的决定，不能公告或强制拆除。其他决定可申请人民法院强制执行。",
        reason_en="No demolition was decided, so none can be announced or enforced. For other decisions apply to the court.",
    )


def route_leaves_force_to_administration(dossier: Dossier, moment: Moment, asker: Asker) -> Refused | None:
    """土地管理法83, 行政强制法13: under the land law only the court enforces; of other routes 城乡规划法65, 68."""
    if dossier.route is not None and dossier.route.own_force:
        return None
    return Refused(
        reason_zh="本案所适用的法律没有授予行政机关强制拆除权，应申请人民法院强制执行（土地管理法第八十三条、行政强制法第五十三条）。",
        reason_en="The law of this case gives the administration no power to demolish; apply to the court "
        "(Land Administration Law, article 83; Administrative Enforcement Law, article 53).",
    )


def no_remedy_pending(dossier: Dossier, moment: Moment, asker: Asker) -> Refused | None:
    """行政强制法44: force only where neither review nor suit was sought, or after it ended."""
    if not dossier.remedy_pending:
        return None
    return Refused(
        reason_zh="行政复议或行政诉讼尚未终结，不得强制执行（行政强制法第四十四条）。",
        reason_en="A review or a suit is under way; no force before it ends (Administrative Enforcement Law, article 44).",
    )


def not_annulled(dossier: Dossier, moment: Moment, asker: Asker) -> Refused | None:
    """A decision that was annulled has no effect."""
    if not dossier.annulled:
        return None
    return Refused(
        reason_zh="处罚决定已被撤销，不能继续执行。请作废本案。",
        reason_en="The decision was annulled and cannot be enforced. Revoke the case.",
    )


def remedy_pending(dossier: Dossier, moment: Moment, asker: Asker) -> Refused | None:
    """There is a review or a suit to end."""
    if dossier.remedy_pending:
        return None
    return Refused(
        reason_zh="没有正在进行的行政复议或诉讼。", reason_en="No review and no suit is under way."
    )


def enforcement_order_kept(first: str, done: Act) -> Need:
    """Where the bureau's practice is ``first``, the act ``done`` must stand before (demolitions only)."""

    def need(dossier: Dossier, moment: Moment, asker: Asker) -> Refused | None:
        applies = moment.order == first and dossier.decision is Decision.DEMOLISH
        if not applies or dossier.last(done) is not None:
            return None
        zh, en = {Act.ANNOUNCE: ("公告", "the announcement"), Act.DEMAND: ("催告", "the demand")}[done]
        return Refused(
            reason_zh=f"按本局设定的次序，须先{zh}。", reason_en=f"In this bureau's order {en} comes first."
        )

    return need


def in_time_for_court(dossier: Dossier, moment: Moment, asker: Asker) -> Refused | None:
    """行政强制法53: within three months after the periods for review and suit."""
    deadline = dossier.deadline(Kind.COURT)
    if deadline is None or moment.today <= deadline.ends_on:
        return None
    return Refused(
        reason_zh=f"申请人民法院强制执行的期限已于 {deadline.ends_on} 届满（行政强制法第五十三条）。",
        reason_en=f"The time to apply to the court ended on {deadline.ends_on} (Administrative Enforcement Law, article 53).",
    )


def demolition_site_checked(dossier: Dossier, moment: Moment, asker: Asker) -> Refused | None:
    """拆除核验: who says that a structure is gone has been there."""
    decided = dossier.last(Act.DECIDE)
    if (
        decided is None
        or dossier.decision is not Decision.DEMOLISH
        or dossier.checked("demolished", decided.at)
    ):
        return None
    return Refused(
        reason_zh="须先到现场核验，并登记结论为“已拆除”的现场核查。",
        reason_en="Somebody must go there first and record a site check with the conclusion “demolished”.",
    )


def about_building(dossier: Dossier, moment: Moment, asker: Asker) -> Refused | None:
    """An order to stop building needs building: not in street order."""
    if dossier.route is not None and dossier.route != "appearance":
        return None
    return Refused(
        reason_zh="市容案件没有建设行为，不适用责令停止建设。",
        reason_en="A case of street order has no construction that could be stopped.",
    )
