"""A real application on a real database, and people of every role to ask it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from api.app import create
from layers import database
from layers.cluster import Cluster
from layers.people.actions import create_person
from layers.people.rules import Role
from layers.settings import Settings

PASSWORD = "right-horse-42"

# A square of about 10 km around the scenes of tests/scenes.py
DISTRICT = """
INSERT INTO divisions (code, name, level, kind, valid_from, geom)
VALUES ('341502000000', '金安区', 'district', 'district', '2020-01-01',
        ST_Multi(ST_MakeEnvelope(116.48, 31.70, 116.60, 31.82, 4490)))
"""

SignIn = Callable[[Role | None], TestClient]


@pytest.fixture(scope="session")
def inhabited(cluster: Cluster, template: str) -> str:
    """The name of a database with the district's outline and one person per role, to be copied."""
    url = cluster.create_database("template_inhabited", template)
    with database.session(url) as session:
        session.execute(text(DISTRICT))
        for role in Role:
            if role is not Role.PUBLIC:
                create_person(
                    session,
                    name=role.value,
                    display_name=f"测试 {role.value}",
                    password=PASSWORD,
                    roles={role},
                )
    database.close_all()
    return "template_inhabited"


@pytest.fixture
def settings(tmp_path: Path, cluster: Cluster, inhabited: str) -> Iterator[Settings]:
    """Settings of a fresh installation with the district's outline and one person per role."""
    url = cluster.create_database(f"test_{uuid.uuid4().hex[:12]}", inhabited)
    yield Settings(home=tmp_path / "home", database_url=url)
    database.close_all()


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    """The application."""
    assert settings.database_url
    return create(settings, settings.database_url)


@pytest.fixture
def as_role(app: FastAPI) -> Iterator[SignIn]:
    """A client signed in with a role; None for nobody."""
    with ExitStack() as stack:
        opened = stack.enter_context(TestClient(app))  # opens and closes the lifespan

        def sign_in(role: Role | None) -> TestClient:
            client = TestClient(app, base_url="http://testserver")
            client.portal = opened.portal  # one event loop, as in a server: the tiles' pool belongs to it
            if role is not None:
                answer = client.post("/api/session", json={"name": role.value, "password": PASSWORD})
                assert answer.status_code == 200, answer.text
            return client

        yield sign_in
