"""Counts of candidates and samples → precision and recall in all, by township, kind and model version. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from layers.quality.rules import Rate, Stratum, precision, recall

__all__ = ["By", "Figure", "Judged", "Looked", "Reviewed", "figures"]

By = Literal["all", "division", "kind", "model"]


@dataclass(frozen=True)
class Reviewed:
    """Candidates of one flight, township, kind and detector, counted by what reviewers said."""

    survey: int
    division: int | None
    kind: str
    model: str | None
    accepted: int
    rejected: int
    pending: int


@dataclass(frozen=True)
class Looked:
    """Samples of one flight, township and detector that were judged alike.

    ``kind`` is what was missed (of a rejected candidate: its own kind); ``structures`` how many; ``places`` and
    ``places_in_survey`` the empty squares of the township's part and of the whole flight; ``newest``: the
    largest sample number among them. ``verdict`` is ``None`` for what waits.
    """

    sort: Literal["empty", "rejected"]
    survey: int
    division: int | None
    model: str | None
    kind: str | None
    verdict: str | None
    samples: int
    structures: int
    places: int
    places_in_survey: int
    newest: int


@dataclass(frozen=True)
class Judged:
    """What an estimate rests on, of the flights that were drawn from: how many places (or rejected candidates)

    there are, how many were judged, how many of those held something, and how much in all.
    """

    population: int
    judged: int
    missed: int
    structures: int


@dataclass(frozen=True)
class Figure:
    """One row: ``key`` is the township's id, the kind or the model version; ``None`` where none is known."""

    key: int | str | None
    accepted: int
    rejected: int
    pending: int
    precision: Rate
    recall: Rate
    empty: Judged
    resampled: Judged


def figures(by: By, reviewed: Sequence[Reviewed], looked: Sequence[Looked]) -> list[Figure]:
    """One figure per township, kind or model version that has candidates or samples; one in all for «all».

    A flight that was sampled under several detectors counts by the newest of them, but for «model», where
    each detector has its own figure.
    """
    if by != "model":
        looked = _newest(looked)
    keys: dict[Any, None] = {None: None} if by == "all" else {}
    rows: list[Reviewed | Looked] = [*reviewed, *looked]
    for each in rows:
        keys.setdefault(_key(by, each))
    keys.pop(_WITHOUT, None)
    return [_figure(by, key, reviewed, looked) for key in keys]


_WITHOUT = object()  # an empty square is of no kind


def _key(by: By, each: Reviewed | Looked) -> Any:
    if by == "all":
        return None
    if by == "kind" and isinstance(each, Looked) and each.sort == "empty" and each.kind is None:
        return _WITHOUT
    return getattr(each, by)


def _figure(by: By, key: Any, reviewed: Sequence[Reviewed], looked: Sequence[Looked]) -> Figure:
    mine = [each for each in reviewed if _key(by, each) == key]
    anywhere = by in {"all", "kind"}
    squares = [each for each in looked if each.sort == "empty" and (anywhere or _key(by, each) == key)]
    again = [each for each in looked if each.sort == "rejected" and _key(by, each) == key]
    wanted = key if by == "kind" else None
    empty = {
        survey: _square_stratum(group, whole=by != "division", kind=wanted)
        for survey, group in _grouped(squares).items()
    }
    sampled = {survey for survey, stratum in empty.items() if stratum.judged}
    accepted = sum(each.accepted for each in mine)
    rejected = sum(each.rejected for each in mine)
    found = sum(each.accepted for each in mine if each.survey in sampled)
    strata = [empty[survey] for survey in sorted(sampled)]
    return Figure(
        key, accepted, rejected, sum(each.pending for each in mine), precision(accepted, rejected),
        recall(found, strata, _again_strata(mine, again, sampled)),
        _total(empty.values()), _total(_again_strata(mine, again, set(empty))),
    )  # fmt: skip


def _square_stratum(group: Iterable[Looked], *, whole: bool, kind: str | None) -> Stratum:
    """Empty squares of one flight (or of one township's part of it); with ``kind`` only misses of that kind count."""
    rows = list(group)
    judged = [each for each in rows if each.verdict in {"nothing", "missed"}]
    missed = [each for each in judged if each.verdict == "missed" and kind in {None, each.kind}]
    size = max(rows, key=lambda each: each.newest)
    return Stratum(
        max(size.places_in_survey if whole else size.places, sum(each.samples for each in judged)),
        sum(each.samples for each in judged),
        sum(each.samples for each in missed),
        sum(each.structures for each in missed),
    )


def _again_strata(mine: Sequence[Reviewed], again: Sequence[Looked], surveys: set[int]) -> list[Stratum]:
    """The rejected candidates of these flights, and what a second look said of some of them."""
    strata = []
    for survey in sorted(surveys):
        population = sum(each.rejected for each in mine if each.survey == survey)
        judged = [each for each in again if each.survey == survey and each.verdict in {"nothing", "missed"}]
        missed = sum(each.samples for each in judged if each.verdict == "missed")
        if population:
            many = sum(each.samples for each in judged)
            strata.append(Stratum(max(population, many), many, missed, missed))
    return strata


def _newest(looked: Sequence[Looked]) -> list[Looked]:
    """Samples of the detector under which a flight was sampled last."""
    last: dict[tuple[int, str], Looked] = {}
    for each in looked:
        known = last.get((each.survey, each.sort))
        if known is None or each.newest > known.newest:
            last[each.survey, each.sort] = each
    return [
        each for each in looked if each.sort == "rejected" or each.model == last[each.survey, each.sort].model
    ]


def _grouped(rows: Iterable[Looked]) -> dict[int, list[Looked]]:
    groups: dict[int, list[Looked]] = {}
    for each in rows:
        groups.setdefault(each.survey, []).append(each)
    return groups


def _total(strata: Iterable[Stratum]) -> Judged:
    parts = list(strata)
    return Judged(
        *(
            sum(getattr(each, name) for each in parts)
            for name in ("population", "judged", "missed", "structures")
        )
    )
