"""Images get their digests from the registry, all of them or none, and which have none is said."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FAKE = """#!/bin/sh
[ "$1 $2 $3" = "buildx imagetools inspect" ] || exit 2
case "$4" in "$BROKEN") echo "no such image" >&2; exit 1;; esac
printf '{"schemaVersion": 2, "digest": "sha256:%s", "manifests": []}' "$(printf '%s' "$4" | sha256sum | cut -c1-64)"
"""
"""Answers as `docker buildx imagetools inspect` does, with a digest that follows from the name."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("docker-compose.yml", "Dockerfile"):
        shutil.copy(ROOT / name, tmp_path)
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text(FAKE)
    docker.chmod(0o755)
    return tmp_path


def run(folder: Path, *words: str, broken: str = "none") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "deploy" / "digests.py", "--folder", folder, *words],
        env={"PATH": f"{folder / 'bin'}:{os.defpath}", "BROKEN": broken},
        capture_output=True,
        text=True,
        check=False,
    )


def told_missing(said: subprocess.CompletedProcess[str]) -> set[str]:
    return set(re.findall(r"^no digest: (\S+)$", said.stdout, re.MULTILINE))


def test_the_papers_say_whether_images_have_digests() -> None:
    """As long as one has none, docs/operations.md says so and how to write them."""
    said = run(ROOT, "--check")
    missing = told_missing(said)
    assert said.returncode == (1 if missing else 0)
    assert ("Images are shipped without digests" in (ROOT / "docs" / "operations.md").read_text()) == bool(missing)


def test_every_image_of_others_gets_its_digest_and_the_check_is_content(folder: Path) -> None:
    missing = told_missing(run(folder, "--check"))
    written = run(folder)
    assert written.returncode == 0, written.stderr
    compose = (folder / "docker-compose.yml").read_text()
    docker = (folder / "Dockerfile").read_text()
    named = {line.partition("@")[0] for line in written.stdout.splitlines()}
    assert {"postgres:18.1", "postgres:16.11", "python:3.11.14-slim-bookworm"} <= named
    assert missing <= named
    assert re.search(r"image: postgres:18\.1@sha256:[0-9a-f]{64}\n", compose)
    assert len(re.findall(r"^FROM python:\S+@sha256:[0-9a-f]{64}( AS build)?$", docker, re.MULTILINE)) == 2
    assert "image: direct-mediation:" in compose
    assert "direct-mediation:0.2.0@" not in compose
    assert (run(folder, "--check").stdout, run(folder, "--check").returncode) == ("", 0)


def test_a_digest_of_before_gives_way(folder: Path) -> None:
    run(folder)
    once = (folder / "docker-compose.yml").read_text()
    file = folder / "docker-compose.yml"
    file.write_text(re.sub("sha256:[0-9a-f]{64}", f"sha256:{'0' * 64}", once))
    assert run(folder).returncode == 0
    assert file.read_text() == once


def test_where_one_is_not_told_nothing_changes(folder: Path) -> None:
    before = (folder / "docker-compose.yml").read_text(), (folder / "Dockerfile").read_text()
    failed = run(folder, broken="temporalio/server:1.32.0")
    assert failed.returncode == 1
    assert "temporalio/server:1.32.0: CalledProcessError" in failed.stderr
    assert ((folder / "docker-compose.yml").read_text(), (folder / "Dockerfile").read_text()) == before


def test_without_docker_it_says_so(folder: Path) -> None:
    (folder / "bin" / "docker").unlink()
    failed = subprocess.run(
        [sys.executable, ROOT / "deploy" / "digests.py", "--folder", folder],
        env={"PATH": str(folder / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert failed.returncode == 1
    assert "FileNotFoundError" in failed.stderr
