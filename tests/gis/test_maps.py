from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import Point, box

from gis.maps import Drawn, MapLibrariesMissing, offline_map, write_map

LIBRARIES = Path(__file__).resolve().parents[2] / "web" / "node_modules"


@pytest.fixture
def layers():
    shapes = [box(456_000, 3_515_900, 456_020, 3_515_920), box(456_100, 3_515_900, 456_110, 3_515_920)]
    areas = gpd.GeoDataFrame({"code": ["A1", "<b>"], "area": [400.0, 200.5]}, geometry=shapes, crs=4548)
    points = gpd.GeoDataFrame({"name": ["摊点"]}, geometry=[Point(116.53, 31.76)], crs=4490)
    return {
        "疑似图斑": Drawn(areas, {"code": "编号", "area": "面积 m²"}),
        "摊点群": Drawn(points, {"name": "名称"}),
    }


def test_nothing_is_fetched_from_the_network(layers):
    page = offline_map(layers, title="专报", libraries=LIBRARIES)
    assert not re.findall(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""", page)
    assert not re.findall(r"url\((?!data:)", page)
    assert "tile.openstreetmap" not in page


def test_text_of_cells_cannot_become_markup(layers):
    page = offline_map(layers, title="<script>x</script>", libraries=LIBRARIES)
    assert "<td><b></td>" not in page
    assert "<title>&lt;script&gt;" in page


def test_the_notice_stands_on_the_map(layers):
    assert "演示数据" in offline_map(layers, title="专报", libraries=LIBRARIES, notice="演示数据")


def test_an_empty_layer_is_no_hindrance(layers):
    empty = Drawn(layers["疑似图斑"].frame.iloc[:0], {})
    assert "leaflet" in offline_map({"空": empty}, title="空", libraries=LIBRARIES)


def test_the_file_is_one_and_small(layers, tmp_path):
    write_map(layers, tmp_path / "map.html", title="专报", libraries=LIBRARIES)
    assert [each.name for each in tmp_path.iterdir()] == ["map.html"]
    assert (tmp_path / "map.html").stat().st_size < 700_000


def test_missing_libraries_are_named_and_leave_no_file(layers, tmp_path):
    with pytest.raises(MapLibrariesMissing):
        write_map(layers, tmp_path / "map.html", title="专报", libraries=tmp_path)
    assert list(tmp_path.iterdir()) == []
