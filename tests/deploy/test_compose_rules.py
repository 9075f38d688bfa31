"""Every service of docker-compose.yml is contained: rights, limits, logs, doors, secrets, and its health is told."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from runtime.secret_files import secret_names
from runtime.settings import Settings, load_settings, variable
from tests.test_compose import OURS, ROOT, compose, example_variables, filled_in, services

WRITES = {"temporal-ui"}
"""Services that cannot do with a disk that is read only; the file says why beside each."""
SECRET = re.compile(r"PASSWORD|PWD|SECRET|TOKEN$|_KEYS?$|DATABASE_URL")
PUBLIC = {"MEDIATION_TOKEN_KEYS"}
MOUNTED = "/run/secrets/"
NAMES = sorted(services())


def is_lasting(service: dict[str, Any]) -> bool:
    """Tell whether a service is to run for ever; the others end when they are done."""
    return bool(service["restart"] == "unless-stopped")


def amiss(service: dict[str, Any]) -> list[str]:
    """Say what a service lacks of what each must have."""
    limits = service.get("deploy", {}).get("resources", {}).get("limits", {})
    options = service.get("logging", {}).get("options", {})
    restart = service.get("restart", "")
    found = {
        "limits": {"cpus", "memory", "pids"} <= limits.keys(),
        "logs that end": {"max-size", "max-file"} <= options.keys(),
        "no new rights": "no-new-privileges:true" in service.get("security_opt", []),
        "rights dropped": service.get("cap_drop") == ["ALL"],
        "a restart": restart == "unless-stopped" or re.fullmatch(r"on-failure:\d+", restart),
        "a health check": restart != "unless-stopped" or service.get("healthcheck", {}).get("test"),
        "not privileged": not any(key in service for key in ("privileged", "pid", "ipc", "devices")),
        "no network of the machine": service.get("network_mode", "service:").startswith("service:"),
        "no socket of Docker": "docker.sock" not in str(service.get("volumes")),
    }
    return [what for what, there in found.items() if not there]


@pytest.mark.parametrize("name", NAMES)
def test_every_service_is_contained(name: str) -> None:
    assert amiss(services()[name]) == []


@pytest.mark.parametrize(
    ("key", "what"),
    [
        ("deploy", "limits"),
        ("logging", "logs that end"),
        ("security_opt", "no new rights"),
        ("cap_drop", "rights dropped"),
        ("healthcheck", "a health check"),
    ],
)
def test_what_a_service_lacks_is_seen(key: str, what: str) -> None:
    assert amiss({name: value for name, value in services()["api"].items() if name != key}) == [what]


@pytest.mark.parametrize("name", NAMES)
def test_its_disk_is_read_only(name: str) -> None:
    assert bool(services()[name].get("read_only")) == (name not in WRITES)


def test_what_is_read_only_gets_files_and_no_texts() -> None:
    """Compose copies a text into the container, which it refuses for a disk that is read only."""
    for kind in ("configs", "secrets"):
        assert {name for name, one in compose()[kind].items() if set(one) != {"file"}} == set()


@pytest.mark.parametrize("name", NAMES)
def test_no_port_is_open_to_others_but_those_of_the_proxy(name: str) -> None:
    ports = [filled_in(port, {}) for port in services()[name].get("ports", [])]
    open_ports = [port for port in ports if not port.startswith("127.0.0.1:")]
    assert open_ports == (["80:80", "443:443"] if name == "proxy" else [])


def test_what_shows_much_is_there_only_when_it_is_asked_for() -> None:
    with_ports = {name for name, service in services().items() if service.get("ports")} - {"proxy"}
    assert with_ports == {name for name, service in services().items() if service.get("profiles") == ["try"]}
    for service in services().values():
        for target, wait in service.get("depends_on", {}).items():
            assert wait.get("required", True) or services()[target].get("profiles")


def test_the_api_is_reached_by_the_proxy_alone_and_believes_no_other() -> None:
    front = {name for name, service in services().items() if "front" in service.get("networks", [])}
    assert front == {"api", "proxy"}
    assert services()["proxy"]["networks"] == ["front"]
    [network] = compose()["networks"]["front"]["ipam"]["config"]
    assert services()["api"]["environment"]["MEDIATION_TRUSTED_PROXIES"] == network["subnet"]
    said = (ROOT / "deploy" / "compose" / "Caddyfile").read_text()
    assert "reverse_proxy api:8000" in said
    assert services()["api"]["environment"]["MEDIATION_API_PORT"] == "8000"
    assert "trusted_proxies" not in said, "then whoever calls could say who calls"
    assert said.count('Strict-Transport-Security "max-age=31536000; includeSubDomains"') == 2
    assert set(re.findall(r"\{\$(\w+)\}", said)) == services()["proxy"]["environment"].keys()


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_is_in_the_environment(name: str) -> None:
    told = services()[name].get("environment", {})
    assert [key for key in told if SECRET.search(key) and key not in PUBLIC and not key.endswith("_FILE")] == []
    granted = {one if isinstance(one, str) else one["target"] for one in services()[name].get("secrets", [])}
    read = {value.removeprefix(MOUNTED) for key, value in told.items() if key.endswith("_FILE")}
    files = [compose()["configs"][one["source"]]["file"] for one in services()[name].get("configs", [])]
    texts = [(ROOT / file).read_text() for file in files if file.endswith(".sh")]
    script = " ".join([*map(str, services()[name].get("command", [])), *texts])
    assert read | set(re.findall(rf"{MOUNTED}(\w+)", script)) == granted
    known = compose()["secrets"].keys()
    assert {one if isinstance(one, str) else one["source"] for one in services()[name].get("secrets", [])} <= known


@pytest.mark.parametrize("name", OURS)
def test_every_secret_setting_is_told_by_a_file(name: str) -> None:
    told = services()[name]["environment"]
    files = {f"{variable(secret)}_FILE": f"{MOUNTED}{secret}" for secret in secret_names(Settings.model_fields)}
    if name != "migrate":
        del files["MEDIATION_OWNER_URL_FILE"]
    assert {key: value for key, value in told.items() if key.endswith("_FILE")} == files


def make_secrets(folder: Path) -> subprocess.CompletedProcess[str]:
    mediation = Path(sys.executable).with_name("mediation")
    return subprocess.run(
        ["sh", ROOT / "deploy" / "compose" / "secrets.sh", folder],
        env={"PATH": os.environ["PATH"], "MEDIATION": str(mediation)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_secrets_that_are_made_are_enough_to_load_the_settings_and_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "secrets"
    made = make_secrets(folder)
    assert made.returncode == 0, made.stderr
    files = {file.name: file.read_text() for file in folder.iterdir() if file.is_file()}
    assert files.keys() == compose()["secrets"].keys()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir() if file.is_file()} == {0o444}
    for value in filter(None, map(str.strip, files.values())):
        assert value not in made.stdout + made.stderr
    again = make_secrets(folder)
    assert (again.stdout, again.stderr) == ("", "")
    assert {file.name: file.read_text() for file in folder.iterdir() if file.is_file()} == files
    speakers = made.stdout.strip().removeprefix("MEDIATION_SPEAKERS=")
    given = example_variables() | {
        "MEDIATION_SPEAKERS": speakers,
        "MEDIATION_SMTP_HOST": "mail.example.org",
        "MEDIATION_TOKEN_KEYS": "https://issuer.example.org/jwks.json",
        "MEDIATION_TOKEN_ISSUER": "https://issuer.example.org",
    }
    mounted = {"seal_key": "api_seal_key"}
    for key, text in services()["api"]["environment"].items():
        value = filled_in(text, given)
        secret = value.removeprefix(MOUNTED)
        monkeypatch.setenv(key, str(folder / mounted.get(secret, secret)) if key.endswith("_FILE") else value)
    settings = load_settings()
    assert settings.database_url == files["database_url"]
    login = "postgresql://mediation_application:[0-9a-f]{48}@postgres:5432/mediation"
    assert re.fullmatch(login, settings.database_url)
    assert files["owner_url"] == f"postgresql://mediation:{files['postgres_password']}@postgres:5432/mediation"
    assert settings.smtp_password is None
    assert settings.public_url == "https://localhost"
    assert {line.split(":")[0] for line in speakers.split(",")} == {"api-1", "worker-1"}


def test_secrets_stay_out_of_version_control_and_of_the_image() -> None:
    assert "secrets/" in (ROOT / ".gitignore").read_text().splitlines()
    assert (ROOT / ".dockerignore").read_text().split("\n")[1] == "*"
