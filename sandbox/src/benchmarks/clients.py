"""Clients made from the description of the API: `python -m benchmarks.clients --data .data/mediation`.

Two generators make one each, from the description that the API of `mediation up` gives, in an environment of their own
that is installed once from `requirements-generators.lock`. A warning of a generator is a failure. With the first client
the main road is walked, and whatever it is answered is read by the second one's shapes too. Here it ends where days
have to pass: at the keys. The tests walk it to its end, on a clock that they move.
"""

import argparse
import importlib
import json
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from random import randrange
from typing import Any, NamedTuple
from uuid import uuid4

import httpx

from api.referrals import EXAMPLE
from domain.exchange.policy_file import parse_policy
from domain.facts.calendar import Calendar
from domain.facts.parties import Role
from runtime.installed import find_settings
from runtime.local_issuer import LocalIssuer
from runtime.policy_files import text_of
from runtime.settings import Settings
from sandbox.city.bsn import test_number
from sandbox.driven import road
from sandbox.driven.home import home
from sandbox.driven.road import Step

LOCK = Path(__file__).parents[3] / "requirements-generators.lock"
"""The generators, with all that they need: `make lock` brings it up to date."""
OTHER_KINDS = (
    "content_type_overrides:\n  text/csv: application/octet-stream\n  application/xml: application/octet-stream\n"
)
"""The first generator sends these bodies as they are."""
WHO = {
    Role.COORDINATOR: "almere",
    Role.INSTITUTION: "kwintes-beschermd-wonen",
    Role.DISTRICT_TEAM: "wijkteam-stad-haven",
    Role.CORPORATION: "ymere",
    Role.CARE_PROVIDER: "kwintes",
}
"""Organisations of `mediation up`."""
PATIENCE = 60.0
"""Seconds that something may take until it is seen."""


class Complained(Exception):
    """A generator warned of something or did not do it, or a request of a made client was refused."""


def environment() -> Path:
    """Return the programs of the generators' environment beside ours, which is made when the lock is a new one."""
    folder = Path(sys.prefix) / f"generators-{sha256(LOCK.read_bytes()).hexdigest()[:12]}"
    done = folder / "done"
    if not done.exists():
        venv.create(folder, with_pip=True, clear=True)
        install = ["install", "--quiet", "--quiet", "--no-input", "--require-hashes", "--requirement", str(LOCK)]
        subprocess.run([folder / "bin" / "pip", *install], check=True)
        done.touch()
    return folder / "bin"


def build(description: dict[str, Any], folder: Path) -> None:
    """Make both clients in a folder; raises `Complained`."""
    told, options, tools = folder / "openapi.json", folder / "options.yaml", environment()
    told.write_text(json.dumps(description))
    options.write_text(OTHER_KINDS)
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


class Made(NamedTuple):
    """Both made clients, imported."""

    package: Any
    models: Any
    shapes: Any
    answers: Mapping[str, str]
    """The shape of each kind of answer."""

    @classmethod
    def of(cls, description: dict[str, Any], folder: Path) -> "Made":
        """Make both from a description and import them; raises `Complained`."""
        build(description, folder)
        sys.path.insert(0, str(folder))
        try:
            package, models, shapes = map(importlib.import_module, ("made_client", "made_client.models", "made_shapes"))
        finally:
            sys.path.remove(str(folder))
        answer = description["paths"]["/mediations/{mediation}/tasks/{task}/answer"]["post"]["requestBody"]
        mapping = answer["content"]["application/json"]["schema"]["discriminator"]["mapping"]
        return cls(package, models, shapes, {kind: ref.rpartition("/")[2] for kind, ref in mapping.items()})


class Walker:
    """Walks a mediation's road with a made client."""

    def __init__(self, made: Made, url: str, who: Mapping[Role, str], issuer: LocalIssuer) -> None:
        self._made = made
        self._url = url
        self._who = who
        self._issuer = issuer

    def refer(self, referral: dict[str, Any]) -> str:
        """Refer a client; return the id of the mediation."""
        body = self._made.models.StartMediationReferralBody.from_dict(referral)
        return str(self._do("mediations.start_mediation", Role.INSTITUTION, body=body).id)

    def read(self, mediation: str) -> Any:
        """Return the mediation as the municipality sees it."""
        return self._do("mediations.read_mediation", Role.COORDINATOR, mediation)

    def answer(self, mediation: str, step: Step) -> Any:
        """Answer a task as soon as it is there; return the mediation as whoever answers sees it then."""
        kind = str(step.answer.kind)
        task = self.seen(mediation, lambda state: next((one.id for one in state.tasks if one.kind == kind), None))
        body = getattr(self._made.models, self._made.answers[kind]).from_dict(step.body)
        return self._do("commands.answer_task", step.by, mediation, task, body=body)

    def seen(self, mediation: str, look: Callable[[Any], Any]) -> Any:
        """Return what is seen in a mediation as soon as it is there."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if found := look(self.read(mediation)):
                return found
            time.sleep(0.1)
        raise Complained(f"{mediation}: not seen in {PATIENCE:.0f} seconds")

    def _do(self, operation: str, role: Role, *path: str, **sent: Any) -> Any:
        """Call an operation of the made client; return what it is answered, which the other one's shapes read too."""
        module = importlib.import_module(f"{self._made.package.__name__}.api.{operation}")
        token = self._issuer.issue(role, self._who[role], "somebody")
        if "body" in sent:
            sent["idempotency_key"] = uuid4().hex
        with self._made.package.AuthenticatedClient(base_url=self._url, token=token) as client:
            response = module.sync_detailed(*path, client=client, **sent)
        if response.status_code >= 400 or response.parsed is None:
            raise Complained(f"{operation}: {response.status_code} {response.content[:500]!r}")
        getattr(self._made.shapes, type(response.parsed).__name__).model_validate_json(response.content)
        return response.parsed


def to_the_keys(walker: Walker, system: str) -> str:
    """Walk from the referral until the keys are agreed; return the stage that is reached then."""
    today = Calendar().today(datetime.now(UTC))
    dwelling = f"E-{uuid4().hex[:8]}"
    released = home(dwelling, district="de-werven", releasedOn=f"{today}")
    httpx.put(f"{system}/{WHO[Role.CORPORATION]}/dwellings", json=[released]).raise_for_status()
    referral: dict[str, Any] = deepcopy(EXAMPLE)
    referral["person"]["bsn"] = test_number(randrange(1000), 0)
    mediation = walker.refer(referral)
    policy = parse_policy(text_of(WHO[Role.COORDINATOR]))
    for step in road.to_the_keys(policy, today, WHO[Role.CORPORATION], dwelling):
        if step.answer.kind == "make_offer":
            walker.seen(mediation, lambda state: dwelling in {one.dwelling.id for one in state.candidates})
        walker.answer(mediation, step)
    return str(walker.seen(mediation, lambda state: _is_asked(state, "hand_over_keys") and state.stage))


def _is_asked(state: Any, kind: str) -> bool:
    return any(task.kind == kind for task in state.tasks)


def main() -> None:
    """Make both, walk, and print what came of it; fail at the first complaint."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clients", description=__doc__)
    parser.add_argument("--data", type=Path, help="the directory of a running `mediation up`")
    parser.add_argument("--corporation", default="http://127.0.0.1:8101", help="where its corporations' system is")
    asked = parser.parse_args()
    settings = find_settings(Settings, asked.data)
    address = f"http://127.0.0.1:{settings.api_port}/v1"
    description = httpx.get(f"{address}/openapi.json").raise_for_status().json()
    operations = sum(len(item.keys() - {"servers"}) for item in description["paths"].values())
    with tempfile.TemporaryDirectory() as name:
        made = Made.of(description, Path(name))
        print(f"{operations} operations: both generators made a client and warned of nothing")
        stage = to_the_keys(Walker(made, address, WHO, LocalIssuer.of(settings)), asked.corporation)
    print(f"the road was walked to the keys, in {stage}")


if __name__ == "__main__":
    main()
