# ruff: noqa: S608  (the SQL is the test)
"""Every total of the bureau's half-year summary is a sum over the demo district's rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from shapely.geometry import box
from sqlalchemy import text

from data.demo.flights import OnRecord
from layers import demo
from layers.database import session as transaction
from layers.errors import Refused
from layers.models import METADATA
from layers.people import actions as people
from layers.people.rules import Role

H1 = "BETWEEN '2023-01-01' AND '2023-06-30'"
IN_H1 = f"(accepted_at AT TIME ZONE 'Asia/Shanghai')::date {H1}"
SUMS = {
    "14 towns": ("SELECT count(*) FROM divisions WHERE kind = 'town'", 14),
    "3 townships": ("SELECT count(*) FROM divisions WHERE kind = 'township' AND level = 'township'", 3),
    "23 divisions of township level": ("SELECT count(*) FROM divisions WHERE level = 'township'", 23),
    "17 inspected on each of 181 days": (
        "SELECT count(*) FROM (SELECT FROM patrols JOIN divisions d ON d.id = division_id "
        f"WHERE d.kind IN ('town', 'township') AND patrolled_on {H1} "
        "GROUP BY d.id HAVING count(DISTINCT patrolled_on) = 181) one",
        17,
    ),
    "105 clusters": ("SELECT count(*) FROM stall_clusters WHERE kind = 'cluster'", 105),
    "66 breakfast points": ("SELECT count(*) FROM stall_clusters WHERE kind = 'breakfast'", 66),
    "57 night markets": ("SELECT count(*) FROM stall_clusters WHERE kind = 'night_market'", 57),
    "64 service points": ("SELECT count(*) FROM stall_clusters WHERE kind = 'service'", 64),
    "800 stalls for households in hardship": ("SELECT count(*) FROM stalls WHERE hardship <> 'none'", 800),
    "58 demolished": (f"SELECT count(*) FROM illegal_buildings WHERE demolished_on {H1}", 58),
    "6 367.8 m² demolished": (
        f"SELECT sum(area_m2) FROM illegal_buildings WHERE demolished_on {H1}",
        Decimal("6367.8"),
    ),
    "18 plants": ("SELECT count(*) FROM sewage_plants", 18),
    "355.5 km of sewers": ("SELECT sum(length_m) FROM sewage_pipes", Decimal(355_500)),
    "13 271 incidents accepted": (f"SELECT count(*) FROM incidents WHERE {IN_H1}", 13_271),
    "13 263 incidents handled": (
        f"SELECT count(*) FROM incidents WHERE {IN_H1} AND handled_at < '2023-07-01 00:00+08'",
        13_263,
    ),
    "52 cases reviewed": (f"SELECT count(*) FROM cases WHERE reviewed_on {H1}", 52),
    "43 cases closed": (f"SELECT count(*) FROM cases WHERE closed_on {H1}", 43),
    "40 521 yuan of fines": (f"SELECT sum(fine_yuan) FROM cases WHERE closed_on {H1}", 40_521),
    "43 petitions": (
        f"SELECT count(*) FROM service_requests WHERE kind = 'petition' AND accepted_on {H1}",
        43,
    ),
    "42 petitions closed": (
        f"SELECT count(*) FROM service_requests WHERE kind = 'petition' AND closed_on {H1}",
        42,
    ),
    "1 461 calls": (
        f"SELECT count(*) FROM service_requests WHERE kind = 'hotline' AND accepted_on {H1}",
        1_461,
    ),
    "1 434 calls closed": (
        f"SELECT count(*) FROM service_requests WHERE kind = 'hotline' AND closed_on {H1}",
        1_434,
    ),
    "1 010 approvals": (f"SELECT count(*) FROM approvals WHERE decided_on {H1}", 1_010),
    "327 roads cleared": (f"SELECT count(DISTINCT road_id) FROM road_clearings WHERE cleared_on {H1}", 327),
    "162 compounds": ("SELECT count(*) FROM compounds WHERE sorted_since <= '2023-06-30'", 162),
    "4 sites": (f"SELECT count(*) FROM construction_sites WHERE rectified_on {H1}", 4),
    "121 gas checks": (f"SELECT count(*) FROM gas_checks WHERE checked_on {H1}", 121),
    "36 cylinders": ("SELECT sum(cylinders_seized) FROM gas_checks", 36),
    "12 gas hazards": ("SELECT sum(hazards_rectified) FROM gas_checks", 12),
    "800 problems": (f"SELECT count(*) FROM supervision_problems WHERE rectified_on {H1}", 800),
    "10 bulletins": (f"SELECT count(*) FROM bulletins WHERE issued_on {H1}", 10),
}


@pytest.mark.parametrize(("sql", "expected"), SUMS.values(), ids=SUMS)
def test_the_rows_add_up_to_the_summary(district, sql, expected):
    assert district.scalar(text(sql)) == expected


def test_every_row_says_that_it_is_synthetic(district):
    for table in METADATA.tables.values():
        if "synthetic" in table.c and table.name != "review_settings":  # a setting is no datum
            assert district.scalar(text(f'SELECT count(*) FROM "{table.name}" WHERE NOT synthetic')) == 0


def test_loading_again_does_nothing(demo_url, district):
    before = district.scalar(text("SELECT max(id) FROM layer_changes"))
    demo.load(demo_url, password="demo-password")
    assert district.scalar(text("SELECT max(id) FROM layer_changes")) == before


def test_real_divisions_are_never_mixed_with_the_demo(own_database_url):
    with transaction(own_database_url) as session:
        session.execute(
            text(
                "INSERT INTO divisions (code, name, level, kind, valid_from, geom) VALUES ('341502000000', '金安区', "
                "'district', 'district', '2020-01-01', ST_Multi(ST_MakeEnvelope(116, 31, 117, 32, 4490)))"
            )
        )
    with pytest.raises(Refused, match="real divisions"):
        demo.load(own_database_url, password="demo-password")


def test_there_is_a_person_for_every_role(district):
    roles = {role for person in demo.PEOPLE for role in [person.role]}
    assert roles == set(Role) - {Role.PUBLIC}
    for person in demo.PEOPLE:
        signed_in, _ = people.sign_in(district, person.name, "demo-password")
        assert person.role in signed_in.roles


def test_grids_tile_their_community_without_gaps_or_overlaps(district):
    sql = """
        SELECT d.code, ST_Area(ST_SymDifference(d.geom, ST_Union(g.geom))) / ST_Area(d.geom),
               abs(sum(ST_Area(g.geom)) / ST_Area(d.geom) - 1)
        FROM grids g JOIN divisions d ON d.id = g.division_id GROUP BY d.id
    """
    rows = district.execute(text(sql)).all()
    assert len(rows) >= 50
    for code, gap, overlap in rows:
        assert max(gap, overlap) < 1e-9, code


def test_grid_numbers_run_west_to_east_and_north_to_south(district):
    sql = """
        SELECT g.division_code, right(g.code, 3)::int, ST_Y(ST_Centroid(g.geom)) FROM grids g ORDER BY 1, 2
    """
    rows = district.execute(text(sql)).all()
    by_community: dict[str, list[tuple[int, float]]] = {}
    for community, number, north in rows:
        by_community.setdefault(community, []).append((number, north))
    for community, numbered in by_community.items():
        assert [number for number, _ in numbered] == list(range(1, len(numbered) + 1)), community
        if len(numbered) >= 8:
            third = len(numbered) // 3
            norths = [north for _, north in numbered]
            assert sum(norths[:third]) / third > sum(norths[-third:]) / third, community


def test_the_zone_owns_what_the_wangcheng_team_manages(district):
    sql = """
        SELECT g.name, o.name, m.name FROM grids g JOIN organisations o ON o.id = owner_id
        JOIN organisations m ON m.id = manager_id
        WHERE g.name LIKE '%皋陶小学%' OR g.name LIKE '%青峰路以北%'
    """
    rows = district.execute(text(sql)).all()
    assert len(rows) > 3
    assert {(owner, manager) for _, owner, manager in rows} == {("六安经济开发区管委会", "望城大队")}
    assert district.scalar(text("SELECT count(*) FROM roads WHERE name = '青峰路'")) == 1


def test_townships_fill_the_district_exactly(district):
    sql = """
        SELECT ST_Area(ST_SymDifference(d.geom, u.geom)) / ST_Area(d.geom)
        FROM divisions d, (SELECT ST_Union(geom) AS geom FROM divisions WHERE level = 'township') u
        WHERE d.level = 'district'
    """
    assert district.scalar(text(sql)) < 1e-9


def test_every_pipe_falls_and_meets_its_nodes(district):
    assert district.scalar(text("SELECT min(upstream_invert_m - downstream_invert_m) FROM sewage_pipes")) > 0
    ends = """
        SELECT count(*) FROM sewage_pipes p JOIN sewage_manholes a ON a.id = from_manhole_id
        JOIN sewage_manholes b ON b.id = to_manhole_id
        WHERE NOT ST_DWithin(ST_StartPoint(ST_GeometryN(p.geom, 1)), a.geom, 1e-9)
           OR NOT ST_DWithin(ST_EndPoint(ST_GeometryN(p.geom, 1)), b.geom, 1e-9)
           OR p.upstream_invert_m < a.invert_m OR p.downstream_invert_m < b.invert_m
    """
    assert district.scalar(text(ends)) == 0


def test_every_manhole_drains_to_a_plant_through_pipes_that_never_narrow(district):
    sql = """
        WITH RECURSIVE up AS (
            SELECT from_manhole_id AS manhole, from_pump_id AS pump, diameter_mm FROM sewage_pipes
            WHERE to_plant_id IS NOT NULL
            UNION ALL
            SELECT p.from_manhole_id, p.from_pump_id, p.diameter_mm FROM sewage_pipes p
            JOIN up ON p.to_manhole_id = up.manhole OR p.to_pump_id = up.pump
            WHERE p.diameter_mm <= up.diameter_mm
        )
        SELECT count(DISTINCT manhole) FROM up
    """
    assert district.scalar(text(sql)) == district.scalar(text("SELECT count(*) FROM sewage_manholes"))


def test_stored_lengths_are_those_of_the_drawn_pipes(district):
    sql = "SELECT max(abs(length_m - ST_Length(ST_Transform(geom, 4548)))) FROM sewage_pipes"
    assert district.scalar(text(sql)) < 0.02


def test_stored_areas_are_those_of_the_drawn_buildings(district):
    sql = "SELECT max(abs(area_m2 - ST_Area(ST_Transform(geom, 4548)))) FROM illegal_buildings"
    assert district.scalar(text(sql)) < 0.5


def test_stalls_stand_beside_streets_and_inside_their_grid(district):
    near = """
        SELECT max((SELECT min(ST_Distance(ST_Transform(s.geom, 4548), ST_Transform(r.geom, 4548)))
                    FROM roads r WHERE ST_DWithin(r.geom, s.geom, 0.001)))
        FROM stall_clusters s
    """
    assert district.scalar(text(near)) < 15
    outside = """
        SELECT count(*) FROM incidents i JOIN grids g ON g.id = i.grid_id WHERE NOT ST_Intersects(i.geom, g.geom)
    """
    assert district.scalar(text(outside)) == 0


def test_replaced_division_codes_lead_to_the_new_ones(district):
    sql = """
        SELECT old.value, new.value FROM code_mappings JOIN codes old ON old.id = from_id
        JOIN codes new ON new.id = to_id ORDER BY 1
    """
    assert district.execute(text(sql)).all() == [
        ("341502200", "341502111"),
        ("341502203", "341502112"),
        ("341502205", "341502113"),
    ]


def test_buildings_are_put_on_record_once_in_their_township_and_grid(district):
    # within the demo flights, in EPSG:4548
    shed = OnRecord("WJ-2022-001", "ordered", date(2022, 8, 16), box(456_150, 3_515_790, 456_160, 3_515_805))
    for _ in range(2):
        demo.put_on_record(district, [shed])
    rows = district.execute(
        text(
            "SELECT d.name, b.area_m2, b.synthetic, round(ST_Area(ST_Transform(b.geom, 4548))) "
            "FROM illegal_buildings b JOIN divisions d ON d.id = b.division_id JOIN grids g ON g.id = b.grid_id "
            "WHERE b.code = 'WJ-2022-001' AND d.level = 'township' AND ST_Contains(g.geom, ST_Centroid(b.geom))"
        )
    ).all()
    assert [tuple(row) for row in rows] == [("东市街道", Decimal("150.0"), True, 150)]
