"""What people do with photographs: send one, look at one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy.orm import Session

from gis.errors import ChengtuError
from gis.photograph import Photograph as Seen
from layers.database import SRID
from layers.errors import NotAllowed
from layers.people.actions import SignedIn
from layers.people.rules import ROLE_TITLES, Role, require
from layers.photographs import rules, store
from layers.photographs.model import Photograph
from layers.storage import Storage

__all__ = [
    "Arrived",
    "PhotographChanged",
    "check_claim",
    "keep",
    "of_checks",
    "receive",
    "require_sender",
    "seen",
]


class PhotographChanged(ChengtuError):
    """What came is not what the phone took."""

    code = "photograph_changed"
    zh = (
        "收到的照片与拍摄时不一致（拍摄时 SHA-256 {claimed}…，收到的是 {came}…），没有接收。"
        "请在手机上重新发送；若仍不一致，请重新拍摄。"
    )
    en = (
        "The photograph that arrived is not the one that was taken (SHA-256 {claimed}… when taken, {came}… as it came); "
        "it was not kept. Send it again from the phone; if it differs again, take a new one."
    )


@dataclass(frozen=True)
class Arrived:
    """A body on disk: ``claimed`` is the digest of the phone, if it gave one."""

    path: Path
    size: int
    sha256: str
    claimed: str | None


def require_sender(person: SignedIn) -> None:
    """Let those pass who check on site. Raises NotAllowed."""
    require(person.roles, rules.SENDERS, act_zh="上传照片", act_en="send photographs")


def check_claim(arrived: Arrived) -> None:
    """The bytes are those that were hashed when the photograph was taken. Raises PhotographChanged."""
    if arrived.claimed is not None and arrived.claimed != arrived.sha256:
        raise PhotographChanged(claimed=arrived.claimed[:12], came=arrived.sha256[:12])


def keep(storage: Storage, arrived: Arrived, shown: Seen) -> None:
    """Give the bytes and the preview their place, before any row tells of them; again changes nothing."""
    storage.keep_photograph(arrived.path, arrived.sha256, shown.preview)


def receive(session: Session, person: SignedIn, arrived: Arrived, shown: Seen) -> tuple[Photograph, bool]:
    """Write a photograph down whose bytes are kept; the row, and whether it is new. Raises NotAllowed."""
    require_sender(person)
    exif = shown.exif
    number, new = store.add(
        session,
        {
            "sha256": arrived.sha256, "claimed_sha256": arrived.claimed, "bytes": arrived.size, "person_id": person.id,
            "media_type": shown.media_type, "width": shown.width, "height": shown.height,
            "geom": from_shape(shapely.Point(exif.place), SRID) if exif.place else None,
            "altitude_m": exif.altitude_m, "direction_deg": exif.direction_deg, "gps_at": exif.gps_at,
            "clock": exif.clock, "taken_at": exif.taken_at, "camera": exif.camera, "software": exif.software,
        },
    )  # fmt: skip
    return store.get(session, number), new


def seen(session: Session, person: SignedIn, photograph_id: int, *, small: bool = False) -> Photograph:
    """A photograph that this person may look at; a small one of an incident is for all who see incidents.

    Raises NotFound, NotAllowed.
    """
    found = store.get(session, photograph_id)
    if small and store.shows_incident(session, photograph_id):
        return found
    if found.person_id != person.id and not person.roles & rules.VIEWERS:
        titles = [ROLE_TITLES[each] for each in Role if each in rules.VIEWERS]
        raise NotAllowed(
            act_zh="查看他人拍摄的照片",
            act_en="see photographs that others took",
            roles_zh="、".join(zh for zh, _ in titles),
            roles_en=" or ".join(en for _, en in titles),
        )
    return found


def of_checks(session: Session, checks: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """The photographs of site checks by the check, each with its clues."""
    found: dict[int, list[dict[str, Any]]] = {each: [] for each in checks}
    for row in store.of_checks(session, checks):
        facts = rules.Facts(
            hashed=row["hashed"], placed=row["lon"] is not None, distance_m=row["distance_m"],
            taken_at=row["taken_at"], clock=row["clock"], software=row["software"], checked_at=row.pop("checked_at"),
        )  # fmt: skip
        found[row.pop("site_check_id")].append({**row, "clues": rules.clues(facts)})
    return found
