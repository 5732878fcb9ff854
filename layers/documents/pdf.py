"""A Word file set as PDF by Typst, from the file itself: both are the same document.

Fonts: those in ``<home>/fonts`` (where a bureau puts its own 仿宋_GB2312 and 方正小标宋) and those of the system. What
a template asks for and nobody has is set in what comes nearest; Noto CJK, which the launcher installs, has it all.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from gis.errors import ChengtuError
from layers.documents.blocks import Block, Paper, read
from layers.printing.typefaces import TypefaceMissing, installed
from layers.printing.typesetting import typeset

__all__ = ["PdfFailed", "as_pdf"]

_PROGRAM = Path(__file__).parent / "paper.typ"
_SONG = (
    "SimSun",
    "NSimSun",
    "STSong",
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "Source Han Serif SC",
    "AR PL UMing CN",
    "AR PL SungtiL GB",
)
_HEI = (
    "SimHei",
    "STHeiti",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
)
_FANG = ("FangSong_GB2312", "FangSong", "STFangsong", "FZFangSong-Z02", *_SONG)
_KAI = ("KaiTi_GB2312", "KaiTi", "STKaiti", "AR PL UKai CN", "AR PL KaitiM GB", *_FANG)
_TITLE = ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "STZhongsong", *_SONG)
_ALIKE = {
    "仿宋": _FANG, "仿宋_GB2312": _FANG, "FangSong": _FANG, "FangSong_GB2312": _FANG, "楷体": _KAI, "楷体_GB2312": _KAI,
    "KaiTi": _KAI, "黑体": _HEI, "SimHei": _HEI, "微软雅黑": _HEI, "方正小标宋简体": _TITLE, "方正小标宋_GBK": _TITLE,
}  # fmt: skip
_SURE = (*_SONG, *_HEI)
"""Families of which one must be there: without one no Chinese would be set."""


class PdfFailed(ChengtuError):
    """The document could not be set."""

    code = "pdf_failed"
    zh = "无法把该文书排成 PDF（{why}）。请检查模板中的表格和图片。"
    en = "The document could not be set as PDF ({why}). Check tables and pictures of the template."


def as_pdf(content: bytes, *, title: str, at: datetime, fonts: Path) -> bytes:
    """The PDF of a Word file; the same file, moment and fonts give the same bytes. ``fonts``: a folder of more fonts.

    Raises TypefaceMissing, PdfFailed.
    """
    loaded, families = installed(fonts)
    if not families.intersection(_SURE):
        installed.cache_clear()  # one that is put there meanwhile is found without a restart
        raise TypefaceMissing
    paper = read(content)
    told = {**paper.said(), "title": title, "fonts": _families(paper, families)}
    try:
        return typeset(_PROGRAM.read_text(encoding="utf-8"), told, paper.pictures, loaded, at=at)[0]
    except RuntimeError as error:  # TypstError is one; what it says of the program is not for people
        raise PdfFailed(why=str(error).splitlines()[0][:200]) from None


def _families(paper: Paper, known: frozenset[str]) -> dict[str, list[str]]:
    """Which installed fonts stand for each font that the document names; "" for what names none."""
    named = {each["font"] for each in _pieces([*paper.body, *paper.header, *paper.footer]) if "font" in each}
    found = {}
    for name in {"", *named}:
        wanted = (name, *_ALIKE.get(name, _SONG), *_SURE)
        found[name] = [each for each in dict.fromkeys(wanted) if each in known]
    return found


def _pieces(blocks: list[Block]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for each in blocks:
        found += each.get("pieces", [])
        for row in each.get("rows", []):
            for cell in row["cells"]:
                found += _pieces(cell["blocks"])
    return found
