from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest
import shapely
from geopandas import GeoDataFrame
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import CheckConstraint, text

from gis.crs import to_bd09, to_gcj02
from gis.formats import FormatRefused
from layers import history
from layers.catalogue import LAYERS, layer
from layers.errors import NotFound
from layers.imports import (
    ImportMisplaced,
    ImportRefused,
    ImportShifted,
    NotImportable,
    headings,
    import_file,
    shapes,
)
from layers.imports.broken_rules import RULES
from layers.imports.faults import Unfit
from layers.models import METADATA
from layers.people.rules import Role
from tests.layers.ground import box, buildings, clusters, count, file, settle

IMPORTABLE = [each for each in LAYERS if each.importable]


@pytest.fixture
def ground(session):
    settle(session)
    return session


def refusal(session, layer_id, path) -> ImportRefused:
    before = count(session, layer(layer_id).table)
    with pytest.raises(ImportRefused) as said:
        import_file(session, layer_id, path, "planner")
    assert count(session, layer(layer_id).table) == before
    return said.value


def first(session, layer_id, frame, tmp_path):
    """The only fault of a file: (row, code, field, what)."""
    found = refusal(session, layer_id, file(tmp_path, frame)).faults
    assert len(found) == 1, found
    return found[0]


def test_every_row_of_a_file_becomes_a_feature_with_its_author(ground, tmp_path):
    report = import_file(ground, "stall_clusters", file(tmp_path, clusters()), "planner")
    assert (report.imported, report.repaired, report.notes) == (2, 0, ())
    row = ground.execute(text("SELECT * FROM stall_clusters WHERE code = 'C1'")).mappings().one()
    assert row["opens_at"] == time(6) and row["opened_on"] == date(2023, 3, 1) and row["capacity"] == 20
    assert row["updated_by"] == "planner" and row["version"] == 1
    manager = text("SELECT name FROM organisations WHERE id = :id")
    assert ground.scalar(manager, {"id": row["manager_id"]}) == "望城大队"
    (made,) = history.of(ground, layer("stall_clusters"), row["id"], frozenset({Role.PLANNER}))
    assert (made["operation"], made["actor"], made["at"]) == ("insert", "planner", row["created_at"])


@pytest.mark.parametrize(
    "name", ["t.shp", "t.zip", "t.geojson", "t.kml", "t.kmz", "t.fgb", "t.csv", "t.xlsx"]
)
def test_the_same_file_goes_in_by_any_format(ground, tmp_path, name):
    assert import_file(ground, "stall_clusters", file(tmp_path, clusters(), name), "a").imported == 2


def test_columns_are_found_by_chinese_titles_with_units_and_values_by_their_titles(ground, tmp_path):
    fields = {each.name: each.title.zh for each in layer("stall_clusters").fields}
    frame = clusters(kind="夜市", status="Open", upgrade="未列入").rename(columns=fields)
    frame = frame.rename(columns={"摊位数": "摊位数（个）"})
    import_file(ground, "stall_clusters", file(tmp_path, frame, "t.xlsx"), "planner")
    assert ground.execute(text("SELECT DISTINCT kind, status FROM stall_clusters")).all() == [
        ("night_market", "open")
    ]


def test_a_blank_required_area_is_measured_and_the_report_says_so(ground, tmp_path):
    report = import_file(ground, "illegal_buildings", file(tmp_path, buildings()), "officer")
    area = ground.scalar(text("SELECT area_m2 FROM illegal_buildings WHERE code = 'B1'"))
    assert area == pytest.approx(Decimal(421), abs=5)  # 0.0002° × 0.0002° at 31.7 N
    assert any("量算" in each.zh for each in report.notes)


def test_columns_that_no_field_goes_by_are_named_in_the_report(ground, tmp_path):
    report = import_file(ground, "stall_clusters", file(tmp_path, clusters(colour="red")), "planner")
    assert "colour" in report.notes[0].en


def test_a_layer_that_the_platform_makes_takes_no_file(session, tmp_path):
    with pytest.raises(NotImportable, match="Flights"):
        import_file(session, "surveys", file(tmp_path, clusters()), "planner")


def test_an_unknown_layer_and_an_unreadable_file_are_refused(session, tmp_path):
    with pytest.raises(NotFound):
        import_file(session, "unicorns", file(tmp_path, clusters()), "planner")
    (tmp_path / "bad.gpkg").write_bytes(b"no")
    with pytest.raises(FormatRefused):
        import_file(session, "stall_clusters", tmp_path / "bad.gpkg", "planner")


def test_one_bad_row_keeps_every_row_out(ground, tmp_path):
    fault = first(ground, "stall_clusters", clusters(capacity=[20, -1]), tmp_path)
    assert (fault.row, fault.code, fault.said.zh) == (2, "C2", "数量不能为负")
    assert ground.scalar(text("SELECT count(*) FROM stall_clusters")) == 0


@pytest.mark.parametrize(
    ("columns", "field", "said"),
    [
        ({"kind": ["cluster", "circus"]}, "Kind", "“circus” is not in the code list"),
        ({"opened_on": ["2023-03-01", "soon"]}, "Opened on", "“soon” is no date"),
        ({"opens_at": ["06:00", "25:00"]}, "Opens at", "“25:00” is no time"),
        ({"capacity": ["20", "2.5"]}, "Stalls", "“2.5” is no whole number"),
        ({"name": ["x", None]}, "Name", "must not be empty"),
        ({"division": ["木厂镇", "龙宫"]}, "Division", "there is no “龙宫”"),
        ({"code": ["C1", "lower case"]}, "Code", "capital letters"),
        ({"capacity": [20, 2**40]}, "Stalls", "out of range"),
        ({"closed_on": [None, "2020-01-01"]}, None, "closed before it was opened"),
    ],
)
def test_a_wrong_value_is_said_with_its_row_code_and_field(ground, tmp_path, columns, field, said):
    fault = first(ground, "stall_clusters", clusters(**columns), tmp_path)
    assert fault.row == 2
    assert fault.code == columns.get("code", ["", "C2"])[1]
    assert (fault.field.en if fault.field else None) in {field, None}
    assert said in fault.said.en
    assert fault.said.zh != fault.said.en


def test_the_refusal_reads_as_sentences_in_both_languages(ground, tmp_path):
    error = refusal(ground, "stall_clusters", file(tmp_path, clusters(kind=["x", "y"])))
    assert error.count == 2
    assert "第 1 行 C1 类型：" in error.message_zh and "没有任何数据被改动" in error.message_zh
    assert "row 2 C2 Kind: " in error.message_en and "nothing was changed" in error.message_en


def test_of_many_faults_the_first_fifty_are_named_and_all_are_counted(ground, tmp_path):
    codes = [f"C{number}" for number in range(70)]
    frame = GeoDataFrame({"code": codes, "name": "x"}, geometry=[box()] * 70, crs="EPSG:4490")
    error = refusal(ground, "stall_clusters", file(tmp_path, frame.assign(kind="circus")))
    assert len(error.faults) == 50 and error.count > 70
    assert "前 50 处" in error.message_zh


def test_a_missing_required_column_is_said_once(ground, tmp_path):
    error = refusal(ground, "stall_clusters", file(tmp_path, clusters().drop(columns="manager")))
    assert [(each.row, each.field.en) for each in error.faults] == [(None, "Manager")]


def test_duplicates_in_the_file_and_with_the_table_are_refused(ground, tmp_path):
    error = refusal(ground, "stall_clusters", file(tmp_path, clusters(code=["C1", "C1"])))
    assert [each.said.zh for each in error.faults] == ["在文件中重复"] * 2
    import_file(ground, "stall_clusters", file(tmp_path, clusters(), "once.gpkg"), "planner")
    error = refusal(ground, "stall_clusters", file(tmp_path, clusters(), "twice.gpkg"))
    assert [each.said.zh for each in error.faults] == ["数据库中已有"] * 2


def test_what_only_the_database_can_see_is_said_for_every_such_row(ground, tmp_path):
    import_file(ground, "stall_clusters", file(tmp_path, clusters()), "planner")
    stalls = GeoDataFrame(
        {"code": ["S1", "S2", "S3"], "cluster": "C1", "number": [1, 1, 0], "goods": "food", "holder_name": "x",
         "hardship": "none", "since": "2023-01-01"},
        geometry=[shapely.Point(116.5, 31.7)] * 3, crs="EPSG:4490",
    )  # fmt: skip
    error = refusal(ground, "stalls", file(tmp_path, stalls, "stalls.gpkg"))
    assert [each.row for each in error.faults] == [2, 3]
    assert "摊点群、摊位号" in error.faults[0].said.zh
    assert error.faults[1].said.zh == "摊位号必须大于 0"


def test_a_file_may_refer_to_its_own_rows_in_any_order(ground, tmp_path):
    frame = GeoDataFrame(
        {"编号": ["341502100001", "341502101000"], "code": ["341502101001", "341502101000"],
         "name": ["街心社区", "马头镇"], "level": ["community", "township"], "kind": ["community", "town"],
         "parent": ["马头镇", "金安区"], "valid_from": "2023-01-01"},
        geometry=[box(), box()], crs="EPSG:4490",
    )  # fmt: skip
    assert import_file(ground, "divisions", file(tmp_path, frame), "planner").imported == 2
    parent = (
        "SELECT p.name FROM divisions d JOIN divisions p ON p.id = d.parent_id WHERE d.code = '341502101001'"
    )
    assert ground.scalar(text(parent)) == "马头镇"


def test_rows_that_refer_to_each_other_in_a_circle_are_refused(ground, tmp_path):
    frame = GeoDataFrame(
        {"code": ["O1", "O2"], "name": ["甲", "乙"], "kind": "team", "parent": ["乙", "甲"]},
        geometry=[shapely.Point(116.5, 31.7)] * 2, crs="EPSG:4490",
    )  # fmt: skip
    error = refusal(ground, "organisations", file(tmp_path, frame))
    assert all("circle" in each.said.en for each in error.faults) and error.count == 2


def test_a_name_that_several_rows_have_asks_for_the_code(ground, tmp_path):
    ground.execute(
        text(
            "INSERT INTO divisions (code, name, level, kind, parent_id, valid_from, geom) SELECT '341502101000', "
            "name, level, kind, parent_id, valid_from, geom FROM divisions WHERE code = '341502100000'"
        )
    )
    error = refusal(ground, "stall_clusters", file(tmp_path, clusters()))
    assert all("give the code" in each.said.en for each in error.faults)
    assert import_file(
        ground, "stall_clusters", file(tmp_path, clusters(division="341502100000"), "c.gpkg"), "a"
    )


def test_a_division_out_of_force_gives_way_to_the_one_in_force(ground, tmp_path):
    ground.execute(
        text(
            "INSERT INTO divisions (code, name, level, kind, parent_id, valid_from, valid_to, geom) SELECT "
            "'341502200000', name, level, kind, parent_id, valid_from, '2021-01-01', geom "
            "FROM divisions WHERE code = '341502100000'"
        )
    )
    import_file(ground, "stall_clusters", file(tmp_path, clusters()), "planner")
    used = "SELECT DISTINCT d.code FROM stall_clusters s JOIN divisions d ON d.id = s.division_id"
    assert ground.scalars(text(used)).all() == ["341502100000"]


def test_an_outline_that_a_repair_hardly_changes_is_repaired(ground, tmp_path):
    corners = [(0, 0), (0.001, 0), (0.001, 0.001), (0.0005, 0.002), (0.001, 0.001), (0, 0.001)]
    spike = shapely.Polygon([(116.5 + x, 31.7 + y) for x, y in corners])
    assert not spike.is_valid
    frame = clusters().set_geometry([spike, box(116.51)], crs="EPSG:4490")
    report = import_file(ground, "stall_clusters", file(tmp_path, frame), "planner")
    assert report.repaired == 1 and "修复了 1 个" in report.notes[0].zh
    assert ground.scalar(text("SELECT bool_and(ST_IsValid(geom)) FROM stall_clusters"))


def test_a_bow_tie_is_refused_because_nobody_knows_what_was_meant(ground, tmp_path):
    bow = shapely.Polygon([(116.5, 31.7), (116.501, 31.701), (116.501, 31.7), (116.5, 31.701)])
    fault = first(ground, "stall_clusters", clusters().set_geometry([box(), bow], crs="EPSG:4490"), tmp_path)
    assert fault.row == 2 and "无法安全修复" in fault.said.zh


def test_geometry_of_another_kind_is_refused(ground, tmp_path):
    frame = clusters().set_geometry([box(), shapely.Point(116.5, 31.7)], crs="EPSG:4490")
    fault = first(ground, "stall_clusters", frame, tmp_path)
    assert fault.said.zh == "图形应为面，实为点"


def test_heights_are_dropped(ground, tmp_path):
    high = clusters().set_geometry(shapely.force_3d([box(), box(116.51)], 30.0), crs="EPSG:4490")
    import_file(ground, "stall_clusters", file(tmp_path, high), "planner")
    assert ground.scalar(text("SELECT max(ST_NDims(geom)) FROM stall_clusters")) == 2


def test_a_row_outside_the_district_is_said_with_its_distance(ground, tmp_path):
    frame = clusters().set_geometry([box(), box(118.0)], crs="EPSG:4490")
    fault = first(ground, "stall_clusters", frame, tmp_path)
    assert "outside the district, 9" in fault.said.en  # about 94 km


def test_a_row_with_exchanged_axes_is_told_so(ground, tmp_path):
    swapped = shapely.transform(box(116.51), lambda points: points[:, ::-1])
    fault = first(
        ground, "stall_clusters", clusters().set_geometry([box(), swapped], crs="EPSG:4490"), tmp_path
    )
    assert "exchanged" in fault.said.en


def test_a_file_with_exchanged_axes_is_refused_as_a_whole(ground, tmp_path):
    swapped = [shapely.transform(each, lambda points: points[:, ::-1]) for each in (box(), box(116.51))]
    with pytest.raises(ImportMisplaced, match="exchanged"):
        import_file(ground, "stall_clusters", file(tmp_path, clusters().set_geometry(swapped)), "planner")


def test_a_file_in_another_zone_is_refused_with_the_zone_that_fits(ground, tmp_path):
    metres = clusters().to_crs("EPSG:4548").set_crs("EPSG:4547", allow_override=True)
    metres.to_file(tmp_path / "t.gpkg")
    with pytest.raises(ImportMisplaced, match="EPSG:4548"):
        import_file(ground, "stall_clusters", tmp_path / "t.gpkg", "planner")


def test_a_file_of_another_district_is_refused_as_a_whole(ground, tmp_path):
    beijing = clusters().set_geometry([box(116.4, 39.9), box(116.41, 39.9)], crs="EPSG:4490")
    with pytest.raises(ImportMisplaced, match="outside the district"):
        import_file(ground, "stall_clusters", file(tmp_path, beijing), "planner")


@pytest.mark.parametrize(("shift", "system"), [(to_gcj02, "GCJ-02"), (to_bd09, "BD-09")])
def test_points_that_fit_what_is_known_only_when_unshifted_are_refused(ground, tmp_path, shift, system):
    places = [shapely.box(116.5 + 0.01 * n, 31.7 + 0.007 * n, 116.5003 + 0.01 * n, 31.7003 + 0.007 * n) for n in range(8)]  # fmt: skip
    usual = clusters().iloc[:1].drop(columns=["geometry", "code"])
    known = GeoDataFrame({"code": [f"K{n}" for n in range(8)]}, geometry=places, crs="EPSG:4490")
    import_file(ground, "stall_clusters", file(tmp_path, known.merge(usual, how="cross"), "known.gpkg"), "a")
    shifted = known.set_geometry([shapely.transform(each, shift) for each in places], crs="EPSG:4490")
    again = shifted.merge(usual, how="cross").assign(code=[f"N{n}" for n in range(8)])
    with pytest.raises(ImportShifted, match=system):
        import_file(ground, "stall_clusters", file(tmp_path, again), "planner")


def test_a_file_that_calls_itself_gcj02_is_refused(ground, tmp_path):
    with pytest.raises(ImportShifted, match="GCJ-02"):
        import_file(ground, "stall_clusters", file(tmp_path, clusters(), "摊点_GCJ-02.gpkg"), "planner")


def test_without_a_district_the_report_says_that_no_place_was_checked(session, tmp_path):
    frame = GeoDataFrame(
        {"code": ["O1"], "name": ["甲"], "kind": "team"},
        geometry=[shapely.Point(116.5, 31.7)],
        crs="EPSG:4490",
    )
    report = import_file(session, "organisations", file(tmp_path, frame), "planner")
    assert any("未检查位置" in each.zh for each in report.notes)


def test_a_table_names_rows_as_its_sheet_does(ground, tmp_path):
    lines = "code,name,kind,lon,lat\nO1,甲,team,116.5,31.7\n\nO2,乙,ghost,116.5,31.7\n"
    (tmp_path / "t.csv").write_text(lines, encoding="utf-8")
    error = refusal(ground, "organisations", tmp_path / "t.csv")
    assert [each.row for each in error.faults] == [4]


@pytest.mark.parametrize("each", IMPORTABLE, ids=lambda each: each.id)
def test_every_constraint_of_an_importable_table_has_a_sentence(each):
    table = METADATA.tables[each.table]
    checks = {found for found in table.constraints if isinstance(found, CheckConstraint)}
    checks |= {found for column in table.columns for found in column.constraints}
    lists = {field.name for field in each.fields if field.codes}
    names = {str(found.name).removeprefix(f"ck_{each.table}_") for found in checks}
    assert names - lists <= set(RULES)


@pytest.mark.parametrize("each", IMPORTABLE, ids=lambda each: each.id)
@pytest.mark.parametrize("way", ["name", "zh", "en", "cut"])
def test_every_field_is_found_by_name_by_both_titles_and_cut_for_a_shapefile(each, way):
    own = [field for field in each.fields if field.editable]
    cut = headings.column_names([field.name for field in each.fields])
    names = {
        "name": lambda f: f.name,
        "zh": lambda f: f.title.zh,
        "en": lambda f: f.title.en,
        "cut": lambda f: cut[f.name],
    }
    given = {field: names[way](field) for field in own}
    assert headings.by_field(each, given.values()) == given


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=3, max_size=8))
def test_what_is_fitted_is_valid_and_nearly_as_large_as_it_was(corners):
    ring = shapely.Polygon([(116.5 + x / 100, 31.7 + y / 100) for x, y in corners])
    try:
        fitted, repaired = shapes.fitted(ring, "MultiPolygon")
    except Unfit:
        return
    assert fitted.is_valid and fitted.geom_type == "MultiPolygon"
    assert repaired is not ring.is_valid
    assert fitted.area == pytest.approx(ring.area, rel=0.011)
