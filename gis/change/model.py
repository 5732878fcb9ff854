"""The learned model: an ONNX file that tells, for two pictures of one place, where a building changed.

The file carries its facts with it (version, working pixel, threshold, calibration), so whoever holds the file
holds all that is needed to repeat a detection. It is run by onnxruntime on the CPU; nothing is fetched.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from gis.errors import ChengtuError

__all__ = ["METADATA", "SHIPPED", "Calibration", "Chances", "Model", "ModelUnreadable", "sha256_of"]

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "models" / "change.onnx"
METADATA = "chengtu"
"""Key of the JSON text in the file that says version, working pixel, thresholds and calibration."""
_COARSEST = 2.5  # times its own pixel; beyond, a house is a few pixels, as no model was ever taught
_COARSE_PASSES = 4
_BROAD_M = 16.0  # broader than a house, so that houses in a row stay apart
STRIDE = 32  # sides of what the network sees are multiples of this

Plane = NDArray[np.float32]


class ModelUnreadable(ChengtuError):
    """A model file is missing or is none of ours."""

    code = "model_unreadable"
    zh = "无法读取模型文件“{name}”：{why}。请重新安装，或用 chengtu model use shipped 换回随附模型。"
    en = "The model file “{name}” cannot be read: {why}. Install it again, or go back with chengtu model use shipped."


@dataclass(frozen=True)
class Calibration:
    """Logistic curve from what is measured on a patch to the chance that it is real (Platt 1999).

    ``terms``: weights by name of measure, with ``bias``.
    """

    bias: float
    terms: dict[str, float]

    def chance(self, **measures: float) -> float:
        """The chance, 0..1, of a patch with these measures (names as in ``terms``)."""
        score = self.bias + sum(weight * measures[name] for name, weight in self.terms.items())
        return 1 / (1 + math.exp(-min(max(score, -30.0), 30.0)))


@dataclass(frozen=True)
class Chances:
    """Planes (row, column) float32 in [0, 1]: a building changed; one stands before; one stands after."""

    change: Plane
    before: Plane
    after: Plane


@dataclass(frozen=True)
class Model:
    """A readable model file and its facts.

    ``pixel_m``: the pixel size it was taught on, metres; ``threshold``: the chance of change at which patches
    are cut; ``firm``: what a patch must reach somewhere; ``passes``: mirrored and turned looks; ``far``: how many
    times coarser the second look is (a large roof is known from afar, a shed from near; 1 = no second look);
    ``calibrations``: by method (learned, fused); ``coarse``: the model for pictures no finer than ``pixel_m``,
    where there is one, of the same pixel.
    """

    path: Path
    version: str
    pixel_m: float
    threshold: float
    firm: float
    passes: int
    far: float
    calibrations: dict[str, Calibration]
    coarse: Path | None = None

    @classmethod
    def read(cls, path: Path = SHIPPED) -> Model:
        """Read a file's facts. Raises ``ModelUnreadable``."""
        facts = _facts(path)
        try:
            return cls(
                path, str(facts["version"]), float(facts["pixel_m"]), float(facts["threshold"]),
                float(facts["firm"]), int(facts["passes"]), float(facts["far"]),
                {name: Calibration(each["bias"], each["terms"]) for name, each in facts["calibrations"].items()},
                _beside(path, facts.get("coarse")),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise ModelUnreadable(name=path.name, why=f"metadata {error}") from error

    def sees(self, pixel_m: float) -> bool:
        """Whether pictures of such pixels (metres) are fine enough to show it a building."""
        return pixel_m <= _COARSEST * self.pixel_m

    def at(self, pixel_m: float) -> Model:
        """The model for pictures of such pixels (metres): where they are no finer than its own pixel, its ``coarse``

        one if it has one, with four looks. Such pictures cover much ground with few pixels, so the time is
        there; on LEVIR-CD (0.5 m) the mean of four looks is worth a point of F1. Raises ``ModelUnreadable``.
        """
        if pixel_m < self.pixel_m:
            return self
        model = Model.read(self.coarse) if self.coarse else self
        return replace(model, passes=max(model.passes, _COARSE_PASSES), coarse=None)

    def fingerprint(self) -> str:
        """SHA-256 of all that it answers from, hexadecimal: its file, and its coarse one's behind it."""
        return sha256_of(self.path) + (sha256_of(self.coarse) if self.coarse else "")

    def chances(self, before: NDArray[np.uint8], after: NDArray[np.uint8]) -> Chances:
        """Chances of two pictures (3, row, column) uint8 RGB of one place at ``pixel_m``; any size.

        Two looks, from near and from ``far``: three parts near and one part far, but the far one alone where it
        sees something at least 16 m broad. Each look is the mean over ``passes`` mirrored and turned ones (at
        most 8).
        """
        near = self._look(before, after, 1.0)
        if self.far > 1:
            small = self._look(before, after, self.far)
            size = max(3, round(_BROAD_M / (self.far * self.pixel_m)) | 1)
            disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
            broad = np.stack([cv2.morphologyEx(plane, cv2.MORPH_OPEN, disc) for plane in small])
            far, broad = (_resized(planes, near.shape[1:]) for planes in (small, broad))
            near = np.maximum(0.75 * near + 0.25 * far, broad)
        return Chances(*near)

    def _look(self, before: NDArray[np.uint8], after: NDArray[np.uint8], scale: float) -> NDArray[np.float32]:
        """The three planes as seen at one scale, so many times smaller than the pictures."""
        _, height, width = before.shape
        small = max(1, round(height / scale)), max(1, round(width / scale))
        first, second = _padded(_resized(before, small)), _padded(_resized(after, small))
        total = np.zeros((3, *first.shape[1:]), dtype=np.float32)
        for number in range(self.passes):
            seen = _run(self.path, _turned(first, number), _turned(second, number))
            total += _turned_back(seen, number)
        return np.asarray(total[:, : small[0], : small[1]] / self.passes, dtype=np.float32)


def sha256_of(path: Path) -> str:
    """Fingerprint of a model file, hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _beside(path: Path, name: str | None) -> Path | None:
    """A file beside a model's, or beside the shipped one's, for a model that was taught further elsewhere."""
    if name is None:
        return None
    own = path.with_name(name)
    return own if own.exists() else SHIPPED.with_name(name)


def _facts(path: Path) -> dict[str, Any]:
    meta = _session(path).get_modelmeta().custom_metadata_map
    if METADATA not in meta:
        raise ModelUnreadable(name=path.name, why="no chengtu metadata")
    return cast(dict[str, Any], json.loads(meta[METADATA]))


@lru_cache(maxsize=4)
def _session(path: Path) -> Any:
    """One session per file and process; its ``run`` may be called from several threads at once.

    A session runs on one thread: windows are what is spread over the cores, which scales better.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own errors have no common class
        raise ModelUnreadable(name=path.name, why=type(error).__name__) from error


def _run(path: Path, before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[np.float32]:
    given = {"before": before[None], "after": after[None]}
    return np.asarray(_session(path).run(None, given)[0][0], dtype=np.float32)


def _resized(planes: NDArray[Any], shape: tuple[int, int]) -> NDArray[Any]:
    """Planes (plane, row, column) of another size: means where smaller, linear between where larger."""
    if planes.shape[1:] == shape:
        return planes
    how = cv2.INTER_AREA if shape[0] < planes.shape[1] else cv2.INTER_LINEAR
    size = shape[1], shape[0]
    return np.stack([cv2.resize(np.ascontiguousarray(each), size, interpolation=how) for each in planes])


def _padded(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Mirrored below and to the right up to multiples of the stride."""
    down, across = (-side % STRIDE for side in picture.shape[1:])
    if not down and not across:
        return picture
    mode = "reflect" if min(picture.shape[1:]) > STRIDE else "edge"
    return np.asarray(np.pad(picture, ((0, 0), (0, down), (0, across)), mode=cast(Any, mode)))


def _turned(picture: NDArray[Any], number: int) -> NDArray[Any]:
    """Look number 0..7: as it is, mirrored, upside down, both; then the same turned by a quarter."""
    out = picture
    if number & 1:
        out = out[..., ::-1]
    if number & 2:
        out = out[..., ::-1, :]
    if number & 4:
        out = np.swapaxes(out, -1, -2)
    return np.ascontiguousarray(out)


def _turned_back(planes: NDArray[Any], number: int) -> NDArray[Any]:
    out = planes
    if number & 4:
        out = np.swapaxes(out, -1, -2)
    if number & 2:
        out = out[..., ::-1, :]
    if number & 1:
        out = out[..., ::-1]
    return out
