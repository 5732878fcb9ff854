"""When a new model is better than the one in use. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from layers.layer import Text

__all__ = ["LEAST_OBJECTS", "TOLERATED_LOSS", "Comparison", "Scores", "better"]

LEAST_OBJECTS = 20
TOLERATED_LOSS = 0.02


@dataclass(frozen=True)
class Scores:
    """Objects on the held-out part: how many are true and hit, how many were found and right."""

    objects: int
    objects_hit: int
    found: int
    found_right: int

    @property
    def precision(self) -> float | None:
        """Share of the found that are right; None when nothing was found."""
        return self.found_right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Share of the true that were hit; None when there are none."""
        return self.objects_hit / self.objects if self.objects else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both; 0 when nothing found is right."""
        precision, recall = self.precision, self.recall
        if precision is None or recall is None or precision + recall == 0:
            return None if recall is None else 0.0
        return 2 * precision * recall / (precision + recall)

    def as_figures(self) -> dict[str, Any]:
        """Counts and rates, for a JSON file."""
        return {**asdict(self), "precision": self.precision, "recall": self.recall, "f1": self.f1}

    @classmethod
    def of(cls, counted: Mapping[str, Any]) -> Scores:
        """From a mapping that has the four counts among others."""
        return cls(**{name: int(counted[name]) for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Comparison:
    """Whether the new one is better, and why or why not."""

    better: bool
    why: Text


def better(old: Scores, new: Scores) -> Comparison:
    """Better is: a higher object F1, neither precision nor recall worse by more than 0.02, on at least 20

    held-out objects. A model that finds nothing has precision 0.
    """
    if new.objects < LEAST_OBJECTS or old.objects < LEAST_OBJECTS:
        return Comparison(
            False,
            Text(
                f"留出部分只有 {min(old.objects, new.objects)} 个目标，至少需要 {LEAST_OBJECTS} 个才能比较。",
                f"The held-out part holds {min(old.objects, new.objects)} objects; at least {LEAST_OBJECTS} are needed.",
            ),
        )
    if (new.f1 or 0) <= (old.f1 or 0):
        return Comparison(
            False,
            Text(
                f"F1 没有提高：{_printed(old.f1)} → {_printed(new.f1)}。",
                f"F1 did not rise: {_printed(old.f1)} → {_printed(new.f1)}.",
            ),
        )
    for zh, en, before, after in (
        ("查准率", "Precision", old.precision, new.precision),
        ("查全率", "Recall", old.recall, new.recall),
    ):
        if (before or 0) - (after or 0) > TOLERATED_LOSS + 1e-9:
            return Comparison(
                False,
                Text(
                    f"{zh}下降超过 {TOLERATED_LOSS}：{_printed(before)} → {_printed(after)}。",
                    f"{en} fell by more than {TOLERATED_LOSS}: {_printed(before)} → {_printed(after)}.",
                ),
            )
    return Comparison(
        True,
        Text(
            f"F1 提高：{_printed(old.f1)} → {_printed(new.f1)}，查准率与查全率均未明显下降。",
            f"F1 rose: {_printed(old.f1)} → {_printed(new.f1)}; neither precision nor recall fell.",
        ),
    )


def _printed(rate: float | None) -> str:
    return "—" if rate is None else f"{rate:.3f}"
