"""Draw samples so that anybody can draw the same ones again: by a seed, and a fair part from every township. Pure."""

from __future__ import annotations

import random
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

__all__ = ["allotted", "drawn"]

Stratum = TypeVar("Stratum", bound=Hashable)


def drawn(strata: Mapping[Stratum, Sequence[str]], number: int, seed: int) -> dict[Stratum, list[str]]:
    """Names of ``number`` places (or all there are), from each stratum in proportion to its size.

    The same strata and seed draw the same names, whatever the order in which they are given.
    """
    shares = allotted({key: len(names) for key, names in strata.items()}, number)
    return {
        key: random.Random(f"{seed}/{key!r}").sample(sorted(strata[key]), share)
        for key, share in shares.items()
        if share
    }


def allotted(sizes: Mapping[Stratum, int], number: int) -> dict[Stratum, int]:
    """How many of ``number`` each stratum gives: proportional to its size, by largest remainders (Hamilton)."""
    whole = sum(sizes.values())
    number = min(number, whole)
    if number <= 0:
        return dict.fromkeys(sizes, 0)
    shares = {key: number * size // whole for key, size in sizes.items()}
    rest = number - sum(shares.values())
    by_remainder = sorted(sizes, key=lambda key: (-(number * sizes[key] % whole), repr(key)))
    for key in by_remainder[:rest]:
        shares[key] += 1
    return shares
