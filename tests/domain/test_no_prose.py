"""What the rules record is data: no value of the domain is made of a sentence. Words are made in `texts/`."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.facts.value import Value
from tests.domain import test_evolve

RULES = ("facts", "policy", "messages", "state", "steps", "stages", "beside", "decide")
"""The wings that judge and record. In `exchange` a problem is told to who delivers a file, which nobody records."""
DOMAIN = Path(__file__).parents[2] / "domain"


def kinds(of: type[Value] = Value) -> Iterator[str]:
    """The name of every kind of value."""
    for kind in of.__subclasses__():
        yield kind.__name__
        yield from kinds(kind)


MAKERS = frozenset(kinds()) | {"condition", "made", "replace"}
QUOTED = frozenset({"statutory"})
"""What is quoted as it is written elsewhere: the article of a law."""
assert test_evolve, "imports every event"


def prose(node: ast.expr, assigned: dict[str, list[ast.expr]], within: frozenset[str] = frozenset()) -> bool:
    """Tell whether an expression is, or may be, a sentence: a text with a space, written here."""
    if isinstance(node, ast.Call | ast.Compare):
        return False  # what a call is given is looked at for itself; a comparison leaves no text
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and " " in node.value
    if isinstance(node, ast.Name) and node.id not in within:
        return any(prose(one, assigned, within | {node.id}) for one in assigned.get(node.id, ()))
    return any(prose(one, assigned, within) for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr))


def sentences(tree: ast.AST) -> Iterator[int]:
    """The lines on which a value is made with a sentence in it."""
    for scope in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Module)):
        assigned: dict[str, list[ast.expr]] = {}
        for node in ast.walk(scope) if isinstance(scope, ast.FunctionDef) else ():
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                assigned.setdefault(node.targets[0].id, []).append(node.value)
        for node in ast.walk(scope):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = [*node.args, *(one.value for one in node.keywords if one.arg not in QUOTED)]
            if called in MAKERS and any(prose(one, assigned) for one in given):
                yield node.lineno


@pytest.mark.parametrize("wing", RULES)
def test_no_rule_puts_a_sentence_into_what_is_recorded(wing: str) -> None:
    found = [
        f"{path.relative_to(DOMAIN)}:{line}"
        for path in sorted((DOMAIN / wing).rglob("*.py"))
        for line in sorted(set(sentences(ast.parse(path.read_text(encoding="utf-8")))))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ('condition("rooms", True, found=f"{n} people", asked=None)', True),
        ('def f():\n    norm = f"at most {n}"\n    return Condition(name="x", norm=norm)', True),
        ('e.OfferDeclined(why="a sentence" if n else "")', True),
        ('condition(f"{scope}_room", True)', False),
        ('raise ValueError("a sentence")', False),
    ],
)
def test_a_sentence_is_seen_where_a_value_is_made(text: str, seen: bool) -> None:
    assert bool(list(sentences(ast.parse(text)))) is seen
