from __future__ import annotations

import pytest
from sqlalchemy import text

from layers import edits, features, history
from layers.catalogue import LAYERS, layer
from layers.database import set_actor
from layers.edits import EditRefused, NotEditable, VersionGone
from layers.errors import NotAllowed, NotFound
from layers.features import Query
from layers.people.rules import Role
from layers.reference_systems import system

PLANNER = frozenset({Role.PUBLIC, Role.PLANNER})
AT = {
    "type": "Polygon",
    "coordinates": [[[116.50, 31.74], [116.51, 31.74], [116.51, 31.75], [116.50, 31.75], [116.50, 31.74]]],
}


def compound(**properties):
    return {
        "type": "Feature",
        "geometry": AT,
        "properties": {"code": "XQ-T1", "name": "试验小区", "division": "望城街道", **properties},
    }


@pytest.fixture
def compounds():
    return layer("compounds")


def the(session, each, feature_id):
    return features.item(session, each, PLANNER, feature_id)


@pytest.fixture
def made(district, compounds):
    required = {
        each.name: "1"
        for each in compounds.fields
        if each.required and each.editable and each.type in {"number", "integer"}
    }
    coded = {each.name: each.codes[0].value for each in compounds.fields if each.required and each.codes}
    feature = compound(**required, **coded)
    return edits.create(district, compounds, PLANNER, feature)[0]


def test_a_feature_that_is_written_can_be_read(district, compounds, made):
    found = the(district, compounds, made)
    assert found["properties"]["name"] == "试验小区"
    assert found["properties"]["version"] == 1
    assert found["geometry"]["type"] == "MultiPolygon"


def test_a_change_makes_a_version_and_says_who(district, compounds, made):
    set_actor(district, "planner")
    assert edits.change(district, compounds, PLANNER, made, {"properties": {"name": "新名"}}, version=1) == 2
    assert the(district, compounds, made)["properties"]["name"] == "新名"
    newest = history.of(district, compounds, made, PLANNER)[0]
    assert newest["actor"] == "planner"
    assert [each["field"] for each in newest["changes"]] == ["name"]


def test_who_saw_an_older_version_changes_nothing(district, compounds, made):
    edits.change(district, compounds, PLANNER, made, {"properties": {"name": "先到"}})
    for act in (
        lambda: edits.change(district, compounds, PLANNER, made, {"properties": {"name": "后到"}}, version=1),
        lambda: edits.delete(district, compounds, made, version=1),
    ):
        with pytest.raises(VersionGone):
            act()
    assert the(district, compounds, made)["properties"]["name"] == "先到"


def test_replacing_empties_what_is_not_named(district, compounds, made):
    edits.change(district, compounds, PLANNER, made, {"properties": {"sorted_since": "2023-05-01"}})
    whole = the(district, compounds, made)
    del whole["properties"]["sorted_since"]
    edits.replace(district, compounds, PLANNER, made, whole)
    assert the(district, compounds, made)["properties"]["sorted_since"] is None


def test_what_was_read_can_be_written_back_unchanged(district):
    for each in (each for each in LAYERS if Role.PLANNER in each.editors):
        row = features.page(district, each, PLANNER, limit=1).features[0]
        edits.replace(district, each, PLANNER, row["id"], row)
        written = the(district, each, row["id"])
        for name in ("version", "updated_at", "updated_by"):  # at most the way a number is written changed
            row["properties"].pop(name, None)
            written["properties"].pop(name, None)
        assert written["properties"] == row["properties"], each.id


def test_fields_that_the_editor_may_not_see_stay_as_they_are(district):
    stalls = layer("stalls")
    row = features.page(district, stalls, PLANNER, limit=1).features[0]
    holder = text("SELECT holder_name FROM stalls WHERE id = :id")
    before = district.scalar(holder, {"id": row["id"]})
    row["properties"]["number"] = 977
    edits.replace(district, stalls, PLANNER, row["id"], row)
    assert district.scalar(holder, {"id": row["id"]}) == before
    with pytest.raises(EditRefused, match="holder_name"):
        edits.change(district, stalls, PLANNER, row["id"], {"properties": {"holder_name": "某人"}})


def test_every_fault_is_named_at_once(district, compounds):
    bad = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [116.5, 31.74]},
           "properties": {"code": "xq 1", "nonsense": 1, "households": "many"}}  # fmt: skip
    with pytest.raises(EditRefused) as refused:
        edits.create(district, compounds, PLANNER, bad)
    for word in ("nonsense", "面", "“many”不是数字"):
        assert word in refused.value.message_zh


def test_a_feature_outside_the_district_is_refused(district, compounds, made):
    far = {"geometry": {"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 1]]]}}
    with pytest.raises(EditRefused, match="outside the district"):
        edits.change(district, compounds, PLANNER, made, far)


def test_a_code_that_is_taken_is_refused(district, compounds, made):
    taken = features.page(district, compounds, PLANNER, limit=1).features[0]["properties"]["code"]
    with pytest.raises(EditRefused, match="has it already"):
        edits.change(district, compounds, PLANNER, made, {"properties": {"code": taken}})


def test_what_the_database_forbids_is_said_to_people(district, compounds, made):
    with pytest.raises(EditRefused, match="the code takes"):
        edits.change(district, compounds, PLANNER, made, {"properties": {"code": "小写 x"}})


def test_a_geometry_may_be_written_in_metres(district, compounds, made):
    metres = features.item(district, compounds, PLANNER, made, Query(system=system("EPSG:4548")))
    before = the(district, compounds, made)["geometry"]
    edits.change(
        district, compounds, PLANNER, made, {"geometry": metres["geometry"]}, system=system("EPSG:4548")
    )
    now = the(district, compounds, made)["geometry"]
    for one, other in zip(before["coordinates"][0][0], now["coordinates"][0][0], strict=True):
        assert one == pytest.approx(other, abs=2e-8)


def test_a_deleted_feature_is_gone_and_its_history_stays(district, compounds, made):
    edits.delete(district, compounds, made, version=1)
    with pytest.raises(NotFound):
        the(district, compounds, made)
    assert [each["operation"] for each in history.of(district, compounds, made, PLANNER)] == [
        "delete",
        "insert",
    ]


def test_what_others_refer_to_is_not_deleted(district):
    with pytest.raises(EditRefused, match="refer to it"):
        edits.delete(
            district, layer("grids"), district.scalar(text("SELECT grid_id FROM stall_clusters LIMIT 1"))
        )


@pytest.mark.parametrize("name", ["candidates", "illegal_buildings", "cases", "incidents", "surveys"])
def test_nothing_that_goes_by_the_law_or_is_computed_is_edited_directly(name):
    with pytest.raises(NotEditable):
        edits.require_editor(layer(name), frozenset(Role))


def test_only_the_roles_of_a_layer_edit_it():
    edits.require_editor(layer("compounds"), PLANNER)
    with pytest.raises(NotAllowed):
        edits.require_editor(layer("compounds"), frozenset({Role.PUBLIC, Role.CREW}))
    with pytest.raises(NotAllowed):
        edits.require_editor(layer("divisions"), PLANNER)
