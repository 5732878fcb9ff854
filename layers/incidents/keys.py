"""Keys with which programs send reports in: made and revoked by an administrator, kept as hashes only."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from gis.errors import ChengtuError
from layers.errors import NotFound, Refused
from layers.incidents.model import ApiKey, IncidentReporter
from layers.people.actions import SignedIn
from layers.people.rules import Role, require

__all__ = ["MOST_A_MINUTE", "KeyRefused", "TooMany", "listed", "make", "passed", "revoke"]

MOST_A_MINUTE = 60
"""Reports that one key may send in a minute."""

_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


class KeyRefused(ChengtuError):
    """No key was given, or one that is not known or no longer good."""

    code = "key_refused"
    zh = "缺少 api_key，或该 api_key 无效、已停用。请向管理员申请。"
    en = "The api_key is missing, unknown or revoked. An administrator of the platform can issue one."


class TooMany(ChengtuError):
    """More requests than are allowed in a minute."""

    code = "too_many"
    zh = "请求过于频繁（每分钟最多 {most} 次），请稍后再试。"
    en = "Too many requests (at most {most} a minute). Try again later."


def make(session: Session, person: SignedIn, name: str) -> tuple[ApiKey, str]:
    """A new key for a program: its row, and the key itself, which is told this once. Raises NotAllowed, Refused."""
    require(person.roles, _ADMINISTRATORS, act_zh="发放接口密钥", act_en="issue keys")
    if not name.strip():
        raise Refused(reason_zh="请写明密钥的使用方。", reason_en="Say who the key is for.")
    key = secrets.token_urlsafe(32)
    made = ApiKey(name=name.strip(), begins=key[:6], sha256=_hash(key), made_by=person.id)
    session.add(made)
    session.flush()
    session.refresh(made)
    return made, key


def revoke(session: Session, person: SignedIn, key_id: int, now: datetime) -> None:
    """Let a key no longer pass; what it sent stays. Raises NotAllowed, NotFound."""
    require(person.roles, _ADMINISTRATORS, act_zh="停用接口密钥", act_en="revoke keys")
    found = session.get(ApiKey, key_id, with_for_update=True)
    if found is None:
        raise NotFound(what_zh="接口密钥", what_en="key", key=key_id)
    found.revoked_at = found.revoked_at or now
    session.flush()


def listed(session: Session, person: SignedIn) -> list[dict[str, Any]]:
    """Every key, newest first, with how many reports came by it and when the last did. Raises NotAllowed."""
    require(person.roles, _ADMINISTRATORS, act_zh="查看接口密钥", act_en="see keys")
    sql = """
        SELECT k.id, k.name, k.begins, k.made_at, k.revoked_at, p.display_name AS made_by,
               sent.reports, sent.last_used_at
        FROM api_keys k LEFT JOIN people p ON p.id = k.made_by
        CROSS JOIN LATERAL (
            SELECT count(*) AS reports, max(r.received_at) AS last_used_at
            FROM incident_reporters r WHERE r.api_key_id = k.id
        ) AS sent
        ORDER BY k.id DESC
    """
    return [dict(row) for row in session.execute(text(sql)).mappings()]


def passed(session: Session, key: str | None) -> ApiKey:
    """The row of a key that may send one more report now. Raises KeyRefused, TooMany."""
    wanted = select(ApiKey).where(ApiKey.sha256 == _hash(key or ""), ApiKey.revoked_at.is_(None))
    found = session.scalar(wanted.with_for_update())  # who sends twice at once takes turns
    if found is None:
        raise KeyRefused
    recent = IncidentReporter.received_at > func.clock_timestamp() - text("interval '1 minute'")
    counted = select(func.count()).where(IncidentReporter.api_key_id == found.id, recent)
    if (session.scalar(counted) or 0) >= MOST_A_MINUTE:
        raise TooMany(most=MOST_A_MINUTE)
    return found


def _hash(key: str) -> str:
    """Keys are long and random, so that a plain digest does what a password hash does for words."""
    return hashlib.sha256(key.encode()).hexdigest()
