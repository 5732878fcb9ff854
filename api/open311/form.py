"""The fields of a report, sent as application/x-www-form-urlencoded."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from layers.errors import QueryRefused

__all__ = ["DOCUMENTED", "FIELDS", "Fields", "Sent"]

FIELDS = {
    "service_code": 40, "lat": 40, "long": 40, "address_string": 500, "address_id": 100, "description": 4000,
    "api_key": 200, "jurisdiction_id": 100, "first_name": 100, "last_name": 100, "email": 200, "phone": 50,
    "device_id": 200, "account_id": 200, "media_url": 2000,
}  # fmt: skip
"""What GeoReport v2 lets one send, and how long it may be; others are passed over, as the specification asks."""

_MOST_BYTES = 64 * 1024
Fields = dict[str, str]
DOCUMENTED: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "properties": {
                        name: {"type": "string", "maxLength": most} for name, most in FIELDS.items()
                    },
                    "required": ["service_code", "lat", "long", "api_key"],
                }
            }
        },
    }
}


async def _sent(request: Request) -> Fields:
    """What was sent, trimmed, without what was left blank. Raises QueryRefused."""
    if (
        request.headers.get("content-type", "").partition(";")[0].strip()
        != "application/x-www-form-urlencoded"
    ):
        raise QueryRefused(
            reason_zh="请以 application/x-www-form-urlencoded 提交。",
            reason_en="Send it as application/x-www-form-urlencoded.",
        )
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise QueryRefused(reason_zh="提交的内容过长。", reason_en="What was sent is too long.")
    try:
        pairs = parse_qsl(body.decode(), max_num_fields=100, errors="strict")
    except ValueError:
        raise QueryRefused(reason_zh="表单不是 UTF-8 编码。", reason_en="The form is not UTF-8.") from None
    sent = {name: value.strip() for name, value in pairs if name in FIELDS and value.strip()}
    for name, value in sent.items():
        if len(value) > FIELDS[name]:
            raise QueryRefused(
                reason_zh=f"{name} 最多 {FIELDS[name]} 个字符。",
                reason_en=f"{name} may have {FIELDS[name]} characters at most.",
            )
        if any(ord(each) < 32 and each not in "\r\n\t" for each in value):
            raise QueryRefused(
                reason_zh=f"{name} 中含有控制字符。", reason_en=f"{name} holds control characters."
            )
    return sent


Sent = Annotated[Fields, Depends(_sent)]
