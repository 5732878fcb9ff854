"""A layer as it was at an instant, on a layer of many features: what a page, a box, a tile and a difference take.

    .venv/bin/python -m tests.benchmarks.past [--features N] [--recent N]

Three instants: before the last few changes, before half of all features were changed, and before there were any. For
comparison the whole state rebuilt from history alone (DISTINCT ON feature, newest line at or before the instant).
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers import database, differences, features, tiles
from layers.catalogue import layer
from layers.cluster import Cluster
from layers.features import Query
from layers.layer import EVERYONE
from layers.migrate import migrate

FILL = """
INSERT INTO divisions (code, name, level, kind, valid_from, geom) VALUES ('341502000000', '金安区', 'district', 'district',
    '2020-01-01', ST_Multi(ST_MakeEnvelope(116.2, 31.3, 116.9, 32.0, 4490)));
INSERT INTO compounds (code, name, households, division_id, geom)
SELECT 'XQ-' || n, '小区 ' || n, 10 + n % 900, (SELECT min(id) FROM divisions),
       ST_Multi(ST_Buffer(ST_SetSRID(ST_Point(116.3 + (n % 1000) * 0.0005, 31.4 + (n / 1000) * 0.0005), 4490), 0.0001, 4))
FROM generate_series(1, {count}) AS n;
"""
FROM_HISTORY = """
SELECT count(*), sum(length(after ->> 'name')) FROM (
    SELECT DISTINCT ON (feature_id) feature_id, after FROM history
    WHERE layer = 'compounds' AND at <= :at ORDER BY feature_id, id DESC
) newest WHERE after IS NOT NULL
"""


def clock(session: Session) -> datetime:
    """The database's now."""
    found: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return found


def took(act: Callable[[], object], times: int = 5) -> str:
    """Median time."""
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        spent.append(time.perf_counter() - began)
    return f"{statistics.median(spent) * 1000:8.1f} ms"


def measure(session: Session, name: str, at: datetime | None) -> None:
    """One line of figures."""
    compounds = layer("compounds")
    box = (116.50, 31.42, 116.51, 31.43)
    tile = tiles.tile_sql(compounds, EVERYONE, tiles.View.of(compounds, 14), past=at is not None)
    for number in (1, 2, 3):
        tile = tile.replace(f"${number}::int", (":z", ":x", ":y")[number - 1])
    bound = {"z": 14, "x": 13494, "y": 6660, "at": at}
    sql = text(tile.replace("$4::timestamptz", "CAST(:at AS timestamptz)"))
    one = features.page(session, compounds, EVERYONE, limit=1).features[0]["id"]
    figures = {
        "page of 100": lambda: features.page(session, compounds, EVERYONE, Query(as_of=at), limit=100),
        "box": lambda: features.page(session, compounds, EVERYONE, Query(as_of=at, bbox=box), limit=1000),
        "filter": lambda: features.page(
            session, compounds, EVERYONE, Query(as_of=at, filter="households > 880 AND name LIKE '%77'")
        ),
        "one feature": lambda: features.page(
            session, compounds, EVERYONE, Query(as_of=at, filter=f"id = {one}")
        ),
        "tile z14": lambda: session.execute(sql, bound).scalar(),
    }
    print(f"{name:28}", "  ".join(f"{each} {took(act)}" for each, act in figures.items()))


def main() -> None:
    """Fill, change, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--features", type=int, default=100_000)
    parser.add_argument("--recent", type=int, default=1_000)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="chengtu-past-"))
    folder.chmod(0o755)
    cluster = Cluster(folder, durable=False)
    cluster.start()
    try:
        url = cluster.create_database("past")
        migrate(url)
        with database.session(url) as session:
            empty = clock(session)
            print("filling", end=" ")
            for each in FILL.format(count=asked.features).split(";\n")[:2]:
                session.execute(text(each))
            filled = clock(session)
        with database.session(url) as session:
            half_changed = text("UPDATE compounds SET households = households + 1 WHERE id % 2 = 0")
            print("changing half", took(lambda: session.execute(half_changed), times=1))
            half = clock(session)
        with database.session(url) as session:
            session.execute(
                text("UPDATE compounds SET households = households + 1 WHERE id <= :n"), {"n": asked.recent}
            )
            session.execute(text("DELETE FROM compounds WHERE id % 1000 = 0"))
        with database.engine(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        with database.session(url) as session:
            print(
                f"{asked.features} features, then half of them changed, then {asked.recent} changed and some deleted"
            )
            measure(session, "now", None)
            measure(session, f"before {asked.recent} changes", half)
            measure(session, "before half changed", filled)
            measure(session, "before there were any", empty)
            compounds = layer("compounds")
            for name, since in (("few", half), ("half", filled), ("all", empty)):
                print(
                    f"difference, {name:17}",
                    took(
                        lambda since=since: differences.between(
                            session, compounds, EVERYONE, since, clock(session)
                        )
                    ),  # type: ignore[misc]
                )
            for name, at in (("few", half), ("half", filled)):
                print(
                    f"from history alone, {name:8}",
                    took(lambda at=at: session.execute(text(FROM_HISTORY), {"at": at}).one()),  # type: ignore[misc]
                )
    finally:
        database.close_all()
        cluster.remove()


if __name__ == "__main__":
    main()
