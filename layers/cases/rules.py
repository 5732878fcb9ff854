"""States × acts: who may do what from where to where, on which article, and what must have happened before. Pure.

One table, ``RULES``. The database's table of transitions is filled from it (``transitions.py``), the doors ask it
what is possible now, and the acts obey it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from layers.cases import needs
from layers.cases.codes import CASE_STATUSES
from layers.cases.deadlines import Kind
from layers.cases.dossier import Act, Document, Dossier, State
from layers.cases.needs import Asker, Moment, Need
from layers.cases.routes import Route
from layers.errors import NotAllowed, Refused
from layers.layer import Text
from layers.people.rules import Role, require

__all__ = [
    "APPROVERS", "CHECKERS", "OPEN", "RULES", "Rule", "Way", "after", "basis", "check", "check_approver", "own_approval", "ways",
    "why_not",
]  # fmt: skip

OFFICERS = frozenset({Role.OFFICER, Role.ADMINISTRATOR})
LAWYERS = frozenset({Role.REVIEWER, Role.OFFICER, Role.ADMINISTRATOR})
APPROVERS = frozenset({Role.REVIEWER, Role.ADMINISTRATOR})
CHECKERS = frozenset({Role.INSPECTOR, Role.OFFICER, Role.ADMINISTRATOR})

_S = State
OPEN = tuple(each for each in State if each not in {_S.SUSPENDED, _S.CLOSED, _S.REVOKED})
"""The states in which a case is worked on."""

_AFTER_DECISION = (_S.DECIDED, _S.DEMANDED, _S.ENFORCING, _S.COURT)
_BEFORE_DECISION = (_S.FILED, _S.NOTIFIED, _S.REVIEWED)


@dataclass(frozen=True)
class Rule:
    """One act. ``ways``: from which state to which; ``takes``: what must be given, ``may_take``: what may.

    ``waits_for`` are periods that must have run out (the database holds these too); ``approver``: asked for by one
    person and granted by another.
    """

    title: Text
    ways: Mapping[State | None, State]
    roles: frozenset[Role]
    basis: Text
    takes: tuple[str, ...] = ()
    may_take: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    waits_for: tuple[Kind, ...] = ()
    approver: bool = False


@dataclass(frozen=True)
class Way:
    """One permitted transition."""

    act: Act
    before: State | None
    after: State
    rule: Rule


def _stays(*states: State) -> dict[State | None, State]:
    return {each: each for each in states}


def _all_to(state: State, *sources: State) -> dict[State | None, State]:
    return dict.fromkeys(sources, state)


RULES: dict[Act, Rule] = {
    Act.FILE: Rule(
        Text("立案", "file"), {None: _S.FILED}, OFFICERS,
        Text("行政处罚法第三十六条、第四十一条、第五十四条", "Administrative Penalty Law, articles 36, 41, 54"),
        takes=("site_check_id", "title"),
        may_take=("route", "reason", "party_name", "ended_on", "temporary", "dwelling", "handler_id"),
    ),
    Act.STOP: Rule(
        Text("责令停止建设", "order to stop"), _stays(_S.FILED, _S.NOTIFIED, _S.REVIEWED), OFFICERS,
        Text("城乡规划法第六十四条、第六十五条，行政处罚法第二十八条", "planning act, articles 64, 65; Penalty Law, article 28"),
        needs=(needs.about_building,), may_take=("note",),
    ),
    Act.REROUTE: Rule(
        Text("改变适用条款", "change the article"), _stays(_S.FILED), OFFICERS,
        Text("城乡规划法第六十四至六十六条，土地管理法第七十七条、第七十八条", "planning act, articles 64–66; land act, articles 77, 78"),
        takes=("route", "reason"),
    ),
    Act.NOTIFY: Rule(
        Text("事先告知", "give prior notice"), {_S.FILED: _S.NOTIFIED}, OFFICERS,
        Text("行政处罚法第四十四条、第六十三条", "Administrative Penalty Law, articles 44, 63"), may_take=("note",),
    ),
    Act.HEAR: Rule(
        Text("陈述申辩与听证", "statement, defence, hearing"), _stays(_S.NOTIFIED), OFFICERS,
        Text("行政处罚法第四十五条、第六十三条、第六十四条", "Administrative Penalty Law, articles 45, 63, 64"),
        takes=("heard", "note"), needs=(needs.served(Document.NOTICE),),
    ),
    Act.REVIEW: Rule(
        Text("法制审核", "legal review"), {_S.NOTIFIED: _S.REVIEWED}, LAWYERS,
        Text("行政处罚法第五十八条", "Administrative Penalty Law, article 58"),
        takes=("note",),
        needs=(needs.not_the_filer, needs.served(Document.NOTICE), needs.hearing_held_if_asked),
        waits_for=(Kind.HEARING,),
    ),
    Act.DECIDE: Rule(
        Text("作出决定", "decide"), {_S.REVIEWED: _S.DECIDED}, OFFICERS,
        Text("行政处罚法第五十七条、第五十九条、第六十条", "Administrative Penalty Law, articles 57, 59, 60"),
        takes=("decision", "limit_days"), may_take=("fine_yuan", "cost_yuan", "note"),
        needs=(needs.decided_in_time,),
    ),
    Act.SERVE: Rule(
        Text("送达", "serve"), _stays(_S.FILED, _S.NOTIFIED, _S.REVIEWED, _S.DECIDED, _S.DEMANDED, _S.ENFORCING), OFFICERS,
        Text("行政处罚法第六十一条，行政强制法第三十八条，民事诉讼法第八十七至九十五条",
             "Administrative Penalty Law, article 61; Administrative Enforcement Law, article 38; Civil Procedure Law, articles 87–95"),
        takes=("document", "method", "served_on"), may_take=("receiver", "note"),
    ),
    Act.ANNOUNCE: Rule(
        Text("公告限期自行拆除", "announce"), _stays(_S.DECIDED, _S.DEMANDED), OFFICERS,
        Text("行政强制法第四十四条", "Administrative Enforcement Law, article 44"),
        takes=("posted_on", "limit_days"), may_take=("note",),
        needs=(needs.demolition_decided, needs.not_annulled, needs.served(Document.DECISION),
               needs.enforcement_order_kept("demand_first", Act.DEMAND)),
    ),
    Act.DEMAND: Rule(
        Text("催告", "demand performance"), {_S.DECIDED: _S.DEMANDED}, OFFICERS,
        Text("行政强制法第三十五条、第五十四条", "Administrative Enforcement Law, articles 35, 54"),
        takes=("limit_days",), may_take=("note",),
        needs=(needs.not_annulled, needs.served(Document.DECISION),
               needs.enforcement_order_kept("announcement_first", Act.ANNOUNCE)),
        waits_for=(Kind.PERFORM,),
    ),
    Act.ENFORCE: Rule(
        Text("强制执行决定", "decide to enforce"), {_S.DEMANDED: _S.ENFORCING}, OFFICERS,
        Text("行政强制法第三十七条、第四十四条，城乡规划法第六十五条、第六十八条",
             "Administrative Enforcement Law, articles 37, 44; planning act, articles 65, 68"),
        may_take=("order_number", "note"),
        needs=(needs.route_leaves_force_to_administration, needs.demolition_decided, needs.not_annulled,
               needs.no_remedy_pending, needs.served(Document.DEMAND)),
        waits_for=(Kind.PERFORM, Kind.ANNOUNCEMENT, Kind.DEMAND, Kind.REVIEW, Kind.SUIT),
    ),
    Act.DEMOLISH: Rule(
        Text("实施强制拆除", "demolish"), _stays(_S.ENFORCING), OFFICERS,
        Text("行政强制法第三十七条、第四十三条、第四十四条", "Administrative Enforcement Law, articles 37, 43, 44"),
        takes=("started_at", "ended_at", "means"), may_take=("note",),
        needs=(needs.not_annulled, needs.no_remedy_pending, needs.served(Document.ENFORCEMENT)),
        waits_for=(Kind.ANNOUNCEMENT, Kind.DEMAND, Kind.REVIEW, Kind.SUIT),
    ),
    Act.APPLY_COURT: Rule(
        Text("申请人民法院强制执行", "apply to the court"), {_S.DEMANDED: _S.COURT}, OFFICERS,
        Text("行政强制法第五十三条、第五十四条，土地管理法第八十三条",
             "Administrative Enforcement Law, articles 53, 54; land act, article 83"),
        takes=("order_number",), may_take=("note",),
        needs=(needs.not_annulled, needs.no_remedy_pending, needs.served(Document.DEMAND), needs.in_time_for_court),
        waits_for=(Kind.PERFORM, Kind.DEMAND, Kind.REVIEW, Kind.SUIT),
    ),
    Act.RECORD_REMEDY: Rule(
        Text("登记复议或诉讼", "record a review or suit"), _stays(*_AFTER_DECISION), OFFICERS,
        Text("行政复议法第二十条，行政诉讼法第四十六条", "Review Law, article 20; Litigation Law, article 46"),
        takes=("remedy", "on"), may_take=("note",), needs=(needs.served(Document.DECISION),),
    ),
    Act.END_REMEDY: Rule(
        Text("登记复议或诉讼结果", "record the outcome of a review or suit"), _stays(*_AFTER_DECISION), OFFICERS,
        Text("行政诉讼法第四十五条", "Administrative Litigation Law, article 45"),
        takes=("outcome", "on"), may_take=("note",), needs=(needs.remedy_pending,),
    ),
    Act.PERFORM: Rule(
        Text("履行核验", "confirm performance"), _all_to(_S.PERFORMED, *_AFTER_DECISION), OFFICERS,
        Text("行政处罚法第六十六条", "Administrative Penalty Law, article 66"),
        takes=("note",), needs=(needs.served(Document.DECISION), needs.demolition_site_checked),
    ),
    Act.CLOSE: Rule(
        Text("结案", "close"), {_S.PERFORMED: _S.CLOSED}, OFFICERS,
        Text("行政处罚法第六十六条", "Administrative Penalty Law, article 66"), may_take=("note",),
    ),
    Act.EXTEND: Rule(
        Text("延时", "extend"), _stays(*_BEFORE_DECISION), OFFICERS,
        Text("行政处罚法第六十条", "Administrative Penalty Law, article 60"), takes=("days", "reason"), approver=True,
    ),
    Act.RETURN: Rule(
        Text("回退", "send back"),
        {_S.NOTIFIED: _S.FILED, _S.REVIEWED: _S.NOTIFIED, _S.DEMANDED: _S.DECIDED}, OFFICERS,
        Text("行政处罚法第五十四条、第五十八条", "Administrative Penalty Law, articles 54, 58"), takes=("reason",), approver=True,
    ),
    Act.REVOKE: Rule(
        Text("作废", "revoke"), _all_to(_S.REVOKED, *OPEN, _S.SUSPENDED), OFFICERS,
        Text("行政处罚法第五十七条、第七十五条", "Administrative Penalty Law, articles 57, 75"), takes=("reason",), approver=True,
    ),
    Act.SUSPEND: Rule(
        Text("挂账", "put on hold"), _all_to(_S.SUSPENDED, *OPEN), OFFICERS,
        Text("城市管理案卷管理规定，行政强制法第三十九条", "rules on case files; Administrative Enforcement Law, article 39"),
        takes=("reason",), approver=True,
    ),
    Act.RESUME: Rule(
        Text("恢复办理", "resume"), {_S.SUSPENDED: _S.SUSPENDED}, OFFICERS,  # to where it was: see after()
        Text("行政强制法第三十九条", "Administrative Enforcement Law, article 39"), takes=("reason",),
    ),
}  # fmt: skip

_OF_ROUTE = {
    Route.PLANNING_64: Text("城乡规划法第六十四条", "planning act, article 64"),
    Route.PLANNING_65: Text("城乡规划法第六十五条", "planning act, article 65"),
    Route.PLANNING_66: Text("城乡规划法第六十六条", "planning act, article 66"),
    Route.LAND_77: Text("土地管理法第七十七条", "land act, article 77"),
    Route.LAND_78: Text("土地管理法第七十八条", "land act, article 78"),
    Route.APPEARANCE: Text("城市市容和环境卫生管理条例", "regulation on street order"),
}


def basis(act: Act, route: Route) -> Text:
    """The articles that an act rests on in a case of this route."""
    rule = RULES[act]
    if act not in {Act.FILE, Act.REROUTE, Act.NOTIFY, Act.DECIDE}:
        return rule.basis
    own = _OF_ROUTE[route]
    return Text(f"{rule.basis.zh}；{own.zh}", f"{rule.basis.en}; {own.en}")


def ways() -> Iterator[Way]:
    """Every permitted transition; a resumed case goes back to the state it was in."""
    for act, rule in RULES.items():
        for before, state in rule.ways.items():
            for to in OPEN if act is Act.RESUME else (state,):
                yield Way(act, before, to, rule)


def after(dossier: Dossier, act: Act) -> State:
    """The state that an act leads to. Raises Refused, naming where it could be done."""
    rule = RULES[act]
    if dossier.state not in rule.ways:
        raise Refused(reason_zh=_not_from(dossier, rule, "zh"), reason_en=_not_from(dossier, rule, "en"))
    if act is Act.RESUME:
        assert dossier.before_suspension is not None
        return dossier.before_suspension
    return rule.ways[dossier.state]


def check(dossier: Dossier, act: Act, asker: Asker, moment: Moment) -> State:
    """The state that the act leads to, when this person may do it now. Raises NotAllowed, Refused."""
    rule = RULES[act]
    require(asker.roles, rule.roles, act_zh=rule.title.zh, act_en=rule.title.en)
    state = after(dossier, act)
    for need in (*rule.needs, needs.over(*rule.waits_for)):
        if refused := need(dossier, moment, asker):
            raise refused
    return state


def why_not(dossier: Dossier, act: Act, asker: Asker, moment: Moment) -> NotAllowed | Refused | None:
    """The sentence why this person cannot do it now; None: it is possible."""
    try:
        check(dossier, act, asker, moment)
    except (NotAllowed, Refused) as refused:
        return refused
    return None


def check_approver(asked_by: int, approver: Asker) -> None:
    """Who approves is not the one who asks, and may approve. Raises NotAllowed, Refused."""
    require(
        approver.roles,
        APPROVERS,
        act_zh="审批延时、回退、作废、挂账",
        act_en="approve extensions, returns, revocations, holds",
    )
    if asked_by == approver.id:
        raise own_approval()


def own_approval() -> Refused:
    """Why nobody approves what he asked for himself."""
    return Refused(
        reason_zh="申请人不能审批自己的申请。请由其他有权限的人员审批。",
        reason_en="Who asks cannot approve. Somebody else with the role must decide.",
    )


def _not_from(dossier: Dossier, rule: Rule, language: str) -> str:
    names = {each.value: getattr(each.title, language) for each in CASE_STATUSES} | {
        None: {"zh": "未立案", "en": "not filed"}[language]
    }
    possible = {"zh": "、", "en": " or "}[language].join(names[each] for each in rule.ways)
    now, title = names[dossier.state], getattr(rule.title, language)
    if language == "zh":
        return f"案件处于“{now}”，不能“{title}”；该步骤只能在“{possible}”时进行。"
    return f"The case is “{now}”, where one cannot {title}; that takes “{possible}”."
