"""docker-compose.yml, as far as it can be judged without a Docker engine."""

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from runtime.build import release
from runtime.search_attributes import KEYS
from runtime.secret_files import secret_names
from runtime.settings import Settings, variable

ROOT = Path(__file__).parent.parent
COMPOSE = ROOT / "docker-compose.yml"
OURS = ("api", "worker", "migrate")
INTERPOLATION = re.compile(r"(?<!\$)\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<text>[^}]*))?\}")
PINNED = re.compile(r"[\w./-]+:v?\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?")


@cache
def compose() -> dict[str, Any]:
    """The whole file, with its anchors and merges resolved."""
    with COMPOSE.open() as file:
        content: dict[str, Any] = YAML(typ="safe").load(file)
    return content


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def example_variables() -> dict[str, str]:
    """What .env.example names, with the value it proposes."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def filled_in(text: str, given: dict[str, str]) -> str:
    """The text as Compose would fill it in."""

    def value(found: re.Match[str]) -> str:
        default = found["text"] if found["kind"] == "-" else ""
        return given.get(found["name"]) or default

    return INTERPOLATION.sub(value, text)


def built_images() -> Iterator[str]:
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if line.startswith("FROM "):
            yield line.split()[1]


def test_it_follows_the_compose_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    verdict = subprocess.run(command, capture_output=True, text=True, check=False)
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def test_a_wrong_file_would_be_seen(tmp_path: Path) -> None:
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(COMPOSE.read_text().replace("healthcheck:", "health_check:"))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(wrong)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_every_image_is_pinned_to_a_version() -> None:
    images = [*(service["image"] for service in services().values()), *built_images()]
    assert len(images) > len(services())
    assert [image for image in images if not PINNED.fullmatch(image)] == []


def test_our_image_is_called_by_the_release() -> None:
    assert {services()[name]["image"] for name in OURS} == {f"direct-mediation:{release()}"}


def test_server_and_schema_tool_of_temporal_are_of_one_version() -> None:
    images = {service["image"] for service in services().values() if "temporalio/" in service["image"]}
    versions = {image.split(":")[1] for image in images if "temporalio/ui" not in image}
    assert len(versions) == 1


def test_only_who_must_reaches_temporal_and_no_port_of_it_is_open() -> None:
    assert compose()["networks"]["orchestration"] == {"internal": True}
    assert "ports" not in services()["temporal"]
    near = {name for name, service in services().items() if "orchestration" in service.get("networks", [])}
    assert near == {*OURS, *(name for name in services() if name.startswith("temporal"))}
    assert {name for name in near - set(OURS) if "default" in services()[name]["networks"]} == {"temporal-ui"}
    assert services()["temporal-ui"]["environment"]["TEMPORAL_DISABLE_WRITE_ACTIONS"] == "true"


def test_api_and_worker_seal_each_with_a_key_of_its_own() -> None:
    seals = {
        name: [one["source"] for one in services()[name]["secrets"] if isinstance(one, dict)]
        for name in ("api", "worker")
    }
    assert seals == {"api": ["api_seal_key"], "worker": ["worker_seal_key"]}


def test_a_service_waits_only_for_what_is_there_and_can_tell_when_it_is_ready() -> None:
    waits = [wait for service in services().values() for wait in service.get("depends_on", {}).items()]
    assert waits
    for target, wait in waits:
        condition = wait["condition"]
        if condition == "service_healthy":
            assert services()[target]["healthcheck"]["test"]
        else:
            assert condition == "service_completed_successfully"
            assert services()[target]["restart"].startswith("on-failure")


@pytest.mark.parametrize("name", OURS)
def test_every_variable_of_ours_is_a_setting(name: str) -> None:
    settings = {variable(setting) for setting in Settings.model_fields}
    settings |= {f"{variable(secret)}_FILE" for secret in secret_names(Settings.model_fields)}
    assert set(services()[name]["environment"]) - settings == set()


def test_the_example_names_each_variable_that_must_be_given() -> None:
    required = {found["name"] for found in INTERPOLATION.finditer(COMPOSE.read_text()) if found["kind"] == "?"}
    assert required
    assert required <= example_variables().keys()
    used = {found["name"] for found in INTERPOLATION.finditer(COMPOSE.read_text())}
    assert example_variables().keys() - used == {"COMPOSE_PROFILES"}, "Compose itself reads this one"


def test_the_namespace_gets_the_search_attributes_of_a_mediation() -> None:
    [script] = services()["temporal-namespace"]["command"]
    assert re.findall(r"--name (\w+) --type Keyword", script) == [key.name for key in KEYS]
    namespace = services()["temporal-namespace"]["environment"]["TEMPORAL_NAMESPACE"]
    assert namespace == services()["worker"]["environment"]["MEDIATION_TEMPORAL_NAMESPACE"]


def test_the_processes_of_ours_run_as_nobody() -> None:
    assert re.search(r"^USER [1-9]\d+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)


def test_both_databases_archive_their_log_and_are_backed_up_beside_it(tmp_path: Path) -> None:
    subprocess.run(["bash", "-n", str(ROOT / compose()["configs"]["backup"]["file"])], check=True)
    for database, backup in (("postgres", "backup"), ("temporal-postgres", "backup-temporal")):
        beside = services()[backup]
        assert beside["image"] == services()[database]["image"], "its programs are of the server's version"
        assert beside["network_mode"] == f"service:{database}"
        assert set(beside["volumes"]) <= set(services()[database]["volumes"])
        told = services()[database]["command"]
        assert {"-carchive_mode=on", "-carchive_timeout=60"} <= set(told)
        command = told[-1].removeprefix("-carchive_command=")
        assert archived(command, tmp_path / backup) == [True, True, False]


def archived(command: str, folder: Path) -> list[bool]:
    """Whether a segment is archived: a new one, the same again, and another under its name."""
    kept = folder / "archived"
    kept.mkdir(parents=True)
    said = []
    for content in ("one", "one", "other"):
        segment = folder / "segment"
        segment.write_text(content)
        line = command.replace("/backups/archived", str(kept)).replace("%p", str(segment)).replace("%f", "0001")
        said.append(subprocess.run(["sh", "-c", line], check=False).returncode == 0)
    assert [file.name for file in kept.iterdir()] == ["0001.gz"]
    return said
