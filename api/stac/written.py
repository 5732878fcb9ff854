"""A flight as a STAC Item 1.1.0, and the links and media types around it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from layers.storage import Storage
from layers.timezone import SHANGHAI

__all__ = ["COLLECTION", "VERSION", "day_interval", "item_of"]

VERSION = "1.1.0"
COLLECTION = "surveys"
"""The one collection; named as the layer of the same things."""
COG = "image/tiff; application=geotiff; profile=cloud-optimized"
_WEB_MAP_LINKS = "https://stac-extensions.github.io/web-map-links/v1.2.0/schema.json"
_TITLES = {"ortho": "正射影像 Orthophoto", "dsm": "数字表面模型 Digital surface model"}
_ROLES = {"ortho": ["data", "visual"], "dsm": ["data"]}


def day_interval(day: date) -> tuple[str, str]:
    """First and last second of a day in China, RFC 3339."""
    begins = datetime.combine(day, time(), SHANGHAI)
    ends = begins + timedelta(days=1) - timedelta(seconds=1)
    return begins.isoformat(), ends.isoformat()


def item_of(feature: dict[str, Any], root: str, storage: Storage) -> dict[str, Any]:
    """The Item of a feature of the layer ``surveys``; ``root``: this server's address.

    Assets are those files that are there. A flight has a day and no moment, so ``datetime`` is null and
    ``start_datetime`` and ``end_datetime`` are told, as the specification has it.
    """
    told, number = feature["properties"], int(feature["id"])
    begins, ends = day_interval(date.fromisoformat(told["flown_on"]))
    collection, own = (
        f"{root}/stac/collections/{COLLECTION}",
        f"{root}/stac/collections/{COLLECTION}/items/{told['code']}",
    )
    return {
        "type": "Feature",
        "stac_version": VERSION,
        "stac_extensions": [_WEB_MAP_LINKS],
        "id": told["code"],
        "collection": COLLECTION,
        "geometry": feature["geometry"],
        "bbox": feature["bbox"],
        "properties": {
            "title": told.get("name") or told["code"],
            "datetime": None,
            "start_datetime": begins,
            "end_datetime": ends,
            **({} if told.get("gsd_m") is None else {"gsd": told["gsd_m"]}),
            "chengtu:status": told["status"],
            "chengtu:alignment_residual_m": told.get("residual_m"),
            "chengtu:synthetic": told.get("synthetic"),
        },
        "assets": {
            kind: {
                "href": f"{root}/imagery/{number}/{kind}.tif",
                "type": COG,
                "title": _TITLES[kind],
                "roles": _ROLES[kind],
            }
            for kind in ("ortho", "dsm")
            if storage.cog(number, kind).exists()
        },
        "links": [
            {"rel": "self", "type": "application/geo+json", "href": own},
            {"rel": "root", "type": "application/json", "href": f"{root}/stac"},
            {"rel": "parent", "type": "application/json", "href": collection},
            {"rel": "collection", "type": "application/json", "href": collection},
            *_drawn(number, told["code"], root, storage),
        ],
    }  # fmt: skip


def _drawn(number: int, code: str, root: str, storage: Storage) -> list[dict[str, Any]]:
    """The link to tiles for web maps, where the display pyramid is ready."""
    if not storage.pyramid(number).exists():
        return []
    href = f"{root}/imagery/{number}/{{z}}/{{x}}/{{y}}.webp"
    wmts = {
        "rel": "wmts",
        "href": f"{root}/imagery/wmts/1.0.0/WMTSCapabilities.xml",
        "type": "application/xml",
    }
    return [
        {"rel": "xyz", "type": "image/webp", "href": href, "title": "瓦片 Tiles"},
        {
            "rel": "tilejson",
            "type": "application/json",
            "href": f"{root}/imagery/{number}/tilejson.json",
            "title": "TileJSON",
        },
        {**wmts, "title": "WMTS 1.0.0", "wmts:layer": [code]},
    ]
