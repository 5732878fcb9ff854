"""For the machine room: alive, ready, figures."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from api.dependencies import Chengtu, Transaction
from layers import database

__all__ = ["router"]

router = APIRouter(tags=["operation"])


@router.get("/health")
def health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/ready")
def ready(state: Chengtu) -> JSONResponse:
    """The database answers and is migrated; 503 else."""
    try:
        with database.session(state.url) as session:
            version = session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        return JSONResponse({"status": "database away"}, status_code=503)
    return JSONResponse({"status": "ready", "migration": version})


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(session: Transaction) -> PlainTextResponse:
    """Prometheus: jobs, surveys and candidates by state."""
    registry = CollectorRegistry()
    for name, help_text, statement in (
        (
            "chengtu_jobs",
            "Jobs in the queue",
            "SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1",
        ),
        ("chengtu_surveys", "Surveys", "SELECT status, count(*) FROM surveys GROUP BY 1"),
        ("chengtu_candidates", "Candidates", "SELECT status, count(*) FROM candidates GROUP BY 1"),
    ):
        gauge = Gauge(name, help_text, ["status"], registry=registry)
        for status, number in session.execute(text(statement)):
            gauge.labels(status).set(number)
    return PlainTextResponse(generate_latest(registry).decode(), media_type=CONTENT_TYPE_LATEST)
