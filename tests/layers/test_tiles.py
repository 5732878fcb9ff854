from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime

import asyncpg
import morecantile
import pandas as pd
import pyogrio
import pytest
import shapely
from sqlalchemy import text

from layers import stamps, tiles
from layers.catalogue import LAYERS, layer
from layers.cells import size_m
from layers.database import engine
from layers.layer import EVERYONE
from layers.people.rules import Role
from tests.layers.ground import settle

PUBLIC = frozenset({Role.PUBLIC})
CITY = (116.5365, 31.7655)  # where the demo flights are
GRID = morecantile.tms.get("WebMercatorQuad")


def fetched(url, statement, *calls):
    """The one value of a statement for each list of parameters, over one connection."""

    async def fetch():
        connection = await asyncpg.connect(url)
        try:
            return [await connection.fetchval(statement, *values) for values in calls]
        finally:
            await connection.close()

    return asyncio.run(fetch())


@pytest.fixture
def decoded(demo_url, tmp_path):
    """Features of tiles together as GDAL reads them: a frame in tile coordinates, ``mvt_id`` the feature's id."""

    def decode(each, zoom, roles=EVERYONE, ground=None, part="", as_of=None):
        found = GRID.tiles(*ground, zooms=[zoom]) if ground else [GRID.tile(*CITY, zoom)]
        sql = tiles.tile_sql(each, roles, tiles.View.of(each, zoom), past=as_of is not None)
        frames = []
        when = () if as_of is None else (as_of,)
        for content in fetched(demo_url, sql, *((zoom, at.x, at.y, *when) for at in found)):
            path = tmp_path / "tile.mvt"
            path.write_bytes(content)
            names = [name for name, _ in pyogrio.list_layers(path)] if content else []
            assert set(names) <= {each.id, f"{each.id}_labels"}
            if each.id + part in names:
                frames.append(pyogrio.read_dataframe(path, layer=each.id + part, CLIP="NO"))
        return pd.concat(frames, ignore_index=True) if frames else None

    return decode


def whole_of(shapes):
    return shapes[shapes[tiles.WHOLE].notna()] if tiles.WHOLE in shapes else shapes.head(0)


@pytest.mark.parametrize("each", LAYERS, ids=lambda each: each.id)
@pytest.mark.parametrize("zoom", [8, 15])
def test_every_layer_makes_a_tile(decoded, each, zoom):
    frame = decoded(each, zoom)
    if frame is not None:
        known = {field.name for field in each.tile_fields_for(EVERYONE)}
        view = tiles.View.of(each, zoom)
        known |= {tiles.COUNT} if view.general else {tiles.WHOLE} if view.points == "parted" else set()
        assert set(frame.columns) - {"mvt_id", "geometry"} <= known
        single = frame[tiles.COUNT].isna() if tiles.COUNT in frame else slice(None)
        assert (frame.loc[single, "mvt_id"] > 0).all()


def test_no_feature_is_left_out_of_a_crowded_tile(decoded, district):
    at = GRID.tile(*CITY, 14)
    inside = (
        "SELECT count(*) FROM incidents WHERE geom_3857 && ST_TileEnvelope(14, :x, :y, margin => 64 / 4096.0)"
    )
    there = district.scalar(text(inside), {"x": at.x, "y": at.y})
    assert there > 300
    assert len(decoded(layer("incidents"), 14)) == there


@pytest.mark.parametrize("zoom", [8, 11, 13])
@pytest.mark.parametrize("name", ["incidents", "illegal_buildings"])
def test_at_low_zooms_every_feature_is_counted_once_or_drawn_as_itself(decoded, district, name, zoom):
    each = layer(name)
    drawn = f"{size_m('geom_3857')} >= 4 * 40075016.68557849 / 256 / 2 ^ {zoom}"
    rows = district.execute(text(f"SELECT id, {drawn} FROM {name}")).all()  # noqa: S608
    extent = text(f"SELECT ST_Extent(geom) FROM {name}")  # noqa: S608
    numbers = re.findall(r"[\d.]+", district.scalar(extent))
    ground = tuple(float(each) for each in numbers)
    part = "" if each.geometry == "Point" else "_labels"
    told = decoded(each, zoom, ground=ground, part=part)
    counted = told.get(tiles.COUNT, pd.Series(1, told.index)).fillna(1).sum()
    assert counted == sum(not large for _, large in rows)
    shapes = decoded(each, zoom, ground=ground) if part else None
    assert set(shapes["mvt_id"] if shapes is not None else ()) == {number for number, large in rows if large}


def test_a_single_feature_of_a_cell_is_itself_and_several_are_only_a_number(decoded):
    frame = decoded(layer("illegal_buildings"), 13, part="_labels")
    single = frame[tiles.COUNT].isna()
    assert frame.loc[single, "code"].str.len().gt(3).all()
    assert single.any()
    assert frame.loc[~single, "code"].isna().all()
    assert (frame.loc[~single, tiles.COUNT] > 1).all()


@pytest.mark.parametrize("zoom", [9, 13])
@pytest.mark.parametrize("name", ["incidents", "illegal_buildings"])
def test_cells_counted_on_the_spot_for_a_past_state_are_those_that_are_kept(decoded, name, zoom):
    each = layer(name)
    part = "" if each.geometry == "Point" else "_labels"
    kept, counted = (decoded(each, zoom, part=part, as_of=as_of) for as_of in (None, datetime.now(UTC)))
    told = [
        sorted(zip(frame[tiles.COUNT].fillna(1), frame.geometry.x // 4, frame.geometry.y // 4, strict=True))
        for frame in (kept, counted)
    ]
    assert len(told[0]) > 3
    assert told[0] == told[1]
    assert set(kept["mvt_id"].dropna()) == set(counted["mvt_id"].dropna())


def test_a_network_of_short_lines_is_seen_as_a_whole_at_low_zooms(decoded, district):
    pipes = layer("sewage_pipes")
    at = GRID.bounds(GRID.tile(*CITY, pipes.min_zoom))
    inside = "SELECT count(*) FROM sewage_pipes WHERE geom && ST_MakeEnvelope(:a, :b, :c, :d, 4490)"
    there = district.scalar(text(inside), dict(zip("abcd", at, strict=True)))
    assert there > 1000
    assert len(decoded(pipes, pipes.min_zoom)) > 0.95 * there  # a few have no length in tile coordinates


@pytest.mark.parametrize(
    ("name", "zoom"), [("divisions", 11), ("grids", 15), ("stall_clusters", 16), ("illegal_buildings", 16)]
)
def test_every_area_is_labelled_in_exactly_one_tile(decoded, district, name, zoom):
    ground = (116.46, 31.70, 116.56, 31.80)
    at = list(GRID.tiles(*ground, zooms=[zoom]))
    bounds = [GRID.xy_bounds(each) for each in at]
    box = {
        "west": min(each.left for each in bounds), "east": max(each.right for each in bounds),
        "south": min(each.bottom for each in bounds), "north": max(each.top for each in bounds),
    }  # fmt: skip
    inside = f"SELECT id FROM {name} WHERE ST_PointOnSurface(geom_3857) && ST_MakeEnvelope(:west, :south, :east, :north, 3857)"  # noqa: S608
    there = sorted(district.scalars(text(inside), box))
    assert len(at) > 1
    assert len(there) > 5
    shapes = decoded(layer(name), zoom, ground=ground)
    whole = whole_of(shapes)
    points = decoded(layer(name), zoom, ground=ground, part="_labels")
    pointed = [] if points is None else list(points["mvt_id"])  # small buildings may all be whole
    assert sorted([*pointed, *whole["mvt_id"]]) == there
    assert (len(whole) > 5) == (zoom >= tiles.GENERALISED_BELOW)
    assert shapely.box(0, 0, 4096, 4096).contains(whole.geometry).all()
    assert set(shapely.get_num_geometries(whole.geometry)) <= {1}


def test_low_zooms_have_fewer_corners(decoded):
    frame = decoded(layer("divisions"), 8)
    (shape,) = frame.loc[frame["level"] == "district", "geometry"]
    assert 20 < len(shapely.get_coordinates(shape)) < 400


def test_a_tile_says_only_what_the_roles_may_see(decoded):
    frame = decoded(layer("stalls"), 10, PUBLIC)
    assert set(frame.columns) == {"mvt_id", "geometry", "code", "number", "goods"}


def test_owner_and_manager_travel_by_name(decoded):
    frame = decoded(layer("grids"), 15)
    assert {"code", "owner", "manager"} <= set(frame.columns)
    assert frame["manager"].str.endswith("大队").all()


def test_the_stamp_is_a_text(demo_url):
    (stamp,) = fetched(demo_url, stamps.stamp_sql("$1::text[]"), [tiles.sources(layer("grids"))])
    assert "-" in stamp


SHAPES = """
SELECT ST_Area(moved), ST_Area(clipped), ST_Area(ST_SymDifference(ST_MakeValid(moved), clipped)), ST_Perimeter(clipped),
       ST_IsPolygonCW(moved), ST_IsPolygonCW(clipped)
FROM (
    SELECT ST_SnapToGrid(ST_TransScale(ST_ForcePolygonCW(g), -ST_XMin(tile), -ST_YMax(tile), s, -s), 1) AS moved,
           ST_AsMVTGeom(g, tile, 4096, 64, true) AS clipped
    FROM (SELECT geom_3857 AS g FROM illegal_buildings UNION ALL SELECT geom_3857 FROM stall_clusters) AS shapes,
         LATERAL (SELECT ST_TileEnvelope(14, floor((ST_X(ST_Centroid(g)) / 40075016.68557849 + 0.5) * 2 ^ 14)::int,
                                         floor((0.5 - ST_Y(ST_Centroid(g)) / 40075016.68557849) * 2 ^ 14)::int) AS tile) AS at,
         LATERAL (SELECT 4096 / (ST_XMax(tile) - ST_XMin(tile)) AS s) AS scale
    WHERE g @ tile
) AS pair
"""


def test_a_shape_that_is_only_moved_is_the_one_that_would_have_been_clipped(district):
    rows = district.execute(text(SHAPES)).all()
    assert len(rows) > 300
    told = [row for row in rows if row[1] is not None]
    assert len(told) > 0.95 * len(rows)
    for moved, clipped, apart, around, turned, as_clipped in told:
        assert abs(moved - clipped) <= around
        assert apart <= 2 * around  # a unit either way along the outline
        assert turned == as_clipped


@pytest.fixture
def told_of_compounds(own_database_url, tmp_path):
    """The codes in each layer of the tile where these compounds are, and of those that are whole there."""

    def told(shapes, points):
        with engine(own_database_url).begin() as session:
            settle(session)
            insert = (
                "INSERT INTO compounds (code, name, households, division_id, geom) SELECT :code, 'x', 1, "
                "(SELECT min(id) FROM divisions), ST_Multi(ST_GeomFromText(:shape, 4490))"
            )
            session.execute(
                text(insert), [{"code": code, "shape": shape.wkt} for code, shape in shapes.items()]
            )
        at = GRID.tile(116.5, 31.7, 14)
        sql = tiles.tile_sql(layer("compounds"), EVERYONE, tiles.View(general=False, points=points))
        (content,) = fetched(own_database_url, sql, (14, at.x, at.y))
        path = tmp_path / "tile.mvt"
        path.write_bytes(content)
        frames = {name: pyogrio.read_dataframe(path, layer=name) for name, _ in pyogrio.list_layers(path)}
        whole = whole_of(frames["compounds"])
        return {name: set(frame["code"]) for name, frame in frames.items()}, set(whole["code"])

    return told


SMALL = shapely.box(116.5, 31.7, 116.5 + 1e-7, 31.7 + 1e-7)
LARGE = shapely.box(116.5, 31.7, 116.5002, 31.7002)
TWO = LARGE.union(shapely.box(116.501, 31.701, 116.5012, 31.7012))


def test_a_shape_without_area_in_the_tile_is_left_out_and_still_marked(told_of_compounds):
    codes, whole = told_of_compounds({"XQ-1": SMALL, "XQ-2000": LARGE}, "all")
    assert codes == {"compounds": {"XQ-2000"}, "compounds_labels": {"XQ-1", "XQ-2000"}}
    assert whole == set()


def test_an_area_of_several_parts_is_labelled_at_a_point_and_a_whole_one_by_its_shape(told_of_compounds):
    codes, whole = told_of_compounds({"XQ-1": SMALL, "XQ-2000": LARGE, "XQ-2": TWO}, "parted")
    assert codes == {"compounds": {"XQ-2000", "XQ-2"}, "compounds_labels": {"XQ-2"}}
    assert whole == {"XQ-2000"}
