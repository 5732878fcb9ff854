from __future__ import annotations

import pytest
from sqlalchemy import text

from layers import choices, edits
from layers.catalogue import layer
from layers.edits import NotEditable
from layers.errors import NotAllowed, NotFound
from layers.people.rules import Role

PLANNER = frozenset({Role.PUBLIC, Role.PLANNER})


def offered(session, field, wanted, of="compounds"):
    return choices.offered(session, layer(of), field, PLANNER, wanted)


def test_a_part_of_a_name_or_of_a_code_finds_a_row_and_tells_its_code(district):
    by_name, *_ = offered(district, "division", "望城街")
    assert by_name.value == "望城街道" and by_name.note and by_name.note.startswith("341502004")
    assert by_name in offered(district, "division", by_name.note)


def test_a_name_that_two_rows_bear_is_given_by_the_code_which_an_edit_then_understands(district):
    code = district.scalar(text("SELECT code FROM divisions WHERE name = '望城街道' AND valid_to IS NULL"))
    district.execute(
        text(
            "INSERT INTO divisions (code, name, level, kind, parent_id, valid_from, geom) "
            "SELECT '341502999000', name, level, kind, parent_id, valid_from, geom FROM divisions WHERE code = :code"
        ),
        {"code": code},
    )
    found = offered(district, "division", "望城街道")
    assert [(each.value, each.note) for each in found[:2]] == [
        (code, "望城街道"),
        ("341502999000", "望城街道"),
    ]
    known = next(each for each in layer("compounds").fields if each.name == "division")
    assert edits.store.referenced(district, known, [code])[code]


def test_at_most_twenty_are_offered_and_a_sign_of_sql_is_only_a_letter(district):
    assert len(offered(district, "grid", "")) == choices.MOST
    assert offered(district, "grid", "%' OR true --") == []


def test_only_editors_are_offered_rows_and_only_for_fields_that_name_some(district):
    with pytest.raises(NotFound):
        offered(district, "name", "")
    with pytest.raises(NotAllowed):
        choices.offered(district, layer("compounds"), "division", frozenset({Role.PUBLIC}), "")
    with pytest.raises(NotEditable):
        offered(district, "division", "", of="candidates")
