"""What the documents name is there: files, modules, and the documents that they refer to."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_architecture import BESIDE, MAY_IMPORT

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`([a-z_]+(?:[/.][\w-]+)+)/?(?:::[\w.]+)?`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
ANCHOR = re.compile(r"\]\(([^)#:\s]*\.md)?#([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
PAST = frozenset({"CHANGELOG.md"})
"""Tells of releases as they were."""


def in_version_control() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.split("\0") if name]


FILES = in_version_control()
FOLDERS = frozenset(name.partition("/")[0] for name in FILES if "/" in name)
DOCUMENTS = sorted(name for name in FILES if name.endswith(".md") and name not in PAST)


def gone(text: str, folder: Path) -> Iterator[str]:
    """Say what a text in this folder names that is not there."""
    for name in NAMED.findall(text):
        first = re.split("[/.]", name)[0]
        if ("/" in name and first in FOLDERS and not (ROOT / name).exists()) or (
            "/" not in name and first in MAY_IMPORT and not _is_a_module(name)
        ):
            yield name
    for link in LINK.findall(text):
        if not (folder / link).exists():
            yield link
    for document, anchor in ANCHOR.findall(text):
        there = folder / document
        if not document or there.is_file():
            headings = HEADING.findall(there.read_text(encoding="utf-8") if document else text)
            if anchor not in map(anchor_of, headings):
                yield f"{document}#{anchor}"


def anchor_of(heading: str) -> str:
    """Return how a forge calls a heading in a link."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _is_a_module(name: str) -> bool:
    """Tell whether a name is that of a module of ours, or of something in one."""
    parts = name.split(".")
    root = BESIDE.get(parts[0], ROOT)
    places = [root.joinpath(*parts[:n]) for n in range(2, len(parts) + 1)] or [root / parts[0]]
    return any(place.is_dir() or place.with_suffix(".py").is_file() for place in places)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_a_document_names_is_there(document: str) -> None:
    file = ROOT / document
    assert list(gone(file.read_text(encoding="utf-8"), file.parent)) == []


def test_what_is_gone_is_seen() -> None:
    named = "`policies/library.py`, `runtime.nowhere`, [x](no.md), [x](README.md#no), [x](#no)"
    assert list(gone(named, ROOT)) == ["policies/library.py", "runtime.nowhere", "no.md", "README.md#no", "#no"]
    there = "`policies/almere.toml`, `runtime.policies.Policies`, `sandbox.driven`, [x](README.md#the-house), `domain/`"
    assert list(gone(there, ROOT)) == []
    assert list(gone("`domain/facts/tasks.py::Task`, `text/plain`, `made.up`", ROOT)) == []
