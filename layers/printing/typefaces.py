"""The typefaces of printed documents: a PDF carries its letters inside, so a Chinese face must be on the machine."""

from __future__ import annotations

import subprocess
from functools import lru_cache

from gis.errors import ChengtuError

__all__ = ["FAMILIES", "WORD_CHINESE", "WORD_LATIN", "TypefaceMissing", "need_chinese"]

FAMILIES = (
    "'Noto Sans CJK SC', 'Noto Sans SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', "
    "'WenQuanYi Micro Hei', sans-serif"
)
WORD_LATIN, WORD_CHINESE = "Calibri", "宋体"  # Word names them only; the reader's machine has them


class TypefaceMissing(ChengtuError):
    """No typeface with Chinese letters is installed."""

    code = "typeface_missing"
    zh = "本机没有中文字体，无法生成 PDF。请安装 fonts-noto-cjk（apt install fonts-noto-cjk）后重试；HTML 与 Word 不受影响。"
    en = (
        "No typeface with Chinese letters is installed, so no PDF can be made. Install fonts-noto-cjk (apt install "
        "fonts-noto-cjk) and try again; HTML and Word do not need it."
    )


def need_chinese() -> None:
    """Raises TypefaceMissing where fontconfig knows no Chinese typeface."""
    if not _chinese():
        _chinese.cache_clear()  # one that is installed meanwhile is found without a restart
        raise TypefaceMissing


@lru_cache(maxsize=1)
def _chinese() -> bool:
    try:
        asked = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return bool(asked.stdout.strip())
