"""What one server process holds: settings, the database's address, the storage, and what tiles need."""

from __future__ import annotations

from dataclasses import dataclass, field

import asyncpg
from fastapi import Request

from api.doorkeeper import Doorkeeper
from api.tile_cache import TileCache
from layers.settings import Settings
from layers.storage import Storage

__all__ = ["State", "state_of"]


@dataclass
class State:
    """Held at ``app.state.chengtu``; ``tiles`` and ``doorkeeper`` come with the application's lifespan."""

    settings: Settings
    url: str
    storage: Storage
    cache: TileCache
    tiles: asyncpg.Pool | None = field(default=None)
    doorkeeper: Doorkeeper | None = field(default=None)

    @property
    def pool(self) -> asyncpg.Pool:
        """The pool for tiles."""
        if self.tiles is None:
            raise RuntimeError("the tile pool is opened by the application's lifespan")
        return self.tiles

    @property
    def keeper(self) -> Doorkeeper:
        """Who knows the roles and the stamps."""
        if self.doorkeeper is None:
            raise RuntimeError("the doorkeeper comes with the application's lifespan")
        return self.doorkeeper


def state_of(request: Request) -> State:
    """The state of the process that answers this request."""
    state: State = request.app.state.chengtu
    return state
