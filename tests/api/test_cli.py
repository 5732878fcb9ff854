"""The command line: help with an example for every command, and the doors that need no server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pytest
from sqlalchemy import text

from api.cli import app
from api.serve import environment_of
from layers import database
from layers.settings import ROOT, Settings
from tests import scenes

COMMANDS = {each.name or each.callback.__name__: each for each in app.registered_commands if each.callback}


def chengtu(*arguments: str, settings: Settings | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command as a person does."""
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "COLUMNS": "200"}
    if settings:
        environment |= environment_of(settings)
    return subprocess.run(
        [sys.executable, "-m", "api.cli", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_promised_commands_are_there() -> None:
    promised = {
        "demo",
        "serve",
        "work",
        "migrate",
        "import",
        "holidays",
        "imports",
        "undo-import",
        "own-layer",
        "export",
        "ingest",
        "detect",
        "evaluate",
        "doctor",
        "evidence",
        "verify",
    }
    assert promised == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_s_help_holds_an_example(name: str) -> None:
    assert f"./chengtu {name}" in (COMMANDS[name].callback.__doc__ or "")


def test_detect_writes_what_changed_without_a_database(tmp_path: Path) -> None:
    before, after, before_dsm, after_dsm = scenes.write_scene(scenes.scene_with_shed(256), tmp_path)
    out = tmp_path / "changes.gpkg"
    done = chengtu(
        "detect",
        str(before),
        str(after),
        "--before-dsm",
        str(before_dsm),
        "--after-dsm",
        str(after_dsm),
        "-o",
        str(out),
    )
    assert done.returncode == 0, done.stderr
    [shed] = gpd.read_file(out).to_crs(4548).itertuples()
    assert (shed.kind, round(shed.geometry.area)) == ("new", pytest.approx(160, rel=0.15))


def test_detect_says_in_a_sentence_why_it_cannot(tmp_path: Path) -> None:
    good, bad = scenes.write_ortho(tmp_path / "a.tif"), scenes.not_a_raster(tmp_path / "b.tif")
    done = chengtu("detect", str(good), str(bad), "-o", str(tmp_path / "out.gpkg"))
    assert done.returncode == 1
    assert "b.tif" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "out.gpkg").exists()


def test_detect_says_in_a_sentence_that_a_file_is_cut_short(tmp_path: Path) -> None:
    good = scenes.write_ortho(tmp_path / "a.tif", scenes.ground(1024))
    done = chengtu(
        "detect", str(good), str(scenes.truncated(tmp_path / "b.tif")), "-o", str(tmp_path / "out.gpkg")
    )
    assert done.returncode == 1
    assert "b.tif" in done.stderr and "Traceback" not in done.stderr


def test_evaluate_prints_its_figures_as_json(tmp_path: Path) -> None:
    scene = scenes.scene_with_shed(256)
    for folder, pixels in (("A", scene.before), ("B", scene.after)):
        scenes.write_ortho(tmp_path / folder / "1.tif", pixels)
    label = scene.before.copy() * 0
    label[100:150, 90:170] = 255
    scenes.write_ortho(tmp_path / "label" / "1.tif", label)
    done = chengtu("evaluate", str(tmp_path), "--gsd", "0.2", "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["pairs"] == 1
    assert {"precision", "recall", "f1", "iou", "object_precision", "object_recall"} <= set(figures)


def test_what_is_exported_can_be_imported_elsewhere(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "compounds.geojson"
    gpd.GeoDataFrame(
        {"code": ["XQ-1"], "name": ["和平小区"]},
        geometry=gpd.GeoSeries.from_wkt(
            ["POLYGON((116.53 31.75,116.54 31.75,116.54 31.76,116.53 31.75))"], crs=4490
        ),
    ).to_file(file)
    refused = chengtu("import", "no_such_layer", str(file), settings=settings)
    assert refused.returncode == 1 and "no_such_layer" in refused.stderr
    exported = chengtu("export", "divisions", str(tmp_path / "divisions.gpkg"), settings=settings)
    assert exported.returncode == 0, exported.stderr
    assert list(gpd.read_file(tmp_path / "divisions.gpkg").name) == ["金安区"]


def test_an_import_is_rehearsed_stored_listed_and_undone(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "compounds.geojson"
    places = gpd.GeoSeries.from_wkt(
        ["POLYGON((116.53 31.75,116.54 31.75,116.54 31.76,116.53 31.75))"] * 2, crs=4490
    )
    columns = {"code": ["XQ-1", "XQ-2"], "name": "和平小区", "households": [10, -1], "division": "金安区"}
    gpd.GeoDataFrame(columns, geometry=places).to_file(file)
    rehearsed = chengtu("import", "compounds", str(file), "--dry-run", settings=settings)
    assert rehearsed.returncode == 0 and "XQ-2" in rehearsed.stdout, rehearsed.stderr
    assert "户数不能为负" in (tmp_path / "compounds.geojson.faults.csv").read_text("utf-8-sig")
    refused = chengtu("import", "compounds", str(file), settings=settings)
    assert refused.returncode == 1 and "--sound-rows" in refused.stderr
    stored = chengtu("import", "compounds", str(file), "--sound-rows", settings=settings)
    assert stored.returncode == 0 and "1 rows imported as import 1" in stored.stdout
    assert "compounds.geojson" in chengtu("imports", settings=settings).stdout
    assert "1 rows deleted" in chengtu("undo-import", "1", settings=settings).stdout
    assert settings.database_url
    with database.session(settings.database_url) as session:
        assert session.scalar(text("SELECT count(*) FROM compounds")) == 0


def test_ingest_takes_a_flight_from_disk_to_the_end(settings: Settings, tmp_path: Path) -> None:
    ortho, dsm = scenes.write_ortho(tmp_path / "o.tif"), scenes.write_dsm(tmp_path / "d.tif")
    done = chengtu("ingest", str(ortho), str(dsm), "--flown", "2023-06-18", settings=settings)
    assert done.returncode == 0, done.stderr
    assert settings.database_url
    with database.session(settings.database_url) as session:
        assert session.execute(text("SELECT status, name FROM surveys")).all() == [("done", "o")]
    assert ortho.exists() and dsm.exists()


def test_ingest_of_a_faulty_file_leaves_no_flight(settings: Settings, tmp_path: Path) -> None:
    done = chengtu(
        "ingest", str(scenes.without_crs(tmp_path / "o.tif")), "--flown", "2023-06-18", settings=settings
    )
    assert done.returncode == 1 and "o.tif" in done.stderr
    assert settings.database_url
    with database.session(settings.database_url) as session:
        assert session.scalar(text("SELECT count(*) FROM surveys")) == 0


def test_doctor_says_what_to_do_about_a_database_it_cannot_reach(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url="postgresql://nobody@/none?host=/nowhere")
    done = chengtu("doctor", settings=settings)
    assert done.returncode == 1
    assert "CHENGTU_DATABASE_URL" in done.stdout


def test_a_notice_of_holidays_is_loaded_and_a_broken_one_changes_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "2031.csv"
    head, row = (
        "date,kind,name,source\n",
        "2031-01-01,holiday,元旦、春节、清明节、劳动节、端午节、中秋节、国庆节,国办\n",
    )
    file.write_text(head + "2031-01-01,holiday,元旦,国办\n", encoding="utf-8")
    broken = chengtu("holidays", str(file), settings=settings)
    assert broken.returncode == 1 and "缺少" in broken.stderr and "lacks" in broken.stderr
    file.write_text(head + row, encoding="utf-8")
    assert "2031" in chengtu("holidays", str(file), settings=settings).stdout
    assert settings.database_url
    with database.session(settings.database_url) as session:
        sql = "SELECT count(*) FROM calendar_days WHERE day >= '2027-01-01'"
        assert session.scalar(text(sql)) == 1
