"""Stage 1: is the referral complete, and is the client ready to live independently? (aanmelding en gereedheid)"""

from domain.facts.clocks import ClockKind, Suspension
from domain.facts.conditions import Condition, condition
from domain.facts.outcome import HearingSubject, Stage
from domain.facts.parties import Role
from domain.facts.referral import Known, Track
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import IncompleteAnswer, Readiness, ReadinessAnswer, ReviewAnswer, SupplementAnswer
from domain.messages.commands import StartMediation
from domain.messages.effects import Letter
from domain.policy.policy import Policy
from domain.policy.scarce import PersonClaim
from domain.stages.origin import find_origin
from domain.state import events as e
from domain.state.draft import Draft, RuleBroken
from domain.state.mediation import Mediation
from domain.state.task_spec import AnySpec, Asked, TaskSpec
from domain.steps.hearing import intend


def start(d: Draft, command: StartMediation) -> None:
    """Refer a client."""
    policy = command.policy
    d.require(
        policy.municipality == command.parties.municipality and policy.in_force(policy.calendar.today(d.now)),
        RuleName.POLICY_NOT_IN_FORCE,
    )
    if not d.claim(PersonClaim(person=command.referral.person)):
        raise RuleBroken(RuleName.PERSON_HAS_OPEN_MEDIATION)
    d.emit(
        e.MediationStarted(
            mediation=command.mediation,
            referral=command.referral,
            parties=command.parties,
            policy_id=policy.id,
            policy_version=policy.version,
            policy_digest=policy.digest(),
        ),
    )
    d.start_clock(ClockKind.DECISION_TERM)
    d.letter(Letter.REFERRAL_RECEIVED, organisation=command.parties.institution)
    d.enter(Stage.READINESS)


def enter(d: Draft) -> None:
    """Ask the municipality to check the referral."""
    d.open(TaskKind.CHECK_READINESS)


def completeness(m: Mediation, policy: Policy) -> tuple[Condition, ...]:
    """Judge whether every required document is there."""
    return tuple(
        condition(
            f"document.{document.value}",
            document in m.referral.documents,
            fact="present" if document in m.referral.documents else "missing",
            norm="required",
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
            f"readiness.{item.value}",
            None if said is Known.UNKNOWN else said is Known.YES,
            fact=said.value,
            norm=Known.YES.value,
            advisory=said is Known.UNKNOWN,
        )
        for item, said in known.items()
    )


def eligibility(m: Mediation, policy: Policy) -> tuple[Condition, ...]:
    """Judge whether the client is of a target group for which this municipality mediates."""
    group = m.referral.target_group
    groups = ", ".join(one.value for one in policy.target_groups)
    return (condition("target_group", group in policy.target_groups, fact=group.value, norm=groups),)


def check_readiness(d: Draft, _task: Task, answer: ReadinessAnswer) -> None:
    """The municipality has checked the referral."""
    if answer.checklist:
        d.emit(e.ReadinessChecked(checklist=answer.checklist))
    tested = d.m.referral.track is not Track.HOUSING_FIRST
    asked = answer.result in {Readiness.NOT_READY, Readiness.OTHER_ROUTE}
    d.require(tested or not asked, RuleName.NO_READINESS_TEST)
    match answer.result:
        case Readiness.READY:
            d.require_all(eligibility(d.m, d.policy), RuleName.TARGET_GROUP_NOT_ELIGIBLE)
            d.require_all(completeness(d.m, d.policy), RuleName.DOCUMENTS_MISSING)
            d.require_all(readiness(d.m, d.policy), RuleName.CLIENT_NOT_READY)
            find_origin(d)
        case Readiness.NOT_ELIGIBLE:
            d.given(answer.note, "note")
            intend(d, HearingSubject.NOT_ELIGIBLE)
        case Readiness.INCOMPLETE if d.m.supplement_asked:
            d.open(TaskKind.DECIDE_INCOMPLETE)
        case Readiness.INCOMPLETE:
            d.require(bool(answer.missing), RuleName.ANSWER_INCOMPLETE, field="missing")
            _ask_supplement(d)
        case Readiness.NOT_READY:
            review = answer.review_on
            d.require(review is None or review > d.today, RuleName.REVIEW_IN_PAST, field="review_on")
            _suspend(d)
            calendar = d.policy.calendar
            due = calendar.closing(calendar.working_day_from(review)) if review else None
            d.open(TaskKind.REVIEW_READINESS, due=due)
        case Readiness.OTHER_ROUTE:
            d.given(answer.note, "note")
            intend(d, HearingSubject.NOT_READY)


def supplement(d: Draft, _task: Task, answer: SupplementAnswer) -> None:
    """The institution sent what was missing."""
    d.emit(e.DocumentsSupplied(documents=answer.documents))
    _resume(d)
    d.cancel(TaskKind.DECIDE_INCOMPLETE)
    d.open(TaskKind.CHECK_READINESS)


def supplement_overdue(d: Draft, _task: Task) -> None:
    """The supplement did not come in time: a person decides what follows."""
    d.open_once(TaskKind.DECIDE_INCOMPLETE)


def decide_incomplete(d: Draft, _task: Task, answer: IncompleteAnswer) -> None:
    """The municipality decides on a referral that stays incomplete."""
    asked = d.m.open_of(TaskKind.SUPPLEMENT)
    if answer.decision == "more_time" and asked:
        d.give_time(asked)
    elif answer.decision == "more_time":
        _ask_supplement(d)
    else:
        d.cancel(TaskKind.SUPPLEMENT)
        _resume(d)
        intend(d, HearingSubject.NOT_PROCESSED)


def review(d: Draft, _task: Task, answer: ReviewAnswer) -> None:
    """The institution looked again whether the client is ready."""
    d.require(not (answer.ready and answer.give_up), RuleName.ANSWER_CONTRADICTS, field="give_up")
    if answer.checklist:
        d.emit(e.ReadinessChecked(checklist=answer.checklist))
    if answer.ready or answer.give_up:
        _resume(d)
        d.open(TaskKind.CHECK_READINESS)
    else:
        d.open(TaskKind.REVIEW_READINESS)


def _ask_supplement(d: Draft) -> None:
    _suspend(d)
    d.open(TaskKind.SUPPLEMENT)


def _suspend(d: Draft) -> None:
    d.suspend_clock(ClockKind.DECISION_TERM, Suspension.SUPPLEMENT)


def _resume(d: Draft) -> None:
    d.resume_clock(ClockKind.DECISION_TERM)


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(ReadinessAnswer, check_readiness, group=Stage.READINESS),
    TaskSpec(
        SupplementAnswer,
        supplement,
        group=Stage.READINESS,
        owner=Role.INSTITUTION,
        asked=Asked.LETTER,
        overdue=supplement_overdue,
    ),
    TaskSpec(IncompleteAnswer, decide_incomplete, group=Stage.READINESS, runs_on=True),
    TaskSpec(ReviewAnswer, review, group=Stage.READINESS, owner=Role.INSTITUTION, asked=Asked.LETTER),
)
