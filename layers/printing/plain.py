"""Texts of people as XML can hold them: Word files and answers in XML break on control characters. Pure."""

from __future__ import annotations

import dataclasses
import re
from typing import TypeVar

__all__ = ["printable"]

T = TypeVar("T")
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


def printable(value: T) -> T:
    """A text without what XML cannot hold; of a tuple or a dataclass, all texts in it. Anything else stays as it is."""
    if isinstance(value, str):
        # a text that prints as itself stays the very object: it may be one of a kind
        return _UNFIT.sub("", value) if _UNFIT.search(value) else value  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(map(printable, value))  # type: ignore[return-value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        texts = {each.name: getattr(value, each.name) for each in dataclasses.fields(value) if each.init}
        return dataclasses.replace(value, **{name: printable(each) for name, each in texts.items()})
    return value
