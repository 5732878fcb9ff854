"""Days off and make-up working days: a notice's file into the table, and the table as a calendar."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, delete, extract, insert, select, text
from sqlalchemy.orm import Session

from layers.cases.deadlines import Calendar
from layers.cases.model import CalendarDay
from layers.errors import Refused
from layers.settings import ROOT

__all__ = ["SHIPPED", "calendar", "known", "load", "load_shipped", "read"]

SHIPPED = ROOT / "data" / "codes" / "holidays.csv"
COLUMNS = ("date", "kind", "name", "source")
NAMES = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
"""全国年节及纪念日放假办法: a year that lacks one of these is not whole."""

Row = dict[str, date | str]


def read(notice: Path | bytes) -> dict[int, list[Row]]:
    """The rows of a notice by year: columns date (YYYY-MM-DD), kind (holiday or workday), name, source.

    Every year in the file must be whole, and a make-up working day must lie on a weekend: half a year would be taken
    for one with few holidays. Raises Refused, naming the line or the year.
    """
    try:
        content = notice if isinstance(notice, bytes) else notice.read_bytes()
        table = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        heads = tuple(table.fieldnames or ())
        rows = list(table)
    except (OSError, UnicodeDecodeError, csv.Error) as broken:
        raise Refused(
            reason_zh="无法读取节假日文件，请提供 UTF-8 编码的 CSV。",
            reason_en="The file of holidays cannot be read; give a CSV in UTF-8.",
        ) from broken
    if not set(COLUMNS) <= set(heads):
        raise Refused(
            reason_zh=f"节假日文件须有列：{'、'.join(COLUMNS)}。",
            reason_en=f"The file of holidays needs the columns {', '.join(COLUMNS)}.",
        )
    years: dict[int, list[Row]] = defaultdict(list)
    seen: set[date] = set()
    for number, row in enumerate(rows, start=2):
        checked = _row(number, row)
        day = checked["day"]
        assert isinstance(day, date)
        if day in seen:
            raise _at(number, f"日期 {day} 重复", f"the day {day} is there twice")
        seen.add(day)
        years[day.year].append(checked)
    if not years:
        raise Refused(reason_zh="节假日文件没有内容。", reason_en="The file of holidays is empty.")
    for year, own in years.items():
        said = "".join(str(each["name"]) for each in own if each["kind"] == "holiday")
        if missing := [name for name in NAMES if name not in said]:
            raise Refused(
                reason_zh=f"{year} 年缺少：{'、'.join(missing)}。请导入该年完整的放假安排。",
                reason_en=f"{year} lacks {', '.join(missing)}. Load the whole notice of the year.",
            )
    return dict(years)


def load(connection: Session | Connection, years: dict[int, list[Row]]) -> None:
    """Put these years in, each in the place of what was known of it."""
    for year in years:
        connection.execute(delete(CalendarDay).where(extract("year", CalendarDay.day) == year))
    connection.execute(insert(CalendarDay), [row for own in years.values() for row in own])


def load_shipped(connection: Connection) -> None:
    """The years that come with the platform, where nothing is known of them yet; the bureau's own stay."""
    if not SHIPPED.is_file():
        return
    known = set(connection.scalars(select(extract("year", CalendarDay.day)).distinct()))
    if missing := {year: rows for year, rows in read(SHIPPED).items() if year not in known}:
        load(connection, missing)


def calendar(session: Session) -> Calendar:
    """What the table knows."""
    rows = session.execute(select(CalendarDay.day, CalendarDay.kind)).all()
    return Calendar({day: kind == "workday" for day, kind in rows}, frozenset(day.year for day, _ in rows))


def known(session: Session) -> list[dict[str, object]]:
    """The years that are known, latest first: how many days off and make-up working days, and from which notices."""
    return [dict(row) for row in session.execute(_KNOWN).mappings()]


_KNOWN = text("""
SELECT CAST(extract(year FROM day) AS integer) AS year, count(*) FILTER (WHERE kind = 'holiday') AS holidays,
       count(*) FILTER (WHERE kind = 'workday') AS workdays, string_agg(DISTINCT source, '；') AS source
FROM calendar_days GROUP BY 1 ORDER BY 1 DESC
""")


def _row(number: int, row: dict[str, str]) -> Row:
    try:
        day = date.fromisoformat((row["date"] or "").strip())
    except ValueError as broken:
        raise _at(number, f"日期“{row['date']}”无效", f"“{row['date']}” is no day") from broken
    kind, name, source = ((row[each] or "").strip() for each in COLUMNS[1:])
    if kind not in {"holiday", "workday"}:
        raise _at(
            number,
            f"类型“{kind}”应为 holiday 或 workday",
            f"the kind “{kind}” is neither holiday nor workday",
        )
    if not name or not source:
        raise _at(
            number, "须写明节日名称和来源文号", "the holiday's name and the notice it comes from are needed"
        )
    if kind == "workday" and day.weekday() < 5:
        raise _at(number, f"{day} 本来就是工作日", f"{day} is a working day anyway")
    return {"day": day, "kind": kind, "name": name, "source": source}


def _at(number: int, zh: str, en: str) -> Refused:
    return Refused(
        reason_zh=f"节假日文件第 {number} 行：{zh}。",
        reason_en=f"Line {number} of the file of holidays: {en}.",
    )
