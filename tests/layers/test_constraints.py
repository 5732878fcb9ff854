"""The database itself refuses what may not be."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

REFUSED = {
    "a_geometry_of_another_type": (
        "UPDATE stalls SET geom = ST_Buffer(geom, 0.001) WHERE id = 1",
        "Geometry type",
    ),
    "a_geometry_of_another_crs": ("UPDATE stalls SET geom = ST_SetSRID(geom, 4326) WHERE id = 1", "SRID"),
    "a_bow_tie": (
        "UPDATE grids SET geom = ST_SetSRID('MULTIPOLYGON(((0 0,1 1,1 0,0 1,0 0)))'::geometry, 4490) WHERE id = 1",
        "ck_grids_geom_valid",
    ),
    "an_empty_geometry": (
        "UPDATE grids SET geom = ST_SetSRID('MULTIPOLYGON EMPTY'::geometry, 4490) WHERE id = 1",
        "ck_grids_geom_valid",
    ),
    "a_division_code_of_eleven_digits": (
        "UPDATE divisions SET code = '34150200100' WHERE id = 3",
        "ck_divisions_code",
    ),
    "a_township_with_a_village_code": (
        "UPDATE divisions SET code = '341502900001' WHERE id = 3",
        "ck_divisions_code_of_level",
    ),
    "a_grid_code_with_letters": (
        "UPDATE grids SET code = '34150200100100A' WHERE id = 1",
        "ck_grids_code_format",
    ),
    "a_grid_whose_code_is_of_another_community": (
        "UPDATE grids SET code = '341502113001999' WHERE id = 1",
        "fk_grids_division_id",
    ),
    "a_grid_without_a_manager": ("UPDATE grids SET manager_id = NULL WHERE id = 1", "manager_id"),
    "an_area_of_nothing": ("UPDATE illegal_buildings SET area_m2 = 0 WHERE id = 1", "area_m2_positive"),
    "a_state_that_is_no_state": (
        "UPDATE illegal_buildings SET status = 'gone' WHERE id = 1",
        "ck_illegal_buildings",
    ),
    "a_demolition_without_a_day": (
        "UPDATE illegal_buildings SET demolished_on = NULL WHERE id = 1",
        "demolished_has_day",
    ),
    "a_pipe_of_no_length": ("UPDATE sewage_pipes SET length_m = 0 WHERE id = 1", "length_m_positive"),
    "a_pipe_to_two_nodes": (
        "UPDATE sewage_pipes SET to_outfall_id = 1 WHERE to_manhole_id IS NOT NULL",
        "one_downstream_node",
    ),
    "a_manhole_above_ground": (
        "UPDATE sewage_manholes SET ground_m = invert_m WHERE id = 1",
        "invert_below_ground",
    ),
    "a_decision_without_legal_review": (
        "UPDATE cases SET reviewed_on = NULL WHERE decided_on IS NOT NULL",
        "review_before_decision",
    ),
    "more_hazards_rectified_than_found": (
        "UPDATE gas_checks SET hazards_rectified = hazards_found + 1 WHERE id = 1",
        "hazards_rectified_found",
    ),
    "a_code_that_is_taken": (
        "UPDATE stalls SET code = (SELECT code FROM stalls WHERE id = 2) WHERE id = 1",
        "uq_stalls",
    ),
    "an_organisation_that_owns_grids_deleted": (
        "DELETE FROM organisations WHERE kind = 'zone'",
        "foreign key",
    ),
    "a_plain_password": ("UPDATE people SET password_hash = 'secret'", "password_hash_argon2id"),
    "a_role_nobody_has_defined": ("UPDATE person_roles SET role = 'king'", "ck_person_roles_role"),
}


@pytest.mark.parametrize(("sql", "named"), REFUSED.values(), ids=REFUSED)
def test_the_database_refuses(district, sql, named):
    with pytest.raises(DBAPIError, match=named):
        district.execute(text(sql))


def test_the_mercator_twin_follows_the_geometry(district):
    district.execute(text("UPDATE stalls SET geom = ST_Translate(geom, 0.01, 0) WHERE id = 1"))
    sql = "SELECT ST_Distance(geom_3857, ST_Transform(geom, 3857)) FROM stalls WHERE id = 1"
    assert district.scalar(text(sql)) == 0


BY_ROW = [
    "sightings",
    "outline_edit_parts",
    "outline_edit_shapes",
]  # found by their candidate, never by place


def test_every_geometry_has_a_spatial_index_on_both(session):
    sql = """
        SELECT f_table_name || '.' || f_geometry_column FROM geometry_columns
        WHERE f_table_schema = 'public' AND f_table_name <> ALL (:by_row) AND NOT EXISTS (
            SELECT FROM pg_indexes WHERE tablename = f_table_name
            AND indexdef LIKE '%USING gist (' || f_geometry_column || ')')
    """
    assert session.scalars(text(sql), {"by_row": BY_ROW}).all() == []
