"""/api/document-options: what the bureau's documents call it, and how they are numbered."""

from __future__ import annotations

from fastapi import APIRouter

from api.dependencies import Me, Transaction
from api.schemas.documents import DocumentOptionsOut
from layers.documents import actions

__all__ = ["router"]

router = APIRouter(prefix="/api/document-options", tags=["documents"])


@router.put("")
def options(given: DocumentOptionsOut, session: Transaction, me: Me) -> DocumentOptionsOut:
    """Set them; for administrators. They are told with the templates."""
    actions.set_options(session, me, **given.model_dump())
    return given
