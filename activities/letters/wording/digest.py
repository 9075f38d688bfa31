"""Writing a digest: what waits for an organisation, what is late, what has changed."""

from collections.abc import Iterable
from datetime import date, datetime

from activities.letters.wording.letter_text import LetterText, short_letter
from activities.letters.wording.writing import task_name
from domain.facts.calendar import Calendar
from store.digest import Digest, DigestTask, ToPrintSince
from texts import Language, Texts, of

MOST = 50
"""Lines of one kind."""


def write_digest(
    digest: Digest, day: date, now: datetime, calendar: Calendar, municipality: str, language: Language
) -> LetterText:
    """Write a digest. It names mediations by their number only."""
    texts = of(language)
    phrases = texts.letter_phrase
    late = [task for task in digest.waiting if task.due < now]
    waiting = [task for task in digest.waiting if task.due >= now]
    new = [phrases.opened.format(task=task_name(texts, t.kind), mediation=t.mediation) for t in _new(digest)]
    changed = [
        *new,
        *(phrases.moved.format(mediation=mediation) for mediation in digest.moved),
        *(phrases.closed.format(mediation=mediation) for mediation in digest.closed),
    ]
    parts = [
        _part(phrases.late, [_line(task, phrases.line_late, texts, calendar) for task in late], texts),
        _part(phrases.waits, [_line(task, phrases.line, texts, calendar) for task in waiting], texts),
        _part(phrases.changed, changed, texts),
        _part(phrases.unprinted, [_to_print(one, texts, calendar) for one in digest.unprinted], texts),
        _part(phrases.failed, [f"- {letter}" for letter in digest.failed], texts),
    ]
    subject = phrases.digest.format(day=texts.in_words(day), waiting=len(digest.waiting))
    return short_letter(texts, subject, municipality, filter(None, parts))


def _new(digest: Digest) -> Iterable[DigestTask]:
    return (task for task in digest.waiting if task.opened_at > digest.since)


def _line(task: DigestTask, line: str, texts: Texts, calendar: Calendar) -> str:
    by = texts.in_words(calendar.today(task.due))
    return line.format(task=task_name(texts, task.kind), by=by, mediation=task.mediation)


def _to_print(one: ToPrintSince, texts: Texts, calendar: Calendar) -> str:
    since = texts.in_words(calendar.today(one.at))
    return texts.letter_phrase.line_unprinted.format(mediation=one.mediation, since=since)


def _part(heading: str, lines: list[str], texts: Texts) -> str:
    """Return a heading with the lines under it; nothing when there are none."""
    if not lines:
        return ""
    more = [texts.letter_phrase.more.format(count=len(lines) - MOST)] if len(lines) > MOST else []
    return "\n".join((heading, *lines[:MOST], *more))
