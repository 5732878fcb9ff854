"""The typefaces of printed documents: a PDF carries its letters inside, so a Chinese face must be on the machine."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import typst

from gis.errors import ChengtuError

__all__ = ["FAMILIES", "WORD_CHINESE", "WORD_LATIN", "TypefaceMissing", "css", "installed"]

FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
)
WORD_LATIN, WORD_CHINESE = "Calibri", "宋体"  # Word names them only; the reader's machine has them


class TypefaceMissing(ChengtuError):
    """No typeface with Chinese letters is installed."""

    code = "typeface_missing"
    zh = (
        "本机没有中文字体，无法生成 PDF 与图片。请安装 fonts-noto-cjk（apt install fonts-noto-cjk），"
        "或把字体文件放入数据目录下的 fonts 文件夹，然后重试；HTML 与 Word 的文字不受影响。"
    )
    en = (
        "No typeface with Chinese letters is installed, so neither PDF nor pictures can be made. Install fonts-noto-cjk "
        "(apt install fonts-noto-cjk) or put font files into the folder fonts of the data folder, then try again; HTML and "
        "the words of Word files do not need it."
    )


@lru_cache(maxsize=4)
def installed(folder: Path | None = None) -> tuple[typst.Fonts, frozenset[str]]:
    """The typefaces of the system and of a folder, and the names of their families."""
    found = typst.Fonts(font_paths=[folder] if folder is not None and folder.is_dir() else [])
    return found, frozenset(found.families())


def css() -> str:
    """The families as a style sheet lists them."""
    return ", ".join([*(f"'{each}'" for each in FAMILIES), "sans-serif"])
