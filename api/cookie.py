"""The cookie of a sign-in."""

from __future__ import annotations

from functools import lru_cache
from http.cookies import CookieError, SimpleCookie

from layers.people.actions import token_hash

__all__ = ["COOKIE", "token_of"]

COOKIE = "chengtu_session"


@lru_cache(maxsize=1024)  # tiles come by the hundred with the same
def token_of(cookie: bytes) -> bytes | None:
    """Hash of the sign-in's token in a Cookie header, where there is one."""
    if COOKIE.encode() not in cookie:
        return None
    try:
        found = SimpleCookie(cookie.decode("latin-1")).get(COOKIE)
    except CookieError:
        return None
    return token_hash(found.value) if found is not None else None
