"""One tile of several flights: the newest on top, what it does not show filled by older ones.

Where one flight covers a tile wholly, or only one shows anything there, its bytes are handed on as they are.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from gis.pyramid import TILE_PX, TileArchive
from gis.webp import encoded, is_opaque

__all__ = ["Piece", "laid", "pieces"]

_FARTHEST = 5  # zooms below its deepest at which a flight is still drawn larger: 8 px of its own a tile


@dataclass(frozen=True)
class Piece:
    """What one flight shows of a tile: the bytes of its own tile ``up`` zooms above, and where therein, px."""

    content: str
    data: bytes
    up: int
    left: int
    top: int

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom within the flight's tile, px."""
        side = TILE_PX >> self.up
        return self.left, self.top, self.left + side, self.top + side


def pieces(archives: Iterable[TileArchive], z: int, x: int, y: int) -> list[Piece]:
    """What the flights, newest first, show of a WebMercatorQuad tile; nothing below one that covers it."""
    found: list[Piece] = []
    for archive in archives:
        piece = _piece(archive, z, x, y)
        if piece is not None:
            found.append(piece)
            if is_opaque(piece.data):
                break
    return found


def laid(found: list[Piece]) -> bytes | None:
    """The tile (WebP) of its pieces, newest first; ``None`` of none."""
    if not found:
        return None
    if len(found) == 1 and found[0].up == 0:
        return found[0].data
    image = Image.new("RGBA", (TILE_PX, TILE_PX))
    for piece in reversed(found):
        image = Image.alpha_composite(image, _drawn(piece))
    pixels = np.asarray(image)
    return encoded(pixels) if pixels[..., 3].any() else None


def _piece(archive: TileArchive, z: int, x: int, y: int) -> Piece | None:
    up = max(0, z - archive.zooms[1])
    if up > _FARTHEST:
        return None
    data = archive.tile(z - up, x >> up, y >> up)
    if data is None:
        return None
    side = TILE_PX >> up
    return Piece(archive.content, data, up, (x - (x >> up << up)) * side, (y - (y >> up << up)) * side)


def _drawn(piece: Piece) -> Image.Image:
    image = Image.open(io.BytesIO(piece.data)).convert("RGBA")
    if piece.up:
        image = image.resize((TILE_PX, TILE_PX), Image.Resampling.BILINEAR, box=piece.box)
    return image
