"""How long a flight takes to tell of the illegal buildings on its ground: python -m tests.benchmarks.alarms [BUILDINGS].

A private PostGIS; four flights of 1200 m x 1200 m, as many buildings as asked for, each with a detection of every flight
on or beside it; then one verdict's share of it (the buildings that one candidate bears on), and the first page.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers import database
from layers.alarms import shown, tell
from layers.cluster import Cluster
from layers.migrate import migrate
from tests.layers import compared
from tests.layers.compared import square

BUILDING = """
INSERT INTO illegal_buildings (code, status, source, area_m2, found_on, geom)
VALUES (:code, 'ordered', 'patrol', 144, '2023-01-01', ST_GeomFromWKB(:wkb, 4490))
"""
KINDS = ("extended", "new", "demolished", "new")


def main(buildings: int) -> None:
    """Fill a database, then measure."""
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(Path(folder), durable=False)
        cluster.start()
        try:
            url = cluster.create_database("alarms")
            migrate(url)
            with database.session(url) as session:
                flights = _fill(session, buildings)
            with database.session(url) as session:
                _measure(session, flights)
        finally:
            database.close_all()
            cluster.stop()


def _fill(session: Session, buildings: int) -> list[int]:
    flights = list(compared.flights(session))
    for month in (9, 12):
        day, area = date(2023, month, 12), square(-1, -1, compared.SIDE_M)
        flights.append(compared._flight(session, f"S{day:%Y%m%d}-001", day, flights[-1], area))
    side = 1
    while side * side < buildings:
        side += 1
    for number in range(buildings):
        east, north = (part * 1150 / side + 10 for part in divmod(number, side))
        wkb = shapely.to_wkb(shapely.MultiPolygon([square(east, north)]))
        session.execute(text(BUILDING), {"code": f"WJ-{number}", "wkb": wkb})
        for place, survey in enumerate(flights[1:]):
            kind = KINDS[(number + place) % 4]
            code = f"C2023{place}-{number}"
            compared.candidate(session, survey, square(east + 6, north), kind=kind, code=code)
    session.execute(text("ANALYZE"))
    return flights


def _measure(session: Session, flights: list[int]) -> None:
    _timed("a flight", lambda: tell.after_flight(session, flights[-1]))
    _timed("the same again", lambda: tell.after_flight(session, flights[-1]))
    one = session.scalar(text("SELECT min(id) FROM candidates"))
    _timed("a verdict", lambda: tell.after_verdict(session, [int(one or 0)]))
    _timed("the first page", lambda: shown.page(session, limit=100, after=None, status="open"))
    rows = session.execute(text("SELECT kind, status, count(*) FROM alarms GROUP BY 1, 2 ORDER BY 1, 2"))
    print(*(f"{kind} {status} {count}" for kind, status, count in rows), sep=", ")


def _timed(name: str, what: Callable[[], object]) -> None:
    begun = time.perf_counter()
    what()
    print(f"{name}: {(time.perf_counter() - begun) * 1000:.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
