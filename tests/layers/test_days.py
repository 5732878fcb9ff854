from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import QueryRefused
from layers.surveys.days import ALL, Days


@given(st.dates(), st.dates())
def test_a_range_that_is_written_is_read_as_it_was(one, other):
    days = Days(min(one, other), max(one, other))
    assert Days.parse(str(days)) == days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("all", ALL),
        ("2023-03-12", Days(date(2023, 3, 12), date(2023, 3, 12))),
        ("2023-03-12..", Days(date(2023, 3, 12), date.max)),
        ("..2023-03-12", Days(date.min, date(2023, 3, 12))),
    ],
)
def test_ranges_may_be_open(text, days):
    assert Days.parse(text) == days
    assert str(days) == text


@pytest.mark.parametrize("text", ["", "..", "soon", "2023-03-12..2023-03-11", "2023-13-01", "1..2..3"])
def test_what_is_no_range_is_refused_with_how_one_is_written(text):
    with pytest.raises(QueryRefused, match=r"2023-01-01\.\.2023-12-31"):
        Days.parse(text)
