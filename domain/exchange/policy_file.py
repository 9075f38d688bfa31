"""A policy as a file: every parameter a value or `unspecified`, with its source, legal basis and validity.

A parameter is written plainly (`due = "2 weeks"`) or with where it comes from
(`due = { value = "2 weeks", source = "W8", basis = "Awb 4:5", valid_from = 2026-01-01 }`). What a city leaves out or
calls `unspecified` is a gap: the engine runs with its own default, and says so. The ladder of a task that nobody gets
under this policy is no gap. A table may give `source`, `basis` and `note` once, for all its values without their own.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic import Field, ValidationError

from domain.decide.catalogue import SPECS, unused_tasks
from domain.exchange.policy_problems import PolicyInvalid as PolicyInvalid
from domain.exchange.policy_problems import PolicyProblem as PolicyProblem
from domain.exchange.policy_problems import field_of, held_to_the_rules
from domain.exchange.policy_words import in_words, misread, unknown
from domain.facts.calendar import Reckoning
from domain.facts.decrees import DECREE_DAYS, KNOWN_TO
from domain.facts.parties import Whose
from domain.facts.tasks import TaskKind
from domain.facts.value import Value, replace
from domain.policy.policy import Policy
from domain.policy.policy_defaults import DEFAULTS
from domain.policy.policy_terms import DecisionMaker
from domain.policy.relations import lies_within, missing_rents
from domain.policy.value_bounds import term_of
from domain.steps.choosing import landlords_choose

TWICE = ("Cannot overwrite", "Cannot declare", "Cannot mutate", "Cannot redefine", "Duplicate inline table key")
"""How the reader of TOML begins what it says of something that stands in a file for the second time."""
UNSPECIFIED = "unspecified"
"""What a file says of a parameter that a city has not decided (yet)."""

ASSUMED = "assumed"
"""The source of a value that is written down though no source text names it."""

TOLD_ONCE = ("source", "basis", "note", "note_nl")
"""What a table may tell for all of its values."""


class Parameter(Value):
    """Where the value of one parameter comes from."""

    source: str | None = None
    """The text it was read in."""
    basis: str | None = None
    """The law or ordinance that gives it."""
    note: str | None = None
    note_nl: str | None = None
    """The note in Dutch, for the description that partners sign."""
    valid_from: date | None = None
    valid_to: date | None = None
    specified: bool = True
    """Whether the city decided it; if not, the engine's default is used."""


class About(Value):
    """What a file tells of itself for those who read its description (`[about]`): no rule reads it."""

    public_texts: bool = False
    """Whether it was drawn from public texts, and decided by nobody."""
    contact: str | None = Field(default=None, min_length=3, max_length=300)
    """Whom a partner asks about these agreements, in Dutch."""
    complaints: str | None = Field(default=None, min_length=3, max_length=300)
    """Where a client or partner may complain, in Dutch."""


class PolicyFile(NamedTuple):
    """A policy, and of each parameter that its file names or leaves open where the value comes from."""

    policy: Policy
    parameters: Mapping[str, Parameter]
    """By path, such as `tasks.assess.due`."""
    about: About = About()

    @property
    def gaps(self) -> list[str]:
        """The parameters that the city has not decided."""
        return [path for path, parameter in self.parameters.items() if not parameter.specified]

    @property
    def assumed(self) -> list[str]:
        """The parameters that have a value which no source names."""
        return [path for path, one in self.parameters.items() if one.specified and one.source == ASSUMED]


def parse_policy(text: str) -> Policy:
    """Read a policy from TOML. Raises PolicyInvalid with each field and what is wrong with it."""
    return read_policy(text).policy


def read_policy(text: str) -> PolicyFile:
    """Read a policy from TOML with its sources and gaps. Raises PolicyInvalid."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise PolicyInvalid([_no_toml(str(wrong))]) from wrong
    problems: list[PolicyProblem] = []
    parameters: dict[str, Parameter] = {}
    about = _about(document.pop("about", {}), problems)
    values = _values(document, "", parameters, problems)
    problems += _not_a_citys(values)
    problems += _decides_after(values, parameters)
    filled = _fitting(values, _filled(values, DEFAULTS, "", parameters))
    whole = _with_what_is_agreed(_with_who_decides(_with_the_law(filled)), parameters)
    parameters.pop("calendar.decree_days", None)
    policy, against = held_to_the_rules(values, whole, lambda path: parameters.get(path, Parameter()).basis)
    once: dict[str, PolicyProblem] = {}
    for problem in (*problems, *against):
        once.setdefault(problem.field, problem)
    if once or policy is None:
        raise PolicyInvalid(list(once.values()))
    return PolicyFile(policy, _of_use(policy, parameters), about)


def _no_toml(said: str) -> PolicyProblem:
    """Tell what cannot be read of a file, in words where the reader of TOML has none that say what is wrong."""
    place = re.search(r"\(at line (\d+), column \d+\)", said)
    line = int(place[1]) if place else None
    if said.startswith(TWICE):
        return PolicyProblem(field="file", message="this stands in the file already: say it once", line=line)
    return PolicyProblem(field="file", message=f"not TOML: {said}", line=line)


def _about(said: object, problems: list[PolicyProblem]) -> About:
    """Return what a file tells of itself, noting what is wrong with it."""
    known = said if isinstance(said, dict) else {"about": said}
    names = list(About.model_fields)
    wrong = [name for name in known if name not in names]
    problems += [
        PolicyProblem(field=f"about.{name}", message=unknown(name, names, "nothing reads this")) for name in wrong
    ]
    try:
        return About.model_validate(known)
    except ValidationError as invalid:
        problems += [PolicyProblem(field=f"about.{field_of(p.at)}", message=in_words(p)) for p in misread(invalid)]
        return About()


def _of_use(policy: Policy, parameters: Mapping[str, Parameter]) -> dict[str, Parameter]:
    """Return the parameters without the gaps of what this policy does without, and with the years still to come."""
    pointless = {f"tasks.{kind}" for kind in unused_tasks(policy)}
    if not landlords_choose(policy):
        pointless.add("offers.choose_within")
    if not policy.decision.after_advice:
        pointless.add("decision.maker")
    kept = {
        path: one
        for path, one in parameters.items()
        if one.specified or not pointless & {path, path.rpartition(".")[0]}
    }
    year = missing_rents(policy)
    return {**kept, f"suitability.rents.{year}": Parameter(specified=False)} if year else kept


def _values(
    table: Mapping[str, Any],
    path: str,
    parameters: dict[str, Parameter],
    problems: list[PolicyProblem],
    told: Mapping[str, Any] = MappingProxyType({}),
) -> Any:
    """Return the plain values of a table, noting of each where it comes from; what is unspecified is left out."""
    told = {name: table[name] for name in TOLD_ONCE if path and name in table} or told
    values: dict[str, Any] = {}
    for name, said in table.items():
        here = f"{path}.{name}" if path else name
        if path and name in TOLD_ONCE:
            continue
        if isinstance(said, dict) and "value" not in said:
            values[name] = _values(said, here, parameters, problems, told)
            continue
        about = dict(said) if isinstance(said, dict) else {"value": said}
        value = about.pop("value")
        problems += [
            PolicyProblem(field=f"{here}.{other}", message=unknown(other, _FIELDS, "a parameter has no such field"))
            for other in about
            if other not in _FIELDS
        ]
        about = about if about.keys() & TOLD_ONCE else {**told, **about}
        try:
            parameters[here] = Parameter.model_validate({**about, "specified": value != UNSPECIFIED})
        except ValidationError as wrong:
            problems += [PolicyProblem(field=_named(here, p.at, told), message=in_words(p)) for p in misread(wrong)]
        if value != UNSPECIFIED:
            values[name] = value
    return values


_FIELDS = tuple(name for name in Parameter.model_fields if name != "specified")


def _named(here: str, at: tuple[int | str, ...], told: Mapping[str, Any]) -> str:
    """Name the field that is wrong: the table's own, when it was told once for the whole table."""
    table = here.rpartition(".")[0]
    return f"{table if at[0] in told else here}.{at[0]}"


def _filled(values: Any, defaults: Mapping[str, Any], path: str, parameters: dict[str, Parameter]) -> Any:
    """Return the values with the engine's defaults where there are none; each of those is a gap."""
    whole = dict(values)
    for name, default in defaults.items():
        here = f"{path}.{name}" if path else name
        if isinstance(default, Mapping) and isinstance(whole.get(name, {}), dict):
            whole[name] = _filled(whole.get(name, {}), default, here, parameters)
        elif name not in whole:
            whole[name] = default
            known = parameters.get(here, Parameter())
            parameters[here] = replace(known, specified=False)
    return whole


TIMED = (("tasks", "due", "remind"), ("clocks", "length", "warn"))
"""Which terms of a table lie within which."""
OWN_DAY = frozenset(kind.value for kind, spec in SPECS.items() if spec.own_day)


def _fitting(values: Mapping[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """Leave out the engine's own reminders and warnings that a term of the city's own is too short for."""
    for tables, term, within in TIMED:
        said = values.get(tables)
        for name, table in said.items() if isinstance(said, dict) else ():
            own, usual = term_of(table.get(term)) if isinstance(table, dict) else None, whole[tables][name]
            if own and name not in OWN_DAY and within not in table and within in usual:
                usual[within] = [step for step in usual[within] if lies_within(step, own)]
    return whole


LAW: Mapping[str, object] = {"decree_days": DECREE_DAYS, "reckoning": Reckoning.BY_LAW, "known_to": KNOWN_TO}
"""What the calendar of every policy that is read today has from the law."""


def _with_the_law(whole: Mapping[str, Any]) -> Mapping[str, Any]:
    calendar = whole.get("calendar")
    return {**whole, "calendar": {**calendar, **LAW}} if isinstance(calendar, dict) else whole


def _with_who_decides(whole: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave the decision on the urgency to who the file says decides, where that is a step of its own."""
    decision, owners = whole.get("decision"), whole.get("owners", {})
    if not isinstance(decision, dict) or not isinstance(owners, dict):
        return whole
    by_desk = decision.get("maker") == DecisionMaker.MANDATED_DESK and decision.get("after_advice") is True
    return {**whole, "owners": {TaskKind.DECIDE_URGENCY.value: Whose.DESK.value, **owners}} if by_desk else whole


def _decides_after(values: Mapping[str, Any], parameters: dict[str, Parameter]) -> list[PolicyProblem]:
    """Have whom a file names decide after the advice, also where it does not say so; a desk that a file names and asks
    for nothing is a problem.
    """
    decision = values.get("decision")
    if not isinstance(decision, dict) or "maker" not in decision:
        return []
    if "after_advice" not in decision:
        decision["after_advice"] = True
        parameters["decision.after_advice"] = parameters["decision.maker"]
    if decision["after_advice"] is not False or decision["maker"] != DecisionMaker.MANDATED_DESK:
        return []
    message = "the desk is asked for nothing: with `after_advice = false` the assessment is the decision"
    return [PolicyProblem(field="decision.maker", message=message)]


def _with_what_is_agreed(whole: Mapping[str, Any], parameters: dict[str, Parameter]) -> Mapping[str, Any]:
    """Take the term of a plan or talk from its agreement, where the file gives it there and nowhere else."""
    support, agreements = whole.get("support"), whole.get("agreements")
    for name, kind in (("plan", "tailored_guidance"), ("talk", "good_tenancy")):
        agreement = agreements.get(kind) if isinstance(agreements, dict) else None
        due, here = agreement.get("due") if isinstance(agreement, dict) else None, f"support.{name}"
        if due and isinstance(support, dict) and here in parameters and not parameters[here].specified:
            support[name] = due
            parameters[here] = parameters[f"agreements.{kind}.due"]
    return whole


def _not_a_citys(values: Mapping[str, Any]) -> list[PolicyProblem]:
    """Name what a file says of days that the law alone decides. A decree's own days may be repeated."""
    said = values.get("calendar")
    if not isinstance(said, dict):
        return []
    problems = [
        PolicyProblem(field=f"calendar.{name}", message="this is the law's, and no city's own")
        for name in LAW.keys() - {"decree_days"}
        if name in said
    ]
    days = said.get("decree_days", [])
    for day in days if isinstance(days, list) else []:
        if day not in DECREE_DAYS:
            message = f"no decree names {day}; a day on which the town hall is closed stands in calendar.closing_days"
            problems.append(PolicyProblem(field="calendar.decree_days", message=message))
    return problems
