"""The review queue through the HTTP door: how long the next candidate and a verdict take with many waiting.

    .venv/bin/python -m tests.benchmarks.review_queue [--candidates N] [--verdicts N]

One server process with its own PostGIS. Reviewers accept (one in ten) or reject and ask for the next, first
one alone, then eight at once, without a pause, then eight who look for two seconds each time (nine times as
fast as 200 an hour); each in a thread with a connection of its own. Every candidate that was
handed out, or kept as the one after, is noted with the time from its answer to its verdict (or to the next answer):
no two reviewers may have had the same one, and none may be handed out after its verdict. Filters are timed at the end.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx2 as httpx
from sqlalchemy import text

from layers import database
from layers.cluster import Cluster
from layers.migrate import migrate
from layers.people.actions import create_person
from layers.people.rules import Role

PASSWORD = "benchmark-42"
FILL = """
INSERT INTO divisions (code, name, level, kind, valid_from, geom)
VALUES ('341502000000', '区', 'district', 'district', '2020-01-01', ST_Multi(ST_MakeEnvelope(116.3, 31.4, 116.55, 31.6, 4490)));
INSERT INTO divisions (code, name, level, kind, parent_id, valid_from, geom)
SELECT '341502' || lpad(n::text, 3, '0') || '000', '镇 ' || n, 'township', 'town', d.id, '2020-01-01',
       ST_Multi(ST_MakeEnvelope(116.3 + (n - 1) * 0.0125, 31.4, 116.3 + n * 0.0125, 31.6, 4490))
FROM divisions AS d, generate_series(1, 20) AS n;
INSERT INTO surveys (code, name, flown_on, status, baseline_id, geom)
SELECT 'S2023' || lpad(n::text, 2, '0') || '12-001', '航飞 ' || n, make_date(2023, n, 12), 'done', NULL,
       ST_Multi(ST_MakeEnvelope(116.29, 31.39, 116.56, 31.61, 4490))
FROM generate_series(1, 12) AS n;
UPDATE surveys SET baseline_id = id - 1 WHERE id > (SELECT min(id) FROM surveys);
INSERT INTO candidates (code, geom, kind, confidence, area_m2, height_change_m, method, survey_id, first_survey_id,
                        baseline_id, priority, division_id)
SELECT 'C20230212-001-' || lpad(n::text, 6, '0'),
       ST_Multi(ST_MakeEnvelope(x, y, x + 0.0002, y + 0.0002, 4490)),
       (ARRAY['new', 'extended', 'rebuilt', 'changed', 'demolished'])[1 + n % 5], (hashint4(n) & 1023) / 1024.0,
       10 + (hashint4(n + 1) & 1023), 3.1, 'fused', s.id, s.id, s.baseline_id, round(((hashint4(n + 2) & 8191) / 8192.0)::numeric, 4),
       (SELECT id FROM divisions WHERE level = 'township' AND ST_Intersects(geom, ST_SetSRID(ST_Point(x, y), 4490)) LIMIT 1)
FROM (SELECT n, 116.3 + (n % 250) * 0.001 AS x, 31.4 + (n / 250) * 0.001 AS y,
             1 + n % 11 AS flight FROM generate_series(0, {count} - 1) AS n) AS g
JOIN (SELECT id, baseline_id, row_number() OVER (ORDER BY id) - 1 AS flight FROM surveys) AS s USING (flight);
INSERT INTO sightings (candidate_id, survey_id, geom, found, confidence, area_m2, kind, state, method)
SELECT id, survey_id, geom, geom, confidence, area_m2, kind, CASE kind WHEN 'demolished' THEN 'gone' ELSE 'appeared' END, method
FROM candidates;
"""


@dataclass
class Spell:
    """A candidate in one reviewer's hands, seconds of one clock."""

    reviewer: str
    since: float
    until: float


@dataclass
class Taken:
    """What one reviewer did: times in milliseconds, and the spells by candidate."""

    nexts: list[float] = field(default_factory=list)
    verdicts: list[float] = field(default_factory=list)
    spells: list[tuple[int, Spell]] = field(default_factory=list)
    judged: list[int] = field(default_factory=list)


def work(url: str, name: str, count: int, wanted: dict[str, object], pause_s: float = 0) -> Taken:
    """One reviewer's run: next, verdict, next …; a door that refuses ends the benchmark."""
    taken = Taken()
    with httpx.Client(base_url=url, timeout=60) as client:
        assert client.post("/api/session", json={"name": name, "password": PASSWORD}).status_code == 200
        holding: dict[int, float] = {}
        for number in range(count):
            began = time.perf_counter()
            answer = client.post("/api/review/next", json=wanted)
            now = time.perf_counter()
            taken.nexts.append((now - began) * 1000)
            assert answer.status_code == 200, answer.text
            item, ahead = answer.json()["item"], answer.json()["ahead"]
            mine = {each["id"] for each in (item, ahead) if each}
            for gone in set(holding) - mine:
                # it was free at some moment within this request: only what is certain counts
                taken.spells.append((gone, Spell(name, holding.pop(gone), began)))
            for each in mine - set(holding):
                holding[each] = now
            if item is None:
                break
            time.sleep(pause_s)
            began = time.perf_counter()
            said = {"verdict": "accept"} if number % 10 == 0 else {"verdict": "reject", "reason": "shadow"}
            verdict = client.post(
                f"/api/candidates/{item['id']}/review", json={**said, "version": item["version"]}
            )
            assert verdict.status_code == 200, verdict.text
            taken.verdicts.append((time.perf_counter() - began) * 1000)
            taken.spells.append((item["id"], Spell(name, holding.pop(item["id"]), began)))
            taken.judged.append(item["id"])
        client.post("/api/review/leave")
    return taken


def check(all_taken: list[Taken]) -> str:
    """No candidate in two hands at once, none judged twice. Raises AssertionError."""
    spells: dict[int, list[Spell]] = defaultdict(list)
    for each in all_taken:
        for number, spell in each.spells:
            spells[number].append(spell)
    for number, held in spells.items():
        for one in held:
            for other in held:
                apart = one.until <= other.since or other.until <= one.since
                assert one.reviewer == other.reviewer or apart, (number, one, other)
    judged = [number for each in all_taken for number in each.judged]
    assert len(judged) == len(set(judged)), "a candidate was judged twice"
    return f"{len(judged)} judged, {len(spells)} held, none by two at once"


def figures(name: str, times: list[float]) -> str:
    """Median and 95th percentile."""
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return f"{name:34} p50 {cuts[49]:7.1f} ms   p95 {cuts[94]:7.1f} ms   ({len(times)})"


def main() -> None:
    """Fill, serve, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=50_000)
    parser.add_argument("--verdicts", type=int, default=150)
    parser.add_argument("--port", type=int, default=8191)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="chengtu-queue-"))
    folder.chmod(0o755)
    cluster = Cluster(folder, durable=True)
    cluster.start()
    server = None
    try:
        url = cluster.create_database("queue")
        migrate(url)
        with database.session(url) as session:
            for each in range(8):
                create_person(
                    session,
                    name=f"r{each}",
                    display_name=f"复核 {each}",
                    password=PASSWORD,
                    roles={Role.REVIEWER},
                )
            session.connection().exec_driver_sql(
                FILL.format(count=asked.candidates), execution_options={"no_parameters": True}
            )
        with database.engine(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        code = (
            "import uvicorn; from pathlib import Path; from api.app import create; from layers.settings import Settings; "
            f"uvicorn.run(create(Settings(home=Path({str(folder / 'home')!r}), database_url={url!r}), {url!r}), "
            f"port={asked.port}, log_level='error')"
        )
        server = subprocess.Popen([sys.executable, "-c", code])
        door = f"http://127.0.0.1:{asked.port}"
        for _ in range(240):
            try:
                if httpx.get(f"{door}/ready").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.5)
        print(f"{asked.candidates} candidates wait")
        measure(door, asked.verdicts)
    finally:
        if server is not None:
            server.terminate()
            server.wait()
        database.close_all()
        cluster.remove()


def measure(door: str, verdicts: int) -> None:
    """One reviewer, eight, filters; then whether any candidate was in two hands."""
    everyone: list[Taken] = []
    work(door, "r7", 20, {"survey": 3})  # connections and plans of the server's first minute
    for reviewers, pause_s in ((1, 0.0), (8, 0.0), (8, 2.0)):
        began = time.perf_counter()
        with ThreadPoolExecutor(reviewers) as pool:
            runs = [
                pool.submit(work, door, f"r{n}", verdicts if not pause_s else 15, {}, pause_s)
                for n in range(reviewers)
            ]
            taken = [each.result() for each in runs]
        spent = time.perf_counter() - began
        everyone += taken
        print(
            figures(
                f"next, {reviewers} at once, {pause_s:g} s to look", [t for each in taken for t in each.nexts]
            )
        )
        print(
            figures(
                f"verdict, {reviewers} at once, {pause_s:g} s to look",
                [t for each in taken for t in each.verdicts],
            )
        )
        print(f"{'':34} {sum(len(each.verdicts) for each in taken) / spent:.1f} verdicts/s")
    filters: dict[str, dict[str, object]] = {
        "flight": {"survey": 12},
        "division and kind": {"division": "341502007000", "kind": "rebuilt"},
        "area of 1030 m² and more": {"min_area_m2": 1030},
        "nothing fits": {"min_area_m2": 5000},
    }
    for name, wanted in filters.items():
        taken = [work(door, "r0", 20, wanted) for _ in range(3 if name == "nothing fits" else 1)]
        everyone += taken
        print(figures(f"next, {name}", [t for each in taken for t in each.nexts]))
    print(check(everyone))


if __name__ == "__main__":
    main()
