"""A hash chain: each entry names the digest of the one before, so none is left out, moved or changed unseen. Pure.

An entry's digest (``sha256``) is the SHA-256 of its canonical JSON (RFC 8785), taken without that member.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import rfc8785

__all__ = ["START", "Break", "breaks", "chained", "digest", "whole"]

START = "0" * 64  # what the first entry names as the one before it


@dataclass(frozen=True)
class Break:
    """Where a chain does not hold, counted from 1, and why."""

    place: int
    why: Literal["no_entry", "number", "previous", "changed"]


def digest(entry: Mapping[str, Any]) -> str:
    """The SHA-256 of an entry, hexadecimal. Raises ``rfc8785.CanonicalizationError`` for what is no JSON."""
    return hashlib.sha256(rfc8785.dumps({key: entry[key] for key in entry if key != "sha256"})).hexdigest()


def chained(links: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The entries of a chain, in this order, each with ``number``, ``previous`` and ``sha256``."""
    entries: list[dict[str, Any]] = []
    previous = START
    for number, link in enumerate(links, start=1):
        entry = {"number": number, **link, "previous": previous}
        previous = entry["sha256"] = digest(entry)
        entries.append(entry)
    return entries


def breaks(entries: Sequence[Any]) -> list[Break]:
    """Where a chain is broken; empty when it holds. What lies behind its end, it cannot tell."""
    found: list[Break] = []
    previous: Any = START
    for place, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict):
            found.append(Break(place, "no_entry"))
            previous = None
            continue
        if entry.get("number") != place:
            found.append(Break(place, "number"))
        elif entry.get("previous") != previous:
            found.append(Break(place, "previous"))
        elif not whole(entry):
            found.append(Break(place, "changed"))
        previous = entry.get("sha256")
    return found


def whole(entry: Mapping[str, Any]) -> bool:
    """Whether an entry is what its own digest was taken of."""
    try:
        return digest(entry) == entry.get("sha256")
    except rfc8785.CanonicalizationError:
        return False
