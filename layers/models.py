"""Every model, so that ``Base.metadata`` is the whole database: the migrations are held to it."""

from __future__ import annotations

from layers import cells, history, stamps
from layers.alarms import model as alarms
from layers.buildings import model as buildings
from layers.bulletins import model as bulletins
from layers.candidates import model as candidates
from layers.cases import model as cases
from layers.codes import model as codes
from layers.database import Base
from layers.documents import model as documents
from layers.evidence import model as evidence
from layers.imports import model as imports
from layers.incidents import model as incidents
from layers.own import model as own
from layers.people import model as people
from layers.permits import model as permits
from layers.photographs import model as photographs
from layers.places import model as places
from layers.quality import model as quality
from layers.sewage import model as sewage
from layers.site_checks import model as site_checks
from layers.stalls import model as stalls
from layers.supervision import model as supervision
from layers.surveys import model as surveys

__all__ = [
    "METADATA",
    "alarms",
    "buildings",
    "bulletins",
    "candidates",
    "cases",
    "cells",
    "codes",
    "documents",
    "evidence",
    "history",
    "imports",
    "incidents",
    "own",
    "people",
    "permits",
    "photographs",
    "places",
    "quality",
    "sewage",
    "site_checks",
    "stalls",
    "stamps",
    "supervision",
    "surveys",
]

METADATA = Base.metadata
