"""Finished windows on disk, so that a killed run goes on where it stopped.

<folder>/<fingerprint>/000017.npz    patches of window 17: senses, outlines (WKB), sums

The fingerprint covers everything a result depends on; windows of another one are deleted, not used.
Every file arrives by rename, so one that exists is whole; one that cannot be read counts as missing.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

from gis.change.options import DetectOptions
from gis.change.patch import Patch, Sense
from gis.change.windows import Pair

__all__ = ["KeptWindows", "fingerprint"]

_FORMAT = 2  # one more whenever the same inputs give other patches


@dataclass(frozen=True)
class KeptWindows:
    """Patches of windows as files of one folder."""

    folder: Path

    @classmethod
    def of(cls, folder: Path, mark: str) -> KeptWindows:
        """The windows kept under a fingerprint; leftovers of others are deleted."""
        mine = folder / mark
        if folder.exists():
            for other in folder.iterdir():
                if other != mine:
                    shutil.rmtree(other) if other.is_dir() else other.unlink()
        mine.mkdir(parents=True, exist_ok=True)
        return cls(mine)

    def get(self, index: int) -> list[Patch] | None:
        """Patches of a window finished before, or ``None``."""
        path = self._path(index)
        if not path.exists():
            return None
        try:
            with path.open("rb") as handle, np.load(handle, allow_pickle=False) as arrays:
                return _unpacked(dict(arrays))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, shapely.GEOSException):
            return None

    def put(self, index: int, patches: list[Patch]) -> None:
        """Keep the patches of a window."""
        path = self._path(index)
        part = path.with_suffix(".part")
        with part.open("wb") as handle:
            np.savez(handle, allow_pickle=False, **_packed(patches))
        part.replace(path)

    def _path(self, index: int) -> Path:
        return self.folder / f"{index:06d}.npz"


def fingerprint(pair: Pair, options: DetectOptions, *, model: str = "") -> str:
    """Sixteen hex digits of everything that patches depend on: files, alignment, options, model.

    Files count by name, size and time of change: reading gigabytes again would cost more than it saves.
    """
    files = [pair.before, pair.after, *(each for each in pair.surfaces if each)]
    facts = {
        "format": _FORMAT,
        "files": [[str(each), each.stat().st_size, each.stat().st_mtime_ns] for each in files],
        "alignment": pair.alignment.to_json(),
        "options": {**asdict(options), "model": None},  # its content counts, not its place
        "model": model,
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def _packed(patches: list[Patch]) -> dict[str, NDArray[np.generic]]:
    """Ragged lists as flat arrays with their lengths: the number of sums is the detector's affair."""
    outlines = [shapely.to_wkb(patch.outline) for patch in patches]
    return {
        "senses": np.array([patch.sense for patch in patches], dtype=np.str_),
        "outlines": np.frombuffer(b"".join(outlines), dtype=np.uint8),
        "outline_sizes": np.array([len(each) for each in outlines], dtype=np.int64),
        "sums": np.concatenate([patch.sums for patch in patches]) if patches else np.zeros(0),
        "sum_sizes": np.array([len(patch.sums) for patch in patches], dtype=np.int64),
    }


def _unpacked(arrays: dict[str, NDArray[np.generic]]) -> list[Patch]:
    wkb = arrays["outlines"].tobytes()
    ends, sum_ends = np.cumsum(arrays["outline_sizes"]), np.cumsum(arrays["sum_sizes"])
    sums = np.split(arrays["sums"].astype(np.float64), sum_ends[:-1])
    patches = []
    for sense, end, size, each in zip(arrays["senses"], ends, arrays["outline_sizes"], sums, strict=False):
        outline = cast(Polygon, shapely.from_wkb(wkb[int(end) - int(size) : int(end)]))
        patches.append(Patch(cast(Sense, str(sense)), outline, each))
    return patches
