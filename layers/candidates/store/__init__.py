"""All SQL of candidates: what is shown, what people write, what a flight writes, the ranks, holds and outlines."""

from __future__ import annotations

from layers.candidates.store.acts import (
    acts_of,
    add_review,
    lock,
    lock_followed,
    put_back,
    set_status,
    site_checked,
)
from layers.candidates.store.holds import (
    Handed,
    Progress,
    hold,
    holder,
    next_for,
    progress,
    release,
    release_others,
)
from layers.candidates.store.policy import change_policy, changed_by, policy, settings_row
from layers.candidates.store.ranks import place_named, refresh, refresh_around
from layers.candidates.store.record import Replaced, replace, retell
from layers.candidates.store.shown import Page, get, neighbours, page, several

__all__ = [
    "Handed",
    "Page",
    "Progress",
    "Replaced",
    "acts_of",
    "add_review",
    "change_policy",
    "changed_by",
    "get",
    "hold",
    "holder",
    "lock",
    "lock_followed",
    "neighbours",
    "next_for",
    "page",
    "place_named",
    "policy",
    "progress",
    "put_back",
    "refresh",
    "refresh_around",
    "release",
    "release_others",
    "replace",
    "retell",
    "set_status",
    "settings_row",
    "several",
    "site_checked",
]
