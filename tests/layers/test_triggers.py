from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from layers import history
from layers.catalogue import layer
from layers.database import set_actor
from layers.people.rules import Role

CHANGES = {
    "grids": "UPDATE grids SET note = 'x' WHERE id = 1",
    "stalls": "UPDATE stalls SET goods = 'repair' WHERE id = 1",
    "sewage_pipes": "UPDATE sewage_pipes SET diameter_mm = 1200 WHERE id = 1",
    "incidents": "UPDATE incidents SET description = 'x' WHERE id = 1",
    "illegal_buildings": "UPDATE illegal_buildings SET address = 'x' WHERE id = 1",
    "approvals": "UPDATE approvals SET applicant = 'x' WHERE id = 1",
}
LINES = """
SELECT version, operation, actor, before, after FROM history
WHERE layer = :layer AND feature_id = 1 ORDER BY version, id
"""


def lines(session, layer):
    return session.execute(text(LINES), {"layer": layer}).all()


@pytest.mark.parametrize(("table", "sql"), CHANGES.items(), ids=CHANGES)
def test_an_update_is_a_new_version_with_who_and_what(district, table, sql):
    set_actor(district, "wang.min")
    district.execute(text(sql))
    row = district.execute(text(f'SELECT version, updated_by FROM "{table}" WHERE id = 1')).one()  # noqa: S608
    assert row == (2, "wang.min")
    first, newest = lines(district, table)
    assert first[:4] == (1, "insert", "demo", None)
    assert newest[:3] == (2, "update", "wang.min")
    assert newest.before == first.after
    changed = {name for name in newest.after if newest.after[name] != newest.before[name]}
    assert len(changed - {"version", "updated_at", "updated_by"}) == 1


def test_an_update_that_changes_nothing_is_no_version(district):
    district.execute(text("UPDATE grids SET name = name WHERE id = 1"))
    assert district.scalar(text("SELECT version FROM grids WHERE id = 1")) == 1
    assert lines(district, "grids") == []


def test_a_row_tells_its_creation_itself_until_it_changes(district):
    row = district.execute(
        text("SELECT created_at, updated_by, to_jsonb(s) - 'geom_3857' AS facts FROM stalls s WHERE id = 1")
    ).one()
    assert lines(district, "stalls") == []
    set_actor(district, "wang.min")
    district.execute(text("UPDATE stalls SET goods = 'repair' WHERE id = 1"))
    told = district.execute(
        text("SELECT at, actor, after FROM history WHERE layer = 'stalls' AND operation = 'insert'")
    ).all()
    assert told == [tuple(row)]
    district.execute(text("UPDATE stalls SET goods = 'food' WHERE id = 1"))
    district.execute(text("DELETE FROM stalls WHERE id = 1"))
    assert [each.operation for each in lines(district, "stalls")] == ["insert", "update", "update", "delete"]


def test_a_row_that_goes_unchanged_has_its_creation_told_with_its_end(district):
    facts = district.scalar(text("SELECT to_jsonb(s) - 'geom_3857' FROM stalls s WHERE id = 1"))
    district.execute(text("DELETE FROM stalls WHERE id = 1"))
    first, last = lines(district, "stalls")
    assert (first.operation, first.actor, first.after) == ("insert", "demo", facts)
    assert (last.operation, last.before) == ("delete", facts)


def test_a_creation_of_before_that_has_its_line_is_not_told_twice(district):
    """Until migration 0019 every creation had its line at once."""
    district.execute(
        text(
            "INSERT INTO history (layer, feature_id, version, operation, actor, after) "
            "SELECT 'stalls', id, 1, 'insert', updated_by, to_jsonb(s) - 'geom_3857' FROM stalls s WHERE id < 3"
        )
    )
    for feature in (2, 3):  # with its line, without
        told = history.of(district, layer("stalls"), feature, frozenset({Role.PLANNER}))
        assert [each["operation"] for each in told] == ["insert"]
    district.execute(text("UPDATE stalls SET goods = 'repair' WHERE id = 1"))
    district.execute(text("SELECT record_creations('stalls')"))
    twice = "SELECT count(*), count(DISTINCT feature_id) FROM history WHERE layer = 'stalls' AND operation = 'insert'"
    lines_, features = district.execute(text(twice)).one()
    assert lines_ == features == district.scalar(text("SELECT count(*) FROM stalls"))


def test_an_id_that_is_used_again_has_a_creation_of_its_own(district):
    columns = district.scalar(
        text(
            "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns "
            "WHERE table_name = 'stalls' AND is_generated = 'NEVER' AND column_name NOT IN ('created_at', 'updated_at')"
        )
    )
    district.execute(text("CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT * FROM stalls WHERE id = 1"))
    for author in ("li", "wang"):
        set_actor(district, author)
        district.execute(text("DELETE FROM stalls WHERE id = 1"))
        district.execute(text(f"INSERT INTO stalls ({columns}) SELECT {columns} FROM kept"))  # noqa: S608
    of = history.of(district, layer("stalls"), 1, frozenset({Role.PLANNER}))
    told = [(each["operation"], each["actor"]) for each in of]
    assert told == [
        ("insert", "wang"),
        ("delete", "wang"),
        ("insert", "li"),
        ("delete", "li"),
        ("insert", "demo"),
    ]


def test_nobody_can_set_the_version_by_hand(district):
    district.execute(text("UPDATE grids SET version = 9, note = 'x' WHERE id = 1"))
    assert district.scalar(text("SELECT version FROM grids WHERE id = 1")) == 2


def test_a_moved_feature_keeps_its_former_place_as_geojson(district):
    before = district.scalar(text("SELECT ST_AsText(geom, 6) FROM stalls WHERE id = 1"))
    district.execute(text("UPDATE stalls SET geom = ST_Translate(geom, 0.001, 0) WHERE id = 1"))
    kept = "SELECT ST_AsText(ST_GeomFromGeoJSON(before -> 'geom'), 6) FROM history WHERE layer = 'stalls' AND version = 2"
    assert district.scalar(text(kept)) == before


def test_the_mercator_twin_is_not_kept_twice(district):
    district.execute(text(CHANGES["grids"]))
    assert not [each for each in lines(district, "grids") if "geom_3857" in each.after]


@pytest.mark.parametrize("table", CHANGES)
def test_history_keeps_every_column_of_every_row(district, table):
    """Written out column by column, and yet what PostgreSQL itself makes of the whole row."""
    district.execute(text("SELECT record_creations(:table)"), {"table": table})
    differing = f"""
        SELECT count(*), count(*) FILTER (WHERE h.after IS DISTINCT FROM to_jsonb(t) - 'geom_3857')
        FROM "{table}" AS t LEFT JOIN history AS h
            ON h.layer = '{table}' AND h.feature_id = t.id AND h.version = t.version
    """  # noqa: S608
    rows, wrong = district.execute(text(differing)).one()
    assert rows > 0 and wrong == 0


def test_many_rows_changed_at_once_are_told_each_with_what_it_was(district):
    district.execute(text("UPDATE stalls SET goods = 'repair' WHERE goods <> 'repair' AND id % 2 = 0"))
    told = """
        SELECT count(*), count(*) FILTER (WHERE before ->> 'goods' <> 'repair' AND after ->> 'goods' = 'repair')
        FROM history WHERE layer = 'stalls' AND version = 2
    """
    changed = district.scalar(text("SELECT count(*) FROM stalls WHERE version = 2"))
    assert changed > 1 and district.execute(text(told)).one() == (changed, changed)


def test_an_insert_that_names_another_author_or_version_is_put_right(district):
    set_actor(district, "li")
    district.execute(
        text(
            "INSERT INTO organisations (code, name, kind, geom, version, updated_by) "
            "SELECT 'X1', 'x1', kind, geom, 7, 'other' FROM organisations LIMIT 1"
        )
    )
    assert district.execute(
        text("SELECT version, updated_by FROM organisations WHERE code = 'X1'")
    ).one() == (1, "li")


def test_a_deleted_feature_stays_in_the_history(district):
    district.execute(text("DELETE FROM stalls WHERE id = 1"))
    last = lines(district, "stalls")[-1]
    assert (last.operation, last.after) == ("delete", None)
    assert last.before["code"]


def test_progress_alone_is_no_new_version_of_a_survey(session):
    session.execute(
        text("INSERT INTO surveys (code, name, flown_on) VALUES ('S20230601-001', 'x', '2023-06-01')")
    )
    for step in (0.1, 0.2):
        session.execute(text("UPDATE surveys SET progress = :step, stage = 'align'"), {"step": step})
    assert session.scalar(text("SELECT version FROM surveys")) == 1
    session.execute(text("UPDATE surveys SET status = 'queued'"))
    assert session.scalar(text("SELECT version FROM surveys")) == 2


def test_history_cannot_be_rewritten(district):
    district.execute(text(CHANGES["grids"]))
    with pytest.raises(DBAPIError, match="only added to"):
        district.execute(text("UPDATE history SET actor = 'nobody'"))


def test_of_a_table_with_very_many_columns_all_are_kept(district):
    columns = [f"c{n}" for n in range(120)]
    made = ", ".join(f"{each} integer" for each in columns)
    district.execute(
        text(
            f"CREATE TABLE broad (id bigint PRIMARY KEY, version integer, updated_by text, {made}, "
            "created_at timestamptz DEFAULT now(), updated_at timestamptz, geom geometry(Point, 4490))"
        )
    )
    district.execute(text("SELECT attach_history('broad')"))
    values = ", ".join(str(n) for n in range(120))
    district.execute(text(f"INSERT INTO broad (id, {', '.join(columns)}) VALUES (1, {values})"))  # noqa: S608
    district.execute(text("UPDATE broad SET c0 = 0, c1 = -1"))
    kept, changed = (each.after for each in lines(district, "broad"))
    assert changed["c1"] == -1
    assert [kept[each] for each in columns] == list(range(120))
    assert kept["geom"] is None and kept["version"] == 1
