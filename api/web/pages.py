"""How a page is made: one look, strict headers, no script, and every text escaped."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response

from api.web import words
from api.web.words import DUTCH, ENGLISH

TEMPLATES = Path(__file__).parent / "templates"
STYLE = "/assets/plain.css"
HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}

ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def language_of(asked: str | None) -> str:
    """Return the language asked for, else Dutch."""
    return ENGLISH if asked == ENGLISH else DUTCH


def page(
    name: str, language: str, status: int = 200, headers: Mapping[str, str] | None = None, **facts: Any
) -> Response:
    """Return a page in a language."""
    spoken = {
        "lang": language,
        "other": DUTCH if language == ENGLISH else ENGLISH,
        "t": lambda key: words.word(words.PAGES, key, language),
        "field_word": lambda key: words.word(words.FIELDS, key, language),
        "value_word": lambda key: words.word(words.VALUES, key, language),
        "day": lambda when: words.day(when, language),
        "style": STYLE,
    }
    content = ENVIRONMENT.get_template(f"{name}.html").render({**spoken, **facts})
    return Response(content, status, {**HEADERS, **(headers or {})}, "text/html; charset=utf-8")
