"""`./chengtu test`: everything; with arguments, pytest alone gets them (`-k`, paths, `-m unit`)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

HELP = """./chengtu test [pytest arguments]

  ./chengtu test                       all checks: ruff, mypy, import-linter, the pages, every test
  ./chengtu test -m unit               pure functions only (seconds)
  ./chengtu test -m "not browser"      without Chromium
  ./chengtu test tests/gis -k align    paths and names go to pytest as they are

全部测试；带参数时只运行 pytest，参数原样传入。
"""


def main(arguments: list[str]) -> int:
    """Run the checks; returns the exit status."""
    if {"-h", "--help"} & set(arguments):
        print(HELP)
        return 0
    need_browser()
    if arguments:
        build_pages()
        return tests(arguments)
    steps: list[tuple[str, Callable[[], int]]] = [
        ("ruff", lambda: module("ruff", "check", ".")),
        ("ruff format", lambda: module("ruff", "format", "--check", ".")),
        ("mypy", lambda: module("mypy")),
        ("import-linter", lambda: run([str(Path(sys.executable).parent / "lint-imports")])),
        ("web build", build_pages),
        ("web types", lambda: node("node_modules/vue-tsc/bin/vue-tsc.js", "--noEmit")),
        ("web tests", lambda: node("node_modules/vitest/vitest.mjs", "run")),
        ("pytest", lambda: tests([])),
    ]
    failed: list[str] = []
    for name, step in steps:
        started = time.monotonic()
        print(f"── {name}", flush=True)
        if step() != 0:
            failed.append(name)
        print(f"── {name}: {time.monotonic() - started:.0f} s", flush=True)
    if failed:
        print(f"✗ 未通过 failed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


def tests(arguments: list[str]) -> int:
    """Pytest, two processes when nothing says otherwise: database and browser wait for one another little."""
    wide = (
        []
        if any(each.startswith(("-n", "--pdb")) for each in arguments)
        else ["-n", "2", "--dist", "loadgroup"]
    )
    return module("pytest", *wide, *arguments)


def need_browser() -> None:
    """On a distribution without a chromium package, take the one of the test library."""
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        module("playwright", "install", "--with-deps", "chromium")


def build_pages() -> int:
    """The pages, as a browser gets them."""
    from api import webbuild  # noqa: PLC0415

    webbuild.build()
    return 0


def node(script: str, *arguments: str) -> int:
    """A Node program of web/node_modules."""
    from api.webbuild import NODE, WEB, node_environment  # noqa: PLC0415

    return run([str(NODE), script, *arguments], cwd=WEB, environment=node_environment())


def module(name: str, *arguments: str) -> int:
    """A Python module of the virtual environment."""
    return run([sys.executable, "-m", name, *arguments])


def run(command: list[str], cwd: Path = ROOT, environment: dict[str, str] | None = None) -> int:
    """A program, its output shown as it comes."""
    inherited = {
        key: value for key, value in (environment or os.environ).items() if not key.startswith("CHENGTU_")
    }
    return subprocess.run(command, cwd=cwd, env=inherited, stdin=subprocess.DEVNULL, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
