"""The half-year summary as a document in either language. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from layers.printing.document import Document, Note, Table
from layers.statistics.figure import Figure

__all__ = ["as_document"]

THIN = "\u2009"


def as_document(
    figures: Sequence[Figure],
    year: int,
    half: int,
    links: dict[str, str],
    *,
    zh: bool = True,
    synthetic: bool = False,
) -> Document:
    """Every figure with both terms of a rate and what the printed summary says otherwise; ``links``: by figure."""
    rows, notes = [], []
    for each in figures:
        title = each.title.zh if zh else each.title.en
        if each.note is not None:
            notes.append(Note(f"{title}{'：' if zh else ': '}{each.note.zh if zh else each.note.en}"))
        unit = each.unit.zh if zh else each.unit.en
        basis = "" if each.denominator is None else f"{_plain(each.numerator)} ÷ {_plain(each.denominator)}"
        rate = (each.rate_text or "—") if each.denominator is not None else ""
        rows.append((title, f"{_plain(each.value)}{THIN}{unit}" if unit else _plain(each.value), rate, basis))
    heads = ("指标", "数值", "比率", "分子 ÷ 分母") if zh else ("Figure", "Value", "Rate", "Terms")
    table = Table(
        heads,
        tuple(rows),
        frozenset({1, 2, 3}),
        {(row, 1): links[each.id] for row, each in enumerate(figures) if each.id in links},
    )
    computed = (
        "由平台逐条记录计算，比率均附分子与分母，不抄录他处的比率。"
        if zh
        else "Counted over rows by the platform; every rate is given with both terms, none is copied."
    )
    title, line = (
        (f"{year}年{'上' if half == 1 else '下'}半年城市管理工作统计", "各项数据可点开所统计的清单")
        if zh
        else (f"Urban management in figures, {'first' if half == 1 else 'second'} half of {year}",
              "Each figure opens the list that it counts")
    )  # fmt: skip
    notice = ("演示数据（合成）" if zh else "Demonstration: all data are synthetic") if synthetic else ""
    return Document(title, (line,), (table, *notes, Note(computed)), notice, "zh-CN" if zh else "en")


def _plain(value: Decimal | int | None) -> str:
    return "" if value is None else f"{value:,}".replace(",", THIN)
