"""Every letter in every language, as it is sent; `python -m tests.letters` writes the golden files anew."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from activities.letters.wording.around import Around
from activities.letters.wording.long import PARTS, LetterFacts, write_long
from activities.letters.wording.writing import Names, write
from domain.facts.complaints import ComplaintResult, NotHandled, ToldComplaint
from domain.facts.outcome import HearingSubject
from domain.facts.referral import Document
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages.answers import AlternativeForm, DecisionReason, UrgencyCondition
from domain.messages.effects import Appointment, Audience, Letter, SendLetter
from domain.messages.told import Meanwhile, NotHeard, Told
from domain.policy.queue import Precedence
from domain.steps.decision_letter import ON_THE_WAY
from tests.town import DESK
from texts import Language, of

GOLDEN = Path(__file__).parent / "golden"
SENT = date(2026, 3, 9)
"""A Monday: one may object until and including Monday 20 April 2026."""
NAMES = Names("Gemeente Almere", "Wijkteam Stad en Haven", SENT, DESK)
FACTS = LetterFacts(
    today=SENT,
    desk=DESK,
    around=Around(
        subject=HearingSubject.NEGATIVE_ASSESSMENT,
        valid_to=date(2026, 12, 1),
        decide_by=date(2026, 4, 30),
        looked_at=date(2026, 6, 15),
        most_refusals=2,
        rooms=2,
        rent_cents=64_218,
        converted_on=date(2026, 4, 1),
        order=tuple(Precedence),
    ),
    motivation="In januari woonde u vier weken op proef. Eten en post lukten toen nog niet zonder hulp.",
    institution="De Wending",
    elsewhere="Utrecht",
    elsewhere_phone="030 123 4567",
    landlord="Woonstede",
    provider="Nabij",
    team_phone="036 123 4567",
    landlord_phone="036 765 4321",
    provider_phone="036 111 2233",
)
TOLD = Told(
    decided_on=SENT,
    takes_over_on=date(2026, 4, 1),
    reasons=(DecisionReason.SKILLS,),
    note="note-0123456789abcdef",
    hearing="heard",
    heard_on=date(2026, 2, 26),
    ground="artikel 4 van de Huisvestingsverordening Almere 2024",
    living_form=AlternativeForm.SHELTERED,
    counted_refusals=1,
    asked_on=date(2026, 2, 2),
    asked_until=date(2026, 2, 16),
    missing=(Document.IDENTITY, Document.INCOME_STATEMENT),
    received_on=date(2026, 3, 5),
    meanwhile=Meanwhile.ENDED,
    since=date(2026, 5, 29),
)
ON_ITS_WAY = replace(
    TOLD,
    decision="refusal_judged-1",
    until=date(2026, 12, 1),
    conditions=(UrgencyCondition.BUDGET_MANAGEMENT, UrgencyCondition.DAY_ACTIVITY),
    most_refusals=2,
)
"""Of a decision with which the mediation goes on."""
COMPLAINED = replace(
    TOLD, complaint=ToldComplaint(id="complaint-1", committee=True, agreed=True, result=ComplaintResult.PARTLY_FOUNDED)
)
ABOUT_A_COMPLAINT = {
    Letter.COMPLAINT_RECEIVED: COMPLAINED,
    Letter.COMPLAINT_POSTPONED: COMPLAINED,
    Letter.COMPLAINT_ANSWERED: COMPLAINED,
    Letter.COMPLAINT_NOT_HANDLED: replace(
        COMPLAINED,
        complaint=ToldComplaint(
            id="complaint-1", result=ComplaintResult.NOT_HANDLED, ground=NotHandled.OPEN_TO_OBJECTION
        ),
    ),
    Letter.COMPLAINT_OVER: replace(
        COMPLAINED, complaint=ToldComplaint(id="complaint-1", result=ComplaintResult.WITHDRAWN)
    ),
}
NOT_HEARD = {
    Letter.OBJECTION_UPHELD: NotHeard.WELL_FOUNDED,
    Letter.OBJECTION_DISMISSED: NotHeard.WAIVED,
    Letter.OBJECTION_INADMISSIBLE: NotHeard.INADMISSIBLE,
}
"""Why nobody was heard on the objection."""
PEOPLE = frozenset({Letter.OBJECTION_DECIDED})
"""Letters of one message that people got, in an earlier release."""
DAY = date(2026, 6, 9)
LATE = date(2026, 3, 6)
"""A day that is over: nobody is asked anything by it."""


def golden_letters() -> dict[str, str]:
    """Return every golden file by its name."""
    found = {}
    for language in Language:
        for letter in Letter:
            written = (*_written(letter, language), *_long(letter, language))
            found[f"{letter.value}.{language.value}.txt"] = "\n".join(written)
        found[f"tasks.{language.value}.txt"] = "".join(
            f"{kind.value}: {words.do}\n" for kind, words in sorted(of(language).task.items())
        )
    return found


def _written(letter: Letter, language: Language) -> Iterator[str]:
    """A letter to an organisation; to people as well, where they get no letter of several parts."""
    if letter not in of(language).letter:
        return
    for reader in ("an-organisation", *(() if letter in PARTS or letter not in PEOPLE else Audience)):
        text = write(_effect(letter), "m-0123456789", reader, NAMES, language)
        yield f"To: {reader}\nSubject: {text.subject}\n\n{text.body}"
    if of(language).letter[letter].late:
        text = write(replace(_effect(letter), by=LATE), "m-0123456789", "team", NAMES, language)
        yield f"To: its owner, too late\nSubject: {text.subject}\n\n{text.body}"


SAY_WHY = frozenset({Letter.NOT_PROCESSED, Letter.ENDED_LONG_ABSENCE, Letter.LEASE_NOT_CONVERTED})
"""Letters that say why by themselves, before the words of a person."""


def told_of(letter: Letter) -> Told:
    """What the letter of a kind tells."""
    if letter in NOT_HEARD:
        late_after = date(2026, 3, 4) if letter is Letter.OBJECTION_INADMISSIBLE else None
        return replace(TOLD, not_heard=NOT_HEARD[letter], late_after=late_after)
    if letter in SAY_WHY:
        return replace(TOLD, reasons=())
    return ABOUT_A_COMPLAINT.get(letter, ON_ITS_WAY if letter in ON_THE_WAY.values() else TOLD)


def _long(letter: Letter, language: Language) -> Iterator[str]:
    """A letter of several parts goes to the client, the guide or both; a decision that ended it to the client first."""
    if letter not in PARTS:
        return
    parts, guide = PARTS[letter], of(language).full_letter[letter].guide
    readers = [Audience.CLIENT] if parts else []
    readers += [Audience.GUIDE] if guide or not parts else []
    told = told_of(letter)
    for reader in readers:
        effect = replace(_effect(letter), told=told)
        text = write_long(effect, "m-0123456789", reader, NAMES.municipality, FACTS, of(language))
        yield f"To: {reader}\nSubject: {text.subject}\n\n{text.body}"


def _effect(letter: Letter) -> SendLetter:
    late = letter is Letter.TASK_ESCALATED
    viewing = letter in {Letter.APPOINTMENT_MOVED, Letter.APPOINTMENT_OFF, Letter.VIEWING_PLANNED}
    kind = TaskKind.HOLD_VIEWING if viewing else TaskKind.ANSWER_OFFER
    appointment = Appointment(name="viewing-1", kind=kind, sequence=12, on=DAY) if viewing else None
    return SendLetter(
        letter=letter, task="t-1", task_kind=kind, by=LATE if late else DAY, owner="team", appointment=appointment
    )
