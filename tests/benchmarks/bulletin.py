"""A year of the demo district as a bulletin: counted, drawn, and written as HTML, Word and PDF.

    .venv/bin/python -m tests.benchmarks.bulletin

Medians of five in milliseconds, after one round that is not counted (typefaces are looked up once a process). The
target for everything together is ten seconds.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from sqlalchemy.orm import Session

from layers import database, demo
from layers.bulletins import compose, store
from layers.bulletins.printed import Facts, as_document
from layers.cluster import Cluster
from layers.migrate import migrate
from layers.printing.html import as_html
from layers.printing.pdf import as_pdf
from layers.printing.word import as_word
from layers.settings import Settings
from layers.statistics.measures import Area, Period
from layers.storage import Storage

FIRST, LAST = date(2023, 1, 1), date(2023, 12, 31)
ROUNDS = 5
TARGET_S = 10.0
Made = TypeVar("Made")


def main() -> None:
    """Print the table."""
    folder = Path(tempfile.mkdtemp(prefix="chengtu-bulletin-"))
    folder.chmod(0o755)
    cluster = Cluster(folder, durable=False)
    cluster.start()
    try:
        url = cluster.create_database("bulletin")
        migrate(url)
        demo.load(url, password="benchmark-only")
        measure(url, Settings(home=folder / "home", database_url=url))
        database.close_all()
    finally:
        cluster.remove()


def measure(url: str, settings: Settings) -> None:
    """Every step, round after round."""
    spent: dict[str, list[float]] = {}
    sizes: dict[str, int] = {}

    def took(step: str, act: Callable[[], Made]) -> Made:
        began = time.perf_counter()
        made = act()
        spent.setdefault(step, []).append(time.perf_counter() - began)
        if isinstance(made, bytes | str):
            sizes[step] = len(made)
        return made

    def gather() -> compose.Gathered:
        with database.session(url) as session:
            decided = [each["id"] for each in store.choices(session, *_everywhere(session))["cases"][:20]]
            return compose.gather(session, settings, FIRST, LAST, None, exposures=decided)

    for _ in range(ROUNDS + 1):
        gathered = took("counted", gather)
        composed = took("drawn", lambda gathered=gathered: compose.draw(gathered, Storage.of(settings), LAST))
        sections = [{"id": "overview", "title": "总体情况", "text": compose.overview(composed, FIRST, LAST)}]
        facts = Facts(
            "违建管控专报", 2023, 1, LAST, FIRST, LAST, composed.figures, composed.content, sections
        )
        printed = as_document(facts, composed.pictures)
        took("HTML", lambda printed=printed: as_html(printed))
        took("Word", lambda printed=printed: as_word(printed))
        took("PDF", lambda printed=printed: as_pdf(printed))
    print(f"{'step':<10}{'median ms':>11}{'worst ms':>11}{'bytes':>12}")
    for step, times in spent.items():
        counted = [each * 1000 for each in times[1:]]
        size = f"{sizes[step]:>12,}" if step in sizes else ""
        print(f"{step:<10}{statistics.median(counted):>11.0f}{max(counted):>11.0f}{size}")
    whole = sum(statistics.median(times[1:]) for times in spent.values())
    load = os.getloadavg()[0]
    print(
        f"{'together':<10}{whole * 1000:>11.0f} ms; target {TARGET_S:.0f} s; load of the machine {load:.1f}"
    )


def _everywhere(session: Session) -> tuple[Area, Period]:
    statement = compose.of_period(session, FIRST, LAST)
    return statement.area, statement.period


if __name__ == "__main__":
    main()
