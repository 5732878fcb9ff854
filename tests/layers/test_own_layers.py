from __future__ import annotations

import string

import geopandas as gpd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from gis import formats
from layers import catalogue, edits, features, history, tiles
from layers.errors import NotFound
from layers.exports import export_layer
from layers.features import Query
from layers.imports import import_file
from layers.imports.faults import ImportRefused
from layers.own import actions, registry
from layers.own import tables as own_tables
from layers.own.describe import Description, OwnLayerRefused, checked, layer_of
from layers.own.propose import names, propose
from layers.people.rules import Role
from layers.restore import restore
from tests.layers.ground import settle

PLANNER = frozenset({Role.PUBLIC, Role.PLANNER})
PUBLIC = frozenset({Role.PUBLIC})


@pytest.fixture(autouse=True)
def nothing_is_remembered(session):
    settle(session)
    yield
    session.rollback()
    registry.refresh(session)


def roads(**columns):
    """Twelve roads to be cleared of snow."""
    usual = {
        "道路编号": [f"XL-{n:03d}" for n in range(12)],
        "道路名称": [f"除雪路{n}" for n in range(12)],
        "长度（m）": [100.5 + n for n in range(12)],
        "车道数": [2 + n % 3 for n in range(12)],
        "等级": ["主干路", "次干路", "支路"] * 4,
        "是否优先": ["是", "否"] * 6,
        "检查日期": [f"2024-01-{n + 1:02d}" for n in range(12)],
        "联系电话": [f"0564{n:07d}" for n in range(12)],
    }
    lines = [shapely.LineString([(116.5, 31.7 + n / 1000), (116.51, 31.7 + n / 1000)]) for n in range(12)]
    return gpd.GeoDataFrame(usual | columns, geometry=lines, crs="EPSG:4490")


def file(folder, frame, name="除雪道路.gpkg"):
    path = folder / name
    formats.write(frame, path)
    return path


@pytest.fixture
def made(session, tmp_path):
    """The layer of the roads, made as it was proposed."""
    path = file(tmp_path, roads())
    proposed, _ = actions.look(session, path)
    given = proposed.model_copy(update={"id": "snow_roads"})
    return actions.make(session, path, given, "planner")[0]


def test_a_file_proposes_types_units_codes_key_and_label(session, tmp_path):
    proposed, _ = actions.look(session, file(tmp_path, roads()))
    told = {each.column: each for each in proposed.fields}
    assert [each.type for each in proposed.fields] == [
        "text", "text", "number", "integer", "code", "boolean", "date", "text",
    ]  # fmt: skip
    assert (told["长度（m）"].unit, told["长度（m）"].zh) == ("m", "长度")
    assert [each.value for each in told["等级"].codes] == ["主干路", "次干路", "支路"]
    assert told["联系电话"].personal and Role.PUBLIC not in told["联系电话"].visible_to
    assert (proposed.key, proposed.geometry, proposed.zh) == ("道路编号", "MultiLineString", "除雪道路")
    assert proposed.label == told["道路名称"].name
    assert Role.PUBLIC not in proposed.visible_to  # a person opens it to everybody, not the program


def test_a_layer_is_made_with_typed_columns_and_its_rows(session, made):
    types = session.execute(
        text("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = :t"),
        {"t": made.table},
    ).all()
    assert {"numeric", "bigint", "boolean", "date", "text"} <= {kind for _, kind in types}
    page = features.page(session, made, PLANNER)
    assert page.matched == 12
    first = page.features[0]["properties"]
    assert (first["code"], first["version"]) == ("XL-000", 1)
    assert {100.5, 2, "主干路", True, "2024-01-01"} <= set(first.values())
    assert catalogue.layer("snow_roads", PLANNER) == made
    with pytest.raises(NotFound):
        catalogue.layer("snow_roads", PUBLIC)


def test_an_own_layer_is_edited_filtered_exported_and_restored_as_any_other(session, made, tmp_path):
    row = features.page(session, made, PLANNER).features[0]
    named = made.label
    before = row["properties"][named]
    edits.change(session, made, PLANNER, row["id"], {"properties": {named: "改名"}}, version=1)
    assert features.page(session, made, PLANNER, Query(filter=f"{named} = '改名'")).matched == 1
    assert [each["operation"] for each in history.of(session, made, row["id"], PLANNER)] == [
        "update",
        "insert",
    ]
    assert restore(session, made, PLANNER, row["id"], 1) == 3
    assert features.item(session, made, PLANNER, row["id"])["properties"][named] == before
    assert export_layer(session, "snow_roads", tmp_path / "out.gpkg", PLANNER) == 12
    session.execute(text(f"DELETE FROM {made.table}"))  # noqa: S608
    import_file(session, "snow_roads", tmp_path / "out.gpkg", "planner")
    assert features.page(session, made, PLANNER).matched == 12


def test_an_own_layer_has_the_triggers_and_the_stamp_of_a_layer(session, made):
    of = "SELECT tgname FROM pg_trigger WHERE tgrelid = CAST(:t AS regclass) AND NOT tgisinternal ORDER BY 1"
    assert (
        session.scalars(text(of), {"t": made.table}).all() == session.scalars(text(of), {"t": "roads"}).all()
    )
    before = features.extent(session, made)
    session.execute(text(f"UPDATE {made.table} SET code = 'X' WHERE id = 1"))  # noqa: S608
    assert features.extent(session, made).stamp != before.stamp


def test_personal_data_are_in_no_tile(session, made):
    assert not any(each.personal for each in made.tile_fields_for(PLANNER))
    assert "0564" not in tiles.tile_sql(made, PLANNER, tiles.View(general=False, points="all"))


def test_without_a_column_of_codes_rows_are_numbered(session, tmp_path):
    frame = roads().drop(columns=["道路编号", "道路名称", "检查日期", "联系电话", "长度（m）"])
    path = file(tmp_path, frame)
    proposed, _ = actions.look(session, path)
    assert proposed.key is None
    layer, _ = actions.make(session, path, proposed.model_copy(update={"zh": "无号"}), "planner")
    assert features.page(session, layer, PLANNER).features[0]["properties"]["code"] == "00001"


def test_rows_that_do_not_fit_are_named_and_nothing_is_left(session, tmp_path):
    path = file(tmp_path, roads(车道数=["x", *range(11)]))
    proposed, _ = actions.look(session, path)
    fields = [
        each.model_copy(update={"type": "integer", "codes": []}) if each.column == "车道数" else each
        for each in proposed.fields
    ]
    with pytest.raises(ImportRefused) as refused, session.begin_nested():
        actions.make(session, path, proposed.model_copy(update={"fields": fields}), "planner")
    assert "“x”不是数字" in refused.value.message_zh and "XL-000" in refused.value.message_zh
    assert actions.made(session) == []


def test_a_name_that_is_taken_is_refused(session, made, tmp_path):
    path = file(tmp_path, roads())
    proposed, _ = actions.look(session, path)
    for change in ({"id": "snow_roads", "zh": "别名"}, {"id": "other"}, {"id": "grids", "zh": "别名"}):
        with pytest.raises(OwnLayerRefused, match="already"):
            actions.make(session, path, proposed.model_copy(update=change), "planner")


def test_a_dropped_layer_is_gone_its_history_stays_and_its_id_is_free_again(session, made, tmp_path):
    with pytest.raises(OwnLayerRefused, match="to confirm"):
        actions.drop(session, "snow_roads", "something else", "admin")
    actions.drop(session, "snow_roads", "除雪道路", "admin")
    with pytest.raises(NotFound):
        catalogue.layer("snow_roads")
    assert session.scalar(text("SELECT to_regclass(:t)"), {"t": made.table}) is None
    kept = session.scalar(text("SELECT count(*) FROM history WHERE layer = :t"), {"t": made.table})
    assert kept == 12
    (row,) = actions.made(session)
    assert (row.made_by, row.dropped_by) == ("planner", "admin") and row.dropped_at is not None
    path = file(tmp_path, roads())
    again = actions.look(session, path)[0].model_copy(update={"id": "snow_roads"})
    assert actions.make(session, path, again, "planner")[0].table != made.table


def test_a_layer_that_others_refer_to_is_not_dropped(session, made):
    session.execute(text(f"CREATE VIEW seen AS SELECT id FROM {made.table}"))  # noqa: S608
    with pytest.raises(OwnLayerRefused, match="still refer"):
        actions.drop(session, "snow_roads", "snow_roads", "admin")
    assert catalogue.layer("snow_roads") == made


def test_mixed_geometries_and_too_many_columns_are_refused(session):
    kinds = [shapely.Point(116.5, 31.7), shapely.box(116.5, 31.7, 116.6, 31.8)]
    mixed = gpd.GeoDataFrame({"a": [1, 2]}, geometry=kinds, crs=4490)
    with pytest.raises(OwnLayerRefused, match="mixes"):
        propose(mixed, "x", frozenset())
    wide = gpd.GeoDataFrame(
        {f"c{n}": [1] for n in range(61)}, geometry=[shapely.Point(116.5, 31.7)], crs=4490
    )
    with pytest.raises(OwnLayerRefused, match="61 columns"):
        propose(wide, "x", frozenset())


ODD = [
    "select", "id", "code", "geom", 'a"b', "a'b", "limit", "名称", "名 称", "A", "a", "x" * 90, "1", ":v", "%s",
    "; DROP TABLE grids; --",
]  # fmt: skip
HEADINGS = st.lists(
    st.one_of(
        st.text(min_size=1, max_size=80),
        st.sampled_from(ODD),
        st.text(string.ascii_letters + string.digits + " _", min_size=1, max_size=70),
    ),
    min_size=1,
    max_size=12,
    unique=True,
)


@given(HEADINGS)
def test_any_headings_make_different_allowed_names(headings):
    made = names(headings)
    assert len(set(made)) == len(headings)
    frame = gpd.GeoDataFrame(
        dict.fromkeys(headings, "a"), index=[0], geometry=[shapely.Point(116.5, 31.7)], crs=4490
    )
    if set(headings) & {"geometry"}:
        return
    checked(propose(frame, "x", frozenset()))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HEADINGS.filter(lambda each: "geometry" not in each))
def test_any_headings_make_a_table_that_can_be_read_and_drawn(session, headings):
    frame = gpd.GeoDataFrame(
        dict.fromkeys(headings, "a"), index=[0], geometry=[shapely.Point(116.5, 31.7)], crs=4490
    )
    layer = layer_of(checked(propose(frame, "x", frozenset())), "own_0")
    with session.begin_nested() as undone:
        own_tables.make(session, layer)
        values = {each.name: "a" for each in layer.fields if each.name not in {"updated_at", "updated_by"}}
        own_tables.fill(session, layer, [(values, shapely.Point(116.5, 31.7))])
        assert features.page(session, layer, PLANNER).matched == 1
        assert features.page(session, layer, PLANNER, Query(q="a")).matched == 1
        undone.rollback()


@pytest.mark.parametrize("bad", ["Roads", "1roads", "道路", "a b", "x" * 40, "", 'a"; DROP', "own_layers"])
def test_an_id_that_is_none_is_refused(bad):
    given_ = Description(id=bad, zh="路", en="road", geometry="Point", fields=[])
    with pytest.raises(OwnLayerRefused):
        checked(given_)
