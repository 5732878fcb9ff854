"""A photograph as it comes from a phone: whether it is one, what it says of itself, and a small picture of it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image, ImageOps, UnidentifiedImageError

from gis.errors import ChengtuError
from gis.exif import Exif, read

__all__ = ["MediaType", "Photograph", "PhotographRefused", "look"]

MediaType = Literal["image/jpeg", "image/png", "image/webp"]
_FORMATS: dict[str, MediaType] = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_MOST_PIXELS = 89_478_485  # Pillow's own limit (256 MiB of RGB): beyond it memory is at risk
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"}
_PREVIEW_PX = 960


class PhotographRefused(ChengtuError):
    """The file is no photograph that can be kept."""

    code = "photograph_refused"
    zh = "{reason_zh}"
    en = "{reason_en}"


@dataclass(frozen=True)
class Photograph:
    """What a file says: ``width`` and ``height`` in pixels as seen (turned upright); ``preview`` a small JPEG
    of it without any tag."""

    media_type: MediaType
    width: int
    height: int
    exif: Exif
    preview: bytes


def look(path: Path) -> Photograph:
    """Read a photograph whole. Raises PhotographRefused, saying what is wrong and what to do."""
    _check_kind(path)
    try:
        with Image.open(path, formats=tuple(_FORMATS)) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise _too_large()
            image.load()  # the whole of it: half a file is found out here, and PNG may tell its tags last
            kind, exif = _FORMATS[str(image.format)], read(image)
            preview, (width, height) = _preview(image)
    except UnidentifiedImageError:
        raise _not_one() from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise PhotographRefused(
            reason_zh="照片不完整或已损坏，没有接收。请重新拍摄或重新选择。",
            reason_en="The photograph is cut short or damaged and was not taken. Take or choose it again.",
        ) from None
    return Photograph(kind, width, height, exif, preview)


def _preview(image: Image.Image) -> tuple[bytes, tuple[int, int]]:
    """A JPEG of at most 960 px a side, upright, with its colours and nothing else of the file; the full size."""
    colours = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    size = upright.size
    upright.thumbnail((_PREVIEW_PX, _PREVIEW_PX))
    plain = Image.new("RGB", upright.size, "white")
    rgba = upright.convert("RGBA")
    plain.paste(rgba, mask=rgba.getchannel("A"))
    data = io.BytesIO()
    plain.save(data, "JPEG", quality=80, icc_profile=colours if upright.mode in {"RGB", "RGBA"} else None)
    return data.getvalue(), size


def _check_kind(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(16)
    if not head:
        raise PhotographRefused(
            reason_zh="没有收到照片内容。请重新选择。",
            reason_en="No content arrived. Choose the photograph again.",
        )
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        raise PhotographRefused(
            reason_zh="这是 HEIC/AVIF 照片，多数浏览器与办公软件打不开，作为证据日后难以核对，没有接收。"
            "请在相机设置中选择“兼容性最佳”（JPEG）后重拍。",
            reason_en="This is a HEIC/AVIF photograph. Most browsers and office programs cannot open it, which is no use for "
            "evidence, so it was not taken. Set the camera to “most compatible” (JPEG) and take it again.",
        )


def _not_one() -> PhotographRefused:
    return PhotographRefused(
        reason_zh="这不是可用的照片。可用的格式：JPEG、PNG、WebP。",
        reason_en="This is no photograph that can be read. It may be JPEG, PNG or WebP.",
    )


def _too_large() -> PhotographRefused:
    return PhotographRefused(
        reason_zh=f"照片像素过多，上限 {_MOST_PIXELS // 1_000_000} 百万像素。请在相机设置中调低分辨率后重拍。",
        reason_en=f"The photograph has too many pixels; the limit is {_MOST_PIXELS // 1_000_000} million. "
        "Lower the camera's resolution and take it again.",
    )
