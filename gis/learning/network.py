"""The change network: two pictures → change, building before, building after, per pixel.

A siamese EfficientNet-Lite0 (Tan and Le 2019; ReLU6, no squeeze-and-excite) up to stride 32, a light
feature pyramid per date (Lin et al. 2017), and a second pyramid over the differences of both dates. The
change branch sees absolute difference and sum only, so swapping the dates never changes its answer.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["NAMES", "ChangeNetwork", "encoder_weights"]

NAMES = ("change", "building_before", "building_after")
"""What the three planes of the output mean, as logits."""

_STAGES = (  # kernel, stride, expansion, channels in, channels out, repeats
    (3, 1, 1, 32, 16, 1),
    (3, 2, 6, 16, 24, 2),
    (5, 2, 6, 24, 40, 2),
    (3, 2, 6, 40, 80, 3),
    (5, 1, 6, 80, 112, 3),
    (5, 2, 6, 112, 192, 4),
)
_LEVELS = (0, 1, 2, 4, 5)  # stages whose output is kept: strides 2, 4, 8, 16, 32
_CHANNELS = (16, 24, 40, 112, 192)
_WIDTHS = (24, 48, 64, 64, 64)
_EPSILON = 1e-3  # of the encoder's batch norms, as it was trained


class _Conv(nn.Module):
    """Convolution with TensorFlow's «same» padding, then batch norm where the network still learns it."""

    def __init__(
        self, inner: int, outer: int, kernel: int = 1, *, stride: int = 1, depthwise: bool = False,
        norm: bool = False, active: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        groups = inner if depthwise else 1
        self.conv = nn.Conv2d(inner, outer, kernel, stride, 0 if stride > 1 else kernel // 2, groups=groups)
        self.norm = nn.BatchNorm2d(outer) if norm else nn.Identity()
        self.active = active
        self.pad = (kernel // 2 - 1, kernel // 2) if stride > 1 else None

    def forward(self, x: Tensor) -> Tensor:
        if self.pad is not None:  # sides are even, so the extra pixel lies right and below
            x = functional.pad(x, (*self.pad, *self.pad))
        x = self.norm(self.conv(x))
        return functional.relu6(x) if self.active else x


class _Block(nn.Module):
    """Inverted residual (Sandler et al. 2018)."""

    def __init__(self, kernel: int, stride: int, expansion: int, inner: int, outer: int) -> None:
        super().__init__()
        wide = inner * expansion
        self.expand = _Conv(inner, wide) if expansion > 1 else nn.Identity()
        self.depthwise = _Conv(wide, wide, kernel, stride=stride, depthwise=True)
        self.project = _Conv(wide, outer, active=False)
        self.residual = stride == 1 and inner == outer

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.project(self.depthwise(self.expand(x)))
        return x + y if self.residual else y


class _Separable(nn.Sequential):
    """Depthwise 3 x 3, then pointwise."""

    def __init__(self, inner: int, outer: int, *, norm: bool) -> None:
        super().__init__(
            _Conv(inner, inner, 3, depthwise=True, norm=norm, active=False), _Conv(inner, outer, norm=norm)
        )


class _Pyramid(nn.Module):
    """Top-down pyramid: coarse meaning brought to fine places."""

    def __init__(self, channels: tuple[int, ...], widths: tuple[int, ...], *, norm: bool) -> None:
        super().__init__()
        self.lateral = nn.ModuleList(
            _Conv(inner, width, norm=norm, active=False)
            for inner, width in zip(channels, widths, strict=True)
        )
        self.smooth = nn.ModuleList(
            _Separable(width, next_, norm=norm)
            for width, next_ in zip(widths, (widths[0], *widths[:-1]), strict=True)
        )

    def forward(self, features: list[Tensor]) -> list[Tensor]:
        """Features fine → coarse; the same order comes back, each already at the next finer width."""
        out: list[Tensor] = []
        above: Tensor | None = None
        for level in reversed(range(len(features))):
            x = self.lateral[level](features[level])
            if above is not None:
                x = x + functional.interpolate(above, scale_factor=2.0, mode="nearest")
            above = self.smooth[level](functional.relu(x))
            out.insert(0, above)
        return out


class ChangeNetwork(nn.Module):
    """``forward(before, after)``: (n, 3, h, w) float32, 0..255 RGB, sides multiples of 32 → (n, 3, h, w) logits.

    ``norm``: with batch norms in the decoder, as trained; without, as exported (folded).
    """

    def __init__(self, *, norm: bool = True) -> None:
        super().__init__()
        self.stem = _Conv(3, 32, 3, stride=2)
        self.stages = nn.ModuleList(
            nn.Sequential(
                *(
                    _Block(kernel, stride if n == 0 else 1, expansion, inner if n == 0 else outer, outer)
                    for n in range(repeats)
                )
            )
            for kernel, stride, expansion, inner, outer, repeats in _STAGES
        )
        self.dates = _Pyramid(_CHANNELS, _WIDTHS, norm=norm)
        narrow = (_WIDTHS[0], *_WIDTHS[:-1])
        self.changes = _Pyramid(tuple(2 * width for width in narrow), _WIDTHS, norm=norm)
        self.building = nn.Conv2d(_WIDTHS[0], 1, 1)
        self.change = nn.Conv2d(_WIDTHS[0], 1, 1)
        nn.init.constant_(self.building.bias, -1.5)  # type: ignore[arg-type]
        nn.init.constant_(self.change.bias, -2.5)  # type: ignore[arg-type]

    def encode(self, pictures: Tensor) -> list[Tensor]:
        """Features at strides 2, 4, 8, 16, 32."""
        x = self.stem((pictures - 127.0) / 128.0)
        kept = []
        for number, stage in enumerate(self.stages):
            x = stage(x)
            if number in _LEVELS:
                kept.append(x)
        return kept

    def forward(self, before: Tensor, after: Tensor) -> Tensor:
        """Logits of change and of a building at either date."""
        both = self.dates(self.encode(torch.cat([before, after])))
        pairs = [features.chunk(2) for features in both]
        changes = self.changes([torch.cat([(a - b).abs(), a + b], dim=1) for a, b in pairs])
        first, second = self.building(both[0]).chunk(2)
        planes = torch.cat([self.change(changes[0]), first, second], dim=1)
        return functional.interpolate(planes, scale_factor=2.0, mode="bilinear", align_corners=False)

    @torch.no_grad()
    def folded(self) -> ChangeNetwork:
        """The same network with every batch norm multiplied into its convolution; for export."""
        plain = ChangeNetwork(norm=False)
        weights = {}
        for name, module in self.named_modules():
            if isinstance(module, _Conv):
                weight, bias = module.conv.weight, module.conv.bias
                if isinstance(module.norm, nn.BatchNorm2d):
                    norm = module.norm
                    factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)  # type: ignore[operator]
                    weight = weight * factor[:, None, None, None]
                    bias = (bias - norm.running_mean) * factor + norm.bias  # type: ignore[operator]
                weights[f"{name}.conv.weight"], weights[f"{name}.conv.bias"] = weight, bias
        for head in ("building", "change"):
            module = getattr(self, head)
            weights[f"{head}.weight"], weights[f"{head}.bias"] = module.weight, module.bias
        plain.load_state_dict(weights)
        plain.eval()
        return plain


def encoder_weights(published: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights of the published EfficientNet-Lite0, batch norms folded in, under this network's names."""
    weights: dict[str, Tensor] = {}

    def fold(conv: str, norm: str, name: str) -> None:
        factor = published[f"{norm}.weight"] / torch.sqrt(published[f"{norm}.running_var"] + _EPSILON)
        weights[f"{name}.conv.weight"] = published[f"{conv}.weight"] * factor[:, None, None, None]
        weights[f"{name}.conv.bias"] = published[f"{norm}.bias"] - published[f"{norm}.running_mean"] * factor

    fold("_conv_stem", "_bn0", "stem")
    number = 0
    for stage, (_, _, expansion, _, _, repeats) in enumerate(_STAGES):
        for block in range(repeats):
            source, target = f"_blocks.{number}", f"stages.{stage}.{block}"
            if expansion > 1:
                fold(f"{source}._expand_conv", f"{source}._bn0", f"{target}.expand")
            fold(f"{source}._depthwise_conv", f"{source}._bn1", f"{target}.depthwise")
            fold(f"{source}._project_conv", f"{source}._bn2", f"{target}.project")
            number += 1
    return weights
