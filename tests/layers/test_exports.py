from __future__ import annotations

import json
import zipfile

import openpyxl
import pytest
from sqlalchemy import text

from gis.formats import FormatUnknown, read
from layers.catalogue import LAYERS, layer
from layers.errors import NotFound
from layers.exports import EXTENSIONS, PERSONAL_ROLES, export_layer
from layers.imports import import_file
from layers.layer import STAFF
from layers.people.rules import Role
from tests.layers.ground import buildings, clusters, file, settle

OFFICER, PLANNER, PUBLIC = (frozenset({each}) for each in (Role.OFFICER, Role.PLANNER, Role.PUBLIC))
OWNER = "张三丰"


@pytest.fixture
def filled(session, tmp_path):
    """Two clusters and two illegal buildings with an owner."""
    settle(session)
    import_file(session, "stall_clusters", file(tmp_path, clusters(), "clusters.gpkg"), "planner")
    import_file(session, "illegal_buildings", file(tmp_path, buildings(), "buildings.gpkg"), "officer")
    return session


def unpacked(path) -> bytes:
    """Everything that a file says, unpacked where it is an archive."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(each) for each in archive.namelist())


def said_in(path, word: str) -> bool:
    everything = unpacked(path)
    escaped = json.dumps(word).strip('"').encode()
    referred = word.encode("ascii", "xmlcharrefreplace")  # as lxml writes what is not ASCII
    return any(each in everything for each in (word.encode(), word.encode("gbk"), escaped, referred))


@pytest.mark.parametrize("extension", sorted(EXTENSIONS))
def test_personal_data_never_leaves_in_any_format_to_those_who_may_not_see_it(filled, tmp_path, extension):
    for roles in (PLANNER, STAFF - PERSONAL_ROLES):
        path = tmp_path / f"out{extension}"
        assert export_layer(filled, "illegal_buildings", path, roles) == 2
        everything = [each for each in tmp_path.iterdir() if each.name.startswith("out")]
        assert not any(said_in(each, word) for each in everything for word in (OWNER, "owner_name", "当事人"))


@pytest.mark.parametrize("extension", sorted(EXTENSIONS))
def test_those_who_may_see_it_get_it(filled, tmp_path, extension):
    path = tmp_path / f"out{extension}"
    export_layer(filled, "illegal_buildings", path, OFFICER)
    assert any(said_in(each, OWNER) for each in tmp_path.glob("out.*"))


def test_personal_roles_are_those_that_may_see_any_personal_field():
    assert frozenset({Role.OFFICER, Role.ADMINISTRATOR}) == PERSONAL_ROLES
    left = STAFF - PERSONAL_ROLES
    assert not [field for each in LAYERS for field in each.fields_for(left) if field.personal]


def test_a_layer_that_the_roles_may_not_see_is_not_found(filled, tmp_path):
    with pytest.raises(NotFound):
        export_layer(filled, "illegal_buildings", tmp_path / "out.gpkg", PUBLIC)
    assert not (tmp_path / "out.gpkg").exists()


def test_the_public_gets_public_fields_without_who_changed_them(filled, tmp_path):
    export_layer(filled, "stall_clusters", tmp_path / "out.gpkg", PUBLIC)
    columns = set(read(tmp_path / "out.gpkg").columns)
    assert columns == {each.name for each in layer("stall_clusters").fields_for(PUBLIC)} | {"geometry"}
    assert not columns & {"updated_by", "updated_at"}


def test_code_lists_keep_their_values_and_references_show_names(filled, tmp_path):
    export_layer(filled, "stall_clusters", tmp_path / "out.geojson", PLANNER)
    first = read(tmp_path / "out.geojson").iloc[0]
    assert (first["kind"], first["division"], first["manager"]) == ("cluster", "木厂镇", "望城大队")
    assert (first["opens_at"], first["opened_on"]) == ("06:00:00", "2023-03-01")


@pytest.mark.parametrize("extension", [".csv", ".xlsx"])
def test_tables_have_chinese_headings_with_units(filled, tmp_path, extension):
    path = tmp_path / f"out{extension}"
    export_layer(filled, "illegal_buildings", path, PLANNER)
    if extension == ".csv":
        heading = path.read_text("utf-8-sig").splitlines()[0].split(",")
    else:
        heading = [each.value for each in openpyxl.load_workbook(path).active[1]]
    assert heading[:2] == ["编号", "状态"] and "面积（m²）" in heading and heading[-1] == "WKT"


@pytest.mark.parametrize("extension", sorted(EXTENSIONS - {".html"}))
def test_what_is_exported_can_be_imported_again(filled, tmp_path, extension):
    path = tmp_path / f"out{extension}"
    export_layer(filled, "stall_clusters", path, STAFF)
    wanted = "SELECT code, name, kind, opened_on, opens_at, capacity, ST_AsText(geom, 7) FROM stall_clusters ORDER BY 1"
    before = filled.execute(text(wanted)).all()
    filled.execute(text("DELETE FROM stall_clusters"))
    report = import_file(filled, "stall_clusters", path, "planner")
    assert report.imported == 2 and not [each for each in report.notes if "left out" in each.en]
    assert [row[:-1] for row in filled.execute(text(wanted))] == [row[:-1] for row in before]


def test_an_empty_layer_gives_a_file_with_its_columns(filled, tmp_path):
    assert export_layer(filled, "sewage_pipes", tmp_path / "out.csv", PLANNER) == 0
    assert (tmp_path / "out.csv").read_text("utf-8-sig").startswith("编号,级别,")


def test_an_exported_map_shows_titles_and_needs_no_network(filled, tmp_path):
    export_layer(filled, "illegal_buildings", tmp_path / "out.html", PLANNER)
    page = (tmp_path / "out.html").read_text("utf-8")
    assert "待现场核查" in page and "违法建设" in page
    assert 'src="http' not in page and 'href="http' not in page.replace('href="https://leafletjs.com', "")


def test_an_unknown_extension_is_refused_with_the_known_ones(filled, tmp_path):
    with pytest.raises(FormatUnknown, match="html"):
        export_layer(filled, "stall_clusters", tmp_path / "out.exe", PLANNER)
