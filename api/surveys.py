"""Surveys: announce, list, retry, compare anyway, delete. The files come through /uploads."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter
from geoalchemy2.shape import to_shape
from shapely.geometry import mapping
from sqlalchemy.orm import Session

from api.dependencies import Chengtu, Me, Transaction
from api.schemas.surveys import (
    AlignmentOut,
    BaselineOut,
    CandidateCounts,
    CompareAnywayIn,
    ComparedAnywayOut,
    ImageryOut,
    SurveyErrorOut,
    SurveyFileOut,
    SurveyIn,
    SurveyOut,
)
from layers.people.model import Person
from layers.surveys import actions, rules, store
from layers.surveys.model import Survey

__all__ = ["router"]

router = APIRouter(prefix="/api/surveys", tags=["surveys"])


@router.get("")
def surveys(session: Transaction, me: Me) -> list[SurveyOut]:
    """All flights, newest first."""
    counts = store.candidate_counts(session)
    return [shown(session, each, counts) for each in store.every(session)]


@router.post("", status_code=201)
def announce(given: SurveyIn, session: Transaction, me: Me) -> SurveyOut:
    """Announce a flight; then send its files to /uploads with this id in the metadata."""
    survey = actions.announce(
        session, me, name=given.name.strip(), flown_on=given.flown_on, expects=list(given.expects)
    )
    return shown(session, survey, {})


@router.get("/{survey_id}")
def survey(survey_id: int, session: Transaction, me: Me) -> SurveyOut:
    """One flight and how far its processing is."""
    return shown(session, store.get(session, survey_id), store.candidate_counts(session))


@router.post("/{survey_id}/retry")
def retry(survey_id: int, session: Transaction, me: Me) -> SurveyOut:
    """Process a failed flight again."""
    return shown(session, actions.retry(session, me, survey_id), {})


@router.post("/{survey_id}/compare-anyway")
def compare_anyway(survey_id: int, given: CompareAnywayIn, session: Transaction, me: Me) -> SurveyOut:
    """Compare a flight that could not be aligned all the same; who and why is kept."""
    return shown(session, actions.compare_anyway(session, me, survey_id, reason=given.reason), {})


@router.delete("/{survey_id}", status_code=204)
def forget(survey_id: int, session: Transaction, me: Me, state: Chengtu) -> None:
    """Delete a flight that never produced anything, and its files."""
    actions.forget(session, me, survey_id)
    session.commit()
    state.storage.forget(survey_id)


def shown(session: Session, survey: Survey, counts: dict[int, dict[str, int]]) -> SurveyOut:
    """A survey as it leaves the house."""
    creator = session.get(Person, survey.created_by) if survey.created_by else None
    mine = counts.get(survey.id, {})
    processing = survey.status == rules.SurveyStatus.PROCESSING
    return SurveyOut(
        id=survey.id,
        code=survey.code,
        name=survey.name,
        flown_on=survey.flown_on,
        status=survey.status,
        stage=survey.stage,
        progress=survey.progress,
        stages=survey.stages,
        seconds_left=rules.seconds_left(survey.progress, survey.started_at) if processing else None,
        error=_error(survey),
        files=[SurveyFileOut.model_validate(_file(each)) for each in survey.files],
        expects=survey.expects,
        footprint=_footprint(survey),
        gsd_m=survey.gsd_m,
        crs=survey.crs,
        baseline=_baseline(session, survey),
        alignment=_alignment(survey),
        compared_anyway=_compared_anyway(session, survey),
        imagery=_imagery(survey),
        candidates=CandidateCounts(
            **{status: mine.get(status, 0) for status in ("pending", "accepted", "rejected", "dismissed")}
        ),
        synthetic=survey.synthetic,
        created_by=creator.display_name if creator else None,
        created_at=survey.created_at,
    )


def _error(survey: Survey) -> SurveyErrorOut | None:
    if survey.error_code is None:
        return None
    return SurveyErrorOut(
        code=survey.error_code, zh=survey.error_zh or "", en=survey.error_en or "", id=survey.error_id or ""
    )


def _file(file: Any) -> dict[str, Any]:
    return {
        "kind": file.kind,
        "original_name": file.original_name,
        "bytes": file.bytes,
        "sha256": file.sha256,
    }


def _footprint(survey: Survey) -> dict[str, Any] | None:
    if survey.geom is None:
        return None
    return dict(json.loads(json.dumps(mapping(to_shape(survey.geom)))))


def _baseline(session: Session, survey: Survey) -> BaselineOut | None:
    earlier = session.get(Survey, survey.baseline_id) if survey.baseline_id else None
    return BaselineOut(id=earlier.id, code=earlier.code, flown_on=earlier.flown_on) if earlier else None


def _alignment(survey: Survey) -> AlignmentOut | None:
    if survey.shift_x_m is None or survey.shift_y_m is None:
        return None
    return AlignmentOut(
        dx_m=survey.shift_x_m,
        dy_m=survey.shift_y_m,
        residual_m=survey.residual_m,
        reliable=bool(survey.alignment_reliable),
        grade=rules.grade(survey.alignment_reliable, survey.alignment),
    )


def _compared_anyway(session: Session, survey: Survey) -> ComparedAnywayOut | None:
    person = session.get(Person, survey.forced_by) if survey.forced_by else None
    if person is None or survey.forced_at is None or survey.forced_reason is None:
        return None
    return ComparedAnywayOut(by=person.display_name, at=survey.forced_at, reason=survey.forced_reason)


def _imagery(survey: Survey) -> ImageryOut | None:
    if survey.pyramid_minzoom is None or survey.pyramid_maxzoom is None or survey.bounds is None:
        return None
    west, south, east, north = survey.bounds
    return ImageryOut(
        tiles=f"/imagery/{survey.id}/{{z}}/{{x}}/{{y}}.webp"
        + (f"?v={survey.pyramid_content}" if survey.pyramid_content else ""),
        minzoom=survey.pyramid_minzoom,
        maxzoom=survey.pyramid_maxzoom,
        bounds=(west, south, east, north),
    )
