"""Own layers through the doors, in this process and in another one."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import morecantile
import pytest
from starlette.testclient import TestClient

from layers.people.rules import Role
from layers.settings import ROOT
from tests.api.conftest import PASSWORD

STATIONS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [116.505 + n / 1000, 31.745]},
            "properties": {"站名": f"转运站{n}", "日处理量（t）": 20 + n, "投用日期": f"2020-05-{n + 1:02d}"},
        }
        for n in range(8)
    ],
}
BODY = json.dumps(STATIONS).encode()
AT = morecantile.tms.get("WebMercatorQuad").tile(116.505, 31.745, 14)
TILE = f"/ogc/collections/transfer_stations/tiles/WebMercatorQuad/14/{AT.y}/{AT.x}"
OTHER = """
import sys
from starlette.testclient import TestClient
from api.app import behind_doors, create
from layers.settings import Settings

app = behind_doors(create(Settings(home=sys.argv[1], database_url=sys.argv[2]), sys.argv[2]))
with TestClient(app, base_url="http://testserver") as client:
    client.post("/api/session", json={"name": "planner", "password": sys.argv[3]})
    print(client.get(sys.argv[4]).status_code, flush=True)
    for _ in sys.stdin:  # asked again after each line
        print(client.get(sys.argv[4]).status_code, client.get("/ogc/collections/transfer_stations").status_code, flush=True)
"""


def proposed(client):
    answer = client.post("/api/own-layers/proposals", params={"name": "转运站.geojson"}, content=BODY)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    found["description"]["id"] = "transfer_stations"
    return found


def make(client):
    found = proposed(client)
    given = {"file": found["file"], "description": found["description"]}
    return client.post("/api/own-layers", json=given)


@pytest.fixture
def planner(app):
    with TestClient(
        app, base_url="http://testserver"
    ) as client:  # the pool for tiles belongs to one event loop
        client.post("/api/session", json={"name": "planner", "password": PASSWORD})
        yield client


def test_a_file_is_looked_at_confirmed_and_served_by_every_door(planner):
    found = proposed(planner)
    assert (found["rows"], found["description"]["zh"], found["description"]["geometry"]) == (
        8,
        "转运站",
        "Point",
    )
    assert found["samples"]["站名"] == ["转运站0", "转运站1", "转运站2"]
    answer = planner.post(
        "/api/own-layers", json={"file": found["file"], "description": found["description"]}
    )
    assert (answer.status_code, answer.json()) == (201, {"id": "transfer_stations", "rows": 8})
    listed = {each["id"]: each for each in planner.get("/api/catalogue").json()["layers"]}
    assert (listed["transfer_stations"]["count"], listed["transfer_stations"]["own"]) == (8, True)
    assert not listed["grids"]["own"]
    assert planner.get(TILE).status_code == 200
    for path in ("", "/items", "/queryables", "/schema"):
        assert planner.get(f"/ogc/collections/transfer_stations{path}").status_code == 200, path
    assert planner.get("/api/search", params={"q": "转运站3"}).json()["results"][0]["title"] == "转运站3"
    csv = planner.get("/ogc/collections/transfer_stations/items", params={"f": "csv"})
    assert "日处理量（t）" in csv.content.decode("utf-8-sig")
    assert planner.get("/ogc/data-dictionary", headers={"accept": "text/html"}).status_code in {200, 404}
    again = planner.post("/api/own-layers", json={"file": found["file"], "description": found["description"]})
    assert again.status_code == 404  # the file is used up


def test_another_process_sees_the_layer_come_and_go_without_a_restart(planner, settings):
    command = [sys.executable, "-c", OTHER, str(settings.home), str(settings.database_url), PASSWORD, TILE]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}
    ) as other:  # fmt: skip
        assert other.stdin and other.stdout

        def asked():
            other.stdin.write("\n")
            other.stdin.flush()
            return other.stdout.readline().split()

        assert other.stdout.readline().split() == ["404"]
        assert make(planner).status_code == 201
        assert asked() == ["200", "200"]
        assert asked() == ["200", "200"]
        gone = planner.delete("/api/own-layers/transfer_stations", params={"name": "转运站"})
        assert gone.status_code == 204
        assert asked() == ["404", "404"]
        assert make(planner).status_code == 201
        assert asked() == ["200", "200"]
        other.stdin.close()


def test_only_planners_and_administrators_make_layers(as_role):
    for role, status in ((None, 403), (Role.CREW, 403), (Role.ADMINISTRATOR, 200)):
        answer = as_role(role).post("/api/own-layers/proposals", params={"name": "a.geojson"}, content=BODY)
        assert answer.status_code == status, role


def test_a_dropped_layer_is_told_with_who_made_and_who_dropped_it(planner, as_role):
    make(planner)
    admin = as_role(Role.ADMINISTRATOR)
    refused = admin.delete("/api/own-layers/transfer_stations", params={"name": "别的"})
    assert (refused.status_code, refused.json()["code"]) == (409, "own_layer_refused")
    assert (
        admin.delete("/api/own-layers/transfer_stations", params={"name": "transfer_stations"}).status_code
        == 204
    )
    (row,) = planner.get("/api/own-layers").json()
    assert (row["made_by"], row["dropped_by"]) == ("planner", "administrator")
    assert planner.get(TILE).status_code == 404


def test_a_file_of_no_known_format_is_refused_and_nothing_is_kept(planner, settings):
    answer = planner.post("/api/own-layers/proposals", params={"name": "a.exe"}, content=b"MZ")
    assert answer.status_code == 400 and ".gpkg" in answer.json()["title_zh"]
    answer = planner.post("/api/own-layers/proposals", params={"name": "../../a.geojson"}, content=b"{}")
    assert answer.status_code == 400
    kept = settings.home / "own-layers"
    assert not kept.exists() or not list(kept.iterdir())
