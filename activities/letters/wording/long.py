"""Writing a letter of several parts: what it is about, why, what its reader can do and until when, and whom to call; of
a decision also how to object.

A letter that lacks something it must say is not sent: a person is asked to see to it.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from activities.letters.wording.around import Around
from activities.letters.wording.letter_text import LetterText
from domain.facts.calendar import Calendar
from domain.messages.answers import DecisionReason
from domain.messages.effects import Audience, Letter, SendLetter
from domain.messages.told import Lost, Meanwhile, Told, Undone
from domain.state.decision import last_day
from domain.steps.decision_letter import LETTER_OF_END, LETTER_OF_OTHER_END, ON_THE_WAY
from runtime.contact_fields import as_dialled
from runtime.desk import Desk
from store.paper import LAST_DAY
from texts import Texts


class Part(StrEnum):
    """What may follow the body of a letter, by its name in the texts."""

    CALL = "call"
    RIGHTS = "rights"
    OBJECTION = "objection"
    APPEAL = "appeal"
    APPEAL_UPHELD = "appeal_upheld"


NEWS: tuple[Letter, ...] = (
    Letter.TASK_REMINDER,
    Letter.DEADLINE_CHANGED,
    Letter.TRANSFER_ASKED,
    Letter.TRANSFER_PROPOSED,
    Letter.TRANSFER_STOPPED,
    Letter.HELPED_HERE,
    Letter.SUPPLEMENT_ASKED,
    Letter.NOT_READY_YET,
    Letter.DECISION_TERM_EXTENDED,
    Letter.HEARING_INVITED,
    Letter.REFUSAL_NOT_COUNTED,
    Letter.WAITING_FOR_PLACE,
    Letter.URGENCY_WILL_END,
    Letter.URGENCY_RAN_OUT,
    Letter.URGENCY_OVER,
    Letter.OBJECTION_RECEIVED,
    Letter.OBJECTION_EXTENDED,
    Letter.OBJECTION_WITHDRAWN,
    Letter.DEFAULT_NOTICE_RECEIVED,
    Letter.COMPLAINT_RECEIVED,
    Letter.COMPLAINT_POSTPONED,
    Letter.COMPLAINT_ANSWERED,
    Letter.COMPLAINT_NOT_HANDLED,
    Letter.COMPLAINT_OVER,
    Letter.VIEWING_PLANNED,
    Letter.CALL_PLANNED,
    Letter.APPOINTMENT_MOVED,
    Letter.APPOINTMENT_OFF,
    Letter.OFFER_MADE,
    Letter.OFFER_CHANGED,
    Letter.RENT_RAISED,
    Letter.OFFER_WITHDRAWN,
    Letter.KEYS_PLANNED,
    Letter.KEYS_MOVED,
    Letter.SUPPORT_STARTS,
    Letter.SUPPORT_OFF,
    Letter.NOT_REACHED,
    Letter.TEMPORARY_LEASE,
    Letter.PROVIDER_CHANGED,
    Letter.PLAN_ASKED,
    Letter.TALK_PLANNED,
    Letter.JOINT_TALK_PLANNED,
    Letter.ABSENCE_NOTED,
    Letter.ABSENCE_NOTED_KEYS_LATER,
    Letter.ABSENCE_NOTED_OFFER_GONE,
    Letter.RETURN_NOTED,
    Letter.LEASE_CONVERTED,
    Letter.LEASE_CONVERSION_LATER,
    Letter.LEASE_NOT_CONVERTED,
    Letter.STEPPED_BACK,
    Letter.URGENCY_GIVEN_UP,
    Letter.STOPPED_AFTER_KEYS,
    Letter.GOES_ON,
    Letter.ENDED_BY_MISTAKE,
    Letter.DEATH_UNDONE,
)
"""Letters to the client and the guide that are no decision, in the order of the process."""
OF_COMPLAINTS = frozenset(
    {
        Letter.COMPLAINT_RECEIVED,
        Letter.COMPLAINT_POSTPONED,
        Letter.COMPLAINT_ANSWERED,
        Letter.COMPLAINT_NOT_HANDLED,
        Letter.COMPLAINT_OVER,
    }
)
"""Letters to whoever complained alone, who may be the guide."""
PARTS: Mapping[Letter, tuple[Part, ...]] = {
    **dict.fromkeys(NEWS, (Part.CALL,)),
    Letter.REFERRAL_RECEIVED: (Part.CALL, Part.RIGHTS),
    **dict.fromkeys(LETTER_OF_OTHER_END.values(), (Part.CALL, Part.RIGHTS)),
    **dict.fromkeys((*LETTER_OF_END.values(), *ON_THE_WAY.values()), (Part.CALL, Part.OBJECTION)),
    Letter.URGENCY_GRANTED: (Part.CALL, Part.OBJECTION),
    Letter.URGENCY_EXTENDED: (Part.CALL, Part.OBJECTION),
    Letter.OBJECTION_UPHELD: (Part.CALL, Part.APPEAL_UPHELD),
    Letter.OBJECTION_DISMISSED: (Part.CALL, Part.APPEAL),
    Letter.OBJECTION_INADMISSIBLE: (Part.CALL, Part.APPEAL),
    Letter.CLOSED: (Part.CALL,),
    Letter.DECISION_SENT: (),
}
"""What follows each letter of several parts for the client: whom to call, how to object, which rights there are."""
_OF_DECISION = frozenset({Part.OBJECTION, Part.APPEAL, Part.APPEAL_UPHELD})
SIGNED = frozenset(letter for letter, parts in PARTS.items() if _OF_DECISION & {*parts})
"""Letters that are decisions, against which one may object or appeal: somebody signs them."""
OPEN = frozenset(
    {
        Letter.TASK_REMINDER,
        Letter.DEADLINE_CHANGED,
        Letter.VIEWING_PLANNED,
        Letter.CALL_PLANNED,
        Letter.APPOINTMENT_MOVED,
        Letter.APPOINTMENT_OFF,
        Letter.KEYS_PLANNED,
        Letter.KEYS_MOVED,
        Letter.NOT_REACHED,
    }
)
"""Letters that tell nothing of the client but a day: their subject may say what they are about."""
MAY_BE_EMPTY = frozenset(
    {"online", "team_phone", "provider_phone", "landlord_phone", "about", "motivation", "rule", "write_to"}
    | {"came_late", "committee", "consent", "elsewhere_phone", "home_gone", "not_heard", "why_late"}
)
"""What a letter can do without. A letter that must give reasons has `reasons`, which the motivation is part of."""


SEEKING = frozenset({Meanwhile.SEARCHING, Meanwhile.SUSPENDED})
"""How a mediation goes on for which there may have been a home already."""


class Incomplete(Exception):
    """A letter lacks something that it must say; its text names what."""


class LetterFacts(NamedTuple):
    """What was looked up for one letter, at the moment it is sent."""

    today: date
    """The day on which it is sent: the term runs from the day after."""
    desk: Desk | None
    around: Around = Around()
    motivation: str = ""
    """What a person wrote, from the vault."""
    institution: str = ""
    elsewhere: str = ""
    elsewhere_phone: str = ""
    landlord: str = ""
    """Its name; nothing where nobody may know it."""
    provider: str = ""
    team_phone: str = ""
    landlord_phone: str = ""
    provider_phone: str = ""
    to: str = ""
    """The reader's name, on paper; nothing in a mail, which names nobody."""


def as_sentence(words: str) -> str:
    """Return what somebody noted as a sentence of a letter: with a capital, and an end."""
    begun = f"{words[:1].upper()}{words[1:]}"
    return begun if not begun or begun[-1] in ".?!" else f"{begun}."


def is_long(effect: SendLetter, reader: str) -> bool:
    """Tell whether this reader gets a letter of several parts."""
    return reader in set(Audience) and effect.letter in PARTS


def write_long(
    effect: SendLetter, number: str, reader: str, municipality: str, facts: LetterFacts, texts: Texts
) -> LetterText:
    """Write a letter to the client or the guide; `number` is what people call the mediation. Raises Incomplete."""
    phrases, signed, to_guide = texts.full_letter_phrase, effect.letter in SIGNED, reader == Audience.GUIDE
    filled = _Filled(_facts(effect, number, municipality, facts, texts))
    own = to_guide and effect.letter in OF_COMPLAINTS
    parts = (
        _to_guide(effect.letter, texts, facts.desk, own=own) if to_guide else _to_client(effect.letter, texts, facts)
    )
    body = "\n\n".join(_tidy(part.format_map(filled)) for part in parts)
    sign = phrases.sign_decision if signed and not to_guide else phrases.sign if facts.desk else phrases.sign_plain
    lines = [body, "", sign.format_map(filled)]
    if not facts.to:
        lines += ["", phrases.no_reply if signed and not to_guide else texts.letter_phrase.automatic]
    said = texts.full_letter[effect.letter].heading if effect.letter in OPEN else phrases.subject
    subject = phrases.guide_subject if to_guide and not own else said
    return LetterText(f"{subject} ({number})", "\n".join(lines) + "\n")


def _tidy(text: str) -> str:
    """Return a text without the gaps that are left where something was not to be said."""
    return "\n".join(line.replace("  ", " ").rstrip() for line in text.splitlines())


def _to_client(letter: Letter, texts: Texts, facts: LetterFacts) -> Iterator[str]:
    words, desk = texts.full_letter[letter], facts.desk
    yield texts.full_letter_phrase.head
    yield words.heading
    yield texts.full_letter_phrase.greeting if facts.to else texts.letter_phrase.greeting
    yield words.body
    if desk or letter in SIGNED:
        yield from filter(None, (_part(part, texts, desk) for part in PARTS[letter]))


def _part(part: Part, texts: Texts, desk: Desk | None) -> str:
    words = texts.letter_part
    match part:
        case Part.CALL:
            return words.call
        case Part.RIGHTS:
            return words.rights if desk and desk.tells_rights else ""
        case Part.OBJECTION:
            return words.objection
        case Part.APPEAL:
            return words.appeal
        case Part.APPEAL_UPHELD:
            return words.appeal_upheld


def _to_guide(letter: Letter, texts: Texts, desk: Desk | None, *, own: bool) -> Iterator[str]:
    """What a guide reads of a letter to the client; or an `own` letter, about a complaint of the guide."""
    words, phrases = texts.full_letter[letter], texts.full_letter_phrase
    yield texts.letter_phrase.greeting
    if not own:
        yield phrases.guide_head
    yield words.guide or words.body
    if desk:
        yield texts.letter_phrase.questions if own else phrases.guide_foot


def _facts(effect: SendLetter, number: str, municipality: str, facts: LetterFacts, texts: Texts) -> dict[str, str]:
    told = effect.told or Told()
    return {
        "number": number,
        "name": facts.to,
        "municipality": municipality.replace("Gemeente ", "gemeente ", 1),
        "today": _written_on(facts, texts),
        **_of_letter(effect, told, facts, texts),
        **_of_decision(told, facts, texts),
        **_of_objection(told, facts, texts),
        **_of_complaint(told, texts),
        **_around(told, facts, texts),
        **_of_desk(facts.desk),
        "write_to": texts.full_letter_phrase.write_to.format(objections=facts.desk.objections) if facts.desk else "",
    }


def _of_letter(effect: SendLetter, told: Told, facts: LetterFacts, texts: Texts) -> dict[str, str]:
    """What the effect itself says: which day it names, what is asked, what was told before."""
    phrases, kind, day = texts.full_letter_phrase, effect.task_kind, effect.appointment
    late = effect.by is not None and effect.by < facts.today
    deadline = (phrases.late if late else phrases.deadline).format(by=texts.in_words(effect.by))
    return {
        "do": (texts.task[kind].client or "") if kind else "",
        "deadline": deadline if effect.by else "",
        "appointment": (day and texts.task[day.kind].appointment) or "",
        "by": texts.in_words(effect.by),
        "before": _before(effect, facts, texts),
        "since": texts.in_words(told.since),
        "documents": "\n".join(f"- {texts.letter_word.document[one]}" for one in facts.around.lacks or told.missing),
    }


def _before(effect: SendLetter, facts: LetterFacts, texts: Texts) -> str:
    """Return by when the client can do something. What is counted from when a letter leaves is told on paper in words
    that are true whenever that is.
    """
    within, by = facts.around.within, effect.by
    if within is None:
        return texts.before(by, facts.today)
    if facts.to:
        one, more = texts.description.units[within.unit]
        term = f"{texts.number(within.amount)} {one if within.amount == 1 else more}"
        return texts.full_letter_phrase.before_on_paper.format(term=term)
    last = Calendar().add(facts.today, within)
    return texts.before(max(by, last) if by else last, facts.today)


def _of_decision(told: Told, facts: LetterFacts, texts: Texts) -> dict[str, str]:
    """What was decided, why, and until when one may object."""
    phrases, words, around = texts.full_letter_phrase, texts.letter_word, facts.around
    most = told.most_refusals or around.most_refusals
    valid_to = texts.in_words(told.until or around.valid_to)
    again = phrases.may_lapse if told.counted_refusals >= most else phrases.searched_on
    silent = DecisionReason.NOT_ANSWERED in told.reasons
    grounded = " ".join(filter(None, (words.reason[reason] for reason in told.reasons)))
    general = words.why[around.subject] if around.subject else ""
    return {
        "day": texts.in_words(told.until or told.decided_on),
        "valid_to": valid_to,
        "conditions": "\n".join(f"- {texts.value.urgency_condition[one]}" for one in told.conditions),
        "count": texts.number(told.counted_refusals),
        "refused": phrases.not_answered if silent else phrases.refused,
        "limit": phrases.limit_of_one if most == 1 else phrases.limit.format(most=texts.number(most)),
        "lost": words.lost[told.lost or Lost.LANDLORD],
        "most": texts.number(most),
        "again": again.format(most=texts.number(most), valid_to=valid_to),
        "until": _last_day(told, facts, texts),
        "reasons": " ".join(filter(None, (grounded, facts.motivation))),
        "motivation": facts.motivation,
        "ground": told.ground,
        "rule": phrases.rule.format(ground=told.ground) if told.ground else "",
        "opinion": words.hearing[told.hearing].format(heard_on=texts.in_words(told.heard_on)) if told.hearing else "",
        "living_form": texts.value.living_form[told.living_form] if told.living_form else phrases.other_form,
        "asked_on": texts.in_words(told.asked_on),
        "asked_until": texts.in_words(told.asked_until),
        "intent": words.intent[around.subject] if around.subject else "",
        "why": " ".join(filter(None, (grounded or general, facts.motivation))),
    }


def _written_on(facts: LetterFacts, texts: Texts) -> str:
    today = texts.in_words(facts.today)
    return texts.full_letter_phrase.written_on.format(today=today) if facts.to else today


def _last_day(told: Told, facts: LetterFacts, texts: Texts) -> str:
    """Return until when one may object. The term runs from the day after sending (Awb 6:8): a letter on paper leaves
    later than it was written, so its day is filled in when it is printed.
    """
    if facts.to and told.last_day is None:
        return LAST_DAY
    return texts.in_words(told.last_day or last_day(facts.today, told.decree_days))


def _of_objection(told: Told, facts: LetterFacts, texts: Texts) -> dict[str, str]:
    phrases, words, decided_on = texts.full_letter_phrase, texts.letter_word, texts.in_words(told.decided_on)
    decision = phrases.decision_of.format(decided_on=decided_on) if decided_on else phrases.decision
    late = phrases.came_late.format(last_day=texts.in_words(told.late_after)) if told.late_after else ""
    return {
        "received_on": texts.in_words(told.received_on),
        "about": phrases.about.format(decided_on=decided_on) if decided_on else "",
        "came_late": late,
        "why_late": late + phrases.why_late if late else "",
        "our": decision,
        "Our": decision[0].upper() + decision[1:],
        "meanwhile": words.meanwhile[told.meanwhile] if told.meanwhile else "",
        "next": words.next[told.meanwhile].format(decision_due=_decision_due(facts, texts)) if told.meanwhile else "",
        "next_of_client": words.next_of_client[told.meanwhile] if told.meanwhile else "",
        "undone": words.undone[told.undone or Undone.DECISION],
        "not_heard": words.not_heard[told.not_heard] if told.not_heard else "",
        "home_gone": phrases.home_gone if told.meanwhile in SEEKING else "",
    }


def _of_complaint(told: Told, texts: Texts) -> dict[str, str]:
    phrases, words, complaint = texts.full_letter_phrase, texts.letter_word, told.complaint
    return {
        "committee": phrases.committee if complaint and complaint.committee else "",
        "consent": phrases.consent if complaint and complaint.agreed else "",
        "finding": words.finding.get(complaint.result, "") if complaint and complaint.result else "",
        "left": words.left[complaint.ground] if complaint and complaint.ground else "",
    }


def _around(told: Told, facts: LetterFacts, texts: Texts) -> dict[str, str]:
    """How the mediation stands, and who takes part in it."""
    phrases, around = texts.full_letter_phrase, facts.around
    order = "\n".join(f"- {texts.letter_word.first[one]}" for one in around.order)
    landlord = phrases.landlord.format(name=facts.landlord) if facts.landlord else phrases.some_landlord
    or_us = phrases.or_us if facts.desk else ""
    late = around.decide_by is not None and around.decide_by < facts.today
    waits = texts.letter_word.waits
    stands = waits[around.stands_still.value] if around.stands_still else waits["late"] if late else waits["runs"]
    return {
        "decide_by": texts.in_words(around.decide_by),
        "decision_due": _decision_due(facts, texts),
        "looked_on": texts.in_words(around.looked_at),
        "converted_on": texts.in_words(around.converted_on),
        "waits": stands.format(decide_by=texts.in_words(around.decide_by)),
        "home": _home(around.rooms, texts),
        "where": phrases.where_told if around.secret else phrases.where_known,
        "rent": texts.euros(around.rent_cents) if around.rent_cents else "",
        "order": phrases.in_order.format(order=order) if len(around.order) > 1 else phrases.by_wait,
        "institution": facts.institution,
        "elsewhere": facts.elsewhere,
        "elsewhere_phone": _phone(facts.elsewhere_phone),
        "takes_over_on": texts.in_words(told.takes_over_on),
        "landlord": landlord,
        "provider": facts.provider,
        "team_phone": _phone(facts.team_phone),
        "landlord_phone": _phone(facts.landlord_phone) or or_us,
        "provider_phone": _phone(facts.provider_phone) or or_us,
    }


def _decision_due(facts: LetterFacts, texts: Texts) -> str:
    """Return by when the urgency is decided on; nothing where that is not to be decided, or no term runs."""
    phrases, by = texts.full_letter_phrase, facts.around.decide_by
    late = by is not None and by < facts.today
    return (phrases.decision_late if late else phrases.decision_due).format(by=texts.in_words(by)) if by else ""


def _home(rooms: int, texts: Texts) -> str:
    phrases = texts.full_letter_phrase
    return phrases.home_of_one if rooms == 1 else phrases.home.format(rooms=rooms) if rooms else ""


def _phone(number: str) -> str:
    return f": {number}" if number else ""


def _of_desk(desk: Desk | None) -> dict[str, str]:
    return {
        "desk": desk.name if desk else "",
        "phone": as_dialled(desk.phone) if desk else "",
        "hours": desk.hours if desk else "",
        "objections": desk.objections if desk else "",
        "online": (desk and desk.online) or "",
        "court": desk.court if desk else "",
        "court_address": desk.court_address if desk else "",
        "legal_help": as_dialled(desk.legal_help) if desk else "",
        "signatory": desk.signatory if desk else "",
        "signatory_title": desk.signatory_title if desk else "",
        "complaints": (desk and desk.complaints) or "",
        "ombudsman": (desk and desk.ombudsman) or "",
        "ombudsman_phone": as_dialled((desk and desk.ombudsman_phone) or ""),
        "privacy_phone": as_dialled((desk and desk.privacy_phone) or ""),
    }


class _Filled(dict[str, str]):
    """What the places in a letter are filled with. None of them may be empty, but for `MAY_BE_EMPTY`."""

    def __getitem__(self, name: str) -> str:
        value = super().__getitem__(name)
        if not value and name not in MAY_BE_EMPTY:
            raise Incomplete(name)
        return value
