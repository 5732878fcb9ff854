"""Cases over HTTP: the site check, the filing, acts on the version seen, approvals, and sentences why not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from layers import database
from layers.cases.holidays import NAMES
from layers.people.rules import Role
from layers.settings import Settings
from tests.api.conftest import SignIn

PLACE = [116.52, 31.75]


@pytest.fixture
def town(settings: Settings) -> None:
    """The whole district is a town planning area, and this year's days off are known, whatever the year."""
    assert settings.database_url
    with database.session(settings.database_url) as session:
        session.execute(
            text(
                "INSERT INTO planning_areas (code, name, kind, area_m2, geom) SELECT 'P1', '城区', 'town', 1, geom "
                "FROM divisions"
            )
        )
        session.execute(
            text(
                "INSERT INTO calendar_days (day, kind, name, source) SELECT d, 'holiday', '元旦', 'x' FROM "
                "generate_series(now() - interval '2 years', now() + interval '2 years', interval '1 day') AS d "
                "WHERE to_char(d, 'MMDD') = '0101' ON CONFLICT DO NOTHING"
            )
        )


@pytest.fixture
def officer(town: None, as_role: SignIn) -> TestClient:
    return as_role(Role.OFFICER)


def site_check(client: TestClient, **given: Any) -> dict[str, Any]:
    usual = {
        "source": "patrol",
        "conclusion": "violation",
        "checked_at": datetime.now(UTC).isoformat(),
        "place": PLACE,
    }
    answer = client.post("/api/cases/site-checks", json=usual | given)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def filed(client: TestClient, **given: Any) -> dict[str, Any]:
    number = site_check(client, area_m2=42.5)["id"]
    said = {
        "site_check_id": number,
        "title": "涉嫌未经许可建设",
        "route": "planning_64",
        "party_name": "王五",
    }
    answer = client.post("/api/cases", json=said | given)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def act(client: TestClient, case: dict[str, Any], name: str, **given: Any) -> Any:
    return client.post(f"/api/cases/{case['id']}/acts/{name}", json={"version": case["version"], **given})


def test_a_site_check_becomes_a_case_that_tells_what_is_possible(officer: TestClient) -> None:
    check = site_check(officer)
    assert [each["id"] for each in officer.get("/api/cases/site-checks").json()["items"]] == [check["id"]]
    case = filed(officer)
    assert (case["status"], case["route"], case["party_name"]) == ("filed", "planning_64", "王五")
    assert [each["light"] for each in case["deadlines"]] == ["green"]
    notify = next(each for each in case["acts"] if each["act"] == "notify")
    assert notify["possible"] and notify["why_not"] is None and "第四十四条" in notify["basis"]["zh"]
    close = next(each for each in case["acts"] if each["act"] == "close")
    assert "结案" in close["why_not"]["zh"] and "close" in close["why_not"]["en"]
    listed = officer.get("/api/cases", params={"open": True}).json()
    assert (listed["total"], listed["items"][0]["code"]) == (1, case["code"])
    assert officer.get("/api/cases", params={"status": "closed"}).json()["total"] == 0


def test_acts_go_by_the_version_seen(officer: TestClient) -> None:
    case = filed(officer)
    told = act(officer, case, "notify").json()
    assert (told["status"], len(told["steps"])) == ("notified", 2)
    late = act(officer, case, "stop")
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    served = act(
        officer, told, "serve", document="notice", method="direct", served_on=_today(), receiver="王五"
    ).json()
    assert {each["kind"] for each in served["deadlines"]} == {"decision", "hearing"}


def test_an_act_that_skips_a_step_is_refused_in_both_languages(officer: TestClient) -> None:
    answer = act(officer, filed(officer), "enforce", order_number="1")
    assert (answer.status_code, answer.json()["code"]) == (409, "refused")
    assert "强制执行决定" in answer.json()["title_zh"] and "decide to enforce" in answer.json()["title_en"]
    assert officer.get("/api/cases").json()["items"][0]["version"] == 2


def test_a_hold_is_asked_for_and_granted_by_somebody_else(officer: TestClient, as_role: SignIn) -> None:
    case = filed(officer)
    asked = act(officer, case, "suspend", reason="当事人下落不明").json()
    (request,) = asked["requests"]
    assert (asked["status"], request["granted"]) == ("filed", None)
    path, answer = (
        f"/api/cases/{case['id']}/requests/{request['id']}",
        {"version": asked["version"], "granted": True},
    )
    assert officer.post(path, json=answer).status_code == 403
    held = as_role(Role.ADMINISTRATOR).post(path, json=answer).json()
    assert (held["status"], held["steps"][-1]["approver"]) == ("suspended", "测试 administrator")


def test_a_future_site_check_is_refused_and_without_a_zone_malformed(officer: TestClient) -> None:
    usual = {"source": "patrol", "conclusion": "violation", "place": PLACE}
    late = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert officer.post("/api/cases/site-checks", json={**usual, "checked_at": late}).status_code == 409
    answer = officer.post("/api/cases/site-checks", json={**usual, "checked_at": "2023-03-01T10:00:00"})
    assert answer.status_code == 422


@pytest.mark.parametrize(("role", "status"), [(None, 401), (Role.CREW, 403), (Role.INSPECTOR, 403)])
def test_who_may_not_file(town: None, as_role: SignIn, role: Role | None, status: int) -> None:
    answer = as_role(role).post("/api/cases", json={"site_check_id": 1, "title": "x"})
    assert answer.status_code == status


def test_an_inspector_checks_on_site_and_does_not_see_the_party(officer: TestClient, as_role: SignIn) -> None:
    case, inspector = filed(officer), as_role(Role.INSPECTOR)
    assert site_check(inspector, source="hotline")["source"] == "hotline"
    assert "王五" not in inspector.get(f"/api/cases/{case['id']}").text


def test_unknown_cases_acts_and_words_are_told_apart(officer: TestClient) -> None:
    case = filed(officer)
    assert officer.get("/api/cases/4711").status_code == 404
    assert act(officer, case, "forget").status_code == 422
    assert act(officer, case, "notify", colour="red").status_code == 422
    assert act(officer, case, "notify", days=3).status_code == 409


def test_the_order_of_announcement_and_demand_is_set_by_the_administrator(
    officer: TestClient, as_role: SignIn
) -> None:
    wanted = {"enforcement_order": "announcement_first"}
    assert officer.get("/api/cases/order").json() == {"enforcement_order": "either"}
    assert officer.put("/api/cases/order", json=wanted).status_code == 403
    assert as_role(Role.ADMINISTRATOR).put("/api/cases/order", json=wanted).status_code == 200
    assert officer.get("/api/cases/order").json() == wanted


def test_the_list_is_narrowed_and_tells_whose_turn_it_is(officer: TestClient) -> None:
    first, second = filed(officer), filed(officer, title="占道堆放", route="appearance", reason="不涉及建设")
    act(officer, first, "notify")
    listed = officer.get("/api/cases").json()
    assert (listed["total"], listed["counts"]) == (2, {"filed": 1, "notified": 1})
    assert [each["code"] for each in listed["items"]] == [second["code"], first["code"]]
    assert listed["items"][1]["turn"] == {"who": "officer", "title": {"zh": "送达", "en": "serve"}}
    assert listed["items"][0]["next_deadline"]["kind"] == "decision"
    for wanted, codes in (
        ({"text": "占道"}, [second["code"]]),
        ({"text": first["code"].lower()}, [first["code"]]),
        ({"text": "%"}, []),
        ({"status": "filed"}, [second["code"]]),
        ({"light": "green"}, [second["code"], first["code"]]),
        ({"light": "red"}, []),
        ({"handler": 4711}, []),
        ({"offset": 1, "limit": 1}, [first["code"]]),
    ):
        found = officer.get("/api/cases", params=wanted).json()
        assert [each["code"] for each in found["items"]] == codes, wanted
    assert officer.get("/api/cases", params={"status": "filed"}).json()["counts"] == listed["counts"]
    due = officer.get("/api/cases/deadlines", params={"within_days": 90}).json()["items"]
    assert {each["case"]["code"] for each in due} == {first["code"], second["code"]}
    assert officer.get("/api/cases/deadlines", params={"within_days": 30}).json()["items"] == []


def test_trying_an_act_tells_its_consequence_and_does_nothing(officer: TestClient) -> None:
    case = filed(officer)
    path = f"/api/cases/{case['id']}/acts"
    told = officer.post(f"{path}/notify/try", json={"version": case["version"]}).json()
    assert (told["before"], told["after"], told["opens"]) == ("filed", "notified", [])
    held = officer.post(f"{path}/suspend/try", json={"version": case["version"], "reason": "下落不明"}).json()
    assert (held["after"], held["approver"]) == ("suspended", True)
    assert officer.post(f"{path}/close/try", json={"version": case["version"]}).status_code == 409
    assert officer.post(f"{path}/notify/try", json={"version": 1}).json()["code"] == "conflict"
    after = officer.get(f"/api/cases/{case['id']}").json()
    assert (after["status"], after["version"], after["requests"]) == ("filed", case["version"], [])
    served = act(officer, act(officer, case, "notify").json(), "serve", **_notice()).json()
    said = {each["name"]: each for each in served["steps"][-1]["details"]}
    assert said["method"]["text"] == {"zh": "直接送达", "en": "in person"}
    assert (said["served_on"]["kind"], said["served_on"]["value"]) == ("date", _today())
    serve = next(each for each in served["acts"] if each["act"] == "serve")
    assert [each["kind"] for each in serve["takes"]] == ["choice", "choice", "date"]
    assert (serve["possible"], serve["takes"][0]["choices"]) == (False, [])
    assert "没有待送达的文书" in serve["why_not"]["zh"]


def test_a_filing_is_tried_before_it_is_done(officer: TestClient, as_role: SignIn) -> None:
    number = site_check(officer)["id"]
    path = f"/api/cases/site-checks/{number}/filing"
    told = officer.get(path).json()
    assert (told["proposed"]["value"], [each["name"] for each in told["areas"]]) == ("appearance", ["城区"])
    other = officer.get(path, params={"route": "planning_64", "temporary": True}).json()
    assert (other["proposed"]["value"], other["consequence"]["after"]) == ("planning_66", "filed")
    assert [each["kind"] for each in other["consequence"]["opens"]] == ["decision"]
    assert officer.get("/api/cases").json()["total"] == 0
    assert as_role(Role.INSPECTOR).get(path).status_code == 403
    filed(officer)
    assert officer.get(f"/api/cases/site-checks/{number + 1}/filing").status_code == 409
    assert officer.get("/api/cases/site-checks/4711/filing").status_code == 404


def test_what_waits_for_an_approval_is_listed_with_what_granting_does(
    officer: TestClient, as_role: SignIn
) -> None:
    case = filed(officer)
    asked = act(officer, case, "extend", days=30, reason="案情复杂").json()
    assert (asked["turn"]["who"], asked["waiting"]["mine"], asked["waiting"]["may_answer"]) == (
        "approver",
        True,
        False,
    )
    reviewer = as_role(Role.REVIEWER)
    (waiting,) = reviewer.get("/api/cases/requests").json()["items"]
    assert (waiting["case"]["code"], waiting["may_answer"], waiting["request"]["days"]) == (
        case["code"],
        True,
        30,
    )
    assert waiting["consequence"]["opens"][0]["kind"] == "decision"
    answer = {"version": waiting["case"]["version"], "granted": False, "note": "理由不充分"}
    assert (
        reviewer.post(f"/api/cases/{case['id']}/requests/{waiting['request_id']}", json=answer).status_code
        == 200
    )
    assert reviewer.get("/api/cases/requests").json()["items"] == []


def test_a_year_of_holidays_is_loaded_whole_by_the_administrator_or_not_at_all(
    officer: TestClient, as_role: SignIn
) -> None:
    rows = [
        f"2099-{month:02d}-01,holiday,{name},国办发明电〔2098〕1号"
        for month, name in enumerate(NAMES, start=1)
    ]
    notice = "\n".join(("date,kind,name,source", *rows)).encode()
    assert officer.post("/api/holidays", content=notice).status_code == 403
    chief = as_role(Role.ADMINISTRATOR)
    assert chief.post("/api/holidays", content=notice[:-40]).status_code == 409
    assert 2099 not in {each["year"] for each in officer.get("/api/holidays").json()["years"]}
    assert chief.post("/api/holidays", content=notice).json()["years"] == [2099]
    assert officer.get("/api/holidays").json()["years"][0] == {
        "year": 2099,
        "holidays": 7,
        "workdays": 0,
        "source": "国办发明电〔2098〕1号",
    }


def _notice() -> dict[str, str]:
    return {"document": "notice", "method": "direct", "served_on": _today()}


def _today() -> str:
    return (datetime.now(UTC) + timedelta(hours=8)).date().isoformat()
