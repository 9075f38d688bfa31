"""Rules are a closed list: each may refuse something, and what a coordinator may set aside is part of it."""

import ast
from pathlib import Path
from typing import get_args

from domain.facts.referral import DwellingNeeds, TransferredFrom
from domain.facts.rules import SET_ASIDE_AS, Overridable, RuleName
from domain.messages.answers import TaskAnswer
from domain.messages.commands import AnyCommand

PRODUCT = ("domain", "store", "api")
"""Where commands are refused."""


REFUSE = {"require", "RuleBroken"}


def asked() -> set[str]:
    """Return which rules the product names where it refuses or recognises a refusal."""
    trees = (ast.parse(file.read_text()) for wing in PRODUCT for file in Path(wing).rglob("*.py"))
    names = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    return {it.attr for it in names if isinstance(it.value, ast.Name) and it.value.id == "RuleName"}


def fields_told() -> set[str]:
    """Return every field of which a refusal may say that it is wrong."""
    trees = (ast.parse(file.read_text()) for file in Path("domain").rglob("*.py"))
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [word.value for call in calls if _called(call) in REFUSE for word in call.keywords if word.arg == "field"]
    named += [call.args[1] for call in calls if _called(call) == "given"]
    return {str(it.value) for it in named if isinstance(it, ast.Constant)}


def _called(call: ast.Call) -> str:
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def fields_given() -> set[str]:
    """Return every field of an answer or a command, and of the needs in a referral."""
    commands = get_args(get_args(AnyCommand)[0])
    answers = get_args(get_args(TaskAnswer)[0])
    needs = {f"needs.{name}" for name in DwellingNeeds.model_fields}
    before = {f"transferred_from.{name}" for name in TransferredFrom.model_fields}
    return needs | before | {name for given in (*commands, *answers) for name in given.model_fields}


def test_a_refusal_names_a_field_that_its_giver_filled_in() -> None:
    assert fields_told() <= fields_given()
    trees = (ast.parse(file.read_text()) for file in Path("domain").rglob("*.py"))
    calls = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call))
    asked_of = {ast.unparse(call.args[0]) for call in calls if _called(call) == "given"}
    assert not {value for value in asked_of if value.startswith(("d.", "lease.", "call_day"))}, "for that is `known`"


def test_every_rule_is_one_that_something_asks() -> None:
    assert {rule.name for rule in RuleName} - asked() == set()


def test_what_may_be_set_aside_is_a_rule_that_refuses_but_for_the_places_which_are_waited_for() -> None:
    assert set(SET_ASIDE_AS.values()) == set(Overridable) - {Overridable.QUOTA_FULL, Overridable.QUEUE_ORDER}
    assert {rule.value for rule in SET_ASIDE_AS} >= {rule.value for rule in Overridable} - {
        "quota_full",
        "queue_order",
        "target_group",
    }
