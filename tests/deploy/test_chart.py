"""The Helm chart, by what Helm itself made of it: objects that Kubernetes takes, closed, and without secrets."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from api.operations import PROBES
from runtime.build import release
from runtime.secret_files import secret_names
from runtime.settings import Settings, load_settings, variable
from tests.console.commands import leaves
from tests.image.dockerfile import AWAY, NOT_FOUND
from tests.runtime.test_secret_files import VALUES

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm" / "direct-mediation"
HERE = ROOT / "tests" / "deploy" / "chart"
RENDERED = HERE / "rendered.yaml"
PARTS = ("api", "migrate", "worker")
OPERATOR = {"monitoring.coreos.com/v1"}
"""Kinds of the Prometheus operator, whose schemas are not among those of Kubernetes."""
MOUNT = "/run/secrets/mediation"


def script() -> ModuleType:
    """The script that renders, which is no module of ours."""
    spec = importlib.util.spec_from_file_location("render", ROOT / "deploy" / "helm" / "render.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def objects() -> list[dict[str, Any]]:
    """Everything that the chart makes."""
    return [one for one in YAML(typ="safe").load_all(RENDERED.read_text(encoding="utf-8")) if one]


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for one in objects() if one["kind"] == kind}


def pod(part: str) -> dict[str, Any]:
    owner = of_kind("Job" if part == "migrate" else "Deployment")[f"city-{part}"]
    template: dict[str, Any] = owner["spec"]["template"]
    return template


def container(part: str) -> dict[str, Any]:
    [only] = pod(part)["spec"]["containers"]
    found: dict[str, Any] = only
    return found


def faults(one: dict[str, Any]) -> Iterator[str]:
    """Say what Kubernetes would refuse of an object: a word that it does not know, too."""
    schemas = json.loads((HERE / "kubernetes.json").read_text())
    kind = schemas["kinds"][f"{one['apiVersion']}/{one['kind']}"]
    validator = Draft202012Validator({**kind, "$defs": schemas["$defs"]})
    yield from (f"{one['kind']} {error.json_path}: {error.message}" for error in validator.iter_errors(one))


def test_what_is_checked_is_what_helm_makes_of_the_chart_as_it_is_now() -> None:
    told = re.match(r"# Helm v\d+\.\d+\.\d+ made this of ([0-9a-f]{64})\n", RENDERED.read_text(encoding="utf-8"))
    assert told
    assert told[1] == script().digest(), "the chart or its values changed: make chart"


@pytest.mark.slow("Helm is installed anew, and renders the chart")
@pytest.mark.timeout(600)
def test_helm_makes_the_same_again(tmp_path: Path) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    lock = str(ROOT / "requirements-chart.lock")
    command = [str(python), "-m", "pip", "install", "--require-hashes", "--requirement", lock]
    installed = subprocess.run(command, capture_output=True, text=True, check=False)
    if installed.returncode and NOT_FOUND in installed.stderr and AWAY.search(installed.stdout + installed.stderr):
        pytest.skip("NOT TRIED whether Helm makes the same of the chart: no package index can be reached")
    assert installed.returncode == 0, installed.stderr
    again = tmp_path / "rendered.yaml"
    subprocess.run([python, ROOT / "deploy" / "helm" / "render.py", again], check=True, env={"PATH": os.defpath})
    assert again.read_text() == RENDERED.read_text()


def test_every_object_is_one_that_kubernetes_takes() -> None:
    known = [one for one in objects() if one["apiVersion"] not in OPERATOR]
    assert {one["kind"] for one in known} == {
        *("Deployment", "Job", "Service", "NetworkPolicy", "PodDisruptionBudget", "HorizontalPodAutoscaler", "Ingress"),
    }
    assert [fault for one in known for fault in faults(one)] == []


def test_a_word_that_kubernetes_does_not_know_is_seen() -> None:
    wrong = json.loads(json.dumps(of_kind("Deployment")["city-api"]))
    wrong["spec"]["template"]["spec"]["containers"][0]["readinesProbe"] = {}
    wrong["spec"]["replicas"] = "2"
    assert len(list(faults(wrong))) == 2


def test_it_is_of_this_release() -> None:
    said = YAML(typ="safe").load((CHART / "Chart.yaml").read_text())
    assert {said["version"], said["appVersion"]} == {release()}


@pytest.mark.parametrize("part", PARTS)
def test_each_process_runs_without_rights(part: str) -> None:
    spec, own = pod(part)["spec"], container(part)["securityContext"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"]
    assert spec["securityContext"]["runAsUser"] == 10001
    assert "USER 10001\n" in (ROOT / "Dockerfile").read_text()
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert own["readOnlyRootFilesystem"]
    assert own["allowPrivilegeEscalation"] is False
    assert own["capabilities"] == {"drop": ["ALL"]}
    assert {"cpu", "memory"} <= container(part)["resources"]["requests"].keys()
    assert "memory" in container(part)["resources"]["limits"]
    assert {"hostNetwork", "hostPID", "hostIPC", "hostUsers"} & spec.keys() == set()
    assert all("hostPath" not in volume for volume in spec["volumes"])


@pytest.mark.parametrize("part", PARTS)
def test_each_command_and_variable_exists_and_every_secret_is_a_file(part: str) -> None:
    assert container(part)["args"] == [part]
    assert part in {" ".join(words) for words, _ in leaves()}
    told = {one["name"]: one["value"] for one in container(part)["env"]}
    known = set(secret_names(Settings.model_fields)) - (set() if part == "migrate" else {"owner_url"})
    secrets = {f"{variable(name)}_FILE": f"{MOUNT}/{name}" for name in known}
    assert {name: value for name, value in told.items() if name.endswith("_FILE")} == secrets
    plain = {variable(name) for name in Settings.model_fields} - {
        variable(name) for name in secret_names(Settings.model_fields)
    }
    assert told.keys() - secrets.keys() - plain == set()
    assert len(told) == len(container(part)["env"])
    [mount] = [one for one in container(part)["volumeMounts"] if one["name"] == "secrets"]
    assert mount == {"name": "secrets", "mountPath": MOUNT, "readOnly": True}
    [volume] = [one for one in pod(part)["spec"]["volumes"] if one["name"] == "secrets"]
    sources = volume["projected"]["sources"]
    assert {f"{MOUNT}/{item['path']}" for one in sources for item in one["secret"]["items"]} == set(secrets.values())
    assert [one for one in objects() if one["kind"] in {"Secret", "ConfigMap"}] == []


def test_api_and_worker_seal_each_with_a_secret_of_its_own() -> None:
    sealing = {part: pod(part)["spec"]["volumes"][1]["projected"]["sources"][1]["secret"]["name"] for part in PARTS}
    assert sealing == {"api": "mediation-api", "worker": "mediation-worker", "migrate": "mediation-worker"}


def test_the_settings_load_as_they_stand(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    for one in container("worker")["env"]:
        file = tmp_path / Path(one["value"]).name
        if one["name"].endswith("_FILE"):
            file.write_text(VALUES[one["name"].removesuffix("_FILE")])
        monkeypatch.setenv(one["name"], str(file) if one["name"].endswith("_FILE") else one["value"])
    settings = load_settings()
    assert settings.smtp_tls == "required"
    assert settings.token_audience == "direct-mediation"
    assert settings.metrics_address == "0.0.0.0:9464"


def test_the_probes_ask_what_the_processes_serve() -> None:
    ports = {
        part: {one["name"]: one["containerPort"] for one in container(part)["ports"]} for part in ("api", "worker")
    }
    told = {one["name"]: one["value"] for one in container("api")["env"]}
    assert ports == {"api": {"http": 8000, "metrics": 9464}, "worker": {"metrics": 9464}}
    assert (told["MEDIATION_API_PORT"], told["MEDIATION_METRICS_ADDRESS"]) == ("8000", "0.0.0.0:9464")
    probes = {
        (part, name): value["httpGet"]
        for part in ("api", "worker")
        for name, value in container(part).items()
        if name.endswith("Probe")
    }
    assert {one["path"] for (part, _), one in probes.items() if part == "api"} <= PROBES
    assert probes["api", "readinessProbe"]["path"] == "/readyz"
    assert probes["api", "livenessProbe"]["path"] == "/healthz"
    assert {(one["path"], one["port"]) for (part, _), one in probes.items() if part == "worker"} == {
        ("/metrics", "metrics"),
    }


def test_there_are_two_of_each_and_one_always_stays() -> None:
    said = YAML(typ="safe").load((CHART / "values.yaml").read_text())
    assert (said["api"]["replicas"], said["worker"]["replicas"]) == (2, 2)
    assert of_kind("HorizontalPodAutoscaler")["city-api"]["spec"]["minReplicas"] == 2
    for part in ("api", "worker"):
        labels = pod(part)["metadata"]["labels"].items()
        budget = of_kind("PodDisruptionBudget")[f"city-{part}"]["spec"]
        deployment = of_kind("Deployment")[f"city-{part}"]["spec"]
        assert budget["minAvailable"] == 1
        assert budget["selector"] == deployment["selector"]
        assert budget["selector"]["matchLabels"].items() <= labels
        assert deployment["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert of_kind("Service")["city-api"]["spec"]["selector"].items() <= pod("api")["metadata"]["labels"].items()


def test_the_network_is_closed_but_for_what_is_named() -> None:
    whole = of_kind("NetworkPolicy")["city-mediation"]["spec"]
    assert set(whole["policyTypes"]) == {"Ingress", "Egress"}
    for part in PARTS:
        assert whole["podSelector"]["matchLabels"].items() <= pod(part)["metadata"]["labels"].items()
    for rule in [*whole["ingress"], *of_kind("NetworkPolicy")["city-api"]["spec"]["ingress"]]:
        assert rule["from"]
        assert rule["ports"]
    for rule in whole["egress"]:
        assert rule["to"], "a rule without peers lets everything out"
        assert rule["ports"]
    ports = {port["port"] for rule in whole["egress"] for port in rule["ports"]}
    assert ports == {53, 5432, 7233, 587, 443, 8443}
    assert {port["port"] for rule in whole["ingress"] for port in rule["ports"]} == {9464}


def test_the_database_is_brought_to_the_release_before_its_processes() -> None:
    job = of_kind("Job")["city-migrate"]
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert job["spec"]["template"]["spec"]["restartPolicy"] == "Never"


def test_a_chart_without_what_must_be_given_is_refused_by_its_schema() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    shipped = YAML(typ="safe").load((CHART / "values.yaml").read_text())
    given = YAML(typ="safe").load((HERE / "values.yaml").read_text())
    assert not list(Draft202012Validator(schema).iter_errors(merged(shipped, given)))
    empty = {".".join(map(str, error.absolute_path)) for error in Draft202012Validator(schema).iter_errors(shipped)}
    required = {name for name, field in Settings.model_fields.items() if field.is_required()}
    own = {"directory", "database_url", "payload_keys", "vault_keys", "seal_key"}
    assert {f"settings.{variable(name)}" for name in required - own} - empty == {"settings.MEDIATION_TOKEN_AUDIENCE"}
    assert {"secrets.existingSecret", "secrets.apiSealSecret", "directory.existingConfigMap"} <= empty


def merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Lay values over values, as Helm does."""
    both = {name: merged(below[name], value) for name, value in above.items() if isinstance(below.get(name), dict)}
    return {**below, **above, **both}
