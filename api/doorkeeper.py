"""Who asks and how fresh a layer is: the one question that doors before the application put to the database.

A map page asks for dozens of tiles at once, so requests that come in while a question is on its way share the next
one. Each question is put after every request it answers for has come in: an edit, or a sign-out, that was committed
before a tile was asked for is known to its answer.
"""

from __future__ import annotations

import asyncio

import asyncpg

from layers.people.rules import Role
from layers.people.store import roles_sql
from layers.stamps import stamp_sql

__all__ = ["Doorkeeper"]

_SQL = f"""
SELECT ({stamp_sql("string_to_array(given.tables, ',')")}), ({roles_sql("given.token")})
FROM unnest($1::text[], $2::bytea[]) WITH ORDINALITY AS given (tables, token, place) ORDER BY place
"""  # noqa: S608
_PUBLIC = frozenset({Role.PUBLIC})

_Key = tuple[str, bytes | None]
_Known = tuple[str, frozenset[Role]]


class Doorkeeper:
    """Asks over a pool, one question at a time. Belongs to one event loop."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._waiting: dict[_Key, asyncio.Future[_Known]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def ask(self, tables: str, token: bytes | None) -> _Known:
        """The stamp of tables (their names, sorted, with commas) and the roles of a sign-in's token hash."""
        key = tables, token
        answer = self._waiting.get(key)
        if answer is None:
            answer = self._waiting[key] = asyncio.get_running_loop().create_future()
            if self._asking is None:
                self._asking = asyncio.create_task(self._ask_all())
        return await asyncio.shield(answer)  # one client that goes away takes the answer from nobody

    async def roles(self, token: bytes | None) -> frozenset[Role]:
        """The roles of the holder of a token (its hash), always with PUBLIC."""
        return _PUBLIC if token is None else (await self.ask("", token))[1]

    async def _ask_all(self) -> None:
        """Until nobody waits: put one question for all that wait now."""
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, {}
                await self._answer(waiting)
        finally:
            self._asking = None

    async def _answer(self, waiting: dict[_Key, asyncio.Future[_Known]]) -> None:
        tables, tokens = zip(*waiting, strict=True)
        try:
            rows = await self._pool.fetch(_SQL, tables, tokens)
        except BaseException as error:
            for answer in waiting.values():
                if not answer.done():
                    answer.set_exception(error)
                    answer.exception()  # read here: whoever asked may have gone
            if not isinstance(error, Exception):
                raise
            return
        for answer, (stamp, held) in zip(waiting.values(), rows, strict=True):
            answer.set_result((stamp or "", _PUBLIC | {Role(each) for each in held or ()}))
