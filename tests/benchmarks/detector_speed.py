"""How fast and how large: the detector as a whole process, from open files to polygons.

    .venv/bin/python -m tests.benchmarks.detector_speed FOLDER [--side PX] [--runs N]

A rendered pair (synthetic, 0.1 m) is laid side by side until it is SIDE pixels wide (20 000: 400 megapixels), once
at 0.1 m and once reduced to 0.2 m. Every run is a process of its own with a warm file cache. The plain difference
is the peer that runs beside it: no published detector of this job comes as a package that runs on a CPU.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from rasterio.enums import Resampling

from tests.benchmarks.scenes import flights

RUN = """
import json, re, sys, time
from pathlib import Path
from gis.change import DetectOptions, Means, detect_files
before, after, cores, model = sys.argv[1:5]
started = time.perf_counter()
options = DetectOptions() if model == "learned" else DetectOptions(model=None)
result = detect_files(Path(before), Path(after), options=options, means=Means(cores=int(cores)))
# VmHWM begins anew with the program; ru_maxrss would tell the size of whoever started it
peak_kb = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
print(json.dumps({"seconds": time.perf_counter() - started, "found": len(result.found), "peak_mb": peak_kb / 1024}))
"""


def laid(source: Path, target: Path, side: int, reduce: int) -> Path:
    """A picture repeated until it is ``side`` px wide (before it is reduced), tiled JPEG."""
    if target.exists():
        return target
    with rasterio.open(source) as one:
        shape = (3, one.height // reduce, one.width // reduce)
        pixels = one.read(out_shape=shape, resampling=Resampling.average)
        transform, crs = one.transform @ Affine.scale(reduce), one.crs
    many = side // reduce // shape[1]
    row = np.tile(pixels, (1, 1, many))
    part = target.with_suffix(".part")
    with rasterio.open(
        part, "w", driver="GTiff", width=row.shape[2], height=many * shape[1], count=3, dtype="uint8", crs=crs,
        transform=transform, tiled=True, blockxsize=512, blockysize=512, compress="jpeg", photometric="ycbcr",
        jpeg_quality=90, interleave="pixel", BIGTIFF="IF_SAFER",
    ) as out:  # fmt: skip
        for number in range(many):
            window = rasterio.windows.Window(0, number * shape[1], row.shape[2], shape[1])
            out.write(row, window=window)
    part.replace(target)
    return target


def measured(before: Path, after: Path, cores: int, method: str, runs: int) -> dict[str, float]:
    """The best of several whole processes."""
    import json  # noqa: PLC0415

    best: dict[str, float] = {}
    for _ in range(runs):
        started = time.perf_counter()
        affinity = ["taskset", "-c", "0" if cores == 1 else "0,1"] if os.name == "posix" else []
        done = subprocess.run(
            [*affinity, sys.executable, "-c", RUN, str(before), str(after), str(cores), method],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        figures = {**json.loads(done.stdout), "process": time.perf_counter() - started}
        if not best or figures["process"] < best["process"]:
            best = figures
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--side", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=2)
    given = parser.parse_args()
    pair = flights(given.folder, 7100, size_px=4000)
    print(
        "| pair | method | cores | whole process s | MP/s | found | peak MB |\n|---|---|---|---|---|---|---|"
    )
    for gsd, reduce, side in ((0.2, 2, 8_000), (0.1, 1, given.side)):
        before, after = (
            laid(each, given.folder / f"{each.stem}-{side}-{reduce}.tif", side, reduce)
            for each in (pair.before, pair.after)
        )
        with rasterio.open(before) as dataset:
            size = dataset.width * dataset.height / 1e6
        for method in ("learned", "difference"):
            pace = {}
            for cores in (1, 2):
                got = measured(before, after, cores, method, given.runs)
                pace[cores] = got["process"]
                print(
                    f"| {size:.0f} MP of {gsd} m | {method} | {cores} | {got['process']:.1f} | "
                    f"{size / got['process']:.2f} | {got['found']} | {got['peak_mb']:.0f} |",
                    flush=True,
                )
            print(f"| | {method}: two cores are {pace[1] / pace[2]:.2f} × one | | | | | |", flush=True)


if __name__ == "__main__":
    main()
