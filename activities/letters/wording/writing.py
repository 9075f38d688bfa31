"""Writing a letter: the words of its language, filled in. What it tells of a mediation is its number only."""

from typing import NamedTuple

from activities.letters.wording.long import call_part
from domain.messages.effects import Audience, Letter, SendLetter
from runtime.desk import Desk
from texts import Language, of

TELLS_WHO = frozenset({Letter.TASK_OPENED, Letter.TASK_REMINDER, Letter.DEADLINE_CHANGED})
"""Letters that ask for something: they say who can end it, what to do, and by when."""


class LetterText(NamedTuple):
    """A letter as it is sent."""

    subject: str
    body: str


class Names(NamedTuple):
    """Public names of organisations that a letter tells."""

    municipality: str
    owner: str
    """Who can end the task that the letter is about."""
    desk: Desk | None = None
    """Whom a client calls."""


def write(effect: SendLetter, mediation: str, reader: str, names: Names, pages: str, language: Language) -> LetterText:
    """Write a letter to one reader. The link leads to the mediation; what it shows depends on who signs in.

    Clients and guides have nothing to sign in with: they read whom to call.
    """
    texts = of(language)
    words, phrases = texts.letter[effect.letter], texts.letter_phrase
    facts = {
        "task": texts.task[effect.task_kind].do if effect.task_kind else "",
        "by": texts.in_words(effect.by),
        "owner": names.owner,
    }
    asked = []
    if effect.letter in TELLS_WHO and effect.task_kind:
        who = {Audience.CLIENT.value: phrases.client, Audience.GUIDE.value: phrases.guide}.get(reader, phrases.who)
        asked = ["", *(line.format(**facts) for line in (who, phrases.what, phrases.until))]
    by_phone = reader in set(Audience)
    more = [f"{phrases.pages} {pages}/mediations/{mediation}"] if not by_phone else []
    call = ["", call_part(names.desk, mediation, language)] if by_phone and names.desk else []
    lines = (
        phrases.greeting,
        "",
        words.body.format(**facts),
        *asked,
        "",
        f"{phrases.number} {mediation}",
        *more,
        *call,
        "",
        *phrases.sign_off.format(municipality=names.municipality).split("\n"),
        "",
        phrases.automatic,
    )
    return LetterText(f"{words.subject} ({mediation})", "\n".join(lines) + "\n")
