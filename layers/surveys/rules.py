"""The states of a survey and the stages of its processing. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

from gis.align import AlignmentLost
from layers.errors import Refused

__all__ = [
    "STAGE_SHARE",
    "Stage",
    "SurveyStatus",
    "begin",
    "check_forceable",
    "code_of",
    "finish",
    "grade",
    "overall",
    "seconds_left",
    "waiting_stages",
]


class SurveyStatus(StrEnum):
    """Where a survey stands."""

    DRAFT = "draft"
    QUEUED = "queued"
    PROCESSING = "processing"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class Stage(StrEnum):
    """The steps of the main job, in their order."""

    CHECK = "check"
    PREPARE = "prepare"
    BASELINE = "baseline"
    ALIGN = "align"
    DETECT = "detect"
    RECORD = "record"


# Shares of the whole time, measured on the 16-megapixel demo flights; only the progress bar depends on them
STAGE_SHARE: dict[Stage, float] = {
    Stage.CHECK: 0.20,
    Stage.PREPARE: 0.30,
    Stage.BASELINE: 0.01,
    Stage.ALIGN: 0.09,
    Stage.DETECT: 0.38,
    Stage.RECORD: 0.02,
}

LOST = AlignmentLost.code

_MAY_START = frozenset({SurveyStatus.QUEUED, SurveyStatus.PROCESSING})
_MAY_DELETE = frozenset({SurveyStatus.DRAFT, SurveyStatus.REFUSED, SurveyStatus.FAILED})


def code_of(flown_on: str, number: int) -> str:
    """The survey's code: S + date + running number of that day, e.g. S20230618-001."""
    return f"S{flown_on.replace('-', '')}-{number:03d}"


def may_start(status: str) -> bool:
    """Whether a worker may (again) take up this survey: a repeated delivery of a done one does nothing."""
    return status in _MAY_START


def check_deletable(status: str) -> None:
    """Only what never produced anything may be deleted. Raises Refused."""
    if status not in _MAY_DELETE:
        raise Refused(
            reason_zh="已处理或正在处理的航飞不能删除。",
            reason_en="A flight that is processed or being processed cannot be deleted.",
        )


def check_retryable(status: str) -> None:
    """Only a failed survey is tried again. Raises Refused."""
    if status != SurveyStatus.FAILED:
        raise Refused(
            reason_zh="只有处理失败的航飞可以重试；被拒收的文件请修正后重新上传。",
            reason_en="Only a failed flight can be retried; mend a refused file and upload it again.",
        )


def check_forceable(status: str, error_code: str | None) -> None:
    """Only what stopped for want of an alignment can be compared anyway. Raises Refused."""
    if status != SurveyStatus.FAILED or error_code != LOST:
        raise Refused(
            reason_zh="只有因无法配准而停止的航飞可以“仍然比对”。",
            reason_en="Only a flight that stopped because it could not be aligned can be compared anyway.",
        )


def grade(reliable: bool | None, alignment: dict[str, Any] | None) -> Literal["good", "loose", "lost"]:
    """How much an alignment is worth; the whole of it is unknown for flights of older installations."""
    if reliable:
        return "good"
    return "lost" if alignment and alignment["lost"] else "loose"


def waiting_stages() -> list[dict[str, Any]]:
    """All stages, none begun, as they are stored (jsonb)."""
    return [
        {"name": str(stage), "status": "waiting", "progress": 0.0, "started_at": None, "finished_at": None}
        for stage in Stage
    ]


def begin(stages: list[dict[str, Any]], stage: Stage) -> list[dict[str, Any]]:
    """The stages with this one running."""
    return _with(stages, stage, status="running", progress=0.0, started_at=_now(), finished_at=None)


def finish(stages: list[dict[str, Any]], stage: Stage) -> list[dict[str, Any]]:
    """The stages with this one done."""
    return _with(stages, stage, status="done", progress=1.0, finished_at=_now())


def step(stages: list[dict[str, Any]], stage: Stage, progress: float) -> list[dict[str, Any]]:
    """The stages with this one's progress (0..1)."""
    return _with(stages, stage, progress=round(progress, 3))


def fail(stages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The stages with the running one failed."""
    return [{**each, "status": "failed"} if each["status"] == "running" else each for each in stages]


def unfinished(stages: list[dict[str, Any]]) -> list[Stage]:
    """The stages that are not done."""
    return [Stage(each["name"]) for each in stages if each["status"] != "done"]


def overall(stages: list[dict[str, Any]]) -> float:
    """Progress of the whole job, 0..1, each stage weighed by its share of the time."""
    return round(sum(STAGE_SHARE[Stage(each["name"])] * float(each["progress"]) for each in stages), 4)


def seconds_left(progress: float, started_at: datetime | None, now: datetime | None = None) -> float | None:
    """Time left by the pace so far; unknown in the first two percent."""
    if started_at is None or progress < 0.02 or progress >= 1:
        return None
    spent = ((now or datetime.now(UTC)) - started_at).total_seconds()
    return round(spent / progress * (1 - progress), 1)


def _with(stages: list[dict[str, Any]], stage: Stage, **values: Any) -> list[dict[str, Any]]:
    return [{**each, **values} if each["name"] == stage else each for each in stages]


def _now() -> str:
    return datetime.now(UTC).isoformat()
