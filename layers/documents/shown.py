"""What the doors show of documents and templates."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from layers.cases import store as cases
from layers.cases.codes import DOCUMENTS
from layers.cases.model import Case
from layers.documents import kinds, store
from layers.documents.fields import Field, of_kind
from layers.documents.kinds import MAKERS, RULES, Kind
from layers.errors import NotFound
from layers.layer import Text
from layers.people.rules import ROLE_TITLES, Role

__all__ = ["fields", "of_case", "template_of", "templates"]

_SERVED = {each.value: each.title for each in DOCUMENTS}


def of_case(session: Session, case_id: int, roles: frozenset[Role]) -> dict[str, Any]:
    """The documents of a case, and which can be made now. Raises NotFound.

    Staff see that there are documents; who may not know the party gets no files (``readable``).
    """
    case = session.get(Case, case_id)
    if case is None:
        raise NotFound(what_zh="案件", what_en="case", key=case_id)
    dossier = cases.dossier(session, case)
    may = bool(roles & MAKERS)
    served = kinds.served_documents(dossier)
    return {
        "code": case.code,
        "version": case.version,
        "readable": may,
        "kinds": [_kind(kind, kinds.why_not(dossier, kind), may=may) for kind in Kind],
        "serves": [{"document": each, "title": _pair(_SERVED[each])} for each in served],
        "items": [
            {**each, "title": _pair(RULES[Kind(each["kind"])].title), "serves": _served(each["serves"])}
            for each in store.documents_of(session, case_id)
        ],
    }


def templates(session: Session) -> dict[str, Any]:
    """The templates that hold now, and the bureau's options."""
    own = store.options(session)
    names = ("issuer", "issuer_word", "review_body", "number_format")
    return {
        "options": {name: getattr(own, name) for name in names},
        "items": [_template(session, kind) for kind in Kind],
    }


def template_of(session: Session, kind: Kind) -> dict[str, Any]:
    """One template with its versions and fields."""
    found = _template(session, kind)
    return {**found, "versions": store.templates_of(session, kind), "fields": fields(kind)}


def fields(kind: Kind) -> list[dict[str, Any]]:
    """The fields that a template of a kind may use."""
    return [_field(each) for each in of_kind(kind).values()]


def _template(session: Session, kind: Kind) -> dict[str, Any]:
    store.keep_standard(session, kind)
    newest = store.templates_of(session, kind)[0]
    rule = RULES[kind]
    return {
        "kind": kind, "title": _pair(rule.title), "word": rule.word, "version": newest["version"], "by": newest["by"],
        "made_at": newest["made_at"], "field_count": len(of_kind(kind)),
    }  # fmt: skip


def _field(each: Field) -> dict[str, Any]:
    return {
        "name": each.name, "about": _pair(each.about), "example": each.example, "form": each.form,
        "members": [{"name": name, "about": _pair(about)} for name, about in each.members.items()],
    }  # fmt: skip


def _kind(kind: Kind, refused: Any, *, may: bool) -> dict[str, Any]:
    why = None if refused is None else {"zh": refused.message_zh, "en": refused.message_en}
    if not may:
        zh, en = (" / ".join(ROLE_TITLES[each][at] for each in Role if each in MAKERS) for at in (0, 1))
        why = {"zh": f"制作文书需要的角色：{zh}。", "en": f"Documents are made by: {en}."}
    return {
        "kind": kind,
        "title": _pair(RULES[kind].title),
        "possible": may and refused is None,
        "why_not": why,
    }


def _served(document: str | None) -> dict[str, str] | None:
    return None if document is None else _pair(_SERVED[document])


def _pair(title: Text) -> dict[str, str]:
    return {"zh": title.zh, "en": title.en}
