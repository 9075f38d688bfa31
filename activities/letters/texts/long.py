"""Writing a letter of several parts: what was decided, why, whom to call, how to object and until which day.

A letter that lacks something it must say is not sent: then a person sees to it.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from activities.letters.texts import dutch_decisions, english_decisions
from activities.letters.texts.words import Long, LongTexts, Texts
from domain.messages.effects import Audience, SendLetter
from domain.messages.told import Told
from domain.state.decision import last_day
from runtime.desk import Desk
from runtime.directory import Language

LONG: dict[Language, LongTexts] = {
    Language.DUTCH: dutch_decisions.TEXTS,
    Language.ENGLISH: english_decisions.TEXTS,
}
MAY_BE_EMPTY = frozenset({"online", "team_phone", "about", "motivation"})
"""What a letter can do without; `motivation` where it says a reason of its own."""


class Incomplete(Exception):
    """A letter lacks something that it must say; its text names what."""


class Facts(NamedTuple):
    """What was looked up for one letter, at the moment it is sent."""

    today: date
    """The day on which it is sent: the term runs from the day after."""
    desk: Desk | None
    motivation: str = ""
    """What a person wrote, from the vault."""
    institution: str = ""
    elsewhere: str = ""
    team_phone: str = ""


class LongText(NamedTuple):
    """A letter of several parts as it is sent."""

    subject: str
    body: str


def is_long(effect: SendLetter) -> bool:
    """Tell whether a letter is of several parts. One of an earlier release has no facts, and is a short one."""
    return effect.told is not None and effect.letter in LONG[Language.DUTCH].letters


def write_long(
    effect: SendLetter, mediation: str, reader: str, municipality: str, facts: Facts, texts: Texts, language: Language
) -> LongText:
    """Write a letter to the client or the guide. Raises Incomplete."""
    words, told = LONG[language], effect.told or Told()
    letter = words.letters[effect.letter]
    filled = _Filled(_facts(effect, told, mediation, municipality, facts, words, texts))
    to_guide = reader == Audience.GUIDE
    greeting = texts.phrases.greeting
    make = _to_guide if to_guide else _to_client
    parts = list(make(letter, words, facts.desk, greeting))
    body = "\n\n".join(part.format_map(filled).replace("  ", " ") for part in parts)
    sign = words.sign_decision if letter.signed and not to_guide else words.sign if facts.desk else words.sign_plain
    lines = (body, "", sign.format_map(filled), "", texts.phrases.automatic)
    subject = words.guide_subject if to_guide else words.subject
    return LongText(f"{subject} ({mediation})", "\n".join(lines) + "\n")


def call_part(desk: Desk, mediation: str, language: Language) -> str:
    """Return whom a client calls, for any letter."""
    return LONG[language].call.format(desk=desk.name, phone=desk.phone, hours=desk.hours, number=mediation)


def _to_client(letter: Long, words: LongTexts, desk: Desk | None, greeting: str) -> Iterator[str]:
    yield words.head
    yield letter.heading
    yield greeting
    yield letter.body
    for part in letter.parts:
        if desk or letter.signed:
            yield part


def _to_guide(letter: Long, words: LongTexts, desk: Desk | None, greeting: str) -> Iterator[str]:
    yield greeting
    yield words.guide_head
    yield letter.guide or letter.body
    if desk:
        yield words.guide_foot


def _facts(
    effect: SendLetter, told: Told, mediation: str, municipality: str, facts: Facts, words: LongTexts, texts: Texts
) -> dict[str, str]:
    desk = facts.desk
    until = told.last_day or last_day(facts.today, told.decree_days)
    decided_on = texts.in_words(told.decided_on)
    decision = words.decision_of.format(decided_on=decided_on) if decided_on else words.decision
    heard_on = texts.in_words(told.heard_on)
    return {
        "number": mediation,
        "municipality": municipality.replace("Gemeente ", "gemeente ", 1),
        "today": texts.in_words(facts.today),
        "day": decided_on,
        "until": texts.in_words(until),
        "by": texts.in_words(effect.by),
        "received_on": texts.in_words(told.received_on),
        "about": words.about.format(decided_on=decided_on) if decided_on else "",
        "our": decision,
        "Our": decision[0].upper() + decision[1:],
        "reasons": " ".join(filter(None, (*(words.reasons[reason] for reason in told.reasons), facts.motivation))),
        "motivation": facts.motivation,
        "ground": told.ground,
        "opinion": words.opinions[told.hearing].format(heard_on=heard_on) if told.hearing else "",
        "living_form": words.living_forms[told.living_form] if told.living_form else words.other_form,
        "count": words.numbers[min(told.counted_refusals, 12)] if told.counted_refusals else "",
        "asked_on": texts.in_words(told.asked_on),
        "asked_until": texts.in_words(told.asked_until),
        "documents": "\n".join(f"- {words.documents[one]}" for one in told.missing),
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
    """What a letter is filled with. Nothing that it asks for may be empty."""

    def __getitem__(self, name: str) -> str:
        value = super().__getitem__(name)
        if not value and name not in MAY_BE_EMPTY:
            raise Incomplete(name)
        return value
