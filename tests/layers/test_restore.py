from __future__ import annotations

import pytest
from sqlalchemy import text

from layers import differences, edits, features, history
from layers.catalogue import layer
from layers.database import set_actor
from layers.edits import EditRefused, NotEditable, VersionGone
from layers.errors import NotAllowed, NotFound
from layers.people.rules import Role
from layers.restore import restore

PLANNER = frozenset({Role.PUBLIC, Role.PLANNER})
KEPT = {"version", "updated_at", "updated_by"}


def facts(session, table, feature_id):
    sql = f"SELECT to_jsonb(t) - 'geom_3857' FROM {table} t WHERE id = :id"  # noqa: S608
    return without_stamps(session.execute(text(sql), {"id": feature_id}).scalar_one())


def without_stamps(row):
    return {name: value for name, value in row.items() if name not in KEPT}


@pytest.fixture
def stalls():
    return layer("stalls")


@pytest.fixture
def stall(district, stalls):
    """A stall whose number was changed and that was then moved: three versions."""
    set_actor(district, "planner")
    edits.change(district, stalls, PLANNER, 1, {"properties": {"number": 991}})
    district.execute(text("UPDATE stalls SET geom = ST_Translate(geom, 0.0001, 0) WHERE id = 1"))
    return 1


def test_a_former_version_becomes_the_current_one_and_a_line_of_history(district, stalls, stall):
    began = "SELECT after FROM history WHERE layer = 'stalls' AND feature_id = 1 AND version = 1"
    assert restore(district, stalls, PLANNER, stall, 1, seen=3) == 4
    assert facts(district, "stalls", stall) == without_stamps(district.scalar(text(began)))
    newest = history.of(district, stalls, stall, PLANNER)[0]
    assert (newest["version"], newest["operation"], newest["actor"]) == (4, "update", "planner")


def test_who_saw_an_older_version_restores_nothing(district, stalls, stall):
    with pytest.raises(VersionGone):
        restore(district, stalls, PLANNER, stall, 1, seen=2)
    assert district.scalar(text("SELECT version FROM stalls WHERE id = 1")) == 3


def test_what_the_person_may_not_see_stays_as_it_is(district, stalls, stall):
    district.execute(text("UPDATE stalls SET holder_name = '后来者' WHERE id = 1"))
    restore(district, stalls, PLANNER, stall, 1)
    assert district.scalar(text("SELECT holder_name FROM stalls WHERE id = 1")) == "后来者"


def test_a_deleted_feature_comes_back_with_id_code_and_hidden_values(district, stalls, stall):
    before = facts(district, "stalls", stall)
    edits.delete(district, stalls, stall)
    assert restore(district, stalls, PLANNER, stall, 3, seen=3) == 4
    assert facts(district, "stalls", stall) == before
    told = [(each["version"], each["operation"]) for each in history.of(district, stalls, stall, PLANNER)]
    assert told == [(4, "insert"), (3, "delete"), (3, "update"), (2, "update"), (1, "insert")]


def test_what_is_written_after_a_restoration_begins_at_one(district, stalls, stall):
    edits.delete(district, stalls, stall)
    restore(district, stalls, PLANNER, stall, 3)
    compounds = layer("compounds")
    copied = next(iter(features.page(district, compounds, PLANNER, limit=1).features))
    editable = {each.name for each in compounds.fields if each.editable}
    copied["properties"] = {name: value for name, value in copied["properties"].items() if name in editable}
    copied["properties"]["code"] = "XQ-NEW"
    assert edits.create(district, compounds, PLANNER, copied)[1] == 1


def test_a_deleted_feature_that_somebody_else_restored_is_not_restored_over(district, stalls, stall):
    edits.delete(district, stalls, stall)
    restore(district, stalls, PLANNER, stall, 2, seen=3)
    with pytest.raises(VersionGone):
        restore(district, stalls, PLANNER, stall, 1, seen=3)


def test_a_code_that_was_given_away_meanwhile_is_said(district, stalls, stall):
    code = district.scalar(text("SELECT code FROM stalls WHERE id = 1"))
    edits.delete(district, stalls, stall)
    district.execute(text("UPDATE stalls SET code = :code WHERE id = 2"), {"code": code})
    with pytest.raises(EditRefused, match="has it already"):
        restore(district, stalls, PLANNER, stall, 3)
    assert district.scalar(text("SELECT count(*) FROM stalls WHERE id = 1")) == 0


def test_a_row_referred_to_then_that_is_gone_is_said(district):
    put = "UPDATE stall_clusters SET manager_id = :to WHERE id = :id"
    made = (
        "INSERT INTO organisations (code, name, kind, geom) "
        "SELECT 'ORG-T', '短命单位', kind, geom FROM organisations LIMIT 1 RETURNING id"
    )
    passing = district.scalar(text(made))
    feature = district.scalar(text("SELECT min(id) FROM stall_clusters"))
    other = district.scalar(text("SELECT min(id) FROM organisations"))
    for to in (passing, other):
        district.execute(text(put), {"to": to, "id": feature})
    district.execute(text("DELETE FROM organisations WHERE id = :id"), {"id": passing})
    with pytest.raises(EditRefused, match=f"#{passing}. is gone"):
        restore(district, layer("stall_clusters"), PLANNER, feature, 2)


def test_who_may_not_edit_may_not_restore(district, stalls, stall):
    with pytest.raises(NotAllowed):
        restore(district, stalls, frozenset({Role.PUBLIC}), stall, 1)
    with pytest.raises(NotEditable):
        restore(district, layer("illegal_buildings"), PLANNER, 1, 1)


def test_a_version_that_never_was_cannot_be_restored_or_compared(district, stalls, stall):
    with pytest.raises(NotFound, match="1/77"):
        restore(district, stalls, PLANNER, stall, 77)
    with pytest.raises(NotFound):
        differences.versions(district, stalls, stall, PLANNER, before=1, after=77)


def test_two_versions_are_told_side_by_side(district, stalls, stall):
    found = differences.versions(district, stalls, stall, PLANNER, before=1, after=3)
    assert [each["field"] for each in found["changes"]] == ["number", "geometry"]
    assert found["changes"][0]["after"] == 991
    assert found["before"]["geometry"]["coordinates"] != found["after"]["geometry"]["coordinates"]
    assert (found["after"]["version"], found["after"]["actor"]) == (3, "planner")
    assert differences.versions(district, stalls, stall, frozenset({Role.PUBLIC}), before=1, after=3)["after"]["actor"] is None  # fmt: skip
