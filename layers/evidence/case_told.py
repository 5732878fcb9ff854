"""What the database says of a case, as the facts of its evidence file; read in one state of the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import rasterio
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers import history
from layers.alarms import shown as alarms
from layers.cases import rules
from layers.cases.dossier import Act
from layers.cases.layer import CASES
from layers.documents import photographs
from layers.documents.kinds import RULES as DOCUMENTS
from layers.documents.kinds import Kind
from layers.documents.photographs import Photograph
from layers.errors import NotFound
from layers.evidence import case_shapes as shapes
from layers.evidence import document, told
from layers.evidence.told import Told
from layers.layer import Text
from layers.people.rules import Role
from layers.settings import Settings
from layers.version import VERSION

__all__ = ["CaseTold", "Made", "tell"]

_CASE = """
SELECT c.code, c.version, c.title, c.status, c.route, c.party_name, c.filed_on, c.reviewed_on, c.decided_on, c.closed_on,
       CAST(c.fine_yuan AS text) AS fine_yuan, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat, d.code AS division_code,
       d.name AS division, o.name AS handler, b.code AS illegal_building, c.synthetic
FROM cases c LEFT JOIN divisions d ON d.id = c.division_id LEFT JOIN organisations o ON o.id = c.handler_id
LEFT JOIN illegal_buildings b ON b.id = c.illegal_building_id WHERE c.id = :id
"""
_CHECKS = """
SELECT k.id AS number, k.source, k.conclusion, k.checked_at, p.display_name AS by, CAST(k.area_m2 AS text) AS area_m2,
       k.note, ST_X(k.geom) AS lon, ST_Y(k.geom) AS lat
FROM site_checks k LEFT JOIN people p ON p.id = k.person_id
WHERE k.case_id = :id OR k.id IN (SELECT site_check_id FROM case_steps WHERE case_id = :id) ORDER BY k.checked_at, k.id
"""
_STEPS = """
SELECT s.seq, s.act, s.from_status, s.to_status, s.at, p.display_name AS by, a.display_name AS approver, s.reason,
       s.legal_basis, s.details
FROM case_steps s LEFT JOIN people p ON p.id = s.person_id LEFT JOIN people a ON a.id = s.approver_id
WHERE s.case_id = :id ORDER BY s.seq
"""
_SERVICES = """
SELECT step_seq, document, method, served_on, effective_on, receiver FROM case_services WHERE case_id = :id ORDER BY id
"""
_DEADLINES = """
SELECT kind, step_seq, counted_from, count, unit, ends_on, settled, basis FROM case_deadlines WHERE case_id = :id ORDER BY id
"""
_REQUESTS = """
SELECT r.act, r.reason, r.days, p.display_name AS asked_by, r.asked_at, a.display_name AS decided_by, r.decided_at,
       r.granted, r.note
FROM case_requests r JOIN people p ON p.id = r.asked_by LEFT JOIN people a ON a.id = r.decided_by
WHERE r.case_id = :id ORDER BY r.id
"""
_DOCUMENTS = """
SELECT d.*, p.display_name AS by, t.version AS template_version, t.sha256 AS template_sha256, o.revision AS corrects
FROM case_documents d JOIN people p ON p.id = d.made_by JOIN document_templates t ON t.id = d.template_id
LEFT JOIN case_documents o ON o.id = d.replaces_id WHERE d.case_id = :id ORDER BY d.id
"""
_CANDIDATES = """
SELECT k.id FROM candidates k JOIN cases c ON c.illegal_building_id = k.illegal_building_id WHERE c.id = :id ORDER BY k.id
"""


@dataclass(frozen=True)
class Made:
    """A document with the bytes of its two files."""

    facts: shapes.Document
    docx: bytes
    pdf: bytes


@dataclass(frozen=True)
class CaseTold:
    """A case as it was read: all facts that are known without opening a file on disk."""

    case: shapes.Case
    proceedings: tuple[document.Facts, ...]
    documents: tuple[Made, ...]
    photographs: tuple[Photograph, ...]
    candidates: tuple[Told, ...]
    rest: tuple[document.Facts, ...]

    @property
    def subject(self) -> document.Subject:
        """Of what this is told."""
        return document.Subject(kind="case", code=self.case.code, version=self.case.version)


def tell(session: Session, settings: Settings, case_id: int, roles: frozenset[Role]) -> CaseTold:
    """All that is known of a case. Raises NotFound."""
    key = {"id": case_id}

    def rows(sql: str) -> Iterable[dict[str, Any]]:
        return (dict(each) for each in session.execute(text(sql), key).mappings())

    found = next(iter(rows(_CASE)), None)
    if found is None:
        raise NotFound(what_zh="案件", what_en="case", key=case_id)
    candidates = [each["id"] for each in rows(_CANDIDATES)]
    return CaseTold(
        case=shapes.Case(**_placed(found)),
        proceedings=(
            *(shapes.SiteCheck(**_placed(each)) for each in rows(_CHECKS)),
            *(_step(each) for each in rows(_STEPS)),
            *(shapes.Service(**each) for each in rows(_SERVICES)),
            *(shapes.Deadline(**each) for each in rows(_DEADLINES)),
            *(shapes.Request(**each) for each in rows(_REQUESTS)),
            *(_finding(each) for each in alarms.of_case(session, case_id)),
        ),
        documents=tuple(_document(each) for each in rows(_DOCUMENTS)),
        photographs=tuple(photographs.of_case(session, settings, case_id)),
        candidates=tuple(told.tell(session, settings, each, roles) for each in candidates),
        rest=(
            *(told.change(each) for each in reversed(history.of(session, CASES, case_id, roles))),
            document.Software(name="chengtu", version=VERSION, gdal=rasterio.__gdal_version__),
        ),
    )


def _placed(row: dict[str, Any]) -> dict[str, Any]:
    lon, lat = row.pop("lon"), row.pop("lat")
    return {**row, "place_lonlat": (round(lon, 8), round(lat, 8))}


def _step(row: dict[str, Any]) -> shapes.Step:
    known = row["act"] in set(Act)
    title = rules.RULES[Act(row["act"])].title if known else Text("存量案件", "on record before")
    return shapes.Step(**row, title_zh=title.zh, title_en=title.en)


def _finding(row: dict[str, Any]) -> shapes.FlightFinding:
    same = (
        "sureness", "recorded_m2", "area_m2", "gained_m2", "height_change_m", "cleared_share", "shown_share", "method",
        "confidence", "closed_for", "word",
    )  # fmt: skip
    return shapes.FlightFinding(
        flight=row["after"]["code"],
        flown_on=row["after"]["flown_on"],
        compared_with=row["before"]["code"],
        shows=row["kind"],
        alignment_residual_m=row["residual_m"],
        alignment_reliable=row["aligned"],
        candidate=row["candidate"]["code"] if row["candidate"] else None,
        **{name: row[name] for name in same},
    )


def _document(row: dict[str, Any]) -> Made:
    kind = Kind(row["kind"])
    stem = f"data/documents/{kind.value}-{row['year']}-{row['sequence']}-{row['revision']}"
    facts = shapes.Document(
        number=row["number"],
        kind=kind.value,
        title_zh=DOCUMENTS[kind].title.zh,
        title_en=DOCUMENTS[kind].title.en,
        revision=row["revision"],
        corrects_revision=row["corrects"],
        reason=row["reason"],
        serves=row["serves"],
        step_seq=row["step_seq"],
        made_by=row["by"],
        made_at=row["made_at"],
        template_version=row["template_version"],
        template_sha256=row["template_sha256"],
        docx_path=f"{stem}.docx",
        docx_sha256=row["docx_sha256"],
        pdf_path=f"{stem}.pdf",
        pdf_sha256=row["pdf_sha256"],
        fields=row["facts"],
    )
    return Made(facts, row["docx"], row["pdf"])
