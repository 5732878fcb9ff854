"""Tiles at hand: never more than allowed, the freshest kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.tile_cache import TileCache


@given(st.integers(0, 50), st.lists(st.tuples(st.integers(0, 9), st.binary(max_size=20)), max_size=60))
def test_the_cache_never_holds_more_than_it_may_and_gives_back_what_was_put_last(most, puts):
    cache = TileCache(most)
    last = {}
    for key, content in puts:
        cache.put((key,), content)
        last[key] = content
        held = {each: cache.get((each,)) for each in last}
        assert sum(len(content) for content in held.values() if content is not None) <= most
        assert all(content in (None, last[each]) for each, content in held.items())


def test_without_room_nothing_is_kept_but_tiles_are_still_taken():
    cache = TileCache(0)
    cache.put(("a",), b"tile")
    assert cache.get(("a",)) is None


def test_a_tile_in_use_outlives_one_that_nobody_asks_for():
    cache = TileCache(8)
    cache.put(("old",), b"1234")
    cache.put(("new",), b"5678")
    assert cache.get(("old",)) == b"1234"
    cache.put(("next",), b"9012")
    assert cache.get(("new",)) is None
    assert cache.get(("old",)) == b"1234"
