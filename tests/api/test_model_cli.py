"""`chengtu model`: help with an example for every command, and sentences instead of traces."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.model import TrainingMissing, app
from layers.detector import installed
from layers.detector.rules import Scores
from layers.errors import Refused
from layers.settings import Settings
from tests.api.test_cli import chengtu

COMMANDS = {each.name or each.callback.__name__: each for each in app.registered_commands if each.callback}


def test_the_promised_commands_are_there() -> None:
    assert set(COMMANDS) == {
        "export",
        "scenes",
        "train",
        "calibrate",
        "finetune",
        "compare",
        "install",
        "list",
        "use",
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_s_help_holds_an_example(name: str) -> None:
    assert f"./chengtu model {name}" in (COMMANDS[name].callback.__doc__ or "")


def test_the_model_commands_are_found_from_the_top() -> None:
    done = chengtu("model", "--help")
    assert done.returncode == 0, done.stderr
    assert "finetune" in done.stdout


def test_a_fresh_house_lists_the_shipped_model_only(tmp_path: Path) -> None:
    done = chengtu("model", "list", settings=Settings(home=tmp_path))
    assert done.returncode == 0, done.stderr
    assert "✓" in done.stdout and "shipped" in done.stdout


def test_going_back_is_always_possible_and_an_unknown_model_is_said_in_a_sentence(tmp_path: Path) -> None:
    assert chengtu("model", "use", "shipped", settings=Settings(home=tmp_path)).returncode == 0
    done = chengtu("model", "use", "c99", settings=Settings(home=tmp_path))
    assert done.returncode == 1
    assert "c99" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.skipif(importlib.util.find_spec("torch") is not None, reason="torch is installed here")
def test_without_torch_teaching_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    done = chengtu("model", "finetune", str(tmp_path / "set"), "-o", str(tmp_path / "new.onnx"))
    assert done.returncode == 1
    assert "[training]" in done.stderr and "训练需要" in done.stderr and "Traceback" not in done.stderr


def test_the_sentence_names_what_is_missing() -> None:
    error = TrainingMissing(name="torch", command="pip install")
    assert "torch" in error.message_zh and "torch" in error.message_en


@pytest.mark.parametrize("seeds", ["7", "9:7", "a:b", "7:"])
def test_seeds_are_two_numbers_with_a_colon(tmp_path: Path, seeds: str) -> None:
    done = chengtu("model", "scenes", str(tmp_path / "scenes"), "--seeds", seeds)
    assert done.returncode == 1 and "A:B" in done.stderr
    assert not (tmp_path / "scenes").exists()


def test_an_export_without_a_verdict_is_refused_in_a_sentence(settings: Settings, tmp_path: Path) -> None:
    done = chengtu("model", "export", str(tmp_path / "set"), settings=settings)
    assert done.returncode == 1
    assert "没有可以导出的复核结论" in done.stderr
    assert not (tmp_path / "set").exists()


def test_a_model_is_not_installed_when_the_set_is_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "new.onnx").write_bytes(b"no model")
    done = chengtu(
        "model", "install", str(tmp_path / "new.onnx"), "--check", str(tmp_path / "set"),
        settings=Settings(home=tmp_path / "home"),
    )  # fmt: skip
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert not (tmp_path / "home" / "models").exists()


@pytest.mark.parametrize(
    ("new", "word"),
    [(Scores(40, 30, 40, 30), None), (Scores(40, 10, 40, 10), "F1"), (Scores(4, 4, 4, 4), "20")],
)
def test_only_what_is_better_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new: Scores, word: str | None
) -> None:
    old = Scores(new.objects, new.objects // 2, new.objects, new.objects // 2)
    own = Settings(home=tmp_path / "home")
    file = tmp_path / "new.onnx"
    file.write_text("c7")
    monkeypatch.setattr("api.model.settings", lambda: own)
    monkeypatch.setattr(
        "layers.detector.examine.examined", lambda path, *_, **__: new if path == file else old
    )
    monkeypatch.setattr(
        "layers.detector.installed.Model.read", lambda path: type("M", (), {"version": path.read_text()})
    )
    done = CliRunner().invoke(app, ["install", str(file), "--check", str(tmp_path), "--by", "李工"])
    if word is None:
        assert done.exit_code == 0, done.output
        assert installed.model_in_use(own).name == "c7.onnx"
        record = json.loads((own.home / "models" / "c7.json").read_text())
        assert record["figures"]["new"]["objects_hit"] == 30 and record["by"] == "李工"
    else:
        assert isinstance(done.exception, Refused) and word in done.exception.message_zh
        assert installed.model_in_use(own) == installed.SHIPPED
