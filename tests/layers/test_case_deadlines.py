"""Periods by the law's counting, over New Year, Spring Festival, leap days and month ends."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from layers.cases import holidays
from layers.cases.deadlines import (
    Kind,
    Length,
    Light,
    NoHolidays,
    Unit,
    ends,
    enforcement_days,
    last_day,
    light,
)
from layers.errors import Refused
from tests.layers.casework import CALENDAR

D, W, M = Unit.DAYS, Unit.WORKING_DAYS, Unit.MONTHS
ONE = timedelta(days=1)
DAYS = st.dates(date(2022, 1, 1), date(2025, 6, 30))

COUNTED = [
    # over New Year 2023, which begins on 31 December 2022
    (date(2022, 12, 29), 5, W, date(2023, 1, 6)),
    (date(2022, 11, 1), 60, D, date(2023, 1, 3)),
    # over Spring Festival 2024: off from 10 to 17 February, 4 and 18 February are worked
    (date(2024, 2, 3), 5, W, date(2024, 2, 8)),
    (date(2024, 2, 8), 5, W, date(2024, 2, 21)),
    (date(2023, 12, 13), 60, D, date(2024, 2, 18)),
    # months: same number, or the last of the month; leap days
    (date(2023, 8, 31), 6, M, date(2024, 2, 29)),
    (date(2022, 8, 31), 6, M, date(2023, 2, 28)),
    (date(2023, 8, 29), 6, M, date(2024, 2, 29)),
    (date(2024, 2, 29), 12, M, date(2025, 2, 28)),
    (date(2023, 10, 31), 6, M, date(2024, 4, 30)),
    (date(2023, 3, 31), 3, M, date(2023, 6, 30)),
    # six months that end in the week of the National Day
    (date(2023, 4, 2), 6, M, date(2023, 10, 7)),
    # a Saturday, a Sunday, a Saturday that is worked
    (date(2023, 3, 15), 10, D, date(2023, 3, 27)),
    (date(2023, 4, 26), 10, D, date(2023, 5, 6)),
    # over 29 February
    (date(2024, 2, 25), 4, D, date(2024, 2, 29)),
    (date(2024, 2, 28), 3, W, date(2024, 3, 4)),
]


@pytest.mark.parametrize(("event", "count", "unit", "last"), COUNTED)
def test_a_period_ends_where_the_law_says(event: date, count: int, unit: Unit, last: date) -> None:
    assert last_day(event, Length(count, unit), CALENDAR) == last


@given(DAYS, st.integers(1, 120), st.sampled_from(Unit))
def test_a_period_ends_on_a_working_day_never_too_early_and_longer_is_never_earlier(
    event: date, count: int, unit: Unit
) -> None:
    assume(unit is not M or count <= 12)
    length = Length(count, unit)
    last = last_day(event, length, CALENDAR)
    assert CALENDAR.is_working(last)
    assert last_day(event, Length(count + 1, unit), CALENDAR) >= last
    assert last_day(event + ONE, length, CALENDAR) >= last
    strict = last_day(event, Length(count, unit, moves=False), CALENDAR)
    assert event < strict <= last
    assert not [day for day in _between(strict, last) if CALENDAR.is_working(day)]


@given(DAYS, st.integers(1, 60))
def test_working_days_are_counted_one_by_one_and_the_day_of_the_event_is_not(event: date, count: int) -> None:
    last = last_day(event, Length(count, W), CALENDAR)
    days = [event + n * ONE for n in range(1, (last - event).days + 1)]
    assert sum(map(CALENDAR.is_working, days)) == count


@given(DAYS, st.integers(1, 60))
def test_a_duty_of_the_bureau_is_not_lengthened_by_a_day_off(event: date, count: int) -> None:
    assert last_day(event, Length(count, D, moves=False), CALENDAR) == event + count * ONE


@given(st.integers(1, 60))
def test_up_to_ten_days_of_enforcement_are_working_days(count: int) -> None:
    assert (enforcement_days(count).unit is W) == (count <= 10)


def test_every_shipped_year_has_the_days_off_of_its_notice() -> None:
    # 2022 holds 31 December, the first day of New Year 2023
    off = {
        year: sum(not w for day, w in CALENDAR.working.items() if day.year == year) for year in CALENDAR.years
    }
    assert off == {2022: 32, 2023: 26, 2024: 28, 2025: 28, 2026: 33}
    for day, works in CALENDAR.working.items():
        assert not works or day.weekday() >= 5


def test_a_year_without_data_is_an_error_and_never_a_year_without_holidays() -> None:
    late = date(2026, 12, 30)
    with pytest.raises(NoHolidays, match="2027"):
        last_day(late, Length(5, W), CALENDAR)
    with pytest.raises(NoHolidays, match="2027"):
        CALENDAR.is_working(date(2027, 3, 3))
    assert ends(late, Length(60, D), CALENDAR) == (date(2027, 3, 1), False)
    assert ends(date(2026, 1, 5), Length(60, D), CALENDAR) == (date(2026, 3, 6), True)


def test_the_light_of_a_duty_turns_and_that_of_a_partys_period_goes_out() -> None:
    end = date(2024, 3, 20)
    seen = [light(Kind.DECISION, end, end + n * ONE) for n in (-8, -7, 0, 1)]
    assert seen == [Light.GREEN, Light.AMBER, Light.AMBER, Light.RED]
    assert [light(Kind.SUIT, end, end + n * ONE) for n in (0, 1)] == [Light.RUNNING, Light.OVER]


WHOLE = "date,kind,name,source\n" + "".join(
    f"2027-0{n}-01,holiday,{name},国办\n" for n, name in enumerate(holidays.NAMES, start=1)
)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("day,kind\n", "columns"),
        ("date,kind,name,source\n", "empty"),
        (WHOLE.replace("中秋节", "端午节"), "2027 lacks 中秋节"),
        (WHOLE + "2027-13-01,holiday,x,y\n", "Line 9"),
        (WHOLE + "2027-01-01,holiday,元旦,国办\n", "twice"),
        (WHOLE + "2027-01-05,workday,元旦,国办\n", "working day anyway"),
        (WHOLE + "2027-01-05,off,元旦,国办\n", "neither"),
        (WHOLE + "2027-01-05,holiday,元旦,\n", "notice it comes from"),
    ],
)
def test_a_broken_notice_is_refused_with_its_line(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "2027.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refused, match=named):
        holidays.read(path)


def test_a_notice_saved_by_a_spreadsheet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "2027.csv"
    path.write_text(WHOLE, encoding="utf-8-sig")
    assert list(holidays.read(path)) == [2027]


def _between(first: date, beyond: date) -> list[date]:
    return [first + n * ONE for n in range((beyond - first).days)]
