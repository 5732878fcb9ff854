"""Who may see and do what."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from layers import database
from layers.people.rules import Role
from layers.settings import Settings
from tests.api.conftest import PASSWORD, SignIn


def test_nobody_is_signed_in_at_first(as_role: SignIn) -> None:
    assert as_role(None).get("/api/session").json() == {"person": None}


def test_signing_in_tells_who_and_signing_out_ends_it(as_role: SignIn) -> None:
    client = as_role(Role.REVIEWER)
    assert client.get("/api/session").json()["person"]["name"] == "reviewer"
    assert client.delete("/api/session").status_code == 204
    assert client.get("/api/session").json() == {"person": None}


def test_the_cookie_is_closed_to_scripts(as_role: SignIn) -> None:
    answer = as_role(None).post("/api/session", json={"name": "planner", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie


def test_a_wrong_password_says_so_in_both_languages(as_role: SignIn) -> None:
    answer = as_role(None).post("/api/session", json={"name": "planner", "password": "wrong"})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert "密码" in answer.json()["title_zh"] and "password" in answer.json()["title_en"]


def test_after_five_failures_even_the_right_password_waits(as_role: SignIn) -> None:
    client = as_role(None)
    for _ in range(5):
        client.post("/api/session", json={"name": "planner", "password": "wrong"})
    assert client.post("/api/session", json={"name": "planner", "password": PASSWORD}).status_code == 401


@pytest.mark.parametrize("path", ["/api/surveys", "/api/candidates", "/imagery/1/0/0/0.webp"])
def test_the_public_sees_no_flights_and_no_suspicions(path: str, as_role: SignIn) -> None:
    assert as_role(None).get(path).status_code == 401


def test_the_public_catalogue_names_neither_candidates_nor_personal_fields(as_role: SignIn) -> None:
    layers = as_role(None).get("/api/catalogue").json()["layers"]
    assert not {"candidates", "surveys", "cases"} & {each["id"] for each in layers}
    assert not [field for each in layers for field in each["fields"] if field["personal"]]


def test_a_layer_that_may_not_be_seen_is_not_there(app: FastAPI) -> None:
    with TestClient(app) as nobody:  # with a lifespan of its own: the tiles' pool belongs to one event loop
        for path in ("items", "tiles/WebMercatorQuad/0/0/0", ""):
            assert nobody.get(f"/ogc/collections/candidates/{path}".rstrip("/")).status_code == 404


def test_a_tile_is_made_for_the_roles_that_the_asker_has_now(as_role: SignIn, settings: Settings) -> None:
    client, path = as_role(Role.REVIEWER), "/ogc/collections/candidates/tiles/WebMercatorQuad"
    assert client.get(f"{path}/0/0/0").status_code in {200, 204}
    assert settings.database_url
    with database.session(settings.database_url) as session:
        session.execute(text("DELETE FROM person_roles"))
    # another tile: not at hand, so made with what the server remembers of the asker unless it asks again
    assert [client.get(f"{path}/{tile}").status_code for tile in ("1/0/0", "0/0/0")] == [404, 404]


def test_a_page_of_another_site_cannot_act(as_role: SignIn) -> None:
    client = as_role(Role.CREW)
    given = {"name": "x", "flown_on": "2023-06-18"}
    evil = client.post("/api/surveys", json=given, headers={"Origin": "http://evil.example"})
    assert evil.status_code == 403
    own = client.post("/api/surveys", json=given, headers={"Origin": "http://testserver"})
    assert own.status_code == 201


def test_a_crew_does_not_review(as_role: SignIn) -> None:
    answer = as_role(Role.CREW).post("/api/candidates/1/review", json={"verdict": "accept", "version": 1})
    assert answer.status_code == 403
    assert "复核人员" in answer.json()["title_zh"]


def test_what_the_database_cannot_hold_is_refused_in_a_sentence(as_role: SignIn) -> None:
    client = as_role(Role.CREW)
    for answer in (
        client.get("/api/search", params={"q": "井\x00盖"}),
        client.post("/api/surveys", json={"name": "x\x00", "flown_on": "2023-06-18"}),
    ):
        assert answer.status_code == 422 and "NUL" in answer.json()["title_en"]


def test_an_address_says_all_that_it_can_be_asked_for(as_role: SignIn) -> None:
    client = as_role(Role.OFFICER)
    assert client.patch("/api/cases").headers["allow"] == "GET, POST"
    answer = client.delete("/open311/v2/requests.xml")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


@pytest.mark.parametrize("day", ["0", "1700000000", "2023-02-30"])
def test_a_day_is_a_day_and_no_number(day: str, as_role: SignIn) -> None:
    planner = as_role(Role.PLANNER)
    assert planner.get("/api/incidents", params={"last": day}).status_code == 422
    assert planner.post("/api/bulletins", json={"first": 0, "last": "2023-06-30"}).status_code == 422


def test_true_and_false_are_no_numbers(as_role: SignIn) -> None:
    client = as_role(Role.REVIEWER)
    for given in ({"after": False}, {"survey": True}, {"min_area_m2": False}):
        answer = client.post("/api/review/next", json=given)
        assert answer.status_code == 422 and "true or false" in answer.json()["title_en"]
    assert client.post("/api/review/next", json={"survey": 1}).status_code == 200


def test_a_place_far_away_has_no_grid_and_is_told_so(as_role: SignIn) -> None:
    answer = as_role(None).get("/api/where", params={"lon": -145.07, "lat": 0})
    assert answer.status_code == 400 and "中国境内" in answer.json()["title_zh"]


def test_malformed_input_is_422_and_names_the_field(as_role: SignIn) -> None:
    answer = as_role(Role.CREW).post("/api/surveys", json={"name": "x", "flown_on": "soon"})
    assert answer.status_code == 422
    assert "flown_on" in answer.json()["title_en"]


def test_a_flight_in_the_future_is_refused(as_role: SignIn) -> None:
    answer = as_role(Role.CREW).post("/api/surveys", json={"name": "x", "flown_on": "2999-01-01"})
    assert (answer.status_code, answer.json()["code"]) == (409, "refused")
