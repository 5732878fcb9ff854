"""The one root of every error that a person is told about.

ChengtuError
├── gis: RasterRefused, AlignmentLost, FormatRefused …   (beside the code that raises them)
└── layers: layers/errors.py
"""

from __future__ import annotations

from typing import Any, ClassVar

__all__ = ["ChengtuError"]


class ChengtuError(Exception):
    """What is wrong, where, and what to do, in Chinese and in English.

    Subclasses set ``code`` (stable, for machines) and the two sentences, which are
    ``str.format`` templates over the keyword arguments given when raising.
    """

    code: ClassVar[str] = "error"
    zh: ClassVar[str] = "出现错误。"
    en: ClassVar[str] = "Something went wrong."

    def __init__(self, **details: Any) -> None:
        self.details = details
        super().__init__(self.message_en)

    def __reduce__(self) -> tuple[Any, ...]:
        """So that an error raised on another machine arrives as itself."""
        return _raised_again, (type(self), self.details)

    @property
    def message_zh(self) -> str:
        """The sentence for a Chinese reader."""
        return self.zh.format(**self.details)

    @property
    def message_en(self) -> str:
        """The sentence for an English reader."""
        return self.en.format(**self.details)


def _raised_again(kind: type[ChengtuError], details: dict[str, Any]) -> ChengtuError:
    return kind(**details)
