"""Writing a letter of several parts: what was decided, why, whom to call, how to object and until which day.

A letter that lacks something it must say is not sent: a person is asked to see to it.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from activities.letters.wording.letter_text import LetterText
from domain.messages.effects import Audience, Letter, SendLetter
from domain.messages.told import Told
from domain.state.decision import last_day
from domain.steps.decision_letter import LETTER_OF_END, ON_THE_WAY
from runtime.desk import Desk
from texts import Language, Texts, of


class Part(StrEnum):
    """What may follow the body of a letter, by its name in the texts."""

    CALL = "call"
    OBJECTION = "objection"
    APPEAL = "appeal"
    APPEAL_UPHELD = "appeal_upheld"


PARTS: Mapping[Letter, tuple[Part, ...]] = {
    **dict.fromkeys((*LETTER_OF_END.values(), *ON_THE_WAY.values()), (Part.CALL, Part.OBJECTION)),
    Letter.DECISION_SENT: (),
    Letter.OBJECTION_RECEIVED: (Part.CALL,),
    Letter.OBJECTION_UPHELD: (Part.CALL, Part.APPEAL_UPHELD),
    Letter.OBJECTION_DISMISSED: (Part.CALL, Part.APPEAL),
    Letter.OBJECTION_INADMISSIBLE: (Part.CALL, Part.APPEAL),
    Letter.OBJECTION_WITHDRAWN: (Part.CALL,),
}
"""What follows each letter of several parts for the client: whom to call, how to object."""
SIGNED = frozenset(letter for letter, parts in PARTS.items() if len(parts) > 1)
"""Letters that are decisions, against which one may object or appeal: somebody signs them."""
MAY_BE_EMPTY = frozenset({"online", "team_phone", "about", "motivation"})
"""What a letter can do without. A letter that must give reasons has `reasons`, which the motivation is part of."""


class Incomplete(Exception):
    """A letter lacks something that it must say; its text names what."""


class LetterFacts(NamedTuple):
    """What was looked up for one letter, at the moment it is sent."""

    today: date
    """The day on which it is sent: the term runs from the day after."""
    desk: Desk | None
    motivation: str = ""
    """What a person wrote, from the vault."""
    institution: str = ""
    elsewhere: str = ""
    team_phone: str = ""


def is_long(effect: SendLetter) -> bool:
    """Tell whether a letter has several parts. One that an earlier release recorded has no facts, and is short."""
    return effect.told is not None and effect.letter in PARTS


def write_long(
    effect: SendLetter, mediation: str, reader: str, municipality: str, facts: LetterFacts, texts: Texts
) -> LetterText:
    """Write a letter to the client or the guide. Raises Incomplete."""
    told, phrases, signed = effect.told or Told(), texts.full_letter_phrase, effect.letter in SIGNED
    filled = _Filled(_facts(effect, told, mediation, municipality, facts, texts))
    to_guide = reader == Audience.GUIDE
    parts = _to_guide(effect.letter, texts, facts.desk) if to_guide else _to_client(effect.letter, texts, facts.desk)
    body = "\n\n".join(part.format_map(filled).replace("  ", " ") for part in parts)
    sign = phrases.sign_decision if signed and not to_guide else phrases.sign if facts.desk else phrases.sign_plain
    lines = (body, "", sign.format_map(filled), "", texts.letter_phrase.automatic)
    subject = phrases.guide_subject if to_guide else phrases.subject
    return LetterText(f"{subject} ({mediation})", "\n".join(lines) + "\n")


def call_part(desk: Desk, mediation: str, language: Language) -> str:
    """Return whom a client calls, for any letter."""
    return of(language).letter_part.call.format(desk=desk.name, phone=desk.phone, hours=desk.hours, number=mediation)


def _to_client(letter: Letter, texts: Texts, desk: Desk | None) -> Iterator[str]:
    words = texts.full_letter[letter]
    yield texts.full_letter_phrase.head
    yield words.heading
    yield texts.letter_phrase.greeting
    yield words.body
    if desk or letter in SIGNED:
        yield from (_part(part, texts) for part in PARTS[letter])


def _part(part: Part, texts: Texts) -> str:
    words = texts.letter_part
    match part:
        case Part.CALL:
            return words.call
        case Part.OBJECTION:
            return words.objection
        case Part.APPEAL:
            return words.appeal
        case Part.APPEAL_UPHELD:
            return words.appeal_upheld


def _to_guide(letter: Letter, texts: Texts, desk: Desk | None) -> Iterator[str]:
    words = texts.full_letter[letter]
    yield texts.letter_phrase.greeting
    yield texts.full_letter_phrase.guide_head
    yield words.guide or words.body
    if desk:
        yield texts.full_letter_phrase.guide_foot


def _facts(
    effect: SendLetter, told: Told, mediation: str, municipality: str, facts: LetterFacts, texts: Texts
) -> dict[str, str]:
    desk, phrases, words = facts.desk, texts.full_letter_phrase, texts.letter_word
    until = told.last_day or last_day(facts.today, told.decree_days)
    decided_on = texts.in_words(told.decided_on)
    decision = phrases.decision_of.format(decided_on=decided_on) if decided_on else phrases.decision
    heard_on = texts.in_words(told.heard_on)
    return {
        "number": mediation,
        "municipality": municipality.replace("Gemeente ", "gemeente ", 1),
        "today": texts.in_words(facts.today),
        "day": texts.in_words(told.until) or decided_on,
        "valid_to": texts.in_words(told.until),
        "conditions": "\n".join(f"- {texts.value.urgency_condition[one]}" for one in told.conditions),
        "nth": str(told.counted_refusals or ""),
        "most": str(told.most_refusals or ""),
        "again": (phrases.may_lapse if told.counted_refusals >= told.most_refusals else phrases.searched_on).format(
            most=told.most_refusals, valid_to=texts.in_words(told.until)
        ),
        "until": texts.in_words(until),
        "by": texts.in_words(effect.by),
        "before": texts.before(effect.by, facts.today),
        "received_on": texts.in_words(told.received_on),
        "about": phrases.about.format(decided_on=decided_on) if decided_on else "",
        "our": decision,
        "Our": decision[0].upper() + decision[1:],
        "reasons": " ".join(filter(None, (*(words.reason[reason] for reason in told.reasons), facts.motivation))),
        "motivation": facts.motivation,
        "ground": told.ground,
        "opinion": words.hearing[told.hearing].format(heard_on=heard_on) if told.hearing else "",
        "living_form": texts.value.living_form[told.living_form] if told.living_form else phrases.other_form,
        "count": texts.numbers[min(told.counted_refusals, 12)] if told.counted_refusals else "",
        "asked_on": texts.in_words(told.asked_on),
        "asked_until": texts.in_words(told.asked_until),
        "documents": "\n".join(f"- {texts.value.document[one]}" for one in told.missing),
        "institution": facts.institution,
        "elsewhere": facts.elsewhere,
        "team_phone": f": {facts.team_phone}" if facts.team_phone else "",
        "meanwhile": words.meanwhile[told.meanwhile] if told.meanwhile else "",
        "next": words.next[told.meanwhile] if told.meanwhile else "",
        "desk": desk.name if desk else "",
        "phone": desk.phone if desk else "",
        "hours": desk.hours if desk else "",
        "objections": desk.objections if desk else "",
        "online": (desk and desk.online) or "",
        "court": desk.court if desk else "",
        "court_address": desk.court_address if desk else "",
        "legal_help": desk.legal_help if desk else "",
        "signatory": desk.signatory if desk else "",
        "signatory_title": desk.signatory_title if desk else "",
    }


class _Filled(dict[str, str]):
    """What the places in a letter are filled with. None of them may be empty, but for `MAY_BE_EMPTY`."""

    def __getitem__(self, name: str) -> str:
        value = super().__getitem__(name)
        if not value and name not in MAY_BE_EMPTY:
            raise Incomplete(name)
        return value
