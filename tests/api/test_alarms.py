"""Alarms over HTTP, after a real third flight on which the shed is gone."""

from __future__ import annotations

import json
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from api import ingest
from layers import database
from layers.alarms import tell
from layers.evidence.verify import EVIDENCE, examine
from layers.jobs import Interrupted
from layers.people.rules import Role
from layers.pipeline import process_survey
from layers.settings import Settings
from layers.timezone import SHANGHAI
from tests import scenes
from tests.api.conftest import SignIn
from tests.layers import archives


@pytest.fixture
def settings(with_flights: Settings) -> Settings:
    """An installation of the test's own with the two flights."""
    return with_flights


@pytest.fixture
def case(as_role: SignIn) -> int:
    """The shed was accepted, checked on site, and a case about it was filed."""
    reviewer = as_role(Role.REVIEWER)
    [shed] = reviewer.get("/api/candidates").json()["items"]
    said = {"verdict": "accept", "version": shed["version"]}
    assert reviewer.post(f"/api/candidates/{shed['id']}/review", json=said).status_code == 200
    building = reviewer.get(f"/api/candidates/{shed['id']}").json()["illegal_building"]["id"]
    officer = as_role(Role.OFFICER)
    seen = {"source": "survey", "conclusion": "violation", "checked_at": "2023-06-19T10:00:00+08:00"}
    check = officer.post("/api/cases/site-checks", json={**seen, "illegal_building_id": building}).json()
    filing = {"site_check_id": check["id"], "title": "x", "route": "planning_64", "reason": "在城镇规划区内"}
    filed = officer.post("/api/cases", json=filing)
    assert filed.status_code == 201, filed.text
    return int(filed.json()["id"])


@pytest.fixture
def third(settings: Settings, tmp_path: Path) -> int:
    """A later flight, received and not processed yet, that shows the ground as it was before the shed."""
    ortho, _, dsm, _ = scenes.write_scene(scenes.scene_with_shed(512), tmp_path)
    assert settings.database_url
    today = datetime.now(SHANGHAI).date()
    return ingest.ingest(
        settings.database_url, settings, {"ortho": ortho, "dsm": dsm}, name="核验", flown_on=today
    )


def _alarms(client: TestClient) -> list[dict[str, Any]]:
    answer = client.get("/api/alarms", params={"every": True})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def test_a_flight_that_shows_a_building_gone_is_a_fact_in_its_case_and_closed_with_a_word(
    as_role: SignIn,
    settings: Settings,
    case: int,
    third: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    officer = as_role(Role.OFFICER)
    assert settings.database_url
    plain = tell.after_flight

    def killed(*given: Any) -> None:
        plain(*given)
        raise Interrupted

    monkeypatch.setattr(tell, "after_flight", killed)
    with pytest.raises(Interrupted):
        process_survey(settings.database_url, settings, third, threading.Event())
    assert _alarms(officer) == []  # the flight and its alarms stand or fall together
    monkeypatch.undo()
    with database.session(settings.database_url) as session:  # as the queue does with a job whose worker died
        session.execute(text("UPDATE surveys SET status = 'queued' WHERE id = :id"), {"id": third})
    for _ in range(2):
        process_survey(settings.database_url, settings, third, threading.Event())
    [gone] = _alarms(officer)
    assert (gone["kind"], gone["status"], gone["after"]["survey_id"]) == ("gone", "open", third)
    assert gone["cleared_share"] > 0.8
    assert gone["aligned"]
    told = officer.get(f"/api/cases/{case}").json()
    assert (told["status"], [each["id"] for each in told["flights"]]) == ("filed", [gone["id"]])
    building = gone["illegal_building"]["id"]
    assert officer.get(f"/api/alarms/buildings/{building}").json()["items"] == [gone]

    door = f"/api/alarms/{gone['id']}/close"
    assert as_role(Role.CREW).post(door, json={"word": "x"}).status_code == 403
    assert as_role(None).get("/api/alarms").status_code == 401
    closed = officer.post(door, json={"word": "已到现场核实"}).json()
    assert (closed["status"], closed["closed_for"], closed["word"]) == ("closed", "person", "已到现场核实")
    assert officer.post(door, json={"word": "再次"}).status_code == 409
    assert officer.get("/api/alarms").json() == {"items": [], "next": None, "counts": {}}
    assert officer.get("/api/alarms", params={"every": True, "after": "x"}).status_code == 400

    packed = tmp_path / "case.zip"
    packed.write_bytes(officer.get(f"/api/cases/{case}/evidence.zip").content)
    assert not examine(packed).faults
    entries = json.loads(archives.members(packed)[EVIDENCE])["entries"]
    [finding] = [each["facts"] for each in entries if each["kind"] == "flight_finding"]
    assert (finding["shows"], finding["word"]) == ("gone", "已到现场核实")
