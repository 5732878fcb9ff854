"""Each figure opens the list that it counts, and the list is as long as the figure says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from layers import catalogue, features
from layers.errors import NotFound, Refused
from layers.people.rules import Role
from layers.statistics import half_year, lists, of_period
from layers.statistics.half_year import days

STAFF = frozenset({Role.ADMINISTRATOR})  # the list of hardship stalls is for few
FIRST, LAST = date(2023, 1, 1), date(2023, 6, 30)

SUSPICIONS = """
INSERT INTO surveys (code, name, flown_on) VALUES
    ('S20220510-001', 'x', '2022-05-10'), ('S20230312-001', 'a', '2023-03-12'), ('S20230618-001', 'b', '2023-06-18');
INSERT INTO candidates (code, survey_id, first_survey_id, kind, status, confidence, area_m2, method, geom, division_id)
SELECT 'C-' || n, s.id, s.id, (ARRAY['new', 'extended', 'demolished'])[1 + n % 3],
       (ARRAY['accepted', 'accepted', 'rejected', 'pending'])[1 + n % 4], 0.7, 40 + n, 'surface',
       (SELECT geom FROM illegal_buildings LIMIT 1), d.id
FROM generate_series(1, 40) AS n
JOIN surveys AS s ON s.code = (ARRAY['S20220510-001', 'S20230312-001', 'S20230618-001'])[1 + n % 3 % 3]
JOIN divisions AS d ON d.code = (ARRAY['341502100000', '341502101000'])[1 + n % 2]
"""


def listed(session, figure):
    """How many features the figure's filter opens, and what they sum to where the figure is a sum."""
    layer = catalogue.layer(figure.layer, STAFF)
    found = features.page(session, layer, STAFF, features.Query(filter=figure.filter), limit=20_000)
    assert found.matched == len(found.features)
    return found


def holds(session, figure):
    found = listed(session, figure)
    field = "area_m2" if figure.id.endswith("_m2") else lists.COUNTED.get(figure.id)
    if field is None:
        assert len(found.features) == (figure.value if figure.id != "precision" else figure.denominator), (
            figure.id
        )
        return
    total = sum(Decimal(str(each["properties"][field] or 0)) for each in found.features)
    assert round(total / (1000 if figure.id == "sewers" else 1), 1) == round(figure.value, 1), figure.id


def test_every_figure_of_the_half_year_opens_the_list_it_counts(district):
    for figure in half_year(district, 2023, 1):
        if figure.filter is not None:
            holds(district, figure)
        else:
            rows = lists.rows(district, figure.id, *days(2023, 1))
            assert sum(row["counts"] for row in rows) == figure.value, figure.id


@pytest.mark.parametrize("division", [None, "341502101000"])
def test_every_figure_of_violation_control_opens_the_list_it_counts(district, division):
    district.execute(text(SUSPICIONS))
    statement = of_period(district, FIRST, LAST, division)
    assert statement.figure("suspicions_found").value > 5
    for figure in statement.figures:
        holds(district, figure)
    for ranked in statement.ranking[:3]:
        for figure in ranked.figures:
            holds(district, figure)
    for month in (statement.trend[2], statement.trend[5]):
        for figure in (*month.figures, *month.last_year):
            holds(district, figure)


def test_the_demolitions_of_the_half_year_are_those_of_the_summary_and_parts_add_up(district):
    statement = of_period(district, FIRST, LAST)
    assert (statement.figure("demolished").value, statement.figure("demolished_m2").value) == (
        58,
        Decimal("6367.8"),
    )
    ranked = [
        figure.value for row in statement.ranking for figure in row.figures if figure.id == "demolished"
    ]
    monthly = [month.figures[2].value for month in statement.trend]
    assert (sum(ranked), sum(monthly), len(monthly)) == (58, 58, 6)
    assert len(statement.ranking) == 23
    found = [row.figures[0].value for row in statement.ranking]
    assert found == sorted(found, reverse=True)
    assert all(figure.value == 0 for month in statement.trend for figure in month.last_year[:1])


def test_precision_is_accepted_of_judged_with_both_terms(district):
    district.execute(text(SUSPICIONS))
    statement = of_period(district, FIRST, LAST)
    precision = statement.figure("precision")
    assert precision.numerator == statement.figure("suspicions_accepted").value
    assert precision.denominator == precision.numerator + statement.figure("suspicions_rejected").value
    assert precision.rate == Decimal(precision.numerator) / precision.denominator


def test_nothing_judged_gives_terms_and_no_rate(session):
    precision = of_period(session, FIRST, LAST).figure("precision")
    assert (precision.numerator, precision.denominator, precision.rate) == (0, 0, None)


def test_a_period_that_ends_before_it_begins_and_an_unknown_township_are_refused(session):
    with pytest.raises(Refused, match="before it begins"):
        of_period(session, LAST, FIRST)
    with pytest.raises(NotFound):
        of_period(session, FIRST, LAST, "341502999000")
