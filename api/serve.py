"""Bring the database up, migrate it, run server and worker until told to stop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.processes import Children, need_port, stopping, wait_for
from layers import cluster
from layers.cluster import Cluster
from layers.database import close_all
from layers.migrate import migrate
from layers.settings import Settings

__all__ = ["address", "database", "migrated", "running"]


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The address of the database; a private cluster runs as long as anybody needs it."""
    if settings.database_url:
        yield settings.database_url
        return
    private: Cluster = cluster.private_cluster(settings.home)
    private.start()
    try:
        yield private.url()
    finally:
        close_all()  # pooled connections of ours must not count as somebody else's
        private.stop_if_unused()


@contextmanager
def migrated(settings: Settings) -> Iterator[str]:
    """The same, at the newest migration."""
    with database(settings) as url:
        migrate(url)
        yield url


@contextmanager
def running(settings: Settings, url: str, *, worker: bool = True) -> Iterator[Children]:
    """Server and worker as children that end with the block. Raises PortTaken, ServerSilent."""
    need_port(settings.host, settings.port)
    environment = environment_of(settings)
    with stopping() as children:
        children.start(
            "api.listen", "api.app:create_from_settings", "--factory", "--host", settings.host,
            "--port", str(settings.port), "--workers", str(settings.workers), environment=environment,
        )  # fmt: skip
        if worker:
            children.start("api.cli", "work", environment=environment)
        wait_for(f"{address(settings)}/ready")
        yield children


def environment_of(settings: Settings) -> dict[str, str]:
    """The settings as a child process reads them."""
    values = settings.model_dump(exclude_none=True)
    values["tianditu_key"] = settings.tianditu_key.get_secret_value() if settings.tianditu_key else None
    return {f"CHENGTU_{name.upper()}": _text(value) for name, value in values.items() if value is not None}


def address(settings: Settings) -> str:
    """Where a browser on this machine finds the server."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)
    return f"http://{host}:{settings.port}"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if not isinstance(value, Path) else str(value.resolve())
