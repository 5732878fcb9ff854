"""What covers a pixel of an orthophoto, as far as three colours tell: green plants, shadow."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["brightness", "roughness", "shadowed", "vegetated"]

Plane = NDArray[np.float32]


def brightness(colours: NDArray[Any]) -> Plane:
    """Mean of the bands, 0..255; ``colours`` (3, row, column)."""
    return np.asarray(np.mean(colours, axis=0, dtype=np.float32))


def vegetated(colours: NDArray[Any]) -> NDArray[np.bool_]:
    """Green plants: the normalised excess green index 2g - r - b above 0.06, smoothed over 5 px.

    After Woebbecke et al. 1995. Blue and grey roofs lie below 0, green steel roofs above: a roof is
    told from a tree by its evenness, see ``roughness``.
    """
    red, green, blue = np.asarray(colours, dtype=np.float32)
    index = (2 * green - red - blue) / np.maximum(red + green + blue, 1)
    return np.asarray(cv2.blur(index, (5, 5)) > 0.06)


def shadowed(colours: NDArray[Any], mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Cast shadow: much darker than the picture and with blue not below red, as skylight leaves it."""
    red, _, blue = np.asarray(colours, dtype=np.float32)
    light = cv2.blur(brightness(colours), (3, 3))
    if not mask.any():
        return np.zeros(mask.shape, dtype=bool)
    limit = 0.5 * float(np.median(light[mask]))
    return np.asarray((light < limit) & (blue > 0.85 * red))


def roughness(heights: Plane, size: int = 5) -> Plane:
    """Standard deviation (m) of heights around the plane that fits them best, in windows of ``size`` px.

    Roofs, however steep, are even; crowns of trees are not.
    """
    centred = heights - cv2.blur(heights, (31, 31))  # keeps float32 exact for heights of thousands of metres
    mean = cv2.blur(centred, (size, size))
    square = cv2.blur(centred * centred, (size, size))
    offset = np.arange(size, dtype=np.float32) - size // 2
    spread = float((offset**2).mean())
    ones = np.full(size, 1 / size, dtype=np.float32)
    slope_x = cv2.sepFilter2D(centred, -1, offset / size, ones)
    slope_y = cv2.sepFilter2D(centred, -1, ones, offset / size)
    rest = square - mean**2 - (slope_x**2 + slope_y**2) / spread
    return np.sqrt(np.maximum(rest, 0)).astype(np.float32)
