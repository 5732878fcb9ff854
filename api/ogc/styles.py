"""How a layer is drawn, for clients that know vector tiles: TileJSON, tilesets, and a MapLibre style per layer."""

from __future__ import annotations

from typing import Any

import morecantile
from fastapi import APIRouter, Request

from api.dependencies import Roles, Transaction
from api.ogc.links import MVT, LayerId, base, link, templated
from layers import catalogue, features, tiles
from layers.errors import NotFound
from layers.layer import Layer
from layers.people.rules import Role

__all__ = ["router"]

router = APIRouter(prefix="/ogc", tags=["OGC API – Tiles"])

STYLE = "application/vnd.mapbox.style+json"
_WEB_MERCATOR = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
_POINTS = (
    f"面内一点，供标注和小比例尺显示；带 {tiles.WHOLE} 的面在其图形上标注，这里没有它。 A point inside each area, for labels "
    f"and low zooms; an area with {tiles.WHOLE} is labelled by its shape and is not here."
)
_KINDS = {"Point": 0, "MultiLineString": 1, "MultiPolygon": 2}


@router.get("/tileMatrixSets")
def tile_matrix_sets(request: Request) -> dict[str, Any]:
    """The one grid that tiles are cut by."""
    here = f"{base(request)}/ogc/tileMatrixSets/WebMercatorQuad"
    sets = [{"id": "WebMercatorQuad", "uri": _WEB_MERCATOR, "links": [link(here, "self")]}]
    return {"tileMatrixSets": sets}


@router.get("/tileMatrixSets/{name}")
def tile_matrix_set(name: str) -> dict[str, Any]:
    """Its definition."""
    if name != "WebMercatorQuad":
        raise NotFound(what_zh="切片矩阵集", what_en="tile matrix set", key=name)
    made: dict[str, Any] = morecantile.tms.get(name).model_dump(mode="json", exclude_none=True)
    return made


@router.get("/collections/{layer_id}/tiles")
def tilesets(layer_id: LayerId, request: Request, session: Transaction, roles: Roles) -> dict[str, Any]:
    """The tilesets of a layer: one."""
    layer = catalogue.layer(layer_id, roles)
    return {"tilesets": [_tileset(request, layer, roles, features.bounds(session, layer))]}


@router.get("/collections/{layer_id}/tiles/WebMercatorQuad")
def tileset(
    layer_id: LayerId, request: Request, session: Transaction, roles: Roles, f: str | None = None
) -> dict[str, Any]:
    """What a tileset is; ``f=tilejson``: the same as TileJSON 3.0."""
    layer = catalogue.layer(layer_id, roles)
    bounds = features.bounds(session, layer)
    if f == "tilejson":
        return _tilejson(request, layer, roles, bounds)
    return _tileset(request, layer, roles, bounds)


@router.get("/collections/{layer_id}/styles")
def styles(layer_id: LayerId, request: Request, roles: Roles) -> dict[str, Any]:
    """The styles of a layer: for light and for dark ground."""
    layer = catalogue.layer(layer_id, roles)
    here = f"{base(request)}/ogc/collections/{layer.id}/styles"
    names = (("default", "浅色 Light"), ("dark", "深色 Dark"))
    return {
        "styles": [
            {"id": name, "title": title, "links": [link(f"{here}/{name}", "stylesheet", STYLE)]}
            for name, title in names
        ],
        "default": "default",
    }


@router.get("/collections/{layer_id}/styles/{name}")
def style(
    layer_id: LayerId, name: str, request: Request, session: Transaction, roles: Roles
) -> dict[str, Any]:
    """A MapLibre style (version 8) of the layer's vector tiles, which QGIS reads too."""
    layer = catalogue.layer(layer_id, roles)
    if name not in {"default", "dark"}:
        raise NotFound(what_zh="样式", what_en="style", key=name)
    source = _tilejson(request, layer, roles, features.bounds(session, layer))
    return {
        "version": 8,
        "name": f"{layer.title.zh} {layer.title.en}",
        "sources": {layer.id: {"type": "vector", **{k: source[k] for k in ("tiles", "minzoom", "maxzoom")}}},
        "layers": _drawn(layer, dark=name == "dark"),
    }


def _tile_address(request: Request, layer: Layer) -> str:
    return f"{base(request)}/ogc/collections/{layer.id}/tiles/WebMercatorQuad"


def _tilejson(
    request: Request, layer: Layer, roles: frozenset[Role], bounds: features.Bounds | None
) -> dict[str, Any]:
    fields = {each.name: f"{each.title.zh} {each.title.en}" for each in layer.tile_fields_for(roles)}
    named: list[dict[str, Any]] = [{"id": layer.id, "fields": fields}]
    if layer.geometry == "MultiPolygon":
        named[0]["fields"] = {
            **fields,
            tiles.WHOLE: "可由本瓦片中的图形标注 Labelled by its shape in this tile",
        }
        named.append({"id": f"{layer.id}_labels", "fields": fields, "description": _POINTS})
    if layer.clustered_below:
        named[-1]["fields"] = {**fields, tiles.COUNT: "汇总个数 Number of features in a cell"}
    return {
        "tilejson": "3.0.0",
        "name": f"{layer.title.zh} {layer.title.en}",
        "tiles": [f"{_tile_address(request, layer)}/{{z}}/{{y}}/{{x}}"],
        "minzoom": layer.min_zoom,
        "maxzoom": layer.max_zoom,
        "description": _told(layer),
        "vector_layers": named,
        **({"bounds": list(bounds)} if bounds else {}),
    }


def _tileset(
    request: Request, layer: Layer, roles: frozenset[Role], bounds: features.Bounds | None
) -> dict[str, Any]:
    here = _tile_address(request, layer)
    return {
        "title": f"{layer.title.zh} {layer.title.en}",
        "description": _told(layer),
        "dataType": "vector",
        "crs": "http://www.opengis.net/def/crs/EPSG/0/3857",
        "tileMatrixSetURI": _WEB_MERCATOR,
        "layers": [
            {"id": layer.id, "dataType": "vector", "geometryDimension": _KINDS[layer.geometry],
             "minTileMatrix": str(layer.min_zoom), "maxTileMatrix": str(layer.max_zoom)}
        ],
        **({"boundingBox": {"lowerLeft": list(bounds[:2]), "upperRight": list(bounds[2:])}} if bounds else {}),
        "links": [
            link(here, "self"),
            link(f"{here}?f=tilejson", "alternate", "application/json", "TileJSON"),
            link(
                f"{base(request)}/ogc/tileMatrixSets/WebMercatorQuad",
                "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme",
            ),
            templated(f"{here}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}", "item", MVT),
        ],
    }  # fmt: skip


def _told(layer: Layer) -> str:
    """What is generalised in this layer's tiles, in both languages."""
    if layer.clustered_below:
        below = layer.clustered_below
        return (
            f"{below} 级以下，过小的要素按 16×16 网格汇总为点（{tiles.COUNT} 为个数），其余要素化简；"
            f"{below} 级起逐个完整显示。 Below zoom {below}, features too small to be drawn are counted in a lattice of "
            f"16 × 16 cells ({tiles.COUNT}), the others simplified; from zoom {below} on each is there as stored."
        )
    below = tiles.GENERALISED_BELOW
    if layer.geometry == "Point":
        return "每个点在各级都显示。 Every point is there at every zoom."
    return (
        f"{below} 级以下图形化简，不足一个像素的面省略；{below} 级起逐个完整显示。 Below zoom {below}, shapes are simplified "
        f"and areas smaller than a pixel left out; from zoom {below} on each is there as stored."
    )


def _drawn(layer: Layer, *, dark: bool) -> list[dict[str, Any]]:
    """Layers of a style: by the state where the catalogue gives one, else in one colour."""
    colour: Any = layer.style.dark if dark else layer.style.light
    if layer.style.state_field and layer.style.states:
        pairs = [
            part
            for value, (light, dark_, _) in layer.style.states.items()
            for part in (value, dark_ if dark else light)
        ]
        colour = ["match", ["get", layer.style.state_field], *pairs, colour]
    at = {"source": layer.id, "source-layer": layer.id}
    if layer.geometry == "Point":
        paint = {
            "circle-color": colour,
            "circle-radius": 5,
            "circle-stroke-color": "#ffffff",
            "circle-stroke-width": 1,
        }
        point = {"id": layer.id, "type": "circle", **at, "paint": paint, **_single(layer)}
        return [point, *_clusters(layer, colour)]
    line = {"id": f"{layer.id}_line", "type": "line", **at,
            "paint": {"line-color": colour, "line-width": layer.style.width}}  # fmt: skip
    if layer.geometry == "MultiLineString":
        return [line]
    hollow = layer.style.pattern in {"outline", "dashed"}
    fill = {"fill-color": colour, "fill-opacity": 0.05 if hollow else 0.25}
    drawn: list[dict[str, Any]] = [{"id": f"{layer.id}_fill", "type": "fill", **at, "paint": fill}, line]
    if layer.points_below:
        drawn.append({
            "id": f"{layer.id}_points", "type": "circle", "source": layer.id,
            "source-layer": f"{layer.id}_labels", "maxzoom": layer.points_below,
            "paint": {"circle-color": colour, "circle-radius": 3}, **_single(layer),
        })  # fmt: skip
    return [*drawn, *_clusters(layer, colour)]


def _single(layer: Layer) -> dict[str, Any]:
    """The filter of what is no cluster."""
    return {"filter": ["!", ["has", tiles.COUNT]]} if layer.clustered_below else {}


def _clusters(layer: Layer, colour: Any) -> list[dict[str, Any]]:
    """Circles as large as what they count, one layer for each size: QGIS reads no steps.

    Their numbers would need glyphs, which this server has none of.
    """
    if not layer.clustered_below:
        return []
    of = layer.id if layer.geometry == "Point" else f"{layer.id}_labels"
    count = ["get", tiles.COUNT]
    return [
        {
            "id": f"{layer.id}_clusters_{least}",
            "type": "circle",
            "source": layer.id,
            "source-layer": of,
            "maxzoom": layer.clustered_below,
            "filter": ["all", [">=", count, least], ["<", count, below]],
            "paint": {"circle-color": colour, "circle-opacity": 0.8, "circle-radius": radius},
        }
        for least, below, radius in ((2, 10, 6), (10, 100, 8), (100, 1000, 11), (1000, 10**12, 14))
    ]
