"""Both cities are proved sound; a policy or a rule that was broken on purpose is found, with the path that shows it."""

import dataclasses
import sys
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any, cast

import pytest
from typer.testing import CliRunner

from cli import application
from domain.beside import heard, withdrawn_offer
from domain.beside.heard import OF_THE_SIDE
from domain.decide.catalogue import ENTRIES, SPECS
from domain.decide.commands import COMMANDS
from domain.decide.decide import Decided, decide
from domain.decide.permits import WHO_OFFERED
from domain.facts.absences import AbsenceKind
from domain.facts.calendar import Term
from domain.facts.clocks import ClockKind
from domain.facts.outcome import HearingSubject, Outcome, Stage
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.messages.answers import (
    AssessmentAnswer,
    AssessmentResult,
    DecisionReason,
    HearingResult,
    KeysAnswer,
    KnownFrom,
    ObjectionResult,
    RefusalReason,
    TaskAnswer,
    UrgencyDecisionAnswer,
)
from domain.messages.commands import AddNote, AnyCommand, Disputed, Withdraw, WithdrawOffer
from domain.policy.policy import CountsAt, Policy
from domain.policy.queue import Turn
from domain.stages import assessment, offer
from domain.state import events as e
from domain.state.command_spec import CommandSpec
from domain.state.decision import Basis, EarlierDecision
from domain.state.draft import Draft
from domain.state.mediation import OfferState
from domain.steps.ending import cancel_of_offer, end
from policy_tools.check import check
from policy_tools.prove import abstraction, claims, queue
from policy_tools.prove.abstraction import key, like_number
from policy_tools.prove.choices import ChoiceContext
from policy_tools.prove.classes import Classes
from policy_tools.prove.explore import Exploration
from policy_tools.prove.moves import answers
from policy_tools.prove.nodes import Flaw, Node, ProofStep
from policy_tools.prove.proof import FIELDS, prove, referrals, report, switched_off
from runtime.policy_files import text_of
from tests.domain.case import NOTE, Case, along, main_road, policy_of
from tests.policies.test_describe import GORZEN

decide_module = sys.modules[decide.__module__]
Change = Callable[[pytest.MonkeyPatch], None]


@pytest.mark.slow("every way through two cities is gone")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("city", ["almere", "amersfoort"])
def test_a_city_is_sound_and_every_end_and_task_is_reached(city: str) -> None:
    proof = prove(policy_of(city))
    assert proof.flaws == ()
    off = switched_off(proof.policy)
    assert proof.outcomes == set(Outcome) - off
    assert proof.tasks == set(TaskKind) - off
    assert proof.states > 3000


def test_a_city_of_other_target_groups_is_followed_from_a_client_whom_it_helps_and_one_whom_it_does_not() -> None:
    policy = check(text_of(GORZEN)).policy
    assert "sheltered_living" not in policy.target_groups
    helped = {said: start.referral.target_group in policy.target_groups for said, start, _ in referrals(policy)}
    assert helped["a complete referral"]
    assert not helped["a referral of a group that is not eligible"]


def test_a_class_of_answers_is_tried_by_one_that_was_seen_to_lead_elsewhere() -> None:
    classes, here, there = Classes(), ("here",), (("there",), ())
    classes.learn("assess", {"another: like b": there, "another: b": there}, {"another: b"}, here)
    assert classes.chosen["assess"] == {"another: b"}, "what is only taken to be like it may be refused"


@pytest.mark.parametrize(("upto", "apart"), [("plan_support", True), ("keys", False)])
def test_how_a_home_was_found_is_told_apart_until_the_client_has_the_keys(upto: str, apart: bool) -> None:
    case = along("almere", upto=upto)
    m = case.m
    others = (
        replace(m, candidates=()),
        replace(m, decisions=(_not_extended(case),)),
    )
    seen = key(m, case.policy, case.now)
    assert [key(other, case.policy, case.now) != seen for other in others] == [apart] * len(others)


def _not_extended(case: Case) -> EarlierDecision:
    return EarlierDecision(id="not_extended-1", subject=Disputed.NOT_EXTENDED, on=case.today)


def _to_be_heard(subject: HearingSubject, invited: bool) -> Case:
    """A client who is away, for whom a home was sought; some weeks later, and what comes in between falls away."""
    case = along("almere", upto="list").away(AbsenceKind.READMISSION)
    was = along("almere", upto="ready").answer(AssessmentAnswer(result=AssessmentResult.NEGATIVE, note=NOTE))
    hearing = replace(was.task(TaskKind.HEAR_CLIENT), about=subject.value, awaits_letter=not invited)
    case.state = replace(case.m, tasks=(*case.m.tasks, hearing), step_back_to=Stage.ASSESSMENT)
    case.now += timedelta(weeks=4)
    return case


def _heard(case: Case) -> dict[str, set[object]]:
    """Return the states that a hearing leads to, by whether the client was heard, stayed away or gave it up."""
    known, found = ChoiceContext(case.m, case.policy, case.now), dict[str, set[object]]()
    for move in answers(known, case.task(TaskKind.HEAR_CLIENT)):
        command = move.make()
        decided = decide(case.m, command, case.policy, case.now) if command else None
        if isinstance(decided, Decided):
            reached = found.setdefault(command.answer.hearing, set())
            reached.add(key(decided.state, case.policy, case.now))
    return found


@pytest.mark.parametrize("subject", HearingSubject)
def test_what_follows_on_a_hearing_that_was_missed_beside_an_absence_follows_on_one_that_was_held(
    subject: HearingSubject,
) -> None:
    told, untold = _to_be_heard(subject, invited=True), _to_be_heard(subject, invited=False)
    apart = key(told.m, told.policy, told.now) != key(untold.m, untold.policy, untold.now)
    assert apart == (subject in OF_THE_SIDE), "only of what is heard beside the main track it is told apart"
    after, uninvited = _heard(told), _heard(untold)
    assert "did_not_appear" not in uninvited
    assert after["did_not_appear"] <= uninvited["heard"]


def test_on_the_main_track_it_is_told_apart_whether_the_client_was_invited() -> None:
    case = along("almere", upto="ready").answer(AssessmentAnswer(result=AssessmentResult.NEGATIVE, note=NOTE))
    invited = replace(case.m, tasks=tuple(replace(task, awaits_letter=False) for task in case.m.tasks))
    assert key(invited, case.policy, case.now) != key(case.m, case.policy, case.now)


@pytest.mark.parametrize(("beside", "apart"), [((), True), ((TaskKind.HEAR_CLIENT,), False)])
def test_each_number_of_refusals_is_told_apart_while_nothing_is_asked_but_about_a_home(
    beside: tuple[TaskKind, ...], apart: bool
) -> None:
    case = along("almere", upto="match", policy=_allowing(9, main_road("almere")))
    refused = replace(case.m.offers[0], state=OfferState.REFUSED_INVALID)
    asked = tuple(replace(case.m.tasks[0], kind=kind) for kind in beside)
    m = replace(case.m, tasks=(*case.m.tasks, *asked))
    keys = [key(replace(m, offers=(*[refused] * n, *m.offers)), case.policy, case.now) for n in range(10)]
    between = 1 if not apart else 6
    assert len(set(keys)) == 4 + between, "none, one, the last but one and the last are told apart anywhere"


def test_an_objection_to_a_decision_that_is_not_told_apart_is_still_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    case = along("almere", upto="keys")
    m = replace(case.m, decisions=(_not_extended(case),))

    def breaks_down(_d: Draft, _task: Task, answer: Any) -> None:
        assert answer.result is not ObjectionResult.WELL_FOUNDED, "it was right"

    _answered(monkeypatch, TaskKind.DECIDE_OBJECTION, breaks_down)
    exploration = Exploration(case.policy, most_beside=0)
    here = Node(key(m, case.policy, case.now), m, case.now, None, ProofStep(case.now, "housed", ()))
    exploration.look_at_objections(here)
    flaw = _shown(report(exploration).flaws, claims.NO_FAULT)
    assert "it was right" in flaw.what


def test_a_turn_that_sorts_otherwise_than_the_order_says_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = policy_of("almere")
    assert list(queue.wrong_order(policy)) == []
    monkeypatch.setattr(Turn, "rank", property(lambda one: (one.since.isoformat(),)))
    (wrong,) = queue.wrong_order(policy)
    assert "does not sort so" in wrong


def test_a_home_that_is_offered_past_others_without_a_reason_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    case = along("almere", upto="list")
    choice = case.matching()
    assert list(queue.pushed_in(case.m, choice, case.policy, case.now)) == []
    monkeypatch.setattr(offer, "pass_over", lambda _d, _answer: ())
    found = list(queue.pushed_in(case.m, choice, case.policy, case.now))
    assert any("somebody else comes first" in what for what in found)
    assert any("was not recorded" in what for what in found)


def _overtaken(case: Case, command: AnyCommand) -> list[str]:
    decided = decide(case.m, command, case.policy, case.now)
    assert isinstance(decided, Decided)
    wrong = claims.wrong_step(case.m, command, decided, case.now, case.policy)
    return [what for claim, what in wrong if claim == claims.NOT_OVERTAKEN]


def _unreasoned(case: Case, answer: TaskAnswer) -> list[str]:
    command = case.answering(answer)
    decided = decide(case.m, command, case.policy, case.now)
    assert isinstance(decided, Decided)
    wrong = claims.wrong_step(case.m, command, decided, case.now, case.policy)
    return [what for claim, what in wrong if claim == claims.OBJECTION]


def test_reasons_that_are_lost_on_the_way_to_the_client_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    advice = AssessmentAnswer(
        result=AssessmentResult.NEGATIVE, reasons=(DecisionReason.CARE_AT_NIGHT,), note="note-00000000000000a1"
    )
    case = Case(policy=policy_of("almere")).start().ready().answer(advice)
    refusal = UrgencyDecisionAnswer(granted=False, note="note-00000000000000a2")
    assert _unreasoned(case, refusal) == []
    with monkeypatch.context() as lost:
        lost.setattr(assessment, "_followed", lambda *_: Basis())
        assert _unreasoned(case, refusal) == [
            "negative_assessment was intended, and the letter to the client lacks reasons that were given"
        ]
    case.answer(refusal)
    stands = case.hearing(HearingResult.STANDS)
    assert _unreasoned(case, stands) == []
    monkeypatch.setattr(heard, "_basis", lambda *_: Basis())
    assert _unreasoned(case, stands) == [
        "it ended as rejected, and the letter to the client lacks reasons that were given"
    ]


@pytest.mark.parametrize(
    ("left_out", "what"), [("call_for_homes", "a home came free"), ("call_others", "a place came free")]
)
def test_what_comes_free_and_is_not_called_out_is_found(
    left_out: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = along("almere", upto="match")
    leaves = Withdraw(by=case.municipality, source=KnownFrom.CLIENT, note="note-0123456789abcdef")
    assert _overtaken(case, leaves) == []
    monkeypatch.setattr(decide_module, left_out, lambda _d: None)
    assert [one for one in _overtaken(case, leaves) if what in one]


def test_a_place_that_moves_to_another_year_and_is_not_called_out_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = replace(main_road("almere"), capacity=replace(main_road("almere").capacity, counts_at=CountsAt.KEYS))
    case = Case(policy=policy).on(date(2026, 12, 1)).start().ready().positive()
    case.list().match().confirm().accept().request_known().sign(keys_in=35).plan_support(35).on(date(2027, 1, 5))
    keys = case.answering(KeysAnswer(on=case.today))
    assert _overtaken(case, keys) == []
    monkeypatch.setattr(decide_module, "call_others", lambda _d: None)
    assert _overtaken(case, keys) == ["a place came free, and nobody is called for it"]


def test_who_waits_for_a_place_at_an_old_turn_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case("almere")
    case.full = True
    case.start().ready().positive()
    assert case.m.open_of(TaskKind.AWAIT_PLACE)
    note = AddNote(by=case.municipality, note="note-0123456789abcdef")
    assert _overtaken(case, note) == []
    monkeypatch.setattr(decide_module, "queued", lambda _d: None)
    assert [one for one in _overtaken(case, note) if "the turn as it is now" in one]


@pytest.mark.parametrize(
    ("line", "broken", "field"),
    [
        ('escalate = ["0 days", "5 working days"]', "escalate = []", "tasks.check_readiness.escalate"),
        ("attempts = 3", "attempts = 0", "follow_up.attempts"),
        ('repeat = "10 working days"', 'repeat = "0 days"', "tasks.check_readiness.repeat"),
        ("counted_refusals = 1", "counted_refusals = 0", "offers.counted_refusals"),
    ],
)
def test_the_command_refuses_a_broken_file_and_names_the_field(
    line: str, broken: str, field: str, tmp_path: Any
) -> None:
    text = text_of("almere")
    assert line in text
    file = tmp_path / "city.toml"
    file.write_text(text.replace(line, broken), encoding="utf-8")
    said = CliRunner().invoke(application(), ["policy", "prove", str(file)])
    assert said.exit_code == 1
    assert field in said.output


def test_a_policy_that_was_changed_past_its_checks_is_refused_by_its_field() -> None:
    policy = policy_of("almere")
    tasks = dict(policy.tasks)
    del tasks[TaskKind.ASSESS]
    flaws = prove(replace(policy, tasks=tasks)).flaws
    assert [flaw.claim for flaw in flaws] == [FIELDS]
    assert "tasks.assess" in flaws[0].what


def test_a_value_that_is_out_of_bounds_is_refused_without_exploring() -> None:
    policy = policy_of("almere")
    clocks = {
        **policy.clocks,
        ClockKind.URGENCY: replace(policy.clocks[ClockKind.URGENCY], length=Term.model_validate("1 day")),
    }
    proof = prove(replace(policy, clocks=clocks))
    assert {flaw.claim for flaw in proof.flaws} == {FIELDS}
    assert any("clocks.urgency.length: 1 day is too short" in flaw.what for flaw in proof.flaws)
    assert any("clocks.urgency.warn.0" in flaw.what for flaw in proof.flaws)
    assert proof.states == 0


def _without_escalation(policy: Policy, kind: TaskKind) -> Policy:
    return replace(policy, tasks={**policy.tasks, kind: replace(policy.tasks[kind], escalate=())})


def _explored(until: str, policy: Policy | None = None) -> list[Flaw]:
    """Explore from a complete referral only, and no further than is needed to see the flaw."""
    exploration = Exploration(policy or policy_of("almere"), most_beside=0, until=until)
    exploration.run(list(referrals(exploration.policy))[:1])
    return list(report(exploration).flaws)


def _shown(flaws: Iterable[Flaw], claim: str) -> Flaw:
    found = [flaw for flaw in flaws if flaw.claim == claim]
    assert found, f"not seen; seen is {[(flaw.claim, flaw.what) for flaw in flaws]}"
    return found[0]


def test_a_wait_that_is_never_escalated_is_shown_with_the_path_that_leads_to_it() -> None:
    flaw = _shown(_explored(claims.WAITS, _without_escalation(policy_of("almere"), TaskKind.ASSESS)), claims.WAITS)
    assert "tasks.assess.escalate" in flaw.what
    assert [step.said.split(",")[0] for step in flaw.path] == [
        "a complete referral",
        "check_readiness",
        "determine_origin",
    ]
    assert all(step.events[-1] == "TaskOpened" for step in flaw.path)


def _allowing(refusals: int, policy: Policy | None = None) -> Policy:
    policy = policy or policy_of("almere")
    return replace(policy, offers=replace(policy.offers, counted_refusals=refusals))


@pytest.mark.slow("every way to the third refusal is gone")
@pytest.mark.timeout(900)
def test_a_rule_that_breaks_down_at_one_number_of_refusals_only_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert like_number(3, 6) == 2, "this number is one of those that are followed as one"
    judge = SPECS[TaskKind.JUDGE_REFUSAL]

    def judged(d: Draft, task: Task, answer: Any) -> None:
        if d.m.counted_refusals == 3:
            d.emit(e.StageEntered(stage=Stage.OFFER))
        else:
            judge.give(d, task, answer)

    _answered(monkeypatch, TaskKind.JUDGE_REFUSAL, judged)
    flaw = _shown(_explored(claims.NOT_FORGOTTEN, _allowing(6)), claims.NOT_FORGOTTEN)
    assert "no task is open" in flaw.what
    assert sum("RefusalJudged" in step.events for step in flaw.path) == 3


class _UntilAHome(Exploration):
    """Goes on from no state in which the client has accepted a home, and follows nothing beside the main track."""

    def _visit(self, node: Node) -> None:
        if not (node.m.live_offer and node.m.live_offer.state is OfferState.ACCEPTED):
            super()._visit(node)


@pytest.mark.slow("every way to a home, twice")
@pytest.mark.timeout(900)
def test_numbers_of_refusals_that_are_followed_as_one_lead_to_what_each_of_them_leads_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    as_one = _everything_seen(_allowing(5))
    monkeypatch.setattr(abstraction, "like_number", lambda counted, _most: counted)
    assert as_one == _everything_seen(_allowing(5))


def _everything_seen(policy: Policy) -> dict[str, set[object]]:
    """Explore from a complete referral and return everything that was met on the way."""
    exploration = _UntilAHome(policy, most_beside=0)
    exploration.run(list(referrals(policy))[:1])
    states = exploration.nodes.values()
    return {
        "events": {*exploration.events},
        "accepted": {*exploration.accepted},
        "refused": {*exploration.refused},
        "ends": {node.m.outcome for node in states},
        "asked": {(node.m.stage, task.kind, task.owner) for node in states for task in node.m.tasks},
        "refusals": {node.m.counted_refusals for node in states if node.m.open_of(TaskKind.MAKE_OFFER)},
        "flaws": {(flaw.claim, flaw.what) for flaw in report(exploration).flaws},
    }


# -- rules broken on purpose -----------------------------------------------------------------------------------------


def _answered(patch: pytest.MonkeyPatch, kind: TaskKind, other: Callable[[Draft, Task, Any], object]) -> None:
    """Have an answer lead to something else than it does."""
    patch.setitem(SPECS, kind, dataclasses.replace(cast(Any, SPECS[kind]), answered=other))


def _keys_without_support(patch: pytest.MonkeyPatch) -> None:
    def hand_over(d: Draft, _task: Task, answer: Any) -> None:
        d.emit(e.KeysHandedOver(on=answer.on))
        d.enter(Stage.SUPPORT_START)

    def sign(d: Draft, _task: Task, answer: Any) -> None:
        d.emit(e.LeaseSigned(form=d.policy.lease_forms[0], keys_on=d.today))
        d.open(TaskKind.HAND_OVER_KEYS)

    _answered(patch, TaskKind.SIGN_LEASE, sign)
    _answered(patch, TaskKind.HAND_OVER_KEYS, hand_over)


def _a_stage_that_asks_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(ENTRIES, Stage.ASSESSMENT, lambda _draft: None)


def _rejected_unheard(patch: pytest.MonkeyPatch) -> None:
    _answered(patch, TaskKind.ASSESS, lambda d, _task, answer: end(d, Outcome.REJECTED, answer.note))


def _offer_without_urgency(patch: pytest.MonkeyPatch) -> None:
    _answered(patch, TaskKind.ASSESS, lambda d, _task, _answer: d.enter(Stage.OFFER))
    patch.setattr(offer, "make_offer", None)

    def match(d: Draft, _task: Task, _answer: Any) -> None:
        d.emit(e.OfferPrepared(candidate=d.m.candidates[0]))
        d.open(TaskKind.CONFIRM_OFFER)

    _answered(patch, TaskKind.MAKE_OFFER, match)


def _a_withdrawal_that_counts(patch: pytest.MonkeyPatch) -> None:
    def counted(d: Draft, _command: WithdrawOffer) -> None:
        d.emit(e.OfferRefused(reason=RefusalReason.OTHER))
        d.emit(e.RefusalJudged(valid=False))
        cancel_of_offer(d)
        d.enter(Stage.OFFER)

    patch.setitem(cast(dict[Any, Any], COMMANDS), WithdrawOffer, CommandSpec(WithdrawOffer, counted, WHO_OFFERED))


def _a_signed_lease_that_is_taken_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(withdrawn_offer, "is_signed", lambda _m: False)


def _an_answer_that_leads_nowhere(patch: pytest.MonkeyPatch) -> None:
    _answered(patch, TaskKind.ASSESS, lambda d, _task, _answer: d.open(TaskKind.ASSESS))


def _a_rule_that_breaks_down(patch: pytest.MonkeyPatch) -> None:
    patch.delitem(SPECS, TaskKind.ASSESS)


def _an_end_that_leaves_tasks_open(patch: pytest.MonkeyPatch) -> None:
    def ended(d: Draft, _task: Task, _answer: Any) -> None:
        d.emit(e.MediationClosed(outcome=Outcome.WITHDRAWN_BY_CLIENT))
        d.open(TaskKind.ASSESS)

    _answered(patch, TaskKind.CHECK_READINESS, ended)


def _a_second_end(patch: pytest.MonkeyPatch) -> None:
    def ended(d: Draft, _task: Task, _answer: Any) -> None:
        end(d, Outcome.WITHDRAWN_BY_CLIENT)
        d.emit(e.MediationClosed(outcome=Outcome.DIED))

    _answered(patch, TaskKind.CHECK_READINESS, ended)


def _two_offers_at_once(patch: pytest.MonkeyPatch) -> None:
    def match(d: Draft, _task: Task, _answer: Any) -> None:
        d.emit(e.OfferPrepared(candidate=d.m.candidates[0]))
        d.open(TaskKind.MAKE_OFFER)

    _answered(patch, TaskKind.MAKE_OFFER, match)


@pytest.mark.parametrize(
    ("broken", "claim"),
    [
        (_keys_without_support, claims.KEYS),
        (_a_stage_that_asks_nothing, claims.NOT_FORGOTTEN),
        (_rejected_unheard, claims.HEARING),
        (_offer_without_urgency, claims.URGENCY),
        (_a_withdrawal_that_counts, claims.WITHDRAWAL),
        (_an_answer_that_leads_nowhere, claims.NO_DEAD_END),
        (_a_rule_that_breaks_down, claims.NO_FAULT),
        (_an_end_that_leaves_tasks_open, claims.NOTHING_OPEN),
        (_a_second_end, claims.ONE_OUTCOME),
        (_two_offers_at_once, claims.ONE_OFFER),
        (_a_withdrawal_that_counts, claims.DISCLOSED),
        (_keys_without_support, claims.TEAM_TOLD),
        (_rejected_unheard, claims.NO_PARTNER_ALONE),
        (_a_signed_lease_that_is_taken_back, claims.LEASE_STANDS),
    ],
)
def test_a_rule_that_was_broken_is_found(broken: Change, claim: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch)
    flaw = _shown(_explored(claim), claim)
    assert flaw.path, "no path shows it"
    assert flaw.path[0].events[0] == "MediationStarted"
