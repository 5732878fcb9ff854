"""All SQL of documents: options, templates, numbers, documents, and what their fields ask of a case."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from layers import models  # noqa: F401  (a flush must know every table that a foreign key names)
from layers.database import geometry
from layers.documents.kinds import Kind
from layers.documents.model import CaseDocument, DocumentOption, DocumentTemplate
from layers.errors import NotFound

__all__ = [
    "STANDARD",
    "add_template",
    "around",
    "case_facts",
    "document",
    "documents_of",
    "keep_standard",
    "latest_survey",
    "next_sequence",
    "options",
    "replaced",
    "set_options",
    "template",
    "templates_of",
]

STANDARD = Path(__file__).parent / "standard"

_CASE = """
SELECT c.code, c.title, c.party_name, c.filed_on, c.closed_on, c.route, c.version, c.synthetic, c.illegal_building_id,
       b.code AS building, b.area_m2 AS building_area_m2, d.name AS division, o.name AS handler,
       ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat, ST_AsBinary(b.geom) AS outline,
       (SELECT k.id FROM candidates k WHERE k.illegal_building_id = b.id ORDER BY k.id DESC LIMIT 1) AS candidate_id
FROM cases c
LEFT JOIN illegal_buildings b ON b.id = c.illegal_building_id
LEFT JOIN divisions d ON d.id = c.division_id
LEFT JOIN organisations o ON o.id = c.handler_id
WHERE c.id = :id
"""
_CHECK = """
SELECT k.checked_at, k.conclusion, k.area_m2, k.note, p.display_name AS by
FROM site_checks k LEFT JOIN people p ON p.id = k.person_id
WHERE k.case_id = :id OR k.id IN (SELECT site_check_id FROM case_steps WHERE case_id = :id)
ORDER BY (:filing AND k.id = (SELECT site_check_id FROM case_steps WHERE case_id = :id AND act = 'file')) DESC NULLS LAST,
         k.checked_at DESC, k.id DESC LIMIT 1
"""
_STEPS = """
SELECT s.seq, s.act, s.at, s.legal_basis, p.display_name AS by
FROM case_steps s LEFT JOIN people p ON p.id = s.person_id WHERE s.case_id = :id ORDER BY s.seq
"""
_NUMBERS = """
SELECT kind, number, step_seq FROM case_documents WHERE case_id = :id ORDER BY id
"""
# lines and outlines that help to find the place, as WKB in EPSG:4490
_AROUND = """
SELECT noun, ST_AsBinary(ST_ClipByBox2D(geom, box)) FROM (
    SELECT 'roads' AS noun, geom FROM roads UNION ALL SELECT 'buildings', geom FROM illegal_buildings
    UNION ALL SELECT 'grids', ST_Boundary(geom) FROM grids
) AS t, ST_MakeEnvelope(:west, :south, :east, :north, 4490) AS box WHERE geom && box
"""
_SURVEY = """
SELECT id FROM surveys WHERE status = 'done' AND ST_Covers(geom, ST_GeomFromWKB(:wkb, 4490))
ORDER BY flown_on DESC, id DESC LIMIT 1
"""
_SHOWN = """
SELECT d.id, d.case_id, d.kind, d.number, d.revision, d.replaces_id, d.reason, d.serves, d.made_at, d.docx_sha256,
       d.pdf_sha256, p.display_name AS by, t.version AS template_version, t.sha256 AS template_sha256, d.step_seq,
       EXISTS (SELECT FROM case_documents n WHERE n.replaces_id = d.id) AS replaced, d.synthetic
FROM case_documents d JOIN people p ON p.id = d.made_by JOIN document_templates t ON t.id = d.template_id
WHERE d.case_id = :id ORDER BY d.id
"""


def options(session: Session) -> DocumentOption:
    """The bureau's options."""
    return session.get_one(DocumentOption, 1)


def set_options(session: Session, **values: str) -> None:
    """Write the bureau's options."""
    session.execute(update(DocumentOption).values(**values))


def keep_standard(session: Session, kind: Kind) -> None:
    """Have the template that came with the software among the versions, where nobody has put another in its place."""
    content = (STANDARD / f"{kind.value}.docx").read_bytes()
    newest = _newest(session, kind)
    if newest is None or (newest.made_by is None and newest.sha256 != hashlib.sha256(content).hexdigest()):
        now = session.scalar(select(func.now()))
        assert now is not None
        add_template(session, kind, content, made_by=None, at=now, note=None)


def add_template(
    session: Session, kind: Kind, content: bytes, *, made_by: int | None, at: datetime, note: str | None
) -> DocumentTemplate:
    """The next version of a template; two who upload at once take turns, and the same file again is no new version."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('document templates'))"))
    newest, sha256 = _newest(session, kind), hashlib.sha256(content).hexdigest()
    if newest is not None and newest.sha256 == sha256:
        return newest
    made = DocumentTemplate(
        kind=kind.value, version=newest.version + 1 if newest else 1, content=content, sha256=sha256, bytes=len(content),
        note=note, made_by=made_by, made_at=at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def template(session: Session, kind: Kind, version: int | None = None) -> DocumentTemplate:
    """A version of a template, the newest unless one is named. Raises NotFound."""
    found = _newest(session, kind, version)
    if found is None:
        raise NotFound(what_zh="文书模板", what_en="template", key=f"{kind.value} {version or ''}".strip())
    return found


def templates_of(session: Session, kind: Kind) -> Sequence[dict[str, Any]]:
    """The versions of a template, newest first."""
    sql = """
    SELECT t.version, t.sha256, t.bytes, t.note, t.made_at, p.display_name AS by,
           (SELECT count(*) FROM case_documents d WHERE d.template_id = t.id) AS used
    FROM document_templates t LEFT JOIN people p ON p.id = t.made_by WHERE t.kind = :kind ORDER BY t.version DESC
    """
    return [dict(each) for each in session.execute(text(sql), {"kind": kind.value}).mappings()]


def next_sequence(session: Session, kind: Kind, year: int, *, lock: bool) -> int:
    """The next number of a kind in a year; with ``lock`` nobody else takes it until the transaction ends."""
    if lock:
        session.execute(
            text("SELECT pg_advisory_xact_lock(hashtext('case documents'), hashtext(:key))"),
            {"key": f"{kind.value}{year}"},
        )
    last = session.scalar(
        select(func.max(CaseDocument.sequence)).where(
            CaseDocument.kind == kind.value, CaseDocument.year == year
        )
    )
    return (last or 0) + 1


def document(session: Session, document_id: int, *, lock: bool = False) -> CaseDocument:
    """One document. Raises NotFound."""
    found = session.get(CaseDocument, document_id, with_for_update=lock or None)
    if found is None:
        raise NotFound(what_zh="文书", what_en="document", key=document_id)
    return found


def replaced(session: Session, document_id: int) -> bool:
    """Whether a corrected version stands in a document's place."""
    return session.scalar(select(CaseDocument.id).where(CaseDocument.replaces_id == document_id)) is not None


def documents_of(session: Session, case_id: int) -> list[dict[str, Any]]:
    """The documents of a case in the order of their making, without the files."""
    return [dict(each) for each in session.execute(text(_SHOWN), {"id": case_id}).mappings()]


def case_facts(session: Session, case_id: int, *, filing: bool) -> dict[str, Any]:
    """What the fields ask of a case besides its dossier. Raises NotFound.

    ``filing``: the site check is the one that the case was filed on, else the last.
    """
    key = {"id": case_id}
    case = session.execute(text(_CASE), key).mappings().one_or_none()
    if case is None:
        raise NotFound(what_zh="案件", what_en="case", key=case_id)
    check = session.execute(text(_CHECK), {**key, "filing": filing}).mappings().one_or_none()
    return {
        **case,
        "outline": geometry(case["outline"]),
        "check": dict(check) if check else None,
        "steps": [dict(each) for each in session.execute(text(_STEPS), key).mappings()],
        "numbers": {row.kind: (row.number, row.step_seq) for row in session.execute(text(_NUMBERS), key)},
    }


def around(session: Session, bounds: tuple[float, float, float, float]) -> list[tuple[str, BaseGeometry]]:
    """Roads, grids' boundaries and known buildings within bounds (EPSG:4490), by noun."""
    west, south, east, north = bounds
    given = {"west": west, "south": south, "east": east, "north": north}
    rows = session.execute(text(_AROUND), given).all()
    return [
        (noun, shape) for noun, wkb in rows if (shape := geometry(wkb)) is not None and not shape.is_empty
    ]


def latest_survey(session: Session, outline: BaseGeometry) -> int | None:
    """The newest flight that shows all of an outline (EPSG:4490)."""
    found: int | None = session.scalar(text(_SURVEY), {"wkb": shapely.to_wkb(outline)})
    return found


def _newest(session: Session, kind: Kind, version: int | None = None) -> DocumentTemplate | None:
    wanted = select(DocumentTemplate).where(DocumentTemplate.kind == kind.value)
    if version is not None:
        wanted = wanted.where(DocumentTemplate.version == version)
    return session.scalar(wanted.order_by(DocumentTemplate.version.desc()).limit(1))
