from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from layers.database import engine
from layers.migrate import migrate

SERVER = os.environ.get("CHENGTU_TEST_DATABASE_URL", "postgresql://chengtu@/chengtu_l_test?host=/tmp/pgdev")


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A database that exists for this run only, migrated."""
    name = f"chengtu_layers_{os.getpid()}"
    url = make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    maintenance = make_url(SERVER).set(database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    migrate(url)
    yield url
    engine(url).dispose()
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """A transaction that is rolled back after the test."""
    with engine(database_url).connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as open_session:
            yield open_session
        outer.rollback()
