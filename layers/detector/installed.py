"""The models of this installation on disk.

<home>/models/<version>.onnx   an installed model
<home>/models/<version>.json   its version, sha256, figures, when and by whom it was installed
<home>/models/in_use           the version in use; without the file it is the shipped model
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gis.change.model import SHIPPED, Model, sha256_of
from layers.errors import NotFound, Refused
from layers.settings import Settings

__all__ = ["SHIPPED_NAME", "Installed", "install", "installed", "model_in_use", "use"]

SHIPPED_NAME = "shipped"
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9+._-]{0,79}$")


@dataclass(frozen=True)
class Installed:
    """A model and what is known of it; ``figures`` are those of the day it was installed."""

    version: str
    path: Path
    in_use: bool
    sha256: str | None = None
    figures: Mapping[str, Any] | None = None
    installed_at: str | None = None
    by: str | None = None


def model_in_use(settings: Settings) -> Path:
    """The file of the model that detects now. Raises ``NotFound`` when an installed one has been taken away."""
    version = _version_in_use(settings)
    if version is None:
        return SHIPPED
    path = _folder(settings) / f"{version}.onnx"
    if not path.exists():
        raise NotFound(what_zh="模型", what_en="model", key=version)
    return path


def installed(settings: Settings) -> list[Installed]:
    """The shipped model, then those installed here, the oldest first."""
    current = _version_in_use(settings)
    found = [Installed(SHIPPED_NAME, SHIPPED, current is None)]
    records = [json.loads(each.read_text(encoding="utf-8")) for each in _folder(settings).glob("*.json")]
    for each in sorted(records, key=lambda record: str(record["installed_at"])):
        path = _folder(settings) / f"{each['version']}.onnx"
        if path.exists():
            found.append(Installed(path=path, in_use=each["version"] == current, **each))
    return found


def install(settings: Settings, file: Path, figures: Mapping[str, Any], *, by: str) -> Installed:
    """Copy a model in, write down how it did, and use it; each file appears whole, the choice last.

    Raises ``ModelUnreadable``, and ``Refused`` when another model has that version already.
    """
    version = Model.read(file).version
    if not _NAME.match(version) or version == SHIPPED_NAME:
        raise Refused(
            reason_zh=f"模型版本名“{version}”不能用作文件名。",
            reason_en=f"The model's version “{version}” cannot be a file's name.",
        )
    folder = _folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    target, digest = folder / f"{version}.onnx", sha256_of(file)
    if target.exists() and sha256_of(target) != digest:
        raise Refused(
            reason_zh=f"已安装过另一个版本名为“{version}”的模型。",
            reason_en=f"Another model of the version “{version}” is installed already.",
        )
    part = target.with_suffix(".part")
    shutil.copyfile(file, part)
    part.replace(target)
    record: dict[str, Any] = {
        "version": version, "sha256": digest, "figures": dict(figures),
        "installed_at": datetime.now(UTC).isoformat(timespec="seconds"), "by": by,
    }  # fmt: skip
    _write(folder / f"{version}.json", json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    _write(folder / "in_use", version)
    return Installed(path=target, in_use=True, **record)


def use(settings: Settings, version: str) -> Path:
    """Use an installed model, or go back with «shipped». Raises ``NotFound``."""
    if version == SHIPPED_NAME:
        (_folder(settings) / "in_use").unlink(missing_ok=True)
        return SHIPPED
    known = {each.version: each.path for each in installed(settings)}
    if version not in known:
        raise NotFound(what_zh="模型", what_en="model", key=version)
    _write(_folder(settings) / "in_use", version)
    return known[version]


def _folder(settings: Settings) -> Path:
    return settings.home / "models"


def _version_in_use(settings: Settings) -> str | None:
    path = _folder(settings) / "in_use"
    return path.read_text(encoding="utf-8").strip() if path.exists() else None


def _write(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
