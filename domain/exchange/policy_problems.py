"""Everything that is wrong in a policy file, told at once: each problem with its field, the value and what is right.

A file with a wrong value is looked at further with the engine's own value in its place, so that a second fault is told
with the first.
"""

import types
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import Field, ValidationError

from domain.decide.catalogue import SPECS, unused_tasks
from domain.exchange.policy_words import Misread, in_words, misread, unknown
from domain.facts.outcome import Stage
from domain.facts.parties import OF_A_HOME, Role, Whose
from domain.facts.tasks import TaskKind
from domain.facts.value import Value
from domain.policy.agreements import AgreementKind
from domain.policy.policy import Policy
from domain.policy.policy_defaults import DEFAULTS
from domain.policy.policy_terms import DecisionMaker
from domain.policy.relations import Unfit, lies_within, unfit
from domain.policy.value_bounds import bounded, out_of_bounds


class PolicyProblem(Value):
    """What is wrong in a policy file."""

    field: str
    """The parameter's path, or `file`."""
    message: str
    line: int | None = Field(default=None, ge=1)

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


class PolicyInvalid(Exception):
    """This is not a valid policy file."""

    def __init__(self, problems: list[PolicyProblem]) -> None:
        self.problems = problems
        super().__init__("; ".join(map(str, problems)))


def held_to_the_rules(
    values: Mapping[str, Any], whole: Mapping[str, Any], basis_of: Callable[[str], str | None]
) -> tuple[Policy | None, list[PolicyProblem]]:
    """Return the policy of a file and what is wrong with it; None when there is none to be made of it.

    `values` is what the file says, `whole` the same with the engine's own values where it says nothing, and `basis_of`
    tells the law that the file names for a path.
    """
    problems = [*_unknown(values, Policy, ""), *_outside(values, basis_of)]
    policy, errors = _mended(whole)
    unread = [PolicyProblem(field=field_of(error.at), message=in_words(error)) for error in errors]
    problems += unread
    for one in (*unfit(policy), *_impossible(policy)) if policy else ():
        # Where a value cannot be read, the engine's own stands in its place, and says nothing of the file.
        if not any(_touch(path, problem.field) for path in (one.path, *one.others) for problem in unread):
            problems.append(PolicyProblem(field=one.path, message=one.message))
    return policy, problems


def field_of(at: tuple[int | str, ...]) -> str:
    """Return the path of a field as a file writes it."""
    return ".".join(str(part) for part in at if part != "[key]") or "file"


def _touch(one: str, other: str) -> bool:
    """Tell whether one path is the other, or leads to it."""
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")


# -- what no rule reads ------------------------------------------------------------------------------------------------


def _unknown(values: Mapping[str, Any], kind: type[Value], path: str) -> Iterator[PolicyProblem]:
    """Name what a file says that no rule reads: most often a name that was misspelled."""
    for name, value in values.items():
        here = f"{path}.{name}" if path else name
        field = kind.model_fields.get(name)
        if field is None:
            yield PolicyProblem(field=here, message=unknown(name, sorted(kind.model_fields), "no rule reads this"))
        elif isinstance(value, dict):
            yield from _within(value, field.annotation, here)


def _within(values: Mapping[str, Any], annotation: object, path: str) -> Iterator[PolicyProblem]:
    kinds = list(_kinds(annotation))
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, Value):
            yield from _unknown(values, kind, path)
        elif get_origin(kind) is dict:
            for name, value in values.items():
                if isinstance(value, dict):
                    yield from _within(value, get_args(kind)[1], f"{path}.{name}")


def _kinds(annotation: object) -> Iterator[object]:
    """Yield the classes and tables that an annotation allows."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _kinds(get_args(annotation)[0])
    elif origin in {Union, types.UnionType}:
        for part in get_args(annotation):
            yield from _kinds(part)
    else:
        yield annotation


# -- what is out of bounds ---------------------------------------------------------------------------------------------


def _outside(values: Mapping[str, Any], basis_of: Callable[[str], str | None]) -> Iterator[PolicyProblem]:
    for path, value in bounded(values):
        field = ".".join(path)
        message = out_of_bounds(path, value, basis_of(field))
        if message:
            yield PolicyProblem(field=field, message=message)


# -- what cannot be read -----------------------------------------------------------------------------------------------

STAND_INS: Mapping[str, str] = {
    "id": "xx",
    "version": "2026-01-01",
    "municipality": "xx",
    "name": "xx",
    "valid_from": "2026-01-01",
}
"""What stands for a value that a policy must give, while the rest of the file is looked at."""
ROUNDS = 12
"""So often a value is put right at most: more often than tables lie within each other."""


def _mended(whole: Mapping[str, Any]) -> tuple[Policy | None, list[Misread]]:
    """Return the policy, with the engine's own values for what cannot be read, and why each of those cannot."""
    trial: dict[str, Any] = deepcopy(dict(whole))
    told: dict[str, Misread] = {}
    for number in range(ROUNDS):
        try:
            return Policy.model_validate(trial), list(told.values())
        except ValidationError as wrong:
            for error in misread(wrong):
                field = field_of(error.at)
                # Only what two values say together comes to light later; what is missing then was taken away here.
                if number == 0 or (error.kind == "value_error" and not any(_touch(field, one) for one in told)):
                    told.setdefault(field, error)
                _mend(trial, error.at)
    return None, list(told.values())


def _mend(trial: dict[str, Any], at: tuple[int | str, ...]) -> None:
    """Put the engine's own value where a wrong one stands, or leave it out where there is none."""
    parts = [str(part) for part in at if part != "[key]"] or ["valid_to"]
    table, default = trial, DEFAULTS
    path: list[str] = []
    for part in parts:
        path.append(part)
        inner, usual = table.get(part), default.get(part)
        if len(path) == len(parts) or not isinstance(inner, dict):
            break
        table, default = inner, usual if isinstance(usual, Mapping) else {}
    name = path[-1]
    if len(path) < len(parts) and name not in table:
        return  # what was wrong here went with the table that it stood in
    if name in default:
        table[name] = deepcopy(default[name])
    elif len(path) == 1 and name in STAND_INS:
        table[name] = STAND_INS[name]
    elif name in table:
        del table[name]
    elif len(path) > 1:
        _mend(trial, tuple(path[:-1]))


# -- what a kind of task does not allow --------------------------------------------------------------------------------

BEFORE_A_HOME = frozenset({Stage.READINESS, Stage.ASSESSMENT, Stage.OFFER})
"""Stages whose tasks are asked before there is a home."""


def _impossible(policy: Policy) -> Iterator[Unfit]:
    """Name what a file asks of a kind of task that its definition does not allow."""
    unused = unused_tasks(policy)
    for kind, whose in policy.owners.items():
        spec = SPECS[kind]
        message = None
        if whose in OF_A_HOME and spec.group in BEFORE_A_HOME:
            message = "there is no home yet when this is asked, so nobody has it"
        elif whose not in spec.owners and (spec.chosen or whose.value != spec.owner.value):
            known = ", ".join(sorted(spec.owners)) or "nobody else"
            message = f"this task is not for this role; besides the usual {spec.owner} it may be: {known}"
        elif kind in unused:
            message = "nobody is asked this here, for the policy does without it"
        elif kind is TaskKind.DECIDE_URGENCY and policy.decision.maker is not DecisionMaker.MANDATED_DESK:
            message = "a desk decides only by mandate: then `decision.maker` is mandated_desk"
        elif whose is Whose.COMMITTEE and not policy.decision.after_advice:
            message = "a committee advises, and somebody decides after it: then `decision.after_advice` is true"
        if message:
            yield Unfit(f"owners.{kind}", message)
    by_desk = policy.decision.after_advice and policy.decision.maker is DecisionMaker.MANDATED_DESK
    if by_desk and policy.owners.get(TaskKind.DECIDE_URGENCY) is not Whose.DESK:
        yield Unfit(f"owners.{TaskKind.DECIDE_URGENCY}", "`decision.maker` says that the desk decides: one of the two")
    yield from _besides_its_advice(policy)
    yield from _terms_of_agreements(policy)
    for kind, ladder in policy.tasks.items():
        for number, step in enumerate(() if SPECS[kind].own_day else ladder.remind):
            if not lies_within(str(step), ladder.due):
                when = "after it is due" if step.after_opening else "before the task is asked"
                message = f"'{step}' of a task of {ladder.due} is {when}, so nobody is ever reminded: less than that"
                yield Unfit(f"tasks.{kind}.remind.{number}", message, (f"tasks.{kind}.due",))
        if ladder.check and SPECS[kind].check is None:
            message = f"there is nothing to look for every {ladder.check} while this is waited for: leave it out"
            yield Unfit(f"tasks.{kind}.check", message)


def _besides_its_advice(policy: Policy) -> Iterator[Unfit]:
    """Name where a file has a committee do or hear more than belongs to the assessment: it advises on the urgency."""
    named: dict[str, tuple[Role, ...]] = {"follow_up.caller": (policy.follow_up.caller,)}
    named |= {f"agreements.{kind}.owner": (agreement.owner,) for kind, agreement in policy.agreements.items()}
    for kind, ladder in policy.tasks.items():
        if SPECS[kind].group is not Stage.ASSESSMENT:
            named |= {f"tasks.{kind}.escalate_to": ladder.escalate_to, f"tasks.{kind}.then_to": ladder.then_to}
    for path, roles in named.items():
        if Role.COMMITTEE in roles:
            yield Unfit(path, "a committee advises on the urgency, and is asked and told nothing else")


def _terms_of_agreements(policy: Policy) -> Iterator[Unfit]:
    """Name the terms of agreements whose tasks have one of their own: a document has one number for one thing."""
    of = {
        AgreementKind.TAILORED_GUIDANCE: ("support.plan", policy.support.plan),
        AgreementKind.GOOD_TENANCY: ("support.talk", policy.support.talk),
    }
    timed = {spec.agreements[0] for spec in SPECS.values() if spec.agreements}
    for kind in AgreementKind:
        due = policy.agreements[kind].due if kind in policy.agreements else None
        path, term = of.get(kind, (f"the tasks of {kind}, in [tasks]", None))
        if due and kind in timed and due != term:
            yield Unfit(
                f"agreements.{kind}.due",
                f"{due} is told by {path} too, as {term or 'terms of their own'}: leave it out",
            )
