"""Incidents and Open311 over HTTP: from a report to the evaluation, and what the public may see of it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from layers import database
from layers.people.rules import Role
from layers.settings import Settings
from tests.api.conftest import SignIn
from tests.photographs import jpeg

PLACE = {"lon": 116.52, "lat": 31.75}
GROUND = """
DELETE FROM incident_limits;
DELETE FROM codes WHERE list = 'incident_category';  -- those that come with the platform
INSERT INTO codes (list, value, title_zh, title_en, standard_ref, valid_from) VALUES
    ('incident_category', '09006', '占道经营', 'trading on the road', 'GB/T 30428.2', '2013-12-31'),
    ('incident_category', '01002', '污水井盖', 'sewer manhole cover', 'GB/T 30428.2', '2013-12-31');
INSERT INTO incident_limits (category_id, count, unit, source, second_hand)
SELECT id, 24, 'hours', '测试', true FROM codes WHERE value = '01002';
INSERT INTO organisations (code, name, kind, geom)
VALUES ('DD-01', '望城大队', 'team', ST_SetSRID(ST_MakePoint(116.52, 31.75), 4490));
"""


@pytest.fixture
def ground(settings: Settings) -> None:
    assert settings.database_url
    with database.session(settings.database_url) as session:
        session.connection().exec_driver_sql(GROUND)


def do(client: TestClient, incident: dict, act: str, **said) -> dict:
    answer = client.post(
        f"/api/incidents/{incident['id']}/acts/{act}", json={"version": incident["version"], **said}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_incident_goes_its_way_over_http(ground: None, as_role: SignIn) -> None:
    planner, officer, inspector = (as_role(role) for role in (Role.PLANNER, Role.OFFICER, Role.INSPECTOR))
    categories = planner.get("/api/incidents/categories", params={"q": "井盖"}).json()["items"]
    assert [(each["code"], each["count"], each["unit"]) for each in categories] == [("01002", 24, "hours")]
    sent = {"category": "01002", "description": "井盖破损", **PLACE}
    made = inspector.post("/api/incidents", json=sent)
    assert made.status_code == 201, made.text
    incident = made.json()
    assert (incident["kind"], incident["status"], incident["similar"]) == ("component", "accepted", [])
    near = planner.get("/api/incidents/similar", params={"category": "01002", **PLACE}).json()
    assert [each["code"] for each in near["items"]] == [incident["code"]]

    incident = do(planner, incident, "file")
    assert incident["light"] == "green"
    handler = planner.get("/api/incidents/handlers").json()["items"][0]["id"]
    incident = do(planner, incident, "dispatch", handler_id=handler)
    incident = do(officer, incident, "start")
    incident = do(officer, incident, "extend", count=6, reason="缺配件")
    request = incident["requests"][0]
    answer = as_role(Role.REVIEWER).post(
        f"/api/incidents/{incident['id']}/requests/{request['id']}",
        json={"version": incident["version"], "granted": True},
    )
    assert answer.status_code == 200, answer.text
    incident = do(officer, answer.json(), "feedback", note="已更换")
    refused = officer.post(
        f"/api/incidents/{incident['id']}/acts/close", json={"version": incident["version"]}
    )
    assert refused.status_code == 403
    incident = do(inspector, incident, "close")
    incident = do(planner, incident, "evaluate", grade="good")
    assert [each["act"] for each in incident["steps"]] == [
        *("report", "file", "dispatch", "start", "extend", "feedback", "close", "evaluate")
    ]
    assert incident["steps"][4]["approver"] == "测试 reviewer"

    days = {"first": incident["accepted_at"][:10], "last": "2999-12-31"}
    figures = planner.get("/api/incidents/figures", params={**days, "by": "handler"}).json()
    rate = figures["rows"][0]["on_time"]
    assert (rate["numerator"], rate["denominator"], rate["rate_text"]) == (1, 1, "100.00 %")
    listed = planner.get(
        "/api/incidents",
        params={name: each for name, each in rate["numerator_list"].items() if each is not None},
    ).json()
    assert (listed["total"], listed["lights"]) == (1, {"met": 1})
    spots = planner.get("/api/incidents/hotspots", params={**days, "side": 500}).json()
    assert (spots["total"], len(spots["features"])) == (1, 1)
    assert as_role(None).get("/api/incidents").status_code == 401


def test_photographs_come_with_a_report_and_small_ones_are_seen_by_all_who_see_it(
    ground: None, as_role: SignIn
) -> None:
    inspector, planner, officer = (as_role(role) for role in (Role.INSPECTOR, Role.PLANNER, Role.OFFICER))

    def sent(client: TestClient, size: tuple[int, int]) -> int:
        answer = client.post("/api/photographs", content=jpeg((116.53, 31.75), size=size))
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    mine, other = sent(inspector, (40, 30)), sent(officer, (60, 40))
    said = {"category": "01002", **PLACE}
    assert inspector.post("/api/incidents", json={**said, "photographs": [mine, other]}).status_code == 409
    assert planner.get("/api/incidents").json()["total"] == 0  # half a report is none
    made = inspector.post("/api/incidents", json={**said, "photographs": [mine]}).json()
    assert [each["clues"] for each in made["photographs"]] == [["far", "no_time", "not_hashed"]]
    path = f"/api/incidents/{made['id']}/photographs"
    for _ in range(2):
        added = officer.post(path, json={"photographs": [other]})
    assert [each["id"] for each in added.json()["photographs"]] == [mine, other]
    shown = planner.get(f"/api/incidents/{made['id']}").json()["photographs"]
    assert [each["original"] for each in shown] == [False, False]
    assert planner.get(f"/api/photographs/{mine}").status_code == 403
    assert planner.get(f"/api/photographs/{mine}/preview").status_code == 200
    assert officer.post("/api/incidents/4711/photographs", json={"photographs": [other]}).status_code == 404


@pytest.fixture
def key(ground: None, as_role: SignIn) -> str:
    """A key that the administrator issued."""
    made = as_role(Role.ADMINISTRATOR).post("/api/open311/keys", json={"name": "市民随手拍"})
    assert made.status_code == 201, made.text
    return str(made.json()["key"])


PERSONAL = {
    "first_name": "小明", "last_name": "王", "email": "wang@example.cn", "phone": "13800000000", "device_id": "D-77",
    "address_string": "某小区3栋201室", "description": "我家楼下13800000000", "media_url": "https://example.cn/p.jpg",
}  # fmt: skip


def test_a_report_from_outside_is_seen_without_its_sender(
    key: str, settings: Settings, as_role: SignIn
) -> None:
    public = as_role(None)
    services = ET.fromstring(public.get("/open311/v2/services.xml").content)
    assert [each.findtext("service_code") for each in services] == ["01002", "09006"]
    assert {each.findtext("type") for each in services} == {"realtime"}
    sent = {"service_code": "01002", "lat": "31.75", "long": "116.52", "api_key": key, **PERSONAL}
    made = public.post("/open311/v2/requests.xml", data=sent)
    assert made.status_code == 201, made.text
    assert made.headers["content-type"] == "text/xml; charset=utf-8"
    number = ET.fromstring(made.content).findtext("request/service_request_id")
    one = public.get(f"/open311/v2/requests/{number}.json")
    assert one.json()[0]["status"] == "open"
    assert one.json()[0]["service_code"] == "01002"
    seen = (
        one.text + public.get("/open311/v2/requests.xml").text + public.get("/open311/v2/requests.json").text
    )
    assert not [name for name, value in PERSONAL.items() if value in seen]
    assert public.get(f"/open311/v2/tokens/{number}.json").json()[0]["service_request_id"] == number
    assert settings.database_url
    with database.session(settings.database_url) as session:
        kept = session.execute(text("SELECT first_name, email, phone FROM incident_reporters")).one()
        session.execute(text("SELECT record_creations('incidents')"))
        history = session.scalar(
            text("SELECT string_agg(h.after::text, '') FROM history h WHERE layer = 'incidents'")
        )
        hashed = session.scalar(text("SELECT sha256 FROM api_keys"))
    assert tuple(kept) == ("小明", "wang@example.cn", "13800000000")
    assert "wang@example.cn" not in history
    assert key not in hashed


def test_only_what_came_by_this_door_is_seen_through_it(key: str, as_role: SignIn) -> None:
    made = as_role(Role.INSPECTOR).post("/api/incidents", json={"category": "09006", **PLACE}).json()
    assert as_role(None).get("/open311/v2/requests.json").json() == []
    assert as_role(None).get(f"/open311/v2/requests/{made['code']}.json").status_code == 404


def test_requests_are_found_by_status_service_and_time_and_come_in_pages(key: str, as_role: SignIn) -> None:
    public, planner = as_role(None), as_role(Role.PLANNER)
    numbers = []
    for code in ("01002", "09006", "09006"):
        sent = {"service_code": code, "lat": "31.75", "long": "116.52", "api_key": key}
        numbers.append(public.post("/open311/v2/requests.json", data=sent).json()[0]["service_request_id"])
    first = planner.get("/api/incidents", params={"q": numbers[0]}).json()["items"][0]
    do(planner, first, "decline", reason="不属本级")

    def found(**asked):
        return [
            each["service_request_id"]
            for each in public.get("/open311/v2/requests.json", params=asked).json()
        ]

    assert found(status="closed") == [numbers[0]]
    assert found(status="open,closed") == numbers[::-1]
    assert found(service_code="09006", page_size=1, page=2) == [numbers[1]]
    assert found(service_request_id=f"{numbers[0]},{numbers[2]}", status="open") == [numbers[2], numbers[0]]
    assert found(end_date="2020-01-01T00:00:00Z") == []


WRONG = {
    "no key": ({"api_key": ""}, 403, "api_key"),
    "a wrong key": ({"api_key": "x" * 43}, 403, "api_key"),
    "no service": ({"service_code": ""}, 400, "service_code"),
    "an unknown service": ({"service_code": "77777"}, 404, "77777"),
    "no place": ({"lat": ""}, 400, "lat"),
    "a place elsewhere": ({"lat": "39.9", "long": "116.4"}, 400, "district"),
    "no number": ({"lat": "north"}, 400, "decimal"),
    "another jurisdiction": ({"jurisdiction_id": "city.gov"}, 404, "jurisdiction_id"),
    "too long a text": ({"description": "长" * 4001}, 400, "4000"),
}


def test_errors_are_those_of_the_specification(key: str, as_role: SignIn) -> None:
    public = as_role(None)
    good = {
        "service_code": "01002",
        "lat": "31.75",
        "long": "116.52",
        "api_key": key,
        "jurisdiction_id": "341502",
    }
    for name, (change, status, said) in WRONG.items():
        answer = public.post("/open311/v2/requests.json", data=good | change)
        assert answer.status_code == status, name
        assert answer.json()[0]["code"] == status
        assert said in answer.json()[0]["description"], name
    answer = public.get("/open311/v2/requests.xml", params={"status": "broken"})
    assert answer.status_code == 400
    (error,) = ET.fromstring(answer.content)
    assert (error.tag, error.findtext("code")) == ("error", "400")
    for path in ("services/0.xml", "requests/SJ-0.xml", "tokens/a%01b.xml", "nothing.xml"):
        assert ET.fromstring(public.get(f"/open311/v2/{path}").content).tag == "errors", path
    definition = public.get("/open311/v2/services/01002.json", params={"jurisdiction_id": "341502"}).json()
    assert definition == {"service_code": "01002", "attributes": []}
    discovery = public.get("/open311/discovery.json").json()
    assert discovery["endpoints"][0]["url"].endswith("/open311/v2")


def test_a_key_that_sends_too_much_waits_and_a_revoked_one_no_longer_passes(
    key: str, app: FastAPI, as_role: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers.incidents.keys.MOST_A_MINUTE", 2)
    sent = {"service_code": "01002", "lat": "31.75", "long": "116.52", "api_key": key}
    public, chief = as_role(None), as_role(Role.ADMINISTRATOR)
    answers = [public.post("/open311/v2/requests.json", data=sent).status_code for _ in range(3)]
    assert answers == [201, 201, 429]
    (listed,) = chief.get("/api/open311/keys").json()["items"]
    assert listed["reports"] == 2
    assert listed["last_used_at"] >= listed["made_at"]
    assert chief.delete(f"/api/open311/keys/{listed['id']}").status_code == 204
    assert public.post("/open311/v2/requests.json", data=sent).status_code == 403


def test_only_an_administrator_lists_makes_and_revokes_keys(key: str, as_role: SignIn) -> None:
    (made,) = as_role(Role.ADMINISTRATOR).get("/api/open311/keys").json()["items"]
    for role in set(Role) - {Role.ADMINISTRATOR, Role.PUBLIC}:
        other = as_role(role)
        assert other.get("/api/open311/keys").status_code == 403
        assert other.post("/api/open311/keys", json={"name": "另一个"}).status_code == 403
        assert other.delete(f"/api/open311/keys/{made['id']}").status_code == 403
    assert as_role(None).get("/api/open311/keys").status_code == 401
    assert as_role(Role.ADMINISTRATOR).get("/api/open311/keys").json()["items"] == [made]
