"""What each part of the detector is worth, on rendered flights with truth: difference, surfaces, learned, fused.

    .venv/bin/python -m tests.benchmarks.ablation FOLDER [--seeds N] [--still N] [--size PX]

The flights are synthetic and rendered here (seconds each, kept in FOLDER); nothing was taught on them.
"""

from __future__ import annotations

import argparse
import time
from functools import cache
from pathlib import Path

from gis.align import Alignment, align
from gis.change import DetectOptions, detect
from gis.score import Counts, figures
from tests.benchmarks.scenes import CHANGED_SEEDS, STILL_SEEDS, Flights, compared, flights

UNMOVED = Alignment(0.0, 0.0, 0.0, 0.0, 1.0, reliable=True)
METHODS = {
    "difference only": (DetectOptions(model=None), False),
    "surface only": (DetectOptions(model=None), True),
    "learned only": (DetectOptions(), False),
    "fused": (DetectOptions(), True),
}


@cache
def measured(each: Flights) -> Alignment:
    """The alignment of a pair, measured once."""
    return align(each.before, each.after)


def found(each: Flights, options: DetectOptions, surfaces: bool, aligned: bool):
    """What a method finds in a pair."""
    return detect(
        each.before,
        each.after,
        before_dsm=each.before_dsm if surfaces else None,
        after_dsm=each.after_dsm if surfaces else None,
        alignment=measured(each) if aligned else UNMOVED,
        options=options,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=len(CHANGED_SEEDS), help="pairs with changes")
    parser.add_argument("--still", type=int, default=len(STILL_SEEDS), help="pairs without changes")
    parser.add_argument("--size", type=int, default=2000, help="side in pixels of 0.1 m")
    parser.add_argument("--fused-only", action="store_true")
    given = parser.parse_args()
    changed = [flights(given.folder, seed, size_px=given.size) for seed in CHANGED_SEEDS[: given.seeds]]
    still = [flights(given.folder, seed, size_px=1600, still=True) for seed in STILL_SEEDS[: given.still]]
    print(
        f"{len(changed)} synthetic pairs of {given.size}² px with changes, {len(still)} of 1600² px without"
    )
    print("| method | alignment | found | object P | object R | silent of still pairs | s |")
    print("|---|---|---|---|---|---|---|")
    for name, (options, surfaces) in METHODS.items():
        if given.fused_only and name != "fused":
            continue
        for aligned in (True, False):
            started = time.perf_counter()
            total = Counts()
            for each in changed:
                frame = found(each, options, surfaces, aligned)
                total += compared(list(frame.geometry), list(each.truth.geometry))
            silent = sum(found(each, options, surfaces, aligned).empty for each in still)
            of = figures(total)
            print(
                f"| {name} | {'measured' if aligned else 'none'} | {total.found} | {of['object_precision'] or 0:.2f} "
                f"({total.found_right}/{total.found}) | {of['object_recall'] or 0:.2f} "
                f"({total.objects_hit}/{total.objects}) | {silent}/{len(still)} | {time.perf_counter() - started:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
