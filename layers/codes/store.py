"""The code lists that come with the platform, and a look-up of codes."""

from __future__ import annotations

import csv
from pathlib import Path

from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from layers.codes.model import StandardCode
from layers.settings import ROOT

__all__ = ["ids", "load_shipped"]

SHIPPED = ROOT / "data" / "codes"

_ADD = text(
    """
    INSERT INTO codes (list, value, title_zh, title_en, standard_ref, valid_from, valid_to, note)
    VALUES (:list, :value, :title_zh, :title_en, :standard_ref, CAST(:valid_from AS date),
            CAST(NULLIF(:valid_to, '') AS date), NULLIF(:note, ''))
    RETURNING id
    """
)
_MAP = text(
    """
    INSERT INTO code_mappings (from_id, to_id)
    SELECT old.id, new.id FROM codes old, codes new
    WHERE old.list = :list AND old.value = :from_value AND new.list = :to_list AND new.value = :to_value
        AND (old.id = ANY(:made) OR new.id = ANY(:made))
    ON CONFLICT (from_id, to_id) DO NOTHING
    """
)


def load_shipped(connection: Connection) -> list[int]:
    """The codes that come with the platform, where they are not known yet; the bureau's own stay. Keys of the new ones.

    A mapping comes with the codes that it joins, so one that the bureau took away does not come back.
    """
    if not (SHIPPED / "codes.csv").is_file():
        return []
    known = {
        (each.list, each.value) for each in connection.execute(select(StandardCode.list, StandardCode.value))
    }
    missing = [row for row in _rows(SHIPPED / "codes.csv") if (row["list"], row["value"]) not in known]
    made = [connection.execute(_ADD, row).scalar_one() for row in missing]
    if made:
        connection.execute(_MAP, [{**row, "made": made} for row in _rows(SHIPPED / "mappings.csv")])
    return made


def ids(session: Session, code_list: str) -> dict[str, int]:
    """The key of every value of a list."""
    wanted = select(StandardCode.value, StandardCode.id).where(StandardCode.list == code_list)
    return {value: number for value, number in session.execute(wanted)}  # noqa: C416


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
