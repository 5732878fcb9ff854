"""Quality: how good the detector is here; draw samples, judge them."""

from __future__ import annotations

import secrets
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from api.dependencies import Me, Transaction
from api.schemas.quality import DrawIn, DrawnOut, JudgeIn, QualityFigureOut, QualityOut, SampleList, SampleOut
from layers.people.actions import SignedIn
from layers.quality import actions, rules, store
from layers.quality.codes import MISSED_KINDS
from layers.quality.figures import Figure, figures

__all__ = ["router"]

router = APIRouter(prefix="/api/quality", tags=["quality"])


@router.get("")
def quality(session: Transaction, me: Me) -> QualityOut:
    """Precision and recall by township, kind and model version, each with its terms and 95 % limits."""
    counts = store.counts(session)
    names = store.divisions(session)
    waiting = store.page(session, state="waiting", sort=None, me=me.id, limit=0, offset=0).total
    return QualityOut(
        total=_shown(figures("all", *counts)[0]),
        divisions=_by_name([_shown(each, **_township(each, names)) for each in figures("division", *counts)]),
        kinds=sorted((_shown(each) for each in figures("kind", *counts)), key=_place_of_kind),
        models=_by_name([_shown(each, name=each.key) for each in figures("model", *counts)]),
        waiting=waiting,
        square_m=store.SQUARE_M,
        least_judged=rules.LEAST_JUDGED,
    )


@router.get("/samples")
def samples(
    session: Transaction,
    me: Me,
    state: Literal["waiting", "judged", "all"] = "waiting",
    kind: Literal["empty", "rejected"] | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> SampleList:
    """Samples in the order of their drawing; «waiting» are those that the asking person may judge."""
    page = store.page(session, state=state, sort=kind, me=me.id, limit=limit, offset=offset)
    return SampleList(total=page.total, items=[SampleOut(**row) for row in page.rows])


@router.post("/samples", status_code=201)
def draw(given: DrawIn, session: Transaction, me: Me) -> DrawnOut:
    """Add random samples; the seed in the answer draws the same ones again."""
    seed = secrets.randbelow(2**31) if given.seed is None else given.seed
    drawn = actions.draw(
        session, me, empty=given.empty, rejected=given.rejected, seed=seed, survey=given.survey
    )
    return DrawnOut.model_validate(drawn)


@router.get("/samples/{sample_id}")
def sample(sample_id: int, session: Transaction, me: Me) -> SampleOut:
    """One sample."""
    return _sample(session, sample_id, me)


@router.post("/samples/{sample_id}/judge")
def judge(sample_id: int, given: JudgeIn, session: Transaction, me: Me) -> SampleOut:
    """Judge the version that was seen; 409 when somebody else was faster."""
    actions.judge(session, me, sample_id, **given.model_dump())
    return _sample(session, sample_id, me)


def _sample(session: Session, sample_id: int, me: SignedIn) -> SampleOut:
    return SampleOut(**store.get(session, sample_id, me=me.id))


def _township(figure: Figure, names: dict[int, dict[str, str]]) -> dict[str, Any]:
    known = names.get(int(figure.key)) if figure.key is not None else None
    return {"key": known["code"], "name": known["name"]} if known else {"key": None, "name": None}


def _shown(figure: Figure, **said: Any) -> QualityFigureOut:
    plain = {name: getattr(figure, name) for name in QualityFigureOut.model_fields if name != "name"}
    return QualityFigureOut.model_validate({**plain, "name": None, **said}, from_attributes=True)


def _place_of_kind(figure: QualityFigureOut) -> int:
    return [each.value for each in MISSED_KINDS].index(figure.key or "changed")


def _by_name(rows: list[QualityFigureOut]) -> list[QualityFigureOut]:
    """In the order of their codes; what has none comes last."""
    return sorted(rows, key=lambda each: (each.key is None, each.key or ""))
