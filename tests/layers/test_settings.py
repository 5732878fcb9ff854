"""Settings: the READMEs name every one of them, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from layers.settings import Settings

ROOT = Path(__file__).parents[2]
SAID_ELSEWHERE = {"CHENGTU_HOST", "CHENGTU_PORT", "CHENGTU_DEMO"}
"""Options of the command line, which hands them on; and what the demo sets."""


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_names_every_setting_and_no_other(name):
    said = set(re.findall(r"^\| `(CHENGTU_\w+)`", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
    known = {f"CHENGTU_{each.upper()}" for each in Settings.model_fields}
    assert known - SAID_ELSEWHERE <= said
    assert said <= known


def test_every_setting_is_described():
    assert all(each.description for each in Settings.model_fields.values())
