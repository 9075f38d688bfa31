"""Writing to the municipality what could not be recorded."""

from collections.abc import Sequence

from activities.letters.wording.letter_text import LetterText, short_letter
from store.parking import Parked, ParkedFrom
from texts import Language, of

MOST = 50
"""Lines in one letter."""


def write_parked(parked: Sequence[Parked], municipality: str, language: Language) -> LetterText:
    """Write which mediations have something that could not be recorded. It names them by their number only."""
    texts = of(language)
    phrases = texts.letter_phrase
    what = {
        ParkedFrom.TIME: phrases.parked_time,
        ParkedFrom.PARTNER: phrases.parked_partner,
        ParkedFrom.GIVEN: phrases.parked_given,
    }
    lines = [f"- {what[one.origin]} ({one.mediation})" for one in parked[:MOST]]
    if len(parked) > MOST:
        lines.append(phrases.more.format(count=len(parked) - MOST))
    paragraphs = (phrases.not_recorded, "\n".join(lines), phrases.not_recorded_do)
    return short_letter(texts, phrases.not_recorded_subject, municipality, paragraphs)
