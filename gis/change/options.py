"""How the detector is set; every figure with its unit and reason."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gis.change.model import SHIPPED

__all__ = ["DetectOptions"]


@dataclass(frozen=True)
class DetectOptions:
    """Settings of ``detect``; the defaults suit drone surveys of 2–20 cm."""

    model: Path | None = SHIPPED
    """The learned model's file; ``None``: nothing learned, only heights or the plain difference."""
    least_confidence: float = 0.15
    """What is less likely than this is not reported: one in seven, for a miss costs more than a look."""
    pixel_m: float = 0.35
    """Working pixel size, metres; never finer than the coarser of the two orthophotos."""
    min_area_m2: float = 10.0
    """Smallest change reported, m²: a small shed."""
    min_height_m: float = 1.8
    """Least change of height that counts: below every storey and shed, above cars and hedges."""
    noise_factor: float = 5.0
    """The least height is raised to this many times the noise between the two surface models."""
    tall_m: float = 2.0
    """What stands this high above the ground is a building or a tree."""
    edge_m: float = 0.7
    """Edges of roofs may move by this much between two surface models."""
    score: float = 0.5
    """Threshold of the plain difference where surface models are missing."""
    max_area_m2: float = 20_000.0
    """Largest change of the plain difference: beyond it lie fields and water, not buildings."""
    window_px: int = 512
    """Side of the windows worked on, working pixels; bounds the memory. With 1024 the network takes three times

    the memory and nearly twice the time a pixel: what it works on no longer fits the processor's cache."""
    margin_m: float = 12.8
    """How far a window looks beyond its own ground, metres."""
