from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from layers.bulletins.scrub import found_in, scrub

HAN = st.text("张王李赵欧阳建国伟芳秀英强明丽军洋勇", min_size=2, max_size=4)
DIGITS = st.text("0123456789", min_size=8, max_size=8)
FULL = str.maketrans("0123456789", "０１２３４５６７８９")
WORDS = st.text("在于违法建设一处，拆除。：路村 ab12", max_size=12)
NUMBER = st.one_of(
    DIGITS.map(lambda rest: f"139{rest}"),
    DIGITS.map(lambda rest: f"138 {rest[:4]} {rest[4:]}"),
    DIGITS.map(lambda rest: f"+86-186-{rest[:4]}-{rest[4:]}"),
    DIGITS.map(lambda rest: f"0564-{rest}"),
    DIGITS.map(lambda rest: f"34150219{rest[:4]}01{rest[4:]}"),
    DIGITS.map(lambda rest: f"34150219800101{rest[:3]}X"),
    DIGITS.map(lambda rest: f"6222 0213 0600 {rest[:4]} {rest[4:7]}"),
    DIGITS.map(lambda rest: f"zhang{rest}@example.cn"),
).flatmap(lambda plain: st.sampled_from([plain, plain.translate(FULL)]))


@settings(max_examples=150)
@given(HAN, WORDS, NUMBER, WORDS, HAN)
def test_no_known_name_and_no_number_of_a_person_is_left(name, before, number, after, other):
    said = f"{before}。{name}，{number}，{after}{other}"
    left = scrub(said, [name, other])
    assert name not in left and other not in left
    assert not re.search(r"\d(?:[ -]?\d){9,}", left), left
    assert "@" not in left
    assert scrub(left, [name, other]) == left
    assert found_in(said, [name, other]) and not found_in(left, [name, other])


@given(st.integers(1, 99), st.integers(1, 9), st.integers(101, 3999))
def test_a_dwelling_is_generalised(block, unit, room):
    for said in (
        f"幸福小区{block}号楼{unit}单元{room}室",
        f"{block}栋{room}户",
        f"青峰路{block}号",
        f"望城村{unit}组{block}号",
    ):
        left = scrub(said)
        assert not re.search(r"\d", left), left
    assert scrub(f"幸福小区{block}号楼{unit}单元{room}室").startswith("幸福小区")


def test_a_name_behind_its_word_is_found_without_being_known():
    assert scrub("当事人张建国在青峰路搭建") == "当事人张某在青峰路搭建"
    assert scrub("户主：李芳，联系人王小明。") == "户主：李某，联系人王某。"
    assert scrub("车牌皖N·A1234，邮箱 a.b@c.cn") == "车牌［车牌］，邮箱 ［邮箱］"


def test_what_is_no_personal_data_stays_as_it_is():
    for said in (
        "2023年1月1日至6月30日，共拆除违法建设 58 处、6367.8 平方米。",
        "案号 AJ-2023-008，依据城乡规划法第六十四条。受理 13271 件，处置 13263 件，占 99.94%。",
        "区划 341502，皋陶小学以北；皖政办〔2023〕12号文。",
    ):
        assert scrub(said) == said and not found_in(said)
