"""What comments and docstrings name between backticks is there: a name that went leaves no sentence about it behind."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

import pytest

from tests.docs.test_mentions import FILES, ROOT

WORD = re.compile(r"[A-Za-z_]\w*")
NAME = re.compile(r"`([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?:\(\))?`")
SQL_NAME = re.compile(r"--\s(?:name|part): ")
OTHERS = frozenset(
    {
        "sequencetype",  # an attribute of CloudEvents
        "SIGNALERINGSOORT",  # a list of VERA
        "TEMPORAL_API_KEY",  # a variable of Temporal's own library
        "psql",  # a program
        "filepath",  # a package of Go
        "Class",  # in the place of any
    }
)
"""Names of what is not ours."""
KNOWN = frozenset(part for file in FILES for part in re.split(r"[/.]", file))
"""Folders, files and what they end with."""


def parts(text: str, *, python: bool) -> tuple[set[str], list[str]]:
    """Return the words of the code in a text, and what is said of it: comments, and docstrings."""
    words: set[str] = set()
    said: list[str] = []
    if not python:
        for line in text.splitlines():
            code, mark, comment = line.partition("--")
            words.update(WORD.findall(line if SQL_NAME.match(f"{mark}{comment}") else code))
            said.append(comment)
        return words, said
    tree = ast.walk(ast.parse(text))
    docs = [one.value for one in tree if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)]
    said += [one.value for one in docs if isinstance(one.value, str)]
    at = {one.lineno for one in docs}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            said.append(token.string)
        elif token.type == tokenize.NAME or (token.type == tokenize.STRING and token.start[0] not in at):
            words.update(WORD.findall(token.string))
    return words, said


def gone(said: str, words: set[str]) -> Iterator[str]:
    """Return what is named in a sentence, and is nowhere in the code."""
    for name in NAME.findall(said):
        if any(part not in words and part not in KNOWN | OTHERS for part in name.split(".")):
            yield name


@pytest.mark.slow("every file of the product and its tests is read")
def test_every_name_in_a_comment_or_docstring_is_there() -> None:
    words: set[str] = set()
    told: list[tuple[str, str]] = []
    for file in FILES:
        kind = file.rpartition(".")[2]
        if kind in {"py", "sql"}:
            of, said = parts((ROOT / file).read_text(encoding="utf-8"), python=kind == "py")
            words |= of
            told += [(file, one) for one in said]
        elif kind in {"toml", "html"}:
            words.update(WORD.findall((ROOT / file).read_text(encoding="utf-8")))
    assert [(file, name) for file, said in told for name in gone(said, words)] == []
    assert sum(len(NAME.findall(said)) for _, said in told) > 500


def test_a_name_that_went_is_seen() -> None:
    words, said = parts('def stays() -> None:\n    """See `stays`, `went.away` and `texts`."""\n', python=True)
    assert [name for one in said for name in gone(one, words)] == ["went.away"]
    words, said = parts("-- name: one\n-- as `store.NOT_TOLD` and `kept` say\nSELECT kept;", python=False)
    assert [name for one in said for name in gone(one, words)] == ["store.NOT_TOLD"]
