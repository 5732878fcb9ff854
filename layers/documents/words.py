"""Figures and days as Chinese documents write them. Pure."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from layers.timezone import SHANGHAI

__all__ = ["BLANK", "Blank", "capitals", "degrees", "long_day", "moment", "money", "plain_day"]

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
_PLAIN = "〇一二三四五六七八九"
_CENT = Decimal("0.01")
_MOST = Decimal(10) ** 16


class Blank(str):
    """A line to be filled in by hand: printed as it is, and false in a template's ``if``."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


BLANK = Blank("＿＿＿＿＿＿")


def capitals(yuan: Decimal) -> str:
    """An amount in capitals (正确填写票据和结算凭证的基本规定): 1040.05 → 壹仟零肆拾元零伍分. Raises ValueError."""
    amount = yuan.quantize(_CENT, ROUND_HALF_UP)
    if not 0 <= amount < _MOST:
        raise ValueError(f"{yuan} is no amount that can be written")
    whole, cents = divmod(int(amount * 100), 100)
    jiao, fen = divmod(cents, 10)
    words = f"{_whole(whole)}元" if whole else ""
    if not cents:
        return f"{words or '零元'}整"
    if jiao:
        gap = "零" if whole and whole % 10 == 0 else ""
        words += f"{gap}{_DIGITS[jiao]}角"
    elif whole:
        words += "零"
    return words + (f"{_DIGITS[fen]}分" if fen else "整")


def _whole(number: int) -> str:
    """A whole number, with one 零 for any run of zeros inside it."""
    words, gap = "", False
    groups = [number // 10_000**power % 10_000 for power in range(len(_GROUPS))]
    for power in range(len(_GROUPS) - 1, -1, -1):
        group = groups[power]
        if not group:
            gap = bool(words)
            continue
        if words and (gap or group < 1000):
            words += "零"
        words += _group(group) + _GROUPS[power]
        gap = group % 10 == 0
    return words


def _group(number: int) -> str:
    words, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if gap and words else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
        else:
            gap = True
    return words


def money(yuan: Decimal) -> str:
    """An amount in figures: 12,340.00."""
    return f"{yuan.quantize(_CENT, ROUND_HALF_UP):,}"


def plain_day(day: date) -> str:
    """A day in figures, as GB/T 9704 wants it: 2026年11月26日."""
    return f"{day.year}年{day.month}月{day.day}日"


def long_day(day: date) -> str:
    """A day in words: 二〇二六年十一月二十六日."""
    year = "".join(_PLAIN[int(digit)] for digit in str(day.year))
    return f"{year}年{_small(day.month)}月{_small(day.day)}日"


def _small(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_PLAIN[tens]}十"
    return head + (_PLAIN[ones] if ones else "")


def moment(at: datetime) -> str:
    """A moment in China: 2026年11月26日9时05分."""
    here = at.astimezone(SHANGHAI)
    return f"{plain_day(here.date())}{here.hour}时{here.minute:02d}分"


def degrees(value: float) -> str:
    """Degrees, minutes and seconds to a tenth of a second: 116°31′12.0″."""
    tenths = round(abs(value) * 36_000)
    minutes, seconds = divmod(tenths, 600)
    return f"{minutes // 60}°{minutes % 60:02d}′{seconds / 10:04.1f}″"
