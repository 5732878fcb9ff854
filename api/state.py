"""What one server process holds: settings, the database's address, the storage, and what tiles need."""

from __future__ import annotations

from dataclasses import dataclass, field

import asyncpg
from fastapi import Request

from api.ogc.freshness import Freshness
from api.tile_cache import TileCache
from layers.settings import Settings
from layers.storage import Storage

__all__ = ["State", "state_of"]


@dataclass
class State:
    """Held at ``app.state.chengtu``; ``tiles`` and ``freshness`` are opened by the application's lifespan."""

    settings: Settings
    url: str
    storage: Storage
    cache: TileCache
    tiles: asyncpg.Pool | None = field(default=None)
    freshness: Freshness | None = field(default=None)


def state_of(request: Request) -> State:
    """The state of the process that answers this request."""
    state: State = request.app.state.chengtu
    return state
