"""Documents without a database: words, numbers, which may be made when, and what a template may hold."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.cases.dossier import Act, Document, State
from layers.documents import blocks, example, facts, kinds, pdf
from layers.documents.fields import FIELDS, Form, of_kind
from layers.documents.filled import fill
from layers.documents.kinds import RULES, Kind
from layers.documents.numbers import check_format, number
from layers.documents.store import STANDARD
from layers.documents.template import TemplateRefused, check
from layers.documents.words import BLANK, capitals, degrees, long_day
from layers.errors import Refused
from layers.printing.typefaces import TypefaceMissing
from tests.layers.casework import Walk, fresh

DIGITS = {digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}
UNITS = {"拾": 10, "佰": 100, "仟": 1000, "万": 10**4, "亿": 10**8}


def value_of(words: str) -> Decimal:
    """Read an amount in capitals, by a way of its own."""
    whole, _, rest = words.partition("元") if "元" in words else ("", "", words)
    cents, digit = 0, 0
    for each in rest.removesuffix("整"):
        if each in DIGITS:
            digit = DIGITS[each]
        else:
            cents += digit * {"角": 10, "分": 1}[each]
    total, section, digit = 0, 0, 0
    for each in whole:
        if each in DIGITS:
            digit = DIGITS[each]
        elif UNITS[each] < 10**4:
            section, digit = section + digit * UNITS[each], 0
        else:
            section += digit
            total = (total + section) * UNITS[each] if UNITS[each] == 10**8 else total + section * UNITS[each]
            section = digit = 0
    return Decimal(total + section + digit) + Decimal(cents) / 100


@given(st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2))
@settings(max_examples=50)
def test_an_amount_in_capitals_reads_back_as_the_amount(yuan: Decimal) -> None:
    words = capitals(yuan)
    assert value_of(words) == yuan
    assert "零零" not in words and not words.startswith("零元零")


@pytest.mark.parametrize(("yuan", "words"), [
    ("0", "零元整"), ("40521", "肆万零伍佰贰拾壹元整"), ("6007.14", "陆仟零柒元壹角肆分"), ("325.04", "叁佰贰拾伍元零肆分"),
    ("16409.02", "壹万陆仟肆佰零玖元零贰分"), ("100000", "壹拾万元整"), ("1000100000", "壹拾亿零壹拾万元整"),
])  # fmt: skip
def test_amounts_are_written_as_the_rules_for_bills_have_them(yuan: str, words: str) -> None:
    assert capitals(Decimal(yuan)) == words


def test_days_and_degrees_are_written_in_words() -> None:
    assert long_day(date(2020, 10, 20)) == "二〇二〇年十月二十日"
    assert degrees(116.5199999999) == "116°31′12.0″"


AFTER = {
    Kind.STOP_ORDER: None, Kind.PRIOR_NOTICE: State.NOTIFIED, Kind.DECISION: State.DECIDED,
    Kind.ANNOUNCEMENT: State.DEMANDED, Kind.DEMAND: State.DEMANDED, Kind.ENFORCEMENT: State.ENFORCING,
    Kind.SERVICE_RECEIPT: State.NOTIFIED, Kind.SITE_RECORD: State.FILED, Kind.FILING_FORM: State.FILED,
    Kind.CLOSING_FORM: State.PERFORMED,
}  # fmt: skip
"""The first state on the straight way in which a kind can be made."""
WAY = (State.FILED, State.NOTIFIED, State.REVIEWED, State.DECIDED, State.DEMANDED, State.ENFORCING)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_document_is_made_from_its_step_on_and_not_before(kind: Kind) -> None:
    first = AFTER[kind]
    for state in WAY:
        possible = kinds.why_not(fresh(state).dossier, kind) is None
        assert possible == (first in WAY and WAY.index(state) >= WAY.index(first)), state
    assert kinds.why_not(fresh(State.REVOKED).dossier, kind) is not None
    late = kinds.why_not(fresh(State.CLOSED).dossier, kind) is None
    assert late == RULES[kind].filed_late


def test_force_is_not_written_down_once_the_decision_is_annulled() -> None:
    walk = fresh(State.DEMANDED)
    today = walk.moment.today
    walk.do(Act.RECORD_REMEDY, remedy="suit", on=today).do(Act.END_REMEDY, outcome="annulled", on=today)
    refused = kinds.why_not(walk.dossier, Kind.DEMAND)
    assert refused is not None and "撤销" in refused.message_zh


def test_a_receipt_speaks_of_a_document_that_was_made() -> None:
    dossier = Walk().file().do(Act.STOP).dossier
    assert kinds.why_not(dossier, Kind.SERVICE_RECEIPT, Document.STOP_ORDER) is None
    refused = kinds.why_not(dossier, Kind.SERVICE_RECEIPT, Document.DECISION)
    assert refused is not None and "decision" in refused.message_en


def test_numbers_follow_the_bureaus_format_and_a_format_that_doubles_is_refused() -> None:
    format_ = check_format("{机关}〔{年份}〕{类别}第 {序号} 号")
    said = number(format_, issuer="金城管", year=2026, kind=Kind.STOP_ORDER, sequence=12)
    assert said == "金城管〔2026〕责停第 12 号"
    for wrong in (
        "{年份}{类别}",
        "{机关}第{序号}号",
        "{年份}{类别}{序号}{x}",
        "{年份}{类别}{序号",
        "{0.__class__}{年份}{类别}{序号}",
    ):
        with pytest.raises(Refused):
            check_format(wrong)


ROW: dict[str, Any] = {
    "code": "AJ-1", "title": "x", "party_name": None, "filed_on": None, "closed_on": None, "route": "planning_64",
    "building": None, "building_area_m2": None, "division": None, "handler": None, "lon": 116.5, "lat": 31.7,
    "check": None, "steps": [], "numbers": {},
}  # fmt: skip


def _said(walk: Walk, row: dict[str, Any]) -> dict[str, Any]:
    return facts.facts(
        walk.dossier, row, kind=Kind.DECISION, serves=None, issuer="局", review_body="府", at=example.AT
    )


def test_every_field_is_filled_and_nothing_is_filled_that_is_no_field() -> None:
    said = _said(fresh(State.FILED), ROW)
    later = {"文号", "照片", *(name for name, each in FIELDS.items() if each.form is Form.PICTURE)}
    assert set(said) == set(FIELDS) - later
    assert said["当事人"] is BLANK and not said["罚款大写"]


def test_a_number_of_a_decision_that_was_sent_back_is_not_quoted() -> None:
    walk = fresh(State.DECIDED)
    decided = walk.dossier.last(Act.DECIDE)
    assert decided is not None
    row: dict[str, Any] = {**ROW, "numbers": {Kind.DECISION: ("决字1号", decided.seq - 1)}}
    assert _said(walk, row)["决定文号"] is BLANK
    row["numbers"] = {Kind.DECISION: ("决字2号", decided.seq)}
    assert _said(walk, row)["决定文号"] == "决字2号"


def test_a_table_in_a_cell_is_set_once_and_in_its_place() -> None:
    document = docx.Document()
    inner = document.add_table(1, 1).cell(0, 0).add_table(2, 1)
    inner.cell(0, 0).text, inner.cell(1, 0).text = "甲", "乙"
    out = io.BytesIO()
    document.save(out)
    (outer,) = [each for each in blocks.read(out.getvalue()).body if each["kind"] == "table"]
    (row,) = outer["rows"]
    (nested,) = [each for each in row["cells"][0]["blocks"] if each["kind"] == "table"]
    assert len(nested["rows"]) == 2 and str(outer).count("甲") == 1


@pytest.mark.parametrize("kind", list(Kind))
def test_every_template_that_comes_with_the_software_is_sound_and_fills(kind: Kind) -> None:
    content = (STANDARD / f"{kind.value}.docx").read_bytes()
    assert "文号" in check(content, of_kind(kind))
    made = fill(content, example.values(kind), title="x", at=example.AT)
    assert b"{{" not in zipfile.ZipFile(io.BytesIO(made)).read("word/document.xml")
    assert made == fill(content, example.values(kind), title="x", at=example.AT)


def written(*lines: str) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("line", "word"), [
    ("{{ ''.__class__ }}", "Getattr"), ("{{ 案号.__class__.__mro__ }}", "Getattr"), ("{{ 案号|upper }}", "Filter"),
    ("{% for a in range(1000000000) %}x{% endfor %}", "For"), ("{{ 9 ** 9 ** 9 }}", "Pow"),
    ("{{ '啊' * 1000000000 }}", "Mul"),
    ("{% for 张 in 照片 %}{% for 次 in 照片 %}x{% endfor %}{% endfor %}", "循环"),
    ("{% for 张 in 照片 %}{{ 张.机型 }}{% endfor %}", "机型"),
    ("{% for 字 in 案号 %}{{ 字 }}{% endfor %}", "不是列表"), ("{{ 照片 }}", "逐行"), ("{% set x = 1 %}", "Assign"),
    ("{% include '/etc/passwd' %}", "Include"), ("{{ lipsum.__globals__ }}", "Getattr"), ("{{ self }}", "self"),
    ("{% if 罚款金额 %}", "写法"), ("{{ 当事人 ", "写法"), ("{{ 当时人 }}", "当事人"), ("{{ 案号() }}", "Call"),
    ("{{ 案号[0] }}", "Getitem"),
])  # fmt: skip
def test_what_a_template_may_not_say_is_refused_by_name(line: str, word: str) -> None:
    with pytest.raises(TemplateRefused) as refused:
        check(written("案号：{{ 案号 }}", line), of_kind(Kind.DECISION))
    assert word in refused.value.message_zh and refused.value.message_en


def changed(content: bytes, **parts: str) -> bytes:
    """The same file with other parts: by name, dots for slashes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
        for name, text in parts.items():
            target.writestr(name.replace("__", "/").replace("_", "."), text)
    return out.getvalue()


def test_macros_links_and_what_is_no_word_file_are_refused() -> None:
    sound = written("{{ 案号 }}")
    link = '<Relationships xmlns="x"><Relationship Id="r" Type="t" Target="http://a.example/x" TargetMode="External"/></Relationships>'
    document = docx.Document(io.BytesIO(sound))
    run = document.paragraphs[0].add_run()
    code = docx.oxml.OxmlElement("w:instrText")
    code.text = ' INCLUDEPICTURE "http://a.example/x.png" '
    run._r.append(code)
    out = io.BytesIO()
    document.save(out)
    wrong = {
        "宏": changed(sound, word__vbaProject_bin="x"), "a.example": changed(sound, word___rels__footer1_xml_rels=link),
        "不是 Word": b"%PDF-1.7", "域代码": out.getvalue(), "不是 Word 写出": changed(sound, word__x_xml="<!DOCTYPE a []><a/>"),
    }  # fmt: skip
    assert check(sound, FIELDS) == {"案号"}
    for word, content in wrong.items():
        with pytest.raises(TemplateRefused) as refused:
            check(content, FIELDS)
        assert word in refused.value.message_zh


@given(st.text(max_size=20))
@settings(max_examples=25)
def test_whatever_is_typed_a_document_can_be_made_of_it(words: str) -> None:
    values = {**example.values(Kind.FILING_FORM), "案由": words, "当事人": f"{words}\x0b甲"}
    content = (STANDARD / "filing_form.docx").read_bytes()
    made = fill(content, values, title=f"{words}\x01", at=example.AT)
    assert "甲" in zipfile.ZipFile(io.BytesIO(made)).read("word/document.xml").decode()


def test_what_somebody_says_is_text_in_a_document_and_never_a_field() -> None:
    said = {
        **example.values(Kind.FILING_FORM),
        "案由": "<w:p>{{ 7*7 }} & “引号”",
        "当事人": "{% for x in y %}",
    }
    content = (STANDARD / "filing_form.docx").read_bytes()
    made = fill(content, said, title="x", at=example.AT)
    cells = "".join(
        cell.text
        for table in docx.Document(io.BytesIO(made)).tables
        for row in table.rows
        for cell in row.cells
    )
    assert said["案由"] in cells and "{% for x in y %}" in cells


def test_without_a_chinese_font_the_sentence_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(pdf, "_SURE", ("No Such Font",))
    with pytest.raises(TypefaceMissing) as refused:
        pdf.as_pdf(written("x"), title="x", at=example.AT, fonts=tmp_path)
    assert "fonts-noto-cjk" in refused.value.message_zh
