"""The typefaces of printed documents: a PDF carries its letters inside, so a Chinese face must be on the machine."""

from __future__ import annotations

from gis.errors import ChengtuError

__all__ = ["FAMILIES", "WORD_CHINESE", "WORD_LATIN", "TypefaceMissing", "css"]

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
    zh = "本机没有中文字体，无法生成 PDF 与图片。请安装 fonts-noto-cjk（apt install fonts-noto-cjk）后重试；HTML 不受影响。"
    en = (
        "No typeface with Chinese letters is installed, so neither PDF nor pictures can be made. Install fonts-noto-cjk "
        "(apt install fonts-noto-cjk) and try again; HTML does not need it."
    )


def css() -> str:
    """The families as a style sheet lists them."""
    return ", ".join([*(f"'{each}'" for each in FAMILIES), "sans-serif"])
