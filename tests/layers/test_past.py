from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from layers import differences, edits, features
from layers.catalogue import LAYERS, layer
from layers.errors import NotFound, QueryRefused
from layers.features import Query
from layers.past import moment
from layers.people.rules import Role
from layers.restore import restore

PLANNER = frozenset({Role.PUBLIC, Role.PLANNER})
MOST = 500  # rows of a layer are looked at


def now(session):
    return session.scalar(text("SELECT clock_timestamp()"))


def states(session, each, query=None):
    page = features.page(session, each, PLANNER, query or Query(), limit=MOST)
    return {row["id"]: row for row in page.features}


def untouched_of(session, each):
    return next(iter(states(session, each).values()))["id"]


@pytest.mark.parametrize("layer_id", [each.id for each in LAYERS])
def test_a_layer_that_nobody_changed_since_was_then_what_it_is_now(district, layer_id):
    each = layer(layer_id)
    assert states(district, each, Query(as_of=now(district))) == states(district, each)


@pytest.mark.parametrize("layer_id", [each.id for each in LAYERS])
def test_a_layer_of_which_all_changed_since_was_then_what_it_was(district, layer_id):
    each = layer(layer_id)
    was, then = states(district, each), now(district)
    district.execute(
        text("SET LOCAL session_replication_role = replica")
    )  # rules of the nouns do not matter here
    first = f"id IN (SELECT id FROM {each.table} ORDER BY id LIMIT {MOST})"  # noqa: S608
    sql = (
        f"UPDATE {each.table} SET geom = ST_Translate(geom, 0.00001, 0), version = version + 1 WHERE {first}"  # noqa: S608
    )
    noted = f"""
        INSERT INTO history (layer, feature_id, version, operation, before, after)
        SELECT '{each.table}', id, version + 1, 'update', to_jsonb(t), to_jsonb(t) FROM {each.table} t WHERE {first}
    """  # noqa: S608
    for statement in (noted, sql):
        district.execute(text(statement))
    assert states(district, each, Query(as_of=then)) == was
    assert (states(district, each) != was) is bool(was)  # the demo's own data have no flights


@pytest.mark.parametrize("layer_id", [each.id for each in LAYERS])
def test_before_its_first_row_a_layer_was_empty(district, layer_id):
    before = features.page(district, layer(layer_id), PLANNER, Query(as_of=datetime(2020, 1, 1, tzinfo=UTC)))
    assert (before.features, before.matched) == ([], 0)


def kinds(found):
    return {each["id"]: each["kind"] for each in found["features"]}


def act_on(session, act, feature, number):
    """One act of an editor on a compound; what its state does not allow is left out."""
    compounds = layer("compounds")
    there = feature in states(session, compounds)
    if act == "create":
        like = states(session, compounds)
        copied = next(iter(like.values()))
        properties = {**copied["properties"], "code": f"XQ-NEW-{number}", "name": "又一个"}
        for name in ("version", "updated_at", "updated_by", "synthetic"):
            properties.pop(name, None)
        edits.create(session, compounds, PLANNER, copied | {"properties": properties})
    elif act == "restore":
        restore(session, compounds, PLANNER, feature, 1)
    elif there and act == "delete":
        edits.delete(session, compounds, feature)
    elif there and act == "name":
        edits.change(session, compounds, PLANNER, feature, {"properties": {"name": f"第{number}个"}})
    elif there:
        sql = "UPDATE compounds SET geom = ST_Translate(geom, 0.0001, 0) WHERE id = :id"
        session.execute(text(sql), {"id": feature})


ACTS = st.lists(
    st.tuples(st.sampled_from(("create", "name", "move", "delete", "restore")), st.integers(0, 5)),
    min_size=1, max_size=8,
)  # fmt: skip


def acted(session, acts):
    """The instant and the state before each act and after the last; a feature is one of the first six that ever were."""
    compounds = layer("compounds")
    ever = sorted(states(session, compounds))[:4]
    seen = []
    for number, (act, which) in enumerate(acts):
        there = states(session, compounds)
        ever += sorted(set(there) - set(ever))[-2:] if len(ever) < 6 and number else []
        seen.append((now(session), there))
        act_on(session, act, ever[which % len(ever)], number)
    return [*seen, (now(session), states(session, compounds))]


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_every_past_state_is_what_was_seen_then(district, acts):
    with district.begin_nested() as undone:
        for then, was in acted(district, acts):
            assert states(district, layer("compounds"), Query(as_of=then)) == was
        undone.rollback()


def facts(row):
    said = {name: value for name, value in row["properties"].items() if not name.startswith("updated_")}
    return said | {"version": None, "geometry": row["geometry"]}


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_what_differs_between_two_instants_is_what_differs_between_what_was_seen_then(district, acts):
    with district.begin_nested() as undone:
        seen = acted(district, acts)
        for number, (since, was) in enumerate(seen):
            for until, became in seen[number:]:
                expected = dict.fromkeys(became.keys() - was.keys(), "appeared")
                expected |= dict.fromkeys(was.keys() - became.keys(), "gone")
                both = was.keys() & became.keys()
                expected |= {each: "changed" for each in both if facts(was[each]) != facts(became[each])}
                found = differences.between(district, layer("compounds"), PLANNER, since, until)
                assert kinds(found) == expected
                counted = [found[kind] for kind in ("appeared", "changed", "gone")]
                assert counted == [
                    [*expected.values()].count(kind) for kind in ("appeared", "changed", "gone")
                ]
        undone.rollback()


def test_a_past_state_is_filtered_as_the_present_is(district):
    compounds = layer("compounds")
    first, *_ = states(district, compounds).values()
    then = now(district)
    edits.change(district, compounds, PLANNER, first["id"], {"properties": {"name": "全新的名"}})
    box = tuple(first["bbox"])
    named = first["properties"]["name"]
    for query in (
        Query(bbox=box, matching={"name": named}, as_of=then),
        Query(filter=f"name = '{named}' AND id = {first['id']}", as_of=then),
        Query(q=named, as_of=then),
    ):
        found = states(district, compounds, query)[first["id"]]
        assert (found["properties"]["name"], found["properties"]["version"]) == (named, 1)
    assert first["id"] not in states(district, compounds, Query(q="全新的名", as_of=then))
    assert first["id"] in states(district, compounds, Query(q="全新的名"))


def test_a_past_state_is_paged_without_gap_or_repetition(district):
    compounds = layer("compounds")
    every = sorted(states(district, compounds))
    then = now(district)
    for each in every[::3]:
        district.execute(text("DELETE FROM compounds WHERE id = :id"), {"id": each})
    query, after, seen = Query(as_of=then, sort=(("name", True),)), None, []
    while True:
        page = features.page(district, compounds, PLANNER, query, limit=2, after=after)
        assert page.matched == len(every)
        seen += [row["id"] for row in page.features]
        after = page.next
        if after is None:
            break
    assert sorted(seen) == every


def test_a_feature_can_be_read_as_it_was_and_not_before_it_was(district):
    compounds = layer("compounds")
    feature = untouched_of(district, compounds)
    was, then = features.item(district, compounds, PLANNER, feature), now(district)
    district.execute(text("DELETE FROM compounds WHERE id = :id"), {"id": feature})
    assert features.item(district, compounds, PLANNER, feature, Query(as_of=then)) == was
    with pytest.raises(NotFound):
        features.item(district, compounds, PLANNER, feature, Query(as_of=datetime(2020, 1, 1, tzinfo=UTC)))


def test_fields_that_the_roles_may_not_see_are_not_in_a_past_state(district):
    stalls = layer("stalls")
    district.execute(text("UPDATE stalls SET holder_name = '某某' WHERE id = 1"))
    row = features.item(district, stalls, PLANNER, 1, Query(as_of=now(district)))
    assert not {"holder_name", "phone"} & set(row["properties"])
    with pytest.raises(QueryRefused, match="holder_name"):
        states(district, stalls, Query(matching={"holder_name": "某某"}, as_of=now(district)))


def test_a_date_is_its_end_in_china_and_an_instant_is_itself():
    assert moment("2024-03-01") == datetime(2024, 3, 1, 15, 59, 59, 999999, tzinfo=UTC)
    assert moment("2024-03-01T08:00:00+08:00") == datetime(2024, 3, 1, tzinfo=UTC)


NO_INSTANTS = [
    "",
    "yesterday",
    "2024-13-01",
    "2024-03-01T08:00:00",
    "9999-12-31",
    "0001-01-01T00:00:00+14:00",
]


@pytest.mark.parametrize("given", NO_INSTANTS)
def test_what_is_no_instant_is_refused(given):
    with pytest.raises(QueryRefused, match=r"no date or instant"):
        moment(given)


def test_what_lies_ahead_is_now():
    assert abs(moment("2999-01-01") - datetime.now(UTC)) < timedelta(minutes=1)


def test_what_differs_in_a_layer_is_what_appeared_changed_and_went(district):
    compounds = layer("compounds")
    changed, gone, forth_and_back, *_ = sorted(states(district, compounds))
    since = now(district)
    edits.change(district, compounds, PLANNER, changed, {"properties": {"name": "改名"}})
    edits.delete(district, compounds, gone)
    was = features.item(district, compounds, PLANNER, forth_and_back)
    for name in ("一时之名", was["properties"]["name"]):
        edits.change(district, compounds, PLANNER, forth_and_back, {"properties": {"name": name}})
    copied = features.item(district, compounds, PLANNER, changed)
    for name in ("version", "updated_at", "updated_by", "synthetic"):
        copied["properties"].pop(name, None)
    copied["properties"]["code"] = "XQ-NEW"
    made, _ = edits.create(district, compounds, PLANNER, copied)
    passing, _ = edits.create(
        district, compounds, PLANNER, copied | {"properties": copied["properties"] | {"code": "XQ-X"}}
    )
    edits.delete(district, compounds, passing)
    found = differences.between(district, compounds, PLANNER, since, now(district))
    assert kinds(found) == {changed: "changed", gone: "gone", made: "appeared"}
    assert (found["appeared"], found["changed"], found["gone"]) == (1, 1, 1)
    told = {each["id"]: each for each in found["features"]}
    assert [each["field"] for each in told[changed]["changes"]] == ["name"]
    assert told[gone]["geometry"]["type"] == "MultiPolygon" and "crs" not in told[gone]["geometry"]


def test_what_differs_comes_in_pages(district):
    compounds = layer("compounds")
    every = sorted(states(district, compounds))
    since = now(district)
    district.execute(text("DELETE FROM compounds"))
    seen, after = [], 0
    while after is not None:
        page = differences.between(district, compounds, PLANNER, since, now(district), limit=3, after=after)
        assert page["gone"] == len(every) and len(page["features"]) <= 3
        seen += [each["id"] for each in page["features"]]
        after = page["next"]
    assert seen == every


def test_an_end_before_its_beginning_is_refused(district):
    with pytest.raises(QueryRefused, match="before the beginning"):
        differences.between(
            district, layer("grids"), PLANNER, now(district), datetime(2020, 1, 1, tzinfo=UTC)
        )


def test_a_change_of_hidden_fields_is_listed_without_saying_what(district):
    since = now(district)
    district.execute(text("UPDATE stalls SET holder_name = '某某' WHERE id = 1"))
    (told,) = differences.between(district, layer("stalls"), PLANNER, since, now(district))["features"]
    assert (told["kind"], told["changes"]) == ("changed", []) and "某某" not in str(told)
