"""The evidence file of a candidate, from the flights on the disk to the register, over HTTP and the command line."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.windows import from_bounds
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from starlette.testclient import TestClient

from layers import database
from layers.cluster import Cluster
from layers.evidence import actions, document, store
from layers.evidence.bag import MANIFEST, TAG_MANIFEST
from layers.evidence.chain import breaks
from layers.evidence.verify import EVIDENCE, EXPORT, check_register, examine
from layers.people.rules import Role
from layers.settings import Settings
from layers.storage import Storage, sha256
from tests.api.conftest import SignIn, Template
from tests.api.test_cli import chengtu
from tests.layers import archives

CODE = "C20230618-001-0001"
PAYLOAD = {
    "data/README.txt", "data/after-dsm.tif", "data/after-ortho.tif", "data/after.png", "data/around.png",
    "data/before-dsm.tif", "data/before-ortho.tif", "data/before.png", "data/evidence.html", "data/evidence.json",
    "data/evidence.schema.json", "data/outline.geojson",
}  # fmt: skip
Made = tuple[Path, dict[str, bytes], Storage]
TAGS = {"bag-info.txt", "bagit.txt", EXPORT, MANIFEST, TAG_MANIFEST}


@pytest.fixture
def settings(with_flights: Settings) -> Settings:
    """An installation of the test's own with the two flights."""
    return with_flights


@pytest.fixture(scope="module")
def made(cluster: Cluster, processed: Template, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """An evidence file that tests only read: the archive, its members, and where the flights lie."""
    url = cluster.create_database("evidence_made", processed.database)
    settings = Settings(home=processed.home, database_url=url)
    path = export(settings, tmp_path_factory.mktemp("made"))
    database.close_all()
    return path, archives.members(path), Storage.of(settings)


def export(settings: Settings, folder: Path, *, by: str = "anna") -> Path:
    folder.mkdir(exist_ok=True)
    assert settings.database_url
    path, _ = actions.export_by_code(
        settings.database_url, settings, CODE, folder, by=by, roles=frozenset({Role.REVIEWER})
    )
    return path


def facts(files: dict[str, bytes], kind: str) -> list[dict[str, Any]]:
    return [each["facts"] for each in json.loads(files[EVIDENCE])["entries"] if each["kind"] == kind]


def candidate(client: TestClient) -> dict[str, Any]:
    return dict(client.get("/api/candidates").json()["items"][0])


def taken(client: TestClient, folder: Path) -> Path:
    answer = client.get(f"/api/candidates/{candidate(client)['id']}/evidence.zip")
    assert answer.status_code == 200, answer.text
    assert (
        answer.headers["content-type"] == "application/zip" and answer.headers["cache-control"] == "no-store"
    )
    path = folder / re.findall('filename="(.+)"', answer.headers["content-disposition"])[0]
    path.write_bytes(answer.content)
    return path


def test_a_reviewer_takes_a_file_that_is_found_whole_alone_and_in_the_register(
    as_role: SignIn, settings: Settings, tmp_path: Path
) -> None:
    path = taken(as_role(Role.REVIEWER), tmp_path)
    assert path.name == f"evidence-{CODE}-v1.zip"
    assert set(archives.members(path)) == PAYLOAD | TAGS
    verdict = examine(path)
    assert verdict.line and (verdict.line["number"], verdict.line["made_by"]) == (1, "reviewer")
    assert settings.database_url
    with database.session(settings.database_url) as session:
        check_register(store.lines(session), verdict)
    assert not verdict.faults


@pytest.mark.parametrize("role", list(Role))
def test_reviewers_officers_and_administrators_may_take_it_and_nobody_else(
    as_role: SignIn, role: Role
) -> None:
    who = None if role is Role.PUBLIC else role
    status = as_role(who).get("/api/candidates/1/evidence.zip").status_code
    assert status == (401 if who is None else 200 if role in actions.MAY_EXPORT else 403)


def test_there_is_none_of_a_candidate_that_is_not_there(as_role: SignIn) -> None:
    assert as_role(Role.OFFICER).get("/api/candidates/99/evidence.zip").status_code == 404


def test_the_same_state_gives_the_same_bytes_but_for_the_line_of_the_export(
    settings: Settings, tmp_path: Path
) -> None:
    one, other = (archives.members(export(settings, tmp_path / each, by=each)) for each in ("a", "b"))
    assert {name for name in one if one[name] != other[name]} == {EXPORT, TAG_MANIFEST}
    assert list(one) == list(other)
    lines = [json.loads(each[EXPORT]) for each in (one, other)]
    assert breaks(lines) == [] and [each["made_by"] for each in lines] == ["a", "b"]
    assert lines[0]["manifest_sha256"] == lines[1]["manifest_sha256"]


@pytest.mark.parametrize("kind", ["ortho", "dsm"])
@pytest.mark.parametrize(("role", "survey"), [("before", 1), ("after", 2)])
def test_the_pieces_are_the_pixels_of_the_originals(
    made: Made, tmp_path: Path, kind: Any, role: str, survey: int
) -> None:
    _, files, storage = made
    (tmp_path / "piece.tif").write_bytes(files[f"data/{role}-{kind}.tif"])
    with (
        rasterio.open(tmp_path / "piece.tif") as piece,
        rasterio.open(storage.source(survey, kind)) as whole,
    ):
        assert piece.crs.to_epsg() == 4548 and piece.transform.a == whole.transform.a
        window = from_bounds(*piece.bounds, whole.transform).round()
        assert np.array_equal(piece.read(), whole.read(window=window))
        assert 40 < (piece.bounds.right - piece.bounds.left) < 80


def test_the_pictures_show_the_outline_and_the_pieces_do_not(made: Made, tmp_path: Path) -> None:
    shutil.unpack_archive(made[0], tmp_path)
    data = tmp_path / f"evidence-{CODE}-v1" / "data"
    magenta = [(np.asarray(Image.open(data / f"{each}.png")) == (194, 24, 143)).all(-1).sum()
               for each in ("before", "after", "around")]  # fmt: skip
    assert min(magenta) > 100
    with rasterio.open(data / "after-ortho.tif") as piece:
        assert not (np.moveaxis(piece.read(), 0, -1) == (194, 24, 143)).all(-1).any()


def test_the_document_has_the_facts_and_fits_its_schema(made: Made) -> None:
    _, files, storage = made
    read = document.Evidence.model_validate_json(files[EVIDENCE])
    assert json.loads(files["data/evidence.schema.json"]) == document.schema()
    assert (read.subject.code, read.subject.version) == (CODE, 1)
    before, after = facts(files, "flight")
    assert [each["flown_on"] for each in (before, after)] == ["2023-03-12", "2023-06-18"]
    ortho = next(each for each in after["files"] if each["kind"] == "ortho")
    assert ortho["received_sha256"] == sha256(storage.source(2, "ortho")) and ortho["stored"]
    assert ortho["cog_sha256"] == sha256(storage.cog(2, "ortho"))
    [alignment] = facts(files, "alignment")
    assert (alignment["grade"], alignment["applied"], alignment["forced"]) == ("good", True, None)
    [detection] = facts(files, "detection")
    assert detection["model"] is None or re.fullmatch("[0-9a-f]{64}", detection["model_sha256"])
    outline = json.loads(files["data/outline.geojson"])
    assert outline["features"][0]["geometry"] == facts(files, "structure")[0]["outline"]
    assert {each["path"] for each in facts(files, "item")} < PAYLOAD


def test_a_verdict_is_in_the_next_one_with_who_gave_it_and_the_row_s_history(
    as_role: SignIn, tmp_path: Path
) -> None:
    reviewer = as_role(Role.REVIEWER)
    given = {"verdict": "reject", "reason": "shadow", "note": "只是影子 <b>", "version": 1}
    assert reviewer.post(f"/api/candidates/{candidate(reviewer)['id']}/review", json=given).status_code == 200
    files = archives.members(taken(as_role(Role.OFFICER), tmp_path))
    [review] = facts(files, "review")
    assert (review["verdict"], review["reason"], review["by"]) == ("reject", "shadow", "测试 reviewer")
    assert review["at"].endswith("Z")
    assert [(each["version"], each["actor"]) for each in facts(files, "change")][-1] == (2, "reviewer")
    page = files["data/evidence.html"].decode()
    assert "只是影子 &lt;b&gt;" in page and "测试 reviewer" in page and "阴影" in page


def test_the_page_fetches_nothing_and_speaks_both_languages(made: Made) -> None:
    page = made[1]["data/evidence.html"].decode()
    assert not re.findall(r"(?:src|href)=\"(?!data:)|url\(|<script|https?://", page)
    assert page.count("data:image/jpeg;base64,") == 3
    assert "证据档案" in page and "Evidence file" in page


def test_sha256sum_checks_what_the_platform_made(made: Made, tmp_path: Path) -> None:
    shutil.unpack_archive(made[0], tmp_path)
    for name in (MANIFEST, TAG_MANIFEST):
        subprocess.run(
            ["sha256sum", "-c", "--strict", name], cwd=tmp_path / f"evidence-{CODE}-v1", check=True
        )


def test_of_an_original_that_was_changed_no_evidence_is_made(as_role: SignIn, settings: Settings) -> None:
    original = Storage.of(settings).source(2, "ortho")
    content = bytearray(original.read_bytes())
    content[-1] ^= 1
    original.unlink()  # the template's file may be the same one
    original.write_bytes(content)
    answer = as_role(Role.REVIEWER).get("/api/candidates/1/evidence.zip")
    assert (answer.status_code, answer.json()["code"]) == (409, "imagery_changed")
    assert "S20230618-001" in answer.json()["title_zh"]
    assert settings.database_url
    with database.session(settings.database_url) as session:
        assert list(store.lines(session)) == []


def test_where_imagery_is_gone_the_file_says_so_and_has_the_rest(settings: Settings, tmp_path: Path) -> None:
    Storage.of(settings).forget(1)
    files = archives.members(export(settings, tmp_path / "out"))
    assert not [name for name in files if name.startswith("data/before")]
    assert [each["stored"] for each in facts(files, "flight")[0]["files"]] == [False, False]
    assert "data/after-ortho.tif" in files


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE evidence_exports SET made_by = 'x'",
        "DELETE FROM evidence_exports",
        "TRUNCATE evidence_exports",
        "INSERT INTO evidence_exports SELECT number + 2, at, made_by, subject, code, subject_version, manifest_sha256, "
        "head_sha256, sha256, sha256 FROM evidence_exports",
        "INSERT INTO evidence_exports SELECT number + 1, at, made_by, subject, code, subject_version, manifest_sha256, "
        "head_sha256, previous, sha256 FROM evidence_exports",
    ],
    ids=["changed", "deleted", "emptied", "a gap", "another before it"],
)
def test_the_register_is_only_added_to(settings: Settings, tmp_path: Path, sql: str) -> None:
    export(settings, tmp_path / "out")
    assert settings.database_url
    with (
        pytest.raises(DBAPIError, match=r"only added to|does not follow"),
        database.session(settings.database_url) as session,
    ):
        session.execute(text(sql))
    with database.session(settings.database_url) as session:
        assert [each["made_by"] for each in store.lines(session)] == ["anna"]


def test_several_who_take_one_at_once_get_lines_one_after_the_other(
    settings: Settings, tmp_path: Path
) -> None:
    names = [f"p{number}" for number in range(4)]
    threads = [threading.Thread(target=export, args=(settings, tmp_path / name), kwargs={"by": name})
               for name in names]  # fmt: skip
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert settings.database_url
    with database.session(settings.database_url) as session:
        lines = list(store.lines(session))
    assert breaks(lines) == [] and sorted(each["made_by"] for each in lines) == names


def test_the_command_line_takes_and_checks_one(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "e.zip"
    done = chengtu("evidence", CODE, "-o", str(path), settings=settings)
    assert done.returncode == 0, done.stderr
    assert sorted(each.name for each in tmp_path.iterdir()) == ["e.zip", "home"]
    done = chengtu("verify", str(path), settings=settings)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Archive and register were checked." in done.stdout
    files = archives.members(path)
    archives.packed({**files, "data/after.png": files["data/before.png"]}, path)
    done = chengtu("verify", str(path), settings=settings)
    assert done.returncode == 1 and "data/after.png" in done.stderr


def test_checking_needs_no_database_and_says_what_it_could_not_check(tmp_path: Path) -> None:
    path = archives.make(tmp_path)
    nowhere = Settings(home=tmp_path / "home", database_url="postgresql://nobody@127.0.0.1:9/none")
    alone = Settings(home=tmp_path / "home")
    for settings in (nowhere, alone):
        done = chengtu("verify", str(path), settings=settings)
        assert (done.returncode, done.stderr) == (0, "")
        assert "Only the archive itself was checked" in done.stdout
    assert not (tmp_path / "home" / "postgres").exists()


def test_a_file_of_another_installation_is_checked_alone_where_that_is_asked_for(
    settings: Settings, tmp_path: Path
) -> None:
    path = archives.make(tmp_path / "other")
    done = chengtu("verify", str(path), settings=settings)
    assert done.returncode == 1 and "--archive-only" in done.stderr
    assert chengtu("verify", str(path), "--archive-only", settings=settings).returncode == 0


def test_of_a_code_that_is_not_there_nothing_is_written(settings: Settings, tmp_path: Path) -> None:
    done = chengtu("evidence", "C-NONE", "-o", str(tmp_path / "e.zip"), settings=settings)
    assert done.returncode == 1 and "C-NONE" in done.stderr and "Traceback" not in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["home"]
