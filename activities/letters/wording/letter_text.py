"""A letter as text: what every letter begins and ends with."""

from collections.abc import Iterable
from typing import NamedTuple

from texts import Texts


class LetterText(NamedTuple):
    """A letter as it is sent."""

    subject: str
    body: str


def short_letter(texts: Texts, subject: str, municipality: str, paragraphs: Iterable[str]) -> LetterText:
    """Return a letter of these paragraphs, with the greeting before them and the name of who sends it after them."""
    phrases = texts.letter_phrase
    sender = phrases.sign_off.format(municipality=municipality)
    return LetterText(subject, "\n\n".join((phrases.greeting, *paragraphs, sender, phrases.automatic)) + "\n")


def marked(letter: LetterText, texts: Texts) -> LetterText:
    """Return a letter of a trial: its subject and its first line say so."""
    phrases = texts.letter_phrase
    return LetterText(phrases.trial_subject.format(subject=letter.subject), f"{phrases.trial}\n\n{letter.body}")
