"""The staging table of one import: rows come by COPY, what needs all of them is checked at once in SQL.

Two temporary tables of the import's own transaction. ``import_rows`` is like the layer's table, without the columns
that the database fills, with numbers of any size, and with the ids that the rows will have: so rows of the file
can refer to one another before they are stored. ``import_found`` holds what is wrong with which row.

A batch is copied in a thread while the next one is read and checked; the connection is its own until then.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import shapely
from pyarrow import csv
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.imports.check import Batch
from layers.imports.faults import TAKEN, RowFault, unclear, unknown
from layers.imports.shapes import Shapes
from layers.layer import Field, Layer, Text

__all__ = ["SOUND", "Staging"]

SOUND = "s._sound AND NOT EXISTS (SELECT FROM import_found AS f WHERE f.row = s._row AND NOT f.repaired)"
"""SQL: the row ``s`` of import_rows has no fault."""

_TABLES = """
DROP TABLE IF EXISTS import_rows, import_found;
CREATE TEMP TABLE import_found (
    row bigint, code text, field_zh text, field_en text, zh text NOT NULL, en text NOT NULL,
    lon double precision, lat double precision, repaired boolean NOT NULL DEFAULT false
) ON COMMIT DROP;
CREATE TEMP TABLE import_rows (LIKE "{table}" INCLUDING DEFAULTS INCLUDING GENERATED) ON COMMIT DROP;
ALTER TABLE import_rows ADD _row bigint, ADD _code text, ADD _sound boolean NOT NULL {more};
ALTER TABLE import_rows ALTER id SET DEFAULT nextval(pg_get_serial_sequence('"{table}"', 'id'));
"""
_OWN = ("geom_3857", "version", "created_at", "updated_at", "updated_by")  # filled by the layer's table
_COLUMNS = """
SELECT a.attname, a.attnotnull, t.typname, a.atttypmod FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = 'import_rows'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attname NOT LIKE '\\_%'
"""
_FOUND = """
INSERT INTO import_found
SELECT s._row, s._code, :fzh, :fen, {said}, ST_X(at.middle), ST_Y(at.middle), false
FROM ({rows}) AS s CROSS JOIN LATERAL (SELECT ST_Centroid(ST_Envelope(s.geom)) AS middle) AS at
"""
_WIDTH = {"int2": 2**15, "int4": 2**31, "int8": 2**63}


@dataclass(frozen=True)
class Width:
    """A column of numbers: its type, and the size that a number must stay below."""

    type: str
    below: int
    places: int | None = None

    def holds(self, column: str) -> str:
        """SQL: whether the column has room for the number."""
        number = f's."{column}"' if self.places is None else f'round(s."{column}", {self.places})'
        return f"{number} > -{self.below}::numeric AND {number} < {self.below}::numeric"


class Staging:
    """The two tables; made anew, dropped with the transaction or by ``drop``.

    After the last ``add``, or when something went wrong before it, ``finish``.
    """

    def __init__(self, session: Session, layer: Layer, columns: Sequence[Field]) -> None:
        self._session, self.layer, self.columns = session, layer, columns
        self._copier = ThreadPoolExecutor(1, "import-copy")
        self._copying: Future[None] | None = None
        own = [str(each.column) for each in columns if each.references == layer.table]
        more = "".join(f', ADD "_wants_{each}" text' for each in own)
        self._run(_TABLES.format(table=layer.table, more=more))
        self.widths: dict[str, Width] = {}
        self.filled: list[str] = []
        for name, required, kind, modifier in session.execute(text(_COLUMNS)).all():
            self._loosen(name, required, kind, modifier)

    @property
    def session(self) -> Session:
        """The import's session, once no batch is being copied on its connection."""
        if self._copying is not None:
            copying, self._copying = self._copying, None
            copying.result()
        return self._session

    def finish(self) -> None:
        """Let the batch that is being copied come to its end; ``session`` says whether it came to a good one."""
        self._copier.shutdown()

    def _loosen(self, name: str, required: bool, kind: str, modifier: int) -> None:
        """Take away what would make COPY refuse a whole batch for one row."""
        if name in _OWN:
            self._run(f'ALTER TABLE import_rows DROP "{name}"')
            return
        if required:
            self._run(f'ALTER TABLE import_rows ALTER "{name}" DROP NOT NULL')
        if name == "id" or any(each.column == name and each.references for each in self.layer.fields):
            return
        if kind in _WIDTH:
            self.widths[name] = Width(kind, _WIDTH[kind])
        elif kind == "numeric" and modifier > 0:
            digits, places = (modifier - 4) >> 16, (modifier - 4) & 0x7FF
            self.widths[name] = Width(f"numeric({digits}, {places})", 10 ** (digits - places), places)
        else:
            return
        self._run(f'ALTER TABLE import_rows ALTER "{name}" TYPE numeric')

    def add(self, batch: Batch) -> None:
        """Begin to COPY a batch and its faults, which nobody may change any more."""
        self.filled = list(batch.values)
        driver = self._driver()
        self._copying = self._copier.submit(self._add, driver, batch)

    def _add(self, driver: Any, batch: Batch) -> None:
        columns = {
            "_row": pa.array(batch.rows),
            "_code": pa.array(batch.codes, pa.string()),
            "_sound": pa.array(batch.sound),
            **batch.values,
            **{f"_wants_{name}": texts for name, texts in batch.waiting.items()},
            "geom": _hexadecimal(batch.shapes),  # the column has the SRID
        }
        _copy(driver, "import_rows", columns)
        _note(driver, batch.faults)

    def note(self, faults: Sequence[RowFault]) -> None:
        """COPY what is wrong with rows."""
        _note(self._driver(), faults)

    def find(self, rows: str, field: Field | None, said: Text, **given: Any) -> int:
        """Note a fault of the rows that a query over import_rows gives (``s.*``); how many there are."""
        return self.find_said(rows, field, ":zh, :en", zh=said.zh, en=said.en, **given)

    def find_said(self, rows: str, field: Field | None, said: str, **given: Any) -> int:
        """The same; ``said`` is SQL for the sentences in both languages."""
        title = {"fzh": field.title.zh if field else None, "fen": field.title.en if field else None}
        done = self.session.execute(text(_FOUND.format(rows=rows, said=said)), {**title, **given})
        return int(getattr(done, "rowcount", 0))

    def check_twice(self) -> None:
        """Unique values occur once in the file and not yet in the table."""
        for each in (field for field in self.columns if field.unique):
            name = f'"{each.column or each.name}"'
            twice = f"SELECT {name} FROM import_rows WHERE {name} IS NOT NULL GROUP BY 1 HAVING count(*) > 1"  # noqa: S608
            said = Text("在文件中重复", "it occurs more than once in the file")
            self.find(f"SELECT s.* FROM import_rows AS s WHERE s.{name} IN ({twice})", each, said)  # noqa: S608
            there = f'SELECT s.* FROM import_rows AS s JOIN "{self.layer.table}" AS t ON t.{name} = s.{name}'  # noqa: S608
            self.find(there, each, TAKEN)

    def refer(self) -> None:
        """Find the rows of this very file that its rows refer to."""
        fields = [each for each in self.columns if each.references == self.layer.table]
        for each in fields:
            self._refer(each)
        self._check_circles([str(each.column) for each in fields])

    def depend(self) -> None:
        """Rows that refer to a wrong row of the file are wrong themselves."""
        for each in (field for field in self.columns if field.references == self.layer.table):
            said = Text("所引用的记录有错，未能导入", "the row it refers to is wrong and is not imported")
            broken = f"SELECT id FROM import_rows AS s WHERE NOT ({SOUND})"  # noqa: S608
            rows = f'SELECT s.* FROM import_rows AS s WHERE s."{each.column}" IN ({broken}) AND {SOUND}'  # noqa: S608
            while self.find(rows, each, said):
                pass

    def _refer(self, each: Field) -> None:
        wants, keys = f'"_wants_{each.column}"', dict.fromkeys((each.shows, "code"))
        names = {str(field.column or field.name) for field in self.columns}
        meant = " UNION ALL ".join(
            f'SELECT "{key}" AS said, {rank} AS rank, id FROM import_rows WHERE "{key}" IS NOT NULL'  # noqa: S608
            for rank, key in enumerate(key for key in keys if key in names)
        )
        if not meant:
            meant = "SELECT NULL::text AS said, 0 AS rank, NULL::bigint AS id WHERE false"
        self._run(
            f"""
            CREATE TEMP TABLE import_meant ON COMMIT DROP AS
            SELECT said, ids FROM (
                SELECT said, array_agg(id) AS ids, row_number() OVER (PARTITION BY said ORDER BY rank) AS best
                FROM ({meant}) AS named WHERE said IN (SELECT {wants} FROM import_rows) GROUP BY said, rank
            ) AS found WHERE best = 1;
            UPDATE import_rows AS s SET "{each.column}" = m.ids[1] FROM import_meant AS m
            WHERE m.said = s.{wants} AND cardinality(m.ids) = 1;
            """  # noqa: S608
        )
        sentence = unclear("%s")
        several = f"SELECT s.* FROM import_rows AS s JOIN import_meant AS m ON m.said = s.{wants} WHERE cardinality(m.ids) > 1"  # noqa: S608
        said = f"format(:zh, s.{wants}), format(:en, s.{wants})"
        self.find_said(several, each, said, zh=sentence.zh, en=sentence.en)
        sentence = unknown("%s")
        none = f"SELECT s.* FROM import_rows AS s WHERE s.{wants} IS NOT NULL AND s.{wants} NOT IN (SELECT said FROM import_meant)"  # noqa: S608
        self.find_said(none, each, said, zh=sentence.zh, en=sentence.en)
        self._run("DROP TABLE import_meant")

    def _check_circles(self, columns: Sequence[str]) -> None:
        """Rows that only refer to one another have no first one."""
        if not columns:
            return
        free = " AND ".join(
            f'(s."{each}" IS NULL OR s."_wants_{each}" IS NULL OR s."{each}" IN (SELECT id FROM import_free))'  # noqa: S608
            for each in columns
        )
        self._run("CREATE TEMP TABLE import_free (id bigint PRIMARY KEY) ON COMMIT DROP")
        more = f"INSERT INTO import_free SELECT s.id FROM import_rows AS s WHERE s.id NOT IN (SELECT id FROM import_free) AND {free}"  # noqa: S608
        while getattr(self.session.execute(text(more)), "rowcount", 0):
            pass
        field = next(each for each in self.columns if each.column == columns[0])
        said = Text("所引用的记录互相循环", "the rows refer to each other in a circle")
        rows = f"SELECT s.* FROM import_rows AS s WHERE {SOUND} AND s.id NOT IN (SELECT id FROM import_free)"  # noqa: S608
        self.find(rows, field, said)
        self._run("DROP TABLE import_free")

    def insert(self) -> tuple[int, str]:
        """Store the sound rows in the layer; how many, and their ids as an int8multirange."""
        columns = [f'"{each}"' for each in self.filled]
        sql = f"""
            INSERT INTO "{self.layer.table}" (id, {", ".join(columns)}, geom, updated_by)
            SELECT id, {", ".join(f"s.{each}" for each in columns)}, geom, acting() FROM import_rows AS s
            WHERE {SOUND}
        """  # noqa: S608
        stored = int(getattr(self.session.execute(text(sql)), "rowcount", 0))
        ids = f"SELECT range_agg(int8range(id, id, '[]'))::text FROM import_rows AS s WHERE {SOUND}"  # noqa: S608
        return stored, str(self.session.scalar(text(ids)) or "{}")

    def counts(self) -> tuple[int, int, int]:
        """How many rows are staged, how many have a fault, how many faults there are."""
        sql = """
            SELECT (SELECT count(*) FROM import_rows), count(DISTINCT row), count(*) FROM import_found WHERE NOT repaired
        """
        rows, wrong, faults = self.session.execute(text(sql)).one()
        return int(rows), int(wrong), int(faults)

    def faults(self, most: int | None = None, *, repaired: bool = False) -> Iterator[RowFault]:
        """What is wrong (and, with ``repaired``, what was mended), by rows; what concerns the file comes first."""
        sql = (
            "SELECT * FROM import_found WHERE :all OR NOT repaired ORDER BY row NULLS FIRST, ctid LIMIT :most"
        )
        for each in self.session.execute(text(sql), {"all": repaired, "most": most}):
            field = None if each.field_zh is None else Text(each.field_zh, each.field_en)
            place = None if each.lon is None else (each.lon, each.lat)
            yield RowFault(each.row, each.code, field, Text(each.zh, each.en), place, each.repaired)

    def drop(self) -> None:
        """Drop both tables."""
        self._run("DROP TABLE import_rows, import_found")

    def _run(self, sql: str) -> None:
        self.session.connection().exec_driver_sql(sql, execution_options={"no_parameters": True})

    def _driver(self) -> Any:
        """psycopg's own connection, once no batch is being copied on it."""
        return self.session.connection().connection.driver_connection


def _note(driver: Any, faults: Sequence[RowFault]) -> None:
    if not faults:
        return
    lines = [
        (
            each.row, each.code, each.field.zh if each.field else None, each.field.en if each.field else None,
            each.said.zh, each.said.en, *(each.place or (None, None)), each.repaired,
        )
        for each in faults
    ]  # fmt: skip
    names = ("row", "code", "field_zh", "field_en", "zh", "en", "lon", "lat", "repaired")
    kinds = (pa.int64(), *[pa.string()] * 5, pa.float64(), pa.float64(), pa.bool_())
    rows = zip(*lines, strict=True)
    found = {name: pa.array(list(of), kind) for name, kind, of in zip(names, kinds, rows, strict=True)}
    _copy(driver, "import_found", found)


def _hexadecimal(shapes: Shapes) -> pa.Array:
    """Their WKB. GEOS takes thrice as long to write it as text itself."""
    binary = shapely.to_wkb(shapes)
    return pa.array([None if each is None else each.hex() for each in binary], pa.string())


def _copy(driver: Any, table: str, columns: dict[str, pa.Array]) -> None:
    """Texts are quoted and blanks are not, so COPY tells an empty text from nothing."""
    buffer = io.BytesIO()
    csv.write_csv(pa.table(columns), buffer, csv.WriteOptions(include_header=False))
    names = ", ".join(f'"{each}"' for each in columns)
    with driver.cursor().copy(f'COPY "{table}" ({names}) FROM STDIN (FORMAT csv)') as copy:
        copy.write(buffer.getbuffer())
