"""Take flight files from this machine's disk in, the same way as an upload takes them."""

from __future__ import annotations

import shutil
import threading
from datetime import date
from pathlib import Path

import rasterio
from rasterio.errors import RasterioError

from gis.errors import ChengtuError
from layers import database, jobs, pipeline
from layers.errors import Refused
from layers.imports import carry
from layers.settings import Settings
from layers.storage import Kind, Storage
from layers.surveys import actions, rules, store
from layers.surveys.model import Survey

__all__ = ["ingest", "kind_of", "work"]


def kind_of(path: Path) -> Kind:
    """A raster of one band is a surface model, any other an orthophoto (unreadable ones are refused later)."""
    try:
        with rasterio.open(path, driver="GTiff") as dataset:
            return "dsm" if dataset.count == 1 else "ortho"
    except RasterioError:
        return "ortho"


def ingest(
    url: str,
    settings: Settings,
    files: dict[Kind, Path],
    *,
    name: str,
    flown_on: date,
    synthetic: bool = False,
) -> int:
    """Announce a flight, examine and copy its files, queue its job; returns the survey's id.

    One transaction: a refused file leaves no survey behind. Raises RasterRefused, Refused.
    """
    if "ortho" not in files:
        raise Refused(
            reason_zh="需要一幅正射影像（3 或 4 波段）；表面模型请与它一起导入。",
            reason_en="An orthophoto (3 or 4 bands) is needed; give a surface model together with it.",
        )
    storage = Storage.of(settings)
    with database.session(url) as session:
        area = actions.district(session)
    for kind, path in files.items():
        actions.examine(path, kind, path.name, area=area, max_pixels=settings.max_pixels)
    copies = {kind: _copy(path, storage) for kind, path in files.items()}
    try:
        digests = {kind: actions.received(0, kind, path, files[kind].name) for kind, path in copies.items()}
        with database.session(url, actor="ingest") as session:
            survey = store.add(
                session, name=name, flown_on=flown_on, expects=sorted(files, reverse=True), created_by=None,
                synthetic=synthetic,
            )  # fmt: skip
            for kind, known in digests.items():
                kept = actions.Received(
                    survey.id, kind, known.path, known.original_name, known.sha256, known.size
                )
                actions.receive(session, storage, kept)
            return survey.id
    finally:
        for path in copies.values():
            path.unlink(missing_ok=True)


def work(url: str, settings: Settings, *, until_idle: bool = False) -> None:
    """Take jobs in this process until told to stop, or until there is none."""

    def process(survey_id: int, stop: threading.Event) -> None:
        pipeline.process_survey(url, settings, survey_id, stop)

    def abandon(survey_id: int, error: ChengtuError) -> None:
        pipeline.abandon(url, survey_id, error)

    def carry_import(import_id: int, stop: threading.Event) -> None:
        carry.carry(url, settings, import_id, stop)

    def abandon_import(import_id: int, error: ChengtuError) -> None:
        carry.abandon(url, import_id, error)

    trades = [
        jobs.Trade.surveys(process, abandon, settings.jobs),
        jobs.Trade.imports(carry_import, abandon_import),
    ]
    jobs.work(url, trades, until_idle=until_idle)


def progress_of(url: str, survey_id: int) -> Survey:
    """The survey as it stands now."""
    with database.session(url) as session:
        return store.get(session, survey_id)


def finished(survey: Survey) -> bool:
    """Whether nothing more will happen to it by itself."""
    return survey.status in {rules.SurveyStatus.DONE, rules.SurveyStatus.REFUSED, rules.SurveyStatus.FAILED}


def _copy(path: Path, storage: Storage) -> Path:
    """The caller's file stays his: what we keep is a copy."""
    target = storage.uploads / f"ingest-{path.name}"
    shutil.copyfile(path, target)
    return target
