"""Which bytes a tile of a flight or of a mosaic is, and what a cache may make of them."""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image
from starlette.concurrency import run_in_threadpool

from api.state import State
from gis import mosaic
from gis.pyramid import DEEPEST, TileArchive
from layers.errors import NotFound
from layers.storage import Storage
from layers.surveys.days import Days
from layers.surveys.store import MOSAIC_SQL

__all__ = ["PNG", "VARY", "WEBP", "Answer", "archive", "as_png", "flight_tile", "mosaic_tile", "of_world"]

WEBP, PNG = "image/webp", "image/png"
VARY = "Cookie, Authorization"  # a shared browser must not show a tile to the next person
Place = tuple[int, int, int]  # zoom, column, row


@dataclass(frozen=True)
class Answer:
    """Status, ETag, content, and whether a client may keep it for ever (its address names the content)."""

    status: int
    etag: str
    content: bytes = b""
    forever: bool = False

    @property
    def kept(self) -> str:
        """How long a client may keep it."""
        return "private, max-age=31536000, immutable" if self.forever else "private, no-cache"

    @property
    def headers(self) -> dict[str, str]:
        """What goes with it."""
        return {"ETag": self.etag, "Cache-Control": self.kept, "Vary": VARY}


def archive(storage: Storage, survey_id: int) -> TileArchive:
    """The open archive of a flight. Raises NotFound."""
    path = _path(storage, survey_id)
    try:
        return _opened(path, path.stat().st_mtime_ns)
    except OSError:
        raise NotFound(what_zh="航飞影像", what_en="imagery of flight", key=survey_id) from None


@lru_cache(maxsize=4096)  # four joins of names take longer than to find the tile
def _path(storage: Storage, survey_id: int) -> Path:
    return storage.pyramid(survey_id)


@lru_cache(maxsize=512)
def _opened(path: Path, modified: int) -> TileArchive:
    """A rebuilt archive has another time and is opened anew."""
    return TileArchive(path)


def flight_tile(
    storage: Storage, survey_id: int, place: Place, *, known: str = "", version: str | None = None
) -> Answer:
    """The tile of one flight. ``known``: If-None-Match; ``version``: of which content the address speaks.

    Raises NotFound for a flight without imagery.
    """
    held = archive(storage, survey_id)
    etag, forever = f'"{held.content}"', version == held.content
    if etag in known:
        return Answer(304, etag, forever=forever)
    content = held.tile(*place)
    return Answer(204, etag, forever=forever) if content is None else Answer(200, etag, content, forever)


async def mosaic_tile(state: State, days: Days, place: Place, *, known: str = "") -> Answer:
    """The tile of all flights of these days; the newest is on top. Copied where no two must be laid together."""
    if not of_world(place):
        return Answer(204, '"none"')
    numbers = await state.pool.fetchval(MOSAIC_SQL, days.first, days.last, *_box(place)) or []
    found = mosaic.pieces(_there(state.storage, numbers), *place)
    told = "|".join(f"{each.content}-{each.up}" for each in found)
    etag = f'"{hashlib.sha256(told.encode()).hexdigest()[:16]}"'
    if etag in known:
        return Answer(304, etag)
    if len(found) <= 1 and not (found and found[0].up):
        content = mosaic.laid(found)
    else:
        key = ("mosaic", etag, *place)
        content = state.cache.get(key)
        if content is None:
            content = await run_in_threadpool(mosaic.laid, found) or b""
            state.cache.put(key, content)
    return Answer(200, etag, content) if content else Answer(204, etag)


def as_png(state: State, answer: Answer, place: Place) -> bytes:
    """The tile as PNG for clients that know no WebP; transparent where there is none."""
    key = ("png", answer.etag, *place) if answer.content else ("png",)
    kept = state.cache.get(key)
    if kept is None:
        image = Image.open(io.BytesIO(answer.content)) if answer.content else Image.new("RGBA", (256, 256))
        data = io.BytesIO()
        image.save(data, "PNG", compress_level=3)
        kept = data.getvalue()
        state.cache.put(key, kept)
    return kept


def of_world(place: Place) -> bool:
    """Whether there is such a tile at all."""
    z, x, y = place
    return 0 <= z <= DEEPEST and 0 <= x < 1 << z and 0 <= y < 1 << z


def _there(storage: Storage, numbers: Iterable[int]) -> Iterable[TileArchive]:
    for number in numbers:
        try:
            yield archive(storage, number)
        except NotFound:  # deleted beside the database: the others are shown all the same
            continue


def _box(place: Place) -> tuple[float, float, float, float]:
    """West, south, east, north of a tile in degrees."""
    z, x, y = place
    count = 1 << z

    def latitude(row: int) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / count))))

    return x / count * 360 - 180, latitude(y + 1), (x + 1) / count * 360 - 180, latitude(y)
