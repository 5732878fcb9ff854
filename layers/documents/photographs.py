"""The photographs of a case: those of the site check it was filed on, and of all checks since."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers.cases.model import CaseStep, SiteCheck
from layers.photographs import store
from layers.settings import Settings
from layers.storage import Storage

__all__ = ["Photograph", "of_case"]

_SHOWN = ("lon", "lat", "altitude_m", "direction_deg", "gps_at", "clock", "camera", "software", "received_at", "by",
          "hashed", "width", "height", "distance_m", "site_check_id")  # fmt: skip


@dataclass(frozen=True)
class Photograph:
    """A picture file as it was received. ``sha256``: its digest as the database has it; ``facts``: what else is known
    of it (JSON), for the evidence file. ``preview``: a small picture of it.
    """

    code: str
    path: Path
    sha256: str
    media_type: str
    caption: str
    taken_at: datetime | None = None
    preview: Path | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def of_case(session: Session, settings: Settings, case_id: int) -> list[Photograph]:
    """All photographs of a case, by site check and number; each once. Reads only."""
    steps = select(CaseStep.site_check_id).where(CaseStep.case_id == case_id)
    checks = session.scalars(
        select(SiteCheck.id).where((SiteCheck.case_id == case_id) | SiteCheck.id.in_(steps))
    )
    storage = Storage.of(settings)
    found = {row["id"]: row for row in reversed(store.of_checks(session, list(checks)))}
    return [_photograph(found[number], storage) for number in sorted(found)]


def _photograph(row: dict[str, Any], storage: Storage) -> Photograph:
    known = {name: row[name] for name in _SHOWN if row[name] is not None}
    return Photograph(
        code=f"P-{row['id']}",
        path=storage.photograph(row["sha256"]),
        sha256=row["sha256"],
        media_type=row["media_type"],
        caption=f"现场核查 {row['site_check_id']} 号",
        taken_at=row["taken_at"] or row["received_at"],
        preview=storage.preview(row["sha256"]),
        facts=json.loads(json.dumps(known, default=_written)),
    )


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else float(value)
