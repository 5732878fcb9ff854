"""The pages' files: what changes its name may be kept for ever, the phone entry's worker never."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api import pages

pytestmark = pytest.mark.unit


def test_the_phone_entrys_worker_is_asked_for_anew_and_may_answer_for_that_page_only(tmp_path: Path) -> None:
    for name in ("assets/m-1.js", "field/worker.js", "m.html"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("1", encoding="utf-8")
    app = FastAPI()
    pages.install(app, tmp_path)
    client = TestClient(app)
    worker = client.get("/field/worker.js").headers
    assert (worker["cache-control"], worker["service-worker-allowed"]) == ("no-cache", "/m")
    assert worker["content-type"].startswith("text/javascript")
    assert client.get("/m").headers["cache-control"] == "no-cache"
    assert "immutable" in client.get("/assets/m-1.js").headers["cache-control"]
