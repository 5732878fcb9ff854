"""What is printed: blocks in their order, and the files that they show. Pure; all texts in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Block", "Document", "File", "Heading", "Note", "Paragraph", "Picture", "Pictures", "Table"]


@dataclass(frozen=True)
class Heading:
    """Of a section."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Text; its lines are paragraphs."""

    text: str

    @property
    def parts(self) -> list[str]:
        """The paragraphs, without empty ones."""
        return [each.strip() for each in self.text.split("\n") if each.strip()]


@dataclass(frozen=True)
class Note:
    """A small remark."""

    text: str


@dataclass(frozen=True)
class Table:
    """Cells as they are printed; ``numeric``: columns set to the right; ``links``: addresses by row and column."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    links: Mapping[tuple[int, int], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Picture:
    """A file by its name, with what it shows."""

    name: str
    caption: str


@dataclass(frozen=True)
class Pictures:
    """One picture over the whole width, or two side by side."""

    pictures: tuple[Picture, ...]


Block = Heading | Paragraph | Note | Table | Pictures


@dataclass(frozen=True)
class File:
    """A picture: SVG, JPEG or PNG."""

    media_type: str
    content: bytes


@dataclass(frozen=True)
class Document:
    """``notice``: what every page must say (演示数据); ``lines``: below the title."""

    title: str
    lines: tuple[str, ...]
    blocks: tuple[Block, ...]
    notice: str = ""
    language: str = "zh-CN"
    files: Mapping[str, File] = field(default_factory=dict)
