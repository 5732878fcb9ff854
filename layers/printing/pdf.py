"""A document as PDF, and drawings as pictures for Word, which shows no SVG. WeasyPrint lays out, PDFium paints."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import pypdfium2
import weasyprint
from PIL import ImageChops

from layers.printing.document import Document
from layers.printing.html import as_html
from layers.printing.typefaces import need_chinese

__all__ = ["as_pdf", "drawings_as_png"]

_DOTS_PER_POINT = 200 / 72


def as_pdf(document: Document) -> bytes:
    """A PDF of A4 pages with its typefaces inside. Raises TypefaceMissing."""
    need_chinese()
    return _pdf(as_html(document))


def drawings_as_png(drawings: Mapping[str, bytes], width_mm: float = 180.0) -> dict[str, bytes]:
    """SVG drawings by name as PNG of 200 dots an inch; all in one go, since typefaces are what takes time.

    Raises TypefaceMissing.
    """
    if not drawings:
        return {}
    need_chinese()
    style = f"@page{{size:{width_mm}mm 400mm;margin:0}}body{{margin:0}}div{{break-after:page}}svg{{display:block;width:100%}}"
    pages = "".join(f"<div>{each.decode()}</div>" for each in drawings.values())
    with closing(pypdfium2.PdfDocument(_pdf(f"<style>{style}</style>{pages}"))) as pdf:
        return {name: _painted(pdf[page]) for page, name in enumerate(drawings)}


def _painted(page: Any) -> bytes:
    image = page.render(scale=_DOTS_PER_POINT).to_pil()
    drawn = ImageChops.invert(image.convert("L")).getbbox()
    image = image.crop((0, 0, image.width, drawn[3] + 4 if drawn else image.height))
    out = io.BytesIO()
    image.quantize(128).save(out, "PNG")
    return out.getvalue()


def _carried() -> Any:
    """A page shows what it carries and nothing else, whatever somebody wrote into it."""
    return weasyprint.URLFetcher(allowed_protocols=("data",))


def _pdf(page: str) -> bytes:
    made: Any = weasyprint.HTML(string=page, url_fetcher=_carried()).write_pdf()
    return bytes(made)
