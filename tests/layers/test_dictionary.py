"""The data dictionary: it says what the catalogue says, in both languages and in files that office programs open."""

from __future__ import annotations

import io

import docx
import openpyxl
import pytest

from layers.catalogue import GROUPS, LAYERS
from layers.dictionary import HEADINGS, as_document, as_spreadsheet, told
from layers.people.rules import Role

ALL = frozenset(Role)


@pytest.mark.parametrize("zh", [True, False])
def test_every_field_of_every_layer_is_told_with_all_its_codes(zh):
    pages = {each.id: each for each in told(LAYERS, GROUPS, ALL, zh=zh)}
    assert set(pages) == {each.id for each in LAYERS}
    for layer in LAYERS:
        lines = {line.name: line for line in pages[layer.id].lines}
        for field in layer.fields:
            assert lines[field.name].title == (field.title.zh if zh else field.title.en)
            assert [value for value, _ in lines[field.name].values] == [code.value for code in field.codes]
            assert len(lines[field.name].cells()) == len(HEADINGS)


def test_nobody_reads_of_fields_that_they_may_not_see():
    hidden = 0
    for layer in LAYERS:
        for role in Role:
            roles = frozenset({role})
            (page,) = told([layer], GROUPS, roles)
            names = {line.name for line in page.lines}
            assert names == {field.name for field in layer.fields if field.visible_to & roles}
            hidden += len(layer.fields) - len(names)
    assert hidden > 0


def test_the_groups_come_in_the_order_of_the_map():
    groups = [each.group for each in told(LAYERS, GROUPS, ALL)]
    assert list(dict.fromkeys(groups)) == [
        text.zh for key, text in GROUPS.items() if any(each.group == key for each in LAYERS)
    ]


@pytest.mark.parametrize("zh", [True, False])
def test_the_workbook_has_an_overview_and_a_sheet_a_layer(zh):
    pages = told(LAYERS, GROUPS, ALL, zh=zh)
    book = openpyxl.load_workbook(io.BytesIO(as_spreadsheet(pages, zh=zh)))
    assert len(book.sheetnames) == 1 + len(pages)
    assert [row[1].value for row in book.worksheets[0].iter_rows(min_row=2)] == [each.id for each in pages]
    for page, sheet in zip(pages, book.worksheets[1:], strict=True):
        assert [cell.value for cell in sheet[1]] == [each.zh if zh else each.en for each in HEADINGS]
        assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [line.name for line in page.lines]


@pytest.mark.parametrize("zh", [True, False])
def test_the_document_has_a_table_a_layer_and_says_when_the_data_are_synthetic(zh):
    pages = told(LAYERS, GROUPS, ALL, zh=zh)
    document = docx.Document(io.BytesIO(as_document(pages, zh=zh, synthetic=True)))
    assert len(document.tables) == len(pages)
    for page, table in zip(pages, document.tables, strict=True):
        assert [row.cells[0].text for row in table.rows][1:] == [line.name for line in page.lines]
    said = "\n".join(each.text for each in document.paragraphs)
    assert ("合成" if zh else "synthetic") in said
    plain = docx.Document(io.BytesIO(as_document(pages, zh=zh)))
    assert ("合成" if zh else "synthetic") not in "\n".join(each.text for each in plain.paragraphs[:2])
