from __future__ import annotations

from datetime import date
from decimal import Decimal

from layers.statistics import half_year
from layers.statistics.half_year import half_of
from layers.statistics.store import newest_day


def figures(session, year=2023, half=1):
    return {each.id: each for each in half_year(session, year, half)}


def test_the_first_half_of_2023_reads_as_the_summary(district):
    found = figures(district)
    assert [each.value for each in found.values()] == [
        *(17, 105, 66, 57, 64, 800, 58, Decimal("6367.8"), 18, Decimal("355.5")),
        *(13_271, 13_263, 52, 43, 40_521, 43, 42, 1_461, 1_434, 1_010, 327, 162, 4, 121, 36, 12, 800, 10),
    ]


def test_the_rate_is_computed_and_the_printed_one_is_named(district):
    handled = figures(district)["incidents_handled"]
    assert (handled.numerator, handled.denominator) == (13_263, 13_271)
    assert handled.rate_text == "99.94 %"
    assert "99.56 %" in handled.note.zh
    assert "99.94 %" in handled.note.en


def test_another_half_year_counts_only_what_is_dated_in_it(district):
    found = figures(district, 2024, 2)
    assert found["incidents_accepted"].value == 0
    assert found["incidents_handled"].rate is None
    assert found["stall_clusters"].value == 105


def test_figures_are_shown_first_of_the_half_year_with_the_newest_record(district):
    assert half_of(newest_day(district)) == (2023, 1)
    assert [half_of(date(2024, month, 30)) for month in (6, 7)] == [(2024, 1), (2024, 2)]


def test_an_empty_database_has_no_newest_day(session):
    assert newest_day(session) is None


def test_an_empty_database_has_every_figure_at_zero(session):
    assert {each.value for each in half_year(session, 2023, 1)} == {0}
