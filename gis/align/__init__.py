"""How a survey lies beside its baseline, and reading it so that both show the same ground."""

from gis.align.alignment import Alignment, Grade, Motion
from gis.align.measure import AlignmentLost, align, frame_of, require_found
from gis.align.overlap import NoOverlap, shared_ground
from gis.align.read import read_aligned
from gis.align.warp import Warp

__all__ = [
    "Alignment",
    "AlignmentLost",
    "Grade",
    "Motion",
    "NoOverlap",
    "Warp",
    "align",
    "frame_of",
    "read_aligned",
    "require_found",
    "shared_ground",
]
