"""The OGC doors as programs use them: over a real server's application, with a name and a password."""

from __future__ import annotations

import base64
import json

import geopandas as gpd
import morecantile
import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from api.ogc.collections import FILES
from api.ogc.tiles import _seen_by
from gis import formats
from layers import database, tiles
from layers.catalogue import LAYERS
from layers.people.rules import Role
from tests.api.conftest import PASSWORD

ROADS = "/ogc/collections/compounds/items"
SQUARE = [[[116.50, 31.74], [116.51, 31.74], [116.51, 31.75], [116.50, 31.75], [116.50, 31.74]]]
COMPOUND = {
    "type": "Feature",
    "geometry": {"type": "Polygon", "coordinates": SQUARE},
    "properties": {"code": "XQ-001", "name": "试验小区", "division": "望城街道", "households": 120},
}


def program(app, password) -> TestClient:
    """A planner's program: no cookie, basic authentication."""
    secret = base64.b64encode(f"planner:{password}".encode()).decode()
    return TestClient(app, base_url="http://testserver", headers={"Authorization": f"Basic {secret}"})


@pytest.fixture
def planner(app, as_role, settings) -> TestClient:
    """A planner's program, and the township its compounds lie in."""
    with database.session(settings.database_url) as session:
        session.execute(
            text(
                "INSERT INTO divisions (code, name, level, kind, parent_id, valid_from, geom)"
                " SELECT '341502001000', '望城街道', 'township', 'street', id, '2020-01-01', geom FROM divisions"
            )
        )
    as_role(None)
    return program(app, PASSWORD)


@pytest.fixture
def compound(planner) -> str:
    """The address of a compound that was written through the door."""
    answer = planner.post(ROADS, json=COMPOUND)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"].removeprefix("http://testserver")


def test_every_link_of_the_landing_page_leads_somewhere(planner):
    for each in planner.get("/ogc").json()["links"]:
        assert planner.get(each["href"]).status_code == 200, each


def test_every_link_of_every_collection_leads_somewhere(planner):
    found = planner.get("/ogc/collections").json()["collections"]
    assert {each["id"] for each in found} == {
        each.id for each in LAYERS if each.visible_to & {Role.PLANNER, Role.PUBLIC}
    }
    for each in found:
        for link in (link for link in each["links"] if not link.get("templated")):
            assert planner.get(link["href"]).status_code == 200, link


@pytest.mark.parametrize(
    "path", ["", "/collections", "/collections/compounds", "/collections/compounds/items"]
)
@pytest.mark.parametrize(("language", "word"), [("zh-CN", "打开地图"), ("en", "Open the map")])
def test_every_page_can_be_read_by_a_person(planner, compound, path, language, word):
    answer = planner.get(f"/ogc{path}", headers={"Accept": "text/html", "Accept-Language": language})
    assert answer.headers["content-type"].startswith("text/html")
    assert word in answer.text
    item = planner.get(compound, headers={"Accept": "text/html", "Accept-Language": language})
    assert "试验小区" in item.text


def test_a_page_shows_markup_as_text(planner, compound):
    planner.patch(compound, json={"properties": {"name": "<script>alert(1)</script>"}})
    shown = planner.get(f"{ROADS}?f=html").text
    assert "<script>" not in shown and "&lt;script&gt;" in shown


def test_a_filter_a_sort_and_a_choice_of_fields_go_together(planner, compound):
    query = {
        "filter": "households > 100 AND name LIKE '试验%'",
        "sortby": "-households",
        "properties": "code",
    }
    [found] = planner.get(ROADS, params=query).json()["features"]
    assert found["properties"] == {"code": "XQ-001", "version": 1}
    tree = json.dumps({"op": ">", "args": [{"property": "households"}, 200]})
    assert (
        planner.get(ROADS, params={"filter": tree, "filter-lang": "cql2-json"}).json()["numberMatched"] == 0
    )


@pytest.mark.parametrize(
    "query",
    ["filter=x%20%3D", "filter-lang=cql2-json&filter=" + "[" * 5000,
     "filter=a&filter-lang=sql", "bbox=1,2,3", "bbox=nan,1,2,3", "crs=EPSG:9999", "sortby=nonsense",
     "properties=nonsense", "after=zzz", "f=tiff", "nonsense=1", "offset-system=wgs84", "f=gpkg&offset-system=gcj02", "datetime=yesterday"],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_answered_400_in_both_languages(planner, query):
    layer = "stall_clusters" if query.startswith("datetime") else "compounds"
    answer = planner.get(f"/ogc/collections/{layer}/items?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["title_zh"] and answer.json()["title_en"]


def test_the_answer_names_its_reference_system(planner, compound):
    answer = planner.get(compound, params={"crs": "http://www.opengis.net/def/crs/EPSG/0/4548"})
    assert answer.headers["content-crs"] == "<http://www.opengis.net/def/crs/EPSG/0/4548>"
    north, east = answer.json()["geometry"]["coordinates"][0][0][0]
    assert 3_500_000 < north < 3_530_000 and 440_000 < east < 470_000


@pytest.mark.parametrize(("name", "metres"), [("gcj02", 530), ("bd09", 1190)])
def test_coordinates_for_web_maps_of_china_are_asked_for_by_name(planner, compound, name, metres):
    plain, moved = (
        planner.get(compound, params=query).json()["geometry"]["coordinates"][0][0][0]
        for query in ({}, {"offset-system": name})
    )
    apart = ((moved[0] - plain[0]) * 94_600) ** 2 + ((moved[1] - plain[1]) * 110_900) ** 2
    assert apart**0.5 == pytest.approx(metres, rel=0.1)


@pytest.mark.parametrize("form", FILES)
def test_all_that_matches_can_be_had_as_a_file(planner, compound, form, tmp_path):
    answer = planner.get(ROADS, params={"f": form, "filter": "code = 'XQ-001'"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == FILES[form][2]
    path = tmp_path / f"answer{FILES[form][1]}"
    path.write_bytes(answer.content)
    assert len(formats.read(path)) == 1


def test_a_file_comes_in_the_system_asked_for(planner, compound, tmp_path):
    path = tmp_path / "answer.gpkg"
    path.write_bytes(planner.get(ROADS, params={"f": "gpkg", "crs": "EPSG:4548"}).content)
    frame = gpd.read_file(path)
    assert frame.crs.to_epsg() == 4548
    assert frame.geometry.area.iloc[0] == pytest.approx(1_049_000, rel=0.01)


def test_a_feature_goes_through_its_whole_life(planner, compound):
    first = planner.get(compound)
    tag = first.headers["etag"]
    assert planner.get(compound, headers={"If-None-Match": tag}).status_code == 304
    changed = planner.patch(compound, json={"properties": {"households": 121}}, headers={"If-Match": tag})
    assert (changed.status_code, changed.headers["etag"]) == (204, '"2"')
    late = planner.put(compound, json=COMPOUND, headers={"If-Match": tag})
    assert late.status_code == 412
    assert planner.get(compound).json()["properties"]["households"] == 121
    assert planner.put(compound, json=COMPOUND, headers={"If-Match": '"2"'}).status_code == 204
    assert planner.get(compound).json()["properties"]["households"] == 120
    assert planner.delete(compound, headers={"If-Match": '"3"'}).status_code == 204
    assert planner.get(compound).status_code == 404


def test_a_feature_may_be_written_in_metres(planner, compound):
    metres = planner.get(compound, params={"crs": "EPSG:4548"}).json()
    metres["properties"]["code"] = "XQ-002"
    crs = {"Content-Crs": "<http://www.opengis.net/def/crs/EPSG/0/4548>"}
    made = planner.post(ROADS, json=metres, headers=crs)
    assert made.status_code == 201, made.text
    west, south, _, _ = planner.get(made.headers["location"]).json()["bbox"]
    assert (west, south) == pytest.approx((116.50, 31.74), abs=1e-6)


def test_what_does_not_fit_is_named_and_nothing_is_written(planner, compound):
    answer = planner.post(ROADS, json={**COMPOUND, "properties": {"code": "XQ-003", "nonsense": 1}})
    assert answer.status_code == 422
    assert "nonsense" in answer.json()["title_zh"] and "不能为空" in answer.json()["title_zh"]
    assert planner.get(ROADS).json()["numberMatched"] == 1


def test_a_tile_is_fresh_right_after_an_edit(app, planner, compound):
    tile = morecantile.tms.get("WebMercatorQuad").tile(116.505, 31.745, 14)
    address = f"/ogc/collections/compounds/tiles/WebMercatorQuad/14/{tile.y}/{tile.x}"
    with program(app, PASSWORD) as client:  # a lifespan of its own: the pool belongs to one event loop
        before = client.get(address)
        assert before.status_code == 200
        client.patch(compound, json={"properties": {"name": "改名后的小区"}})
        after = client.get(address, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert "改名后的小区".encode() in after.content


def test_nobody_and_those_without_the_role_write_nothing(app, as_role, planner, compound):
    assert as_role(None).post(ROADS, json=COMPOUND).status_code == 401
    crew = as_role(Role.CREW)
    assert crew.delete(compound).status_code == 403
    assert "POST" not in crew.options(ROADS).headers["allow"]
    assert "POST" in planner.options(ROADS).headers["allow"]
    assert "DELETE" in planner.options(compound).headers["allow"]


def test_no_suspicion_becomes_a_case_through_this_door(app, as_role, planner):
    boss = as_role(Role.ADMINISTRATOR)
    for name in ("candidates", "illegal_buildings", "cases"):
        answer = boss.post(f"/ogc/collections/{name}/items", json=COMPOUND)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_editable")


def test_a_wrong_password_is_refused_and_pauses_the_account(app, as_role, planner):
    planner.get(ROADS)  # a right one before does not help
    wrong = program(app, "wrong-horse")
    assert [wrong.get(ROADS).status_code for _ in range(6)] == [401] * 6


def test_a_schema_tells_what_may_be_written(planner):
    schema = planner.get("/ogc/collections/compounds/schema").json()
    assert schema["properties"]["updated_at"]["readOnly"]
    assert schema["properties"]["geom"]["format"] == "geometry-multipolygon"
    assert {"code", "name"} <= set(schema["required"])


def test_the_style_draws_from_the_tiles_of_its_layer(planner):
    style = planner.get("/ogc/collections/illegal_buildings/styles/default").json()
    assert style["version"] == 8
    assert {each["source"] for each in style["layers"]} == {"illegal_buildings"}
    told = planner.get("/ogc/collections/illegal_buildings/tiles/WebMercatorQuad?f=tilejson").json()
    assert style["sources"]["illegal_buildings"]["tiles"] == told["tiles"]
    shapes, points = told["vector_layers"]
    assert "_whole" in shapes["fields"]
    assert "_whole" not in points["fields"]
    assert "_whole" in points["description"]


def test_a_person_who_may_not_see_a_layer_is_told_so_on_a_page(as_role):
    answer = as_role(None).get(
        "/ogc/collections/candidates", headers={"Accept": "text/html", "Accept-Language": "zh"}
    )
    assert answer.status_code == 404
    assert "登录" in answer.text and answer.headers["content-type"].startswith("text/html")


def test_a_page_that_is_signed_in_gets_its_tiles_until_it_signs_out(app, planner, compound):
    address = "/ogc/collections/{}/tiles/WebMercatorQuad/8/104/210"
    with TestClient(app, base_url="http://testserver") as page:
        assert page.get(address.format("illegal_buildings")).status_code == 404
        assert page.get(address.format("compounds")).status_code in {200, 204}
        page.post("/api/session", json={"name": "planner", "password": PASSWORD})
        assert page.get(address.format("illegal_buildings")).status_code == 204
        assert page.get(address.format("nonsense")).status_code == 404
        page.delete("/api/session")
        assert page.get(address.format("illegal_buildings")).status_code == 404


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_tile_reads_the_same_packed_or_not(app, planner, compound, encoding):
    tile = morecantile.tms.get("WebMercatorQuad").tile(116.505, 31.745, 14)
    address = f"/ogc/collections/compounds/tiles/WebMercatorQuad/14/{tile.y}/{tile.x}"
    with TestClient(app, base_url="http://testserver", headers={"Accept-Encoding": encoding}) as client:
        answer = client.get(address)
        again = client.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert answer.headers.get("content-encoding", "identity") == encoding
    assert "试验小区".encode() in answer.content
    assert (again.status_code, again.headers["etag"], again.content) == (304, answer.headers["etag"], b"")


def test_a_release_that_makes_tiles_otherwise_is_not_answered_from_what_a_browser_kept(
    app, planner, compound, monkeypatch
):
    tile = morecantile.tms.get("WebMercatorQuad").tile(116.505, 31.745, 14)
    address = f"/ogc/collections/compounds/tiles/WebMercatorQuad/14/{tile.y}/{tile.x}"
    made = tiles.tile_sql
    with TestClient(app, base_url="http://testserver") as page:
        before = page.get(address).headers["etag"]
        monkeypatch.setattr(
            tiles, "tile_sql", lambda *given, **named: f"{made(*given, **named)} /* otherwise */"
        )
        _seen_by.cache_clear()
        after = page.get(address, headers={"If-None-Match": before})
    _seen_by.cache_clear()
    assert after.status_code == 200
    assert after.headers["etag"] != before


@pytest.mark.parametrize("demo", [True, False])
def test_pages_of_a_demo_say_that_its_data_are_synthetic(app, planner, demo):
    app.state.chengtu.settings.demo = demo
    for path in ("", "/collections/compounds", "/collections/compounds/items", "/collections/nonsense"):
        answer = planner.get(f"/ogc{path}", headers={"Accept": "text/html", "Accept-Language": "zh-CN"})
        assert ("<mark>演示数据</mark>" in answer.text) == demo


@pytest.mark.parametrize(("form", "begins"), [("xlsx", b"PK"), ("docx", b"PK"), ("html", b"<!doctype html>")])
def test_the_data_dictionary_comes_as_a_page_and_as_files(planner, form, begins):
    answer = planner.get("/ogc/dictionary", params={"f": form, "lang": "zh"})
    assert answer.status_code == 200
    assert answer.content.startswith(begins)
    assert ("attachment" in answer.headers.get("content-disposition", "")) == (form != "html")


def test_the_data_dictionary_of_a_stranger_names_no_layer_that_is_not_public(app):
    stranger = TestClient(app).get("/ogc/dictionary", params={"lang": "en"})
    assert stranger.status_code == 200
    for each in LAYERS:
        assert (f'id="{each.id}"' in stranger.text) == (Role.PUBLIC in each.visible_to)


def test_an_unknown_form_of_the_data_dictionary_is_refused_in_words(planner):
    answer = planner.get("/ogc/dictionary", params={"f": "pdf"})
    assert answer.status_code in {400, 422}
    assert "pdf" in answer.text or "html" in answer.text
