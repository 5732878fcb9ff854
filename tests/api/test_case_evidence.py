"""The evidence file of a whole case: everything is in it, and one changed byte anywhere is found and named."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from layers import database
from layers.evidence import store
from layers.evidence.verify import EVIDENCE, check_register, examine
from layers.people.rules import Role
from layers.settings import Settings
from layers.storage import Storage
from tests.api.conftest import SignIn
from tests.api.test_cases import _today, act, filed, town  # noqa: F401  (a fixture)
from tests.api.test_documents import make, words_of_pdf
from tests.layers import archives
from tests.photographs import jpeg

pytestmark = pytest.mark.usefixtures("town")

KINDS = {
    "case", "site_check", "step", "service", "deadline", "document", "photograph", "structure", "flight", "alignment",
    "detection", "sighting", "review", "change", "software", "item",
}  # fmt: skip


@pytest.fixture
def settings(with_flights: Settings) -> Settings:
    """An installation of the test's own with the two flights."""
    return with_flights


def test_a_case_is_packed_with_all_that_belongs_to_it_and_a_changed_byte_is_named(
    as_role: SignIn, settings: Settings, tmp_path: Path
) -> None:
    reviewer, officer = as_role(Role.REVIEWER), as_role(Role.OFFICER)
    [shed] = reviewer.get("/api/candidates").json()["items"]
    accepted = reviewer.post(
        f"/api/candidates/{shed['id']}/review", json={"verdict": "accept", "version": shed["version"]}
    ).json()
    taken = jpeg()
    photograph = officer.post("/api/photographs", content=taken).json()["id"]
    now = datetime.now(UTC).isoformat()
    seen = {
        "client_id": str(uuid.uuid4()), "illegal_building_id": accepted["illegal_building"]["id"], "checked_at": now,
        "sent_at": now, "conclusion": "violation", "area_m2": 160, "photographs": [photograph],
    }  # fmt: skip
    check = officer.post("/api/site-checks", json=seen).json()
    case = filed(officer, site_check_id=check["id"])
    case = act(officer, case, "notify").json()
    today = _today()
    case = act(officer, case, "serve", document="notice", method="direct", served_on=today).json()
    made = [make(officer, case, each).json()["items"][-1] for each in ("site_record", "service_receipt")]
    pdf = words_of_pdf(officer.get(f"/api/documents/{made[0]['id']}.pdf").content)
    assert "160.00平方米" in pdf and f"照片1现场核查{check['id']}号" in pdf and "无前期航飞影像" not in pdf

    assert reviewer.get(f"/api/cases/{case['id']}/evidence.zip").status_code == 403
    answer = officer.get(f"/api/cases/{case['id']}/evidence.zip")
    assert answer.status_code == 200, answer.text
    path = tmp_path / "case.zip"
    path.write_bytes(answer.content)
    verdict = examine(path)
    assert settings.database_url
    with database.session(settings.database_url) as session:
        check_register(store.lines(session), verdict)
    assert not verdict.faults
    files = archives.members(path)
    assert {each["kind"] for each in json.loads(files[EVIDENCE])["entries"]} == KINDS
    assert files[f"data/photographs/P-{photograph}.jpg"] == taken
    assert made[0]["number"] in files["data/evidence.html"].decode()

    for name, content in files.items():
        middle = len(content) // 2
        changed = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        found = examine(archives.packed({**files, name: changed}, tmp_path / "changed.zip"))
        assert any(each.where.startswith(name) or name in each.en for each in found.faults), name

    original = Storage.of(settings).photograph(sha256(taken).hexdigest())
    original.write_bytes(taken + b"\0")
    refused = officer.get(f"/api/cases/{case['id']}/evidence.zip")
    assert (refused.status_code, refused.json()["code"]) == (409, "file_changed")
