"""Whose a task is: an organisation in a role, written down when it is asked. A policy may say another one."""

import json
from typing import Any, Self

import pytest

from domain.decide.catalogue import SPECS, bodies
from domain.exchange.policy_file import PolicyInvalid, parse_policy
from domain.facts.landing import SoftLanding
from domain.facts.parties import Role, Whose
from domain.facts.signals import SignalKind
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import AskAssessment, Letter
from domain.policy.policy import LeaseForm, Policy
from domain.policy.scarce import Claim
from domain.state import events as e
from domain.state.fold import fold
from policy_tools.check import check
from policy_tools.describe.document import describe
from runtime.policy_files import text_of
from tests.domain.case import DESK, NOTE, STEPS, TEAM, Case, along, policy_of
from tests.domain.test_evolve import lives
from tests.replay.judgement import Judged, judge_again
from texts import Language

ALMERE = text_of("almere")


def owned(kind: TaskKind, role: Role | Whose) -> Policy:
    return parse_policy(f'{ALMERE}\n[owners]\n{kind.value} = "{role.value}"\n')


def test_every_task_that_is_asked_says_in_which_role_its_owner_has_it() -> None:
    tasks = [event.task for case in lives() for event in case.events if isinstance(event, e.TaskOpened)]
    assert tasks
    assert all("owner_role" in task.model_fields_set for task in tasks)


def test_a_task_taken_over_is_the_municipalitys_and_one_passed_on_stays_of_its_role() -> None:
    case = Case().start().ready()
    assess = case.task(TaskKind.ASSESS)
    assert (assess.owner_role, assess.owner) == (Role.DISTRICT_TEAM, case.m.parties.district_team)
    case.do(c.ReassignTask(by=case.municipality, task=assess.id, owner="wijkteam-oost", note=NOTE))
    assert case.task(TaskKind.ASSESS).owner_role is Role.DISTRICT_TEAM
    case.do(c.TakeOverTask(by=case.municipality, task=assess.id, note=NOTE))
    assert (case.task(TaskKind.ASSESS).owner_role, case.task(TaskKind.ASSESS).owner) == (Role.COORDINATOR, "almere")


@pytest.mark.parametrize(
    ("form", "role", "owner"),
    [
        (LeaseForm.CONVERSION, Role.CARE_PROVIDER, "kwintes"),
        (LeaseForm.TRIPARTITE, Role.CORPORATION, "ymere"),
    ],
)
def test_arrears_are_for_whoever_lets_the_home(form: LeaseForm, role: Role, owner: str) -> None:
    task = let(form).task(TaskKind.REMIND_ARREARS)
    assert (task.owner_role, task.owner) == (role, owner)


def let(form: LeaseForm) -> "Kept":
    """Somebody at home under such a lease, with arrears."""
    case = Kept()
    for step in STEPS[: STEPS.index("sign")]:
        getattr(case, step)()
    return case.sign(form).plan_support().keys().start_support().signals(SignalKind.ARREARS)


# -- what earlier releases wrote ---------------------------------------------------------------------------------


def without_roles(event: Any) -> Any:
    """An event as 0.2.0 wrote it."""
    document = event.model_dump(mode="json")
    for task in (document.get("task"), *document.get("tasks", ())):
        if isinstance(task, dict):
            del task["owner_role"]
    return e.read_event(document)


def test_an_event_that_does_not_say_so_is_read_with_whose_such_tasks_were() -> None:
    case = Case().start().ready()
    case.do(c.TakeOverTask(by=case.municipality, task="assess-1", note=NOTE))
    opened = [without_roles(event).task for event in case.happened(e.TaskOpened)]
    assert {task.kind: task.owner_role for task in opened} == {
        TaskKind.CHECK_READINESS: Role.COORDINATOR,
        TaskKind.ASSESS: Role.DISTRICT_TEAM,
    }
    [taken] = case.happened(e.TaskTakenOver)
    assert without_roles(taken).task.owner_role is Role.COORDINATOR


def as_read(case: "Kept") -> Task:
    """The task as the journal of 0.2.0 tells it."""
    read = fold([event for one in case.decisions for event in one.events])
    assert read is not None
    return next(task for task in read.tasks if task.kind is TaskKind.REMIND_ARREARS)


class Kept(Case):
    """A case of which each decision is kept as 0.2.0 recorded it."""

    def __init__(self) -> None:
        super().__init__()
        self.decisions: list[Judged] = []
        self.looks_up = False

    def do(self, command: c.AnyCommand, gone: frozenset[Claim] = frozenset()) -> Self:
        super().do(command, gone)
        recorded = tuple(map(without_roles, self.last.events))
        self.decisions.append(Judged(len(self.decisions) + 1, self.now, command, gone, None, recorded))
        return self


def test_todays_rules_are_not_held_against_what_was_never_said() -> None:
    case = let(LeaseForm.CONVERSION)
    assert as_read(case).owner_role is Role.CORPORATION
    assert judge_again(case.decisions, case.policy) == []
    said = case.decisions[-1]._replace(events=tuple(case.last.events[:-1]))
    assert [one.ordinal for one in judge_again([*case.decisions[:-1], said], case.policy)] == [said.ordinal]


# -- what a policy says ------------------------------------------------------------------------------------------


def test_a_municipality_may_assess_by_itself_and_no_system_of_a_team_is_asked() -> None:
    policy = owned(TaskKind.ASSESS, Role.COORDINATOR)
    case = Case(policy=policy).start().ready()
    task = case.task(TaskKind.ASSESS)
    assert (task.owner_role, task.owner) == (Role.COORDINATOR, "almere")
    assert case.done(AskAssessment) == []
    assert [letter for letter in case.letters(Letter.TASK_OPENED) if letter.task == task.id] == []
    case.positive()
    assert case.open == [TaskKind.MAKE_OFFER]


def test_a_partner_that_a_policy_names_hears_of_it_by_letter() -> None:
    policy = policy_of("almere")
    policy = replace(policy, follow_up=replace(policy.follow_up, caller=Role.CARE_PROVIDER))
    case = along(policy=policy, upto="start_support")
    task = case.task(TaskKind.FOLLOW_UP_CALL)
    assert (task.owner_role, task.owner) == (Role.CARE_PROVIDER, "kwintes")
    [letter] = [letter for letter in case.letters(Letter.TASK_OPENED) if letter.task == task.id]
    assert letter.organisation == "kwintes"


def test_what_is_asked_already_stays_with_its_owner_when_another_policy_is_adopted() -> None:
    case = Case().start().ready()
    policy = owned(TaskKind.ASSESS, Role.COORDINATOR)
    case.do(c.AdoptPolicy(by=case.municipality, policy=policy, note=NOTE))
    assert case.task(TaskKind.ASSESS).owner_role is Role.DISTRICT_TEAM


@pytest.mark.parametrize(
    ("kind", "role", "says"),
    [
        (TaskKind.SIGN_LEASE, Role.COORDINATOR, "it may be: nobody else"),
        (TaskKind.ASSESS, Role.CORPORATION, "it may be: committee, coordinator"),
        (TaskKind.DECIDE_URGENCY, Role.COMMITTEE, "it may be: desk"),
        (TaskKind.MAKE_OFFER, Role.COMMITTEE, "it may be: corporation, desk"),
        (TaskKind.DECIDE_OBJECTION, Role.DESK, "it may be: nobody else"),  # Awb 10:3
        (TaskKind.FOLLOW_UP_CALL, Role.CARE_PROVIDER, "it may be: nobody else"),
        (TaskKind.ASSESS, Role.ADMIN, "takes no part"),
    ],
)
def test_a_policy_may_not_give_a_task_to_a_role_that_it_is_not_for(kind: TaskKind, role: Role, says: str) -> None:
    text = f'{ALMERE}\n[owners]\n{kind.value} = "{role.value}"\n'
    with pytest.raises(PolicyInvalid) as invalid:
        check(text)
    [problem] = invalid.value.problems
    assert (problem.field, problem.line) == (f"owners.{kind.value}", len(text.splitlines()))
    assert says in problem.message


def test_nothing_is_looked_for_where_there_is_nothing_to_find() -> None:
    text = ALMERE.replace("[tasks.assess]", '[tasks.assess]\ncheck = "1 week"')
    with pytest.raises(PolicyInvalid) as invalid:
        check(text)
    assert [problem.field for problem in invalid.value.problems] == ["tasks.assess.check"]


@pytest.mark.parametrize("wrong", ['["desk"]', "{a = 1}", "5", "true", "2026-01-01"])
def test_an_owner_that_is_no_word_is_told_with_its_line(wrong: str) -> None:
    text = f"{ALMERE}\n[owners]\nassess = {wrong}\n"
    with pytest.raises(PolicyInvalid) as told:
        check(text)
    [problem] = told.value.problems
    assert (problem.field, problem.line) == ("owners.assess", len(text.splitlines()))


def test_a_policy_that_names_no_owners_has_the_digest_that_it_had() -> None:
    policy = policy_of("almere")
    assert policy.owners == {}
    assert owned(TaskKind.ASSESS, Role.COORDINATOR).digest() != policy.digest()


def test_no_task_is_for_who_owns_it_anyway_or_takes_no_part() -> None:
    for kind, spec in SPECS.items():
        assert spec.owner not in {one.value for one in spec.owners}, kind


def deciding(**decision: str | bool) -> str:
    """Almere's file with a desk that decides on the urgency, but for what is said otherwise."""
    said: dict[str, str | bool] = {"maker": "mandated_desk", "after_advice": True, **decision}
    lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in said.items())
    head, _, rest = ALMERE.partition("[decision]")
    kept = "\n".join(line for line in rest.splitlines() if not line.startswith(("maker =", "after_advice =")))
    return f'{head}[decision]\n{lines}{kept}\n[owners]\ndecide_urgency = "desk"\n'


def test_a_desk_owns_what_a_policy_leaves_to_it() -> None:
    policy = parse_policy(deciding())
    assert SPECS[TaskKind.DECIDE_URGENCY].owner_under(policy) is Role.DESK
    assert bodies(policy) == (Role.DESK,)
    assert not bodies(policy_of("almere"))


@pytest.mark.parametrize(("maker", "role"), [("mandated_desk", Role.DESK), ("municipality", Role.COORDINATOR)])
def test_who_decides_on_the_urgency_is_who_the_file_says_decides(maker: str, role: Role) -> None:
    file = deciding(maker=maker).replace('[owners]\ndecide_urgency = "desk"\n', "")
    assert SPECS[TaskKind.DECIDE_URGENCY].owner_under(parse_policy(file)) is role


def test_whom_a_file_names_decides_after_the_advice_unless_it_says_otherwise() -> None:
    named = deciding(maker="municipality").replace('[owners]\ndecide_urgency = "desk"\n', "")
    assert parse_policy(named.replace("after_advice = true", "")).decision.after_advice
    assert not parse_policy(named.replace("after_advice = true", "after_advice = false")).decision.after_advice


@pytest.mark.parametrize(
    ("decision", "says"),
    [
        ({"maker": "municipality"}, "a desk decides only by mandate"),
        ({"after_advice": False}, "nobody is asked this here"),
    ],
)
def test_a_desk_decides_only_by_mandate_and_after_an_advice(decision: dict[str, str | bool], says: str) -> None:
    with pytest.raises(PolicyInvalid) as invalid:
        check(deciding(**decision))
    assert says in {problem.field: problem.message for problem in invalid.value.problems}["owners.decide_urgency"]


def test_a_desk_may_assess_too() -> None:
    policy = owned(TaskKind.ASSESS, Role.DESK)
    case = Case(policy=policy).start().ready()
    assert (case.task(TaskKind.ASSESS).owner_role, case.task(TaskKind.ASSESS).owner) == (Role.DESK, DESK)
    assert case.done(AskAssessment) == []
    assert DESK in case.readers(Letter.TASK_OPENED)


# -- which of several ----------------------------------------------------------------------------------------------

ELSEWHERE = "wijkteam-oost"


def followed_up(whose: Whose) -> Task:
    """What is to be taken up after the call, when the home is in the district of another team than the one that
    assessed, under a policy that says whose that is.
    """
    case = Case(policy=owned(TaskKind.TAKE_UP_FOLLOW_ON, whose))
    case.teams = {"centrum": ELSEWHERE}
    for step in STEPS[: STEPS.index("sign")]:
        getattr(case, step)()
    case.sign().plan_support().keys().answer(a.StartAnswer(started_on=case.today, in_place=tuple(SoftLanding)))
    return case.call_day().call(a.CallResult.LIGHT_HELP).task(TaskKind.TAKE_UP_FOLLOW_ON)


@pytest.mark.parametrize(
    ("whose", "team"), [(Whose.TEAM_OF_CLIENT, TEAM), (Whose.TEAM_OF_HOME, ELSEWHERE)], ids=["client", "home"]
)
def test_a_policy_says_which_of_two_teams_takes_up_what_came_out_of_the_call(whose: Whose, team: str) -> None:
    task = followed_up(whose)
    assert (task.owner, task.owner_role) == (team, Role.DISTRICT_TEAM)


@pytest.mark.parametrize("kind", [TaskKind.ASSESS, TaskKind.MAKE_OFFER, TaskKind.CHECK_READINESS])
def test_before_there_is_a_home_nobody_is_the_team_of_its_district(kind: TaskKind) -> None:
    with pytest.raises(PolicyInvalid) as invalid:
        check(f'{ALMERE}\n[owners]\n{kind.value} = "team_of_home"\n')
    [problem] = invalid.value.problems
    assert problem.field == f"owners.{kind.value}"
    assert "there is no home yet when this is asked" in problem.message


def test_partners_read_which_team_it_is() -> None:
    read = check(f'{ALMERE}\n[owners]\nvisit_client = "team_of_client"\n')
    assert "| Wijkteam van de wijk bij de aanmelding |" in describe(read, Language.DUTCH)
