"""The private PostGIS cluster: made once, started when needed, stopped by the last one out.

It listens on a Unix socket only, so another PostgreSQL on 5432 is never in the way.
As root the cluster belongs to the ``postgres`` user (PostgreSQL refuses to run as root).
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import psycopg
from psycopg import sql

from gis.errors import ChengtuError

__all__ = ["Cluster", "ClusterBroken", "PostgisMissing", "private_cluster", "programs"]

MINIMUM_VERSION = 15
SOCKET_PATH_LIMIT = 90  # sun_path holds 107 bytes, and PostgreSQL appends /.s.PGSQL.5432.lock
NAME = "chengtu"


class PostgisMissing(ChengtuError):
    """No PostgreSQL ≥ 15 with PostGIS is installed."""

    code = "postgis_missing"
    zh = "没有找到 PostgreSQL ≥ 15 和 PostGIS。请运行 ./chengtu demo（会自动安装），或设置 CHENGTU_DATABASE_URL。"
    en = "No PostgreSQL ≥ 15 with PostGIS was found. Run ./chengtu demo (it installs them), or set CHENGTU_DATABASE_URL."


class ClusterBroken(ChengtuError):
    """The private cluster does not start."""

    code = "cluster_broken"
    zh = "私有数据库无法启动。日志：{log}\n{tail}"
    en = "The private database does not start. Log: {log}\n{tail}"


def programs() -> Path:
    """The folder of initdb and pg_ctl of the newest PostgreSQL that has PostGIS.

    Raises PostgisMissing.
    """
    found = [
        (int(folder.parent.name), folder)
        for folder in Path("/usr/lib/postgresql").glob("*/bin")
        if folder.parent.name.isdigit()
        and (folder / "initdb").exists()
        and Path(f"/usr/share/postgresql/{folder.parent.name}/extension/postgis.control").exists()
    ]
    usable = [each for each in found if each[0] >= MINIMUM_VERSION]
    if not usable:
        raise PostgisMissing
    return max(usable)[1]


@dataclass(frozen=True)
class Cluster:
    """One private cluster in ``folder``; ``durable`` off is for tests (fsync off)."""

    folder: Path
    durable: bool = True

    @property
    def data(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.folder / "log"

    @property
    def socket(self) -> Path:
        """The folder of the Unix socket: beside the data unless that path is too long."""
        beside = self.folder / "socket"
        if len(str(beside)) <= SOCKET_PATH_LIMIT:
            return beside
        return Path(tempfile.gettempdir()) / f"chengtu-{_digest(self.folder)}"

    def url(self, database: str = NAME) -> str:
        """The address of a database of this cluster (with its password: never print it)."""
        password = (self.folder / "password").read_text().strip()
        return f"postgresql://{NAME}:{password}@/{database}?host={quote(str(self.socket), safe='')}"

    def start(self) -> bool:
        """Make the cluster if it is not there and start it if it does not run; True if it was started."""
        _make_folder(self.folder)
        with self._locked():
            if not (self.data / "PG_VERSION").exists():
                self._make()
            if self.running():
                return False
            self._start()
            self._ensure_database()
        return True

    def running(self) -> bool:
        """Whether the server of this cluster runs."""
        return self._call("pg_ctl", "status", "-D", str(self.data)).returncode == 0

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stop the server; a stopped one stays stopped. ``immediate``: without writing down what it still holds."""
        self._call("pg_ctl", "stop", "-D", str(self.data), "-m", mode, "-w", "-t", "30")

    def stop_if_unused(self) -> None:
        """Stop the server unless somebody else is still connected: the last one out."""
        if not self.running():
            return
        with contextlib.suppress(psycopg.Error), psycopg.connect(self.url("postgres")) as connection:
            others = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' "
                "AND pid <> pg_backend_pid()"
            ).fetchone()
            if others and others[0]:
                return
        self.stop()

    def create_database(self, name: str, template: str = "template1") -> str:
        """A fresh database, dropped first if it was there; returns its address."""
        self.drop_database(name)
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def remove(self) -> None:
        """Stop the server and delete everything (tests)."""
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.socket, ignore_errors=True)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.folder / "lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _make(self) -> None:
        """initdb into a temporary name, then rename: a killed initdb leaves no half cluster."""
        password = self.folder / "password"
        if not password.exists():
            password.touch(mode=0o600)
            password.write_text(secrets.token_urlsafe(24))
        _give_to_owner(password)
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        done = self._call(
            "initdb",
            "-D",
            str(fresh),
            "-U",
            NAME,
            "--pwfile",
            str(password),
            "-A",
            "scram-sha-256",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            *([] if self.durable else ["--no-sync"]),
        )
        if done.returncode != 0:
            raise ClusterBroken(log="initdb", tail=done.stderr[-800:])
        self._configure(fresh)
        fresh.rename(self.data)

    def _configure(self, data: Path) -> None:
        lines = [
            "listen_addresses = ''",
            "max_connections = 120",
            "shared_buffers = 256MB",
            "effective_cache_size = 2GB",
            "work_mem = 32MB",
            "maintenance_work_mem = 256MB",
            "max_wal_size = 2GB",
            "random_page_cost = 1.1",
            "jit = off",
            "log_min_duration_statement = 1000",
        ]
        if not self.durable:
            lines += [
                "fsync = off",
                "synchronous_commit = off",
                "full_page_writes = off",
                "max_wal_size = 256MB",
            ]
        with (data / "postgresql.auto.conf").open("a") as handle:
            handle.write("\n".join(lines) + "\n")

    def _start(self) -> None:
        """Start the server; after a crash the first try may meet a stale lock file, so try again."""
        self.socket.mkdir(mode=0o700, exist_ok=True)
        _give_to_owner(self.socket)
        for attempt in range(3):
            # the address of the socket travels on the command line so that the folder may be moved
            started = self._call(
                "pg_ctl",
                "start",
                "-D",
                str(self.data),
                "-l",
                str(self.log),
                "-w",
                "-t",
                "60",
                "-o",
                f"-c unix_socket_directories={self.socket}",
            )
            if started.returncode == 0:
                return
            time.sleep(1 + attempt)
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-8:]) if self.log.exists() else ""
        raise ClusterBroken(log=self.log, tail=tail or started.stderr)

    def _ensure_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (NAME,)).fetchone()
            if not there:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))

    def _call(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(programs() / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        # pg_ctl's server inherits the pipes and would keep them open, so its output goes to a file
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                command,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd="/",
                check=False,
                env=_environment(),
            )
            output.seek(0)
            text = output.read()
        return subprocess.CompletedProcess(command, done.returncode, text, text)


def private_cluster(home: Path) -> Cluster:
    """The cluster of an installation: below its home, or in /var/lib when postgres cannot reach that."""
    wanted = home / "postgres"
    if os.geteuid() != 0 or _reachable_by_postgres(wanted):
        return Cluster(wanted)
    return Cluster(Path("/var/lib/chengtu") / _digest(home) / "postgres")


def _environment() -> dict[str, str]:
    """The environment without PG* variables of the caller, which would redirect the programs."""
    return {key: value for key, value in os.environ.items() if not re.match(r"PG[A-Z]", key)}


def _digest(path: Path) -> str:
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]


def _reachable_by_postgres(path: Path) -> bool:
    """Whether every existing folder above lets other users pass (o+x)."""
    return all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents if parent.exists())


def _make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _give_to_owner(folder)


def _give_to_owner(path: Path) -> None:
    """As root: the postgres user owns what the cluster needs."""
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(path, owner.pw_uid, owner.pw_gid)
