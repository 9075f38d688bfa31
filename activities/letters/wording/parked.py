"""Writing what could not be recorded, to the municipality."""

from collections.abc import Sequence

from activities.letters.wording.writing import LetterText
from store.parking import Parked, ParkedFrom
from texts import Language, of

MOST = 50
"""Lines in one letter."""


def write_parked(parked: Sequence[Parked], municipality: str, language: Language) -> LetterText:
    """Write which mediations have something that could not be recorded. It names them by their number only."""
    phrases = of(language).letter_phrase
    what = {
        ParkedFrom.TIME: phrases.parked_time,
        ParkedFrom.PARTNER: phrases.parked_partner,
        ParkedFrom.GIVEN: phrases.parked_given,
    }
    lines = [f"- {what[one.origin]} ({one.mediation})" for one in parked[:MOST]]
    if len(parked) > MOST:
        lines.append(phrases.more.format(count=len(parked) - MOST))
    body = (
        phrases.greeting,
        "",
        phrases.not_recorded,
        "",
        *lines,
        "",
        phrases.not_recorded_do,
        "",
        *phrases.sign_off.format(municipality=municipality).split("\n"),
        "",
        phrases.automatic,
    )
    return LetterText(phrases.not_recorded_subject, "\n".join(body) + "\n")
