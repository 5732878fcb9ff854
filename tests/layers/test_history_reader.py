from __future__ import annotations

import pytest
from sqlalchemy import text

from api.schemas.history import VersionOut
from layers import history
from layers.catalogue import layer
from layers.database import set_actor
from layers.errors import NotFound
from layers.imports import import_file
from layers.people.rules import Role
from tests.layers.ground import buildings, clusters, file, settle

OFFICER, PLANNER, PUBLIC = (frozenset({each}) for each in (Role.OFFICER, Role.PLANNER, Role.PUBLIC))


@pytest.fixture
def filled(session, tmp_path):
    settle(session)
    import_file(session, "stall_clusters", file(tmp_path, clusters(), "clusters.gpkg"), "li")
    import_file(session, "illegal_buildings", file(tmp_path, buildings(), "buildings.gpkg"), "wang")
    return session


def row_id(session, table, code):
    return session.scalar(text(f"SELECT id FROM {table} WHERE code = :code"), {"code": code})  # noqa: S608


def change(session, table, code, assignment, actor="zhao"):
    set_actor(session, actor)
    session.execute(text(f"UPDATE {table} SET {assignment} WHERE code = :code"), {"code": code})  # noqa: S608


def read(session, layer_id, code, roles):
    return history.of(session, layer(layer_id), row_id(session, layer(layer_id).table, code), roles)


def test_versions_come_newest_first_with_who_and_what(filled):
    change(filled, "stall_clusters", "C1", "capacity = 30, name = '新名'")
    newest, oldest = read(filled, "stall_clusters", "C1", PLANNER)
    assert (newest["version"], newest["operation"], newest["actor"]) == (2, "update", "zhao")
    assert (oldest["version"], oldest["operation"], oldest["actor"]) == (1, "insert", "li")
    told = {each["field"]: (each["before"], each["after"]) for each in newest["changes"]}
    assert told == {"name": ("皋陶夜市", "新名"), "capacity": (20, 30)}
    assert newest["changes"][0]["title"] == {"zh": "名称", "en": "Name"}


def test_the_first_version_tells_what_the_feature_began_with(filled):
    (only,) = read(filled, "stall_clusters", "C1", PLANNER)
    told = {each["field"]: (each["before"], each["after"]) for each in only["changes"]}
    assert told["code"] == (None, "C1")
    assert not {"updated_at", "updated_by", "version"} & set(told)


def test_references_are_told_as_what_they_show(filled):
    filled.execute(
        text(
            "INSERT INTO organisations (code, name, kind, geom) SELECT 'ORG2', '市容公司', 'company', geom "
            "FROM organisations WHERE code = 'ORG1'"
        )
    )
    change(filled, "stall_clusters", "C1", "manager_id = (SELECT id FROM organisations WHERE code = 'ORG2')")
    (told,) = read(filled, "stall_clusters", "C1", PUBLIC)[0]["changes"]
    assert (told["field"], told["before"], told["after"]) == ("manager", "望城大队", "市容公司")


def test_a_reference_to_a_row_that_is_gone_is_told_by_its_number(filled):
    filled.execute(
        text(
            "INSERT INTO organisations (code, name, kind, geom) SELECT 'ORG2', '市容公司', 'company', geom "
            "FROM organisations WHERE code = 'ORG1'"
        )
    )
    gone = row_id(filled, "organisations", "ORG2")
    for code in ("ORG2", "ORG1"):
        change(filled, "stall_clusters", "C1", f"manager_id = {row_id(filled, 'organisations', code)}")
    filled.execute(text("DELETE FROM organisations WHERE code = 'ORG2'"))
    newest = read(filled, "stall_clusters", "C1", PLANNER)[0]
    assert newest["changes"][0]["before"] == f"#{gone}"


def test_a_moved_geometry_is_told_in_a_few_words(filled):
    change(filled, "illegal_buildings", "B1", "geom = ST_Translate(geom, 0.001, 0)")
    (told,) = read(filled, "illegal_buildings", "B1", PLANNER)[0]["changes"]
    assert (told["field"], told["title"]) == ("geometry", {"zh": "图形", "en": "Geometry"})
    assert told["before"].endswith("m² · 116.500100, 31.700100")
    assert told["after"].endswith("m² · 116.501100, 31.700100")


def test_a_change_of_a_hidden_field_is_told_to_those_only_who_may_see_it(filled):
    change(filled, "illegal_buildings", "B1", "owner_name = '李四光'")
    assert read(filled, "illegal_buildings", "B1", OFFICER)[0]["changes"][0]["after"] == "李四光"
    others = read(filled, "illegal_buildings", "B1", PLANNER)
    assert others[0]["changes"] == [] and len(others) == 2
    assert "李四光" not in str(others) and "张三丰" not in str(others)


def test_the_public_is_not_told_who_did_it(filled):
    assert [each["actor"] for each in read(filled, "stall_clusters", "C1", PUBLIC)] == [None]


def test_a_deleted_feature_keeps_its_history(filled):
    feature = row_id(filled, "illegal_buildings", "B2")
    filled.execute(text("DELETE FROM illegal_buildings WHERE code = 'B2'"))
    newest = history.of(filled, layer("illegal_buildings"), feature, PLANNER)[0]
    assert newest["operation"] == "delete"
    assert all(each["after"] is None for each in newest["changes"])


def test_a_feature_that_never_was_has_no_history(filled):
    with pytest.raises(NotFound, match="987654321"):
        history.of(filled, layer("stall_clusters"), 987654321, PLANNER)


def test_the_rows_are_what_the_interface_promises(filled):
    change(filled, "stall_clusters", "C1", "closed_on = '2023-12-31', status = 'closed'")
    shown = [VersionOut.model_validate(each) for each in read(filled, "stall_clusters", "C1", PUBLIC)]
    assert {each.field for each in shown[0].changes} == {"closed_on", "status"}
    assert shown[0].changes[0].title.zh == "状态"
