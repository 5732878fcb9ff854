"""All SQL of candidates: what is shown, what people write, what a flight writes, and the ranks."""

from __future__ import annotations

from layers.candidates.store.acts import add_review, lock, lock_followed, put_back, set_status, site_checked
from layers.candidates.store.ranks import refresh, refresh_around
from layers.candidates.store.record import Replaced, replace, retell
from layers.candidates.store.shown import Page, get, page

__all__ = [
    "Page",
    "Replaced",
    "add_review",
    "get",
    "lock",
    "lock_followed",
    "page",
    "put_back",
    "refresh",
    "refresh_around",
    "replace",
    "retell",
    "set_status",
    "site_checked",
]
