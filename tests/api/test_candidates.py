"""From two flights to a verdict, over HTTP, with the real worker."""

from __future__ import annotations

from typing import Any

import morecantile
import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from api import ingest
from layers import database, jobs
from layers.candidates import store
from layers.people.rules import Role
from layers.settings import Settings
from tests.api.conftest import SignIn


@pytest.fixture
def settings(with_flights: Settings) -> Settings:
    """An installation of the test's own with the two flights."""
    return with_flights


@pytest.fixture
def reviewer(as_role: SignIn) -> TestClient:
    return as_role(Role.REVIEWER)


def _only(client: TestClient) -> dict[str, Any]:
    found = client.get("/api/candidates").json()
    assert found["total"] == 1
    return dict(found["items"][0])


def test_the_shed_becomes_one_candidate_with_its_facts(reviewer: TestClient) -> None:
    shed = _only(reviewer)
    assert (shed["kind"], shed["status"]) == ("new", "pending")
    assert shed["area_m2"] == pytest.approx(160, rel=0.15)
    assert shed["height_change_m"] == pytest.approx(3.5, abs=0.5)
    assert shed["before"]["flown_on"] == "2023-03-12"
    assert shed["after"]["flown_on"] == "2023-06-18"
    here = shed["alignment"]["here"]
    assert max(abs(here["lon"]), abs(here["lat"])) < 2e-6 and abs(here["turn_deg"]) < 0.1


def test_the_flights_are_done_and_say_how_they_align(reviewer: TestClient) -> None:
    later, earlier = reviewer.get("/api/surveys").json()
    assert (earlier["status"], later["status"]) == ("done", "done")
    assert earlier["baseline"] is None and later["baseline"]["id"] == earlier["id"]
    assert abs(later["alignment"]["dx_m"]) < 0.2
    assert all(stage["status"] == "done" for stage in later["stages"])
    assert later["candidates"] == {"pending": 1, "accepted": 0, "rejected": 0, "dismissed": 0}


def test_a_flight_tile_is_webp_and_known_by_its_etag(reviewer: TestClient) -> None:
    survey = reviewer.get("/api/surveys").json()[0]
    west, south, east, north = survey["imagery"]["bounds"]
    at = morecantile.tms.get("WebMercatorQuad").tile(
        (west + east) / 2, (south + north) / 2, survey["imagery"]["maxzoom"]
    )
    path = f"/imagery/{survey['id']}/{at.z}/{at.x}/{at.y}.webp"
    answer = reviewer.get(path)
    assert answer.status_code == 200 and answer.content[8:12] == b"WEBP"
    assert reviewer.get(path, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert reviewer.get(f"/imagery/{survey['id']}/3/0/0.webp").status_code == 204


def test_an_accepted_candidate_stands_on_the_illegal_building_layer_waiting_for_its_site_check(
    reviewer: TestClient,
) -> None:
    shed = _only(reviewer)
    answer = reviewer.post(
        f"/api/candidates/{shed['id']}/review", json={"verdict": "accept", "version": shed["version"]}
    ).json()
    assert answer["status"] == "accepted"
    building = reviewer.get(
        f"/ogc/collections/illegal_buildings/items/{answer['illegal_building']['id']}"
    ).json()
    assert building["properties"]["status"] == "to_check"
    assert building["properties"]["source"] == "survey"


def test_undo_takes_the_illegal_building_back(reviewer: TestClient) -> None:
    shed = _only(reviewer)
    path = f"/api/candidates/{shed['id']}"
    accepted = reviewer.post(f"{path}/review", json={"verdict": "accept", "version": shed["version"]}).json()
    undone = reviewer.post(f"{path}/undo", json={"version": accepted["version"]}).json()
    assert (undone["status"], undone["illegal_building"]) == ("pending", None)
    assert reviewer.get("/ogc/collections/illegal_buildings/items").json()["numberMatched"] == 0
    assert [each["verdict"] for each in undone["reviews"]] == ["accept", "undo"]


def test_the_slower_of_two_reviewers_is_told_and_overwrites_nothing(reviewer: TestClient) -> None:
    shed = _only(reviewer)
    path = f"/api/candidates/{shed['id']}/review"
    first = reviewer.post(path, json={"verdict": "reject", "reason": "shadow", "version": shed["version"]})
    second = reviewer.post(path, json={"verdict": "accept", "version": shed["version"]})
    assert (first.status_code, second.status_code) == (200, 409)
    assert second.json()["code"] == "conflict"
    assert reviewer.get(f"/api/candidates/{shed['id']}").json()["status"] == "rejected"


def test_processing_the_same_flight_again_doubles_nothing_and_keeps_verdicts(
    reviewer: TestClient, settings: Settings
) -> None:
    shed = _only(reviewer)
    reviewer.post(
        f"/api/candidates/{shed['id']}/review", json={"verdict": "accept", "version": shed["version"]}
    )
    assert settings.database_url
    with database.session(settings.database_url) as session:
        session.execute(text("UPDATE surveys SET status = 'failed', error_code = 'test' WHERE id = :id"),
                        {"id": shed["after"]["survey_id"]})  # fmt: skip
    retried = reviewer.post(f"/api/surveys/{shed['after']['survey_id']}/retry")
    assert retried.status_code == 403
    with database.session(settings.database_url) as session:
        session.execute(text("UPDATE surveys SET status = 'queued', error_code = NULL WHERE id = :id"),
                        {"id": shed["after"]["survey_id"]})  # fmt: skip
        jobs.enqueue_survey(session, shed["after"]["survey_id"])
    ingest.work(settings.database_url, settings, until_idle=True)
    again = _only(reviewer)
    assert (again["id"], again["code"], again["status"]) == (shed["id"], shed["code"], "accepted")


def test_a_change_leaves_a_line_of_history_with_its_author(reviewer: TestClient) -> None:
    shed = _only(reviewer)
    answer = reviewer.post(
        f"/api/candidates/{shed['id']}/review", json={"verdict": "accept", "version": shed["version"]}
    )
    assert answer.status_code == 200, answer.text
    newest = reviewer.get(f"/api/layers/candidates/{shed['id']}/history").json()[0]
    assert newest["actor"] == "reviewer"
    assert "status" in {each["field"] for each in newest["changes"]}


def test_a_candidate_says_which_method_found_it_and_what_each_flight_saw(reviewer: TestClient) -> None:
    shed = _only(reviewer)
    [seen] = shed["sightings"]
    assert (seen["state"], seen["flown_on"], seen["detected"]) == ("appeared", "2023-06-18", True)
    assert seen["area_m2"] == shed["area_m2"]
    assert shed["method"] == seen["method"]
    assert 0 < shed["priority"] <= 1


def _set_aside(settings: Settings) -> None:
    """Give the shed a permit and rank again, as after an import of permits."""
    assert settings.database_url
    with database.session(settings.database_url) as session:
        session.execute(
            text(
                "INSERT INTO permits (code, kind, project, holder, issued_on, valid_from, area_m2, division_id, geom) "
                "SELECT 'P-1', 'building', '厂房', '某公司', '2023-01-01', '2023-01-01', 500, d.id, "
                "ST_Multi(ST_Buffer(c.geom, 0.0001)) FROM candidates AS c, divisions AS d"
            )
        )
        store.refresh(session)


def test_what_a_permit_covers_leaves_the_queue_and_comes_back_when_it_is_put_back(
    reviewer: TestClient, settings: Settings
) -> None:
    _set_aside(settings)
    queue = reviewer.get("/api/candidates").json()
    assert (queue["total"], queue["queued"], queue["dismissed"]) == (0, 0, 1)
    [survey, _] = reviewer.get("/api/surveys").json()
    assert survey["candidates"] == {"pending": 0, "accepted": 0, "rejected": 0, "dismissed": 1}
    [shed] = reviewer.get("/api/candidates?dismissed=only").json()["items"]
    assert (shed["status"], shed["dismissed"]["code"]) == ("pending", "permitted")
    answer = reviewer.post(f"/api/candidates/{shed['id']}/put-back", json={"version": shed["version"]})
    assert answer.json()["dismissed"]["put_back"]["by"] == "测试 reviewer"
    assert _only(reviewer)["id"] == shed["id"]
    newest = reviewer.get(f"/api/layers/candidates/{shed['id']}/history").json()[0]
    assert newest["actor"] == "reviewer"
    assert {each["field"] for each in newest["changes"]} == {"put_back_by", "put_back_at"}


def test_only_a_reviewer_puts_back_and_only_what_was_set_aside(reviewer: TestClient, as_role: SignIn) -> None:
    shed = _only(reviewer)
    path = f"/api/candidates/{shed['id']}/put-back"
    assert as_role(Role.CREW).post(path, json={"version": shed["version"]}).status_code == 403
    refused = reviewer.post(path, json={"version": shed["version"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "refused")


def test_a_wish_that_makes_no_sense_is_refused(reviewer: TestClient) -> None:
    assert reviewer.get("/api/candidates?dismissed=perhaps").status_code == 422
    assert reviewer.get("/api/candidates?sort=beauty").status_code == 422
