"""What a reviewer does with quality samples. Each act is one transaction of the caller."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from layers.candidates.model import Candidate
from layers.errors import Conflict, Refused
from layers.people.actions import SignedIn
from layers.people.rules import Role, require
from layers.quality import rules, store
from layers.quality.draw import drawn
from layers.quality.store import Stratum

__all__ = ["Drawn", "draw", "judge"]

JUDGES = frozenset({Role.REVIEWER, Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Drawn:
    """How many samples were added, and the seed that draws them again."""

    empty: int
    rejected: int
    seed: int


def draw(
    session: Session, person: SignedIn, *, empty: int, rejected: int, seed: int, survey: int | None = None
) -> Drawn:
    """Add random samples: squares without a candidate, and rejected candidates for another pair of eyes.

    Of one flight, or of all compared flights in proportion to their ground; every township gives its share.
    Raises NotAllowed, Refused (nothing is left to draw).
    """
    require(person.roles, JUDGES, act_zh="抽取质量样本", act_en="draw quality samples")
    known = {each.survey: each for each in store.pairs(session, survey)}
    squares: dict[Stratum, list[str]] = {}
    for each in known if empty else ():
        squares |= store.empty_squares(session, each)
    open_ = {
        key: [each for each in names if each not in known[key[0]].taken] for key, names in squares.items()
    }
    chosen = drawn(open_, empty, seed)
    for stratum, names in chosen.items():
        in_survey = sum(len(all_) for (number, _), all_ in squares.items() if number == stratum[0])
        store.add_squares(
            session, stratum, names, model=known[stratum[0]].model, places=len(squares[stratum]),
            places_in_survey=in_survey, seed=seed, person_id=person.id,
        )  # fmt: skip
    again = drawn(store.rejected_places(session, survey), rejected, seed)
    store.add_rejected(
        session, [name for names in again.values() for name in names], seed=seed, person_id=person.id
    )
    result = Drawn(sum(map(len, chosen.values())), sum(map(len, again.values())), seed)
    if not result.empty and not result.rejected:
        raise Refused(
            reason_zh="没有可以抽取的样本：需要已与前期比对的航飞，且尚有未抽到的空白处或已排除图斑。",
            reason_en="There is nothing to draw: it takes a flight compared with an earlier one, with empty places "
            "or rejected candidates that are no sample yet.",
        )
    return result


def judge(
    session: Session,
    person: SignedIn,
    sample_id: int,
    *,
    verdict: str,
    missed: int | None,
    missed_kind: str | None,
    version: int,
) -> None:
    """Say what is there: nothing, something missed (how many, of which kind), or that one cannot tell.

    Who judged may correct himself. Raises NotAllowed, NotFound, Conflict (another version than was seen), Refused.
    """
    require(person.roles, JUDGES, act_zh="判读质量样本", act_en="judge quality samples")
    sample = store.lock(session, sample_id)
    if sample.version != version:
        raise Conflict(what_zh="质量样本", what_en="quality sample")
    rules.check_verdict(sample.kind_of_sample, verdict, missed, missed_kind)
    rules.check_judges(
        person.id, rejected_by=store.rejected_by(session, sample_id), judged_by=sample.person_id
    )
    if verdict == "missed" and sample.candidate_id is not None:
        missed, missed_kind = 1, session.get_one(Candidate, sample.candidate_id).kind
    store.judge(session, sample, verdict=verdict, missed=missed, missed_kind=missed_kind, person_id=person.id)
