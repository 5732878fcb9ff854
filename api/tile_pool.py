"""The connections over which tiles are read."""

from __future__ import annotations

import asyncpg

__all__ = ["tile_pool"]


def tile_pool(url: str) -> asyncpg.pool.Pool:
    """A pool for one event loop; its connections only ever read, each question on its own."""
    return asyncpg.create_pool(
        url,
        min_size=1,
        max_size=8,
        command_timeout=60,
        statement_cache_size=400,  # a few for each layer and set of roles
        # jit costs more than any tile, and one plan serves every place: a question as short as the doorkeeper's is
        # otherwise planned anew each time, which takes three times as long as to answer it
        server_settings={"jit": "off", "plan_cache_mode": "force_generic_plan"},
        reset=_nothing,
    )


async def _nothing(_connection: object) -> None:
    """Nothing is left to be undone: asyncpg's own way costs a round trip after every question."""
