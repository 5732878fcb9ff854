"""The STAC API over flights, as imagery tools search it."""

from __future__ import annotations

import json
from datetime import date

import cql2
import pytest
from sqlalchemy import text

from api.stac.written import day_interval
from layers import database
from layers.people.rules import Role
from layers.storage import Storage

SQUARE = "POLYGON(({0} 31.7, {1} 31.7, {1} 31.8, {0} 31.8, {0} 31.7))"
FLIGHTS = (
    ("S20230312-001", "2023-03-12", 116.5),
    ("S20230618-001", "2023-06-18", 116.5),
    ("S20230620-001", "2023-06-20", 116.7),
)


@pytest.fixture
def flights(settings):
    """Three flights at two places, one of them with its files, and one that shows nothing yet."""
    with database.session(settings.database_url) as session:
        for code, day, west in FLIGHTS:
            session.execute(
                text(
                    "INSERT INTO surveys (code, name, flown_on, status, gsd_m, geom)"
                    " VALUES (:code, :code, :day, 'done', 0.1, ST_Multi(ST_GeomFromText(:shape, 4490)))"
                ),
                {"code": code, "day": day, "shape": SQUARE.format(west, west + 0.05)},
            )
        session.execute(
            text("INSERT INTO surveys (code, name, flown_on) VALUES ('S20230701-001', 'x', '2023-07-01')")
        )
        first = session.scalar(text("SELECT id FROM surveys WHERE code = 'S20230312-001'"))
    storage = Storage(settings.home)
    storage.survey(first).mkdir(parents=True)
    storage.cog(first, "ortho").write_bytes(bytes(range(256)) * 4)
    storage.pyramid(first).write_bytes(b"PMTiles")
    return first


def found(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["features"]]


def test_every_link_leads_somewhere_and_the_collection_says_where_and_when(flights, as_role):
    crew = as_role(Role.CREW)
    for each in crew.get("/stac").json()["links"]:
        if each.get("method") != "POST":
            assert crew.get(each["href"]).status_code == 200, each
    told = crew.get("/stac/collections/surveys").json()
    assert told["extent"]["spatial"]["bbox"] == [pytest.approx([116.5, 31.7, 116.75, 31.8])]
    assert told["extent"]["temporal"]["interval"][0][0] == "2023-03-12T00:00:00+08:00"
    for each in told["links"]:
        assert crew.get(each["href"]).status_code == 200, each


def test_flights_are_found_by_place_time_shape_and_name_the_latest_first(flights, as_role):
    crew = as_role(Role.CREW)
    everything = ["S20230620-001", "S20230618-001", "S20230312-001"]
    assert found(crew.get("/stac/search")) == everything
    assert found(crew.get("/stac/search", params={"bbox": "116.69,31.75,116.71,31.76"})) == everything[:1]
    assert (
        found(crew.get("/stac/search", params={"bbox": "116.69,31.75,0,116.71,31.76,99"})) == everything[:1]
    )
    assert found(crew.get("/stac/search", params={"datetime": "2023-06-01T00:00:00Z/.."})) == everything[:2]
    assert found(crew.get("/stac/search", params={"datetime": "2023-06-18T03:00:00Z"})) == everything[1:2]
    assert found(crew.get("/stac/search", params={"ids": "S20230312-001,none"})) == everything[2:]
    assert found(crew.get("/stac/search", params={"collections": "others"})) == []
    point = {"type": "Point", "coordinates": [116.52, 31.75]}
    assert found(crew.post("/stac/search", json={"intersects": point})) == everything[1:]
    both = {
        "intersects": point,
        "ids": ["S20230618-001"],
        "datetime": "2023-01-01T00:00:00Z/2023-12-31T00:00:00Z",
    }
    assert found(crew.post("/stac/search", json=both)) == everything[1:2]
    assert found(crew.post("/stac/search", json={"ids": []})) == []


@pytest.mark.parametrize("post", [False, True])
def test_pages_follow_each_other_without_gap_or_repeat(flights, as_role, post):
    crew = as_role(Role.CREW)
    answer = crew.post("/stac/search", json={"limit": 1}) if post else crew.get("/stac/search?limit=1")
    seen = []
    for _ in range(9):
        seen += found(answer)
        following = next((each for each in answer.json()["links"] if each["rel"] == "next"), None)
        if following is None:
            break
        answer = crew.post(following["href"], json=following["body"]) if post else crew.get(following["href"])
    assert seen == ["S20230620-001", "S20230618-001", "S20230312-001"]


FILTERS = {
    "title LIKE '%001' AND gsd <= 0.1": [0, 1, 2],
    "id = 'S20230312-001'": [2],
    "datetime >= DATE('2023-06-18')": [0, 1],
    "datetime > TIMESTAMP('2023-06-18T00:00:00+08:00')": [0],
    "T_DURING(datetime, INTERVAL('2023-06-01', '2023-06-19'))": [1],
    "S_INTERSECTS(geometry, POINT(116.52 31.75)) AND collection = 'surveys'": [1, 2],
    "collection = 'others'": [],
    "\"chengtu:status\" <> 'done' OR properties.gsd > 1": [],
}


@pytest.mark.parametrize(("asked", "expected"), FILTERS.items())
def test_flights_are_filtered_by_their_properties_however_it_is_asked(flights, as_role, asked, expected):
    crew = as_role(Role.CREW)
    wanted = [("S20230620-001", "S20230618-001", "S20230312-001")[each] for each in expected]
    tree = cql2.parse_text(asked).to_json()
    for door in ("/stac/search", "/stac/collections/surveys/items"):
        assert found(crew.get(door, params={"filter": asked})) == wanted
        as_json = {"filter": json.dumps(tree), "filter-lang": "cql2-json"}
        assert found(crew.get(door, params=as_json)) == wanted
    assert found(crew.post("/stac/search", json={"filter": tree, "filter-lang": "cql2-json"})) == wanted
    assert found(crew.post("/stac/search", json={"filter": asked, "filter-lang": "cql2-text"})) == wanted
    within = {"filter": tree, "bbox": [116.69, 31.75, 116.71, 31.76]}
    assert found(crew.post("/stac/search", json=within)) == [
        each for each in wanted if each == "S20230620-001"
    ]


@pytest.mark.parametrize("post", [False, True])
def test_flights_are_sorted_as_asked_and_pages_keep_the_order(flights, as_role, post):
    crew = as_role(Role.CREW)
    by = [{"field": "gsd", "direction": "desc"}, {"field": "properties.datetime"}]
    asked = {"sortby": by, "limit": 2} if post else {"sortby": "-gsd,+properties.datetime", "limit": 2}
    answer = crew.post("/stac/search", json=asked) if post else crew.get("/stac/search", params=asked)
    assert found(answer) == ["S20230312-001", "S20230618-001"]
    (following,) = (each for each in answer.json()["links"] if each["rel"] == "next")
    rest = crew.post(following["href"], json=following["body"]) if post else crew.get(following["href"])
    assert found(rest) == ["S20230620-001"]
    descending = crew.get("/stac/search", params={"sortby": "-id"})
    assert found(descending) == ["S20230620-001", "S20230618-001", "S20230312-001"]


def test_what_filters_may_name_is_said_and_can_be_named(flights, as_role):
    crew = as_role(Role.CREW)
    told = crew.get("/stac/collections/surveys/queryables")
    assert told.headers["content-type"] == "application/schema+json"
    names = set(told.json()["properties"])
    assert names == set(crew.get("/stac/queryables").json()["properties"])
    assert {"id", "datetime", "gsd", "collection", "geometry", "chengtu:status"} <= names
    for each in names - {"geometry"}:
        assert found(crew.get("/stac/search", params={"filter": f'"{each}" IS NULL'})) is not None
    assert as_role(None).get("/stac/queryables").json()["properties"] == {}
    assert as_role(None).get("/stac/collections/surveys/queryables").status_code == 404


def test_an_item_has_the_files_that_are_there_and_a_part_of_one_can_be_read(flights, as_role):
    crew = as_role(Role.CREW)
    item = crew.get("/stac/collections/surveys/items/S20230312-001").json()
    assert (item["properties"]["datetime"], item["properties"]["gsd"]) == (None, 0.1)
    assert set(item["assets"]) == {"ortho"}
    assert [each["href"] for each in item["links"] if each["rel"] == "xyz"] == [
        f"http://testserver/imagery/{flights}/{{z}}/{{x}}/{{y}}.webp"
    ]
    part = crew.get(item["assets"]["ortho"]["href"], headers={"Range": "bytes=256-259"})
    assert (part.status_code, part.content) == (206, bytes([0, 1, 2, 3]))
    head = crew.head(item["assets"]["ortho"]["href"])
    assert (head.status_code, head.headers["content-length"], head.content) == (200, "1024", b"")
    bare = crew.get("/stac/collections/surveys/items/S20230618-001").json()
    assert bare["assets"] == {}
    assert crew.get("/stac/collections/surveys/items/S20230701-001").status_code == 404


def test_a_stranger_sees_a_catalogue_without_flights_and_no_file(flights, as_role):
    stranger = as_role(None)
    assert not [each for each in stranger.get("/stac").json()["links"] if each["rel"] == "child"]
    assert stranger.get("/stac/collections").json()["collections"] == []
    assert found(stranger.get("/stac/search")) == []
    assert stranger.get("/stac/collections/surveys").status_code == 404
    assert stranger.get("/stac/collections/surveys/items/S20230312-001").status_code == 404
    assert stranger.get(f"/imagery/{flights}/ortho.tif").status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"bbox": [False, 0, 0, 0]},
        {"bbox": [1, 2, 3]}, {"bbox": [3, 2, 1, 4]}, {"bbox": [1, 2, 3, 4, 5]}, {"limit": 0}, {"token": "nonsense"},
        {"datetime": "yesterday"}, {"intersects": {"type": "Blob"}}, {"query": {}},
        {"filter": "gsd <"}, {"filter": "flown_on = DATE('2023-06-18')"}, {"filter": "gsd = 'x'"}, {"filter": 7},
        {"filter": {"op": "=", "args": [{"property": 7}, 1]}}, {"filter": "true", "filter-lang": "sql"},
        {"filter": "gsd = 1", "filter-crs": "EPSG:4326"}, {"sortby": [{"field": "geometry"}]},
        {"sortby": [{"field": "id", "direction": "up"}]}, {"sortby": "-id"},
        {"bbox": [1, 2, 3, 4], "intersects": {"type": "Point", "coordinates": [1, 2]}},
    ],
)  # fmt: skip
def test_a_search_that_cannot_be_read_is_refused_in_words(flights, as_role, wrong):
    answer = as_role(Role.CREW).post("/stac/search", json=wrong)
    assert answer.status_code in {400, 422}, answer.text
    assert answer.json()["error"]["zh"] if "error" in answer.json() else answer.json()


@pytest.mark.parametrize(
    "wrong",
    [
        {"ids": "0" * 101},
        {"collections": "0" * 101},
        {"bbox": "1,2,3"},
        {"bbox": "a,b,c,d"},
        {"sortby": "-" + "0" * 101},
        {"sortby": "-forced_by"},
        {"filter": "forced_reason IS NULL"},
        {"filter": "(" * 100 + "1 = 1" + ")" * 100},
        {"filter": "{", "filter-lang": "cql2-json"},
    ],
)
def test_an_address_that_asks_too_much_is_refused_in_words(flights, as_role, wrong):
    answer = as_role(Role.CREW).get("/stac/search", params=wrong)
    assert answer.status_code == 400, answer.text
    assert as_role(Role.CREW).get("/stac/collections/surveys/items/" + "0" * 101).status_code == 400


def test_the_search_says_which_ways_it_can_be_asked(as_role):
    answer = as_role(None).options("/stac/search")
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")


def test_a_day_of_a_flight_is_a_day_in_china():
    assert day_interval(date(2023, 6, 18)) == ("2023-06-18T00:00:00+08:00", "2023-06-18T23:59:59+08:00")
