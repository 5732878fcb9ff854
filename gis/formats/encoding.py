"""UTF-8 or GB 18030 (which holds GBK): what Chinese text files are written in."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

__all__ = ["of_dbf", "of_text"]

_NAMES = {"utf8": "UTF-8", "65001": "UTF-8", "936": "GB18030", "gbk": "GB18030", "gb2312": "GB18030"}
_GBK_LANGUAGES = {0x4D, 0x7A}  # language driver ids of code page 936 in a dBASE header


def of_text(content: bytes) -> str:
    """The encoding of a whole text: UTF-8 (with or without a mark) where it decodes, else GB 18030."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def of_dbf(content: bytes, said: str | None) -> str:
    """The encoding of a dBASE table: what its .cpg says (``said``) when the texts bear it out.

    A .cpg is often copied from another file, so a wrong one gives way to what the bytes are.
    """
    texts = list(_texts(content))
    named = _named(said)
    if named and all(_decodes(text, named, full) for text, full in texts):
        return named
    if all(_decodes(text, "UTF-8", full) for text, full in texts):
        return "GB18030" if named is None and content[29:30] and content[29] in _GBK_LANGUAGES else "UTF-8"
    return "GB18030"


def _named(said: str | None) -> str | None:
    """The codec that a .cpg names, if there is such a one."""
    if not said:
        return None
    key = re.sub(r"[^a-z0-9]", "", said.lower()).removeprefix("ansi").removeprefix("cp")
    name = _NAMES.get(key, said.strip())
    try:
        codecs.lookup(name)
    except LookupError:
        return None
    return name


def _texts(content: bytes) -> Iterator[tuple[bytes, bool]]:
    """Names of the columns and values of the character columns, and whether they fill their field.

    Layout of dBASE III: records at byte 4, length of header at 8 and of a record at 10 (little endian);
    from byte 32 one descriptor of 32 bytes a column: name 0–10, type 11, width 16; ended by 0x0D.
    """
    if len(content) < 33:
        return
    header, record = int.from_bytes(content[8:10], "little"), int.from_bytes(content[10:12], "little")
    columns, start = [], 1
    for at in range(32, min(header, len(content)) - 1, 32):
        if content[at] == 0x0D:
            break
        name = content[at : at + 11].split(b"\0")[0]
        yield name, len(name) >= 10
        if content[at + 11 : at + 12] == b"C":
            columns.append((start, content[at + 16]))
        start += content[at + 16]
    for row in range(header, len(content) - 1, max(record, 1)):
        for offset, width in columns:
            text = content[row + offset : row + offset + width].rstrip(b" \0")
            if not text.isascii():
                yield text, len(text) >= width - 2


def _decodes(text: bytes, encoding: str, full: bool) -> bool:
    """Whether it decodes; a text that fills its field may end in half a character."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(text, final=not full)
    except UnicodeError:
        return False
    return True
