from __future__ import annotations

import pytest
from sqlalchemy import text

from layers import features
from layers.catalogue import LAYERS, layer
from layers.errors import NotFound, Refused
from layers.layer import EVERYONE, STAFF
from layers.people.rules import Role

PUBLIC = frozenset({Role.PUBLIC})
OFFICER = frozenset({Role.PUBLIC, Role.OFFICER})
INSPECTOR = frozenset({Role.PUBLIC, Role.INSPECTOR})


@pytest.mark.parametrize("each", LAYERS, ids=lambda each: each.id)
@pytest.mark.parametrize("roles", [PUBLIC, OFFICER], ids=["public", "officer"])
def test_every_layer_can_be_read_and_shows_exactly_the_fields_of_the_roles(district, each, roles):
    rows, matched = features.items(district, each, roles, limit=3)
    assert matched == features.count(district, each)
    for row in rows:
        assert set(row["properties"]) == {field.name for field in each.fields_for(roles)} | {"version"}
        assert row["geometry"]["type"] == each.geometry


def test_references_are_published_by_name_or_code(district):
    rows, _ = features.items(district, layer("grids"), PUBLIC, filters={"manager": "望城大队"}, limit=1)
    assert rows[0]["properties"]["manager"] == "望城大队"


def test_ownership_and_management_are_two_filters(district):
    filters = {"owner": "六安经济开发区管委会", "manager": "望城大队"}
    _, matched = features.items(district, layer("grids"), PUBLIC, filters=filters)
    assert matched == 7


def test_a_filter_on_a_code_counts_all_that_match(district):
    rows, matched = features.items(
        district, layer("stall_clusters"), PUBLIC, filters={"kind": "breakfast"}, limit=10
    )
    assert (len(rows), matched) == (10, 66)


def test_pages_follow_one_another_without_repeats(district):
    pages = [features.items(district, layer("grids"), PUBLIC, limit=50, offset=at)[0] for at in (0, 50)]
    ids = [row["id"] for page in pages for row in page]
    assert len(set(ids)) == 100
    assert ids == sorted(ids)


def test_a_bbox_gives_what_it_touches(district):
    w, s, e, n = features.bounds(district, layer("grids"))
    rows, matched = features.items(district, layer("grids"), PUBLIC, bbox=(w, s, (w + e) / 2, n), limit=5000)
    assert 0 < matched < features.count(district, layer("grids"))
    assert all(row["bbox"][0] <= (w + e) / 2 for row in rows)


def test_words_are_looked_for_in_the_texts(district):
    rows, matched = features.items(district, layer("grids"), PUBLIC, q="皋陶小学")
    assert matched == 1
    assert "皋陶小学" in rows[0]["properties"]["name"]


def test_percent_signs_are_no_wildcards(district):
    assert features.items(district, layer("grids"), PUBLIC, q="%")[1] == 0


@pytest.mark.parametrize("hidden", ["owner_name", "password_hash", "geom"])
def test_a_hidden_or_unknown_field_cannot_be_asked_about(district, hidden):
    with pytest.raises(Refused, match=hidden):
        features.items(district, layer("illegal_buildings"), INSPECTOR, filters={hidden: "王"})


def test_words_are_not_looked_for_in_hidden_fields(district):
    holder = district.scalar(text("SELECT holder_name FROM stalls WHERE id = 1"))
    assert features.items(district, layer("stalls"), INSPECTOR, q=holder)[1] == 0
    assert features.items(district, layer("stalls"), OFFICER, q=holder)[1] > 0


def test_an_empty_filter_asks_for_features_without_a_value(district):
    _, matched = features.items(district, layer("compounds"), PUBLIC, filters={"sorted_since": ""})
    assert matched == 48


def test_a_quote_in_a_filter_is_a_value_and_nothing_else(district):
    assert (
        features.items(district, layer("grids"), PUBLIC, filters={"name": "'; DROP TABLE grids --"})[1] == 0
    )


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
