"""Two drone flights over one made-up township edge in Anhui, rendered with exactly known truth."""

from data.demo.flights.changes import Counts
from data.demo.flights.on_record import OnRecord, on_record
from data.demo.flights.render import EPSG, FLOWN, ORIGIN, Flight, FlightPair, render
from data.demo.flights.write import FlightFiles, write

__all__ = [
    "EPSG",
    "FLOWN",
    "ORIGIN",
    "Counts",
    "Flight",
    "FlightFiles",
    "FlightPair",
    "OnRecord",
    "on_record",
    "render",
    "write",
]
