"""Nothing of the product makes an HTTP client, or opens a connection, but the guard of outgoing calls."""

import ast
from collections.abc import Iterator

import pytest

from tests.test_architecture import PRODUCT, last_name, modules, sources

GUARD = {"runtime/guard.py", "runtime/outbound.py"}
"""Who makes clients: behind the judgement of addresses."""
OPERATORS = {
    "console/asking.py": "the command line asks the API where the operator says that it is",
    "console/programme.py": "the command line asks the API where the operator says that it is",
}
"""Who else does, and whose the address is: nobody's who uses the product."""
MAKERS = {
    "httpx": {"AsyncClient", "Client", "AsyncHTTPTransport", "HTTPTransport", "get", "post", "put", "patch", "delete"}
    | {"head", "options", "request", "stream"},
    "asyncio": {"open_connection", "create_connection"},
    "socket": {"socket", "create_connection"},
}
"""What of a module makes a client or a connection."""
CLIENTS = {"aiohttp", "h2", "h11", "http.client", "httpcore", "requests", "urllib.request", "urllib3", "websockets"}
"""Modules that are clients by themselves."""


def made(source: str) -> list[str]:
    """Say where a source makes an HTTP client or a connection of its own, under whatever name."""
    return sorted(f"line {line}: {what}" for line, what in _made(ast.parse(source)))


def _made(tree: ast.AST) -> Iterator[tuple[int, str]]:
    known = {name: name for name in MAKERS}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            known |= {alias.asname: alias.name for alias in node.names if alias.asname and alias.name in MAKERS}
        elif isinstance(node, ast.ImportFrom):
            names = (alias.name for alias in node.names if alias.name in MAKERS.get(node.module or "", ()))
            yield from ((node.lineno, f"{node.module}.{name}") for name in names)
    for line, module in modules(tree):
        if any(module == one or module.startswith(f"{one}.") for one in CLIENTS):
            yield line, module
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = known.get(last_name(node.func.value), "asyncio" if node.func.attr == "create_connection" else "")
            if node.func.attr in MAKERS.get(of, ()):
                yield node.lineno, f"{of}.{node.func.attr}"


@pytest.mark.parametrize("part", sorted(PRODUCT))
def test_every_client_is_made_by_the_guard(part: str) -> None:
    around = {name: found for name, source in sources(part).items() if (found := made(source))}
    assert around.keys() - GUARD - OPERATORS.keys() == set(), around


def test_who_may_make_one_does() -> None:
    every = {name: source for part in PRODUCT for name, source in sources(part).items()}
    assert [name for name in (*GUARD, *OPERATORS) if not made(every[name])] == []


@pytest.mark.parametrize(
    "source",
    [
        "import httpx\nx = httpx.AsyncClient()",
        "import httpx as h\nx = h.get('https://x')",
        "from httpx import Client",
        "import httpx\nx = httpx.stream('GET', 'https://x')",
        "from urllib.request import urlopen",
        "import urllib.request",
        "from urllib import request",
        "import http.client",
        "from http import client",
        "import aiohttp",
        "import asyncio\nx = asyncio.open_connection('a', 1)",
        "import asyncio\nx = asyncio.get_running_loop().create_connection(None, 'a', 1)",
        "import socket\nx = socket.create_connection(('a', 1))",
    ],
    ids=[
        *("a-client", "another-name", "imported-by-name", "one-call", "urlopen", "urllib", "from-urllib"),
        *("http-client", "from-http", "aiohttp", "a-connection", "of-the-loop", "a-socket"),
    ],
)
def test_a_client_is_found(source: str) -> None:
    assert made(source)


def test_what_makes_none_is_let_be() -> None:
    assert made("import httpx\nfrom urllib.parse import urlsplit\ndef f(x: httpx.AsyncClient): return x.get('a')") == []
    assert made("import socket, asyncio\nx = asyncio.to_thread(socket.getfqdn)") == []
