"""How a page is made: one look, strict headers, no script, and every text escaped."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response

from api.web.assets import ADDRESS, TEMPLATES
from domain.facts.born import Born
from domain.facts.calendar import Calendar
from texts import Language, of
from texts.words import Texts

STYLE = f"{ADDRESS}plain.css"
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


def language_of(asked: str | None) -> Language:
    """Return the language asked for, else Dutch."""
    return Language.ENGLISH if asked == Language.ENGLISH else Language.DUTCH


def page(
    name: str, language: Language, status: int = 200, headers: Mapping[str, str] | None = None, **facts: Any
) -> Response:
    """Return a page in a language."""
    texts = of(language)
    spoken = {
        "lang": language.value,
        "other": (Language.DUTCH if language is Language.ENGLISH else Language.ENGLISH).value,
        "t": texts.page.phrase.__getitem__,
        "day": lambda when: texts.in_words(Calendar().today(when) if isinstance(when, datetime) else when),
        "date": texts.day,
        "born": lambda on: born_in_words(on, texts),
        "euros": texts.euros,
        "place": texts.place,
        "style": STYLE,
    }
    content = ENVIRONMENT.get_template(f"{name}.html").render({**spoken, **facts})
    return Response(content, status, {**HEADERS, **(headers or {})}, "text/html; charset=utf-8")


def born_in_words(on: Born, texts: Texts) -> str:
    """Say when somebody was born, as far as that is known."""
    words = texts.page.phrase
    if on.day:
        return f"{words['born_on']} {texts.day(on.earliest)}"
    month = f"{texts.months[on.month - 1]} " if on.month else ""
    return f"{words['born_in']} {month}{on.year}" if on.year else words["born_unknown"]
