"""A document as one HTML page that needs nothing from outside."""

from __future__ import annotations

import base64
from html import escape

from layers.printing.document import (
    Block,
    Document,
    Heading,
    Note,
    Paragraph,
    Pictures,
    Table,
)
from layers.printing.typefaces import css

__all__ = ["as_html"]

_STYLE = """
:root { color-scheme: light; }
body { margin: 0; background: #eceef0; color: #18202b; font: 14px/1.7 %(families)s; font-variant-numeric: tabular-nums; }
main { max-width: 190mm; margin: 0 auto; padding: 14mm 12mm 18mm; background: #fff; }
header { border-bottom: 2px solid #c62828; padding-bottom: 10px; margin-bottom: 18px; text-align: center; }
h1 { margin: 0 0 6px; font-size: 25px; line-height: 1.3; letter-spacing: .06em; color: #a61f1f; }
header p { margin: 0; color: #414c5b; text-align: center; }
h2 { margin: 26px 0 8px; font-size: 17px; border-left: 4px solid #c62828; padding-left: 9px; line-height: 1.3;
  break-after: avoid; }
p { margin: 0 0 8px; }
main > p { text-indent: 2em; }
main > p.note, main:lang(en) > p { text-indent: 0; }
.note { color: #5a6675; font-size: 12px; overflow-wrap: anywhere; }
.notice { display: inline-block; margin: 8px 0 0; padding: 1px 10px; border: 1px solid #b0261e; border-radius: 4px;
  color: #b0261e; font-size: 13px; }
table { width: 100%%; border-collapse: collapse; margin: 6px 0 12px; font-size: 13px; line-height: 1.45; }
th, td { padding: 4px 8px; border: 1px solid #d9dee4; text-align: left; vertical-align: top; }
thead { display: table-header-group; }
thead th { background: #f5f6f8; font-weight: 600; color: #414c5b; }
tr { break-inside: avoid; }
.num { text-align: right; white-space: nowrap; }
a { color: inherit; text-decoration: underline dotted #8a94a1; text-underline-offset: 3px; }
.pictures { display: flex; gap: 10px; margin: 8px 0 14px; break-inside: avoid; }
figure { flex: 1; min-width: 0; margin: 0; }
figure img { display: block; width: 100%%; border: 1px solid #d9dee4; }
figcaption { padding-top: 3px; color: #414c5b; font-size: 12px; text-align: center; }
@media (max-width: 600px) { main { padding: 18px 14px 30px; } .wide { overflow-x: auto; }
  tbody th { min-width: 5em; }
  .pictures { flex-wrap: wrap; } figure { flex-basis: 240px; } }
@media print { body { background: #fff; font-size: 12px; } main { max-width: none; padding: 0; }
  h1 { font-size: 23px; } table { font-size: 11px; } }
@page { size: A4; margin: 17mm 15mm 18mm; }
"""


def as_html(document: Document) -> str:
    """The page, UTF-8; every text is escaped, every picture a data URI."""
    style = _STYLE % {"families": css()}
    notice = f'<p class="notice">{escape(document.notice)}</p>' if document.notice else ""
    lines = "".join(f"<p>{escape(line)}</p>" for line in document.lines)
    body = "\n".join(_block(each, document) for each in document.blocks)
    return (
        f'<!doctype html>\n<html lang="{escape(document.language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(document.title)}</title>'
        f"<style>{style}</style></head>\n<body><main><header><h1>{escape(document.title)}</h1>{lines}{notice}</header>\n"
        f"{body}\n</main></body></html>\n"
    )


def _block(block: Block, document: Document) -> str:
    match block:
        case Heading():
            return f"<h2>{escape(block.text)}</h2>"
        case Paragraph():
            return "".join(f"<p>{escape(each)}</p>" for each in block.parts)
        case Note():
            return f'<p class="note">{escape(block.text)}</p>'
        case Table():
            return _table(block)
        case Pictures():
            return f'<div class="pictures">{"".join(_figure(each.name, each.caption, document) for each in block.pictures)}</div>'


def _figure(name: str, caption: str, document: Document) -> str:
    file = document.files[name]
    uri = f"data:{file.media_type};base64,{base64.b64encode(file.content).decode()}"
    return f'<figure><img alt="{escape(caption)}" src="{uri}"><figcaption>{escape(caption)}</figcaption></figure>'


def _table(table: Table) -> str:
    def cell(text: str, row: int, column: int) -> str:
        kind = ' class="num"' if column in table.numeric else ""
        link = table.links.get((row, column))
        shown = f'<a href="{escape(link)}">{escape(text)}</a>' if link else escape(text)
        tag = "td" if column else 'th scope="row"'
        return f"<{tag}{kind}>{shown}</{tag.split(maxsplit=1)[0]}>"

    head = "".join(
        f'<th scope="col"{" class=num" if column in table.numeric else ""}>{escape(text)}</th>'
        for column, text in enumerate(table.headings)
    )
    rows = "".join(
        f"<tr>{''.join(cell(text, number, column) for column, text in enumerate(row))}</tr>"
        for number, row in enumerate(table.rows)
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
