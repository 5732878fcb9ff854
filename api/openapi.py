"""`python -m api.openapi`: write api/openapi.json, from which the page's types are generated."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from api.app import create
from layers.settings import ROOT, Settings

__all__ = ["PATH", "document"]

PATH = ROOT / "api" / "openapi.json"


def document() -> str:
    """The OpenAPI document as text; no database is touched."""
    with tempfile.TemporaryDirectory() as home:
        app = create(Settings(home=Path(home)), "postgresql://nobody@/none")
        return json.dumps(app.openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    PATH.write_text(document(), encoding="utf-8")
