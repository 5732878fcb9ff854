"""Documents over HTTP: made from a case, read again in Word and PDF, corrected, numbered in a race, templates brought."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import docx
import pypdfium2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from starlette.testclient import TestClient

from layers import database
from layers.people.rules import Role
from layers.settings import Settings
from layers.timezone import SHANGHAI
from tests.api.conftest import SignIn
from tests.api.test_cases import act, filed, town  # noqa: F401  (a fixture)

pytestmark = pytest.mark.usefixtures("town")

PARTY = "赵某某建材经营部"


def words_of_docx(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(each.text for each in document.paragraphs), *cells])


def words_of_pdf(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as pdf:
        found = "".join(page.get_textpage().get_text_bounded() for page in pdf)
    return re.sub(r"\s", "", found)


def make(client: TestClient, case: dict[str, Any], kind: str, **given: Any) -> Any:
    return client.post(
        f"/api/cases/{case['id']}/documents", json={"kind": kind, "version": case["version"], **given}
    )


def test_a_document_is_made_in_word_and_pdf_kept_and_corrected(as_role: SignIn, settings: Settings) -> None:
    officer, planner = as_role(Role.OFFICER), as_role(Role.PLANNER)
    case = filed(officer, party_name=PARTY)
    early = make(officer, case, "stop_order")
    assert early.status_code == 409 and "责令停止建设" in early.json()["title_zh"]
    case = act(officer, case, "stop").json()
    made = make(officer, case, "stop_order")
    assert made.status_code == 201, made.text
    (document,) = made.json()["items"]
    year = datetime.now(SHANGHAI).year
    assert document["number"] == f"金城管〔{year}〕责停第1号"

    word = officer.get(f"/api/documents/{document['id']}.docx")
    pdf = officer.get(f"/api/documents/{document['id']}.pdf")
    said = words_of_docx(word.content)
    for each in (PARTY, document["number"], "责令停止违法行为通知书", "42.50平方米", "第六十四条", "{{"):
        assert (each in said) == (each != "{{")
    for each in ("六安市金安区城市管理局", PARTY, document["number"], "附：位置示意图"):
        assert each in words_of_pdf(pdf.content)
    again = officer.get(
        f"/api/documents/{document['id']}.pdf", headers={"If-None-Match": pdf.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")

    seen = planner.get(f"/api/cases/{case['id']}/documents").json()
    assert (seen["readable"], [each["number"] for each in seen["items"]]) == (False, [document["number"]])
    assert PARTY not in str(seen) and planner.get(f"/api/documents/{document['id']}.pdf").status_code == 403

    path = f"/api/documents/{document['id']}/correction"
    given = {"reason": "面积笔误", "version": case["version"]}
    first, second = officer.post(path, json=given).json()["items"]
    assert (second["number"], second["revision"], second["replaces_id"]) == (
        document["number"],
        2,
        document["id"],
    )
    assert (first["replaced"], first["docx_sha256"]) == (True, document["docx_sha256"])
    assert officer.get(f"/api/documents/{document['id']}.docx").content == word.content
    assert officer.post(path, json=given).status_code == 409
    assert settings.database_url
    for sql in (
        "UPDATE case_documents SET number = 'x'",
        "DELETE FROM case_documents",
        "TRUNCATE document_templates CASCADE",
    ):
        with pytest.raises(DBAPIError), database.session(settings.database_url) as session:
            session.execute(text(sql))


def test_numbers_have_neither_gap_nor_double_when_several_are_made_at_once(as_role: SignIn) -> None:
    officer = as_role(Role.OFFICER)
    case = filed(officer)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: make(officer, case, "filing_form"), range(5)))
    assert {each.status_code for each in answers} == {201}
    items = officer.get(f"/api/cases/{case['id']}/documents").json()["items"]
    assert sorted(int(re.search(r"第(\d+)号", each["number"])[1]) for each in items) == list(range(1, 6))  # type: ignore[index]


def test_an_administrator_brings_a_template_and_only_a_sound_one_is_kept(as_role: SignIn) -> None:
    chief, officer = as_role(Role.ADMINISTRATOR), as_role(Role.OFFICER)
    path = "/api/document-templates/filing_form/file"
    told = chief.get("/api/document-templates/filing_form").json()
    assert "案号" in {each["name"] for each in told["fields"]} and told["versions"][0]["by"] is None
    document = docx.Document(io.BytesIO(chief.get(path).content))
    document.add_paragraph("本局自拟：{{ 案号 }}")
    own = io.BytesIO()
    document.save(own)
    assert officer.post(path, content=own.getvalue()).status_code == 403
    brought = chief.post(path, content=own.getvalue(), params={"note": "加一行"}).json()
    assert [each["version"] for each in brought["versions"]] == [2, 1]
    document.add_paragraph("{{ 案好 }}")
    wrong = io.BytesIO()
    document.save(wrong)
    refused = chief.post(path, content=wrong.getvalue())
    assert (
        refused.status_code == 422
        and "案好" in refused.json()["title_zh"]
        and "案号" in refused.json()["title_zh"]
    )
    case = filed(officer)
    (made,) = make(officer, case, "filing_form").json()["items"]
    assert made["template_version"] == 2
    assert f"本局自拟：{case['code']}" in words_of_docx(
        officer.get(f"/api/documents/{made['id']}.docx").content
    )
    options = chief.get("/api/document-templates").json()["options"]
    double = chief.put("/api/document-options", json={**options, "number_format": "{年份}第{序号}号"})
    assert double.status_code == 409 and "{类别}" in double.json()["title_zh"]
