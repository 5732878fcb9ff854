from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from layers.database import set_actor

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
    assert len(lines(district, "grids")) == 1


def test_nobody_can_set_the_version_by_hand(district):
    district.execute(text("UPDATE grids SET version = 9, note = 'x' WHERE id = 1"))
    assert district.scalar(text("SELECT version FROM grids WHERE id = 1")) == 2


def test_a_moved_feature_keeps_its_former_place_as_geojson(district):
    before = district.scalar(text("SELECT ST_AsText(geom, 6) FROM stalls WHERE id = 1"))
    district.execute(text("UPDATE stalls SET geom = ST_Translate(geom, 0.001, 0) WHERE id = 1"))
    kept = "SELECT ST_AsText(ST_GeomFromGeoJSON(before -> 'geom'), 6) FROM history WHERE layer = 'stalls' AND version = 2"
    assert district.scalar(text(kept)) == before


def test_the_mercator_twin_is_not_kept_twice(district):
    assert "geom_3857" not in lines(district, "grids")[0].after


@pytest.mark.parametrize("table", CHANGES)
def test_history_keeps_every_column_of_every_row(district, table):
    """Written out column by column, and yet what PostgreSQL itself makes of the whole row."""
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
    with pytest.raises(DBAPIError, match="only added to"):
        district.execute(text("UPDATE history SET actor = 'nobody' WHERE id = 1"))


def test_of_a_table_with_very_many_columns_all_are_kept(district):
    columns = [f"c{n}" for n in range(120)]
    made = ", ".join(f"{each} integer" for each in columns)
    district.execute(
        text(
            f"CREATE TABLE broad (id bigint PRIMARY KEY, version integer, updated_by text, {made}, "
            "created_at timestamptz, updated_at timestamptz, geom geometry(Point, 4490))"
        )
    )
    district.execute(text("SELECT attach_history('broad')"))
    values = ", ".join(str(n) for n in range(120))
    district.execute(text(f"INSERT INTO broad (id, {', '.join(columns)}) VALUES (1, {values})"))  # noqa: S608
    kept = lines(district, "broad")[0].after
    assert [kept[each] for each in columns] == list(range(120))
    assert kept["geom"] is None and kept["version"] == 1
