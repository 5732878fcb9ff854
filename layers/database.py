"""Engine, session and base of the models. One request or one job is one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Engine, MetaData, create_engine, text
from sqlalchemy.orm import DeclarativeBase, Session

__all__ = [
    "SRID",
    "Base",
    "close_all",
    "engine",
    "geometry",
    "session",
    "set_actor",
    "sqlalchemy_url",
]

SRID = 4490  # CGCS2000 geographic, lon/lat: how every geometry is stored


_engines: list[Engine] = []


class Base(DeclarativeBase):
    """Base of every model; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def sqlalchemy_url(url: str) -> str:
    """The same address with the psycopg 3 driver named, as SQLAlchemy wants it."""
    scheme, _, rest = url.partition("://")
    if scheme in {"postgres", "postgresql"}:
        return f"postgresql+psycopg://{rest}"
    return url


@lru_cache(maxsize=4)
def engine(url: str) -> Engine:
    """The engine for a database address; one per process and address."""
    made = create_engine(sqlalchemy_url(url), pool_pre_ping=True, pool_size=8, max_overflow=8)
    _engines.append(made)
    return made


@contextmanager
def session(url: str, *, actor: str | None = None) -> Iterator[Session]:
    """One transaction: commits at the end, rolls back on any error.

    ``actor`` is the sign-in name that the history triggers write down.
    """
    with Session(engine(url), expire_on_commit=False) as open_session, open_session.begin():
        if actor is not None:
            set_actor(open_session, actor)
        yield open_session


def set_actor(open_session: Session, actor: str) -> None:
    """Name the person (or job) to whom the changes of this transaction belong."""
    open_session.execute(text("SELECT set_config('chengtu.actor', :actor, true)"), {"actor": actor})


def geometry(wkb: bytes | memoryview | None) -> BaseGeometry | None:
    """A geometry from the WKB that ST_AsBinary gives; None stays None."""
    return None if wkb is None else shapely.from_wkb(bytes(wkb))


def close_all() -> None:
    """Close the pooled connections of this process."""
    for held in _engines:
        held.dispose()
