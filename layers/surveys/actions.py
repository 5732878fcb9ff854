"""What people (and the worker) do with a survey. Each act is one transaction of the caller."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis import cog
from gis.errors import ChengtuError
from gis.refused import RasterRefused
from layers import jobs
from layers.database import geometry
from layers.errors import Refused
from layers.people.actions import SignedIn
from layers.people.rules import Role, require
from layers.storage import Kind, Storage, sha256
from layers.surveys import rules, store
from layers.surveys.model import Survey
from layers.timezone import day_of

__all__ = [
    "Received",
    "announce",
    "called",
    "compare_anyway",
    "district",
    "examine",
    "forget",
    "receive",
    "received",
    "refuse",
    "retry",
]

# Who judges what comes of it decides it, not who flew
FORCERS = frozenset({Role.REVIEWER, Role.ADMINISTRATOR})
UPLOADERS = frozenset({Role.CREW, Role.PLANNER, Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Received:
    """A whole uploaded file, examined but not yet kept."""

    survey_id: int
    kind: Kind
    path: Path
    original_name: str
    sha256: str
    size: int


def announce(session: Session, person: SignedIn, *, name: str, flown_on: date, expects: list[str]) -> Survey:
    """Say that a flight will be uploaded. Raises NotAllowed, Refused."""
    require(person.roles, UPLOADERS, act_zh="上传航飞", act_en="upload flights")
    if flown_on > day_of(datetime.now(UTC)):
        raise Refused(
            reason_zh=f"航飞日期 {flown_on} 在今天之后，请检查。",
            reason_en=f"The flight date {flown_on} lies in the future; please check it.",
        )
    if "ortho" not in expects:
        raise Refused(
            reason_zh="至少需要一幅正射影像；数字表面模型可以一并上传。",
            reason_en="An orthophoto is needed; a surface model may come with it.",
        )
    return store.add(
        session,
        name=name,
        flown_on=flown_on,
        expects=sorted(set(expects), reverse=True),
        created_by=person.id,
    )


def district(session: Session) -> BaseGeometry | None:
    """The district's area (EPSG:4490), of the division table; None while none are loaded."""
    return geometry(
        session.scalar(
            text("SELECT ST_AsBinary(geom) FROM divisions WHERE level = 'district' AND valid_to IS NULL")
        )
    )


@contextmanager
def called(name: str) -> Iterator[None]:
    """Say in a refusal what the crew calls the file, not what we call it on disk."""
    try:
        yield
    except RasterRefused as error:
        if "name" in error.details:
            error.details["name"] = name
        raise


def examine(
    path: Path, kind: Kind, name: str, *, area: BaseGeometry | None, max_pixels: int
) -> cog.RasterFacts:
    """Look at the header of a file that the crew calls ``name``. Raises RasterRefused with what is wrong."""
    with called(name):
        return cog.check(path, kind=kind, area=area, max_pixels=max_pixels)


def receive(session: Session, storage: Storage, received: Received) -> Survey:
    """Keep an examined file; with the last one that is expected, the job is queued in this transaction.

    Receiving the same file twice changes nothing. Raises NotFound, Refused.
    """
    survey = store.lock(session, received.survey_id)
    known = {each.kind: each.sha256 for each in survey.files}
    if known.get(received.kind) == received.sha256:
        return survey
    if received.kind not in survey.expects:
        raise Refused(
            reason_zh="这次航飞没有登记该类文件。",
            reason_en="This flight does not expect a file of that kind.",
        )
    if survey.status not in {rules.SurveyStatus.DRAFT, rules.SurveyStatus.REFUSED} or received.kind in known:
        raise Refused(
            reason_zh="这次航飞已收到文件；请为新的文件新建航飞。",
            reason_en="This flight already has that file; announce a new flight for another one.",
        )
    kept = storage.keep(received.path, survey.id, received.kind)
    store.add_file(
        session,
        survey,
        kind=received.kind,
        original_name=received.original_name,
        path=storage.relative(kept),
        sha256=received.sha256,
        size=received.size,
    )
    if {each.kind for each in survey.files} >= set(survey.expects):
        _queue(session, survey)
    else:
        survey.status = rules.SurveyStatus.DRAFT
    return survey


def received(survey_id: int, kind: Kind, path: Path, original_name: str) -> Received:
    """What an uploaded file is: its digest and size are read here, outside any transaction."""
    return Received(survey_id, kind, path, original_name, sha256(path), path.stat().st_size)


def refuse(session: Session, survey_id: int, error: ChengtuError) -> Survey:
    """Remember why the file was refused; nothing of it is kept."""
    survey = store.lock(session, survey_id)
    _set_error(survey, error, rules.SurveyStatus.REFUSED)
    return survey


def fail(session: Session, survey_id: int, error: ChengtuError) -> Survey:
    """Remember why processing failed; the received files stay for a retry."""
    survey = store.lock(session, survey_id)
    survey.stages = rules.fail(survey.stages)
    survey.finished_at = store.now()
    _set_error(survey, error, rules.SurveyStatus.FAILED)
    return survey


def retry(session: Session, person: SignedIn, survey_id: int) -> Survey:
    """Queue a failed survey again. Raises NotAllowed, NotFound, Refused."""
    require(person.roles, UPLOADERS, act_zh="重试航飞处理", act_en="retry a flight")
    survey = store.lock(session, survey_id)
    rules.check_retryable(survey.status)
    _queue(session, survey)
    return survey


def compare_anyway(session: Session, person: SignedIn, survey_id: int, *, reason: str) -> Survey:
    """Queue a flight that could not be aligned, to be compared with that baseline all the same.

    Who, when and why is kept on the survey and in its history. Raises NotAllowed, NotFound, Refused.
    """
    require(person.roles, FORCERS, act_zh="仍然比对", act_en="compare a flight anyway")
    survey = store.lock(session, survey_id)
    rules.check_forceable(survey.status, survey.error_code)
    if not reason.strip():
        raise Refused(reason_zh="请写明仍然比对的理由。", reason_en="Say why it shall be compared anyway.")
    survey.forced_by, survey.forced_at, survey.forced_reason = person.id, store.now(), reason.strip()
    survey.forced_baseline_id = survey.baseline_id
    _queue(session, survey)
    return survey


def forget(session: Session, person: SignedIn, survey_id: int) -> None:
    """Delete a draft, refused or failed survey. The caller removes its files after the commit."""
    require(person.roles, UPLOADERS, act_zh="删除航飞", act_en="delete flights")
    survey = store.lock(session, survey_id)
    rules.check_deletable(survey.status)
    session.delete(survey)


def _queue(session: Session, survey: Survey) -> None:
    survey.status = rules.SurveyStatus.QUEUED
    survey.stages = rules.waiting_stages()
    survey.stage, survey.progress, survey.finished_at = None, 0.0, None
    survey.error_code = survey.error_zh = survey.error_en = survey.error_id = None
    session.flush()
    survey.job_id = jobs.enqueue_survey(session, survey.id)


def _set_error(survey: Survey, error: ChengtuError, status: rules.SurveyStatus) -> None:
    survey.error_code, survey.error_zh, survey.error_en = error.code, error.message_zh, error.message_en
    survey.error_id = secrets.token_hex(4)
    survey.status = status
