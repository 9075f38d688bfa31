"""What reads a clock, draws by chance, or touches files, network, environment or other processes: each module is named.

Rules and workflows do nothing of it. Elsewhere it stays in the modules of `TOUCHES`, so that whoever wants to replace
the clock, the chance or the outside by a double knows where to look.
"""

import ast
from collections.abc import Iterator
from enum import StrEnum

import pytest

from tests.test_architecture import PRODUCT, last_name, modules, sources


class Outside(StrEnum):
    """What is neither an argument nor a constant."""

    CLOCK = "the clock"
    CHANCE = "chance"
    ENVIRONMENT = "the environment"
    FILES = "files"
    NETWORK = "the network"
    PROCESSES = "other processes"


CLOCK, CHANCE, ENVIRONMENT, FILES, NETWORK, PROCESSES = Outside
PURE = ("domain", "policy_tools", "workflows")
MODULES = {
    CLOCK: {"time"},
    CHANCE: {"random", "secrets"},
    ENVIRONMENT: {"getpass", "platform", "pwd"},
    FILES: {"fcntl", "glob", "shutil", "sqlite3", "tempfile"},
    NETWORK: {"aiosmtplib", "asyncpg", "http.client", "http.server", "httpx", "smtplib", "socket", "ssl", "uvicorn"}
    | {"urllib.request"},
    PROCESSES: {"concurrent.futures", "multiprocessing", "signal", "subprocess"},
}
"""Modules of others that lead outside, with everything under them."""
PLAIN = {"asyncpg.Record", "asyncpg.UndefinedTableError", "asyncpg.IntegrityConstraintViolationError"}
"""What of them is a plain value."""
NAMES = {
    **dict.fromkeys(["uuid1", "uuid4", "uuid7", "urandom"], CHANCE),
    **dict.fromkeys(["environ", "getenv"], ENVIRONMENT),
    **dict.fromkeys(["create_subprocess_exec", "create_subprocess_shell", "fork", "execv", "kill"], PROCESSES),
    **dict.fromkeys(["open_connection", "start_server", "open_unix_connection"], NETWORK),
    **dict.fromkeys(["read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "rglob", "mkdir"], FILES),
    **dict.fromkeys(["unlink", "is_file", "is_dir", "lexists", "fdopen", "listdir", "scandir", "touch"], FILES),
}
"""Names that mean the outside wherever they come from."""
OF_A_MODULE = {
    **{(kind, name): CLOCK for kind in ("datetime", "date") for name in ("now", "utcnow", "today")},
    **{("os", name): FILES for name in ("open", "remove", "rename", "replace", "stat", "walk")},
}
"""Names that mean the outside after this one."""

TOUCHES: dict[str, set[Outside]] = {
    "activities/iwmo/folders.py": {FILES},
    "activities/iwmo/transport.py": {FILES},
    "activities/connection_check.py": {FILES},
    "activities/letters/notify_nl.py": {CLOCK, NETWORK},
    "activities/moment.py": {CLOCK},
    "activities/partner.py": {NETWORK},
    "activities/record.py": {CLOCK},
    "activities/vera/client.py": {NETWORK},
    "activities/vera/tokens.py": {NETWORK},
    "api/envelope.py": {CHANCE, CLOCK},
    "api/measured.py": {CLOCK},
    "api/patient_protocol.py": {NETWORK},
    "api/programme.py": {NETWORK},
    "api/server.py": {NETWORK},
    "api/paper.py": {FILES},
    "api/web/assets.py": {FILES},
    "api/language.py": {CLOCK},
    "api/web/links.py": {CHANCE},
    "api/web/try_out.py": {FILES},
    "audit/beside.py": {NETWORK, PROCESSES},
    "audit/examine.py": {CLOCK},
    "audit/export.py": {FILES},
    "audit/histories.py": {FILES},
    "console/asking.py": {CHANCE, ENVIRONMENT, NETWORK},
    "console/audit.py": {CLOCK},
    "console/capacity.py": {FILES},
    "console/connect.py": {CLOCK},
    "console/directory.py": {CLOCK, FILES},
    "console/imports.py": {FILES},
    "console/letters.py": {CLOCK, FILES},
    "console/mending.py": {CLOCK},
    "console/policies.py": {CLOCK, FILES},
    "console/programme.py": {NETWORK},
    "console/reports.py": {CLOCK},
    "console/running.py": {CLOCK},
    "console/tokens.py": {CLOCK},
    "runtime/build.py": {FILES},
    "runtime/clock.py": {CLOCK},
    "runtime/directory.py": {FILES},
    "runtime/guard.py": {NETWORK},
    "runtime/installed.py": {ENVIRONMENT, FILES},
    "runtime/keys.py": {CHANCE},
    "runtime/link_keys.py": {CHANCE},
    "runtime/local_issuer.py": {CHANCE, CLOCK, FILES},
    "runtime/mail.py": {CLOCK, NETWORK},
    "runtime/municipalities.py": {FILES},
    "runtime/outbound.py": {NETWORK},
    "runtime/policies.py": {FILES},
    "runtime/policy_files.py": {FILES},
    "runtime/rates.py": {CLOCK},
    "runtime/seal_interceptor.py": {CLOCK},
    "runtime/sealing.py": {CHANCE},
    "runtime/seals.py": {CHANCE},
    "runtime/secret_files.py": {FILES},
    "runtime/settings.py": {ENVIRONMENT, FILES},
    "runtime/signatures.py": {CHANCE},
    "runtime/tokens.py": {CLOCK},
    "runtime/token_keys.py": {CLOCK, FILES, NETWORK},
    "store/database.py": {FILES, NETWORK},
    "store/directory.py": {CLOCK},
    "store/feed.py": {CHANCE, CLOCK},
    "store/filling.py": {NETWORK},
    "store/journal.py": {NETWORK},
    "store/lists_anew.py": {NETWORK},
    "store/queries.py": {FILES},
    "store/record.py": {NETWORK},
    "store/revocations.py": {CLOCK},
    "store/rights.py": {CHANCE, FILES, NETWORK},
    "store/scarce.py": {NETWORK},
    "store/vault.py": {CHANCE},
    "store/vault_secrets.py": {CHANCE},
    "store/webhooks.py": {NETWORK},
    "texts/__init__.py": {FILES},
    "worker.py": {PROCESSES},
}
"""What each module of the product touches; every other touches nothing."""


def touched(source: str) -> dict[Outside, list[str]]:
    """Say where a source reaches outside."""
    found: dict[Outside, list[str]] = {}
    for line, outside, what in sorted(_touches(ast.parse(source))):
        found.setdefault(outside, []).append(f"line {line}: {what}")
    return found


def _touches(tree: ast.AST) -> Iterator[tuple[int, Outside, str]]:
    for line, module in modules(tree):
        for outside, names in MODULES.items():
            if module not in PLAIN and any(module == name or module.startswith(f"{name}.") for name in names):
                yield line, outside, module
        if outside_name := NAMES.get(module.rpartition(".")[2]):
            yield line, outside_name, module
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            before, last = (last_name(node.value), node.attr) if isinstance(node, ast.Attribute) else ("", node.id)
            if outside_here := NAMES.get(last) or OF_A_MODULE.get((before, last)):
                yield node.lineno, outside_here, last
        if isinstance(node, ast.Call) and _opens_a_file(node):
            yield node.lineno, FILES, ast.unparse(node.func)


def _opens_a_file(call: ast.Call) -> bool:
    """`open(...)`, or `path.open(...)` as one opens a path: with a mode, or with nothing at all."""
    if isinstance(call.func, ast.Name):
        return call.func.id == "open"
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "open"):
        return False
    mode = call.args[0] if call.args else None
    return mode is None or (isinstance(mode, ast.Constant) and str(mode.value)[:1] in {"r", "w", "a", "x"})


@pytest.mark.parametrize("part", PURE)
def test_rules_and_workflows_touch_nothing_outside(part: str) -> None:
    assert {name: found for name, source in sources(part).items() if (found := touched(source))} == {}


@pytest.mark.parametrize("part", sorted(PRODUCT - set(PURE)))
def test_the_outside_is_touched_where_it_is_said_to_be(part: str) -> None:
    touches = {name: found for name, source in sources(part).items() if (found := touched(source))}
    unsaid = {name: found for name, found in touches.items() if found.keys() != TOUCHES.get(name, set())}
    assert unsaid == {}
    assert {name for name in TOUCHES if name.split("/")[0].removesuffix(".py") == part} - touches.keys() == set()


@pytest.mark.parametrize(
    ("source", "outside"),
    [
        ("from datetime import datetime\nx = datetime.now()", CLOCK),
        ("import datetime\nx = datetime.datetime.utcnow()", CLOCK),
        ("from datetime import date\nx = date.today()", CLOCK),
        ("clock = datetime.now", CLOCK),
        ("import time", CLOCK),
        ("from time import monotonic", CLOCK),
        ("from random import Random", CHANCE),
        ("import secrets", CHANCE),
        ("from uuid import uuid4", CHANCE),
        ("import uuid\nx = uuid.uuid4()", CHANCE),
        ("import os\nx = os.urandom(8)", CHANCE),
        ("import os\nx = os.environ['A']", ENVIRONMENT),
        ("from os import environ", ENVIRONMENT),
        ("text = open('x').read()", FILES),
        ("text = Path('x').read_text()", FILES),
        ("with file.open() as it: pass", FILES),
        ("with file.open('rb') as it: pass", FILES),
        ("import shutil", FILES),
        ("import httpx", NETWORK),
        ("from urllib.request import urlopen", NETWORK),
        ("import asyncio\nx = asyncio.open_connection('a', 1)", NETWORK),
        ("import subprocess", PROCESSES),
        ("import asyncio\nx = asyncio.create_subprocess_exec('a')", PROCESSES),
    ],
)
def test_a_touch_is_seen(source: str, outside: Outside) -> None:
    assert touched(source).keys() == {outside}


def test_what_touches_nothing_passes() -> None:
    source = "from datetime import time\nx = workflow.now()\ny = d.open(time(9), calendar.today(x))"
    assert touched(source) == {}
    assert touched("from http import HTTPStatus\nfrom asyncpg import Record\nfrom urllib.parse import urlsplit") == {}
    assert touched("d.open(TaskKind.ASSESS)") == {}
