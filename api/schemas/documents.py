"""Documents of cases and their templates."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from api.schemas.shared import Given, Shape, TextPair
from layers.cases.dossier import Document
from layers.documents.fields import Form
from layers.documents.kinds import Kind

__all__ = [
    "CaseDocumentsOut",
    "CorrectIn",
    "DocumentKindOut",
    "DocumentOptionsOut",
    "DocumentOut",
    "MakeIn",
    "MemberOut",
    "ServesOut",
    "TemplateFieldOut",
    "TemplateList",
    "TemplateOut",
    "TemplateShort",
    "TemplateVersionOut",
]


class DocumentKindOut(Shape):
    """A kind of document: whether it can be made now, and if not, why."""

    kind: Kind
    title: TextPair
    possible: bool
    why_not: TextPair | None


class ServesOut(Shape):
    """A document of which a certificate of service can be made."""

    document: Document
    title: TextPair


class DocumentOut(Shape):
    """A document as it was made; ``replaced``: a corrected version stands in its place."""

    id: int
    case_id: int
    kind: Kind
    title: TextPair
    number: str
    revision: int
    replaces_id: int | None
    replaced: bool
    reason: str | None
    serves: TextPair | None
    made_at: datetime
    by: str
    step_seq: int
    template_version: int
    template_sha256: str
    docx_sha256: str
    pdf_sha256: str
    synthetic: bool


class CaseDocumentsOut(Shape):
    """The documents of a case, oldest first; ``version`` is the case's, ``readable``: whether files are given out."""

    code: str
    version: int
    readable: bool
    kinds: list[DocumentKindOut]
    serves: list[ServesOut]
    items: list[DocumentOut]


class MakeIn(Given):
    """Which document to make of the case as it was seen; ``serves`` goes with a certificate of service."""

    kind: Kind
    version: int
    serves: Document | None = None


class CorrectIn(Given):
    """Why a document is made anew under the same number; ``version`` is the case's."""

    reason: str = Field(min_length=1, max_length=500)
    version: int


class MemberOut(Shape):
    """What a line of a list has."""

    name: str
    about: TextPair


class TemplateFieldOut(Shape):
    """A field that a template may use."""

    name: str
    about: TextPair
    example: str
    form: Form
    members: list[MemberOut]


class TemplateVersionOut(Shape):
    """A version of a template; ``by`` is empty where it came with the software, ``used``: documents made from it."""

    version: int
    sha256: str
    bytes: int
    note: str | None
    made_at: datetime
    by: str | None
    used: int


class TemplateShort(Shape):
    """A template that holds now; ``word`` stands in the number."""

    kind: Kind
    title: TextPair
    word: str
    version: int
    by: str | None
    made_at: datetime
    field_count: int


class TemplateOut(TemplateShort):
    """One template with its versions, newest first, and the fields it may use."""

    versions: list[TemplateVersionOut]
    fields: list[TemplateFieldOut]


class DocumentOptionsOut(Shape):
    """What documents say of the bureau: its name, its word in numbers, where a review is asked for, how to number."""

    issuer: str = Field(min_length=1, max_length=100)
    issuer_word: str = Field(min_length=1, max_length=40)
    review_body: str = Field(min_length=1, max_length=100)
    number_format: str = Field(min_length=1, max_length=100)


class TemplateList(Shape):
    """All templates and the options."""

    options: DocumentOptionsOut
    items: list[TemplateShort]
