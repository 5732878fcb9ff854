"""Bring a database to the newest state: PostGIS, tables, the queue's own schema, views, functions, rules."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, create_engine, text

from layers import cells
from layers.bulletins import transitions as bulletins
from layers.cases import holidays, transitions
from layers.catalogue import LAYERS
from layers.codes import store as codes
from layers.database import sqlalchemy_url
from layers.incidents import store as incidents
from layers.incidents import transitions as incident_transitions

__all__ = ["alembic_config", "migrate"]

_HERE = Path(__file__).resolve().parent
_LOCK = 341502  # any fixed number: two processes that migrate at once take turns


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration on an open connection; the scripts are found beside this file."""
    config = Config()
    config.set_main_option("script_location", str(_HERE / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def migrate(url: str) -> None:
    """Apply what is missing, in one transaction: afterwards the database is whole or as it was.

    Safe to run again and from several processes at once. Raises ``sqlalchemy.exc.DBAPIError`` when
    the server is not reachable, has no PostGIS, or the account may not create the extension.
    """
    private = create_engine(sqlalchemy_url(url), pool_size=1)
    try:
        with private.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
            command.upgrade(alembic_config(connection), "head")
            _apply_queue(connection)
            _apply_sql(connection)
            transitions.fill(connection)
            incident_transitions.fill(connection)
            bulletins.fill(connection)
            holidays.load_shipped(connection)
            incidents.load_shipped_limits(connection, codes.load_shipped(connection))
            for layer in LAYERS:
                cells.keep(connection, layer)
    finally:
        private.dispose()


def _apply_queue(connection: Connection) -> None:
    """Procrastinate's own tables, once; it owns them, so they are in no migration of ours."""
    if connection.scalar(text("SELECT to_regclass('procrastinate_jobs')")) is None:
        _run(connection, SchemaManager.get_schema())


def _apply_sql(connection: Connection) -> None:
    """Views and functions: every file drops and recreates its own."""
    for file in sorted((_HERE / "sql").glob("*.sql")):
        _run(connection, file.read_text(encoding="utf-8"))


def _run(connection: Connection, statements: str) -> None:
    """Several statements as they stand: no parameters, so no character is special."""
    connection.exec_driver_sql(statements, execution_options={"no_parameters": True})
