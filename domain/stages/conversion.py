"""Stage 7, where the policy has it: the lease comes in the client's own name (omklappen).

Source: werkafspraken Thuis in de Wijk; after one to two years for a conversion lease, after two for a tripartite one.
For a temporary lease the same question is whether the client can stay or where to move on to. While it waits for that
day the mediation does nothing. The engine ends no lease.

Where the policy has it checked, what the landlord judges is an advice, and the municipality looks last.
"""

from datetime import date, datetime

from domain.facts.outcome import Stage
from domain.facts.parties import SYSTEM, Role, Whose
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import ConversionAnswer, ConversionCheckAnswer, Note
from domain.messages.effects import Audience, Letter
from domain.messages.told import Told
from domain.policy.agreements import AgreementKind
from domain.policy.policy import LeaseForm, Policy
from domain.state import events as e
from domain.state.draft import Draft
from domain.state.task_spec import AnySpec, Asked, TaskSpec
from domain.steps.ending import converts, go_on


def enter(d: Draft) -> None:
    """Ask the corporation on the day that the policy gives for this form of lease."""
    d.open(TaskKind.DECIDE_CONVERSION, due=_due(d, d.now))


def _due(d: Draft, asked_at: datetime) -> datetime:
    lease, calendar = d.m.lease, d.policy.calendar
    form = d.known(lease.form, "the form of the lease")
    day = calendar.add(d.known(lease.handed_over_on, "the day of the keys"), d.policy.conversion.after[form])
    usual = calendar.deadline(asked_at, d.policy.tasks[TaskKind.DECIDE_CONVERSION].due)
    return max(usual, calendar.closing(calendar.working_day_from(day)))


def count_again(d: Draft) -> None:
    """The keys came on another day than was known: it is decided on another day, unless it was put off before."""
    asked = d.m.open_of(TaskKind.DECIDE_CONVERSION)
    if asked and d.m.opened[TaskKind.DECIDE_CONVERSION] == 1 and d.m.lease.form in d.policy.conversion.after:
        due = _due(d, asked.opened_at)
        if due != asked.due:
            d.give_time(asked, due)


def decide_conversion(d: Draft, _task: Task, answer: ConversionAnswer) -> None:
    """The corporation has judged with the provider whether the goals are met. That decides, or it is the advice which
    the municipality checks next. Too early is too early: there is nothing to check.
    """
    checked = d.policy.conversion.checked
    match answer.result:
        case "converted" if checked:
            _advise(d, answer.on)
        case "converted":
            _convert(d, d.given(answer.on, "on"))
        case "extended":
            _look_again(d, d.policy.calendar.add(d.today, d.policy.conversion.extension), answer.note)
        case _:
            d.given(answer.note, "note")
            if checked:
                _advise(d, None)
            else:
                d.emit(e.ConversionLeft())
                go_on(d)


def _advise(d: Draft, on: date | None) -> None:
    d.emit(e.ConversionAdvised(on=on))
    d.open(TaskKind.CHECK_CONVERSION)


def check_conversion(d: Draft, _task: Task, answer: ConversionCheckAnswer) -> None:
    """The municipality agrees, has it looked at again later, or leaves the lease as it is. The landlord, who advised,
    hears which: of a later day by its own task.
    """
    d.require(d.by.user != SYSTEM, RuleName.PERSON_NEEDED)
    match answer.result:
        case "agreed":
            _convert(d, d.given(answer.on, "on"), checked=True)
        case "later":
            again = d.given(answer.again_on, "again_on")
            d.require(again > d.today, RuleName.REVIEW_IN_PAST, field="again_on")
            _look_again(d, again, answer.note)
        case "left":
            d.emit(e.ConversionLeft())
            told = Told(note=d.given(answer.note, "note"))
            d.letter(Letter.LEASE_NOT_CONVERTED, Audience.CLIENT, Audience.GUIDE, told=told)
            _tell_who_advised(d, Letter.LEASE_NOT_CONVERTED)
            go_on(d)


def _convert(d: Draft, on: date, *, checked: bool = False) -> None:
    d.emit(e.LeaseConverted(on=on))
    d.letter(Letter.LEASE_CONVERTED, Audience.CLIENT, Audience.GUIDE)
    if checked:
        _tell_who_advised(d, Letter.LEASE_CONVERTED, on)
    go_on(d)


def _tell_who_advised(d: Draft, letter: Letter, by: date | None = None) -> None:
    adviser = d.organisation(d.spec(TaskKind.DECIDE_CONVERSION).owner_under(d.policy))
    if adviser != d.m.parties.municipality:
        d.letter(letter, organisation=adviser, by=by)


def _look_again(d: Draft, on: date, why: Note | None) -> None:
    calendar = d.policy.calendar
    until = calendar.working_day_from(on)
    d.emit(e.ConversionExtended(until=until))
    d.open(TaskKind.DECIDE_CONVERSION, due=calendar.closing(until))
    d.letter(Letter.LEASE_CONVERSION_LATER, Audience.CLIENT, Audience.GUIDE, told=Told(note=why))


def converted_forms(policy: Policy) -> tuple[LeaseForm, ...]:
    """Return the forms of lease that may come in the client's own name, if partners agreed on that."""
    return tuple(form for form in policy.lease_forms if converts(policy, form))


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        ConversionAnswer,
        decide_conversion,
        group=Stage.CONVERSION,
        own_day=True,
        owner=Role.CORPORATION,
        owners=frozenset({Whose.COORDINATOR}),
        asked=Asked.LETTER,
        reachable=lambda policy: bool(converted_forms(policy)),
        agreements=(AgreementKind.CONVERSION,),
        mended_by=RuleName.CORRECT_WITH_NEXT,
        grounds=True,
    ),
    TaskSpec(
        ConversionCheckAnswer,
        check_conversion,
        group=Stage.CONVERSION,
        owners=frozenset({Whose.DESK}),
        reachable=lambda policy: policy.conversion.checked and bool(converted_forms(policy)),
        agreements=(AgreementKind.CONVERSION,),
        mended_by=RuleName.CORRECT_WITH_NEXT,
        grounds=True,
    ),
)
