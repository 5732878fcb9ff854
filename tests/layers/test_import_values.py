"""Single cells of a file, as the column of a field takes them."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.imports import values
from layers.imports.faults import Unfit
from layers.layer import Field, Text

TYPES = {
    "text": str, "integer": int, "number": Decimal, "boolean": bool, "date": date, "time": time, "datetime": datetime,
}  # fmt: skip


def field(kind="text", **more):
    return Field("x", Text("某", "x"), type=kind, **more)


@pytest.mark.parametrize(
    ("kind", "given", "wanted"),
    [
        ("text", 13800000000.0, "13800000000"),
        ("text", "  a ", "a"),
        ("text", "  ", None),
        ("integer", 3.0, 3),
        ("number", "1,234.50", Decimal("1234.50")),
        ("boolean", "是", True),
        ("boolean", 0.0, False),
        ("date", "2023年6月18日", date(2023, 6, 18)),
        ("date", "20230618", date(2023, 6, 18)),
        ("date", "2023/6/8", date(2023, 6, 8)),
        ("date", "2023-06-18T00:00:00+08:00", date(2023, 6, 18)),
        ("date", datetime(2023, 6, 18), date(2023, 6, 18)),
        ("time", "6：30", time(6, 30)),
        ("datetime", "2023-06-18 08:00", datetime(2023, 6, 18, 8, tzinfo=values.BEIJING)),
        ("datetime", "2023/6/8 8:00", datetime(2023, 6, 8, 8, tzinfo=values.BEIJING)),
        ("datetime", "2023-06-18T00:00:00Z", datetime(2023, 6, 18, 8, tzinfo=values.BEIJING)),
        ("number", float("nan"), None),
    ],
)
def test_a_cell_is_read_as_the_field_wants_it(kind, given, wanted):
    assert values.stored(field(kind), given) == wanted


@pytest.mark.parametrize(
    ("kind", "given"),
    [("number", "inf"), ("number", "1.2.3"), ("number", True), ("integer", "1e400000000"), ("number", "1e-400000000"), ("boolean", "maybe"),
     ("date", "18/06/2023"), ("date", "2023-02-30"), ("time", "noon"), ("text", "a\0b"), ("datetime", "now then")],
)  # fmt: skip
def test_a_cell_that_does_not_fit_is_refused_in_both_languages(kind, given):
    with pytest.raises(Unfit) as said:
        values.stored(field(kind), given)
    assert said.value.said.zh and said.value.said.en


@given(
    st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.dates(), st.datetimes(), st.times())
)
def test_any_cell_is_read_or_refused_and_nothing_else(cell):
    for kind, of in TYPES.items():
        try:
            read = values.stored(field(kind), cell)
        except Unfit:
            continue
        assert read is None or type(read) is of
