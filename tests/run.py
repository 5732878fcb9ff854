"""`./chengtu test`: everything; with arguments, pytest alone gets them (`-k`, paths, `-m unit`)."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from api.webbuild import NODE, WEB, node_environment  # noqa: E402

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
        return shown(PAGES).returncode or shown(tests(arguments)).returncode
    of_python = [
        ("ruff", module("ruff", "check", ".")),
        ("ruff format", module("ruff", "format", "--check", ".")),
        ("mypy", module("mypy")),
        ("import-linter", [str(Path(sys.executable).parent / "lint-imports")]),
    ]
    of_pages = [
        ("web build", PAGES),
        ("web types", node("node_modules/vue-tsc/bin/vue-tsc.js", "--noEmit")),
        ("web tests", node("node_modules/vitest/vitest.mjs", "run")),
    ]
    with ThreadPoolExecutor(2) as pool:  # these need one core each, and nothing of one another
        failed = [name for each in pool.map(refused, (of_python, of_pages)) for name in each]
    started = time.monotonic()
    print("── pytest", flush=True)
    if shown(tests([])).returncode:
        failed.append("pytest")
    print(f"── pytest: {time.monotonic() - started:.0f} s", flush=True)
    if failed:
        print(f"✗ 未通过 failed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


def refused(checks: list[tuple[str, list[str]]]) -> list[str]:
    """Run checks one after another, telling each when it is done; the names of those that failed."""
    failed = []
    for name, command in checks:
        started = time.monotonic()
        done = shown(command, told=False)
        print(f"{done.stdout}── {name}: {time.monotonic() - started:.0f} s", flush=True)
        if done.returncode:
            failed.append(name)
    return failed


def tests(arguments: list[str]) -> list[str]:
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
        shown(module("playwright", "install", "--with-deps", "chromium"))


def node(script: str, *arguments: str) -> list[str]:
    """A Node program of web/node_modules."""
    return [str(NODE), str(WEB / script), *arguments]


def module(name: str, *arguments: str) -> list[str]:
    """A Python module of the virtual environment."""
    return [sys.executable, "-m", name, *arguments]


PAGES = [sys.executable, "-c", "from api import webbuild; webbuild.build()"]
"""The pages, as a browser gets them."""


def shown(command: list[str], *, told: bool = True) -> subprocess.CompletedProcess[str]:
    """A program, its output shown as it comes, or handed back where it is not ``told``."""
    inherited = {key: value for key, value in node_environment().items() if not key.startswith("CHENGTU_")}
    return subprocess.run(
        command, cwd=WEB if command[0] == str(NODE) else ROOT, env=inherited, stdin=subprocess.DEVNULL, check=False,
        text=True, stdout=None if told else subprocess.PIPE, stderr=None if told else subprocess.STDOUT,
    )  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
