from __future__ import annotations

import asyncio

import asyncpg
import morecantile
import pyogrio
import pytest
import shapely

from layers import stamps, tiles
from layers.catalogue import LAYERS, layer
from layers.layer import EVERYONE
from layers.people.rules import Role

PUBLIC = frozenset({Role.PUBLIC})
CITY = (116.5365, 31.7655)  # where the demo flights are
GRID = morecantile.tms.get("WebMercatorQuad")


def fetched(url, statement, *values):
    async def fetch():
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(statement, *values)
        finally:
            await connection.close()

    return asyncio.run(fetch())


@pytest.fixture
def decoded(demo_url, tmp_path):
    """Features of a tile as GDAL reads them: a frame in tile coordinates, ``mvt_id`` the feature's id."""

    def decode(each, zoom, roles=EVERYONE, place=CITY):
        at = GRID.tile(*place, zoom)
        content = fetched(demo_url, tiles.tile_sql(each, roles), zoom, at.x, at.y)
        if not content:
            return None
        path = tmp_path / "tile.mvt"
        path.write_bytes(content)
        names = [name for name, _ in pyogrio.list_layers(path)]
        assert set(names) <= {each.id, f"{each.id}_labels"}
        return pyogrio.read_dataframe(path, layer=each.id) if each.id in names else None

    return decode


@pytest.mark.parametrize("each", LAYERS, ids=lambda each: each.id)
@pytest.mark.parametrize("zoom", [8, 15])
def test_every_layer_makes_a_tile(decoded, each, zoom):
    frame = decoded(each, zoom)
    if frame is not None:
        known = {field.name for field in each.tile_fields_for(EVERYONE)}
        assert set(frame.columns) - {"mvt_id", "geometry"} <= known
        assert (frame["mvt_id"] > 0).all()


def test_no_feature_is_left_out_of_a_crowded_tile(decoded):
    assert len(decoded(layer("incidents"), 4)) == 13_271


def test_shapes_below_a_pixel_are_left_out_at_low_zooms_only(decoded):
    assert decoded(layer("stall_clusters"), 8) is None
    assert len(decoded(layer("stall_clusters"), 12)) > 10


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
    assert "-" in fetched(demo_url, stamps.STAMP_SQL, tiles.sources(layer("grids")))
