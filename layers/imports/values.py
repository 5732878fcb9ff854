"""What stands in a cell → what the database stores. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from layers.imports.faults import Unfit
from layers.layer import Code, Field, FieldType

__all__ = ["stored"]

BEIJING = timezone(timedelta(hours=8))  # a time without a zone is Chinese standard time
_DAY = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$|^(\d{4})(\d{2})(\d{2})$")
_TIME = re.compile(r"^(\d{1,2})\s*[:：时]\s*(\d{1,2})\s*分?(?:\s*[:：]?\s*(\d{1,2})\s*秒?)?$")
_THOUSANDS = re.compile(r"^-?\d{1,3}(,\d{3})+(\.\d+)?$")
_DIGITS = 30  # before or after the point; writing out 1e999999999 would take forever
_TRUE = {"true", "t", "yes", "y", "1", "是", "有"}
_FALSE = {"false", "f", "no", "n", "0", "否", "无"}


def stored(field: Field, value: Any) -> Any:
    """The value as the field's column takes it; a blank cell is None.

    text → str, integer → int, number → Decimal, boolean → bool, date → date, time → time, datetime →
    aware datetime, code → a value of the list. A field that refers to another row gives the text by
    which that row is known. Raises Unfit.
    """
    if _blank(value):
        return None
    if field.references is not None:
        return _text(value)
    if field.type == "code":
        return _coded(field.codes, _text(value))
    return _READERS[field.type](value)


def _blank(value: Any) -> bool:
    """None, NaN, NaT, pandas' NA and texts of blanks."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    return type(value).__name__ in {"NAType", "NaTType"} or (isinstance(value, float) and math.isnan(value))


def _text(value: Any) -> str:
    """Numbers that a sheet keeps as 12.0 are written 12."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if any(ord(each) < 32 and each not in "\n\t" for each in text):
        raise Unfit("含有不可见的控制字符", "it holds control characters")
    return text


def _number(value: Any) -> Decimal:
    text = str(value).strip()
    if _THOUSANDS.match(text):
        text = text.replace(",", "")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Unfit(f"“{text}”不是数字", f"“{text}” is no number") from None
    if isinstance(value, bool) or not number.is_finite():
        raise Unfit(f"“{text}”不是数字", f"“{text}” is no number")
    if number and abs(number.adjusted()) > _DIGITS:
        raise Unfit("数值超出允许范围", "the number is out of range")
    return number


def _integer(value: Any) -> int:
    number = _number(value)
    if number != number.to_integral_value():
        raise Unfit(f"“{value}”不是整数", f"“{value}” is no whole number")
    return int(number)


def _boolean(value: Any) -> bool:
    text = _text(value).lower()
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise Unfit(f"“{text}”不是“是”或“否”", f"“{text}” is neither yes nor no")


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = _text(value)
    bare = re.sub(r"[T ]00:00(:00(\.0+)?)?(Z|[+-]\d\d:?\d\d)?$", "", text)
    found = _DAY.match(bare)
    try:
        year, month, day = (int(each) for each in found.groups() if each) if found else (0, 0, 0)
        return date(year, month, day)
    except ValueError:
        raise Unfit(
            f"“{text}”不是日期，请写成 2023-06-18", f"“{text}” is no date; write it like 2023-06-18"
        ) from None


def _time(value: Any) -> time:
    if isinstance(value, datetime):
        return value.time()
    if isinstance(value, time):
        return value
    text = _text(value)
    found = _TIME.match(text)
    try:
        hour, minute, second = (int(each or 0) for each in found.groups()) if found else (99, 0, 0)
        return time(hour, minute, second)
    except ValueError:
        raise Unfit(f"“{text}”不是时间，请写成 06:30", f"“{text}” is no time; write it like 06:30") from None


def _datetime(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=BEIJING)
    text = _text(value)
    try:
        moment = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        day = _date(text.split(" ")[0])
        moment = datetime.combine(day, _time(text.split(" ", 1)[1]) if " " in text else time())
    return moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)


def _coded(codes: tuple[Code, ...], text: str) -> str:
    """A value of the list, given as itself or by its title in either language."""
    for code in codes:
        if text.lower() in {code.value.lower(), code.title.zh.lower(), code.title.en.lower()}:
            return code.value
    zh = "、".join(each.title.zh for each in codes)
    en = ", ".join(each.value for each in codes)
    raise Unfit(f"“{text}”不在代码表中（{zh}）", f"“{text}” is not in the code list ({en})")


_READERS: dict[FieldType, Callable[[Any], Any]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "time": _time,
    "datetime": _datetime,
}
