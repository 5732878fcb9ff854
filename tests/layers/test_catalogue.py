from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from layers import models
from layers.catalogue import GROUPS, LAYERS, layer, visible
from layers.errors import NotFound
from layers.layer import STAFF
from layers.people.rules import Role

PUBLIC = frozenset({Role.PUBLIC})
COLLECTIONS = {
    *("divisions", "grids", "organisations", "planning_areas", "permits", "roads", "compounds"),
    *("stall_clusters", "stalls", "illegal_buildings", "incidents", "surveys", "candidates", "cases"),
    *("sewage_plants", "sewage_pumps", "sewage_manholes", "sewage_pipes", "sewage_outfalls"),
}
TYPES = {
    "text": {"text"},
    "code": {"text"},
    "integer": {"integer", "bigint"},
    "number": {"numeric", "double precision"},
    "boolean": {"boolean"},
    "date": {"date"},
    "time": {"time without time zone"},
    "datetime": {"timestamp with time zone"},
}
every_layer = pytest.mark.parametrize("each", LAYERS, ids=lambda each: each.id)


def columns(session, table):
    sql = text("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = :table")
    return dict(session.execute(sql, {"table": table}).all())


def test_every_collection_of_the_design_is_published():
    assert {each.id for each in LAYERS} == COLLECTIONS


@pytest.mark.database
@every_layer
def test_every_field_is_a_column_of_the_right_type(session, each):
    own = columns(session, each.table)
    for field in each.fields:
        if field.references is None:
            assert own[field.column or field.name] in TYPES[field.type], field.name
        else:
            assert own[field.column] == "bigint", field.name
            assert columns(session, field.references)[field.shows] == "text", field.name


@pytest.mark.database
@every_layer
def test_the_geometry_is_the_one_of_the_table(session, each):
    sql = text("SELECT f_geometry_column, type, srid FROM geometry_columns WHERE f_table_name = :table")
    found = {name: (kind, srid) for name, kind, srid in session.execute(sql, {"table": each.table})}
    assert found["geom"] == (each.geometry.upper(), 4490)
    assert found["geom_3857"] == (each.geometry.upper(), 3857)


@every_layer
def test_required_fields_are_those_the_table_insists_on(each):
    table = models.METADATA.tables[each.table]
    for field in each.fields:
        column = table.c[field.column or field.name]
        if field.editable:
            assert field.required == (not column.nullable), field.name


@every_layer
def test_codes_are_those_the_table_accepts(each):
    own = models.METADATA.tables[each.table].c
    for field in each.fields:
        if field.type == "code":
            (check,) = [
                one for one in own[field.name].constraints if one.name == f"ck_{each.table}_{field.name}"
            ]
            accepted = set(re.findall(r"'([^']+)'", str(check.sqltext)))
            assert accepted == {code.value for code in field.codes}


@every_layer
def test_label_key_and_state_are_fields_and_tile_fields(each):
    in_tiles = {field.name for field in each.fields if field.in_tiles}
    assert {each.key, each.label, each.style.state_field} - {None} <= in_tiles


@every_layer
def test_every_state_has_a_look(each):
    if each.style.state_field is not None:
        (field,) = [f for f in each.fields if f.name == each.style.state_field]
        assert set(each.style.states) == {code.value for code in field.codes}


@every_layer
def test_texts_are_in_both_languages_and_the_group_exists(each):
    assert each.group in GROUPS
    texts = [each.title, each.description, *(field.title for field in each.fields)]
    texts += [code.title for field in each.fields for code in field.codes]
    for one in texts:
        assert re.search("[\u4e00-\u9fff]|[A-Z]", one.zh)
        assert re.search("[A-Za-z]", one.en)
        assert not re.search("[\u4e00-\u9fff]", one.en)


@every_layer
def test_personal_data_is_for_officers_and_administrators_and_never_in_a_tile(each):
    for field in each.fields:
        if field.personal:
            assert field.visible_to == {Role.OFFICER, Role.ADMINISTRATOR}
            assert not field.in_tiles


def test_the_public_sees_no_suspicion_no_case_no_flight_and_no_personal_data():
    seen = visible(PUBLIC)
    hidden = {"candidates", "surveys", "cases", "illegal_buildings", "incidents", "stalls"}
    assert not hidden & {each.id for each in seen}
    assert not any(field.personal for each in seen for field in each.fields_for(PUBLIC))


def test_staff_see_every_layer():
    assert visible(STAFF) == LAYERS


def test_a_layer_that_does_not_exist_is_not_found():
    with pytest.raises(NotFound, match="nowhere"):
        layer("nowhere")


def test_a_layer_one_may_not_see_is_not_found_either():
    with pytest.raises(NotFound, match="candidates"):
        layer("candidates", PUBLIC)
