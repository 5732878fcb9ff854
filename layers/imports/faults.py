"""What can be wrong with a file, a row or a value.

NotImportable      the layer takes no files
ImportMisplaced    the whole file lies elsewhere: swapped axes, another zone
ImportShifted      the whole file is in GCJ-02 or BD-09
ImportRefused      some rows are wrong; it names the first 50 of them
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gis.errors import ChengtuError
from layers.layer import Text

__all__ = [
    "EMPTY",
    "MOST_NAMED",
    "TAKEN",
    "ImportMisplaced",
    "ImportRefused",
    "ImportShifted",
    "NotImportable",
    "Rehearsed",
    "RowFault",
    "Unfit",
    "unclear",
    "unknown",
]

MOST_NAMED = 50


class Unfit(Exception):
    """A value or a geometry that does not fit, in both languages; never leaves this package."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.said = Text(zh, en)


EMPTY = Text("不能为空", "it must not be empty")
TAKEN = Text("数据库中已有", "the database has it already")


def unclear(wanted: Any) -> Text:
    """A reference that means several rows."""
    return Text(f"“{wanted}”有多条记录，请改用编号", f"“{wanted}” means several rows; give the code")


def unknown(wanted: Any) -> Text:
    """A reference to what is not there."""
    return Text(f"找不到“{wanted}”", f"there is no “{wanted}”")


@dataclass(frozen=True)
class RowFault:
    """One thing that is wrong: in which row (None: the whole file), of which code, in which field.

    ``place``: lon/lat in EPSG:4490 where the row lies, if anywhere. ``repaired``: it is no fault any more.
    """

    row: int | None
    code: str | None
    field: Text | None
    said: Text
    place: tuple[float, float] | None = None
    repaired: bool = False

    def line(self, language: str) -> str:
        """The fault in one line, ``language`` zh or en."""
        zh = language == "zh"
        parts = []
        if self.row is not None:
            parts.append(f"第 {self.row} 行" if zh else f"row {self.row}")
        if self.code:
            parts.append(self.code)
        if self.field is not None:
            parts.append(self.field.zh if zh else self.field.en)
        mark = "：" if zh else ": "
        return (mark if parts else "").join([" ".join(parts), self.said.zh if zh else self.said.en])


class NotImportable(ChengtuError):
    """The platform itself makes what this layer shows."""

    code = "not_importable"
    zh = "图层“{layer_zh}”由平台生成，不接受文件导入。"
    en = "The layer “{layer_en}” is made by the platform and takes no files."


class ImportMisplaced(ChengtuError):
    """The file as a whole does not lie in the district."""

    code = "import_misplaced"
    zh = "“{name}”未导入：{reason_zh}"
    en = "“{name}” was not imported: {reason_en}"


class ImportShifted(ChengtuError):
    """The coordinates are those of a web map of China."""

    code = "import_shifted"
    zh = "“{name}”未导入：坐标像是 {system} 加偏坐标（与 CGCS2000 相差约 {metres} 米）。请转换为 CGCS2000 后重新导入。"
    en = (
        "“{name}” was not imported: its coordinates look like {system}, about {metres} m off CGCS2000. "
        "Convert them to CGCS2000 and import again."
    )


class ImportRefused(ChengtuError):
    """Some rows are wrong. ``faults`` are the first 50, ``count`` is how many there are."""

    code = "import_refused"
    zh = "“{name}”未导入，没有任何数据被改动：{count} 处错误。{more_zh}\n{lines_zh}"
    en = "“{name}” was not imported and nothing was changed: {count} error(s).{more_en}\n{lines_en}"

    def __init__(self, name: str, faults: Iterable[RowFault], count: int | None = None) -> None:
        found = sorted(faults, key=lambda each: -1 if each.row is None else each.row)
        self.faults: tuple[RowFault, ...] = tuple(found[:MOST_NAMED])
        self.count = len(found) if count is None else count
        details: dict[str, Any] = {"name": name, "count": self.count, "more_zh": "", "more_en": ""}
        if self.count > MOST_NAMED:
            details["more_zh"] = f"以下为前 {MOST_NAMED} 处："
            details["more_en"] = f" The first {MOST_NAMED}:"
        for language in ("zh", "en"):
            details[f"lines_{language}"] = "\n".join(each.line(language) for each in self.faults)
        super().__init__(**details)


class Rehearsed(ChengtuError):
    """The file was confirmed, but what is in the database has changed since the rehearsal."""

    code = "import_changed"
    zh = "“{name}”未导入，没有任何数据被改动：检查之后数据有变化，现在有些行不符合。请查看新的清单后再确认。"
    en = (
        "“{name}” was not imported and nothing was changed: since the check, data changed and some rows no longer fit. "
        "Look at the new list, then confirm again."
    )
