"""States and stages of a survey, as pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import Refused
from layers.surveys import rules
from layers.surveys.codes import STATUSES
from layers.surveys.rules import Stage, SurveyStatus


def test_the_code_list_is_the_enumeration() -> None:
    assert [each.value for each in STATUSES] == list(SurveyStatus)


def test_the_shares_of_the_stages_make_one_whole() -> None:
    assert sum(rules.STAGE_SHARE.values()) == pytest.approx(1)
    assert list(rules.STAGE_SHARE) == list(Stage)


def test_all_stages_done_is_all_done() -> None:
    stages = rules.waiting_stages()
    for stage in Stage:
        stages = rules.finish(rules.begin(stages, stage), stage)
    assert rules.overall(stages) == 1.0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20).map(sorted))
def test_progress_never_runs_backwards(shares: list[float]) -> None:
    stages = rules.begin(rules.waiting_stages(), Stage.DETECT)
    seen = []
    for share in shares:
        stages = rules.step(stages, Stage.DETECT, share)
        seen.append(rules.overall(stages))
    assert seen == sorted(seen)


def test_a_failure_marks_the_running_stage_only() -> None:
    stages = rules.finish(rules.begin(rules.waiting_stages(), Stage.CHECK), Stage.CHECK)
    stages = rules.fail(rules.begin(stages, Stage.PREPARE))
    assert [each["status"] for each in stages[:3]] == ["done", "failed", "waiting"]


def test_time_left_follows_the_pace() -> None:
    started = datetime.now(UTC) - timedelta(seconds=30)
    assert rules.seconds_left(0.75, started) == pytest.approx(10, abs=0.5)
    assert rules.seconds_left(0.01, started) is None
    assert rules.seconds_left(0.5, None) is None


@pytest.mark.parametrize("status", ["queued", "processing", "done"])
def test_what_produced_something_is_not_deleted(status: str) -> None:
    with pytest.raises(Refused):
        rules.check_deletable(status)


@pytest.mark.parametrize("status", [each for each in SurveyStatus if each != "failed"])
def test_only_a_failed_flight_is_retried(status: str) -> None:
    with pytest.raises(Refused):
        rules.check_retryable(status)


def test_a_done_flight_is_not_processed_when_its_job_comes_twice() -> None:
    assert not rules.may_start("done")
    assert rules.may_start("processing")


def test_the_code_of_a_flight_names_its_day() -> None:
    assert rules.code_of("2023-06-18", 1) == "S20230618-001"
