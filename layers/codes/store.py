"""Code lists from their CSV files into the tables, and back out as a look-up."""

from __future__ import annotations

import csv
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from layers.codes.model import StandardCode

__all__ = ["ids", "load"]

_KEEP = text(
    """
    INSERT INTO codes (list, value, title_zh, title_en, standard_ref, valid_from, valid_to, note)
    VALUES (:list, :value, :title_zh, :title_en, :standard_ref, CAST(:valid_from AS date),
            CAST(NULLIF(:valid_to, '') AS date), NULLIF(:note, ''))
    ON CONFLICT (list, value) DO UPDATE SET
        title_zh = excluded.title_zh, title_en = excluded.title_en, standard_ref = excluded.standard_ref,
        valid_from = excluded.valid_from, valid_to = excluded.valid_to, note = excluded.note
    """
)
_MAP = text(
    """
    INSERT INTO code_mappings (from_id, to_id)
    SELECT old.id, new.id FROM codes old, codes new
    WHERE old.list = :list AND old.value = :from_value AND new.list = :to_list AND new.value = :to_value
    ON CONFLICT (from_id, to_id) DO NOTHING
    """
)


def load(session: Session, folder: Path) -> int:
    """Bring ``codes.csv`` and ``mappings.csv`` of a folder in, or up to date; how many codes there are."""
    rows = _rows(folder / "codes.csv")
    session.execute(_KEEP, rows)
    session.execute(_MAP, _rows(folder / "mappings.csv"))
    return len(rows)


def ids(session: Session, code_list: str) -> dict[str, int]:
    """The key of every value of a list."""
    wanted = select(StandardCode.value, StandardCode.id).where(StandardCode.list == code_list)
    return {value: number for value, number in session.execute(wanted)}  # noqa: C416


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
