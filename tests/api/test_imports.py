"""Files sent to the server: rehearsed by the queue, looked at, confirmed, undone."""

from __future__ import annotations

import csv
import io
import os
import time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import shapely
from fastapi import FastAPI
from geopandas import GeoDataFrame
from starlette.testclient import TestClient

from api import imports, ingest
from gis.formats import write
from layers.people.rules import Role
from layers.settings import Settings
from layers.storage import Storage
from tests.api.conftest import SignIn


def compounds(
    folder: Path, *, wrong: bool = False, codes: tuple[str, ...] = ("XQ-1", "XQ-2", "XQ-3")
) -> Path:
    """Three compounds; with ``wrong`` the second has fewer than no households."""
    places = [shapely.box(116.5 + n / 100, 31.75, 116.501 + n / 100, 31.751) for n in range(len(codes))]
    households = [100, -1 if wrong else 80, 60]
    columns = {"code": codes, "name": "小区", "households": households, "division": "金安区"}
    path = folder / f"小区{'有错' if wrong else ''}.gpkg"
    write(GeoDataFrame(columns, geometry=places, crs="EPSG:4490"), path)
    return path


def send(client: TestClient, path: Path, layer: str = "compounds") -> Any:
    return client.post("/api/imports", params={"layer": layer, "name": path.name}, content=path.read_bytes())


def work(settings: Settings) -> None:
    assert settings.database_url
    ingest.work(settings.database_url, settings, until_idle=True)


def features(client: TestClient) -> int:
    return int(client.get("/ogc/collections/compounds/items").json()["numberMatched"])


def test_a_file_is_rehearsed_then_confirmed_then_undone(
    as_role: SignIn, settings: Settings, tmp_path: Path
) -> None:
    planner = as_role(Role.PLANNER)
    answer = send(planner, compounds(tmp_path))
    assert answer.status_code == 201, answer.text
    path = f"/api/imports/{answer.json()['id']}"
    assert answer.json()["status"] == "queued" and answer.json()["file_name"] == "小区.gpkg"
    work(settings)
    checked = planner.get(path).json()
    assert (checked["status"], checked["rows"], checked["faulty"]) == ("checked", 3, 0)
    assert features(planner) == 0
    assert len(planner.get(f"{path}/preview").json()["features"]) == 3
    assert planner.post(f"{path}/confirm", json={}).json()["status"] == "storing"
    work(settings)
    stored = planner.get(path).json()
    assert (stored["status"], stored["stored"], stored["created_by"]) == ("stored", 3, "planner")
    assert features(planner) == 3
    assert not Storage.of(settings).for_import(stored["id"]).exists()
    undone = planner.post(f"{path}/undo").json()
    assert (undone["status"], undone["undone_by"]) == ("undone", "planner")
    assert features(planner) == 0
    assert planner.post(f"{path}/undo").status_code == 409


def test_wrong_rows_are_listed_and_the_sound_ones_may_be_stored(
    as_role: SignIn, settings: Settings, tmp_path: Path
) -> None:
    planner = as_role(Role.PLANNER)
    path = f"/api/imports/{send(planner, compounds(tmp_path, wrong=True)).json()['id']}"
    work(settings)
    [fault] = planner.get(f"{path}/faults").json()
    assert (fault["row"], fault["code"], fault["said"]["zh"]) == (2, "XQ-2", "户数不能为负")
    assert fault["lon"] == pytest.approx(116.5105) and fault["lat"] == pytest.approx(31.7505)
    lines = list(csv.reader(io.StringIO(planner.get(f"{path}/faults.csv").content.decode("utf-8-sig"))))
    assert [each[:2] for each in lines[1:]] == [["2", "XQ-2"]]
    book = openpyxl.load_workbook(io.BytesIO(planner.get(f"{path}/faults.xlsx").content))
    assert book.active.max_row == 2
    refused = planner.post(f"{path}/confirm", json={"sound_rows": False})
    assert (refused.status_code, refused.json()["code"]) == (409, "refused")
    planner.post(f"{path}/confirm", json={"sound_rows": True})
    work(settings)
    assert (planner.get(path).json()["stored"], features(planner)) == (2, 2)


def test_what_no_longer_fits_when_it_is_confirmed_is_not_stored(
    as_role: SignIn, settings: Settings, tmp_path: Path
) -> None:
    planner = as_role(Role.PLANNER)
    (tmp_path / "b").mkdir()
    first = send(planner, compounds(tmp_path)).json()["id"]
    second = send(planner, compounds(tmp_path / "b", codes=("XQ-3", "XQ-4", "XQ-5"))).json()["id"]
    work(settings)
    for each in (first, second):
        planner.post(f"/api/imports/{each}/confirm", json={})
        work(settings)
    shown = planner.get(f"/api/imports/{second}").json()
    assert (shown["status"], shown["stored"], shown["faulty"]) == ("checked", 0, 1)
    assert "检查之后数据有变化" in shown["error"]["zh"]
    assert features(planner) == 3


def test_a_file_that_cannot_be_read_is_refused_in_words(
    as_role: SignIn, settings: Settings, tmp_path: Path
) -> None:
    planner = as_role(Role.PLANNER)
    (tmp_path / "x.gpkg").write_bytes(b"no")
    made = send(planner, tmp_path / "x.gpkg").json()
    work(settings)
    shown = planner.get(f"/api/imports/{made['id']}").json()
    assert shown["status"] == "refused" and "x.gpkg" in shown["error"]["zh"]
    assert planner.delete(f"/api/imports/{made['id']}").status_code == 204
    assert planner.get(f"/api/imports/{made['id']}").status_code == 404
    assert not Storage.of(settings).for_import(made["id"]).exists()


def test_a_file_that_lacks_a_column_is_refused_and_cannot_be_confirmed(
    as_role: SignIn, settings: Settings, tmp_path: Path
) -> None:
    planner = as_role(Role.PLANNER)
    places = [shapely.box(116.5, 31.75, 116.501, 31.751)]
    write(GeoDataFrame({"code": ["XQ-1"]}, geometry=places, crs="EPSG:4490"), tmp_path / "x.gpkg")
    path = f"/api/imports/{send(planner, tmp_path / 'x.gpkg').json()['id']}"
    work(settings)
    shown = planner.get(path).json()
    assert shown["status"] == "refused" and "文件中没有这一列" in shown["error"]["zh"]
    assert planner.post(f"{path}/confirm", json={"sound_rows": True}).status_code == 409


def test_the_same_file_sent_twice_is_one_import(as_role: SignIn, tmp_path: Path) -> None:
    planner, path = as_role(Role.PLANNER), compounds(tmp_path)
    first, again = send(planner, path), send(planner, path)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]


@pytest.mark.parametrize(
    ("role", "layer", "status"),
    [(None, "compounds", 401), (Role.CREW, "compounds", 403), (Role.PLANNER, "divisions", 403),
     (Role.PLANNER, "surveys", 400), (Role.PLANNER, "unicorns", 404)],
)  # fmt: skip
def test_only_who_edits_a_layer_may_import_into_it(
    as_role: SignIn, settings: Settings, tmp_path: Path, role: Role | None, layer: str, status: int
) -> None:
    assert send(as_role(role), compounds(tmp_path), layer).status_code == status
    assert list(Storage.of(settings).uploads.iterdir()) == []


def test_an_unknown_extension_and_an_empty_body_are_refused_and_leave_nothing(
    as_role: SignIn, settings: Settings, tmp_path: Path
) -> None:
    planner = as_role(Role.PLANNER)
    (tmp_path / "x.exe").write_bytes(b"MZ")
    (tmp_path / "x.gpkg").write_bytes(b"")
    codes = [send(planner, tmp_path / name).json()["code"] for name in ("x.exe", "x.gpkg")]
    assert codes == ["format_unknown", "import_empty"]
    assert list(Storage.of(settings).uploads.iterdir()) == []
    assert planner.get("/api/imports").json()["items"] == []


def test_others_do_not_see_imports_of_layers_they_may_not_write(
    as_role: SignIn, settings: Settings, tmp_path: Path
) -> None:
    made = send(as_role(Role.PLANNER), compounds(tmp_path)).json()["id"]
    crew = as_role(Role.CREW)
    assert crew.get("/api/imports").json()["items"] == []
    assert crew.get(f"/api/imports/{made}/faults").status_code == 403


def test_a_name_that_climbs_is_only_a_name(as_role: SignIn, settings: Settings, tmp_path: Path) -> None:
    planner = as_role(Role.PLANNER)
    content = compounds(tmp_path).read_bytes()
    made = planner.post(
        "/api/imports", params={"layer": "compounds", "name": "../../a\\..\\b.gpkg"}, content=content
    )
    assert made.json()["file_name"] == "b.gpkg"
    assert (Storage.of(settings).for_import(made.json()["id"]) / "b.gpkg").exists()


def test_what_a_killed_server_left_behind_is_swept(
    app: FastAPI, as_role: SignIn, settings: Settings, tmp_path: Path
) -> None:
    planner = as_role(Role.PLANNER)
    kept = send(planner, compounds(tmp_path)).json()["id"]
    storage = Storage.of(settings)
    part, orphan, lists = storage.uploads / "import-x", storage.for_import(999), storage.uploads / "faults-x"
    part.write_bytes(b"x")
    orphan.mkdir(parents=True)
    lists.mkdir()
    for each in (part, orphan, lists, storage.for_import(kept)):
        os.utime(each, (time.time() - 2 * 86_400,) * 2)
    imports.sweep(app.state.chengtu)
    assert not part.exists() and not orphan.exists() and not lists.exists()
    assert storage.for_import(kept).exists()
