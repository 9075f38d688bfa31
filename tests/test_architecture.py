"""Who may import whom, and what rules and workflows must never do: kept by these tests, not by habit."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = frozenset(
    {"activities", "api", "audit", "benchmarks", "cli", "console", "domain", "policy_tools", "runtime", "sandbox"}
    | {"store", "tests", "worker", "workflows"},
)

RECEPTION = frozenset({"activities.iwmo.codes", "activities.iwmo.reception", "activities.iwmo.xml_parse"})
"""How messages of care providers are read and kept: the API takes them in, the worker sees to them."""
MAY_IMPORT: dict[str, frozenset[str]] = {
    "domain": frozenset({"domain"}),
    "workflows": frozenset({"domain", "workflows", "runtime.search_attributes"}),
    "policy_tools": frozenset({"domain", "policy_tools"}),
    "store": frozenset({"domain", "store", "runtime"}),
    "activities": frozenset({"activities", "domain", "store", "runtime", "workflows.messages"}),
    "api": frozenset({"api", "domain", "store", "workflows", "runtime"}) | RECEPTION,
}
"""Which of our own modules each part may import, with everything under them."""
WINGS = ("facts", "policy", "messages", "state", "steps", "stages", "beside", "decide", "exchange")
"""The wings of the domain in their order: each imports only from those before it, and from itself."""
THIRD_PARTY: dict[str, frozenset[str]] = {
    "domain": frozenset({"pydantic"}),
    "policy_tools": frozenset({"pydantic"}),
    "workflows": frozenset({"temporalio"}),
}
"""Parts that may import no other package than these and the standard library."""
MAY_PLAY = frozenset({"sandbox", "cli", "console", "tests", "benchmarks"})
"""Who may import the sandbox."""

PURE = ("domain", "policy_tools", "workflows")
CLOCKS = frozenset({"now", "utcnow", "today"})
IMPURE_MODULES = frozenset({"time", "random", "secrets", "os", "socket", "subprocess"})
IMPURE_NAMES = frozenset({"uuid1", "uuid4", "urandom", "environ", "getenv"})


def modules(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every module that a source imports, with its line: `from a import b` may mean the module `a.b`.

    A relative import cannot leave its own part, so it is left out.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def wrong_imports(part: str, source: str) -> list[str]:
    """Say which imports of a source in this part break the rule."""
    wrong = []
    for line, module in modules(ast.parse(source)):
        top = module.partition(".")[0]
        if top in OURS:
            allowed = MAY_IMPORT.get(part, OURS - {"sandbox"} | ({"sandbox"} if part in MAY_PLAY else set()))
            if not any(module == name or module.startswith(f"{name}.") for name in allowed):
                wrong.append(f"line {line}: {part} imports {module}")
        elif part in THIRD_PARTY and top not in THIRD_PARTY[part] | sys.stdlib_module_names:
            wrong.append(f"line {line}: {part} imports {module}")
    return wrong


def upward_imports(wing: str, source: str) -> list[str]:
    """Say which imports of a module in this wing reach for a wing after it. Imports for types alone count too."""
    after = WINGS[WINGS.index(wing) + 1 :]
    names = ((line, module.split(".")) for line, module in modules(ast.parse(source)))
    return [f"line {line}: {wing} imports {'.'.join(parts)}" for line, parts in names if _in_a_wing(parts, after)]


def _in_a_wing(parts: list[str], wings: tuple[str, ...]) -> bool:
    return parts[0] == "domain" and parts[1] in wings


def impurities(source: str) -> list[str]:
    """Say where a source reads a clock, chance, the environment or a file."""
    tree = ast.parse(source)
    wrong = [f"line {line}: {module}" for line, module in modules(tree) if _impure(module)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS and _last(node.value) in {"datetime", "date"}:
            wrong.append(f"line {node.lineno}: {_last(node.value)}.{node.attr}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open":
            wrong.append(f"line {node.lineno}: open()")
        elif isinstance(node, ast.Attribute | ast.Name) and _last(node) in IMPURE_NAMES:
            wrong.append(f"line {node.lineno}: {_last(node)}")
    return wrong


def _impure(module: str) -> bool:
    return module.partition(".")[0] in IMPURE_MODULES or module.rpartition(".")[2] in IMPURE_NAMES


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def sources(part: str) -> list[Path]:
    single = ROOT / f"{part}.py"
    return [single] if single.exists() else sorted((ROOT / part).rglob("*.py"))


def test_the_domain_is_there_to_be_looked_at() -> None:
    assert len(sources("domain")) > 20


@pytest.mark.parametrize("part", sorted(OURS))
def test_imports_go_one_way(part: str) -> None:
    wrong = {
        str(path.relative_to(ROOT)): found for path in sources(part) if (found := wrong_imports(part, _read(path)))
    }
    assert wrong == {}


def test_policies_are_the_files_of_cities_and_no_code() -> None:
    assert {path.suffix for path in (ROOT / "policies").iterdir() if path.name != "__pycache__"} == {".toml"}


def test_every_module_of_the_domain_is_in_a_wing() -> None:
    domain = ROOT / "domain"
    assert {path.relative_to(domain).parts[0] for path in sources("domain")} == {"__init__.py", *WINGS}


@pytest.mark.parametrize("wing", WINGS)
def test_a_wing_imports_only_from_those_before_it(wing: str) -> None:
    wrong = {
        str(path.relative_to(ROOT)): found
        for path in sources(f"domain/{wing}")
        if (found := upward_imports(wing, _read(path)))
    }
    assert wrong == {}


def test_an_upward_import_is_seen() -> None:
    assert upward_imports("facts", "from domain.policy.rent import Rent") == [
        "line 1: facts imports domain.policy.rent.Rent",
    ]
    assert upward_imports("stages", "from domain.beside import aftercare")
    assert not upward_imports("beside", "from domain.stages import follow_up\nfrom domain.beside import absence")


@pytest.mark.parametrize("part", PURE)
def test_rules_and_workflows_read_no_clock_no_chance_and_nothing_outside(part: str) -> None:
    wrong = {str(path.relative_to(ROOT)): found for path in sources(part) if (found := impurities(_read(path)))}
    assert wrong == {}


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("domain", "import asyncpg"),
        ("domain", "from temporalio import workflow"),
        ("domain", "from store import journal"),
        ("domain", "def later():\n    import runtime.settings"),
        ("workflows", "from store.journal import record"),
        ("workflows", "import activities.letters"),
        ("workflows", "from runtime.settings import Settings"),
        ("workflows", "from runtime import settings"),
        ("workflows", "import structlog"),
        ("store", "from workflows.mediation import MediationWorkflow"),
        ("store", "import activities"),
        ("activities", "from workflows.mediation import MediationWorkflow"),
        ("activities", "from api.app import app"),
        ("api", "from activities.record import Recorder"),
        ("api", "from sandbox.partners import server"),
        ("audit", "import sandbox"),
        ("policy_tools", "from store import journal"),
        ("policy_tools", "import typer"),
        ("worker", "from sandbox import embedded"),
        ("runtime", "from sandbox.city import people"),
    ],
)
def test_a_wrong_import_is_seen(part: str, source: str) -> None:
    assert len(wrong_imports(part, source)) == 1


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("domain", "import re\nfrom pydantic import Field\nfrom domain.facts.tasks import Task"),
        (
            "workflows",
            "from domain import record\nfrom runtime.search_attributes import STAGE\nimport temporalio.workflow",
        ),
        ("workflows", "from runtime import search_attributes"),
        ("store", "import asyncpg\nfrom runtime.settings import Settings\nfrom domain.decide.decide import decide"),
        ("activities", "from workflows.messages import Recording\nimport httpx\nfrom store import journal"),
        ("cli", "from console import running"),
        ("console", "from sandbox.embedded import up"),
        ("benchmarks", "import sandbox.city"),
    ],
)
def test_a_right_import_passes(part: str, source: str) -> None:
    assert wrong_imports(part, source) == []


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\nx = datetime.now()",
        "import datetime\nx = datetime.datetime.utcnow()",
        "from datetime import date\nx = date.today()",
        "clock = datetime.now",
        "import time",
        "from time import monotonic",
        "from random import Random",
        "import secrets",
        "from uuid import uuid4",
        "import uuid\nx = uuid.uuid4()",
        "import os",
        "from os import environ",
        "text = open('x').read()",
    ],
)
def test_an_impurity_is_seen(source: str) -> None:
    assert impurities(source)


def test_a_pure_source_passes() -> None:
    source = "from datetime import time\nx = workflow.now()\ny = d.open(time(9), calendar.today(x))"
    assert impurities(source) == []


TABLES_MAY_STAND = frozenset(
    {
        "activities/letters/texts/dutch.py",
        "activities/letters/texts/english.py",
        "api/web/words.py",
        "policy_tools/describe/dutch_process.py",
        "policy_tools/describe/english_process.py",
        "domain/steps/appointments.py",
        "policy_tools/prove/claims.py",
    },
)
"""Words; the two tasks with a day for the client's calendar; and what the proof claims of an end, which must not be
taken from the rules that it judges."""


def tables_of_tasks(source: str) -> list[str]:
    """Say where a source tells something of several kinds of task by hand, that their definitions should tell."""
    wrong = []
    for node in ast.walk(ast.parse(source)):
        told = node.keys if isinstance(node, ast.Dict) else node.elts if isinstance(node, ast.Set) else []
        kinds = [one for one in told if isinstance(one, ast.Attribute) and _last(one.value) == "TaskKind"]
        if len(kinds) > 1 and isinstance(node, ast.Dict | ast.Set):
            wrong.append(f"line {node.lineno}: of {len(kinds)} kinds of task")
    return wrong


@pytest.mark.parametrize("part", ["activities", "api", "audit", "domain", "policy_tools", "store", "workflows"])
def test_what_is_told_of_a_kind_of_task_stands_in_its_definition(part: str) -> None:
    others = (path for path in sources(part) if str(path.relative_to(ROOT)) not in TABLES_MAY_STAND)
    found = {str(path.relative_to(ROOT)): tables_of_tasks(_read(path)) for path in others}
    assert {path: tables for path, tables in found.items() if tables} == {}


def test_a_table_over_kinds_of_task_is_seen() -> None:
    assert tables_of_tasks("OF_HOME = frozenset({TaskKind.VISIT_CLIENT, TaskKind.TAKE_UP_FOLLOW_ON})")
    assert tables_of_tasks("WORDS = {TaskKind.VISIT_CLIENT: 1, TaskKind.ASSESS: 2}")
    assert not tables_of_tasks("FIRST = {SignalKind.NUISANCE: TaskKind.ACKNOWLEDGE_SIGNAL, SignalKind.WORRY: 1}")


def test_a_kind_of_task_stands_in_few_files() -> None:
    """What must be written for one more: here, of a task that a policy may do without and that has an event."""
    product = [path for part in PRODUCT for path in sources(part)]
    named = {str(path.relative_to(ROOT)) for path in product if "TaskKind.HOLD_TALK" in _read(path)}
    named |= {str(path.relative_to(ROOT)) for path in product if '"hold_talk"' in _read(path)}
    assert named - TABLES_MAY_STAND <= {
        "domain/facts/tasks.py",
        "domain/messages/answers.py",
        "domain/stages/first_weeks.py",
        "domain/policy/policy_defaults.py",
        "policy_tools/describe/document.py",
    }


PRODUCT = ("activities", "api", "audit", "console", "domain", "policy_tools", "runtime", "store", "worker", "workflows")
