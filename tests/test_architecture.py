"""Who may import whom: kept by these tests, not by habit. What may touch the outside: `tests/test_outside.py`."""

import ast
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SANDBOX = ROOT / "sandbox" / "src"
PRODUCT = frozenset(
    {"activities", "api", "audit", "cli", "console", "domain", "policy_tools", "runtime", "store", "texts"}
    | {"worker", "workflows"},
)
"""The parts of the product, each a package or a module."""
BESIDE = {"sandbox": SANDBOX, "benchmarks": SANDBOX, "tests": ROOT}
"""Where the parts are that nothing of the product may import."""
PARTS = sorted(PRODUCT | BESIDE.keys())

RECEPTION = frozenset({"activities.iwmo.codes", "activities.iwmo.reception", "activities.iwmo.xml_parse"})
"""How messages of care providers are read and kept: the API takes them in, the worker sees to them."""
STARTED = frozenset({"workflows.digest", "workflows.mediation", "workflows.publishers"})
"""The workflows that the API starts or gives commands to."""
TRIED = frozenset({"activities.connection_check", "activities.letters", "activities.partner"})
"""What a command tries once, as a worker does all day: a partner's system, the way of a letter."""
MAY_IMPORT: dict[str, frozenset[str]] = {
    "domain": frozenset(),
    "texts": frozenset({"domain"}),
    "policy_tools": frozenset({"domain", "texts"}),
    "workflows": frozenset({"domain", "runtime.search_attributes"}),
    "runtime": frozenset({"domain", "texts.language", "texts.misread"}),
    "store": frozenset({"domain", "runtime", "texts.misread"}),
    "activities": frozenset({"audit.finding", "audit.verify", "domain", "runtime", "store", "texts"}),
    "api": frozenset({"domain", "runtime", "store", "texts"}) | STARTED | RECEPTION,
    "audit": frozenset({"domain", "runtime", "store", "texts", "workflows.mediation"}),
    "worker": frozenset({"activities", "domain", "runtime", "store", "workflows"}),
    "console": frozenset({"api", "audit", "domain", "policy_tools", "runtime", "store", "texts.Language", "worker"})
    | TRIED,
    "cli": frozenset({"console"}),
    "sandbox": frozenset({"activities", "api", "audit", "console", "domain", "policy_tools", "runtime", "store"})
    | {"texts"},
    "benchmarks": PRODUCT - {"audit", "cli", "console", "policy_tools", "texts"} | {"audit.verify", "sandbox"},
    "tests": PRODUCT | {"benchmarks", "sandbox"},
}
"""Which parts, or modules with everything under them, each part imports besides itself: these and no other."""
WINGS = ("facts", "policy", "messages", "state", "steps", "stages", "beside", "decide", "exchange")
"""The wings of the domain in their order: each imports only from those before it, and from itself."""
THIRD_PARTY: dict[str, frozenset[str]] = {
    "domain": frozenset({"pydantic"}),
    "policy_tools": frozenset({"pydantic"}),
    "texts": frozenset({"pydantic"}),
    "workflows": frozenset({"temporalio"}),
}
"""Parts that may import no other package than these and the standard library."""


def modules(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every module that a source imports, with its line: `from a import b` may mean the module `a.b`.

    A relative import cannot leave its own part, so it is left out.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def last_name(node: ast.expr) -> str:
    """The name that an expression ends with; nothing for another expression."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def arrow(part: str, module: str) -> str | None:
    """Return what allows this part to import that module of ours; None when nothing does."""
    allowed = MAY_IMPORT[part] | {part}
    return next((name for name in allowed if module == name or module.startswith(f"{name}.")), None)


def wrong_imports(part: str, source: str) -> list[str]:
    """Say which imports of a source in this part break the rule."""
    wrong = []
    for line, module in modules(ast.parse(source)):
        top = module.partition(".")[0]
        if top in MAY_IMPORT:
            if not arrow(part, module):
                wrong.append(f"line {line}: {part} imports {module}")
            elif not is_there(module) and not is_there(module.rpartition(".")[0]):
                wrong.append(f"line {line}: there is no {module}")
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


@cache
def is_there(module: str) -> bool:
    """Tell whether a module of ours is a file or a package."""
    path = BESIDE.get(module.partition(".")[0], ROOT).joinpath(*module.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


@cache
def sources(part: str) -> dict[str, str]:
    """The source of every module of a part, by its file's name."""
    folder = BESIDE.get(part, ROOT) / part
    files = [single] if (single := folder.with_suffix(".py")).exists() else sorted(folder.rglob("*.py"))
    return {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in files}


def test_every_part_has_its_arrows_and_is_there_to_be_looked_at() -> None:
    assert sorted(MAY_IMPORT) == PARTS
    assert {part for part in PARTS if not sources(part)} == set()
    assert len(sources("domain")) > 20
    code = {path.parts[0] for path in (file.relative_to(ROOT) for file in ROOT.glob("*/__init__.py"))}
    assert code - set(PARTS) == set(), "a part that nothing is said of"


def test_policies_are_the_files_of_cities_and_no_code() -> None:
    assert {path.suffix for path in (ROOT / "policies").iterdir() if path.name != "__pycache__"} == {".toml"}


@pytest.mark.parametrize("part", PARTS)
def test_imports_go_one_way(part: str) -> None:
    wrong = {name: found for name, source in sources(part).items() if (found := wrong_imports(part, source))}
    assert wrong == {}


@pytest.mark.parametrize("part", PARTS)
def test_nothing_is_allowed_that_nobody_does(part: str) -> None:
    imported = [module for source in sources(part).values() for _, module in modules(ast.parse(source))]
    used = {arrow(part, module) for module in imported if module.partition(".")[0] in MAY_IMPORT}
    assert MAY_IMPORT[part] - used == set()


def test_no_two_parts_of_the_product_import_each_other() -> None:
    arrows = {(part, name.partition(".")[0]) for part in PARTS for name in MAY_IMPORT[part]}
    assert {pair for pair in arrows if pair[::-1] in arrows} == set()


def test_every_module_of_the_domain_is_in_a_wing() -> None:
    assert {Path(name).parts[1] for name in sources("domain")} == {"__init__.py", *WINGS}


@pytest.mark.parametrize("wing", WINGS)
def test_a_wing_imports_only_from_those_before_it(wing: str) -> None:
    own = {name: source for name, source in sources("domain").items() if Path(name).parts[1] == wing}
    assert own
    assert {name: found for name, source in own.items() if (found := upward_imports(wing, source))} == {}


def test_an_upward_import_is_seen() -> None:
    assert upward_imports("facts", "from domain.policy.rent import Rent") == [
        "line 1: facts imports domain.policy.rent.Rent",
    ]
    assert upward_imports("stages", "from domain.beside import aftercare")
    assert not upward_imports("beside", "from domain.stages import follow_up\nfrom domain.beside import absence")


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("domain", "import asyncpg"),
        ("domain", "from temporalio import workflow"),
        ("domain", "from store import journal"),
        ("domain", "from texts import of"),
        ("texts", "from store import journal"),
        ("domain", "def later():\n    import runtime.settings"),
        ("domain", "from domain.facts.nowhere import Nothing"),
        ("workflows", "from store.journal import record"),
        ("workflows", "import activities.letters"),
        ("workflows", "from runtime.settings import Settings"),
        ("workflows", "from runtime import settings"),
        ("workflows", "import structlog"),
        ("runtime", "from api.app import create_app"),
        ("runtime", "from store import database"),
        ("runtime", "from sandbox.city import people"),
        ("store", "from workflows.mediation import MediationWorkflow"),
        ("store", "import activities"),
        ("activities", "from workflows.mediation import MediationWorkflow"),
        ("activities", "from api.app import create_app"),
        ("api", "from activities.record import Recorder"),
        ("api", "from sandbox.partners import system"),
        ("audit", "import sandbox"),
        ("audit", "from api.app import create_app"),
        ("policy_tools", "from store import journal"),
        ("policy_tools", "import typer"),
        ("worker", "from sandbox import embedded"),
        ("console", "from sandbox.up import stay_up"),
        ("cli", "import benchmarks"),
        ("sandbox", "from tests.domain.case import Case"),
        ("sandbox", "import benchmarks.shell"),
        ("benchmarks", "from tests import town"),
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
            "import temporalio.workflow\nfrom domain.facts import tasks\nfrom runtime.search_attributes import STAGE",
        ),
        ("workflows", "from runtime import search_attributes"),
        ("store", "import asyncpg\nfrom runtime.settings import Settings\nfrom domain.decide.decide import decide"),
        ("activities", "import httpx\nfrom store import journal"),
        ("cli", "from console import running"),
        ("sandbox", "import sandbox.embedded\nfrom sandbox.story import timeline"),
        ("benchmarks", "import sandbox.city"),
    ],
)
def test_a_right_import_passes(part: str, source: str) -> None:
    assert wrong_imports(part, source) == []


TABLES_MAY_STAND = frozenset(
    {"domain/state/agenda.py", "domain/steps/appointments.py", "policy_tools/prove/claims.py"},
)
"""The two tasks that rest while the client is away, which the agenda reads off a state that knows no definitions; the
two with a day for the client's calendar; and what the proof claims of an end, which must not be taken from
the rules that it judges."""


def tables_of_tasks(source: str) -> list[str]:
    """Say where a source tells something of several kinds of task by hand, that their definitions should tell."""
    wrong = []
    for node in ast.walk(ast.parse(source)):
        told = node.keys if isinstance(node, ast.Dict) else node.elts if isinstance(node, ast.Set) else []
        kinds = [one for one in told if isinstance(one, ast.Attribute) and last_name(one.value) == "TaskKind"]
        if len(kinds) > 1 and isinstance(node, ast.Dict | ast.Set):
            wrong.append(f"line {node.lineno}: of {len(kinds)} kinds of task")
    return wrong


@pytest.mark.parametrize("part", ["activities", "api", "audit", "domain", "policy_tools", "store", "workflows"])
def test_what_is_told_of_a_kind_of_task_stands_in_its_definition(part: str) -> None:
    found = {name: tables_of_tasks(source) for name, source in sources(part).items() if name not in TABLES_MAY_STAND}
    assert {name: tables for name, tables in found.items() if tables} == {}


def test_a_table_over_kinds_of_task_is_seen() -> None:
    assert tables_of_tasks("OF_HOME = frozenset({TaskKind.VISIT_CLIENT, TaskKind.TAKE_UP_FOLLOW_ON})")
    assert tables_of_tasks("WORDS = {TaskKind.VISIT_CLIENT: 1, TaskKind.ASSESS: 2}")
    assert not tables_of_tasks("FIRST = {SignalKind.NUISANCE: TaskKind.ACKNOWLEDGE_SIGNAL, SignalKind.WORRY: 1}")


def test_a_kind_of_task_stands_in_few_files() -> None:
    """What must be written for one more: here, of a task that a policy may do without and that has an event."""
    product = {name: source for part in PRODUCT for name, source in sources(part).items()}
    named = {name for name, source in product.items() if "TaskKind.HOLD_TALK" in source or '"hold_talk"' in source}
    assert named - TABLES_MAY_STAND <= {
        "domain/facts/tasks.py",
        "domain/messages/answers.py",
        "domain/stages/first_weeks.py",
        "domain/policy/policy_defaults.py",
        "policy_tools/describe/document.py",
    }


def unchecked_copies(source: str) -> list[str]:
    """Say where a source makes a value of another, or of nothing, in a way that mypy does not look into."""
    nodes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute))
    return [f"line {node.lineno}: {node.attr}" for node in nodes if node.attr in {"model_copy", "model_construct"}]


@pytest.mark.parametrize("part", PARTS)
def test_a_value_is_changed_by_replace_alone(part: str) -> None:
    found = {name: unchecked_copies(source) for name, source in sources(part).items()}
    assert {name: copies for name, copies in found.items() if copies} == {}


@pytest.mark.parametrize(
    "source",
    [
        'task.model_copy(update={"overdue": True})',
        "task.model_copy(update=changes)",
        "Decided.model_construct(state=state).wake_at",
        "make = AnswerTask.model_construct",
    ],
)
def test_an_unchecked_copy_is_seen(source: str) -> None:
    assert len(unchecked_copies(source)) == 1
    assert not unchecked_copies("replace(task, overdue=True)")


def classes(source: str) -> list[str]:
    """The names of the classes of a source that others may import."""
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef) and node.name[0] != "_"]


def named_twice(modules_of: Mapping[str, str]) -> dict[str, list[str]]:
    """Classes of one name in more than one of these modules."""
    found: dict[str, list[str]] = {}
    for name, source in sorted(modules_of.items()):
        for one in classes(source):
            found.setdefault(one, []).append(name)
    return {one: where for one, where in found.items() if len(where) > 1}


def test_the_name_of_a_class_means_one_thing_in_all_of_the_product() -> None:
    assert named_twice({name: source for part in PRODUCT for name, source in sources(part).items()}) == {}


def test_a_name_that_means_two_things_is_seen() -> None:
    twice = {"store/letters.py": "class Sent: ...", "api/webhooks.py": "class Sent: ...\nclass _Own: ..."}
    assert named_twice(twice | {"api/own.py": "class _Own: ..."}) == {"Sent": ["api/webhooks.py", "store/letters.py"]}


def keys_twice(source: str) -> list[str]:
    """Say which keys a table of a source names twice: the last of them would count, and the first seem to."""
    tables = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Dict))
    named = (Counter(ast.unparse(key) for key in table.keys if key) for table in tables)
    return [key for keys in named for key, times in keys.items() if times > 1]


@pytest.mark.parametrize("part", PARTS)
def test_no_table_names_a_key_twice(part: str) -> None:
    found = {name: keys_twice(source) for name, source in sources(part).items()}
    assert {name: keys for name, keys in found.items() if keys} == {}


def test_a_key_that_is_named_twice_is_seen() -> None:
    assert keys_twice("HOLDS = {Letter.CLOSED: ended, Letter.REOPENED: on, Letter.CLOSED: on}") == ["Letter.CLOSED"]
    assert not keys_twice("HOLDS = {**EARLIER, **LATER, Letter.CLOSED: ended}")
