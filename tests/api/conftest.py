"""A real application on a real database, and people of every role to ask it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from api import ingest
from api.app import behind_doors, create
from layers import database
from layers.cluster import Cluster
from layers.people.actions import create_person
from layers.people.rules import Role
from layers.settings import Settings
from tests import scenes
from tests.conftest import copy_of

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


@dataclass(frozen=True)
class Template:
    """A processed installation to be copied: the name of its database and its home."""

    database: str
    home: Path


@pytest.fixture(scope="session")
def processed(cluster: Cluster, inhabited: str, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Two processed flights between which a shed was built; made once, copied for each test."""
    folder = tmp_path_factory.mktemp("processed")
    url = cluster.create_database("template_processed", inhabited)
    settings = Settings(home=folder / "home", database_url=url)
    files = scenes.write_scene(scenes.scene_with_shed(512), folder)
    for ortho, dsm, day in ((files[0], files[2], date(2023, 3, 12)), (files[1], files[3], date(2023, 6, 18))):
        ingest.ingest(url, settings, {"ortho": ortho, "dsm": dsm}, name=f"测试 {day}", flown_on=day)
    ingest.work(url, settings, until_idle=True)
    database.close_all()
    return Template("template_processed", folder / "home")


@pytest.fixture
def with_flights(tmp_path: Path, cluster: Cluster, processed: Template) -> Iterator[Settings]:
    """An installation of the test's own with the two flights; modules that want it call it their ``settings``."""
    shutil.copytree(processed.home, tmp_path / "home")
    with copy_of(cluster, processed.database) as url:
        yield Settings(home=tmp_path / "home", database_url=url)


@pytest.fixture
def settings(tmp_path: Path, cluster: Cluster, inhabited: str) -> Iterator[Settings]:
    """Settings of a fresh installation with the district's outline and one person per role."""
    with copy_of(cluster, inhabited) as url:
        yield Settings(home=tmp_path / "home", database_url=url)


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    """The application."""
    assert settings.database_url
    return create(settings, settings.database_url)


@pytest.fixture
def as_role(app: FastAPI) -> Iterator[SignIn]:
    """A client signed in with a role; None for nobody."""
    served = behind_doors(app)
    with ExitStack() as stack:
        opened = stack.enter_context(TestClient(served))  # opens and closes the lifespan

        def sign_in(role: Role | None) -> TestClient:
            client = TestClient(served, base_url="http://testserver")
            client.portal = opened.portal  # one event loop, as in a server: the tiles' pool belongs to it
            if role is not None:
                answer = client.post("/api/session", json={"name": role.value, "password": PASSWORD})
                assert answer.status_code == 200, answer.text
            return client

        yield sign_in
