"""Teach the model in use a little further with what reviewers said, so that it forgets nothing it knew."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, overload

from gis.change.model import Model
from gis.learning.draw import Drawer
from gis.learning.export import read_network, write_onnx
from gis.learning.held_out import HELD_OUT, Fold, parted
from gis.learning.lessons import Lesson, NoLessons, read_pair
from gis.learning.recipe import Source, gathered
from gis.learning.train import Schooling, teach

__all__ = ["GENTLE", "finetune", "version_after"]

GENTLE = Schooling(
    steps=400, batch=6, encoder_rate=2e-5, decoder_rate=1e-4, warm_steps=20, average=0.99, frozen_stages=4
)
"""A twentieth of the first training's rates: verdicts correct the model, they do not make it anew."""
_SCENES_M = 0.2
_WITH_SCENES = (0.6, 0.2, 0.2)  # real pairs, two places as one, things pasted in
_ALONE = (1.0, 0.0, 0.0)


class _OnDisk(Sequence[Lesson]):
    """Lessons read when they are drawn: a district's verdicts need not fit into memory."""

    def __init__(self, folder: Path, names: Sequence[str], pixel_m: float) -> None:
        self.folder, self.names, self.pixel_m = folder, names, pixel_m

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, index: int) -> Lesson: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Lesson]: ...
    def __getitem__(self, index: int | slice) -> Lesson | Sequence[Lesson]:
        """One lesson, or some without reading them."""
        if isinstance(index, slice):
            return _OnDisk(self.folder, self.names[index], self.pixel_m)
        return read_pair(self.folder, self.names[index], self.pixel_m)


def finetune(
    model: Path,
    pairs: Path,
    out: Path,
    *,
    pixel_m: float,
    scenes: Path | None = None,
    hold_out: Fold = HELD_OUT,
    schooling: Schooling = GENTLE,
    say: Callable[[str], None] = print,
) -> dict[str, Any]:
    """Teach ``model`` the tiles of ``pairs`` (``A/ B/ label/`` of ``pixel_m`` metres) and write ``out``.

    Whole places are held out. ``scenes`` (a folder of rendered lessons) are mixed in so that nothing is
    forgotten. Threshold and calibration stay those of the model; where it has a model of its own for pictures as
    coarse, that one is taught. Returns the facts written into the file.
    Raises ``NoLessons``.
    """
    taught, held = parted(pairs, hold_out)
    if not taught:
        raise NoLessons(folder=pairs.name)
    network, facts = read_network(Model.read(model).at(pixel_m).path)
    drawer = _drawer(_OnDisk(pairs, taught, pixel_m), scenes)
    say(f"{len(taught)} tiles taught, {len(held)} held out, from {facts.get('version')}")
    with tempfile.TemporaryDirectory() as folder:
        network = teach(network, drawer, schooling, Path(folder), say=say)
    digest = _digest(pairs)
    day = date.today()
    facts |= {
        "version": version_after(str(facts.get("version")), day, digest),
        "base": facts.get("version"),
        "taught_on": day.isoformat(),
        "set_sha256": digest,
        "held_out": list(hold_out),
        "steps": schooling.steps,
    }
    write_onnx(network, out, facts)
    return facts


def version_after(base: str, day: date, digest: str) -> str:
    """The name of what was taught further: whose child it is, when, and from which set."""
    return f"{base.partition('+')[0]}+{day:%Y%m%d}.{digest[:6]}"


def _drawer(verdicts: Sequence[Lesson], scenes: Path | None) -> Drawer:
    if scenes is None:
        return Drawer([(1.0, verdicts)], [], shares=_ALONE)
    source = Source(scenes.name, "pairs", _SCENES_M, 0.6, "default", "generated")
    rendered, singles = gathered(scenes.parent, [source])
    return Drawer([(1.0, verdicts), *rendered], singles, shares=_WITH_SCENES if singles else _ALONE)


def _digest(pairs: Path) -> str:
    """The set's fingerprint: of its manifest, which holds the fingerprint of every file; else of the names."""
    manifest = pairs / "manifest.json"
    if manifest.exists():
        return hashlib.sha256(manifest.read_bytes()).hexdigest()
    names = "\n".join(sorted(each.name for each in (pairs / "label").iterdir()))
    return hashlib.sha256(names.encode()).hexdigest()
