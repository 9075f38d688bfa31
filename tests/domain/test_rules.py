"""Rules are a closed list: each may refuse something, and what a coordinator may set aside is part of it."""

import ast
from pathlib import Path

from domain.facts.rules import SET_ASIDE_AS, Rule, RuleName

PRODUCT = ("domain", "store", "api")
"""Where commands are refused."""


def asked() -> set[str]:
    """Return which rules the product names where it refuses or recognises a refusal."""
    trees = (ast.parse(file.read_text()) for wing in PRODUCT for file in Path(wing).rglob("*.py"))
    names = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    return {it.attr for it in names if isinstance(it.value, ast.Name) and it.value.id == "RuleName"}


def test_every_rule_is_one_that_something_asks() -> None:
    assert {rule.name for rule in RuleName} - asked() == set()


def test_what_may_be_set_aside_is_a_rule_that_refuses_but_for_the_places_which_are_waited_for() -> None:
    assert set(SET_ASIDE_AS.values()) == set(Rule) - {Rule.QUOTA_FULL}
    assert {rule.value for rule in SET_ASIDE_AS} >= {rule.value for rule in Rule} - {"quota_full", "target_group"}
