"""What may differ between two pictures of one place without anything being built: light, colour, haze, blur,
noise, compression, a small shift; and what may be put into a picture to look like a building, or not.
"""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["between_neighbours", "cast_shadow", "leaned", "placed", "relit", "tinted_patch"]

Picture = NDArray[np.uint8]
Mask = NDArray[np.uint8]


def placed(
    plane: NDArray[np.uint8], matrix: NDArray[np.float64], side: int, *, mask: bool = False
) -> NDArray[np.uint8]:
    """A square of ``side`` px: output pixel (x, y) shows the plane at ``matrix @ (x, y, 1)``; mirrored outside."""
    how = cv2.INTER_NEAREST if mask else cv2.INTER_LINEAR
    out = cv2.warpAffine(
        plane, matrix, (side, side), flags=how | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT_101
    )
    return np.asarray(out, dtype=np.uint8)


def relit(picture: Picture, rng: np.random.Generator, strength: float = 1.0) -> Picture:
    """The picture as another camera would have taken it on another day."""
    values = picture.astype(np.float32)
    gain = np.exp(rng.normal(0, 0.07 * strength, 3)) * math.exp(rng.normal(0, 0.15 * strength))
    grey = values.mean(axis=2, keepdims=True)
    values = grey + (values - grey) * math.exp(rng.normal(0, 0.22 * strength))
    values = (values - 110) * gain.astype(np.float32) + 110 + rng.normal(0, 12 * strength)
    if rng.uniform() < 0.5:
        power = math.exp(rng.normal(0, 0.2 * strength))
        values = 255 * np.power(np.clip(values, 0, 255) / 255, power)
    if rng.uniform() < 0.15:  # haze
        values = values * rng.uniform(0.6, 0.95) + rng.uniform(10, 60)
    if rng.uniform() < 0.35:
        values = cv2.GaussianBlur(values, (0, 0), rng.uniform(0.3, 1.1))
    elif rng.uniform() < 0.3:
        values = values + rng.uniform(0.3, 1.0) * (values - cv2.GaussianBlur(values, (0, 0), 1.2))
    if rng.uniform() < 0.3:
        values = values + rng.normal(0, rng.uniform(1, 7), values.shape)
    out: Picture = np.clip(values, 0, 255).astype(np.uint8)
    if rng.uniform() < 0.15:
        coded, data = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(45, 90))])
        out = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8) if coded else out
    return out


def leaned(
    picture: Picture, standing: Mask, planes: list[Mask], rng: np.random.Generator, reach_px: float
) -> tuple[Picture, list[Mask]]:
    """The picture as seen from a little aside: what stands is moved all one way, each thing by its own height.

    ``standing``: 255 = a building in this picture; ``planes`` go with it; ``reach_px``: how far the highest moves.
    """
    count, labels = cv2.connectedComponents((standing == 255).astype(np.uint8))
    heights = np.concatenate([[0.0], rng.uniform(0.2, 1.0, count - 1)]).astype(np.float32)
    near = cv2.dilate(heights[labels], np.ones((2 * math.ceil(reach_px) + 3,) * 2, np.uint8))
    move = cv2.GaussianBlur(near, (0, 0), 0.8) * np.float32(reach_px)
    angle = rng.uniform(0, 2 * np.pi)
    ys, xs = np.indices(labels.shape, dtype=np.float32)
    x, y = xs - move * np.float32(math.cos(angle)), ys - move * np.float32(math.sin(angle))
    border = cv2.BORDER_REFLECT_101
    seen = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=border)
    gone_with = [cv2.remap(each, x, y, cv2.INTER_NEAREST, borderMode=border) for each in planes]
    return np.asarray(seen, dtype=np.uint8), [np.asarray(each, dtype=np.uint8) for each in gone_with]


def between_neighbours(mask: NDArray[np.bool_], width_px: int = 7) -> NDArray[np.bool_]:
    """Gaps narrower than ``width_px`` between parts of a mask: what keeps houses in a row apart."""
    solid = mask.astype(np.uint8)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width_px, width_px))
    closed = cv2.morphologyEx(solid, cv2.MORPH_CLOSE, disc, borderType=cv2.BORDER_REFLECT_101)
    return np.asarray((closed > 0) & ~mask)


def cast_shadow(
    picture: Picture, mask: NDArray[np.bool_], angle: float, length_px: float, dark: float
) -> Picture:
    """Darken what lies behind a thing of outline ``mask`` as seen from the sun (angle of the shadow, pixels)."""
    steps = max(1, round(length_px))
    shadow = np.zeros(mask.shape, dtype=np.uint8)
    solid = mask.astype(np.uint8)
    height, width = mask.shape
    for step in range(1, steps + 1):
        move = np.array([[1.0, 0, step * math.cos(angle)], [0, 1.0, step * math.sin(angle)]])
        shadow |= np.asarray(cv2.warpAffine(solid, move, (width, height), flags=cv2.INTER_NEAREST))
    where = (shadow > 0) & ~mask
    soft = cv2.GaussianBlur(where.astype(np.float32), (0, 0), 0.7)[..., None]
    tint = np.array([dark * 0.92, dark, min(1.0, dark * 1.12)], dtype=np.float32)
    return (picture * (1 - soft * (1 - tint))).astype(np.uint8)


def tinted_patch(
    picture: Picture, other: Picture, rng: np.random.Generator
) -> tuple[Picture, NDArray[np.bool_]]:
    """Something flat and new that is no building: a plain or textured patch. Picture and where it lies."""
    side = picture.shape[0]
    mask = _blob(side, rng)
    if rng.uniform() < 0.6:
        texture = other
    else:
        colour = rng.uniform(20, 235, 3)
        grain = rng.normal(0, rng.uniform(2, 14), (side, side, 1))
        texture = np.clip(colour + grain, 0, 255).astype(np.uint8)
    return _blended(picture, texture, mask), mask


def _blob(side: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """A polygon or a rounded patch somewhere in a square."""
    mask = np.zeros((side, side), dtype=np.uint8)
    middle = rng.uniform(0, side, 2)
    radius = math.exp(rng.uniform(math.log(5), math.log(70)))
    corners = int(rng.integers(4, 9))
    turns = np.sort(rng.uniform(0, 2 * np.pi, corners))
    far = radius * rng.uniform(0.6, 1.3, corners)
    points = middle + np.stack([np.cos(turns) * far, np.sin(turns) * far], axis=1)
    cv2.fillPoly(mask, [points.astype(np.int32)], 1)
    return mask > 0


def _blended(picture: Picture, texture: NDArray[Any], mask: NDArray[np.bool_]) -> Picture:
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.6)[..., None]
    return (picture * (1 - soft) + texture * soft).astype(np.uint8)
