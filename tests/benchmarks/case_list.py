"""How long the list of cases and the deadlines take with many open cases: python -m tests.benchmarks.case_list URL.

URL is a database with the demo district; whatever is added is rolled back.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.cases import actions, listing
from layers.cases.deadlines import Light
from layers.cases.needs import Asker
from layers.database import engine
from layers.people.rules import Role

CASES = 2000
COPIES = """
SET LOCAL session_replication_role = replica;
INSERT INTO cases (code, title, status, route, filed_on, geom, steps)
SELECT 'X-' || n, c.title, c.status, c.route, c.filed_on, c.geom, c.steps
FROM generate_series(1, :n) AS n
JOIN LATERAL (SELECT * FROM cases WHERE status = 'reviewed' ORDER BY id LIMIT 1) AS c ON true;
"""
ROWS = """
INSERT INTO case_steps (case_id, seq, act, from_status, to_status, at, details)
SELECT k.id, s.seq, s.act, s.from_status, s.to_status, s.at, s.details FROM cases k, case_steps s
WHERE k.code LIKE 'X-%' AND s.case_id = (SELECT min(id) FROM cases WHERE status = 'reviewed');
INSERT INTO case_deadlines (case_id, kind, step_seq, counted_from, count, unit, moves, ends_on, settled, basis)
SELECT k.id, d.kind, d.step_seq, d.counted_from, d.count, d.unit, d.moves, d.ends_on, d.settled, d.basis
FROM cases k, case_deadlines d
WHERE k.code LIKE 'X-%' AND d.case_id = (SELECT min(id) FROM cases WHERE status = 'reviewed');
"""


def measure(url: str) -> None:
    """Print the median of five runs of each."""
    with engine(url).connect() as connection:
        outer = connection.begin()
        session = Session(connection, join_transaction_mode="create_savepoint")
        for each in (COPIES + ROWS).split(";"):
            if each.strip():
                session.execute(text(each), {"n": CASES} if ":n" in each else {})
        at = actions.moment(session, datetime.now(UTC))
        asker = Asker(1, frozenset({Role.OFFICER}))
        usual: dict[str, Any] = {
            "status": None, "division": None, "open": True, "limit": 100, "offset": 0,
        }  # fmt: skip
        open_ = session.scalar(text("SELECT count(*) FROM cases WHERE status NOT IN ('closed', 'revoked')"))
        print(f"{open_} open cases")
        _timed("list, 100 a page", lambda: listing.page(session, asker, at, **usual))
        _timed("list by light", lambda: listing.page(session, asker, at, **usual, light=Light.RED))
        _timed("deadlines of 30 days", lambda: listing.due(session, at, 30))
        session.close()
        outer.rollback()


def _timed(name: str, what: Callable[[], object]) -> None:
    taken = []
    for _ in range(5):
        begun = time.perf_counter()
        what()
        taken.append(time.perf_counter() - begun)
    print(f"{name}: {sorted(taken)[2] * 1000:.0f} ms")


if __name__ == "__main__":
    measure(sys.argv[1])
