"""Reviewed candidates as a training set that the change network can be taught with.

    DIR/A/, B/          both dates, RGB, PNG; the later one with its shift, turn and warp undone
    DIR/label/          255 = accepted, 0 = background and what was rejected as no building, 128 = undecided
    DIR/manifest.json   where every tile and every verdict comes from; nobody's name, and no free text

Names are ``<place>_<earlier flight>_<later flight>``; tiles of one place must not be split between learning and
measuring. The set is written beside its place and appears whole, by rename.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gis.align import Motion, align, read_aligned
from gis.errors import ChengtuError
from gis.raster import Grid, Progress, Raster, colour_bands, ground_pixel_m, opened, quiet
from layers.database import session
from layers.lessons import store
from layers.lessons.rules import MARGIN_PX, SIDE_PX, label, planned
from layers.lessons.store import Pair, Verdict
from layers.storage import Storage

__all__ = ["FINEST_M", "Exported", "FolderTaken", "NothingReviewed", "export"]

FINEST_M = 0.25  # the network works on coarser pixels


class NothingReviewed(ChengtuError):
    """There is no verdict to learn from."""

    code = "nothing_reviewed"
    zh = "没有可以导出的复核结论：请先复核疑似图斑，或放宽 --since，并确认航飞影像仍在存储目录中。"
    en = "There is no verdict to export: review candidates first, or loosen --since; the flights' imagery must still be there."


class FolderTaken(ChengtuError):
    """The folder to write to holds something."""

    code = "folder_taken"
    zh = "文件夹“{folder}”不是空的，没有写入任何内容。请换一个文件夹。"
    en = "The folder “{folder}” is not empty; nothing was written. Choose another one."


@dataclass
class Exported:
    """What a set holds; ``skipped``: flights whose imagery is gone."""

    tiles: int = 0
    accepted: int = 0
    rejected: int = 0
    pixel_m: float = FINEST_M
    skipped: list[str] = field(default_factory=list)


def export(
    url: str, storage: Storage, folder: Path, *, since: date | None = None, progress: Progress = quiet
) -> Exported:
    """Write the candidates reviewed since a day (all by default) with their surroundings.

    The pixel is 0.25 m, or that of the finest flight where all are coarser. One tile is held in memory at a
    time. Raises ``NothingReviewed``, ``FolderTaken``.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FolderTaken(folder=folder)
    with session(url) as transaction:
        pairs = store.pairs(transaction, since)
    here = [each for each in pairs if all(path.exists() for path in _orthos(storage, each))]
    done = Exported(skipped=[each.after for each in pairs if each not in here])
    if not here:
        raise NothingReviewed
    done.pixel_m = _pixel(storage, here)
    with _aside(folder) as part:
        tiles: list[dict[str, Any]] = []
        candidates: list[dict[str, Any]] = []
        for number, pair in enumerate(here):
            with session(url) as transaction:
                verdicts = store.verdicts(transaction, pair, since)
                doubtful = store.missed_squares(transaction, pair)
            tiles += _write_pair(part, storage, pair, verdicts, doubtful, done)
            candidates += [each.facts(pair) for each in verdicts if each.counts]
            progress((number + 1) / len(here))
        _write_manifest(part, done, tiles, candidates)
    return done


def _orthos(storage: Storage, pair: Pair) -> tuple[Path, Path]:
    return storage.cog(pair.before_id, "ortho"), storage.cog(pair.after_id, "ortho")


def _pixel(storage: Storage, pairs: Sequence[Pair]) -> float:
    """The finest pixel at which any pair shows both dates, not below 0.25 m; millimetres do not matter."""
    native = []
    for pair in pairs:
        sizes = []
        for path in _orthos(storage, pair):
            with opened(path) as dataset:
                sizes.append(ground_pixel_m(dataset))
        native.append(max(sizes))
    return max(FINEST_M, round(min(native), 3))


def _write_pair(
    part: Path,
    storage: Storage,
    pair: Pair,
    verdicts: Sequence[Verdict],
    doubtful: Sequence[Any],
    done: Exported,
) -> list[dict[str, Any]]:
    """All tiles of one pair of flights; what the manifest says of each."""
    shapes = [each.shape for each in verdicts]
    entries = []
    before, after = _orthos(storage, pair)
    alignment = align(before, after)  # as the detector had it: the survey's row knows the shift alone
    with opened(before) as old, opened(after) as new:
        for tile in planned((each.shape for each in verdicts if each.counts), done.pixel_m):
            first, second = _picture(old, tile.grid, Motion()), _picture(new, tile.grid, alignment.motion)
            taught = label(tile, shapes, first.mask & second.mask, doubtful)
            name = f"{tile.place}_{pair.before}_{pair.after}"
            planes = {"A": first.pixels, "B": second.pixels, "label": taught}
            digests = {
                where: _write_plane(part / where / f"{name}.png", plane) for where, plane in planes.items()
            }
            entries.append(
                {"name": name, "place": tile.place, "before": pair.before, "after": pair.after,
                 "alignment": alignment.grade, "sha256": digests}
            )  # fmt: skip
    done.tiles += len(entries)
    done.accepted += sum(each.counts and each.shape.status == "accepted" for each in verdicts)
    done.rejected += sum(each.counts and each.shape.status == "rejected" for each in verdicts)
    return entries


def _picture(dataset: Any, grid: Grid, motion: Motion) -> Raster:
    """RGB (3, row, column) uint8 on a grid, a motion undone; black where the flight shows nothing."""
    raster = read_aligned(dataset, grid, motion, bands=colour_bands(dataset))
    pixels = np.where(raster.mask, raster.pixels, 0).astype(np.uint8)
    return Raster(pixels, raster.mask, raster.transform, raster.crs)


def _write_plane(path: Path, plane: NDArray[np.uint8]) -> str:
    """Write (3, row, column) RGB or (row, column) as PNG; returns its SHA-256."""
    path.parent.mkdir(exist_ok=True)
    picture = np.moveaxis(plane, 0, -1)[..., ::-1] if plane.ndim == 3 else plane
    coded, data = cv2.imencode(".png", np.ascontiguousarray(picture))
    if not coded:
        raise OSError(f"PNG of {path.name}")
    content = data.tobytes()
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def _write_manifest(
    part: Path, done: Exported, tiles: list[dict[str, Any]], candidates: list[dict[str, Any]]
) -> None:
    manifest = {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "pixel_m": done.pixel_m,
        "side_px": SIDE_PX,
        "margin_px": MARGIN_PX,
        "skipped": done.skipped,
        "tiles": tiles,
        "candidates": candidates,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (part / "manifest.json").write_text(text + "\n", encoding="utf-8")


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """A folder beside its place that takes it when the block ends well, and goes when it does not."""
    part = folder.parent / f".{folder.name}.part"
    shutil.rmtree(part, ignore_errors=True)  # of a run that was killed
    part.mkdir(parents=True)
    try:
        yield part
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
