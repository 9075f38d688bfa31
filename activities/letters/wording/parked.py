"""Writing to the municipality what is wrong behind the scenes: what could not be recorded, and what is stuck."""

from collections.abc import Sequence

from activities.letters.wording.letter_text import LetterText, short_letter
from store.alarms import Alarm
from store.parking import Parked, ParkedFrom
from texts import Language, Texts, of

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
    lines = _listed([f"- {what[one.origin]} ({one.mediation})" for one in parked], texts)
    return short_letter(
        texts, phrases.not_recorded_subject, municipality, (phrases.not_recorded, lines, phrases.not_recorded_do)
    )


def write_alarms(alarms: Sequence[Alarm], municipality: str, language: Language) -> LetterText:
    """Write which mediations are stuck, and in which way. It names them by their number only."""
    texts = of(language)
    phrases = texts.letter_phrase
    lines = _listed([f"- {texts.alarm[one.kind]} ({one.reference or one.mediation})" for one in alarms], texts)
    return short_letter(texts, phrases.alarms_subject, municipality, (phrases.alarms, lines, phrases.alarms_do))


def _listed(lines: Sequence[str], texts: Texts) -> str:
    more = [texts.letter_phrase.more.format(count=len(lines) - MOST)] if len(lines) > MOST else []
    return "\n".join((*lines[:MOST], *more))
