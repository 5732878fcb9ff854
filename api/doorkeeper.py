"""Who holds a sign-in, for doors that answer thousands of requests a second before the application.

Every request is checked against the database as it stands after the request came; but those that come while a
question is on its way are asked about together in the next one.
"""

from __future__ import annotations

import asyncio

import asyncpg

from layers.people.rules import Role
from layers.people.store import ROLES_OF_MANY_SQL

__all__ = ["Doorkeeper"]

_PUBLIC = frozenset({Role.PUBLIC})


class Doorkeeper:
    """One per process and event loop."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._waiting: dict[bytes, asyncio.Future[frozenset[Role]]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def roles(self, token: bytes | None) -> frozenset[Role]:
        """The roles of the holder of a token (its hash), always with PUBLIC."""
        if token is None:
            return _PUBLIC
        answer = self._waiting.get(token)
        if answer is None:
            answer = self._waiting[token] = asyncio.get_running_loop().create_future()
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        return await asyncio.shield(answer)  # who goes away takes nobody's answer along

    async def _ask(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting, {}
            try:
                rows = await self._pool.fetch(ROLES_OF_MANY_SQL, list(asked))
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
                for answer in asked.values():
                    answer.set_exception(error)
                    answer.exception()  # seen, even if whoever waited has gone
                continue
            held = {bytes(row["token_hash"]): row["roles"] for row in rows}
            for token, answer in asked.items():
                answer.set_result(_PUBLIC | {Role(each) for each in held.get(token, ())})
