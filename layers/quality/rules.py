"""Precision, and recall estimated from samples; no rate without both its terms and an interval. Pure.

Precision is what reviewers accepted of what they judged. Recall needs what the detector left out, which nobody
knows; it is estimated from samples of squares where it found nothing and of candidates that were rejected:

    recall = found / (found + missed),   missed = Σ over strata of  population · share with something missed
                                                                    · how many, where something was missed

Intervals (95 %): Wilson 1927 for a share, with the sample counted larger where it is a good part of its
population (finite population correction; Cochran 1977, §2.6); the limits of a weighted sum of independent
shares by recovered variances (Zou and Donner 2008). Both keep their sense when nothing was missed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from layers.errors import Refused
from layers.layer import Text

__all__ = [
    "LEAST_JUDGED",
    "Rate",
    "Stratum",
    "check_judges",
    "check_verdict",
    "estimated",
    "precision",
    "recall",
    "wilson",
]

LEAST_JUDGED = 30
Z = 1.959_963_984_540_054  # of 95 %, two-sided

NONE_REVIEWED = Text("还没有复核结论。", "Nothing has been reviewed yet.")
NO_EMPTY_JUDGED = Text(
    "样本不足：还没有抽查空白处。", "Too few samples: no empty place has been looked at yet."
)
NO_REJECTED_JUDGED = Text(
    "样本不足：还没有抽查已排除的图斑。", "Too few samples: no rejected candidate has been looked at again."
)
NOTHING_TO_FIND = Text("样本范围内没有可发现的变化。", "There was nothing to find on the sampled ground.")


@dataclass(frozen=True)
class Rate:
    """A share with its terms: ``value`` = numerator / denominator, ``low`` and ``high`` its 95 % limits.

    Without a value ``note`` says why. The denominator of a recall is an estimate and need not be whole;
    it is ``None`` where there is nothing to estimate it from.
    """

    numerator: float
    denominator: float | None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    note: Text | None = None


@dataclass(frozen=True)
class Stratum:
    """A part of what was left out: how large it is, how much of it was judged, and what was missed there.

    ``judged`` (> 0 to estimate) counts samples with a clear verdict, ``missed`` those with something missed,
    ``structures`` what was missed in all of them. ``borrowed``: the samples lie in other strata.
    """

    population: int
    judged: int
    missed: int
    structures: int
    borrowed: bool = False


def wilson(part: int, whole: int, population: int | None = None) -> tuple[float, float]:
    """Wilson's score interval of ``part`` of ``whole`` (> 0), 95 %; of a whole population the share itself."""
    share = part / whole
    if population is not None and population <= whole:
        return share, share
    size = float(whole) if population is None else whole * (population - 1) / (population - whole)
    middle = share + Z * Z / (2 * size)
    reach = Z * math.sqrt(share * (1 - share) / size + Z * Z / (4 * size * size))
    low, high = ((middle + sign * reach) / (1 + Z * Z / size) for sign in (-1, 1))
    return max(0.0, min(low, share)), min(1.0, max(high, share))


def precision(accepted: int, rejected: int) -> Rate:
    """The share of judged candidates that were accepted."""
    judged = accepted + rejected
    if judged == 0:
        return Rate(0, 0, note=NONE_REVIEWED)
    low, high = wilson(accepted, judged)
    return Rate(accepted, judged, accepted / judged, low, high)


def estimated(strata: Sequence[Stratum]) -> tuple[float, float, float]:
    """How many structures were missed in all strata together (each with judged samples), and its 95 % limits."""
    total = below = above = 0.0
    for each in strata:
        share = each.missed / each.judged
        low, high = wilson(each.missed, each.judged, None if each.borrowed else each.population)
        weight = each.population * (each.structures / each.missed if each.missed else 1.0)
        total += weight * share
        below += (weight * (share - low)) ** 2
        above += (weight * (high - share)) ** 2
    return total, max(0.0, total - math.sqrt(below)), total + math.sqrt(above)


def recall(found: int, empty: Sequence[Stratum], rejected: Sequence[Stratum]) -> Rate:
    """The share of true structures that were found; ``found`` are the accepted ones of the sampled flights.

    A stratum that nobody judged borrows the samples of the others of its sort. No value before 30 samples
    were judged (or all there are), and some of either sort.
    """
    if not any(each.judged for each in empty):
        return Rate(found, None, note=NO_EMPTY_JUDGED)
    if any(each.population for each in rejected) and not any(each.judged for each in rejected):
        return Rate(found, None, note=NO_REJECTED_JUDGED)
    missed, low, high = estimated([*_filled(empty), *_filled(rejected)])
    whole = found + missed
    judged = sum(each.judged for each in (*empty, *rejected))
    if judged < min(LEAST_JUDGED, sum(each.population for each in (*empty, *rejected))):
        return Rate(found, whole, note=_too_few(judged))
    if whole == 0:
        return Rate(0, 0, note=NOTHING_TO_FIND)
    if found == 0:
        return Rate(0, whole, 0.0, 0.0, 0.0)
    return Rate(found, whole, found / whole, found / (found + high), found / (found + low))


def check_verdict(kind_of_sample: str, verdict: str, missed: int | None, missed_kind: str | None) -> None:
    """Something missed in a square is counted and named; nothing else is. Raises Refused."""
    counted = missed is not None or missed_kind is not None
    if verdict == "missed" and kind_of_sample == "empty" and (not missed or not missed_kind):
        raise Refused(
            reason_zh="请说明遗漏了几处、属于哪一类变化。",
            reason_en="Please say how many structures were missed, and what kind of change they are.",
        )
    if counted and (verdict != "missed" or kind_of_sample == "rejected"):
        raise Refused(
            reason_zh="只有空白处有遗漏时才填写数量和类型。",
            reason_en="Number and kind are given only for something missed in an empty place.",
        )


def check_judges(person_id: int, *, rejected_by: int | None, judged_by: int | None) -> None:
    """Who rejected a candidate does not judge it again; who judged a sample may correct it. Raises Refused."""
    if person_id == rejected_by:
        raise Refused(
            reason_zh="这个图斑是您排除的，须由另一位复核人员再看一次。",
            reason_en="You rejected this candidate; another reviewer has to look at it again.",
        )
    if judged_by not in {None, person_id}:
        raise Refused(
            reason_zh="这个样本已由他人判读。", reason_en="Somebody else has judged this sample already."
        )


def _too_few(judged: int) -> Text:
    return Text(
        f"样本不足：只判读了 {judged} 个，至少需要 {LEAST_JUDGED} 个。",
        f"Too few samples: {judged} judged, at least {LEAST_JUDGED} are needed.",
    )


def _filled(strata: Sequence[Stratum]) -> list[Stratum]:
    """Strata of one sort; what nobody judged becomes one more that borrows all their samples."""
    judged = [each for each in strata if each.judged]
    rest = sum(each.population for each in strata if not each.judged)
    if not rest or not judged:
        return judged
    seen, missed, structures = (
        sum(getattr(each, name) for each in judged) for name in ("judged", "missed", "structures")
    )
    return [*judged, Stratum(rest, seen, missed, structures, borrowed=True)]
