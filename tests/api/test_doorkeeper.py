from __future__ import annotations

import asyncio

import asyncpg
import pytest

from api.doorkeeper import Doorkeeper
from layers.people.rules import Role


class Pool:
    """Answers after a moment; remembers what it was asked."""

    def __init__(self, fails: int = 0) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.fails = fails
        self.version = 0

    async def fetch(self, sql, tables, tokens):
        self.asked.append(tables)
        version = self.version
        await asyncio.sleep(0.01)
        if self.fails:
            self.fails -= 1
            raise asyncpg.InterfaceError("gone")
        return [
            (f"{each}-{version}", None if token is None else ["planner"])
            for each, token in zip(tables, tokens, strict=True)
        ]


def test_who_comes_while_a_question_is_on_its_way_shares_the_next_one():
    async def story():
        pool = Pool()
        fresh = Doorkeeper(pool)
        first = asyncio.create_task(fresh.ask("grids", None))
        await asyncio.sleep(0.002)
        others = [asyncio.create_task(fresh.ask(name, None)) for name in ("grids", "roads", "grids", "roads")]
        await asyncio.gather(first, *others)
        return pool.asked

    assert asyncio.run(story()) == [("grids",), ("grids", "roads")]


def test_an_answer_never_tells_of_a_time_before_it_was_asked_for():
    async def story():
        pool = Pool()
        fresh = Doorkeeper(pool)
        early = asyncio.create_task(fresh.ask("grids", None))
        await asyncio.sleep(0.002)
        pool.version = 1
        late = await fresh.ask("grids", None)
        return (await early)[0], late[0]

    assert asyncio.run(story()) == ("grids-0", "grids-1")


def test_a_failure_is_told_to_all_who_wait_and_the_next_question_is_put_again():
    async def story():
        fresh = Doorkeeper(Pool(fails=1))
        failed = await asyncio.gather(*(fresh.ask("grids", None) for _ in range(3)), return_exceptions=True)
        assert all(isinstance(each, asyncpg.InterfaceError) for each in failed)
        return await fresh.ask("grids", b"x")

    assert asyncio.run(story()) == ("grids-0", frozenset({Role.PUBLIC, Role.PLANNER}))


def test_one_client_that_goes_away_takes_the_answer_from_nobody():
    async def story():
        fresh = Doorkeeper(Pool())
        gone, stays = (asyncio.create_task(fresh.ask("grids", None)) for _ in range(2))
        await asyncio.sleep(0.002)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        return await stays

    assert asyncio.run(story())[0] == "grids-0"
