"""Writing to an organisation that somebody changes where its letters go, or who takes its place."""

from activities.letters.wording.letter_text import LetterText, short_letter
from domain.facts.watched import Notified
from store.directory_notices import Notice
from texts import of


def write_notice(notice: Notice, organisation: str, municipality: str) -> LetterText:
    """Write what of an organisation is to change, or has. It tells which data, and never what they are."""
    texts = of(notice.reader.language)
    phrases = texts.letter_phrase
    first = {
        Notified.PROPOSED: phrases.directory_proposed,
        Notified.CHANGED: phrases.directory_changed,
        Notified.WITHDRAWN: phrases.directory_withdrawn,
    }[notice.told].format(organisation=organisation)
    lines = "\n".join((phrases.directory_about, *(f"- {texts.watched[one]}" for one in notice.watched)))
    do = phrases.directory_do.format(municipality=municipality)
    return short_letter(texts, phrases.directory_subject, municipality, (first, lines, do))
