"""What ``data/evidence.json`` says, and its JSON Schema.

The document names its subject and the software, and holds entries in a chain (``chain.py``): the digest of an entry
is the SHA-256 of its canonical JSON (RFC 8785) without ``sha256``; ``previous`` is that of the entry before, 64
zeros in the first. Entries by ``kind``, each with its ``facts``:

    structure     what it is and where            review      a verdict, by whom and when
    flight        an imagery and its files        change      a version of the row in its history
    alignment     how the two dates lie           software    what wrote this
    detection     by what means it was found      item        a file of the payload: picture, outline, …
    sighting      what each flight saw

The file of a case has besides, in this order, the entries of ``case_shapes.py``:

    case          what it is about                deadline    a period as it was counted
    site_check    somebody was there              request     what needed an approval
    step          an act of the law               document    a document that was made
    service       a document that was served      photograph  a picture taken on site
    flight_finding  what a flight since the filing showed of its building

and then, for each candidate of its illegal building, the entries of a candidate from ``structure`` on.

Metres are those of EPSG:4548, positions lon/lat in EPSG:4490, times UTC.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from layers.evidence import case_shapes as cases
from layers.evidence.shape import Moment, Position, Sha256, Shape

__all__ = [
    "FORMAT",
    "Alignment",
    "Change",
    "Detection",
    "Evidence",
    "Facts",
    "Flight",
    "FlightFile",
    "Forced",
    "Item",
    "Review",
    "Sighting",
    "Software",
    "Structure",
    "Subject",
    "link",
    "schema",
]

FORMAT = "chengtu-evidence-1"


class Subject(Shape):
    """Of what this is the evidence: its code, and the version of its row."""

    kind: Literal["candidate", "case"]
    code: str
    version: int


class Structure(Shape):
    """The suspected change as the row says; an image is a clue, no finding."""

    code: str
    version: int
    kind: str
    status: str
    outline: dict[str, Any] = Field(
        description="GeoJSON geometry, EPSG:4490, in the frame of the earlier flight"
    )
    centre_lonlat: Position = Field(description="a point on it, EPSG:4490")
    centre_east_north_m: Position = Field(description="the same, EPSG:4548")
    area_m2: float
    height_change_m: float | None
    division_code: str | None
    division: str | None
    grid: str | None
    planning_area: str | None
    permit: str | None
    follows: str | None
    known_illegal_building: str | None
    illegal_building: str | None
    growth_check: bool
    set_aside: str | None
    put_back_by: str | None
    put_back_at: Moment | None
    synthetic: bool = Field(description="true: demonstration data, no real place")


class FlightFile(Shape):
    """A file of a flight: as it was received, and what was made of it to be looked at and compared."""

    kind: Literal["ortho", "dsm"]
    original_name: str
    bytes: int
    received_sha256: Sha256 = Field(description="of the file as the crew sent it, computed on receipt")
    stored: bool = Field(description="the original lies in the store and still has that digest")
    cog_sha256: Sha256 | None = Field(description="of the cloud-optimised GeoTIFF made of it")


class Flight(Shape):
    """One of the two flights compared."""

    role: Literal["before", "after"]
    code: str
    flown_on: date
    crs: str | None
    pixel_m: float | None
    width_px: int | None
    height_px: int | None
    files: list[FlightFile]


class Forced(Shape):
    """Who had two flights compared that could not be aligned, when and why."""

    by: str
    at: Moment
    reason: str


class Alignment(Shape):
    """How the later flight lies beside the earlier one; ``model`` is what was fitted, ``applied`` whether it was undone."""

    model: Literal["shift", "similarity", "similarity_and_warp"] | None
    crs: str | None
    dx_m: float | None
    dy_m: float | None
    rotation_deg: float | None
    scale: float | None
    residual_m: float | None = Field(description="root mean square on stable ground, at places left out")
    matched_share: float | None
    grade: Literal["good", "loose", "lost"] | None
    applied: bool | None
    note_zh: str
    note_en: str
    forced: Forced | None


class Detection(Shape):
    """By what means it was found. ``options`` are those of the installation when this was written."""

    method: str
    model: str | None
    model_sha256: Sha256 | None = Field(description="of the installed file of that version; null: not here")
    threshold: float | None
    confidence: float
    options: dict[str, float]


class Sighting(Shape):
    """What one flight saw of the structure."""

    flown_on: date
    state: str
    detected: bool
    kind: str
    area_m2: float
    height_change_m: float | None
    confidence: float
    method: str
    model: str | None


class Review(Shape):
    """A verdict."""

    verdict: str
    reason: str | None
    note: str | None
    by: str
    at: Moment


class Change(Shape):
    """One version of the row: who made it and which fields changed, as far as the asker may see them."""

    version: int
    operation: str
    actor: str | None
    at: Moment
    changes: list[dict[str, Any]]


class Item(Shape):
    """A file of the payload."""

    path: str
    media_type: str
    bytes: int
    sha256: Sha256
    title_zh: str
    title_en: str
    flight: str | None = None


class Software(Shape):
    """What wrote this."""

    name: Literal["chengtu"]
    version: str
    gdal: str


Facts = (
    Structure
    | Flight
    | Alignment
    | Detection
    | Sighting
    | Review
    | Change
    | Item
    | Software
    | cases.CaseFacts
)


class _Link(Shape):
    number: int
    previous: Sha256
    sha256: Sha256


class _StructureEntry(_Link):
    kind: Literal["structure"]
    facts: Structure


class _FlightEntry(_Link):
    kind: Literal["flight"]
    facts: Flight


class _AlignmentEntry(_Link):
    kind: Literal["alignment"]
    facts: Alignment


class _DetectionEntry(_Link):
    kind: Literal["detection"]
    facts: Detection


class _SightingEntry(_Link):
    kind: Literal["sighting"]
    facts: Sighting


class _ReviewEntry(_Link):
    kind: Literal["review"]
    facts: Review


class _ChangeEntry(_Link):
    kind: Literal["change"]
    facts: Change


class _ItemEntry(_Link):
    kind: Literal["item"]
    facts: Item


class _SoftwareEntry(_Link):
    kind: Literal["software"]
    facts: Software


class _CaseEntry(_Link):
    kind: Literal["case"]
    facts: cases.Case


class _SiteCheckEntry(_Link):
    kind: Literal["site_check"]
    facts: cases.SiteCheck


class _StepEntry(_Link):
    kind: Literal["step"]
    facts: cases.Step


class _ServiceEntry(_Link):
    kind: Literal["service"]
    facts: cases.Service


class _DeadlineEntry(_Link):
    kind: Literal["deadline"]
    facts: cases.Deadline


class _RequestEntry(_Link):
    kind: Literal["request"]
    facts: cases.Request


class _FlightFindingEntry(_Link):
    kind: Literal["flight_finding"]
    facts: cases.FlightFinding


class _DocumentEntry(_Link):
    kind: Literal["document"]
    facts: cases.Document


class _PhotographEntry(_Link):
    kind: Literal["photograph"]
    facts: cases.Photograph


Entry = Annotated[
    _StructureEntry
    | _FlightEntry
    | _AlignmentEntry
    | _DetectionEntry
    | _SightingEntry
    | _ReviewEntry
    | _ChangeEntry
    | _ItemEntry
    | _SoftwareEntry
    | _CaseEntry
    | _SiteCheckEntry
    | _StepEntry
    | _ServiceEntry
    | _DeadlineEntry
    | _RequestEntry
    | _FlightFindingEntry
    | _DocumentEntry
    | _PhotographEntry,
    Field(discriminator="kind"),
]


class Evidence(Shape):
    """The whole of evidence.json; ``head_sha256`` is the digest of the last entry."""

    format: Literal["chengtu-evidence-1"]
    subject: Subject
    entries: list[Entry]
    head_sha256: Sha256


def link(facts: Facts) -> dict[str, Any]:
    """Some facts as an entry of the chain that has no place yet: plain JSON."""
    kind = re.sub("(?<=[a-z])(?=[A-Z])", "_", type(facts).__name__).lower()
    return {"kind": kind, "facts": facts.model_dump(mode="json")}


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of evidence.json."""
    named = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Chengtu evidence file"}
    return {**Evidence.model_json_schema(), **named}
