"""The OGC doors as pages a person can read: the same facts as the JSON, in templates/."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.state import state_of
from layers.layer import Text

__all__ = ["chinese", "for_people", "page"]

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'self'"


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def for_people(request: Request) -> bool:
    """Whether a browser asks, and not a program."""
    form = request.query_params.get("f")
    return form == "html" or (form is None and "text/html" in request.headers.get("accept", ""))


def chinese(request: Request) -> bool:
    """Whether the answer is in Chinese: by ``lang``, else by the browser, else yes."""
    asked = request.query_params.get("lang") or request.headers.get("accept-language", "zh")
    return not asked.lower().startswith("en")


def page(request: Request, template: str, **facts: Any) -> HTMLResponse:
    """A page in the language of ``lang``, else of the browser, else Chinese."""
    zh = chinese(request)

    def say(chinese: str | Text, english: str = "") -> str:
        if isinstance(chinese, Text):
            return chinese.zh if zh else chinese.en
        return chinese if zh else english

    other = str(request.url.include_query_params(lang="en" if zh else "zh"))
    here = str(request.url.remove_query_params("f"))
    content = (
        _templates()
        .get_template(template)
        .render(say=say, zh=zh, other=other, here=here, demo=state_of(request).settings.demo, **facts)
    )
    headers = {"Content-Security-Policy": _POLICY, "Vary": "Accept, Accept-Language, Cookie, Authorization"}
    return HTMLResponse(content, headers=headers)
