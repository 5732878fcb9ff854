"""Buildings that were on record before the flights, and what became of each: what alarms from flights are for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import shapely
from rasterio.transform import array_bounds
from shapely.geometry import Polygon, box

from data.demo.flights.render import Flight, FlightPair

__all__ = ["OnRecord", "on_record"]

_PLAIN_M2 = (40.0, 400.0)  # neither a hutch nor a works hall


@dataclass(frozen=True)
class OnRecord:
    """A building on record before the first flight; the outline is in the frame of the flights (EPSG:4548)."""

    code: str
    status: str
    found_on: date
    outline: Polygon
    demolished_on: date | None = None


def on_record(pair: FlightPair) -> list[OnRecord]:
    """One that the second flight shows to be gone, one that still stands, one that grew, and one that was demolished and
    is built again. The largest of each kind, so that it is seen.
    """
    standing = _standing(pair)
    gone, again, annex = (_largest(_of(pair, kind)) for kind in ("demolished", "new", "extended"))
    painted = pair.decoys.geometry[pair.decoys["kind"] == "repainted"]
    changed = shapely.union_all([*pair.truth.geometry, *painted]).buffer(3)
    quiet = [each for each in standing if not each.intersects(changed)]
    hosts = [
        each for each in standing if each.buffer(0.5).intersects(annex) and each.intersection(annex).area < 1
    ]
    return [
        OnRecord("WJ-2022-001", "ordered", date(2022, 8, 16), gone),
        OnRecord("WJ-2022-002", "ordered", date(2022, 9, 7), _largest(quiet)),
        OnRecord("WJ-2022-003", "filed", date(2022, 10, 19), _largest(hosts)),
        OnRecord("WJ-2022-004", "demolished", date(2022, 6, 14), again, date(2022, 11, 30)),
    ]


def _standing(pair: FlightPair) -> list[Polygon]:
    """Outlines within both flights that stand at both, roofed and of a plain size."""
    before, after = pair.standing
    later = {each.wkb for each in after.geometry}
    ground = _ground(pair.before).intersection(_ground(pair.after)).buffer(-5)
    roofed = before.geometry[before["roof"].isin(("sheet", "flat", "tile"))]
    plain = [each for each in roofed if _PLAIN_M2[0] <= each.area <= _PLAIN_M2[1]]
    return [each for each in plain if each.wkb in later and ground.contains(each)]


def _ground(flight: Flight) -> Polygon:
    return box(*array_bounds(*flight.ortho.shape[:2], flight.transform))


def _of(pair: FlightPair, kind: str) -> gpd.GeoSeries:
    return pair.truth.geometry[pair.truth["kind"] == kind]


def _largest(outlines: Iterable[Polygon]) -> Polygon:
    return max(outlines, key=lambda each: each.area)
