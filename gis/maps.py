"""Frames → one HTML file with a map in it that opens with the network off.

Scripts and styles travel inside as data URIs; there is no basemap, only a plain ground. Leaflet and
jQuery are not kept here: the caller says where the node_modules folder is that holds them.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np

from gis.cog import replaced
from gis.crs import STORED
from gis.errors import ChengtuError

if TYPE_CHECKING:
    import folium

__all__ = ["Drawn", "MapLibrariesMissing", "offline_map", "write_map"]

_LEAFLET_JS = Path("leaflet/dist/leaflet.js")
_LEAFLET_CSS = Path("leaflet/dist/leaflet.css")
_JQUERY_JS = Path("jquery/dist/jquery.min.js")
_COLOURS = ("#b42318", "#175cd3", "#067647", "#b54708", "#6941c6", "#0e7090")
_LU_AN = (31.75, 116.52)


class MapLibrariesMissing(ChengtuError):
    """Leaflet or jQuery is not where the pages' packages are installed."""

    code = "map_libraries_missing"
    zh = "缺少地图组件（{path}）。请先运行 ./chengtu serve 构建网页，然后重试。"
    en = "The map's libraries are missing ({path}). Run ./chengtu serve once, which builds the pages, then try again."


@dataclass(frozen=True)
class Drawn:
    """One layer of an exported map. ``fields``: column → heading of the popup; ``colour``: #rrggbb."""

    frame: gpd.GeoDataFrame
    fields: Mapping[str, str]
    colour: str | None = None


def offline_map(layers: Mapping[str, Drawn], *, title: str, libraries: Path, notice: str = "") -> str:
    """HTML of a self-contained map; ``layers`` by their title, drawn in their order, any CRS.

    ``libraries`` is a node_modules folder with leaflet 1.9 and jquery 3; ``notice`` (for instance 演示数据)
    stands beside the title. Text of cells is escaped. Raises MapLibrariesMissing.
    """
    import folium  # noqa: PLC0415 (half a second at the start of every process, for what few ask)

    chart = folium.Map(location=_LU_AN, zoom_start=12, tiles=None, control_scale=True, prefer_canvas=True)
    chart.default_js = [("leaflet", _uri(libraries / _LEAFLET_JS)), ("jquery", _uri(libraries / _JQUERY_JS))]
    chart.default_css = [("leaflet_css", _uri(libraries / _LEAFLET_CSS))]  # names are unique in a page
    for index, (name, layer) in enumerate(layers.items()):
        _draw(chart, name, layer, layer.colour or _COLOURS[index % len(_COLOURS)])
    if len(layers) > 1:
        folium.LayerControl(collapsed=False).add_to(chart)
    bounds = _bounds(layers)
    if bounds is not None:
        chart.fit_bounds(bounds)
    page: Any = chart.get_root()
    page.html.add_child(folium.Element(_heading(title, notice)))
    page.header.add_child(folium.Element(f"<title>{html.escape(title)}</title>{_STYLE}"))
    return str(page.render())


def write_map(
    layers: Mapping[str, Drawn], target: Path, *, title: str, libraries: Path, notice: str = ""
) -> None:
    """Write ``offline_map`` to a file, atomically, UTF-8."""
    text = offline_map(layers, title=title, libraries=libraries, notice=notice)
    with replaced(target) as part:
        part.write_text(text, encoding="utf-8")


_STYLE = """<style>.leaflet-container{background:#f4f3f0;font:13px/1.5 "Noto Sans SC","Microsoft YaHei",sans-serif}
.heading{position:fixed;top:10px;left:56px;z-index:900;background:#fff;padding:4px 12px;border-radius:4px;
box-shadow:0 1px 4px #0004;font:600 15px "Noto Sans SC","Microsoft YaHei",sans-serif}
.heading small{color:#b42318;margin-left:8px}</style>"""


def _heading(title: str, notice: str) -> str:
    beside = f"<small>{html.escape(notice)}</small>" if notice else ""
    return f'<div class="heading">{html.escape(title)}{beside}</div>'


def _draw(chart: folium.Map, name: str, layer: Drawn, colour: str) -> None:
    import folium  # noqa: PLC0415

    group = folium.FeatureGroup(name=html.escape(name))
    lonlat = layer.frame.to_crs(STORED)
    style = {"color": colour, "weight": 2, "fillColor": colour, "fillOpacity": 0.25}
    for (_, row), shape in zip(lonlat.iterrows(), lonlat.geometry, strict=True):
        if shape is None or shape.is_empty:
            continue
        popup = folium.Popup(_card(row, layer.fields), min_width=220, max_width=360)
        if shape.geom_type == "Point":
            folium.CircleMarker(
                (shape.y, shape.x), radius=6, color=colour, fill=True, fill_opacity=0.6, popup=popup
            ).add_to(group)
        else:
            drawn = folium.GeoJson(shape.__geo_interface__, style_function=lambda _, style=style: style)
            popup.add_to(drawn)
            drawn.add_to(group)
    group.add_to(chart)


def _card(row: Any, fields: Mapping[str, str]) -> str:
    lines = [
        f"<tr><th>{html.escape(heading)}</th><td>{html.escape(_text(row[column]))}</td></tr>"
        for column, heading in fields.items()
        if column in row
    ]
    return f'<table style="text-align:left">{"".join(lines)}</table>'


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return "–"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _bounds(layers: Mapping[str, Drawn]) -> list[tuple[float, float]] | None:
    """South-west and north-east corner, lat first as Leaflet wants it."""
    boxes = [layer.frame.to_crs(STORED).total_bounds for layer in layers.values() if len(layer.frame)]
    boxes = [box for box in boxes if np.isfinite(box).all()]
    if not boxes:
        return None
    stacked = np.array(boxes)
    west, south = stacked[:, :2].min(axis=0)
    east, north = stacked[:, 2:].max(axis=0)
    return [(float(south), float(west)), (float(north), float(east))]


def _uri(path: Path) -> str:
    """A library's file as a data URI; pictures that a style names are left out, nothing here shows them."""
    try:
        content = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MapLibrariesMissing(path=path) from None
    if path.suffix == ".css":
        content = re.sub(r"url\(images/[^)]*\)", "none", content)
    kind = "text/css" if path.suffix == ".css" else "text/javascript"
    return f"data:{kind};base64,{base64.b64encode(content.encode()).decode()}"
