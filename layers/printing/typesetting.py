"""A program of Typst set with what it is told: the one place that runs it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import typst

__all__ = ["typeset"]

_DOTS_PER_INCH = 200


def typeset(
    program: str, told: Mapping[str, Any], files: Mapping[str, bytes], fonts: typst.Fonts,
    form: Literal["pdf", "png"] = "pdf", at: datetime | None = None,
) -> list[bytes]:  # fmt: skip
    """The PDF (one), or every page as PNG at 200 dots an inch.

    The program reads ``data.json``, which is ``told``, and the ``files`` beside it, and nothing outside of their folder.
    ``at``: the moment that the PDF names; without one it is now. Raises RuntimeError for what cannot be set.
    """
    with TemporaryDirectory(prefix="chengtu-page-") as working:
        folder = Path(working)
        page = folder / "page.typ"
        page.write_text(program, encoding="utf-8")
        (folder / "data.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        for name, content in files.items():
            (folder / name).write_bytes(content)
        compiler = typst.Compiler(page, root=folder, font_paths=fonts)
        moment = None if at is None else int(at.timestamp())
        made = compiler.compile(format=form, ppi=_DOTS_PER_INCH, timestamp=moment)
    assert made is not None  # only what is written to a file comes back as nothing
    return [bytes(each) for each in made] if isinstance(made, list) else [bytes(made)]
