from __future__ import annotations

import sqlite3
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from geopandas import GeoDataFrame
from geopandas.testing import assert_geoseries_equal
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.crs import to_metres
from gis.formats import READABLE, WRITABLE, read, read_as_given, read_in_batches, refused, write

KEPT = sorted(WRITABLE)
PLACE = (116.52, 31.75)
without_crs = pytest.mark.filterwarnings("ignore:'crs' was not provided")
# no control characters, no surrogates, no blanks at the ends (a spreadsheet drops those)
WORDS = st.text(st.characters(codec="gb18030", exclude_categories=("C", "Z")), min_size=1, max_size=12)
NUMBERS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda each: round(each, 3))


def polygons(*, crs: str = "EPSG:4490") -> GeoDataFrame:
    shapes = [shapely.box(116.5, 31.7, 116.51, 31.71), shapely.box(116.52, 31.7, 116.53, 31.71)]
    columns = {"code": ["A-001", "A-002"], "title": ["皋陶小学", "青峰路北侧"], "area_m2": [12.5, None]}
    return GeoDataFrame(columns, geometry=shapes, crs="EPSG:4490").to_crs(crs)


def points(texts: list[str], numbers: list[float]) -> GeoDataFrame:
    places = shapely.points(np.linspace(116.3, 116.9, len(texts)), np.linspace(31.3, 31.9, len(texts)))
    return GeoDataFrame({"word": texts, "figure": numbers}, geometry=places, crs="EPSG:4490")


def rows_of(frame: GeoDataFrame, column: str) -> dict[str, float | None]:
    """A number column by a text column, whatever the order and the type the format keeps numbers in."""
    values = pd.to_numeric(frame[column]).astype(float)
    return {key: None if np.isnan(each) else each for key, each in zip(frame["code"], values, strict=True)}


@pytest.mark.parametrize("extension", KEPT)
def test_what_is_written_is_read_again(tmp_path, extension):
    path = tmp_path / f"图层{extension}"
    write(polygons(), path)
    again = read(path).sort_values("code").reset_index(drop=True)
    assert again.crs == "EPSG:4490"
    assert again["title"].tolist() == ["皋陶小学", "青峰路北侧"]
    assert rows_of(again, "area_m2") == {"A-001": 12.5, "A-002": None}
    flat = again.geometry.force_2d().normalize()
    assert_geoseries_equal(
        flat, polygons().geometry.normalize(), check_less_precise=True, check_geom_type=False
    )
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


@pytest.mark.parametrize("extension", KEPT)
def test_batches_together_are_the_whole_file(tmp_path, extension):
    path = tmp_path / f"t{extension}"
    write(points([f"词{number}" for number in range(7)], [number / 2 for number in range(7)]), path)
    whole, batches = read_as_given(path), list(read_in_batches(path, 3))
    assert [len(each) for each in batches] == [3, 3, 1]
    assert [row for each in batches for row in each.index] == whole.index.tolist()
    assert all(each.crs == whole.crs for each in batches)
    for column in ("word", "figure"):
        assert [value for each in batches for value in each[column]] == whole[column].tolist()
    assert [place.wkb for each in batches for place in each.geometry] == [e.wkb for e in whole.geometry]


@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
def test_texts_of_a_shapefile_are_the_same_in_batches(tmp_path, encoding):
    (frame,) = read_in_batches(shapefile(tmp_path, encoding, cpg="nonsense"), 10)
    assert frame["名称"].tolist() == ["皋陶小学", "联通营业厅"]


@without_crs
def test_a_batch_without_crs_or_without_any_place_is_refused_as_the_whole_is(tmp_path):
    bare = GeoDataFrame({"a": [1]}, geometry=[shapely.Point(PLACE)])
    pyogrio.write_dataframe(bare, tmp_path / "bare.gpkg", driver="GPKG")
    with pytest.raises(refused.FormatNoCrs, match=r"116\.52"):
        list(read_in_batches(tmp_path / "bare.gpkg", 10))
    nowhere = GeoDataFrame({"a": [1]}, geometry=[None], crs="EPSG:4490")
    pyogrio.write_dataframe(nowhere, tmp_path / "nowhere.gpkg", driver="GPKG", geometry_type="Point")
    with pytest.raises(refused.FormatNoPlace):
        list(read_in_batches(tmp_path / "nowhere.gpkg", 10))


@pytest.mark.parametrize("extension", sorted(WRITABLE - {".shp", ".zip"}))
@settings(max_examples=8, deadline=None)
@given(rows=st.lists(st.tuples(WORDS, NUMBERS), min_size=1, max_size=5))
def test_any_text_and_number_survive(extension, rows):
    texts, numbers = [list(each) for each in zip(*rows, strict=True)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"t{extension}"
        write(points(texts, numbers), path)
        again = read(path).sort_values("figure", key=lambda each: each.astype(float), kind="stable")
    expected = sorted(zip(texts, numbers, strict=True), key=lambda each: each[1])
    assert sorted(zip(again["word"], again["figure"].astype(float), strict=True)) == sorted(expected)


@settings(max_examples=8, deadline=None)
@given(place=st.tuples(st.floats(116.2, 117.0), st.floats(31.2, 32.1)))
@pytest.mark.parametrize("extension", [".gpkg", ".csv", ".zip"])
def test_a_place_survives_being_written_in_metres(extension, place):
    frame = GeoDataFrame({"code": ["A1"]}, geometry=[shapely.Point(place)], crs="EPSG:4490")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"t{extension}"
        write(frame, path, crs="EPSG:4548")
        assert read_as_given(path).crs.to_epsg() in {4548, None}
        again = read(path).geometry.iloc[0]
    assert to_metres(again).distance(to_metres(frame.geometry.iloc[0])) < 0.001


def shapefile(folder: Path, encoding: str, *, cpg: str | None = None) -> Path:
    """A shapefile whose .dbf is in an encoding, with a .cpg that says ``cpg`` or with none."""
    path = folder / "小区.shp"
    frame = GeoDataFrame(
        {"名称": ["皋陶小学", "联通营业厅"]}, geometry=[shapely.Point(PLACE)] * 2, crs="EPSG:4490"
    )
    pyogrio.write_dataframe(frame, path, driver="ESRI Shapefile", encoding=encoding)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    return path


@pytest.mark.parametrize("cpg", [None, "GBK", "936", "UTF-8", "nonsense"])
def test_a_gbk_shapefile_is_read_whatever_its_cpg_says(tmp_path, cpg):
    frame = read(shapefile(tmp_path, "GBK", cpg=cpg))
    assert frame["名称"].tolist() == ["皋陶小学", "联通营业厅"]


@pytest.mark.parametrize("cpg", [None, "UTF-8", "65001"])
def test_a_utf8_shapefile_is_read_with_and_without_cpg(tmp_path, cpg):
    assert read(shapefile(tmp_path, "UTF-8", cpg=cpg))["名称"].tolist() == ["皋陶小学", "联通营业厅"]


def test_a_zip_packed_on_chinese_windows_is_read(tmp_path):
    loose = shapefile(tmp_path, "GBK")
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for part in (".shp", ".shx", ".dbf", ".prj"):
            entry = zipfile.ZipInfo(f"小区{part}".encode("gbk").decode("cp437"))
            archive.writestr(entry, loose.with_suffix(part).read_bytes())
    assert len(read(packed)) == 2


def test_a_zip_with_two_shapefiles_wants_a_choice(tmp_path):
    for name in ("east", "west"):
        write(points([name], [1.0]), tmp_path / f"{name}.shp")
    packed = tmp_path / "two.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for part in sorted(tmp_path.glob("[ew]*st.*")):
            archive.write(part, f"in/{part.name}")
    with pytest.raises(refused.FormatLayers) as said:
        read(packed)
    assert "east" in said.value.message_zh and "west" in said.value.message_en
    assert read(packed, layer="west")["word"].tolist() == ["west"]


def test_several_layers_without_a_choice_are_refused_with_their_names(tmp_path):
    path = tmp_path / "t.gpkg"
    for name in ("pipes", "manholes"):
        pyogrio.write_dataframe(polygons(), path, layer=name, append=path.exists())
    with pytest.raises(refused.FormatLayers, match="pipes"):
        read(path)
    with pytest.raises(refused.FormatLayers):
        read(path, layer="wells")
    assert len(read(path, layer="pipes")) == 2


def test_a_table_of_styles_is_no_layer(tmp_path):
    path = tmp_path / "t.gpkg"
    write(polygons(), path)
    pyogrio.write_dataframe(pd.DataFrame({"style": ["x"]}), path, layer="layer_styles", append=True)
    assert len(read(path)) == 2


def test_long_column_names_stay_apart_in_a_shapefile(tmp_path):
    long = {"downstream_invert_m": [1.0, 2.0], "downstream_invert_x": [3.0, 4.0], "下游管底高程": [5.0, 6.0]}
    frame = polygons().assign(**long)
    write(frame, tmp_path / "t.shp")
    again = read(tmp_path / "t.shp")
    assert {"downstream", "downstre_1", "下游管"} <= set(again.columns)


@pytest.mark.parametrize(
    "heading",
    ["lon,lat", "经度,纬度", "LNG , Latitude", "经度（°）,纬度（°）"],
)
def test_degrees_are_found_under_any_usual_heading(tmp_path, heading):
    (tmp_path / "t.csv").write_text(f"code,{heading}\nA1,{PLACE[0]},{PLACE[1]}\n", encoding="utf-8")
    frame = read(tmp_path / "t.csv")
    assert frame.geometry.iloc[0].coords[0] == PLACE
    assert list(frame.columns) == ["code", "geometry"]


@pytest.mark.parametrize(("east", "epsg"), [("454520", 4548), ("39454520", 4527), ("38454520", 4526)])
def test_metres_are_read_in_the_zone_that_their_easting_names(tmp_path, east, epsg):
    (tmp_path / "t.csv").write_text(f"编号;E;N\nA1;{east};3514232\n", encoding="gbk")
    frame = read_as_given(tmp_path / "t.csv")
    assert frame.crs == f"EPSG:{epsg}"
    if epsg != 4526:
        assert read(tmp_path / "t.csv").geometry.iloc[0].coords[0] == pytest.approx(PLACE, abs=1e-4)


def test_metres_of_no_known_system_have_no_crs(tmp_path):
    (tmp_path / "t.csv").write_text("code,E,N\nA1,1200,3400\n")
    with pytest.raises(refused.FormatNoCrs, match="1200"):
        read(tmp_path / "t.csv")


def test_wkt_may_name_its_crs(tmp_path):
    (tmp_path / "t.csv").write_text('code,WKT\nA1,"SRID=4548;POINT (454520 3514232)"\nA2,\n')
    frame = read(tmp_path / "t.csv")
    assert frame.geometry.iloc[0].coords[0] == pytest.approx(PLACE, abs=1e-4)
    assert frame.geometry.iloc[1] is None
    assert frame.index.tolist() == [2, 3]


def test_rows_are_numbered_as_the_table_shows_them(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (("编号", "经度", "纬度"), ("007", *PLACE), (None, None, None), ("008", *PLACE)):
        sheet.append(row)
    book.save(tmp_path / "t.xlsx")
    frame = read(tmp_path / "t.xlsx")
    assert frame.index.tolist() == [2, 4]
    assert frame["编号"].tolist() == ["007", "008"]


def test_two_filled_sheets_want_a_choice(tmp_path):
    book = openpyxl.Workbook()
    for title in ("一", "二"):
        sheet = book.create_sheet(title)
        sheet.append(("code", "lon", "lat"))
        sheet.append((title, *PLACE))
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(refused.FormatLayers, match="一"):
        read(tmp_path / "t.xlsx")
    assert read(tmp_path / "t.xlsx", layer="二")["code"].tolist() == ["二"]


@pytest.mark.parametrize("extension", [".csv", ".xlsx"])
def test_no_text_leaves_as_a_formula(tmp_path, extension):
    path = tmp_path / f"t{extension}"
    bad = ['=HYPERLINK("http://x")', "+1", "@SUM(A1)", "-2", "'plain"]
    write(points(bad, [1.0] * 5), path)
    if extension == ".csv":
        assert all(f"'{each[0]}" in path.read_text("utf-8-sig") for each in bad[:4])
    else:
        cells = openpyxl.load_workbook(path).active["A"]
        assert all(each.data_type == "s" for each in cells)
    assert read(path)["word"].tolist() == bad


@without_crs
def test_a_drawing_in_metres_is_read_in_the_zone_of_its_eastings(tmp_path):
    path = tmp_path / "t.dxf"
    frame = GeoDataFrame(
        {"Layer": ["建筑"]}, geometry=[shapely.LineString([(39454520, 3514232), (39454530, 3514240)])]
    )
    pyogrio.write_dataframe(frame, path, driver="DXF")
    drawn = read(path)
    assert drawn.crs == "EPSG:4490"
    assert drawn.geometry.iloc[0].coords[0] == pytest.approx(PLACE, abs=1e-4)


@without_crs
def test_a_local_drawing_is_refused_for_its_missing_crs(tmp_path):
    path = tmp_path / "t.dxf"
    frame = GeoDataFrame({"Layer": ["0"]}, geometry=[shapely.LineString([(0, 0), (10, 10)])])
    pyogrio.write_dataframe(frame, path, driver="DXF")
    with pytest.raises(refused.FormatNoCrs):
        read(path)


@pytest.mark.parametrize("name", ["t.tif", "t.vrt", "t.gml", "t", "t.gpkg.exe"])
def test_an_unknown_extension_is_refused_with_the_known_ones(tmp_path, name):
    (tmp_path / name).write_text("x")
    with pytest.raises(refused.FormatUnknown, match="gpkg"):
        read(tmp_path / name)
    with pytest.raises(refused.FormatUnknown):
        write(polygons(), tmp_path / name)


@pytest.mark.parametrize("extension", sorted(READABLE - {".shp"}))
@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02 nothing of the kind", b"SQLite format 3\x00cut", b"PK\x03\x04cut"]
)
def test_a_damaged_file_is_refused_with_a_sentence(tmp_path, extension, content):
    path = tmp_path / f"t{extension}"
    path.write_bytes(content)
    with pytest.raises(refused.FormatRefused) as said:
        read(path)
    assert "t" + extension in said.value.message_zh and "t" + extension in said.value.message_en


@pytest.mark.parametrize("extension", sorted(WRITABLE - {".shp", ".csv", ".geojsonl", ".geojsons"}))
def test_a_file_cut_short_is_refused_or_read_without_invented_rows(tmp_path, extension):
    path = tmp_path / f"t{extension}"
    write(polygons(), path)
    path.write_bytes(path.read_bytes()[:-200])
    try:
        assert len(read(path)) <= 2
    except refused.FormatRefused as said:
        assert said.message_zh


def test_an_absent_file_is_refused(tmp_path):
    with pytest.raises(refused.FormatUnreadable, match="no such file"):
        read(tmp_path / "none.gpkg")


@pytest.mark.parametrize("address", ["/vsicurl/http://127.0.0.1:9/x.gpkg", "/vsizip/a.zip/b.geojson"])
def test_an_address_of_gdal_is_no_file(address):
    with pytest.raises(refused.FormatRefused):
        read(Path(address))


VRT = '<OGRVRTDataSource><OGRVRTLayer name="t"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'


@pytest.mark.parametrize("extension", sorted(READABLE - {".shp", ".zip", ".kmz", ".xlsx"}))
@pytest.mark.parametrize("prefix", ["", "\n\n", '{"type": "FeatureCollection", "name": "'])
def test_a_vrt_under_any_name_is_never_followed(tmp_path, extension, prefix):
    write(polygons(), tmp_path / "secret.gpkg")
    path = tmp_path / f"t{extension}"
    path.write_text(prefix + VRT.format(tmp_path / "secret.gpkg"))
    with pytest.raises(refused.FormatRefused):
        read(path)


def test_a_geojson_that_asks_for_a_pipeline_is_refused(tmp_path):
    (tmp_path / "t.geojson").write_text('{"type": "gdal_streamed_alg", "command_line": "gdal vector read x"}')
    with pytest.raises(refused.FormatHostile):
        read(tmp_path / "t.geojson")


def test_a_geopackage_whose_schema_reaches_out_is_refused(tmp_path):
    path = tmp_path / "t.gpkg"
    write(polygons(), path)
    with sqlite3.connect(path) as held:
        held.execute("CREATE VIEW spy AS SELECT ogr_geocode('x') AS geom")
    held.close()
    with pytest.raises(refused.FormatHostile, match="ogr_geocode"):
        read(path)


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("gis.formats.staging.MOST_UNPACKED", 1000)
    with zipfile.ZipFile(tmp_path / "t.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.shp", b"\0" * 100_000)
    with pytest.raises(refused.FormatBomb):
        read(tmp_path / "t.zip")


def test_a_name_that_climbs_out_of_the_archive_is_harmless(tmp_path):
    write(points(["x"], [1.0]), tmp_path / "t.shp")
    packed = tmp_path / "deep" / "t.zip"
    packed.parent.mkdir()
    with zipfile.ZipFile(packed, "w") as archive:
        for part in (".shp", ".shx", ".dbf", ".prj"):
            archive.write(tmp_path / f"t{part}", f"../../outside{part}")
    assert len(read(packed)) == 1
    assert not list(tmp_path.glob("outside*"))


@pytest.mark.parametrize("extension", [".gpkg", ".fgb", ".geojson"])
def test_a_file_without_features_is_refused_with_a_sentence(tmp_path, extension):
    write(polygons().iloc[:0], tmp_path / f"t{extension}")
    with pytest.raises(refused.FormatEmpty, match="not one feature"):
        read(tmp_path / f"t{extension}")


@without_crs
def test_a_file_without_crs_is_refused_with_a_sentence(tmp_path):
    pyogrio.write_dataframe(polygons().set_crs(None, allow_override=True), tmp_path / "t.shp")
    with pytest.raises(refused.FormatNoCrs) as said:
        read(tmp_path / "t.shp")
    assert "坐标系" in said.value.message_zh and "116.5" in said.value.message_en


def test_a_table_without_places_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "t.csv").write_text("code,name\nA1,x\n")
    with pytest.raises(refused.FormatNoPlace, match="lon and lat"):
        read(tmp_path / "t.csv")


def test_a_shapefile_without_its_parts_is_refused_with_their_names(tmp_path):
    write(polygons(), tmp_path / "t.shp")
    (tmp_path / "t.dbf").unlink()
    with pytest.raises(refused.FormatIncomplete, match=r"\.dbf"):
        read(tmp_path / "t.shp")


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "t.gpkg"
    write(polygons(), path)
    before = path.read_bytes()

    def full(*_given, **_named):
        raise OSError("disk full")

    monkeypatch.setattr(pyogrio, "write_dataframe", full)
    with pytest.raises(OSError, match="disk full"):
        write(polygons(), path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["t.gpkg"]


def test_swapped_degrees_are_given_as_they_stand(tmp_path):
    (tmp_path / "t.csv").write_text(f"code,lon,lat\nA1,{PLACE[1]},{PLACE[0]}\n")
    assert read(tmp_path / "t.csv").geometry.iloc[0].coords[0] == PLACE[::-1]


def test_another_crs_is_brought_to_cgcs2000(tmp_path):
    write(polygons(), tmp_path / "t.gpkg", crs="EPSG:3857")
    again, wanted = read(tmp_path / "t.gpkg").reset_index(drop=True), polygons()
    assert_geoseries_equal(
        again.geometry.normalize(),
        wanted.geometry.normalize(),
        check_less_precise=True,
        check_geom_type=False,
    )
