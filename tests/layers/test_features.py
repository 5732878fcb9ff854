from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import text

from gis.crs import MEASURED, STORED, transform_points
from layers import database, features
from layers.catalogue import LAYERS, layer
from layers.errors import NotFound, QueryRefused
from layers.features import Query
from layers.layer import EVERYONE, STAFF
from layers.people.rules import Role
from layers.reference_systems import system

PUBLIC = frozenset({Role.PUBLIC})
OFFICER = frozenset({Role.PUBLIC, Role.OFFICER})
INSPECTOR = frozenset({Role.PUBLIC, Role.INSPECTOR})


def items(session, each, roles, *, limit=100, **asked):
    """Features of the first page, and how many match."""
    asked = {"matching" if name == "filters" else name: value for name, value in asked.items()}
    found = features.page(session, each, roles, Query(**asked), limit=limit)
    return found.features, found.matched


def all_pages(session, each, query, limit):
    """Every page, one after the other."""
    after, pages = None, []
    while True:
        found = features.page(session, each, PUBLIC, query, limit=limit, after=after)
        pages.append(found.features)
        after = found.next
        if after is None:
            return pages


@pytest.mark.parametrize("each", LAYERS, ids=lambda each: each.id)
@pytest.mark.parametrize("roles", [PUBLIC, OFFICER], ids=["public", "officer"])
def test_every_layer_can_be_read_and_shows_exactly_the_fields_of_the_roles(district, each, roles):
    rows, matched = items(district, each, roles, limit=3)
    assert matched == features.count(district, each)
    for row in rows:
        assert set(row["properties"]) == {field.name for field in each.fields_for(roles)} | {"version"}
        assert row["geometry"]["type"] == each.geometry


def test_references_are_published_by_name_or_code(district):
    rows, _ = items(district, layer("grids"), PUBLIC, filters={"manager": "望城大队"}, limit=1)
    assert rows[0]["properties"]["manager"] == "望城大队"


def test_ownership_and_management_are_two_filters(district):
    filters = {"owner": "六安经济开发区管委会", "manager": "望城大队"}
    _, matched = items(district, layer("grids"), PUBLIC, filters=filters)
    assert matched == 7


def test_a_filter_on_a_code_counts_all_that_match(district):
    rows, matched = items(district, layer("stall_clusters"), PUBLIC, filters={"kind": "breakfast"}, limit=10)
    assert (len(rows), matched) == (10, 66)


def test_pages_follow_one_another_without_repeats(district):
    pages = all_pages(district, layer("grids"), Query(), 50)
    ids = [row["id"] for page in pages for row in page]
    assert len(ids) == len(set(ids)) == features.count(district, layer("grids"))
    assert ids == sorted(ids)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("name", ["sorted_since", "name", "households"])
def test_sorted_pages_hold_everything_once_with_nothing_last(district, name, descending):
    rows = [
        row
        for page in all_pages(district, layer("compounds"), Query(sort=((name, descending),)), 7)
        for row in page
    ]
    assert len({row["id"] for row in rows}) == len(rows) == features.count(district, layer("compounds"))
    given = [row["properties"][name] for row in rows]
    filled = [each for each in given if each is not None]
    assert given == filled + [None] * (len(given) - len(filled))
    if name != "name":  # the database sorts texts by its collation
        assert filled == sorted(filled, reverse=descending)


def test_a_page_that_goes_on_after_an_edit_neither_repeats_nor_skips(district):
    stalls = layer("stalls")
    first = features.page(district, stalls, STAFF, limit=5)
    district.execute(
        text("DELETE FROM stalls WHERE id = 3")
    )  # counted by number, the next page would skip one
    second = features.page(district, stalls, STAFF, limit=5, after=first.next)
    assert second.features[0]["id"] == first.features[-1]["id"] + 1


@pytest.mark.parametrize("key", ["x", "W10", "bnVsbA", "WyJhIl0"])
def test_a_page_key_that_is_none_is_refused(district, key):
    with pytest.raises(QueryRefused, match="after"):
        features.page(district, layer("grids"), PUBLIC, after=key)


def test_coordinates_come_in_the_order_of_the_axes(district):
    def first(name):
        query = Query(system=system(name))
        return features.item(district, layer("sewage_plants"), PUBLIC, 1, query)["geometry"]["coordinates"]

    east, north = first("CRS84")
    assert first("EPSG:4326") == first("EPSG:4490") == [north, east]
    y, x = first("EPSG:4548")
    assert (x, y) == pytest.approx(
        tuple(transform_points(np.array([[east, north]]), STORED, MEASURED)[0]), abs=0.01
    )


def test_a_bbox_may_be_given_in_metres(district):
    grids = layer("grids")
    west, south, east, north = features.bounds(district, grids)
    corner, other = transform_points(np.array([[west, south], [(west + east) / 2, north]]), STORED, MEASURED)
    metres = (corner[1], corner[0], other[1], other[0])  # north first, as EPSG:4548 says
    _, found = items(district, grids, PUBLIC, bbox=metres, bbox_system=system("EPSG:4548"))
    _, same = items(district, grids, PUBLIC, bbox=(west, south, (west + east) / 2, north))
    assert found == pytest.approx(same, abs=3)


def test_only_the_fields_asked_for_come(district):
    rows, _ = items(district, layer("grids"), PUBLIC, names=("code",), limit=1)
    assert set(rows[0]["properties"]) == {"code", "version"}


def test_a_bbox_gives_what_it_touches(district):
    w, s, e, n = features.bounds(district, layer("grids"))
    rows, matched = items(district, layer("grids"), PUBLIC, bbox=(w, s, (w + e) / 2, n), limit=5000)
    assert 0 < matched < features.count(district, layer("grids"))
    assert all(row["bbox"][0] <= (w + e) / 2 for row in rows)


def test_words_are_looked_for_in_the_texts(district):
    rows, matched = items(district, layer("grids"), PUBLIC, q="皋陶小学")
    assert matched == 1
    assert "皋陶小学" in rows[0]["properties"]["name"]


def test_percent_signs_are_no_wildcards(district):
    assert items(district, layer("grids"), PUBLIC, q="%")[1] == 0


@pytest.mark.parametrize("hidden", ["owner_name", "password_hash", "geom"])
def test_a_hidden_or_unknown_field_cannot_be_asked_about(district, hidden):
    with pytest.raises(QueryRefused, match=hidden):
        items(district, layer("illegal_buildings"), INSPECTOR, filters={hidden: "王"})


def test_words_are_not_looked_for_in_hidden_fields(district):
    holder = district.scalar(text("SELECT holder_name FROM stalls WHERE id = 1"))
    assert items(district, layer("stalls"), INSPECTOR, q=holder)[1] == 0
    assert items(district, layer("stalls"), OFFICER, q=holder)[1] > 0


def test_an_empty_filter_asks_for_features_without_a_value(district):
    _, matched = items(district, layer("compounds"), PUBLIC, filters={"sorted_since": ""})
    assert matched == 48


def test_a_quote_in_a_filter_is_a_value_and_nothing_else(district):
    assert items(district, layer("grids"), PUBLIC, filters={"name": "'; DROP TABLE grids --"})[1] == 0


def test_one_feature_by_its_id(district):
    assert features.item(district, layer("grids"), PUBLIC, 1)["id"] == 1
    with pytest.raises(NotFound):
        features.item(district, layer("grids"), PUBLIC, 999_999)


def test_an_empty_layer_has_no_bounds(session):
    assert features.extent(session, layer("grids"))[:2] == (0, None)


def test_the_stamp_differs_after_a_change_and_only_then(district):
    grids, roads = layer("grids"), layer("roads")
    before = [features.extent(district, each).stamp for each in (grids, roads)]
    assert [features.extent(district, each).stamp for each in (grids, roads)] == before
    district.execute(text("UPDATE grids SET note = 'x' WHERE id = 1"))
    after = [features.extent(district, each).stamp for each in (grids, roads)]
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_staff_without_a_role_for_it_see_no_personal_data(district):
    row = features.item(district, layer("stalls"), STAFF - {Role.OFFICER, Role.ADMINISTRATOR}, 1)
    assert not {"holder_name", "phone", "hardship"} & set(row["properties"])
    assert "holder_name" in features.item(district, layer("stalls"), EVERYONE, 1)["properties"]


def test_the_stamp_differs_when_an_earlier_transaction_commits_late(demo_url):
    def stamp():
        with database.session(demo_url) as session:
            return features.extent(session, layer("roads")).stamp

    rename = text("UPDATE roads SET name = name || :mark WHERE id = :id")
    with database.engine(demo_url).connect() as early, database.engine(demo_url).connect() as late:
        early.execute(rename, {"mark": "甲", "id": 1})  # takes its number first, commits last; neither waits
        late.execute(rename, {"mark": "乙", "id": 2})
        stamps = [stamp()]
        late.commit()
        stamps.append(stamp())
        early.commit()
        stamps.append(stamp())
    assert len(set(stamps)) == 3


def test_few_lines_are_kept_however_often_a_layer_changes(district):
    for number in range(80):
        district.execute(text("UPDATE roads SET name = :name WHERE id = 1"), {"name": f"路 {number}"})
    kept = district.scalar(text("SELECT count(*) FROM layer_changes WHERE layer = 'roads'"))
    assert kept <= 40


def test_an_update_that_changes_nothing_leaves_the_stamp_alone(district):
    before = features.extent(district, layer("roads")).stamp
    district.execute(text("UPDATE roads SET name = name"))
    assert features.extent(district, layer("roads")).stamp == before
