"""History through the doors: past states, what differs, restoring."""

from __future__ import annotations

from datetime import UTC, datetime

import morecantile
import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from layers import database
from layers.people.rules import Role

ITEMS = "/ogc/collections/compounds/items"
SQUARE = [[[116.50, 31.74], [116.51, 31.74], [116.51, 31.75], [116.50, 31.75], [116.50, 31.74]]]
COMPOUND = {
    "type": "Feature",
    "geometry": {"type": "Polygon", "coordinates": SQUARE},
    "properties": {"code": "XQ-001", "name": "试验小区", "division": "望城街道", "households": 120},
}
AT = morecantile.tms.get("WebMercatorQuad").tile(116.505, 31.745, 14)
TILE = f"/ogc/collections/compounds/tiles/WebMercatorQuad/14/{AT.y}/{AT.x}"


@pytest.fixture
def planner(as_role, settings):
    with database.session(settings.database_url) as session:
        session.execute(
            text(
                "INSERT INTO divisions (code, name, level, kind, parent_id, valid_from, geom)"
                " SELECT '341502001000', '望城街道', 'township', 'street', id, '2020-01-01', geom FROM divisions"
            )
        )
    return as_role(Role.PLANNER)


@pytest.fixture
def compound(planner):
    """The id of a compound that was renamed, and the instant between."""
    made = planner.post(ITEMS, json=COMPOUND)
    assert made.status_code == 201, made.text
    feature = int(made.headers["location"].rsplit("/", 1)[1])
    between = datetime.now(UTC).isoformat()
    answer = planner.patch(f"{ITEMS}/{feature}", json={"properties": {"name": "新名"}})
    assert answer.status_code == 204
    return feature, between


def test_a_layer_is_read_as_it_was_and_the_answer_says_so(planner, compound):
    feature, between = compound
    now = planner.get(ITEMS)
    assert "asOf" not in now.json() and "memento-datetime" not in now.headers
    then = planner.get(ITEMS, params={"as-of": between})
    assert then.json()["features"][0]["properties"]["name"] == "试验小区"
    assert datetime.fromisoformat(then.json()["asOf"]) == datetime.fromisoformat(between)
    assert then.headers["memento-datetime"].endswith("GMT")
    one = planner.get(f"{ITEMS}/{feature}", params={"as-of": between})
    assert (one.json()["properties"]["version"], one.headers.get("etag")) == (1, None)
    assert planner.get(ITEMS, params={"as-of": "2020-01-01"}).json()["features"] == []
    assert planner.get(f"{ITEMS}/{feature}", params={"as-of": "2020-01-01"}).status_code == 404


def test_the_links_of_a_past_page_stay_in_the_past(planner, compound):
    second = {**COMPOUND, "properties": {**COMPOUND["properties"], "code": "XQ-002"}}
    planner.post(ITEMS, json=second)
    first = planner.get(ITEMS, params={"limit": 1})
    following = next(each["href"] for each in first.json()["links"] if each["rel"] == "next")
    assert "as-of" not in following
    page = planner.get(ITEMS, params={"limit": 1, "as-of": datetime.now(UTC).isoformat()}).json()
    following = next(each["href"] for each in page["links"] if each["rel"] == "next")
    assert planner.get(following).json()["asOf"] == page["asOf"]


def test_a_past_state_is_a_file_too(planner, compound):
    _, between = compound
    answer = planner.get(ITEMS, params={"as-of": between, "f": "csv"})
    assert "试验小区" in answer.content.decode("utf-8-sig") and "新名" not in answer.content.decode(
        "utf-8-sig"
    )


def test_a_tile_is_drawn_as_it_was(app, planner, compound):
    _, between = compound
    with TestClient(app, base_url="http://testserver") as page:  # the pool belongs to one event loop

        def drawn(params=None):
            answer = page.get(TILE, params=params)
            return answer.status_code, answer.content, answer.headers.get("etag")

        now, then = drawn(), drawn({"as-of": between})
        assert "新名".encode() in now[1] and "试验小区".encode() not in now[1]
        assert "试验小区".encode() in then[1] and then[2] != now[2]
        assert drawn({"as-of": between}) == then
        assert drawn({"as-of": "2020-01-01"})[0] == 204


def test_what_is_no_instant_is_refused_in_both_languages(planner):
    answer = planner.get(ITEMS, params={"as-of": "last week"})
    assert answer.status_code == 400 and answer.json()["code"] == "query_refused"
    assert "last week" in answer.json()["title_zh"] and "last week" in answer.json()["title_en"]


def test_two_versions_are_compared(planner, compound):
    feature, _ = compound
    found = planner.get(
        f"/api/layers/compounds/{feature}/difference", params={"before": 1, "after": 2}
    ).json()
    assert [(each["field"], each["before"], each["after"]) for each in found["changes"]] == [
        ("name", "试验小区", "新名")
    ]
    assert found["before"]["geometry"] == found["after"]["geometry"]


def test_a_layer_is_compared_between_two_instants(planner, compound):
    feature, between = compound
    params = {"since": between, "until": datetime.now(UTC).isoformat()}
    found = planner.get("/api/layers/compounds/difference", params=params).json()
    assert (found["appeared"], found["changed"], found["gone"], found["next"]) == (0, 1, 0, None)
    assert (found["features"][0]["id"], found["features"][0]["name"]) == (feature, "新名")
    params["since"] = "2020-01-01"
    assert planner.get("/api/layers/compounds/difference", params=params).json()["appeared"] == 1


def test_a_version_is_restored_by_editors_who_saw_the_newest(planner, as_role, compound):
    feature, _ = compound
    act = f"/api/layers/compounds/{feature}/restore"
    assert planner.post(act, json={"version": 1}, headers={"If-Match": '"1"'}).status_code == 412
    assert as_role(None).post(act, json={"version": 1}).status_code == 401
    assert as_role(Role.CREW).post(act, json={"version": 1}).status_code == 403
    answer = planner.post(act, json={"version": 1}, headers={"If-Match": '"2"'})
    assert (answer.status_code, answer.json(), answer.headers["etag"]) == (
        200,
        {"id": feature, "version": 3},
        '"3"',
    )
    assert planner.get(f"{ITEMS}/{feature}").json()["properties"]["name"] == "试验小区"
    newest = planner.get(f"/api/layers/compounds/{feature}/history").json()[0]
    assert (newest["version"], newest["actor"]) == (3, "planner")


def test_a_deleted_feature_is_restored_and_what_is_in_its_way_is_said(planner, compound):
    feature, _ = compound
    act = f"/api/layers/compounds/{feature}/restore"
    planner.delete(f"{ITEMS}/{feature}")
    assert planner.post(ITEMS, json=COMPOUND).status_code == 201  # takes the code
    refused = planner.post(act, json={"version": 2})
    assert refused.status_code == 422 and "has it already" in refused.json()["title_en"]
    other = planner.get(ITEMS).json()["features"][0]["id"]
    planner.delete(f"{ITEMS}/{other}")
    assert planner.post(act, json={"version": 2}).json() == {"id": feature, "version": 3}
    assert planner.get(f"{ITEMS}/{feature}").headers["etag"] == '"3"'
