from __future__ import annotations

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from geoalchemy2 import alembic_helpers
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from layers.catalogue import LAYERS
from layers.codes import store as codes
from layers.database import engine, sqlalchemy_url
from layers.incidents import store as incidents
from layers.migrate import alembic_config, migrate
from layers.models import METADATA
from layers.settings import ROOT

pytestmark = pytest.mark.database

THEIRS = {"spatial_ref_sys", "alembic_version"}
FACTS = """
SELECT c.relname || '.' || a.attname,
       format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' || a.attidentity::text
       || a.attgenerated::text || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0
UNION ALL
SELECT c.relname || '.' || k.conname, pg_get_constraintdef(k.oid)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE c.relnamespace = 'public'::regnamespace AND k.contype <> 't'  -- triggers stand in layers/sql
UNION ALL
SELECT tablename || '.' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
"""


def facts(session: Session) -> dict[str, str]:
    ours = set(METADATA.tables)
    rows = session.execute(text(FACTS))
    return {name: fact for name, fact in rows if name.partition(".")[0] in ours}


@pytest.fixture
def created_from_models(database_url):
    name = f"{make_url(database_url).database}_models"
    url = make_url(database_url).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    own = create_engine(sqlalchemy_url(url))
    with Session(own) as open_session:
        open_session.execute(text("CREATE EXTENSION postgis"))
        METADATA.create_all(open_session.connection())
        yield open_session
    own.dispose()
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_alembic_finds_no_difference_between_migrations_and_models(database_url):
    def ours(thing, name, kind, reflected, other):
        if kind == "table" and reflected and other is None:
            return name not in THEIRS and not name.startswith("procrastinate_")
        return alembic_helpers.include_object(thing, name, kind, reflected, other)

    with engine(database_url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_columns_constraints_and_indexes_of_the_migrations_are_those_of_the_models(
    session, created_from_models
):
    migrated, modelled = facts(session), facts(created_from_models)
    assert migrated == modelled
    assert len(migrated) > 800


def test_migrating_again_changes_nothing(database_url, session):
    before = facts(session)
    migrate(database_url)
    assert facts(session) == before


def test_a_database_whose_rows_keep_their_versions_is_brought_up_to_date(own_database_url):
    """As 0018 left it, with the triggers that depend on columns."""
    history = (ROOT / "layers/sql/history.sql").read_text(encoding="utf-8")
    append_only = (ROOT / "layers/sql/append_only.sql").read_text(encoding="utf-8")
    with engine(own_database_url).begin() as connection:
        connection.exec_driver_sql(
            "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE EXTENSION postgis"
        )
        command.upgrade(alembic_config(connection), "0018")
        for each in (append_only, history):
            connection.exec_driver_sql(each, execution_options={"no_parameters": True})
        connection.execute(
            text(
                "INSERT INTO organisations (code, name, kind, geom) "
                "VALUES ('ORG1', '望城大队', 'team', ST_SetSRID(ST_Point(116.5, 31.7), 4490))"
            )
        )
    migrate(own_database_url)
    with engine(own_database_url).begin() as connection:
        connection.execute(text("UPDATE organisations SET name = '新名'"))
        versions = connection.scalars(text("SELECT version FROM history ORDER BY id")).all()
    assert versions == [1, 2]


def test_codes_and_limits_come_with_a_new_installation_and_the_bureaus_own_stay(session):
    told = text(
        "SELECT c.title_zh, l.count FROM codes c LEFT JOIN incident_limits l ON l.category_id = c.id "
        "WHERE c.list = 'incident_category' AND c.value IN ('01002', '09006') ORDER BY c.value"
    )
    shipped = [tuple(row) for row in session.execute(told)]
    assert [title for title, _ in shipped] == ["污水井盖", "占道经营"] and all(count for _, count in shipped)
    session.execute(text("UPDATE codes SET title_zh = '井盖（污水）' WHERE value = '01002'"))
    session.execute(text("DELETE FROM incident_limits"))
    before = session.scalar(text("SELECT count(*) FROM codes"))
    codes.load_shipped(session.connection())
    assert [tuple(row) for row in session.execute(told)] == [("井盖（污水）", None), ("占道经营", None)]
    session.execute(text("DELETE FROM codes WHERE value = '01002'"))
    made = codes.load_shipped(session.connection())
    incidents.load_shipped_limits(session.connection(), made)
    assert [tuple(row) for row in session.execute(told)] == [shipped[0], ("占道经营", None)]
    assert session.scalar(text("SELECT count(*) FROM codes")) == before


def test_the_queue_has_its_tables(session):
    assert session.scalar(text("SELECT to_regclass('procrastinate_jobs') IS NOT NULL"))


TRIGGERS = """
SELECT event_object_table, array_agg(DISTINCT trigger_name::text ORDER BY trigger_name::text)
FROM information_schema.triggers GROUP BY 1
"""


def test_every_published_table_keeps_versions_and_history_and_dense_ones_their_counts(session):
    kept = dict(session.execute(text(TRIGGERS)).all())
    tables = METADATA.tables.items()
    versioned = [name for name, table in tables if "version" in table.c and "updated_by" in table.c]
    clustered = {each.table for each in LAYERS if each.clustered_below}
    assert len(versioned) > 25
    for table in versioned:
        noted = ["note_delete", "note_insert", "note_update"]
        counted = ["count_delete", "count_insert", "count_update"] if table in clustered else []
        restorable = ["version_of_restored"] if "geom" in METADATA.tables[table].c else []
        recorded = ["record_delete", "record_return", "record_update"]
        guarded = {
            "cases": ["check_change", "check_whole"],
            "candidates": ["check_second_eyes", "check_second_eyes_of_new"],
            "incidents": ["begin_steps", "check_change", "check_gone", "check_start"],
            "bulletins": ["check_change"],
        }.get(table, [])
        kinds = [
            *guarded,
            *counted,
            "keep_first_version",
            "keep_same_version",
            "keep_version",
            *noted,
            *recorded,
            *restorable,
        ]
        assert sorted(kept[table]) == kinds, table


BEFORE_0002 = """
INSERT INTO surveys (code, name, flown_on) VALUES
    ('S20230312-001', 'a', '2023-03-12'), ('S20230618-001', 'b', '2023-06-18'), ('S20230930-001', 'c', '2023-09-30');
INSERT INTO candidates (code, survey_id, first_survey_id, kind, confidence, area_m2, method, geom)
SELECT 'C-' || upper(kind), 3, 1, kind, 0.7, 100, 'surface', ST_Multi(ST_MakeEnvelope(116.5, 31.7, 116.6, 31.8, 4490))
FROM (VALUES ('new'), ('demolished')) AS given (kind);
INSERT INTO sightings (candidate_id, survey_id, geom, confidence, area_m2, kind)
SELECT c.id, s.id, c.geom, 0.7, 100 + 20 * (s.id / 2), c.kind FROM candidates AS c, surveys AS s;
"""
TOLD = """
SELECT c.kind, array_agg(v.state ORDER BY s.flown_on), bool_and(v.found IS NOT NULL), min(c.priority), min(c.version)
FROM sightings AS v JOIN candidates AS c ON c.id = v.candidate_id JOIN surveys AS s ON s.id = v.survey_id
GROUP BY c.id ORDER BY c.id
"""


def _keep_history(connection):
    for name in ("append_only", "history"):
        statements = (ROOT / "layers" / "sql" / f"{name}.sql").read_text(encoding="utf-8")
        connection.exec_driver_sql(statements, execution_options={"no_parameters": True})


def test_the_sightings_of_an_older_installation_are_told_and_nothing_gets_a_new_version(cluster):
    url = cluster.create_database("older")
    with engine(url).begin() as connection:
        connection.execute(text("CREATE EXTENSION postgis"))
        command.upgrade(alembic_config(connection), "0001")
        _keep_history(connection)
        connection.exec_driver_sql(BEFORE_0002)
    migrate(url)
    with engine(url).connect() as connection:
        assert [tuple(row) for row in connection.execute(text(TOLD))] == [
            ("new", ["appeared", "grew", "unchanged"], True, 0.7, 1),
            ("demolished", ["gone", "gone", "gone"], True, 0.7, 1),
        ]


INCIDENTS_BEFORE_0015 = """
INSERT INTO codes (list, value, title_zh, title_en, standard_ref, valid_from)
VALUES ('incident_category', '09006', '占道经营', 'trading', 'GB/T 30428.2', '2013-12-31');
INSERT INTO incidents (code, kind, category_id, source, status, accepted_at, handled_at, geom)
SELECT code, 'event', (SELECT max(id) FROM codes), 'public', status, '2023-03-01', handled::timestamptz,
    ST_SetSRID(ST_MakePoint(116.5, 31.7), 4490)
FROM (VALUES ('SJ-1', 'accepted', NULL), ('SJ-2', 'closed', '2023-03-02')) AS given (code, status, handled);
"""


def test_cases_and_incidents_of_an_older_installation_are_taken_over_as_they_stand(cluster):
    url = cluster.create_database("cases_before")
    with engine(url).begin() as connection:
        connection.execute(text("CREATE EXTENSION postgis"))
        command.upgrade(alembic_config(connection), "0009")
        _keep_history(connection)
        connection.execute(
            text(
                "INSERT INTO cases (code, title, status, route, filed_on, geom) VALUES ('AJ-1', 'x', 'filed', "
                "'appearance', '2023-03-01', ST_SetSRID(ST_MakePoint(116.5, 31.7), 4490))"
            )
        )
        connection.exec_driver_sql(INCIDENTS_BEFORE_0015)
    migrate(url)
    with engine(url).connect() as connection:
        told = "SELECT c.version, c.steps, s.act, s.to_status FROM cases AS c JOIN case_steps AS s ON s.case_id = c.id"
        assert connection.execute(text(told)).all() == [(1, 1, "take_over", "filed")]
        assert connection.scalar(text("SELECT count(*) FROM calendar_days")) == 180
        told = (
            "SELECT i.version, i.steps, s.act, s.to_status, i.filed_at IS NOT NULL, i.closed_at = i.handled_at "
            "FROM incidents AS i JOIN incident_steps AS s ON s.incident_id = i.id ORDER BY i.code"
        )
        assert connection.execute(text(told)).all() == [
            (1, 1, "report", "accepted", False, None),
            (1, 1, "take_over", "closed", True, True),
        ]
