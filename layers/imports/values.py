"""What stands in a cell → what the database stores. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from layers.imports.faults import Unfit
from layers.layer import Code, Field, FieldType, Text

__all__ = ["BEIJING", "column", "stored"]

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


def column(field: Field, cells: pd.Series[Any]) -> tuple[pa.Array, dict[int, Text]]:
    """A whole column by the same rules: the values as COPY takes them, and the positions that are refused.

    The array is as long as ``cells``, of texts or numbers, null where blank or refused. Equal cells are read
    once; texts without a flaw and numbers of the right kind are not looked at one by one.
    """
    arrow = _arrow(cells)
    quick = None if arrow is None else _quick(field, arrow)
    if quick is None:
        return _each(field, cells.tolist()) if arrow is None else _distinct(field, arrow)
    good, doubtful = quick
    if not doubtful.any():
        return good, {}
    assert arrow is not None
    slow, refused = _distinct(field, arrow.filter(pa.array(doubtful)))
    positions = np.flatnonzero(doubtful)
    return (
        pc.replace_with_mask(pc.cast(good, pa.string()), pa.array(doubtful), slow),
        {int(positions[at]): said for at, said in refused.items()},
    )


def _arrow(cells: pd.Series[Any]) -> pa.Array | None:
    """The cells as an array of Arrow; None for those of a sheet, which may be of several types."""
    if isinstance(cells.dtype, pd.ArrowDtype):
        found = pa.array(cells.array)
        return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    return None


def _quick(field: Field, cells: pa.Array) -> tuple[pa.Array, np.ndarray[Any, np.dtype[np.bool_]]] | None:
    """The values where that can be told for all at once, and which are to be read one by one after all."""
    kind = cells.type
    plain_text = field.type == "text" or field.references is not None
    if plain_text and (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        trimmed = pc.utf8_trim_whitespace(pc.cast(cells, pa.string()))
        odd = pc.match_substring_regex(trimmed, r"[\x00-\x08\x0b-\x1f]")
        return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed), _true(odd)
    if field.references is not None or field.type not in {"integer", "number"}:
        return None
    if pa.types.is_signed_integer(kind):
        return cells, np.zeros(len(cells), dtype=np.bool_)
    if pa.types.is_floating(kind):
        numbers = np.asarray(pc.cast(cells, pa.float64()).to_numpy(zero_copy_only=False))
        size = np.abs(numbers)
        odd_number = ~np.isnan(numbers) & ((size > 1e15) | ((size < 1e-15) & (size > 0)))
        if field.type == "number":
            return pa.array(numbers, from_pandas=True), odd_number
        odd_number |= ~np.isnan(numbers) & (numbers != np.round(numbers))
        whole = np.where(np.isnan(numbers) | odd_number, 0, numbers).astype(np.int64)
        return pa.array(whole, mask=np.isnan(numbers) | odd_number), odd_number
    return None


def _true(mask: pa.Array) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.asarray(pc.fill_null(mask, False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def _distinct(field: Field, cells: pa.Array) -> tuple[pa.Array, dict[int, Text]]:
    """Every distinct cell of an array by itself."""
    if pa.types.is_nested(cells.type):
        return _each(field, cells.to_pylist())
    coded = pc.dictionary_encode(cells)
    written, refused = _each(field, coded.dictionary.to_pylist())
    if not refused:
        return written.take(coded.indices), {}
    at = pc.fill_null(coded.indices, -1).to_numpy()
    where = np.flatnonzero(np.isin(at, list(refused)))
    return written.take(coded.indices), {int(each): refused[int(at[each])] for each in where}


def _each(field: Field, cells: list[Any]) -> tuple[pa.Array, dict[int, Text]]:
    """Every cell by itself, equal ones once."""
    known: dict[Any, str | Text | None] = {}
    written: list[str | None] = []
    refused: dict[int, Text] = {}
    for at, cell in enumerate(cells):
        key = (type(cell), cell) if isinstance(cell, Hashable) else (list, repr(cell))
        if key not in known:
            known[key] = _tried(field, cell)
        found = known[key]
        if isinstance(found, Text):
            refused[at] = found
            written.append(None)
        else:
            written.append(found)
    return pa.array(written, pa.string()), refused


def _tried(field: Field, cell: Any) -> str | Text | None:
    """The value as PostgreSQL reads it, or what is wrong with it."""
    try:
        value = stored(field, cell)
    except Unfit as unfit:
        return unfit.said
    if isinstance(value, date | time):  # a datetime is a date
        return value.isoformat()
    return None if value is None else str(value)


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
