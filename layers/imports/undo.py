"""Taking a whole import back: exactly the rows that it added, and only while nothing came after it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from gis.errors import ChengtuError
from layers import catalogue
from layers.candidates.rank import RANKED_BY
from layers.database import set_actor
from layers.errors import NotFound, Refused
from layers.imports.model import Import
from layers.layer import Layer
from layers.own import registry

__all__ = ["UndoRefused", "undo"]

_MOST_NAMED = 10
_ADDED = "unnest(CAST(:ids AS int8multirange)) AS r WHERE t.id >= lower(r) AND t.id < upper(r)"
_REFERRING = """
SELECT f.conrelid::regclass::text AS "table", quote_ident(a.attname) AS "column",
    CASE WHEN EXISTS (
        SELECT FROM pg_attribute AS c WHERE c.attrelid = f.conrelid AND c.attname = 'code' AND NOT c.attisdropped
    ) THEN 'code' WHEN EXISTS (
        SELECT FROM pg_attribute AS c WHERE c.attrelid = f.conrelid AND c.attname = 'id' AND NOT c.attisdropped
    ) THEN 'id::text' ELSE quote_ident(a.attname) || '::text' END AS named
FROM pg_constraint AS f
JOIN pg_attribute AS k ON k.attrelid = f.confrelid AND k.attname = 'id'
JOIN pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[array_position(f.confkey, k.attnum)]
WHERE f.contype = 'f' AND f.confrelid = CAST(:table AS regclass) AND k.attnum = ANY (f.confkey)
    AND f.conrelid::regclass::text <> 'incident_steps'  -- the first is written with the row, a later one is a change
GROUP BY 1, 2, 3 ORDER BY 1, 2
"""


class UndoRefused(ChengtuError):
    """Rows of the import were changed, deleted or referred to since."""

    code = "undo_refused"
    zh = "导入 {id}（{name}）不能撤销，没有任何数据被改动：{reason_zh}。请先处理这些记录，或逐条修改。"
    en = "Import {id} ({name}) cannot be undone and nothing was changed: {reason_en}. See to those rows first, or edit singly."


def undo(session: Session, import_id: int, actor: str) -> int:
    """Delete the rows that an import added, written down as done by ``actor``; how many they were.

    In the session's transaction; the rows' history stays and tells of the deletion.
    Raises NotFound, Refused (nothing stored, or undone already), UndoRefused, which names the rows in the way.
    """
    set_actor(session, actor)
    done = session.scalar(select(Import).where(Import.id == import_id).with_for_update())
    if done is None:
        raise NotFound(what_zh="导入", what_en="import", key=str(import_id))
    if done.status != "stored":
        raise Refused(
            reason_zh=f"导入 {import_id} 没有可撤销的数据（已撤销或未入库）。",
            reason_en=f"Import {import_id} has nothing to undo: it was undone already, or never stored.",
        )
    registry.refresh(session)
    layer = catalogue.layer(done.layer)
    given = {"ids": str(_text(session, import_id))}
    locked = f'SELECT count(*) FROM (SELECT t.id FROM "{layer.table}" AS t, {_ADDED} FOR UPDATE OF t) AS l'  # noqa: S608
    there = int(session.scalar(text(locked), given) or 0)
    reasons = [*_changed(session, layer, given, there, done.stored), *_referred(session, layer, given)]
    if reasons:
        zh, en = zip(*reasons, strict=True)
        raise UndoRefused(
            id=import_id, name=done.file_name, reason_zh="；".join(zh), reason_en="; ".join(en)
        )  # fmt: skip
    session.execute(text(f'DELETE FROM "{layer.table}" AS t USING {_ADDED}'), given)  # noqa: S608
    session.execute(
        text("UPDATE imports SET status = 'undone', undone_by = :who, undone_at = now() WHERE id = :id"),
        {"who": actor, "id": import_id},
    )
    session.expire(done)
    if layer.id in RANKED_BY:
        # it loads the detector, of which nothing else here need know
        from layers.candidates import store as candidates  # noqa: PLC0415

        candidates.refresh(session)
    return there


def _text(session: Session, import_id: int) -> Any:
    return session.scalar(text("SELECT feature_ids::text FROM imports WHERE id = :id"), {"id": import_id})


def _changed(
    session: Session, layer: Layer, given: dict[str, Any], there: int, stored: int
) -> list[tuple[str, str]]:
    """Rows of another version than their first, and rows that are gone."""
    reasons = []
    sql = f'SELECT t.code FROM "{layer.table}" AS t, {_ADDED} AND t.version <> 1 ORDER BY t.code'  # noqa: S608
    changed = list(session.scalars(text(sql), given))
    if changed:
        reasons.append(
            (
                f"{len(changed)} 行已被修改（{_some(changed)}）",
                f"{len(changed)} rows were changed since ({_some(changed)})",
            )
        )
    if there < stored:
        gone = f"""
            SELECT h.before ->> 'code' FROM history AS h, {_ADDED.replace("t.id", "h.feature_id")}
                AND h.layer = :layer AND h.operation = 'delete' ORDER BY 1
        """  # noqa: S608
        codes = [str(each) for each in session.scalars(text(gone), {**given, "layer": layer.table})]
        reasons.append(
            (
                f"{stored - there} 行已被删除（{_some(codes)}）",
                f"{stored - there} rows were deleted since ({_some(codes)})",
            )
        )
    return reasons


def _referred(session: Session, layer: Layer, given: dict[str, Any]) -> list[tuple[str, str]]:
    """Rows outside the import that refer to one of its rows, whatever the database would do about it."""
    titles = {each.table: each.title for each in catalogue.LAYERS}
    reasons = []
    for table, column, named in session.execute(text(_REFERRING), {"table": f'"{layer.table}"'}).all():
        own = "AND NOT CAST(:ids AS int8multirange) @> o.id" if table == layer.table else ""
        sql = f"""
            SELECT o.{named} FROM {table} AS o WHERE o.{column} IN (SELECT t.id FROM "{layer.table}" AS t, {_ADDED}) {own}
            ORDER BY 1
        """  # noqa: S608
        names = [str(each) for each in session.scalars(text(sql), given)]
        if names:
            title = titles.get(table)
            zh, en = (title.zh, title.en) if title else (table, table)
            count = len(names)
            reasons.append(
                (
                    f"“{zh}”中有 {count} 行引用了它们（{_some(names)}）",
                    f"{count} rows of “{en}” refer to them ({_some(names)})",
                )
            )
    return reasons


def _some(codes: list[str]) -> str:
    more = " …" if len(codes) > _MOST_NAMED else ""
    return ", ".join(codes[:_MOST_NAMED]) + more
