"""The seal of a bulletin: one SHA-256 over everything that it tells. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785

__all__ = ["seal"]


def seal(told: Mapping[str, Any], pictures: Mapping[str, str]) -> str:
    """Hex digest over the canonical JSON (RFC 8785) of what is told and of the pictures' digests by name."""
    whole = {**told, "pictures": dict(pictures)}
    return hashlib.sha256(rfc8785.dumps(whole)).hexdigest()
