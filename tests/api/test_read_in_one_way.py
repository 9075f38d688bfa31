"""JSON of callers is read by `runtime.strict_json`, or by nobody: of a key that stands twice no value is taken."""

import ast

import pytest

from runtime.strict_json import KeyTwice, check, read_json
from tests.test_architecture import sources

OURS = {
    "api/bodies.py": "checked by strict_json before",
    "api/commands.py": "words of ours",
    "api/cursors.py": "sealed by us",
    "api/openapi.py": "problems of ours",
    "api/paper.py": "kept by us in the vault",
    "api/programme.py": "answers of our own API",
    "api/referral_table.py": "written by us from a table",
    "api/web/forms.py": "written by us from a form",
    "api/web/hindrances.py": "written by us from a form",
}
"""Who else reads JSON, and why that is no caller's."""
READERS = {"json", "loads", "validate_json", "model_validate_json"}


def readers(source: str) -> list[str]:
    """Say where a source reads JSON by itself."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = [(call.lineno, call.func.attr) for call in calls if isinstance(call.func, ast.Attribute)]
    return [f"line {line}: {name}" for line, name in named if name in READERS]


def test_no_other_module_of_the_api_reads_json() -> None:
    found = {name: where for name, source in sources("api").items() if (where := readers(source))}
    assert found.keys() == OURS.keys(), found


def test_a_reader_is_seen() -> None:
    assert readers("async def f(request): return await request.json()")
    assert readers("import json\nx = json.loads('1')")
    assert readers("x = Shape.model_validate_json(b'')")


@pytest.mark.parametrize(
    "text",
    [
        b'{"a": 1, "a": 1}',
        b'{"a": {"b": 1, "b": 2}}',
        b'[{"a": [{"b": {"c": 1, "c": 2}}]}]',
        b'{"type": "add_note", "\\u0074ype": "withdraw"}',
        b'{"a": 1, "b": 2, "a": null}',
    ],
    ids=["twice", "within", "deep", "escaped", "apart"],
)
def test_a_key_that_stands_twice_is_seen_wherever_it_stands(text: bytes) -> None:
    for read in (check, read_json):
        with pytest.raises(KeyTwice):
            read(text)
