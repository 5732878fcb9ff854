"""The review room over HTTP: the queue, holds, outlines, and the second pair of eyes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import box, mapping
from starlette.testclient import TestClient

from layers import database
from layers.cluster import Cluster
from layers.people.rules import Role
from layers.settings import Settings
from tests.api.conftest import PASSWORD, SignIn
from tests.conftest import copy_of
from tests.layers import compared


@pytest.fixture
def settings(tmp_path: Path, cluster: Cluster, template: str) -> Iterator[Settings]:
    """Two flights with three suspicions side by side; a database of its own, since requests commit."""
    from layers.people.actions import create_person  # noqa: PLC0415

    with copy_of(cluster, template) as url:
        with database.session(url) as session:
            _, later = compared.flights(session)
            for n in range(3):
                compared.candidate(session, later, compared.square(100 + 13 * n, 100))
            for role in (Role.REVIEWER, Role.ADMINISTRATOR, Role.CREW):
                create_person(
                    session,
                    name=role.value,
                    display_name=f"测试 {role.value}",
                    password=PASSWORD,
                    roles={role},
                )
        database.close_all()
        yield Settings(home=tmp_path / "home", database_url=url)


def _next(client: TestClient, **wanted: Any) -> Any:
    answer = client.post("/api/review/next", json=wanted)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_day_in_the_review_room(as_role: SignIn) -> None:
    anna, boss, crew = (as_role(role) for role in (Role.REVIEWER, Role.ADMINISTRATOR, Role.CREW))
    assert crew.post("/api/review/next", json={}).status_code == 403
    assert crew.get("/api/review/progress").status_code == 403

    # the administrator asks for a second pair of eyes
    setting = anna.get("/api/review/settings").json()
    assert (setting["second_eyes"], setting["version"]) == ("off", 1)
    wanted = {"second_eyes": "accepted", "version": 1}
    assert anna.put("/api/review/settings", json=wanted).status_code == 403
    assert boss.put("/api/review/settings", json={**wanted, "second_eyes": "large"}).status_code == 409
    changed = boss.put("/api/review/settings", json=wanted).json()
    assert (changed["second_eyes"], changed["version"], changed["updated_by"]) == (
        "accepted",
        2,
        "测试 administrator",
    )

    # two are kept for one reviewer, and another is handed neither
    mine = _next(anna)
    first, second = mine["item"], mine["ahead"]
    assert first["hold"]["name"] == "reviewer"
    other = _next(boss)["item"]
    assert other["id"] not in {first["id"], second["id"]}
    held = boss.post("/api/review/hold", json={"candidate": first["id"]})
    assert (held.status_code, held.json()["code"]) == (409, "held")
    assert "测试 reviewer" in held.json()["title_zh"]
    renewed = anna.post("/api/review/hold", json={"candidate": first["id"]}).json()
    assert renewed["until"] > mine["until"]

    # outlines
    path = f"/api/candidates/{first['id']}"
    west, south, east, north = first["bbox"]
    outline = mapping(box(west, south, east, (south + north) / 2))
    drawn = anna.post(f"{path}/redraw", json={"outline": outline, "version": first["version"]}).json()
    assert (drawn["redrawn"], drawn["last_act"]["verdict"]) == (True, "redraw")
    assert drawn["area_m2"] == pytest.approx(72, abs=2)
    stale = anna.post(f"{path}/redraw", json={"outline": outline, "version": first["version"]})
    assert (stale.status_code, stale.json()["code"]) == (409, "conflict")
    bad = anna.post(f"{path}/redraw", json={"outline": {"type": "Polygon"}, "version": drawn["version"]})
    assert (bad.status_code, bad.json()["code"]) == (409, "outline_refused")
    back = anna.post(f"{path}/undo", json={"version": drawn["version"]}).json()
    assert back["area_m2"] == pytest.approx(144, abs=0.5)
    line = {
        "type": "LineString",
        "coordinates": [[(west + east) / 2, south - 1e-4], [(west + east) / 2, north + 1e-4]],
    }
    parts = anna.post(f"{path}/split", json={"line": line, "version": back["version"]}).json()["items"]
    assert sum(each["area_m2"] for each in parts) == pytest.approx(144, abs=0.5)
    whole = anna.post(
        f"/api/candidates/{parts[1]['id']}/merge",
        json={
            "version": parts[1]["version"],
            "others": [{"id": parts[0]["id"], "version": parts[0]["version"]}],
        },
    ).json()
    assert whole["area_m2"] == pytest.approx(144, abs=0.5)

    # first verdict, second verdict
    said = anna.post(
        f"/api/candidates/{whole['id']}/review", json={"verdict": "accept", "version": whole["version"]}
    ).json()
    assert (said["status"], said["illegal_building"]) == ("second", None)
    assert anna.get("/api/review/progress").json() == {
        "waiting": 3, "second": 1, "held_by_others": 1, "judged_today": 1, "per_hour": None,
    }  # fmt: skip
    boss.post("/api/review/leave")
    seconded = boss.post(
        f"/api/candidates/{whole['id']}/review", json={"verdict": "accept", "version": said["version"]}
    ).json()
    assert seconded["status"] == "accepted" and seconded["illegal_building"]
    refused = anna.post(f"/api/candidates/{whole['id']}/undo", json={"version": seconded["version"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "refused")
    assert anna.post("/api/review/leave").status_code == 204
