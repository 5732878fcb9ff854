"""What only the database forbids, asked of all staged rows at once, so that every such row is named.

The constraints are read from the catalog of the layer's table and said in the words of ``broken_rules``.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import text

from layers.imports.broken_rules import Broken, said_of
from layers.imports.staging import SOUND, Staging

__all__ = ["check"]

_ROWS = "SELECT s.* FROM import_rows AS s WHERE {sound} AND {wrong}"
_NOT_NULL = """
SELECT attname FROM pg_attribute
WHERE attrelid = CAST(:table AS regclass) AND attnotnull AND NOT attisdropped AND attgenerated = '' AND attnum > 0
    AND attname IN (SELECT attname FROM pg_attribute WHERE attrelid = 'import_rows'::regclass AND NOT attisdropped)
    AND attname <> 'id'
ORDER BY attnum
"""
_CHECKS = """
SELECT conname, pg_get_expr(conbin, conrelid) FROM pg_constraint
WHERE conrelid = CAST(:table AS regclass) AND contype = 'c' ORDER BY conname
"""
_UNIQUE = """
SELECT c.relname, ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, true) FROM generate_series(1, i.indnkeyatts) AS k),
    coalesce(pg_get_expr(i.indpred, i.indrelid), 'true'), i.indnullsnotdistinct
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE i.indrelid = CAST(:table AS regclass) AND i.indisunique AND NOT i.indisprimary ORDER BY c.relname
"""
_FOREIGN = """
SELECT f.conname, f.confrelid::regclass::text,
    ARRAY(SELECT quote_ident(a.attname) FROM unnest(f.conkey) WITH ORDINALITY AS k (n, at)
          JOIN pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = k.n ORDER BY k.at),
    ARRAY(SELECT quote_ident(a.attname) FROM unnest(f.confkey) WITH ORDINALITY AS k (n, at)
          JOIN pg_attribute AS a ON a.attrelid = f.confrelid AND a.attnum = k.n ORDER BY k.at)
FROM pg_constraint AS f
WHERE f.conrelid = CAST(:table AS regclass) AND f.contype = 'f' AND cardinality(f.conkey) > 1
    AND f.confrelid <> f.conrelid ORDER BY f.conname
"""


class _Unique(NamedTuple):
    name: str
    keys: list[str]
    where: str
    nulls_too: bool


def check(staging: Staging) -> None:
    """Note every sound row that the layer's table would refuse, with the first reason that it would give."""
    table = {"table": f'"{staging.layer.table}"'}
    ask = staging.session.execute
    for name, width in staging.widths.items():
        _note(staging, Broken("22003", column=name), f"NOT ({width.holds(name)})")
    for (name,) in ask(text(_NOT_NULL), table).all():
        _note(staging, Broken("23502", column=name), f's."{name}" IS NULL')
    for name, rule in ask(text(_CHECKS), table).all():
        _note_check(staging, name, rule)
    for each in ask(text(_UNIQUE), table).all():
        _note_unique(staging, _Unique(*each))
    for name, target, own, theirs in ask(text(_FOREIGN), table).all():
        whole = " AND ".join(f"s.{each} IS NOT NULL" for each in own)
        same = " AND ".join(f"t.{their} = s.{mine}" for mine, their in zip(own, theirs, strict=True))
        wrong = f"{whole} AND NOT EXISTS (SELECT FROM {target} AS t WHERE {same})"
        _note(staging, Broken("23503", name), wrong)


def _note(staging: Staging, broken: Broken, wrong: str) -> None:
    field, said = said_of(broken, staging.layer)
    staging.find(_ROWS.format(sound=SOUND, wrong=f"({wrong})"), field, said)


def _note_check(staging: Staging, name: str, rule: str) -> None:
    """The rule is asked of the numbers as the table would round them."""
    rule = rule.replace(":", "\\:")  # no parameter of text()
    numbers = ", ".join(
        f'CASE WHEN {width.holds(column)} THEN s."{column}"::{width.type} END AS "{column}"'
        for column, width in staging.widths.items()
    )
    others = "SELECT attname FROM pg_attribute WHERE attrelid = 'import_rows'::regclass AND attnum > 0 AND NOT attisdropped"
    names = [each for each in staging.session.scalars(text(others)) if each not in staging.widths]
    columns = ", ".join([f's."{each}"' for each in names] + ([numbers] if numbers else []))
    field, said = said_of(Broken("23514", name), staging.layer)
    rounded = f"SELECT {columns} FROM import_rows AS s WHERE {SOUND}"  # noqa: S608
    staging.find(f"SELECT s.* FROM ({rounded} OFFSET 0) AS s WHERE NOT ({rule})", field, said)  # noqa: S608


def _note_unique(staging: Staging, index: _Unique) -> None:
    """Of rows of the file that are the same, the first may stay."""
    known = {each.column or each.name for each in staging.columns if each.unique}
    if len(index.keys) == 1 and index.keys[0].strip('"') in known:
        return
    field, said = said_of(Broken("23505", index.name), staging.layer)
    keys = ", ".join(index.keys)
    filled = "true" if index.nulls_too else " AND ".join(f"({each}) IS NOT NULL" for each in index.keys)
    sound = f"SELECT s.* FROM import_rows AS s WHERE {SOUND} AND {index.where} AND {filled}"  # noqa: S608
    there = f'SELECT {keys} FROM "{staging.layer.table}" WHERE {index.where}'  # noqa: S608
    staging.find(f"SELECT s.* FROM ({sound}) AS s WHERE ({keys}) IN ({there})", field, said)  # noqa: S608
    numbered = (
        f"SELECT s.*, row_number() OVER (PARTITION BY {keys} ORDER BY _row) AS _nth FROM ({sound}) AS s"  # noqa: S608
    )
    staging.find(f"SELECT * FROM ({numbered}) AS s WHERE _nth > 1", field, said)  # noqa: S608
