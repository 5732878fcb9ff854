"""A document as PDF, and a drawing as a picture for Word, which shows no SVG. WeasyPrint lays out, PDFium paints."""

from __future__ import annotations

import io
from typing import Any

import pypdfium2
import weasyprint
from PIL import ImageChops

from layers.printing.document import Document
from layers.printing.html import as_html
from layers.printing.typefaces import need_chinese

__all__ = ["as_pdf", "drawing_as_png"]

_DOTS_PER_POINT = 200 / 72


def as_pdf(document: Document) -> bytes:
    """A PDF of A4 pages with its typefaces inside. Raises TypefaceMissing."""
    need_chinese()
    return _pdf(as_html(document))


def drawing_as_png(svg: bytes, width_mm: float = 180.0) -> bytes:
    """An SVG drawing as PNG of 200 dots an inch. Raises TypefaceMissing."""
    need_chinese()
    page = (
        f"<style>@page{{size:{width_mm}mm 400mm;margin:0}}body{{margin:0}}svg{{display:block;width:100%}}</style>"
        + svg.decode()
    )
    pdf = pypdfium2.PdfDocument(_pdf(page))
    try:
        image = pdf[0].render(scale=_DOTS_PER_POINT).to_pil()
    finally:
        pdf.close()
    blank = ImageChops.invert(image.convert("L")).getbbox()
    image = image.crop((0, 0, image.width, blank[3] + 4 if blank else image.height))
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _carried() -> Any:
    """A page shows what it carries and nothing else, whatever somebody wrote into it."""
    return weasyprint.URLFetcher(allowed_protocols=("data",))


def _pdf(page: str) -> bytes:
    made: Any = weasyprint.HTML(string=page, url_fetcher=_carried()).write_pdf()
    return bytes(made)
