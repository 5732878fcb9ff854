"""The main job, read top to bottom as the data flows: two flights become suspected illegal buildings.

    check → prepare (COG, display pyramid) → baseline → align → detect → record

Each step leaves a whole file or a committed row, so a job that was cut off goes on where it stopped.
No transaction is open while anything is computed.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import geopandas as gpd

from gis import align, change, cog, pyramid
from gis.align import Alignment
from gis.errors import ChengtuError
from gis.refused import RasterBesideBaseline, RasterRefused
from layers.alarms import tell as alarms
from layers.candidates import store as candidates
from layers.database import session
from layers.detector import model_in_use
from layers.jobs import Interrupted
from layers.settings import Settings
from layers.storage import Kind, Storage
from layers.surveys import actions, placing, rules, store
from layers.surveys.model import Survey
from layers.surveys.rules import Stage, SurveyStatus

__all__ = ["Broken", "abandon", "process_survey"]

REPORT_EVERY_SECONDS = 0.5
ACTOR = "pipeline"

_log = logging.getLogger(__name__)


class Broken(ChengtuError):
    """Something of ours failed; the log has the details under the survey's error id."""

    code = "processing_broken"
    zh = "处理时出现内部错误（{kind}）。原始文件已保留，可点“重试”；若仍失败，请把错误编号告诉管理员。"
    en = "Processing failed inside ({kind}). The files are kept: retry, and if it fails again quote the error id to the operator."


@dataclass
class Job:
    """One run of the main job: where it writes, and how it says how far it is."""

    url: str
    storage: Storage
    settings: Settings
    survey_id: int
    stop: threading.Event
    stages: list[dict[str, Any]] = field(default_factory=rules.waiting_stages)
    reported: float = 0.0

    @contextmanager
    def stage(self, stage: Stage) -> Iterator[Callable[[float], None]]:
        """Say that the stage runs, lend a progress function, say that it is done."""
        self.stages = rules.begin(self.stages, stage)
        self._report(stage)

        def progress(share: float) -> None:
            if self.stop.is_set():
                raise Interrupted
            if time.monotonic() - self.reported >= REPORT_EVERY_SECONDS:
                self.stages = rules.step(self.stages, stage, share)
                self._report(stage)

        progress(0.0)
        yield progress
        self.stages = rules.finish(self.stages, stage)
        self._report(stage)

    def _report(self, stage: Stage) -> None:
        self.reported = time.monotonic()
        with session(self.url) as transaction:
            store.set_progress(transaction, self.survey_id, self.stages, stage)


def process_survey(url: str, settings: Settings, survey_id: int, stop: threading.Event) -> None:
    """Process one survey to the end; every failure is written down where the crew sees it.

    Raises Interrupted when told to stop; the survey then goes on with its next run.
    """
    job = Job(url, Storage.of(settings), settings, survey_id, stop)
    try:
        if not _take_up(job):
            return
        job.storage.sweep(survey_id)
        _process(job)
    except Interrupted:
        raise
    except ChengtuError as error:
        _log.info("survey %s: %s", survey_id, error)
        _give_up(job, error)
    except Exception as error:
        _log.exception("survey %s failed", survey_id)
        _give_up(job, Broken(kind=type(error).__name__))


def abandon(url: str, survey_id: int, error: ChengtuError) -> None:
    """Write down that a survey was given up (its worker died too often)."""
    with session(url, actor=ACTOR) as transaction:
        actions.fail(transaction, survey_id, error)


def _process(job: Job) -> None:
    _check(job)
    _prepare(job)
    baseline_id = _choose_baseline(job)
    if baseline_id is None:
        _finish(job, None, None)
        return
    alignment = _align(job, baseline_id)
    found = _detect(job, baseline_id, alignment)
    _finish(job, baseline_id, found)


def _take_up(job: Job) -> bool:
    """Whether there is anything to do; a survey that is done stays done when its job comes twice."""
    with session(job.url, actor=ACTOR) as transaction:
        survey = store.lock(transaction, job.survey_id)
        if not rules.may_start(survey.status):
            if survey.status == SurveyStatus.DONE:  # killed between its end and the sweeping up
                job.storage.drop_windows(job.survey_id)
            return False
        survey.status = SurveyStatus.PROCESSING
        survey.started_at = store.now()
        survey.stages = job.stages
        return True


def _check(job: Job) -> None:
    """Headers again (the settings may have changed), then every pixel while the COG is written."""
    with job.stage(Stage.CHECK) as progress:
        files = _files(job)
        with session(job.url) as transaction:
            area = actions.district(transaction)
        for number, (kind, name) in enumerate(files.items()):
            source = job.storage.source(job.survey_id, kind)
            target = job.storage.cog(job.survey_id, kind)
            if not target.exists():
                actions.examine(source, kind, name, area=area, max_pixels=job.settings.max_pixels)
                with actions.called(name):
                    cog.to_cog(source, target, progress=_part(progress, number, len(files)))


def _prepare(job: Job) -> None:
    """The display pyramid and the footprint."""
    with job.stage(Stage.PREPARE) as progress:
        ortho = job.storage.cog(job.survey_id, "ortho")
        target = job.storage.pyramid(job.survey_id)
        facts = pyramid.build(ortho, target, progress=progress)
        footprint = cog.footprint(ortho)
        header = cog.check(ortho, kind="ortho", area=None, max_pixels=job.settings.max_pixels)
    with session(job.url, actor=ACTOR) as transaction:
        survey = store.lock(transaction, job.survey_id)
        store.set_footprint(survey, footprint)
        survey.gsd_m, survey.crs = round(header.pixel_m, 4), header.crs
        survey.width, survey.height = header.width, header.height
        survey.pyramid_minzoom, survey.pyramid_maxzoom = facts.minzoom, facts.maxzoom
        survey.pyramid_content = facts.content


def _choose_baseline(job: Job) -> int | None:
    with job.stage(Stage.BASELINE), session(job.url, actor=ACTOR) as transaction:
        survey = store.lock(transaction, job.survey_id)
        baseline = store.baseline_of(transaction, survey)
        survey.baseline_id = baseline.id if baseline else None
        neighbour = None if baseline else store.neighbour_of(transaction, survey)
    if neighbour is not None:
        _check_not_beside(job, neighbour)
    return baseline.id if baseline else None


def _check_not_beside(job: Job, neighbour: Survey) -> None:
    """A flight beside an earlier one may be the same ground in shifted coordinates. Raises RasterRefused."""
    with suppress(align.NoOverlap):
        _check_not_shifted(job, neighbour, align.align(*_orthos(job, neighbour.id)))


def _check_not_shifted(job: Job, baseline: Survey, alignment: Alignment) -> None:
    if alignment.hint is not None:
        raise RasterBesideBaseline(
            name=_files(job)["ortho"],
            baseline=baseline.code,
            metres=math.hypot(alignment.dx_m, alignment.dy_m),
            system={"gcj02": "GCJ-02", "bd09": "BD-09"}[alignment.hint],
        )


def _align(job: Job, baseline_id: int) -> Alignment:
    """Measure, write down; stop when the flight does not show its baseline's ground. Raises AlignmentLost."""
    with job.stage(Stage.ALIGN):
        orthos = _orthos(job, baseline_id)
        alignment, frame = align.align(*orthos), align.frame_of(orthos[0])
        with session(job.url, actor=ACTOR) as transaction:
            survey = store.lock(transaction, job.survey_id)
            baseline = store.get(transaction, baseline_id)
            _check_not_shifted(job, baseline, alignment)
            survey.shift_x_m, survey.shift_y_m = alignment.dx_m, alignment.dy_m
            survey.residual_m = None if math.isnan(alignment.residual_m) else alignment.residual_m
            survey.alignment_reliable = alignment.reliable
            survey.alignment = placing.kept(alignment, frame)
            forced = survey.forced_baseline_id == baseline_id
            names = {"before": baseline.code, "after": survey.code}
        if not forced:  # rather no suspicion than a flood of false ones, unless somebody answers for it
            align.require_found(alignment, **names)
    return alignment


def _detect(job: Job, baseline_id: int, alignment: Alignment) -> gpd.GeoDataFrame:
    """Suspicions in EPSG:4548, by the model in use; surface models count where there are any."""
    surfaces = [job.storage.cog(each, "dsm") for each in (baseline_id, job.survey_id)]
    before_dsm, after_dsm = (each if each.exists() else None for each in surfaces)
    options = change.DetectOptions(
        model=model_in_use(job.settings),
        min_area_m2=job.settings.min_area_m2,
        least_confidence=job.settings.least_confidence,
    )
    with job.stage(Stage.DETECT) as progress:
        return change.detect(
            job.storage.cog(baseline_id, "ortho"),
            job.storage.cog(job.survey_id, "ortho"),
            before_dsm=before_dsm,
            after_dsm=after_dsm,
            alignment=alignment,
            options=options,
            means=_means(job),
            progress=progress,
        )


def _means(job: Job) -> change.Means:
    """The cores are shared by the surveys that one worker processes side by side."""
    return change.Means(
        cores=max(1, change.cores_here() // job.settings.jobs),
        scheduler=job.settings.dask_scheduler,
        keep=job.storage.windows(job.survey_id),
    )


def _finish(job: Job, baseline_id: int | None, found: gpd.GeoDataFrame | None) -> None:
    """One short transaction: candidates, alarms and the survey's end stand or fall together."""
    job.stages = rules.begin(job.stages, Stage.RECORD)
    for stage in rules.unfinished(job.stages):  # without a baseline there was nothing to align or detect
        job.stages = rules.finish(job.stages, stage)
    with session(job.url, actor=ACTOR) as transaction:
        survey = store.lock(transaction, job.survey_id)
        if found is not None and baseline_id is not None:
            candidates.replace(transaction, survey, store.get(transaction, baseline_id), found)
        survey.status, survey.stage = SurveyStatus.DONE, None
        survey.stages, survey.progress = job.stages, 1.0
        survey.finished_at = store.now()
        if baseline_id is not None:
            alarms.after_flight(transaction, survey.id)
    job.storage.drop_windows(job.survey_id)


def _give_up(job: Job, error: ChengtuError) -> None:
    """Refused files are deleted (nothing half-stored); files of a failure of ours stay for the retry."""
    with session(job.url, actor=ACTOR) as transaction:
        if isinstance(error, RasterRefused):
            survey = actions.refuse(transaction, job.survey_id, error)
            survey.stages = rules.fail(survey.stages)
            survey.files.clear()
        else:
            actions.fail(transaction, job.survey_id, error)
    if isinstance(error, RasterRefused):
        job.storage.forget(job.survey_id)


def _files(job: Job) -> dict[Kind, str]:
    """The received files by kind, with the names that the crew gave them."""
    with session(job.url) as transaction:
        survey: Survey = store.get(transaction, job.survey_id)
        return {cast(Kind, each.kind): each.original_name for each in survey.files}


def _orthos(job: Job, baseline_id: int) -> tuple[Path, Path]:
    return job.storage.cog(baseline_id, "ortho"), job.storage.cog(job.survey_id, "ortho")


def _part(progress: Callable[[float], None], number: int, of: int) -> Callable[[float], None]:
    """The progress of one part of several equal ones."""
    return lambda share: progress((number + share) / of)
