"""A bulletin as a document: its frozen content in the order of the page. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from layers.printing.document import (
    Block,
    Document,
    File,
    Heading,
    Note,
    Paragraph,
    Picture,
    Pictures,
    Table,
)

__all__ = ["Facts", "as_document"]

THIN = "\u2009"
_NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Facts:
    """What is printed of a row; without number and day it is a draft."""

    title: str
    year: int
    number: int | None
    issued_on: date | None
    first: date
    last: date
    figures: Sequence[Mapping[str, Any]]
    content: Mapping[str, Any]
    sections: Sequence[Mapping[str, str]]
    sha256: str | None = None


def as_document(facts: Facts, files: Mapping[str, File]) -> Document:
    """The document, in Chinese as the bureau issues it. A draft says that it is one."""
    content = facts.content
    draft = facts.number is None
    number = "（草稿，未编号）" if draft else f"{facts.year}年第{facts.number}期"
    issued = "" if facts.issued_on is None else f"　{_day(facts.issued_on)}"
    lines = (
        number,
        f"{content['unit']}{issued}",
        f"统计时段：{_day(facts.first)}至{_day(facts.last)}　统计范围：{content['area']['name']}",
    )
    first, *rest = facts.sections or ({"title": "总体情况", "text": ""},)
    parts: list[tuple[str, list[Block]]] = [
        (first["title"], [Paragraph(first["text"]), _figures(facts.figures), Note(
            "各项数据由平台逐条记录计算；比率均列分子、分母。疑似图斑按首次发现的航飞日期计入，影像只是线索。")]),
        ("各乡镇街道排名", [_picture("ranking.svg", "各乡镇街道发现与拆除数（前十二位）"), _ranking(content["ranking"])]),
        ("逐月趋势与上年同期", [_picture("trend.svg", "逐月发现数与上年同期"), _trend(content["trend"])]),
        ("分布图", [_picture("map.svg", "违法建设分布图")]),
    ]  # fmt: skip
    if content["structures"]:
        parts.append(("影像对比", [_compared(each) for each in content["structures"]]))
    if content["exposures"]:
        told: list[Block] = [
            Paragraph(f"{n}. {each['title']}：{each['text']}")
            for n, each in enumerate(content["exposures"], 1)
        ]
        parts.append(("典型案例曝光", [*told, Note("已隐去当事人姓名、联系方式、证件号码与住址。")]))
    parts += [(each["title"], [Paragraph(each["text"])]) for each in rest if each["text"].strip()]
    blocks: list[Block] = []
    for place, (title, own) in enumerate(parts):
        blocks += [Heading(f"{_numeral(place)}、{title}"), *own]
    if facts.sha256:
        blocks.append(Note(f"本期数据与图片已封存，SHA-256：{facts.sha256}"))
    notice = " · ".join(each for each in (content["notice"], "草稿，不得外传" if draft else "") if each)
    return Document(facts.title, lines, tuple(blocks), notice, "zh-CN", files)


def _figures(figures: Sequence[Mapping[str, Any]]) -> Table:
    rows = []
    for each in figures:
        if each["denominator"] is None:
            rows.append((each["title"]["zh"], _with_unit(each["value"], each["unit"]["zh"]), ""))
        else:
            rate = "—" if each["rate"] is None else f"{each['rate'] * 100:.2f}{THIN}%"
            rows.append((each["title"]["zh"], rate, f"{each['numerator']} ÷ {each['denominator']}"))
    return Table(("指标", "数值", "分子 ÷ 分母"), tuple(rows), frozenset({1, 2}))


def _ranking(rows: Sequence[Mapping[str, Any]]) -> Table:
    heads = (
        "乡镇街道",
        "名次",
        "发现（处）",
        "发现（m²）",
        "拆除（处）",
        "拆除（m²）",
        "采纳图斑（处）",
        "每 km² 发现（处）",
    )
    cells = tuple(
        (
            row["name"], str(row["place"]), _plain(row["found"]), _plain(row["found_m2"]), _plain(row["demolished"]),
            _plain(row["demolished_m2"]), _plain(row["accepted"]), f"{row['per_km2']:.3f}",
        )
        for row in rows
    )  # fmt: skip
    return Table(heads, cells, frozenset(range(1, 8)))


def _trend(rows: Sequence[Mapping[str, Any]]) -> Table:
    heads = ("月份", "发现", "上年同期", "拆除", "上年同期", "立案", "上年同期")
    names = ("found", "found_before", "demolished", "demolished_before", "filed", "filed_before")
    cells = tuple((row["month"], *(_plain(row[name]) for name in names)) for row in rows)
    return Table(heads, cells, frozenset(range(1, 7)))


def _compared(each: Mapping[str, Any]) -> Pictures:
    titles = {"before": "前期", "after": "后期"}
    about = f"{each['code']}　{each['place']}　{each['kind']}　{_with_unit(each['area_m2'], 'm²')}"
    return Pictures(
        tuple(
            Picture(name, f"{titles[part]} {_day(date.fromisoformat(each['days'][part]))}　{about}")
            for part in titles  # in this order: what is stored as JSON comes back in another
            if (name := each["pictures"].get(part))
        )
    )


def _picture(name: str, caption: str) -> Pictures:
    return Pictures((Picture(name, caption),))


def _numeral(place: int) -> str:
    return _NUMERALS[place] if place < len(_NUMERALS) else str(place + 1)


def _plain(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0").replace(",", THIN)


def _with_unit(value: float, unit: str) -> str:
    return f"{_plain(value)}{THIN}{unit}" if unit else _plain(value)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
