"""A working agreement is what switches its tasks: without it they are not asked, not described, and not answered."""

import pytest

from domain.decide.catalogue import SPECS, unused_tasks
from domain.facts.landing import SoftLanding
from domain.facts.parties import Actor, Role
from domain.facts.rules import RuleName
from domain.facts.signals import SignalKind
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.messages import commands as c
from domain.policy.agreements import AgreementKind
from domain.policy.policy import LeaseForm, Policy
from policy_tools.check import check
from policy_tools.describe.document import describe
from runtime.policy_files import text_of
from tests.domain.case import STEPS, Case, policy_of
from tests.policies.test_bounds import problems
from tests.policies.test_smallest import SMALLEST
from texts import Language, of

ALMERE = text_of("almere")
YMERE = Actor(role=Role.CORPORATION, organisation="ymere")
BELONGS: dict[AgreementKind, set[TaskKind]] = {
    AgreementKind.TAILORED_GUIDANCE: {TaskKind.AGREE_PLAN},
    AgreementKind.GOOD_TENANCY: {TaskKind.HOLD_TALK},
    AgreementKind.NUISANCE: {TaskKind.ACKNOWLEDGE_SIGNAL, TaskKind.HOLD_JOINT_TALK},
    AgreementKind.MONEY: {
        TaskKind.REMIND_ARREARS, TaskKind.CONTACT_TENANT, TaskKind.OFFER_DEBT_HELP, TaskKind.TAKE_UP_ARREARS,
    },
    AgreementKind.EARLY_SIGNALS: {
        TaskKind.ACKNOWLEDGE_SIGNAL, TaskKind.HOLD_JOINT_TALK, TaskKind.REMIND_ARREARS, TaskKind.CONTACT_TENANT,
        TaskKind.OFFER_DEBT_HELP, TaskKind.TAKE_UP_ARREARS, TaskKind.CONTACT_CLIENT,
    },
    AgreementKind.CONVERSION: {TaskKind.DECIDE_CONVERSION},
}  # fmt: skip
"""The tasks that nobody is asked where an agreement is off."""


def without(kind: AgreementKind) -> str:
    """Almere's file, in which this was not agreed."""
    line = next(line for line in ALMERE.splitlines() if line.startswith(f"{kind.value} = {{ owner"))
    return ALMERE.replace(line, line.replace("{ owner", "{ on = false, owner", 1))


def policy_without(kind: AgreementKind) -> Policy:
    return check(without(kind)).policy


def at_home(policy: Policy) -> Case:
    """A client who has the keys and support."""
    case = Case(policy=policy)
    for step in STEPS[: STEPS.index("sign")]:
        getattr(case, step)()
    case.sign(LeaseForm.TRIPARTITE).plan_support().keys()
    return case.answer(a.StartAnswer(started_on=case.today, in_place=tuple(SoftLanding)))


@pytest.mark.parametrize("kind", BELONGS)
def test_what_was_not_agreed_is_not_asked_and_not_described(kind: AgreementKind) -> None:
    read = check(without(kind))
    gone = BELONGS[kind]
    assert unused_tasks(read.policy) - unused_tasks(policy_of("almere")) == gone
    for language in Language:
        text = describe(read, language)
        assert not [one for one in gone if f"| {of(language).task[one].name} |" in text]
    asked = {task.kind for task in at_home(read.policy).m.tasks}
    assert not asked & gone
    assert asked == {task.kind for task in at_home(policy_of("almere")).m.tasks} - gone


@pytest.mark.parametrize(
    ("off", "kind"),
    [
        (AgreementKind.NUISANCE, SignalKind.NUISANCE),
        (AgreementKind.MONEY, SignalKind.ARREARS),
        *((AgreementKind.EARLY_SIGNALS, kind) for kind in SignalKind),
    ],
)
def test_a_signal_that_partners_did_not_agree_to_tell_is_refused_in_words(off: AgreementKind, kind: SignalKind) -> None:
    case = at_home(policy_without(off))
    refused = case.refused(c.ReportSignal(by=YMERE, kind=kind))
    assert refused.rule == "signal_not_agreed"
    assert "geven partners zo'n signaal niet" in of(Language.DUTCH).rule[RuleName.SIGNAL_NOT_AGREED]


def test_other_signals_are_told_all_the_same() -> None:
    case = at_home(policy_without(AgreementKind.NUISANCE))
    assert TaskKind.REMIND_ARREARS in case.do(c.ReportSignal(by=YMERE, kind=SignalKind.ARREARS)).open


def test_worries_of_a_talk_are_never_lost() -> None:
    case = at_home(policy_without(AgreementKind.EARLY_SIGNALS))
    case.answer(a.TalkAnswer(held_on=case.today, worries=True, note=None))
    assert TaskKind.HOLD_CASE_CONFERENCE in case.open


def test_a_lease_is_not_converted_where_that_was_not_agreed() -> None:
    text = describe(check(without(AgreementKind.CONVERSION)), Language.DUTCH)
    assert "Het huurcontract kan op naam van de cliënt komen" not in text


def test_where_nothing_is_said_everything_is_agreed_as_in_what_was_recorded() -> None:
    known = policy_of("almere").model_dump(mode="json")
    del known["agreements"]
    assert unused_tasks(Policy.model_validate(known)) == unused_tasks(policy_of("almere"))
    assert all(SPECS[kind].agreements for kinds in BELONGS.values() for kind in kinds)


# -- one number for one thing --------------------------------------------------------------------------------------


def test_a_plan_is_due_when_its_agreement_says_and_at_no_other_time() -> None:
    agreed = '[agreements]\ntailored_guidance = { owner = "care_provider", due = "1 month" }\n'
    read = check(f"{SMALLEST}{agreed}")
    assert str(read.policy.support.plan) == "1 month"
    assert describe(read, Language.DUTCH).count("1 maand na de sleutels") >= 2
    found = problems(f'{SMALLEST}{agreed}[support]\nplan = "6 weeks"\n')
    assert found == {
        "agreements.tailored_guidance.due": "1 month is told by support.plan too, as 6 weeks: leave it out"
    }
    nuisance = '[agreements]\nnuisance = { owner = "corporation", due = "2 weeks" }\n'
    assert "agreements.nuisance.due" in problems(f"{SMALLEST}{nuisance}")


def test_an_eleventh_agreement_is_data() -> None:
    words = '{ nl = "Elke maand overleg", en = "A meeting a month" }'
    read = check(f'{SMALLEST}[agreements.monthly_meeting]\nwords = {words}\nowner = "coordinator"\n')
    assert "| Elke maand overleg | ja | Gemeente | - |" in describe(read, Language.DUTCH)
    assert "| A meeting a month | yes | Municipality | - |" in describe(read, Language.ENGLISH)
    found = problems(SMALLEST + '[agreements.nuisence]\nowner = "coordinator"\n')
    assert "say what it is called" in found["agreements.nuisence"]
