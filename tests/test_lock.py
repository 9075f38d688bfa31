"""The lock files: complete, hashed, and the same on every machine."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[\w.]+)(?: ; (?P<marker>[^\\]+))? \\")
HASH = re.compile(r" {4}--hash=sha256:[0-9a-f]{64}(?: \\)?")


def locked(file: str) -> dict[str, str]:
    """Each package in a lock file with its version."""
    pins = [PIN.fullmatch(line) for line in (ROOT / file).read_text().splitlines() if not line.startswith(" ")]
    return {pin["name"]: pin["version"] for pin in pins if pin}


def wanted(*extras: str) -> set[str]:
    """The packages that pyproject.toml names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lines = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    for extra in extras:
        lines += project["project"]["optional-dependencies"][extra]
    names = [re.split(r"[\[<>=!~; ]", line)[0] for line in lines]
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


@pytest.mark.parametrize("file", ["requirements.lock", "requirements-runtime.lock"])
def test_a_lock_holds_versions_and_hashes_and_no_place_to_get_them(file: str) -> None:
    lines = (ROOT / file).read_text().splitlines()
    assert lines
    assert [line for line in lines if not (PIN.fullmatch(line) or HASH.fullmatch(line))] == []


def test_the_lock_holds_everything_the_project_names() -> None:
    assert wanted("dev") - locked("requirements.lock").keys() == set()


def test_the_image_gets_the_tested_versions_and_nothing_for_development() -> None:
    runtime = locked("requirements-runtime.lock")
    assert wanted() - runtime.keys() == set()
    assert runtime.items() <= locked("requirements.lock").items()
    assert "pytest" not in runtime
