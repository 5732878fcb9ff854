"""The hash chain: what is changed, left out, added or moved shows, and where."""

from __future__ import annotations

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from layers.evidence.chain import START, Break, breaks, chained, digest

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
LINKS = st.lists(st.fixed_dictionaries({"kind": st.just("x"), "facts": PLAIN}), min_size=1, max_size=6)


@given(LINKS)
def test_a_chain_holds_and_goes_through_a_file_unharmed(links):
    entries = chained(links)
    assert entries[0]["previous"] == START
    assert breaks(json.loads(json.dumps(entries, ensure_ascii=False, indent=1))) == []


@given(LINKS, st.data())
def test_an_entry_that_was_changed_is_named(links, data):
    entries = chained(links)
    place = data.draw(st.integers(0, len(entries) - 1))
    entries[place]["facts"] = {"other": entries[place]["facts"]}
    assert breaks(entries) == [Break(place + 1, "changed")]


@given(LINKS, st.data())
def test_an_entry_changed_with_its_own_digest_breaks_the_next(links, data):
    entries = chained([*links, {"kind": "x", "facts": 0}])
    place = data.draw(st.integers(0, len(entries) - 2))
    entries[place]["facts"] = {"other": entries[place]["facts"]}
    entries[place]["sha256"] = digest(entries[place])
    assert breaks(entries) == [Break(place + 2, "previous")]


@given(LINKS, st.data())
def test_an_entry_left_out_is_noticed_wherever_it_was_but_at_the_end(links, data):
    entries = chained([*links, {"kind": "x", "facts": 0}])
    place = data.draw(st.integers(0, len(entries) - 2))
    del entries[place]
    assert breaks(entries)[0].place == place + 1


@given(LINKS, st.data())
def test_two_entries_that_changed_places_are_noticed(links, data):
    entries = chained([*links, {"kind": "x", "facts": 0}])
    one, other = sorted(data.draw(st.permutations(range(len(entries))))[:2])
    entries[one], entries[other] = entries[other], entries[one]
    assert breaks(entries)[0].place == one + 1


@pytest.mark.parametrize("wrong", [3, None, [], {"number": 2}, {"number": 2, "facts": 1e400}])
def test_what_is_no_entry_is_named_and_nothing_is_raised(wrong):
    entries = chained([{"kind": "x", "facts": 1}])
    assert breaks([*entries, wrong])[0].place == 2


def test_the_canonical_form_is_that_of_rfc_8785():
    entry = {"b": 1.0, "a": "é", "c": 1e-7, "sha256": "left out"}
    assert rfc8785.dumps({"b": 1.0, "a": "é", "c": 1e-7}) == '{"a":"é","b":1,"c":1e-7}'.encode()
    assert digest(entry) == "84d23ccf7a19dbde217cef6de2a58f7a6244e0b21512ee9b6359610f86330b6e"
