"""`./chengtu doctor`: what is in order, what is not, and how to mend it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from api import webbuild
from api.processes import PortTaken, need_port
from gis.errors import ChengtuError
from layers import cluster
from layers.settings import Settings

__all__ = ["Finding", "examine"]

DISK_GB = 5.0


@dataclass(frozen=True)
class Finding:
    """One thing looked at, and what to do when it is not well."""

    well: bool
    zh: str
    en: str
    mend_zh: str = ""
    mend_en: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Look at everything; a later look that needs an earlier one which failed is left out."""
    findings = [_python(), _disk(settings), _writable(settings), _pages(), _port(settings)]
    looks: list[Callable[[Settings], Finding]] = [_server, _database]
    for look in looks:
        findings.append(look(settings))
        if not findings[-1].well:
            break
    return findings


def _python() -> Finding:
    version = sys.version.split()[0]
    return Finding(
        sys.version_info >= (3, 11), f"Python {version}", "", "需要 Python ≥ 3.11。", "Install Python ≥ 3.11."
    )


def _disk(settings: Settings) -> Finding:
    place = next(each for each in (settings.home, *settings.home.parents) if each.exists())
    free = shutil.disk_usage(place).free / 1e9
    return Finding(
        free >= DISK_GB,
        f"磁盘剩余 {free:.0f} GB（{place}）",
        f"{free:.0f} GB free",
        f"请清理，至少留出 {DISK_GB:.0f} GB；或用 CHENGTU_HOME 指向更大的磁盘。",
        f"Free at least {DISK_GB:.0f} GB, or point CHENGTU_HOME at a larger disk.",
    )


def _writable(settings: Settings) -> Finding:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        probe = settings.home / ".probe"
        probe.write_text("")
        probe.unlink()
        well = True
    except OSError:
        well = False
    return Finding(
        well,
        f"数据目录 {settings.home}",
        "data folder is writable" if well else "data folder cannot be written",
        f"请让当前用户可写 {settings.home}，或设置 CHENGTU_HOME。",
        f"Make {settings.home} writable for this user, or set CHENGTU_HOME.",
    )


def _pages() -> Finding:
    built = webbuild.built()
    return Finding(
        built,
        "网页已构建" if built else "网页尚未构建或已过期",
        "web pages are built and current"
        if built
        else "web pages are not built, or older than their sources",
        "运行 ./chengtu serve 会自动构建。",
        "./chengtu serve builds them.",
    )


def _port(settings: Settings) -> Finding:
    try:
        need_port(settings.host, settings.port)
    except PortTaken as error:
        return Finding(
            False,
            f"端口 {settings.port} 被占用",
            f"port {settings.port} is taken (perhaps Chengtu already runs)",
            error.message_zh,
            error.message_en,
        )
    return Finding(True, f"端口 {settings.port} 可用", f"port {settings.port} is free")


def _server(settings: Settings) -> Finding:
    if settings.database_url:
        return Finding(True, "使用 CHENGTU_DATABASE_URL 指定的数据库", "an existing database is configured")
    try:
        folder = cluster.programs()
    except ChengtuError as error:
        return Finding(False, "PostgreSQL + PostGIS", "", error.message_zh, error.message_en)
    return Finding(True, f"PostgreSQL {folder.parent.name} + PostGIS", "installed")


def _database(settings: Settings) -> Finding:
    private = None if settings.database_url else cluster.private_cluster(settings.home)
    try:
        if private:
            private.start()
        with psycopg.connect(settings.database_url or private.url()) as connection:  # type: ignore[union-attr]
            row = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
    except (psycopg.Error, ChengtuError) as error:
        return Finding(
            False,
            f"数据库：{error}",
            "",
            "请检查 CHENGTU_DATABASE_URL 与日志。",
            "Check CHENGTU_DATABASE_URL and the log.",
        )
    finally:
        if private:
            private.stop_if_unused()
    well = bool(row and row[0])
    return Finding(
        well,
        "数据库可连接" if well else "数据库尚未建表",
        "database answers",
        "运行 ./chengtu migrate。",
        "Run ./chengtu migrate.",
    )
