"""Rows of the sewage network: in every town a tree of pipes that falls along the streets to its plant.

Ground and inverts rise with the distance to the plant, so every pipe falls; diameters grow with the
length of pipe above them, so none shrinks downstream. Heights are metres (EPSG:5737).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import networkx as nx
import numpy as np
from shapely import LineString, MultiLineString, Point

from data.demo.district.areas import Areas, Town
from data.demo.district.places import Places
from data.demo.district.seats import SEATS, Seat
from data.demo.district.tables import Tables

__all__ = ["TOTAL_M", "build"]

TOTAL_M = 355_500.0  # main and branch sewers, to the metre
REACH_M = 85.0  # longest pipe between two manholes
FALL = 0.0022  # of pipes and, on the whole, of the ground
BESIDE_M = (3.5, -3.5)  # the sewers lie beside the middle of the street
