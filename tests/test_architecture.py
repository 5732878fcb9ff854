"""The house keeps its shape: imports one way, one reader of the environment, every setting documented."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from layers.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("gis", "layers", "api")


def _files() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for path in _files()
        if any(word in path.read_text(encoding="utf-8") for word in ("os.environ", "os.getenv"))
    }
    # the others hand the environment on to a child process; they read no setting from it
    assert readers <= {"layers/settings.py", "layers/cluster.py", "api/webbuild.py", "api/processes.py"}


def test_gis_knows_no_database_and_no_http() -> None:
    forbidden = {"sqlalchemy", "psycopg", "asyncpg", "fastapi", "starlette", "procrastinate", "geoalchemy2"}
    for path in sorted((ROOT / "gis").rglob("*.py")):
        roots = {name.split(".")[0] for name in _imports(path)}
        assert not roots & forbidden, path


def test_no_file_is_named_for_everything() -> None:
    vague = {"utils.py", "util.py", "common.py", "helpers.py", "service.py", "factory.py", "misc.py"}
    assert not [path for path in _files() if path.name in vague]


def test_no_file_grows_past_four_hundred_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in _files()
    }
    assert not {name: lines for name, lines in long.items() if lines > 400}


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_every_setting_is_documented(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    missing = [
        f"CHENGTU_{name.upper()}" for name in Settings.model_fields if f"CHENGTU_{name.upper()}" not in text
    ]
    assert not missing
    assert all(field.description for field in Settings.model_fields.values())
