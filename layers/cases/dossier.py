"""The noun that the rules read: a case with its steps, services, periods and site checks. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from layers.cases.deadlines import Kind, Length
from layers.cases.routes import Decision, Route
from layers.timezone import day_of

__all__ = ["Act", "Deadline", "Document", "Dossier", "Opened", "Outcome", "Service", "SiteCheck", "State", "Step"]  # fmt: skip


class State(StrEnum):
    """Where a case stands; the values of ``codes.CASE_STATUSES``. None is a case that is not filed yet."""

    FILED = "filed"
    NOTIFIED = "notified"
    REVIEWED = "reviewed"
    DECIDED = "decided"
    DEMANDED = "demanded"
    ENFORCING = "enforcing"
    COURT = "court"
    PERFORMED = "performed"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    REVOKED = "revoked"


class Act(StrEnum):
    """What somebody does with a case."""

    FILE = "file"
    STOP = "stop"
    REROUTE = "reroute"
    NOTIFY = "notify"
    HEAR = "hear"
    REVIEW = "review"
    DECIDE = "decide"
    SERVE = "serve"
    ANNOUNCE = "announce"
    DEMAND = "demand"
    ENFORCE = "enforce"
    DEMOLISH = "demolish"
    APPLY_COURT = "apply_court"
    RECORD_REMEDY = "record_remedy"
    END_REMEDY = "end_remedy"
    PERFORM = "perform"
    CLOSE = "close"
    EXTEND = "extend"
    RETURN = "return"
    REVOKE = "revoke"
    SUSPEND = "suspend"
    RESUME = "resume"


class Document(StrEnum):
    """What is served; the values of ``codes.DOCUMENTS``."""

    STOP_ORDER = "stop_order"
    NOTICE = "notice"
    DECISION = "decision"
    DEMAND = "demand"
    ENFORCEMENT = "enforcement"

    @property
    def issued_by(self) -> Act:
        """The act that makes the document."""
        return {
            Document.STOP_ORDER: Act.STOP,
            Document.NOTICE: Act.NOTIFY,
            Document.DECISION: Act.DECIDE,
            Document.DEMAND: Act.DEMAND,
            Document.ENFORCEMENT: Act.ENFORCE,
        }[self]


@dataclass(frozen=True)
class Step:
    """One act as it was done; ``seq`` counts from 1, ``details`` is what the act said besides (JSON)."""

    seq: int
    act: str
    before: State | None
    after: State
    at: datetime
    person_id: int | None = None
    approver_id: int | None = None
    reason: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def day(self) -> date:
        """The day in China."""
        return day_of(self.at)


@dataclass(frozen=True)
class Service:
    """A document served. ``effective_on``: the day that periods count from (later for a public notice)."""

    document: Document
    issued_seq: int
    method: str
    served_on: date
    effective_on: date
    receiver: str | None = None


@dataclass(frozen=True)
class Opened:
    """A period that begins, before it is counted."""

    kind: Kind
    counted_from: date
    length: Length
    basis: str


@dataclass(frozen=True)
class Deadline:
    """A period as counted. ``step_seq``: the step that opened it; not ``settled``: holidays were not known."""

    kind: Kind
    counted_from: date
    length: Length
    ends_on: date
    settled: bool
    step_seq: int
    basis: str = ""


@dataclass(frozen=True)
class SiteCheck:
    """Somebody was there."""

    id: int
    conclusion: str
    checked_at: datetime


@dataclass(frozen=True)
class Outcome:
    """What an act leaves behind besides its step: columns of the case, a service, periods."""

    details: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)
    service: Service | None = None
    opens: tuple[Opened, ...] = ()
    site_check_id: int | None = None


@dataclass(frozen=True)
class Dossier:
    """Everything that decides what may happen next. Empty: a case that is not filed yet."""

    route: Route | None = None
    steps: tuple[Step, ...] = ()
    services: tuple[Service, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    checks: tuple[SiteCheck, ...] = ()

    @property
    def state(self) -> State | None:
        """The state that the last step led to."""
        return self.steps[-1].after if self.steps else None

    @property
    def before_suspension(self) -> State | None:
        """Where a suspended case goes on."""
        return self.steps[-1].before if self.state is State.SUSPENDED else None

    @cached_property
    def standing(self) -> tuple[Step, ...]:
        """The steps that still count: what a return took back does not."""
        kept: list[Step] = []
        for step in self.steps:
            if step.act == Act.RETURN:
                while kept and not (kept[-1].before == step.after and kept[-1].after != step.after):
                    kept.pop()
                kept = kept[:-1]
            else:
                kept.append(step)
        return tuple(kept)

    def last(self, act: Act, **details: Any) -> Step | None:
        """The last standing step of an act, with these details."""
        wanted = details.items()
        found = (
            each for each in reversed(self.standing) if each.act == act and wanted <= each.details.items()
        )
        return next(found, None)

    def served(self, document: Document) -> date | None:
        """The day from which the document that stands now counts as served."""
        issued = self.last(document.issued_by)
        if issued is None:
            return None
        days = [
            each.effective_on
            for each in self.services
            if each.document is document and each.issued_seq == issued.seq
        ]
        return min(days, default=None)

    def deadline(self, kind: Kind) -> Deadline | None:
        """The period as it was counted last, unless the step that opened it was taken back."""
        gone = {each.seq for each in self.steps} - {each.seq for each in self.standing}
        return next(
            (each for each in reversed(self.deadlines) if each.kind is kind and each.step_seq not in gone),
            None,
        )

    @property
    def decision(self) -> Decision | None:
        """What was decided."""
        step = self.last(Act.DECIDE)
        return Decision(step.details["decision"]) if step else None

    @property
    def remedy_pending(self) -> bool:
        """Whether a review or a suit is under way."""
        return self._count(Act.RECORD_REMEDY) > self._count(Act.END_REMEDY)

    @property
    def annulled(self) -> bool:
        """Whether a review or a suit took the decision away."""
        return self.last(Act.END_REMEDY, outcome="annulled") is not None

    def checked(self, conclusion: str, since: datetime) -> SiteCheck | None:
        """The last site check after that moment, if it came to this conclusion."""
        later = [each for each in self.checks if each.checked_at >= since]
        newest = max(later, key=lambda each: (each.checked_at, each.id), default=None)
        return newest if newest is not None and newest.conclusion == conclusion else None

    def with_step(self, step: Step, outcome: Outcome, deadlines: tuple[Deadline, ...]) -> Dossier:
        """The dossier after one more step."""
        services = (outcome.service,) if outcome.service else ()
        return replace(
            self,
            route=Route(outcome.changes.get("route", self.route)),
            steps=(*self.steps, step),
            services=(*self.services, *services),
            deadlines=(*self.deadlines, *deadlines),
        )

    def _count(self, act: Act) -> int:
        return sum(each.act == act for each in self.standing)
