"""The 23 township-level divisions of the demonstration district and where their seats lie."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

__all__ = ["OUTLINE", "SEATS", "Seat", "outline", "to_degrees"]

OUTLINE = Path(__file__).parent.parent / "boundary" / "341502_outline.geojson"


@dataclass(frozen=True)
class Seat:
    """A division: 9-digit code, name, kind, and its seat (E, N in EPSG:4548, whole metres)."""

    code: str
    name: str
    kind: str
    easting: int
    northing: int

    @property
    def urban(self) -> bool:
        """A street or the development zone: the whole of it is town."""
        return self.kind in {"street", "zone"}

    @property
    def short(self) -> str:
        """The name as it is spoken: 望城街道 → 望城, 六安经济开发区 → 开发区."""
        if self.kind == "zone":
            return "开发区"
        return self.name.removesuffix("街道").removesuffix("镇").removesuffix("乡")


# Centres of the published bounding boxes; for 001, 004 and 101, which have none, a place was chosen.
SEATS = (
    Seat("341502001", "中市街道", "street", 452_350, 3_514_700),
    Seat("341502002", "东市街道", "street", 454_309, 3_515_150),
    Seat("341502003", "三里桥街道", "street", 452_785, 3_516_961),
    Seat("341502004", "望城街道", "street", 454_700, 3_511_800),
    Seat("341502005", "清水河街道", "street", 454_042, 3_518_605),
    Seat("341502100", "木厂镇", "town", 459_288, 3_532_894),
    Seat("341502101", "马头镇", "town", 457_400, 3_541_300),
    Seat("341502102", "东桥镇", "town", 470_818, 3_530_067),
    Seat("341502103", "张店镇", "town", 461_609, 3_489_995),
    Seat("341502104", "毛坦厂镇", "town", 456_047, 3_469_186),
    Seat("341502105", "东河口镇", "town", 459_403, 3_478_975),
    Seat("341502106", "双河镇", "town", 478_265, 3_487_739),
    Seat("341502107", "施桥镇", "town", 471_428, 3_486_150),
    Seat("341502108", "孙岗镇", "town", 469_227, 3_498_628),
    Seat("341502109", "三十铺镇", "town", 466_357, 3_517_069),
    Seat("341502110", "椿树镇", "town", 470_030, 3_508_630),
    Seat("341502111", "城北镇", "town", 457_172, 3_524_490),
    Seat("341502112", "中店镇", "town", 456_064, 3_500_636),
    Seat("341502113", "先生店镇", "town", 462_740, 3_506_592),
    Seat("341502201", "翁墩乡", "township", 465_334, 3_532_043),
    Seat("341502202", "淠东乡", "township", 454_891, 3_536_465),
    Seat("341502204", "横塘岗乡", "township", 453_013, 3_488_419),
    Seat("341502400", "六安经济开发区", "zone", 460_030, 3_520_479),
)

_TO_METRES = Transformer.from_crs("EPSG:4490", "EPSG:4548", always_xy=True)
_TO_DEGREES = Transformer.from_crs("EPSG:4548", "EPSG:4490", always_xy=True)


def outline() -> BaseGeometry:
    """The district in EPSG:4548. The file is in WGS84, which is CGCS2000 to the centimetre."""
    (feature,) = json.loads(OUTLINE.read_text(encoding="utf-8"))["features"]
    shape = shapely.from_geojson(json.dumps(feature["geometry"]))
    return shapely.transform(shape, lambda xy: np.column_stack(_TO_METRES.transform(xy[:, 0], xy[:, 1])))


def to_degrees(shapes: np.ndarray) -> np.ndarray:
    """Geometries from EPSG:4548 to EPSG:4490; equal corners stay equal."""
    return shapely.transform(shapes, lambda xy: np.column_stack(_TO_DEGREES.transform(xy[:, 0], xy[:, 1])))
