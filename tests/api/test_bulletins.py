"""The doors of bulletins and figures: who may do what, and what everybody gets."""

from __future__ import annotations

from datetime import datetime

import pytest

from layers.people.rules import Role
from layers.timezone import SHANGHAI
from tests.api.conftest import SignIn

PERIOD = {"first": "2023-01-01", "last": "2023-06-30"}


def test_a_published_bulletin_is_open_to_everybody_and_gone_when_withdrawn(as_role: SignIn) -> None:
    planner, chief, nobody = as_role(Role.PLANNER), as_role(Role.ADMINISTRATOR), as_role(None)
    made = planner.post("/api/bulletins", json=PERIOD)
    assert made.status_code == 201, made.text
    draft = made.json()
    door = f"/api/bulletins/{draft['id']}"
    assert draft["acts"] == ["edit", "discard", "submit"] and draft["intact"] is None
    assert nobody.get(door).status_code == 401
    assert nobody.get("/api/bulletins").json() == {"items": []}
    assert as_role(Role.INSPECTOR).post("/api/bulletins", json=PERIOD).status_code == 403

    preview = planner.get(f"{door}/document.html")
    assert preview.status_code == 200 and "草稿" in preview.text
    assert "script" not in preview.headers["content-security-policy"]
    edited = planner.put(
        door, json={"version": 1, "title": "上半年专报", "sections": draft["sections"]}
    ).json()
    assert (
        planner.put(door, json={"version": 1, "title": "x", "sections": draft["sections"]}).status_code == 409
    )
    sent = planner.post(f"{door}/acts/submit", json={"version": edited["version"]}).json()
    assert sent["status"] == "submitted"
    own = planner.post(f"{door}/acts/approve", json={"version": sent["version"]})
    assert own.status_code == 409 and "另一位" in own.json()["title_zh"]
    approved = chief.post(f"{door}/acts/approve", json={"version": sent["version"]}).json()
    issued = planner.post(f"{door}/acts/publish", json={"version": approved["version"]}).json()
    assert (issued["status"], issued["number"], issued["intact"]) == ("published", 1, True)
    assert sorted(each["name"] for each in issued["files"] if each["role"] == "document") == [
        "bulletin.docx", "bulletin.html", "bulletin.pdf",
    ]  # fmt: skip

    address = f"/bulletins/{issued['year']}/1"
    page = nobody.get(address)
    assert page.status_code == 200 and "第1期" in page.text
    assert page.headers["cache-control"].startswith("public, max-age=")
    assert nobody.get(address, headers={"If-None-Match": page.headers["etag"]}).status_code == 304
    assert nobody.get(f"{address}.pdf").content.startswith(b"%PDF")
    assert nobody.get(f"{address}.docx").content.startswith(b"PK")
    assert [each["id"] for each in nobody.get("/api/bulletins").json()["items"]] == [issued["id"]]
    assert nobody.get("/bulletins/2023/77").status_code == 404

    silent = chief.post(f"{door}/acts/withdraw", json={"version": issued["version"]})
    assert silent.status_code == 409
    gone = chief.post(f"{door}/acts/withdraw", json={"version": issued["version"], "reason": "口径有误<b>"})
    assert gone.json()["status"] == "withdrawn"
    answer = nobody.get(address)
    assert answer.status_code == 410 and "口径有误&lt;b&gt;" in answer.text
    assert nobody.get("/api/bulletins").json() == {"items": []}


@pytest.mark.parametrize("form, begins", [("html", b"<!doctype"), ("docx", b"PK"), ("pdf", b"%PDF")])
def test_the_half_year_prints_in_every_form(form: str, begins: bytes, as_role: SignIn) -> None:
    answer = as_role(None).get(
        f"/api/statistics/half-year.{form}", params={"year": 2023, "half": 1, "lang": "en"}
    )
    assert answer.status_code == 200 and answer.content.startswith(begins)


def test_violation_control_is_for_staff_and_its_lists_have_doors(as_role: SignIn) -> None:
    assert as_role(None).get("/api/statistics/violations", params=PERIOD).status_code == 401
    client = as_role(Role.PLANNER)
    told = client.get("/api/statistics/violations", params=PERIOD).json()
    assert [each["id"] for each in told["figures"]][-1] == "precision" and len(told["trend"]) == 6
    for figure in told["figures"]:
        door = f"/ogc/collections/{figure['layer']}/items"
        assert client.get(door, params={"filter": figure["filter"]}).json()["numberMatched"] == 0
    assert client.get(
        "/api/statistics/half-year/approvals/rows", params={"year": 2023, "half": 1}
    ).json() == {"rows": []}
    today = client.get("/api/statistics/period").json()
    assert today["first"] <= datetime.now(SHANGHAI).date().isoformat() <= today["last"]
    turned = {"first": "2023-06-30", "last": "2023-01-01"}
    assert client.get("/api/statistics/violations", params=turned).status_code == 409
