from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from layers import demo
from layers.cluster import Cluster
from layers.database import engine
from tests.layers.case_office import office

__all__ = ["office"]


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """A transaction that is rolled back after the test."""
    yield from _undone(database_url)


@pytest.fixture(scope="session")
def demo_url(cluster: Cluster, template: str) -> str:
    """A database with the demo district, loaded once; its tests roll back what they do."""
    url = cluster.create_database("demo", template)
    demo.load(url, password="demo-password")
    return url


@pytest.fixture
def district(demo_url: str) -> Iterator[Session]:
    """A transaction in the demo district, rolled back after the test."""
    yield from _undone(demo_url)


def _undone(url: str) -> Iterator[Session]:
    with engine(url).connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as open_session:
            yield open_session
        outer.rollback()
