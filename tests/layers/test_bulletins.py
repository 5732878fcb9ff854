"""A bulletin from the draft to the withdrawal, and what the database refuses whoever asks."""

from __future__ import annotations

import io
import itertools
import re
from datetime import UTC, date, datetime

import docx
import pypdfium2
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from layers import database
from layers.bulletins import actions, compose, rules, store
from layers.bulletins.actions import Edit
from layers.bulletins.printed import Facts, as_document
from layers.bulletins.rules import Act, State
from layers.errors import Conflict, NotAllowed, Refused
from layers.people.actions import SignedIn, sign_in
from layers.people.rules import Role
from layers.printing.document import Pictures
from layers.printing.html import as_html
from layers.settings import Settings
from layers.storage import Storage

NOW = datetime.now(UTC)
FIRST, LAST = date(2023, 1, 1), date(2023, 6, 30)
ROLES = [frozenset({Role.PUBLIC, role}) for role in Role]


def test_states_and_acts_are_those_of_the_table_and_nobody_approves_his_own():
    for state, act, roles, writes in itertools.product(State, Act, ROLES, (True, False)):
        authors = [7] if writes else [8]
        rule = rules.RULES[act]
        allowed = state in rule.ways and bool(rule.roles & roles) and not (act is Act.APPROVE and writes)
        assert (act in rules.possible(state, roles, 7, authors)) == allowed
        if allowed:
            assert rules.check(state, act, roles, 7, authors, "原因") is rule.ways[state]
        else:
            with pytest.raises((NotAllowed, Refused)):
                rules.check(state, act, roles, 7, authors, "原因")


def test_the_database_permits_the_transitions_of_the_table_and_no_other(session):
    listed = session.execute(text("SELECT from_status, to_status FROM bulletin_transitions")).all()
    assert {tuple(row) for row in listed} == {(a.value, b.value) for a, b in rules.transitions()}


@pytest.fixture
def installed(cluster, demo_url, tmp_path_factory):
    """A copy of the demo district of its own, since drawing happens between transactions."""
    database.close_all()  # a database is copied only while nobody is connected
    url = cluster.create_database("bulletins", make_url(demo_url).database)
    settings = Settings(home=tmp_path_factory.mktemp("bulletins"), database_url=url)
    people = {}
    with database.session(url) as open_session:
        for name in ("planner", "administrator", "officer"):
            people[name], _ = sign_in(open_session, name, "demo-password")
    yield url, settings, people
    database.close_all()


def act(url: str, person: SignedIn, number: int, what: Act, reason: str | None = None) -> None:
    with database.session(url, actor=person.name) as session:
        version = store.get(session, number).version
        actions.move(session, person, number, what, version=version, reason=reason, now=NOW)


def version(url: str, number: int) -> int:
    with database.session(url) as session:
        return store.get(session, number).version


def refused(url: str, sql: str, **values: int) -> str:
    with pytest.raises(DBAPIError) as caught, database.session(url) as session:
        session.execute(text(sql), values)
    return str(caught.value.orig)


def test_a_bulletin_from_draft_to_withdrawal(installed):
    url, settings, people = installed
    planner, chief = people["planner"], people["administrator"]
    number = actions.create(
        url, settings, planner, first=FIRST, last=LAST, division=None, title=None, now=NOW
    )
    with database.session(url) as session:
        case = next(each for each in actions.choices(session, number)["cases"])
        names = session.execute(
            text("SELECT party_name FROM cases WHERE id = :id"), {"id": case["id"]}
        ).scalar_one()
        told = store.get(session, number)
        assert "58 处" in told.sections[0]["text"] and "6367.8 平方米" in told.sections[0]["text"]

    def sections(words: str) -> list[dict[str, str]]:
        return [{"id": "overview", "title": "总体情况", "text": words}]

    named = Edit("违建管控专报", sections(f"{names}在青峰路搭建。"), [], [case["id"]])
    actions.edit(url, settings, planner, number, named, version=1, now=NOW)
    with pytest.raises(Conflict):
        actions.edit(url, settings, planner, number, named, version=1, now=NOW)
    with pytest.raises(Refused, match="public"):
        act(url, planner, number, Act.SUBMIT)
    clean = Edit("违建管控专报", sections("本期共拆除 58 处。"), [], [case["id"]])
    actions.edit(url, settings, planner, number, clean, version=version(url, number), now=NOW)
    act(url, planner, number, Act.SUBMIT)
    assert "frozen" in refused(url, "UPDATE bulletins SET title = 'x' WHERE id = :id", id=number)
    assert "frozen" in refused(url, "DELETE FROM bulletin_files WHERE bulletin_id = :id", id=number)
    assert "approver_is_another" in refused(
        url,
        "UPDATE bulletins SET status = 'approved', approved_by = :by WHERE id = :id",
        by=planner.id,
        id=number,
    )
    with pytest.raises(Refused, match="cannot approve"):
        act(url, planner, number, Act.APPROVE)
    assert "illegal_transition" in refused(
        url, "UPDATE bulletins SET status = 'withdrawn' WHERE id = :id", id=number
    )
    act(url, chief, number, Act.APPROVE)
    assert "without_documents" in refused(
        url,
        "UPDATE bulletins SET status = 'published', number = 9, issued_on = current_date, sha256 = repeat('a', 64) "
        "WHERE id = :id",
        id=number,
    )
    year, issue = actions.publish(url, planner, number, version=version(url, number), now=NOW)
    assert issue == 1
    with database.session(url) as session:
        bulletin = store.at_number(session, year, 1)
        assert actions.sealed(session, bulletin) is True
        files = {each.name: each.content for each in store.files(session, number, "document")}
    for words in (_html(files), _word(files), _pdf(files)):
        assert f"{year}年第1期" in words and "演示数据" in words and "6 367.8" in words.replace("\u2009", " ")
        assert names not in words and case["title"][:4] in words
    for sql in (
        "UPDATE bulletins SET figures = '[]' WHERE id = :id",
        "UPDATE bulletins SET sha256 = repeat('b', 64) WHERE id = :id",
        "UPDATE bulletins SET status = 'draft' WHERE id = :id",
        "DELETE FROM bulletins WHERE id = :id",
        "UPDATE bulletin_files SET content = 'x' WHERE bulletin_id = :id",
        "DELETE FROM bulletin_files WHERE bulletin_id = :id",
        "TRUNCATE bulletins CASCADE",
    ):
        assert any(
            word in refused(url, sql, id=number) for word in ("frozen", "kept", "illegal_transition")
        ), sql
    with pytest.raises(Refused, match="reason"):
        act(url, chief, number, Act.WITHDRAW, " ")
    act(url, chief, number, Act.WITHDRAW, "数据口径有误")
    with database.session(url) as session:
        assert actions.sealed(session, store.get(session, number)) is True
    second = actions.create(
        url, settings, chief, first=FIRST, last=LAST, division="341502101000", title="马头专报", now=NOW
    )
    act(url, chief, second, Act.SUBMIT)
    act(url, people["officer"], second, Act.RETURN, "请补充下一步工作")
    with database.session(url) as session:
        actions.discard(session, chief, second, version=store.get(session, second).version)


def _html(files):
    return files["bulletin.html"].decode()


def _word(files):
    document = docx.Document(io.BytesIO(files["bulletin.docx"]))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert len(document.inline_shapes) == 3
    return "\n".join([*(each.text for each in document.paragraphs), *cells])


def _pdf(files):
    pdf = pypdfium2.PdfDocument(files["bulletin.pdf"])
    told = "".join(page.get_textpage().get_text_range() for page in pdf)
    return re.sub(
        r"(?<=[\u4e00-\u9fff]) | (?=[\u4e00-\u9fff])", "", told
    )  # Typst sets a space beside Chinese


def test_a_suspicion_that_nobody_accepted_and_an_undecided_case_are_not_told(district, tmp_path):
    undecided = district.execute(
        text("SELECT id FROM cases WHERE decided_on IS NULL AND illegal_building_id IS NOT NULL LIMIT 1")
    ).scalar()
    if undecided is None:
        undecided = district.execute(
            text(
                "UPDATE cases SET illegal_building_id = 1 WHERE id = (SELECT min(id) FROM cases WHERE decided_on IS NULL) RETURNING id"
            )
        ).scalar_one()
    settings = Settings(home=tmp_path)
    with pytest.raises(Refused, match="no decision"):
        compose.gather(district, settings, FIRST, LAST, None, exposures=[undecided])


@pytest.mark.parametrize("change", [
    "UPDATE cases SET status = 'revoked', closed_on = NULL WHERE id = :id",
    """INSERT INTO case_steps (case_id, seq, act, from_status, to_status, at, details)
       VALUES (:id, 99, 'end_remedy', 'decided', 'decided', now(), '{"outcome": "annulled"}')""",
])  # fmt: skip
def test_a_case_whose_decision_was_taken_away_is_neither_offered_nor_told(district, tmp_path, change):
    settings = Settings(home=tmp_path)
    area, period = _whole(district)
    number = store.choices(district, area, period)["cases"][0]["id"]
    compose.gather(district, settings, FIRST, LAST, None, exposures=[number])
    district.execute(text("SET LOCAL session_replication_role = replica"))
    district.execute(text(change), {"id": number})
    assert number not in [each["id"] for each in store.choices(district, area, period)["cases"]]
    with pytest.raises(Refused, match="annulled"):
        compose.gather(district, settings, FIRST, LAST, None, exposures=[number])


def test_the_page_escapes_what_people_write_and_needs_nothing_from_outside(district, tmp_path):
    settings = Settings(home=tmp_path)
    composed = compose.draw(compose.gather(district, settings, FIRST, LAST, None), Storage.of(settings), LAST)
    sections = [{"id": "a", "title": "<b>情况</b>", "text": "<script>alert(1)</script>"}]
    facts = Facts("<i>专报", 2023, None, None, FIRST, LAST, composed.figures, composed.content, sections)
    page = as_html(as_document(facts, composed.pictures))
    assert "<script" not in page and "<b>情况" not in page and "<i>专报" not in page
    assert "草稿" in page and 'src="http' not in page and "url(" not in page
    drawn = composed.pictures["map.svg"].content.decode()
    for furniture in ("EPSG:4548", "审图号", "北 N", "km", "演示数据", "制图日期"):
        assert furniture in drawn
    assert drawn.count("<circle") == len(store.structures(district, *_whole(district))) + 2


def _whole(session):
    statement = compose.of_period(session, FIRST, LAST)
    return statement.area, statement.period


def test_before_stands_left_of_after_whatever_the_order_in_which_they_are_stored():
    structure = {
        "code": "C-1", "place": "望城街道", "kind": "新增", "area_m2": 60.0,
        "pictures": {"after": "a.jpg", "before": "b.jpg"}, "days": {"after": "2023-06-18", "before": "2023-03-12"},
    }  # fmt: skip
    content = {
        "unit": "局", "area": {"name": "金安区"}, "notice": "", "ranking": [], "trend": [], "structures": [structure],
        "exposures": [],
    }  # fmt: skip
    printed = as_document(Facts("专报", 2023, 1, LAST, FIRST, LAST, [], content, []), {})
    pair = next(each for each in printed.blocks if isinstance(each, Pictures) and len(each.pictures) == 2)
    assert [each.name for each in pair.pictures] == ["b.jpg", "a.jpg"]
    assert "3月12日" in pair.pictures[0].caption
