"""A complaint of how somebody was treated (klacht, Awb chapter 9): it runs beside everything else, and stops nothing.

It is acknowledged at once, looked into by a person who did not act in the mediation, and answered within the law's
term, also when the mediation has ended. Only the complainant is told.
"""

from datetime import date

from domain.facts import terms
from domain.facts.complaints import FINDINGS, Complainant, Complaint, ComplaintResult, NotHandled, ToldComplaint
from domain.facts.outcome import Outcome
from domain.facts.parties import SYSTEM, OrganisationId
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import ComplaintAnswer, Note
from domain.messages.commands import FileComplaint
from domain.messages.effects import Audience, Letter, SendLetter
from domain.messages.told import Told
from domain.state import events as e
from domain.state.draft import Draft, RuleBroken
from domain.state.task_spec import AnySpec, Asked, Beside, TaskSpec, TaskTrack, remains

LETTER_OF_RESULT: dict[ComplaintResult, Letter] = {
    ComplaintResult.WELL_FOUNDED: Letter.COMPLAINT_ANSWERED,
    ComplaintResult.PARTLY_FOUNDED: Letter.COMPLAINT_ANSWERED,
    ComplaintResult.UNFOUNDED: Letter.COMPLAINT_ANSWERED,
    ComplaintResult.SETTLED: Letter.COMPLAINT_OVER,
    ComplaintResult.WITHDRAWN: Letter.COMPLAINT_OVER,
    ComplaintResult.NOT_HANDLED: Letter.COMPLAINT_NOT_HANDLED,
}
TO_PEOPLE = {Complainant.CLIENT: Audience.CLIENT, Complainant.GUIDE: Audience.GUIDE}


def file_complaint(d: Draft, command: FileComplaint) -> None:
    """A complaint came in: it is registered and acknowledged (Awb 9:6)."""
    received = command.received_on or d.today
    d.require(d.by_municipality or received == d.today, RuleName.NOT_YOURS)
    d.require(received <= d.today, RuleName.RECEIVED_IN_FUTURE, field="received_on", day=d.today)
    made_on = command.made_on or received
    d.require(made_on <= received, RuleName.RECEIVED_IN_FUTURE, field="made_on", day=received)
    term, calendar = d.policy.tasks[TaskKind.HANDLE_COMPLAINT].due, d.policy.calendar
    last = terms.complaint(calendar, received, term)
    filed = Complaint(
        id=f"complaint-{len(d.m.complaints) + 1}",
        complainant=command.complainant,
        organisation=_organisation(d, command),
        made_on=made_on,
        received_on=received,
        last_day=last,
        committee=last > terms.complaint(calendar, received),
    )
    d.emit(
        e.ComplaintFiled(
            complaint=filed.id,
            complainant=filed.complainant,
            organisation=filed.organisation,
            made_on=made_on,
            received_on=received,
            last_day=last,
            committee=filed.committee,
            note=command.note,
        )
    )
    d.open(TaskKind.HANDLE_COMPLAINT, about=filed.id, due=terms.end_of(calendar, last))
    _tell(d, Letter.COMPLAINT_RECEIVED, filed, note=command.note, by=last)


def _organisation(d: Draft, command: FileComplaint) -> OrganisationId | None:
    """Return which partner complains for itself. The guide's complaint is told by the institution."""
    mine = d.by.organisation
    if command.complainant is not Complainant.ORGANISATION:
        if command.organisation:
            raise RuleBroken(RuleName.ANSWER_CONTRADICTS, field="organisation", beside="complainant")
        own_guide = command.complainant is not Complainant.GUIDE or mine == d.m.parties.institution
        d.require(d.by_municipality or own_guide, RuleName.NOT_YOURS)
        return None
    if not d.by_municipality:
        d.require(command.organisation in {None, mine}, RuleName.NOT_YOURS)
        return mine
    named = d.given(command.organisation, "organisation")
    took_part = named in d.m.organisations() and named != d.m.parties.municipality
    d.require(took_part, RuleName.COMPLAINANT_UNKNOWN, field="organisation")
    return named


def handle_complaint(d: Draft, task: Task, answer: ComplaintAnswer) -> None:
    """Somebody who did not act in the mediation answered the complaint, or postpones the answer (Awb 9:7)."""
    d.require(d.by.user != SYSTEM, RuleName.PERSON_NEEDED)
    d.require(not d.acted, RuleName.HANDLER_INVOLVED)
    complaint = d.known(d.m.complaint(task.about), "the complaint")
    if answer.result is ComplaintResult.POSTPONED:
        _postpone(d, complaint, answer)
        return
    if answer.result is not ComplaintResult.WITHDRAWN:
        d.given(answer.note, "note")
    if answer.result in FINDINGS:
        _could_be_heard(d, complaint, answer)
    elif answer.result is ComplaintResult.NOT_HANDLED:
        _need_not_be_handled(d, complaint, answer)
    d.emit(
        e.ComplaintAnswered(
            complaint=complaint.id, result=answer.result, ground=answer.ground, hearing=answer.hearing, on=d.today
        )
    )
    _tell(d, LETTER_OF_RESULT[answer.result], complaint, answer=answer, note=answer.note)


def _postpone(d: Draft, complaint: Complaint, answer: ComplaintAnswer) -> None:
    """By four weeks at most and once; further only if the complainant agrees in writing (Awb 9:11 lid 2 and 3)."""
    note = d.given(answer.note, "note")
    last = complaint.last_day
    d.require(d.today <= last, RuleName.TERM_OVER, day=last)
    most = terms.complaint_later(d.policy.calendar, last)
    until = d.given(answer.until, "until") if answer.agreed else answer.until or most
    d.require(until > last, RuleName.NOT_LATER, field="until", day=last)
    if not answer.agreed:
        d.require(not complaint.postponed, RuleName.COMPLAINT_POSTPONED, field="agreed")
        d.require(until <= most, RuleName.COMPLAINT_POSTPONED, field="until")
    d.emit(e.ComplaintPostponed(complaint=complaint.id, last_day=until, agreed=answer.agreed))
    d.open(TaskKind.HANDLE_COMPLAINT, about=complaint.id, due=terms.end_of(d.policy.calendar, until))
    _tell(d, Letter.COMPLAINT_POSTPONED, complaint, answer=answer, note=note, by=until)


def _could_be_heard(d: Draft, complaint: Complaint, answer: ComplaintAnswer) -> None:
    """The complainant is heard, unless one of the exceptions of the law is so (Awb 9:10)."""
    if answer.hearing == "heard":
        heard_on = d.given(answer.heard_on, "heard_on")
        d.require(heard_on <= d.today, RuleName.HEARING_IN_FUTURE, field="heard_on")
        came_in = complaint.received_on
        d.require(heard_on >= came_in, RuleName.HEARD_BEFORE_COMPLAINT, field="heard_on", day=came_in)
    elif answer.heard_on:
        raise RuleBroken(RuleName.ANSWER_CONTRADICTS, field="heard_on", beside="hearing")
    if answer.hearing == "needless" and answer.result is not ComplaintResult.UNFOUNDED:
        raise RuleBroken(RuleName.ANSWER_CONTRADICTS, field="hearing", beside="result")


def _need_not_be_handled(d: Draft, complaint: Complaint, answer: ComplaintAnswer) -> None:
    """It is told within four weeks (Awb 9:8 lid 3)."""
    last = terms.complaint_left(d.policy.calendar, complaint.received_on)
    d.require(d.today <= last, RuleName.MUST_BE_HANDLED, day=last)
    if answer.ground is NotHandled.OVER_A_YEAR_AGO:
        happened = d.given(answer.happened_on, "happened_on")
        first = terms.year_before(d.policy.calendar, complaint.made_on)
        d.require(happened < first, RuleName.NOT_OVER_A_YEAR_AGO, field="happened_on", day=first)
    elif answer.happened_on:
        raise RuleBroken(RuleName.ANSWER_CONTRADICTS, field="happened_on", beside="ground")


def _tell(
    d: Draft,
    letter: Letter,
    complaint: Complaint,
    *,
    answer: ComplaintAnswer | None = None,
    note: Note | None = None,
    by: date | None = None,
) -> None:
    """Tell the complainant, and nobody else. Nobody writes to a client who died: what is left a person does."""
    told = Told(
        received_on=complaint.received_on,
        since=complaint.last_day if letter is Letter.COMPLAINT_POSTPONED else None,
        note=note,
        complaint=ToldComplaint(
            id=complaint.id,
            committee=complaint.committee,
            agreed=bool(answer and answer.agreed),
            result=answer.result if answer else None,
            ground=answer.ground if answer else None,
        ),
    )
    reader = TO_PEOPLE.get(complaint.complainant)
    if reader is None:
        d.letter(letter, organisation=complaint.organisation, told=told, by=by)
    elif reader is not Audience.CLIENT or d.m.outcome is not Outcome.DIED:
        d.letter(letter, reader, told=told, by=by)


def answers_complaint(letter: SendLetter) -> bool:
    """Tell whether a letter is the answer to a complaint."""
    return letter.letter in LETTER_OF_RESULT.values()


def answer_sent(d: Draft, letter: SendLetter, on: date) -> None:
    """The answer left for the complainant. One that came back and goes once more was sent the first time."""
    told = letter.told.complaint if letter.told else None
    complaint = d.m.complaint(told.id) if told else None
    if complaint and answers_complaint(letter) and complaint.sent_on is None:
        d.emit(e.ComplaintAnswerSent(complaint=complaint.id, on=on))


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        ComplaintAnswer,
        handle_complaint,
        group=Beside.RIGHTS,
        asked=Asked.LETTER,
        track=TaskTrack.ALONE,
        stays=remains,
        runs_on=True,
        grounds=True,
        mended_by=RuleName.CORRECT_BY_COMMAND,
    ),
)
