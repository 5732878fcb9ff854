"""The whole course, as one command repeats it: basics, folds, threshold and calibration, the shipped weights.

    basics   taught on everything but the places that the figures are estimated on
    folds    from the basics, once per part of those places, each without its part
    choose   threshold, second look and calibration on the parts, each seen by the network that was not taught it
    final    from the basics, on everything; this one is shipped

The figures it prints are counted across: each part by what was chosen on the other parts.

Every stage leaves a checkpoint and is skipped when it is done, so an interrupted course goes on.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import torch

from gis.change.model import Model
from gis.change.options import DetectOptions
from gis.learning.choose import (
    TERMS,
    Sight,
    at_threshold,
    calibrated,
    firm_at,
    measured,
    seen,
    tried,
)
from gis.learning.draw import Drawer
from gis.learning.export import write_onnx
from gis.learning.lessons import read_pairs
from gis.learning.network import ChangeNetwork
from gis.learning.recipe import Recipe, Source, fold_of, gathered
from gis.learning.train import Schooling, pretrained, teach
from gis.score import figures

__all__ = ["Plan", "run_course"]

Say = Callable[[str], None]
_DONE = "done.pt"


@dataclass(frozen=True)
class Plan:
    """How long each stage is, and how many parts the judged places are split into.

    As the shipped weights were taught: some ten minutes on one large accelerator, some ten hours on two cores.
    """

    basic_steps: int = 3560
    basic_batch: int = 64
    own_steps: int = 580
    own_batch: int = 32
    folds: int = 3
    everything: bool = False
    version: str = "chengtu-2"
    pixel_m: float = 0.4
    passes: int = 1
    fars: tuple[float, ...] = (1.0, 2.0)


def run_course(
    root: Path, recipe: Recipe, work: Path, out: Path, plan: Plan,
    *, after: Path | None = None, say: Say = print,
) -> dict[str, Any]:  # fmt: skip
    """Run what is left of the course, write ``out`` (ONNX) and return its facts (also in ``work/facts.json``).

    ``root``: the folder that the recipe's folders lie in; ``work``: checkpoints; ``after``: checkpoints of an
    earlier course, whose basics this one's basics go on from instead of the published encoder.
    """
    sources = recipe.taught(everything=plan.everything)
    basics = [each for each in sources if not each.judged]
    start = pretrained if after is None else lambda: _done(after / "basics")
    network = _stage(work / "basics", root, basics, start, _basic(plan), say, shares=(0.38, 0.34, 0.28))
    judged = [each for each in sources if each.judged and (root / each.folder).is_dir()]
    facts = _facts(plan, 1.0, 0.5, {"learned": _plain(), "fused": _plain("surface")})
    sights: dict[float, list[tuple[int, Sight]]] = {far: [] for far in plan.fars}
    for number in range(plan.folds if judged else 0):
        fold = (number, plan.folds)
        taught = _stage(
            work / f"fold-{number}", root, sources, lambda: _copy(network), _own(plan), say, without_fold=fold
        )
        path = work / f"fold-{number}.onnx"
        write_onnx(taught, path, facts)
        model = Model.read(path)
        for source in judged:
            lessons = read_pairs(root / source.folder, source.pixel_m or 0.5)
            mine = [each for each in lessons if fold_of(each.place, plan.folds) == number]
            for far, places in sights.items():
                places += [(number, seen(each, replace(model, far=far))) for each in mine]
        say(f"fold {number}: {len(sights[plan.fars[0]])} places judged so far")
    if any(sights.values()):
        facts = _chosen(sights, Model.read(work / "fold-0.onnx"), facts, plan, say)
    final = _stage(work / "final", root, sources, lambda: _copy(network), _own(plan), say)
    write_onnx(final, out, facts)
    (work / "facts.json").write_text(json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True))
    return facts


def _basic(plan: Plan) -> Schooling:
    return Schooling(
        steps=plan.basic_steps, batch=plan.basic_batch, encoder_rate=5e-4, decoder_rate=3e-3, warm_steps=200,
        average=0.999, frozen_stages=0, processes=_processes(),
    )  # fmt: skip


def _own(plan: Plan) -> Schooling:
    return Schooling(
        steps=plan.own_steps, batch=plan.own_batch, encoder_rate=1e-4, decoder_rate=7e-4, warm_steps=60,
        processes=_processes(),
    )  # fmt: skip


def _processes() -> int:
    """An accelerator waits for examples, so all cores draw; without one the cores teach, and one draws."""
    return max(1, len(os.sched_getaffinity(0)) - 1) if torch.cuda.is_available() else 1


def _stage(
    folder: Path, root: Path, sources: Sequence[Source], start: Callable[[], ChangeNetwork],
    schooling: Schooling, say: Say, *, shares: tuple[float, float, float] = (0.5, 0.25, 0.25),
    without_fold: tuple[int, int] | None = None,
) -> ChangeNetwork:  # fmt: skip
    """One stage of teaching, or what it left when it was done before."""
    if (folder / _DONE).exists():
        return _done(folder)
    pairs, singles = gathered(root, sources, without_fold=without_fold)
    drawer = Drawer(pairs, singles, seed=len(pairs) + 17 * (without_fold or (9, 0))[0], shares=shares)
    network = teach(start(), drawer, schooling, folder, say=lambda text: say(f"{folder.name}: {text}"))
    torch.save(network.state_dict(), folder / _DONE)
    return network


def _done(folder: Path) -> ChangeNetwork:
    network = ChangeNetwork()
    network.load_state_dict(torch.load(folder / _DONE, weights_only=True))
    network.eval()
    return network


def _copy(network: ChangeNetwork) -> ChangeNetwork:
    copy = ChangeNetwork()
    copy.load_state_dict(network.state_dict())
    return copy


def _plain(term: str = "change") -> dict[str, Any]:
    return {"bias": 0.0, "terms": {term: 1.0}}


def _facts(plan: Plan, far: float, threshold: float, calibrations: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": plan.version,
        "pixel_m": plan.pixel_m,
        "threshold": threshold,
        "firm": firm_at(threshold),
        "passes": plan.passes,
        "far": far,
        "calibrations": calibrations,
        "made_on": date.today().isoformat(),
        "plan": asdict(plan),
    }


def _chosen(
    sights: dict[float, list[tuple[int, Sight]]], model: Model, facts: dict[str, Any], plan: Plan, say: Say
) -> dict[str, Any]:
    options = DetectOptions(model=model.path)
    trial = tried(sights, model, options)
    far, threshold = trial.best()
    for way in trial.counts:
        say(f"far {way[0]} threshold {way[1]}: {figures(trial.total(way))}")
    across = figures(trial.across())
    say(f"chosen far {far} threshold {threshold}; counted across: {across}")
    measures, real = measured([sight for _, sight in sights[far]], at_threshold(model, threshold), options)
    curve = calibrated(measures, real, TERMS)
    calibrations = {**facts["calibrations"], "learned": asdict(curve)}
    return {**_facts(plan, far, threshold, calibrations), "out_of_fold": across}
