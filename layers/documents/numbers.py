"""How a document is numbered: a format with four places, all of them needed to tell two documents apart. Pure."""

from __future__ import annotations

import re

from layers.documents.kinds import RULES, Kind
from layers.errors import Refused

__all__ = ["check_format", "number"]

_PLACES = ("机关", "年份", "类别", "序号")


def check_format(format_: str) -> str:
    """A number format as it is kept. Raises Refused, naming the place that is missing or unknown."""
    said = re.findall(r"\{([^{}]*)\}", format_)
    wrong = [each for each in said if each not in _PLACES]
    missing = [each for each in ("年份", "类别", "序号") if each not in said]
    if wrong or re.sub(r"\{[^{}]*\}", "", format_).strip("{}") != re.sub(r"\{[^{}]*\}", "", format_):
        what = wrong[0] if wrong else format_
        raise Refused(
            reason_zh=f"文号格式中的“{what}”无法识别；可用：{'、'.join(f'{{{each}}}' for each in _PLACES)}。",
            reason_en=f"“{what}” in the number format is not known; there are {', '.join(f'{{{each}}}' for each in _PLACES)}.",
        )
    if missing:
        raise Refused(
            reason_zh=f"文号格式缺少 {{{missing[0]}}}，不同文书会重号。",
            reason_en=f"The number format lacks {{{missing[0]}}}; two documents could get one number.",
        )
    return format_.strip()


def number(format_: str, *, issuer: str, year: int, kind: Kind, sequence: int) -> str:
    """The number of a document: 金城管〔2026〕责停第12号."""
    said = {"机关": issuer, "年份": str(year), "类别": RULES[kind].word, "序号": str(sequence)}
    return re.sub(r"\{([^{}]*)\}", lambda found: said[found[1]], format_)
