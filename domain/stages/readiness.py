"""Stage 1: is the referral complete, and is the client ready to live independently? (aanmelding en gereedheid)"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from domain.facts.calendar import Term, TermUnit
from domain.facts.clocks import ClockKind, Suspension
from domain.facts.conditions import (
    Comparison,
    Condition,
    ConditionName,
    ConditionUnit,
    Measured,
    Norm,
    all_met,
    condition,
)
from domain.facts.names import comparable
from domain.facts.outcome import HearingSubject, Stage
from domain.facts.parties import OrganisationId, Role
from domain.facts.referral import Document, DwellingNeeds, Known, Track, TransferredFrom
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import IncompleteAnswer, Note, Readiness, ReadinessAnswer, ReviewAnswer, SupplementAnswer
from domain.messages.commands import StartMediation
from domain.messages.effects import Audience, Letter
from domain.messages.told import Told
from domain.policy.groups import is_of
from domain.policy.policy import Policy
from domain.policy.scarce import PersonClaim
from domain.stages.origin import find_origin
from domain.state import events as e
from domain.state.decision import Basis
from domain.state.draft import Draft, RuleBroken
from domain.state.mediation import Mediation
from domain.state.task_spec import AnySpec, Asked, Lack, TaskSpec
from domain.steps.hearing import intend
from domain.steps.terms import in_time_not_to_process

OLDEST = Term(amount=12, unit=TermUnit.MONTHS)
"""How long ago a referral may have come in that is entered now: anything else is a slip of the pen."""
STANDSTILL: Mapping[str | None, Suspension] = {"consent": Suspension.CONSENT, "applicant": Suspension.APPLICANT}
"""Why the decision term may stand still while a client is not ready."""


def start(d: Draft, command: StartMediation) -> None:
    """Refer a client."""
    policy = command.policy
    d.require(
        policy.municipality == command.parties.municipality and policy.in_force(policy.calendar.today(d.now)),
        RuleName.POLICY_NOT_IN_FORCE,
    )
    districts_agree(d, command.referral.needs)
    from_elsewhere(d, command.referral.transferred_from, command.parties.municipality)
    own = command.by.organisation == command.parties.municipality
    d.require(own or not command.test, RuleName.NOT_YOURS, field="test")
    d.emit(
        e.MediationStarted(
            mediation=command.mediation,
            referral=command.referral,
            parties=command.parties,
            policy_id=policy.id,
            policy_version=policy.version,
            policy_digest=policy.digest(),
            ended_before=command.ended_before,
            identity_differs=command.identity_differs,
            test=command.test,
        ),
    )
    if not d.claim(PersonClaim(person=command.referral.person)):
        raise RuleBroken(RuleName.PERSON_HAS_OPEN_MEDIATION)
    d.start_clock(ClockKind.DECISION_TERM, _received(d, command))
    if command.parties.institution:
        d.letter(Letter.REFERRAL_RECEIVED, organisation=command.parties.institution)
    d.letter(Letter.REFERRAL_RECEIVED, Audience.CLIENT, Audience.GUIDE)
    d.enter(Stage.READINESS)


def districts_agree(d: Draft, needs: DwellingNeeds) -> None:
    """Refuse a district in which the client wants to live and must not."""
    barred = {comparable(one) for one in (*needs.excluded_districts, *needs.unsafe_districts)}
    both = [one for one in needs.wanted_districts if comparable(one) in barred]
    d.require(not both, RuleName.DISTRICT_BARRED, field="needs.wanted_districts")


def from_elsewhere(d: Draft, before: TransferredFrom | None, municipality: OrganisationId) -> None:
    """Refuse this municipality as the one where another mediated before."""
    another = before is None or before.municipality != municipality
    d.require(another, RuleName.TRANSFER_TO_SELF, field="transferred_from.municipality")


def _received(d: Draft, command: StartMediation) -> datetime:
    """Return from when the decision term runs: from the day on which the referral came in (Awb 4:13). That it came in
    before today is the municipality's to say: a penalty hangs on it.
    """
    on = command.received_on or d.today
    d.require(on == d.today or d.by_municipality, RuleName.NOT_YOURS)
    oldest = d.policy.calendar.subtract(d.today, OLDEST)
    d.require(on <= d.today, RuleName.RECEIVED_IN_FUTURE, field="received_on", day=d.today)
    d.require(on >= oldest, RuleName.RECEIVED_TOO_LONG_AGO, field="received_on", day=oldest)
    return d.now if on == d.today else d.policy.calendar.opening(on)


def enter(d: Draft) -> None:
    """Ask the municipality to check the referral."""
    d.open(TaskKind.CHECK_READINESS)


def completeness(m: Mediation, policy: Policy) -> tuple[Condition, ...]:
    """Judge whether every required document is there."""
    return tuple(
        condition(
            ConditionName.DOCUMENT,
            document in m.referral.documents,
            found=Measured(unit=ConditionUnit.YES_NO, value=document in m.referral.documents),
            asked=Norm(comparison=Comparison.IS, value=True),
            item=document,
        )
        for document in policy.required_documents
    )


def readiness(m: Mediation, policy: Policy) -> tuple[Condition, ...]:
    """Judge whether the client is ready: nothing may be lacking. What is not known is said, and bars nothing."""
    if m.referral.track is Track.HOUSING_FIRST:
        return ()
    known = {item: m.referral.checklist.said_of(item) for item in policy.readiness_items}
    return tuple(
        condition(
            ConditionName.READINESS,
            None if said is Known.UNKNOWN else said is Known.YES,
            found=Measured(unit=ConditionUnit.KNOWN, value=said.value),
            asked=Norm(comparison=Comparison.IS, value=Known.YES.value),
            advisory=said is Known.UNKNOWN,
            item=item,
        )
        for item, said in known.items()
    )


def eligibility(m: Mediation, policy: Policy) -> tuple[Condition, ...]:
    """Judge whether the client is of a target group for which this municipality mediates."""
    holds = is_of(m.referral, policy.target_groups, policy.groups)
    found = Measured(unit=ConditionUnit.TARGET_GROUP, value=m.referral.groups)
    asked = Norm(comparison=Comparison.AMONG, value=policy.target_groups)
    return (condition(ConditionName.TARGET_GROUP, holds, found=found, asked=asked, advisory=holds is None),)


def exclusion(m: Mediation, policy: Policy, today: date) -> tuple[Condition, ...]:
    """Judge whether an earlier mediation of the client bars a new one for now (the policy's `[exclusions]`)."""
    terms = {end.outcome: term for end, term in policy.exclusions.items()}
    over = {one: policy.calendar.add(one.on, terms[one.outcome]) for one in m.ended_before if one.outcome in terms}
    return tuple(
        condition(
            ConditionName.EXCLUSION,
            until <= today,
            found=Measured(unit=ConditionUnit.OUTCOME, value=one.outcome.value, on=one.on),
            asked=Norm(comparison=Comparison.FROM_DAY, value=until.isoformat(), unit=ConditionUnit.DAY),
        )
        for one, until in over.items()
    )


def check_readiness(d: Draft, _task: Task, answer: ReadinessAnswer) -> None:
    """The municipality has checked the referral."""
    if answer.checklist:
        d.emit(e.ReadinessChecked(checklist=answer.checklist))
    tested = d.m.referral.track is not Track.HOUSING_FIRST
    asked = answer.result in {Readiness.NOT_READY, Readiness.OTHER_ROUTE}
    d.require(tested or not asked, RuleName.NO_READINESS_TEST)
    match answer.result:
        case Readiness.READY:
            # the number may be mistyped: then this is another client, of whom nothing known before may be said
            known = not d.m.identity_differs or answer.note is not None
            d.require(known, RuleName.IDENTITY_DIFFERS, field="note")
            d.require_all(eligibility(d.m, d.policy), RuleName.TARGET_GROUP_NOT_ELIGIBLE)
            d.require_all(exclusion(d.m, d.policy, d.today), RuleName.EXCLUDED)
            d.require_all(completeness(d.m, d.policy), RuleName.DOCUMENTS_MISSING)
            d.require_all(readiness(d.m, d.policy), RuleName.CLIENT_NOT_READY)
            find_origin(d)
        case Readiness.NOT_ELIGIBLE:
            intend(d, HearingSubject.NOT_ELIGIBLE, Basis(notes=(d.given(answer.note, "note"),)))
        case Readiness.INCOMPLETE if not _may_ask(d, again=False):  # asked often enough: what now is for a person
            d.open(TaskKind.DECIDE_INCOMPLETE)
        case Readiness.INCOMPLETE:
            d.require(bool(answer.missing), RuleName.ANSWER_INCOMPLETE, field="missing")
            unnamed = _unnamed(d, answer.missing)
            if unnamed:
                raise RuleBroken(RuleName.DOCUMENTS_NOT_NAMED, unnamed, field="missing")
            _ask_supplement(d, answer.missing)
        case Readiness.NOT_READY:
            review = answer.review_on
            d.require(review is None or review > d.today, RuleName.REVIEW_IN_PAST, field="review_on")
            d.suspend_clock(ClockKind.DECISION_TERM, STANDSTILL.get(answer.standstill))
            calendar = d.policy.calendar
            due = calendar.closing(calendar.working_day_from(review)) if review else None
            _wait(d, due, answer.note)
        case Readiness.OTHER_ROUTE:
            intend(d, HearingSubject.NOT_READY, Basis(notes=(d.given(answer.note, "note"),)))


def _unnamed(d: Draft, named: tuple[Document, ...]) -> tuple[Condition, ...]:
    """Return which required documents are missing and not named, where one that is there is: that one may have to come
    anew, but not in the place of what is missing.
    """
    names = {f"{ConditionName.DOCUMENT}.{one.value}" for one in named}
    unnamed = tuple(one for one in completeness(d.m, d.policy) if not all_met((one,)) and one.name not in names)
    return unnamed if set(named) & set(d.m.referral.documents) else ()


def supplement(d: Draft, task: Task, answer: SupplementAnswer) -> None:
    """The institution sent what was missing, or a part of it: the rest stays asked for, until the same day."""
    # what is asked for must be among what was sent: a paper that was there may have been asked for anew
    lacking = tuple(one for one in asked_for(task) if one not in answer.documents)
    counted = d.policy.supplement_rounds is not None
    d.emit(e.DocumentsSupplied(documents=answer.documents, complete_on=d.today if counted and not lacking else None))
    if not lacking:
        _resume(d, d.today)
        d.cancel(TaskKind.DECIDE_INCOMPLETE)
        d.open(TaskKind.CHECK_READINESS)
    elif not task.overdue:
        _tell_missing(d, d.open(TaskKind.SUPPLEMENT, about=_codes(lacking), due=task.due), lacking)


def supplement_overdue(d: Draft, task: Task) -> None:
    """The supplement did not come in time: the decision term runs on, and a person decides what follows."""
    if d.policy.supplement_rounds is not None:
        _resume(d, d.policy.calendar.today(task.due))
    d.open_once(TaskKind.DECIDE_INCOMPLETE)


def decide_incomplete(d: Draft, _task: Task, answer: IncompleteAnswer) -> None:
    """The municipality decides on a referral that stays incomplete."""
    asked = d.m.open_of(TaskKind.SUPPLEMENT)
    match answer.decision:
        case "more_time":
            d.require(_may_ask(d, again=True), RuleName.SUPPLEMENT_ASKED_BEFORE, field="decision")
            if asked:
                d.suspend_clock(ClockKind.DECISION_TERM, Suspension.SUPPLEMENT)
                d.give_time(asked)
                _tell_missing(d, d.open_task(asked.id), asked_for(asked))
            else:
                _ask_supplement(d, asked_for(d.m.supplement))
        case "not_processed":
            in_time_not_to_process(d)
            d.cancel(TaskKind.SUPPLEMENT)
            _resume(d, d.today)
            intend(d, HearingSubject.NOT_PROCESSED, Basis(notes=(answer.note,) if answer.note else ()))
        case "process":
            d.cancel(TaskKind.SUPPLEMENT)
            _resume(d, d.today)
            d.open(TaskKind.CHECK_READINESS)


def review(d: Draft, _task: Task, answer: ReviewAnswer) -> None:
    """The institution looked again whether the client is ready."""
    if answer.checklist:
        d.emit(e.ReadinessChecked(checklist=answer.checklist))
    if answer.ready or answer.give_up:
        _resume(d, d.today)
        d.open(TaskKind.CHECK_READINESS)
    else:
        _consent_over(d, d.today)
        _wait(d, why=answer.note)


def _wait(d: Draft, due: datetime | None = None, why: Note | None = None) -> None:
    """Have the institution look again whether the client is ready, and tell the client when, and why."""
    task = d.open(TaskKind.REVIEW_READINESS, due=due)
    d.letter(Letter.NOT_READY_YET, Audience.CLIENT, Audience.GUIDE, task=task, told=Told(note=why))


def review_overdue(d: Draft, task: Task) -> None:
    """The day until which the client agreed to wait is over: from the next day the decision term runs on."""
    _consent_over(d, d.policy.calendar.today(task.due) + timedelta(days=1))


def asked_for(task: Task | None) -> tuple[Document, ...]:
    """Return the documents that a supplement asks for."""
    return tuple(Document(code) for code in (task.about if task and task.about else "").split())


def _codes(documents: tuple[Document, ...]) -> str | None:
    return " ".join(documents) or None


def _may_ask(d: Draft, *, again: bool) -> bool:
    """Tell whether what is missing may be asked for once more. Policies of before that was counted ask once, and again
    whenever the municipality gives more time.
    """
    most = d.policy.supplement_rounds
    return (again or not d.m.supplement_asked) if most is None else d.m.supplement_rounds < most


def _ask_supplement(d: Draft, missing: tuple[Document, ...]) -> None:
    d.suspend_clock(ClockKind.DECISION_TERM, Suspension.SUPPLEMENT)
    task = d.open(TaskKind.SUPPLEMENT, about=_codes(missing) if d.policy.supplement_rounds is not None else None)
    _tell_missing(d, task, missing)


def _tell_missing(d: Draft, task: Task, missing: tuple[Document, ...]) -> None:
    """Tell the client what is asked of the institution, and by when."""
    if missing:
        d.letter(Letter.SUPPLEMENT_ASKED, Audience.CLIENT, Audience.GUIDE, task=task, told=Told(missing=missing))


def _resume(d: Draft, on: date) -> None:
    d.resume_clock(ClockKind.DECISION_TERM, on)


def _consent_over(d: Draft, on: date) -> None:
    clock = d.m.clock(ClockKind.DECISION_TERM)
    if clock and clock.suspended_for is Suspension.CONSENT:
        _resume(d, on)


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        ReadinessAnswer,
        check_readiness,
        group=Stage.READINESS,
        mended_by=RuleName.CORRECT_BY_STEP_BACK,
        grounds=True,
    ),
    TaskSpec(
        SupplementAnswer,
        supplement,
        group=Stage.READINESS,
        owner=Role.INSTITUTION,
        asked=Asked.LETTER,
        overdue=supplement_overdue,
        lack=Lack.PAPERS,
        mended_by=RuleName.CORRECT_BY_STEP_BACK,
    ),
    TaskSpec(
        IncompleteAnswer,
        decide_incomplete,
        group=Stage.READINESS,
        runs_on=True,
        lack=Lack.PAPERS,
        mended_by=RuleName.CORRECT_BY_STEP_BACK,
        grounds=True,
    ),
    TaskSpec(
        ReviewAnswer,
        review,
        group=Stage.READINESS,
        own_day=True,
        owner=Role.INSTITUTION,
        asked=Asked.LETTER,
        overdue=review_overdue,
        lack=Lack.READINESS,
        mended_by=RuleName.CORRECT_BY_STEP_BACK,
    ),
)
