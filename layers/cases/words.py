"""How what is said with an act is asked for and read again: kinds of words, and the choices of a case. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from layers.cases import codes
from layers.cases.dossier import Document, Dossier
from layers.cases.given import WORDS
from layers.cases.routes import REASONS, decisions
from layers.errors import Refused
from layers.layer import Code, Text

__all__ = ["Said", "WordKind", "choices", "kind", "nothing_to_choose", "read"]


class WordKind(StrEnum):
    """What sort of thing a word is: ``yuan`` and ``days`` are figures with that unit."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    DATE = "date"
    MOMENT = "moment"
    YUAN = "yuan"
    DAYS = "days"
    FLAG = "flag"
    CHOICE = "choice"
    CHOICES = "choices"
    REFERENCE = "reference"


_KINDS = {
    WordKind.LONG_TEXT: ("reason", "note"),
    WordKind.DATE: ("ended_on", "served_on", "posted_on", "on"),
    WordKind.MOMENT: ("started_at", "ended_at"),
    WordKind.YUAN: ("fine_yuan", "cost_yuan"),
    WordKind.DAYS: ("limit_days", "days"),
    WordKind.FLAG: ("temporary", "dwelling"),
    WordKind.CHOICES: ("means",),
    WordKind.REFERENCE: ("site_check_id", "handler_id"),
}
_KIND_OF = {name: each for each, names in _KINDS.items() for name in names}
_LISTS = {
    "route": codes.ROUTES,
    "was": codes.ROUTES,
    "proposed": codes.ROUTES,
    "heard": codes.HEARD,
    "document": codes.DOCUMENTS,
    "method": codes.SERVICE_METHODS,
    "decision": codes.DECISIONS,
    "means": codes.MEANS,
    "remedy": codes.REMEDIES,
    "outcome": codes.OUTCOMES,
}
# What the program itself notes with a step
_NOTED = {
    "proposed": Text("建议适用条款", "article proposed"),
    "why": Text("建议理由", "why it was proposed"),
    "was": Text("原适用条款", "article before"),
}
# The head of the case tells these
_ELSEWHERE = {"title", "party_name"}


@dataclass(frozen=True)
class Said:
    """One thing that was said with a step; ``text`` is the title of a coded value, several joined."""

    name: str
    title: Text
    kind: WordKind
    value: str | int | bool
    text: Text | None


def kind(name: str) -> WordKind:
    """What sort of thing this word is."""
    return _KIND_OF.get(name, WordKind.CHOICE if name in _LISTS else WordKind.TEXT)


def choices(name: str, dossier: Dossier) -> tuple[Code, ...]:
    """What can be chosen for this word in this case; a choice that the law refuses is not offered."""
    listed = _LISTS.get(name, ())
    if name == "route":
        return tuple(each for each in listed if each.value != dossier.route)
    if name == "decision" and dossier.route is not None:
        permitted = decisions(dossier.route)
        return tuple(each for each in listed if each.value in permitted)
    if name == "document":
        waiting = [each for each in Document if _waits_for_service(each, dossier)]
        return tuple(each for each in listed if each.value in waiting)
    return listed


def nothing_to_choose(takes: Iterable[str], dossier: Dossier) -> Refused | None:
    """Why an act that must name a document cannot: none waits to be served."""
    if "document" not in takes or choices("document", dossier):
        return None
    return Refused(
        reason_zh="没有待送达的文书：已作出的文书都已登记送达。",
        reason_en="No document waits to be served: the service of all that were made is recorded.",
    )


def read(details: Mapping[str, Any]) -> list[Said]:
    """What was said with a step, in words; what other parts of a case tell is left out."""
    titles = WORDS | _NOTED
    return [
        _said(name, title, details[name])
        for name, title in titles.items()
        if name in details and name not in _ELSEWHERE and kind(name) is not WordKind.REFERENCE
    ]


def _said(name: str, title: Text, value: Any) -> Said:
    found = {each.value: each.title for each in _LISTS.get(name, ())}
    if name == "why":
        found = {each.zh: each for each in REASONS}
    values = value if isinstance(value, list) else [value]
    known = [found[each] for each in values if each in found]
    shown = (
        Text("、".join(each.zh for each in known), ", ".join(each.en for each in known)) if known else None
    )
    plain = value if isinstance(value, (bool, int)) else "、".join(map(str, values))
    return Said(name, title, kind(name), plain, shown)


def _waits_for_service(document: Document, dossier: Dossier) -> bool:
    return dossier.last(document.issued_by) is not None and dossier.served(document) is None
