"""`./chengtu demo`: everything a newcomer needs, in one go; a second start finds it done and takes seconds."""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from sqlalchemy import text

from api import ingest, serve, webbuild
from api.processes import need_port
from layers import database, demo
from layers.settings import Settings
from layers.surveys.model import Survey

__all__ = ["run"]

SEED = 7
FLIGHTS = (
    ("before", date(2023, 3, 12), "演示航飞 三月（合成影像）"),
    ("after", date(2023, 6, 18), "演示航飞 六月（合成影像）"),
)


@dataclass
class Bars:
    """The progress bars of the long steps."""

    progress: Progress

    def add(self, zh: str, en: str, *, total: float | None = 1.0) -> TaskID:
        """A new bar from 0 to 1; without a total it only shows that something goes on."""
        return self.progress.add_task(f"{zh}  [dim]{en}[/dim]", total=total)

    def to(self, task: TaskID) -> Callable[[float], None]:
        """What moves a bar."""
        return lambda share: self.progress.update(task, completed=share)

    def done(self, task: TaskID) -> None:
        """The bar is full."""
        self.progress.update(task, total=1.0, completed=1.0)


def run(settings: Settings, console: Console) -> None:
    """Set up, load, start, process the demo flights, say where it is, and stay until Ctrl-C."""
    started = time.monotonic()
    settings = settings.model_copy(update={"demo": True})
    need_port(settings.host, settings.port)  # said now rather than after minutes of work
    with serve.migrated(settings) as url:
        with _bars(console) as bars:
            _prepare(settings, url, bars)
        with serve.running(settings, url) as children:
            with _bars(console) as bars:
                _follow(url, bars)
            _say(settings, console, time.monotonic() - started)
            children.wait()


def password(settings: Settings) -> str:
    """The password of all demo accounts: made once for this installation, readable by its owner only."""
    path = settings.home / "demo-password"
    if not path.exists():
        settings.home.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(f"jinan-{secrets.token_hex(4)}")
    return path.read_text().strip()


def _prepare(settings: Settings, url: str, bars: Bars) -> None:
    """Pages and flights are made side by side: one waits for the network while the other computes."""
    failed: list[Exception] = []
    web = bars.add("构建网页", "web pages")

    def build() -> None:
        try:
            webbuild.build()
            bars.done(web)
        except Exception as error:
            failed.append(error)

    builder = threading.Thread(target=build)
    builder.start()
    try:
        district = bars.add("演示辖区", "demo district")
        demo.load(url, password=password(settings), progress=bars.to(district))
        bars.done(district)
        flights = bars.add("绘制演示航飞影像", "demo flights", total=None)
        _take_in(settings, url)
        bars.done(flights)
    finally:
        builder.join()
    if failed:
        raise failed[0]


def _take_in(settings: Settings, url: str) -> None:
    """Render the flights and queue them, once; a flight that is on record is left alone."""
    missing = [each for each in FLIGHTS if not _on_record(url, each[2])]
    if not missing:
        return
    # a second start never needs the renderer
    from data.demo.flights import on_record, render, write  # noqa: PLC0415

    folder = settings.home / "demo"
    pair = render(SEED)
    with database.session(url, actor=demo.ACTOR) as session:
        demo.put_on_record(session, on_record(pair))
    files = write(pair, folder)
    for when, flown_on, name in missing:
        ortho: Path = getattr(files, f"{when}_ortho")
        dsm: Path = getattr(files, f"{when}_dsm")
        ingest.ingest(
            url, settings, {"ortho": ortho, "dsm": dsm}, name=name, flown_on=flown_on, synthetic=True
        )
        for path in (ortho, dsm):
            path.unlink()


def _on_record(url: str, name: str) -> bool:
    with database.session(url) as session:
        return bool(session.scalar(text("SELECT count(*) FROM surveys WHERE name = :name"), {"name": name}))


def _follow(url: str, bars: Bars) -> None:
    """Show how far the flights are until each has ended."""
    with database.session(url) as session:
        ids = list(session.scalars(text("SELECT id FROM surveys WHERE synthetic ORDER BY id")))
    shown: dict[int, TaskID] = {}
    while True:
        surveys: list[Survey] = [ingest.progress_of(url, each) for each in ids]
        for survey in surveys:
            if survey.id not in shown and not ingest.finished(survey):
                shown[survey.id] = bars.add(f"比对 {survey.name}", f"flight {survey.code}")
            if survey.id in shown:
                bars.to(shown[survey.id])(survey.progress)
        if all(ingest.finished(each) for each in surveys):
            return
        time.sleep(0.4)


def _say(settings: Settings, console: Console, seconds: float) -> None:
    console.print()
    console.print(f"[bold]城图已就绪  Chengtu is ready[/bold]  ({seconds:.0f} s)")
    console.print(f"  网页 web map     [bold]{serve.address(settings)}/[/bold]")
    console.print(f"  手机 phone       {serve.address(settings)}/m")
    console.print(f"  接口 API         {serve.address(settings)}/docs   OGC {serve.address(settings)}/ogc")
    console.print("  演示账号 demo sign-ins（密码相同 one password）:")
    for person in demo.PEOPLE:
        console.print(f"    {person.name:<14}{person.display_name}")
    console.print(f"  密码 password    [bold]{password(settings)}[/bold]")
    console.print("  数据均为演示数据（合成）。All data are synthetic.  Ctrl-C 停止 stops everything.")


@contextmanager
def _bars(console: Console) -> Iterator[Bars]:
    """Bars on a terminal; on a plain pipe only how they ended."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield Bars(progress)
