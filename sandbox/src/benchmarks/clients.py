"""Clients made from the description of the API: `python -m benchmarks.clients --data .data/mediation`.

Two generators make one each, in an environment of their own, from the description that the API of `mediation up` gives;
the Python package index must be reachable. A warning of a generator is a failure. With the first client the main road
is begun (a referral, the checks, the assessment), and what it is answered is read by the second one's shapes.
"""

import argparse
import importlib
import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

import httpx

from runtime.installed import find_settings
from runtime.local_issuer import LocalIssuer
from runtime.settings import Settings

GENERATORS = ("openapi-python-client==0.29.1", "datamodel-code-generator==0.89.0", "ruff")
OTHER_KINDS = (
    "content_type_overrides:\n  text/csv: application/octet-stream\n  application/xml: application/octet-stream\n"
)
"""The first generator sends these bodies as they are."""
REFERRAL: dict[str, Any] = {
    "municipality": "almere",
    "careProvider": "kwintes",
    "district": "de-werven",
    "person": {
        "bsn": "999990019",
        "name": "Test Persoon",
        "bornOn": "1990-05-17",
        "guide": {"name": "Test Begeleider", "mail": "guide@example.org"},
    },
    "targetGroup": "sheltered_living",
    "householdSize": 1,
    "needs": {"rooms": 1, "rentLimitCents": 70_000},
    "documents": ["consent", "identity", "address_history", "income_statement", "readiness_statement"],
}
ROAD: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("coordinator", "almere", "check_readiness", {"result": "ready"}),
    ("coordinator", "almere", "determine_origin", {"origin": "almere"}),
    ("district_team", "wijkteam-stad-haven", "assess", {"result": "positive", "support": "light"}),
)


class Complained(Exception):
    """A generator warned of something, or did not do it."""


def build(description: dict[str, Any], folder: Path) -> None:
    """Make both clients in a folder; raises `Complained`."""
    told, options = folder / "openapi.json", folder / "options.yaml"
    told.write_text(json.dumps(description))
    options.write_text(OTHER_KINDS)
    tools = folder / "environment" / "bin"
    venv.create(tools.parent, with_pip=True)
    subprocess.run([tools / "pip", "install", "--quiet", "--no-input", *GENERATORS], check=True)
    first = ["generate", "--path", told, "--meta", "none", "--config", options, "--output-path", folder / "made_client"]
    _quietly([tools / "openapi-python-client", *first], tools, allowed="Generating")
    second = ["--input", told, "--input-file-type", "openapi", "--output", folder / "made_shapes.py"]
    second += ["--output-model-type", "pydantic_v2.BaseModel", "--target-python-version", "3.11"]
    _quietly([tools / "datamodel-codegen", *second, "--formatters", "builtin"], tools)


def _quietly(command: list[Any], tools: Path, allowed: str = "") -> None:
    """Run a generator; all that it may print is one line that begins as allowed."""
    run = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": f"{tools}:/usr/bin:/bin"})
    lines = [line for line in (run.stdout + run.stderr).splitlines() if line.strip()]
    if run.returncode or [line for line in lines if not (allowed and line.startswith(allowed))]:
        raise Complained(f"{Path(command[0]).name}: {' / '.join(lines)[:2000]}")


class Road:
    """The main road, walked with a made client."""

    def __init__(self, url: str, issuer: LocalIssuer, description: dict[str, Any]) -> None:
        self._url = url
        self._issuer = issuer
        self._client, self._models, self._shapes = map(
            importlib.import_module, ("made_client", "made_client.models", "made_shapes")
        )
        answer = description["paths"]["/mediations/{mediation}/tasks/{task}/answer"]["post"]["requestBody"]
        mapping = answer["content"]["application/json"]["schema"]["discriminator"]["mapping"]
        self._answers = {kind: ref.rpartition("/")[2] for kind, ref in mapping.items()}

    def walk(self) -> str:
        """Refer a client and answer what follows; return the stage that is reached."""
        body = self._models.StartMediationReferralBody.from_dict(REFERRAL)
        institution = self._as("institution", "kwintes-beschermd-wonen")
        made = self._do("mediations.start_mediation", institution, body=body)
        state = made
        for role, organisation, kind, answer in ROAD:
            task = next(task.id for task in state.tasks if task.kind == kind)
            shape = getattr(self._models, self._answers[kind])
            body = shape.from_dict({"kind": kind, **answer})
            state = self._do("commands.answer_task", self._as(role, organisation), made.id, task, body=body)
        read = self._do("mediations.read_mediation", self._as("coordinator", "almere"), made.id)
        self._shapes.MediationDetails.model_validate(read.to_dict())
        return str(read.stage)

    def _as(self, role: str, organisation: str) -> Any:
        token = self._issuer.issue(role, organisation, "somebody")
        return self._client.AuthenticatedClient(base_url=self._url, token=token)

    def _do(self, operation: str, client: Any, *path: str, **sent: Any) -> Any:
        """Call an operation of the made client; return what it is answered, in a shape of the client's."""
        module: ModuleType = importlib.import_module(f"made_client.api.{operation}")
        if "body" in sent:
            sent["idempotency_key"] = uuid4().hex
        response = module.sync_detailed(*path, client=client, **sent)
        if response.status_code >= 400 or response.parsed is None:
            raise Complained(f"{operation}: {response.status_code} {response.content[:500]!r}")
        return response.parsed


def main() -> None:
    """Make both, walk, and print what came of it; fail at the first complaint."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clients", description=__doc__)
    parser.add_argument("--data", type=Path, help="the directory of a running `mediation up`")
    asked = parser.parse_args()
    settings = find_settings(Settings, asked.data)
    address = f"http://127.0.0.1:{settings.api_port}/v1"
    description = httpx.get(f"{address}/openapi.json").raise_for_status().json()
    with tempfile.TemporaryDirectory() as name:
        build(description, Path(name))
        sys.path.insert(0, name)
        stage = Road(address, LocalIssuer.of(settings), description).walk()
    operations = sum(len(item.keys() - {"servers"}) for item in description["paths"].values())
    print(f"{' and '.join(GENERATORS[:2])}: {operations} operations, no warning; the road was walked to {stage}")


if __name__ == "__main__":
    main()
