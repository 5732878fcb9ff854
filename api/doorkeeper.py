"""Who asks and how fresh a layer is: the one question that doors before the application put to the database.

A map page asks for dozens of tiles at once, so requests that come in while a question is on its way share the next
one. Each question is put after every request it answers for has come in: an edit, or a sign-out, that was committed
before a tile was asked for is known to its answer.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

import asyncpg

from layers.people.rules import Role
from layers.people.store import roles_sql
from layers.stamps import stamp_sql

__all__ = ["PUBLIC", "TROUBLE", "Doorkeeper", "answer_sql", "roles_of"]

PUBLIC = frozenset({Role.PUBLIC})
TROUBLE = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
"""What a door leaves to the application, which meets it too and has words for it."""
_MOST_REMEMBERED = 1000


def answer_sql(tables: str, token: str) -> str:
    """SQL of two columns: the stamp of the tables that ``tables``, SQL of a text[], says, and what ``roles_of`` reads of
    the sign-in with the hash that ``token``, SQL, says.
    """
    return f"({stamp_sql(tables)}), ({roles_sql(token)})"


def roles_of(held: Sequence[str] | None) -> frozenset[Role]:
    """The roles that the database told, always with PUBLIC."""
    return PUBLIC | {Role(each) for each in held or ()}


_SQL = f"""
SELECT {answer_sql("string_to_array(given.tables, ',')", "given.token")}
FROM unnest($1::text[], $2::bytea[]) WITH ORDINALITY AS given (tables, token, place) ORDER BY place
"""  # noqa: S608
_Key = tuple[str, bytes | None]
_Known = tuple[str, frozenset[Role]]


class Doorkeeper:
    """Asks over a pool, one question at a time. Belongs to one event loop."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._waiting: dict[_Key, list[asyncio.Future[_Known]]] = {}
        self._asking: asyncio.Task[None] | None = None
        self._last: OrderedDict[bytes, frozenset[Role]] = OrderedDict()

    async def ask(self, tables: str, token: bytes | None) -> _Known:
        """The stamp of tables (their names, sorted, with commas) and the roles of a sign-in's token hash."""
        # each has a future of its own: one client that goes away takes the answer from nobody
        answer: asyncio.Future[_Known] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault((tables, token), []).append(answer)
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_all())
        return await answer

    async def roles(self, token: bytes | None) -> frozenset[Role]:
        """The roles of the holder of a token (its hash), always with PUBLIC."""
        return PUBLIC if token is None else (await self.ask("", token))[1]

    def guess(self, token: bytes | None) -> frozenset[Role] | None:
        """What a token was worth when it was last asked for; None where that is not known. Never to be relied on."""
        return PUBLIC if token is None else self._last.get(token)

    async def _ask_all(self) -> None:
        """Until nobody waits: put one question for all that wait now."""
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, {}
                await self._answer(waiting)
        finally:
            self._asking = None

    async def _answer(self, waiting: dict[_Key, list[asyncio.Future[_Known]]]) -> None:
        tables, tokens = zip(*waiting, strict=True)
        try:
            rows = await self._pool.fetch(_SQL, tables, tokens)
        except BaseException as error:
            for answers in waiting.values():
                for answer in answers:
                    if not answer.done():
                        answer.set_exception(error)
                        answer.exception()  # read here: whoever asked may be going
            if not isinstance(error, Exception):
                raise
            return
        for (_, token), answers, (stamp, held) in zip(waiting, waiting.values(), rows, strict=True):
            roles = roles_of(held)
            if token is not None:
                self._remember(token, roles)
            for answer in answers:
                if not answer.done():
                    answer.set_result((stamp or "", roles))

    def _remember(self, token: bytes, roles: frozenset[Role]) -> None:
        self._last[token] = roles
        self._last.move_to_end(token)
        if len(self._last) > _MOST_REMEMBERED:
            self._last.popitem(last=False)
