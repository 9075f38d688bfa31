"""Writing a short letter, to an organisation: the words of its language, filled in. Of a mediation it tells its number
only. What goes to the client and the guide has several parts (`long`).
"""

from datetime import date
from typing import NamedTuple

from activities.letters.wording.letter_text import LetterText, short_letter
from domain.facts.tasks import TaskKind
from domain.messages.effects import Audience, Letter, SendLetter
from domain.steps.still_so import CHASING
from runtime.contact_fields import as_dialled
from runtime.desk import Desk
from texts import Language, Texts, of
from texts.words import LetterWords

TELLS_WHO = CHASING - {Letter.TASK_ESCALATED}
"""Letters that ask for something: they say who can end it, what to do, and by when."""


class Names(NamedTuple):
    """Public names of organisations that a letter tells."""

    municipality: str
    owner: str
    """Who can end the task that the letter is about."""
    today: date
    """The day on which it is sent."""
    desk: Desk | None = None
    """Whom a client calls."""


def write(effect: SendLetter, number: str, reader: str, names: Names, language: Language) -> LetterText:
    """Write a letter to one reader about the mediation that people call `number`. It names no page: nothing but the
    link of a task is there for people to open.
    """
    texts = of(language)
    words, phrases = texts.letter[effect.letter], texts.letter_phrase
    facts = _facts(effect, names, texts)
    late = effect.by is not None and effect.by < names.today
    paragraphs = [_body(effect, words, reader, late=late).format(**facts)]
    if effect.letter in TELLS_WHO and effect.task_kind:
        paragraphs.append(phrases.who.format(**facts))
    lacks = effect.told.missing if effect.told else ()
    if lacks:
        paragraphs.append("\n".join((phrases.lacks, *(f"- {texts.value.document[one]}" for one in lacks))))
    paragraphs.append(f"{phrases.number} {number}")
    if names.desk:
        paragraphs.append(_call(names.desk, number, texts, reader, asks=effect.letter in CHASING))
    return short_letter(texts, f"{words.subject} ({number})", names.municipality, paragraphs)


def task_asked(texts: Texts, kind: TaskKind) -> str:
    """Return what a letter says is to be done: no more than that there is a task, where its subject is confidential."""
    return texts.letter_phrase.neutral if texts.task[kind].neutral else texts.task[kind].do


def task_name(texts: Texts, kind: TaskKind) -> str:
    """Return how a letter names a task within a sentence or a list."""
    return texts.letter_phrase.neutral_name if texts.task[kind].neutral else texts.task[kind].name


def _facts(effect: SendLetter, names: Names, texts: Texts) -> dict[str, str]:
    kind, day = effect.task_kind, effect.appointment
    return {
        "do": task_asked(texts, kind) if kind else "",
        "task": task_name(texts, kind) if kind else "",
        "by": texts.in_words(effect.by),
        "before": texts.before(effect.by, names.today),
        "owner": names.owner,
        "appointment": (day and texts.task[day.kind].appointment) or "",
    }


def _body(effect: SendLetter, words: LetterWords, reader: str, *, late: bool) -> str:
    """Return what a reader reads. Who is asked something, and is too late, reads that; who hears that another is too
    late, reads of the other.
    """
    of_another = effect.letter is Letter.TASK_ESCALATED and reader != effect.owner
    if late and words.late and not of_another:
        return words.late
    return (reader == Audience.GUIDE and words.guide) or words.body


def _call(desk: Desk, number: str, texts: Texts, reader: str, *, asks: bool) -> str:
    phrases = texts.full_letter_phrase
    words = {Audience.CLIENT.value: texts.letter_part.call, Audience.GUIDE.value: phrases.guide_foot}
    asked = words.get(reader, texts.letter_phrase.trouble if asks else texts.letter_phrase.questions)
    return asked.format(desk=desk.name, phone=as_dialled(desk.phone), hours=desk.hours, number=number)
