"""A parameter of the policy is read by a rule, or it is no parameter: what only a document tells promises too much.

What is read is known from the types: every attribute in the product is looked up by the class that mypy infers for what
it is asked of. (mypy's own `build` is used, whose version the lock pins.)
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from mypy import build
from mypy.config_parser import parse_config_file
from mypy.find_sources import create_source_list
from mypy.nodes import MemberExpr
from mypy.options import Options
from mypy.traverser import NameAndMemberCollector
from mypy.types import Instance, UnionType, get_proper_type

from domain.facts.value import Value
from domain.policy.policy import Policy

ROOT = Path(__file__).parents[1]
ROOMS = ("domain", "activities", "api", "store", "workflows", "runtime")
"""Where rules and what they lead to are; what describes, checks and proves a policy reads everything and is none."""
CHECKING = frozenset({"domain.policy.relations", "domain.exchange.policy_problems"})
"""What holds a file against its bounds reads every value, and is no rule."""
TOLD_ONLY = {
    "Policy.name": "what people call the city",
    "AgreementPolicy.owner": "who sees to an agreement that has no task, in the description",
    "AgreementPolicy.due": "within how long, as above",
    "AgreementPolicy.words": "what an agreement of the city's own is called, as above",
    "RetentionPolicy.support_years": "how long the municipality keeps what is closed; nothing of it is erased yet",
    "RetentionPolicy.rejected_years": "as above",
    "RetentionPolicy.erase_within_months": "as above",
    "DecisionPolicy.desk": "the desk's name in the description; the desk itself is in the directory",
    "DecisionPolicy.maker": "who decides: read from the file, where it gives decide_urgency its owner",
    "DecisionPolicy.advice": "the committee's name in the description; the committee itself is in the directory",
    "DecisionPolicy.fee_cents": "what an application costs, in the description; nobody is charged by the engine",
    "SupportPolicy.guidance_term": "how long support is agreed for, in the description",
}
"""What is told to people and read by no rule: a closed list, to become shorter and never longer."""


def shapes(shape: object) -> Iterator[type[Value]]:
    """Return the values that an annotation names."""
    if isinstance(shape, type) and issubclass(shape, Value):
        yield shape
    for part in get_args(shape):
        yield from shapes(part)


def parameters(value: type[Value] = Policy) -> dict[str, tuple[str, ...]]:
    """Return every parameter as `Class.field`, with the names under which a class that it inherits from has it."""
    found: dict[str, tuple[str, ...]] = {}
    waiting, seen = [value], set[type[Value]]()
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            for name, field in one.model_fields.items():
                bases = [base for base in one.__mro__ if name in getattr(base, "model_fields", {})]
                found[f"{one.__name__}.{name}"] = tuple(f"{base.__name__}.{name}" for base in bases)
                waiting += shapes(field.annotation)
    return found


@cache
def attributes_read() -> frozenset[str]:
    """Return every attribute that our rooms read of something of the domain, as `Class.field`."""
    options = Options()
    parse_config_file(options, lambda: None, str(ROOT / "pyproject.toml"))
    options.export_types = options.preserve_asts = True
    options.incremental = False
    built = build.build(create_source_list([str(ROOT / room) for room in ROOMS], options), options)
    assert built.errors == []
    checking = NameAndMemberCollector()
    for module in CHECKING:
        built.files[module].accept(checking)
    found = set()
    for expression in built.types:
        if (
            isinstance(expression, MemberExpr)
            and expression.expr in built.types
            and expression not in checking.member_exprs
        ):
            asked = get_proper_type(built.types[expression.expr])
            for one in map(get_proper_type, asked.items if isinstance(asked, UnionType) else [asked]):
                if isinstance(one, Instance) and one.type.fullname.startswith("domain."):
                    found.add(f"{one.type.name}.{expression.name}")
    return frozenset(found)


def unread(known: Mapping[str, tuple[str, ...]], read: frozenset[str]) -> list[str]:
    """Say of each parameter that nothing reads what is to be done."""
    return [
        f"no rule reads {name}: let a rule read it, or leave it out of the policy"
        for name, names in known.items()
        if name not in TOLD_ONLY and not read.intersection(names)
    ]


@pytest.mark.slow("the product's types are inferred anew, for mypy keeps none")
def test_every_parameter_of_the_policy_is_read_by_a_rule() -> None:
    read = attributes_read()
    assert unread(parameters(), read) == []
    still = [name for name, names in parameters().items() if name in TOLD_ONLY and read.intersection(names)]
    assert still == [], "a rule reads it now: take it off the list"
    assert TOLD_ONLY.keys() <= parameters().keys()


def test_a_parameter_that_nothing_reads_is_named_with_what_to_do() -> None:
    read = frozenset(name for names in parameters().values() for name in names) - {"OfferPolicy.counted_refusals"}
    assert unread(parameters(), read) == [
        "no rule reads OfferPolicy.counted_refusals: let a rule read it, or leave it out of the policy"
    ]
