from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from layers import features
from layers.catalogue import layer
from layers.errors import QueryRefused
from layers.features import Query
from layers.filters import condition
from layers.people.rules import Role
from layers.reference_systems import system

STAFF = frozenset({Role.PUBLIC, Role.OFFICER})
INSPECTOR = frozenset({Role.PUBLIC, Role.INSPECTOR})


def matched(session, name, filter, **more):
    return features.page(session, layer(name), STAFF, Query(filter=filter, **more), limit=1).matched


def counted(session, table, where):
    return session.scalar(text(f"SELECT count(*) FROM {table} WHERE {where}"))  # noqa: S608


@pytest.mark.parametrize(
    ("name", "cql", "sql"),
    [
        ("illegal_buildings", "status = 'to_check'", "status = 'to_check'"),
        (
            "illegal_buildings",
            "status <> 'to_check' AND area_m2 > 100",
            "status <> 'to_check' AND area_m2 > 100",
        ),
        ("illegal_buildings", "NOT (area_m2 BETWEEN 50 AND 200)", "NOT area_m2 BETWEEN 50 AND 200"),
        ("illegal_buildings", "status IN ('filed','ordered')", "status IN ('filed','ordered')"),
        ("illegal_buildings", "storeys IS NULL OR storeys >= 2", "storeys IS NULL OR storeys >= 2"),
        ("illegal_buildings", "code LIKE '%1'", "code LIKE '%1'"),
        ("illegal_buildings", "casei(code) = casei('wj-000001')", "lower(code) = 'wj-000001'"),
        ("illegal_buildings", "area_m2 / 2 + 1 > storeys * 30", "area_m2 / 2 + 1 > storeys * 30"),
        ("illegal_buildings", "area_m2 / 0 = 1", "false"),
        ("illegal_buildings", "found_on >= DATE('2023-03-01')", "found_on >= '2023-03-01'"),
        ("illegal_buildings", "found_on >= '2023-03-01'", "found_on >= '2023-03-01'"),
        ("illegal_buildings", "T_AFTER(found_on, DATE('2023-03-01'))", "found_on > '2023-03-01'"),
        (
            "illegal_buildings",
            "T_INTERSECTS(found_on, INTERVAL('2023-02-01','2023-03-31'))",
            "found_on BETWEEN '2023-02-01' AND '2023-03-31'",
        ),
        ("illegal_buildings", "T_DURING(found_on, INTERVAL('..','2023-03-31'))", "found_on < '2023-03-31'"),
        ("illegal_buildings", "T_DISJOINT(found_on, INTERVAL('2023-03-01','..'))", "found_on < '2023-03-01'"),
        (
            "incidents",
            "T_INTERSECTS(accepted_at, DATE('2023-05-10'))",
            "(accepted_at AT TIME ZONE 'Asia/Shanghai')::date = '2023-05-10'",
        ),
        ("incidents", "synthetic = true", "synthetic"),
        ("stalls", "T_BEFORE(since, TIMESTAMP('2023-01-01T00:00:00+08:00'))", "since < '2023-01-01'"),
        (
            "grids",
            "S_INTERSECTS(geom, BBOX(116.5,31.7,116.6,31.8))",
            "ST_Intersects(geom, ST_MakeEnvelope(116.5,31.7,116.6,31.8,4490))",
        ),
        (
            "grids",
            "S_WITHIN(geom, POLYGON((116.4 31.6,116.7 31.6,116.7 31.9,116.4 31.9,116.4 31.6)))",
            "ST_Within(geom, ST_MakeEnvelope(116.4,31.6,116.7,31.9,4490))",
        ),
        (
            "grids",
            "manager = '望城大队'",
            "manager_id = (SELECT id FROM organisations WHERE name = '望城大队')",
        ),
    ],
)
def test_a_filter_matches_what_the_same_sql_matches(district, name, cql, sql):
    assert matched(district, name, cql) == counted(district, name, sql)


def test_json_says_the_same_as_text(district):
    tree = {"op": "and", "args": [
        {"op": "=", "args": [{"property": "status"}, "to_check"]},
        {"op": ">", "args": [{"property": "area_m2"}, 100]},
    ]}  # fmt: skip
    said = matched(district, "illegal_buildings", "status = 'to_check' AND area_m2 > 100")
    assert matched(district, "illegal_buildings", tree) == said > 0


def test_coordinates_of_a_filter_may_be_in_metres_north_first(district):
    inside = "S_INTERSECTS(geom, BBOX({}))"
    degrees = matched(district, "grids", inside.format("116.5,31.7,116.6,31.8"))
    sql = "SELECT ST_AsText(ST_Transform(ST_SetSRID(ST_Point({}), 4490), 4548))"
    corners = [district.scalar(text(sql.format(each))) for each in ("116.5,31.7", "116.6,31.8")]
    (west, south), (east, north) = (each[6:-1].split() for each in corners)
    metres = inside.format(f"{south},{west},{north},{east}")
    assert matched(district, "grids", metres, filter_system=system("EPSG:4548")) == pytest.approx(
        degrees, abs=2
    )


@pytest.mark.parametrize(
    "filter",
    [
        "status = ", "'; DROP TABLE grids --", "area_m2 = 'x'", "area_m2", "nonsense(code) = 1", "area_m2 LIKE '1'",
        "S_INTERSECTS(code, POINT(1 2))", "S_INTERSECTS(geom, POLYGON((0 0,1 1,0 1,1 0,0 0)))", "found_on = '2023-13-01'",
        "T_AFTER(code, DATE('2023-01-01'))", "code IN (1)", "A_CONTAINS(code, ('a'))",
        {"op": "and"}, {"op": "nonsense", "args": []}, {"op": "=", "args": [1]}, {"x": 1}, {"op": "in", "args": [1, 2]},
    ],
)  # fmt: skip
def test_a_filter_that_makes_no_sense_is_refused_with_a_sentence(district, filter):
    with pytest.raises(QueryRefused) as refused:
        matched(district, "illegal_buildings", filter)
    assert refused.value.message_zh and refused.value.message_en


@pytest.mark.parametrize("hidden", ["owner_name", "password_hash", "geom_3857", "updated_bx"])
def test_a_hidden_field_cannot_be_guessed_by_a_filter(hidden):
    with pytest.raises(QueryRefused, match=hidden):
        condition(f"{hidden} LIKE '王%'", layer("illegal_buildings"), INSPECTOR)


DEEP = {"op": "not", "args": [{"op": "=", "args": [{"property": "code"}, "x"]}]}
for _ in range(100):
    DEEP = {"op": "not", "args": [DEEP]}


@pytest.mark.parametrize(
    "filter",
    ["(" * 3000 + "code = 'x'" + ")" * 3000, "NOT " * 3000 + "(code = 'x')", "area_m2 = " + "-" * 3000 + "1",
     "area_m2 = " + "1 + " * 3000 + "1", "casei(" * 90 + "code" + ")" * 90 + " = 'x'", DEEP],
)  # fmt: skip
def test_a_filter_that_is_nested_without_end_is_refused_and_ends_nothing(filter):
    with pytest.raises(QueryRefused, match="nested too deep"):
        condition(filter, layer("illegal_buildings"), INSPECTOR)


def test_a_long_row_of_alternatives_is_answered(district):
    cql = " OR ".join(f"code = 'X{number}'" for number in range(500))
    assert matched(district, "illegal_buildings", cql) == 0


VALUES = st.one_of(
    st.text(max_size=12), st.booleans(), st.floats(allow_nan=False, allow_infinity=False),
    st.fixed_dictionaries({"date": st.dates().map(str)}),
    st.fixed_dictionaries({"property": st.sampled_from(["code", "area_m2", "found_on", "synthetic", "geom", "x\";--"])}),
)  # fmt: skip
TREES = st.recursive(
    st.builds(
        lambda op, args: {"op": op, "args": args},
        st.sampled_from(
            ["=", "<", "like", "between", "in", "isNull", "s_intersects", "t_after", "+", "casei"]
        ),
        st.lists(VALUES, max_size=3),
    ),
    lambda inner: st.builds(
        lambda op, args: {"op": op, "args": args},
        st.sampled_from(["and", "or", "not"]),
        st.lists(inner, max_size=3),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=TREES)
def test_whatever_tree_is_sent_it_is_answered_or_refused(district, tree):
    with district.begin_nested():
        try:
            matched(district, "illegal_buildings", tree)
        except QueryRefused as refused:
            assert refused.message_zh
