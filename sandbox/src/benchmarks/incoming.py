"""Forged, old, changed and malformed webhooks at the API: `python -m benchmarks.incoming --requests 50000 --seed 1`.

None may be accepted, and none may be an error of ours. What is really signed is admitted, before and after.
"""

import argparse
import asyncio
import json
import logging
from collections import Counter, defaultdict
from datetime import UTC, datetime
from time import perf_counter
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import structlog

from api.app import create_app
from api.installation import Installation
from api.limits import Limits
from domain.facts.parties import Role
from runtime.at_once import AtOnce
from runtime.clock import SystemClock, TimeSource
from runtime.directory import Directory, Organisation
from runtime.signatures import key_of, new_secret, signed
from sandbox.driven.junk import Headers, Junk

PATH = "/v1/webhooks/incoming/ymere"
BODY = json.dumps({"type": "offer.answered", "data": {"reference": "m-nowhere"}}).encode()


class NoMediation:
    """Instead of PostgreSQL: there is no mediation at all, so who is admitted is told 404."""

    async def fetch(self, *_: object) -> list[dict[str, None]]:
        """Find nothing of it."""
        return [defaultdict(lambda: None)]


class SpokenByAll:
    """No other release is at work."""

    async def other(self, *, now: bool = False) -> None:
        """Know of none."""

    async def ensure(self, *, now: bool = False) -> None:
        """Raise nothing."""


class StaysTheSame(Directory):
    """A directory that nobody changes meanwhile."""

    async def renew(self, _: TimeSource) -> None:
        """Be as it is."""


async def post(app: Any, headers: Headers, body: bytes) -> int:
    """Send one request straight to the application; return the status of its answer."""
    status = 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)

    path = {"path": PATH, "raw_path": PATH.encode(), "query_string": b"", "root_path": ""}
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http"}
    await app(scope | path | {"headers": headers, "state": {}, "app": app}, receive, send)
    return status


async def fuzz(requests: int, seed: int) -> Counter[int]:
    """Send them all and return how often each status was answered."""
    secret = new_secret()
    ymere = {"id": "ymere", "role": Role.CORPORATION, "name": "Ymere", "mail": "x@ymere.example"}
    directory = StaysTheSame([Organisation.model_validate(ymere | {"webhook_secrets": [secret]})])
    limits = Limits.per_minute(caller=1, address=requests + 2)
    here = SimpleNamespace(
        directory=directory,
        clock=SystemClock(),
        pool=NoMediation(),
        temporal=None,
        limits=limits,
        at_once=AtOnce(requests, requests),
        language=SpokenByAll(),
    )
    app = create_app(cast(Installation, here))
    seen: Counter[int] = Counter()

    async def control() -> None:
        headers = signed([key_of(secret)], f"msg-{uuid4().hex}", datetime.now(UTC), BODY)
        status = await post(app, [(name.encode(), value.encode()) for name, value in headers.items()], BODY)
        assert status == 404, f"what is signed was answered {status}"

    await control()
    for start in range(0, requests, 1000):
        junk = Junk(secret, BODY, datetime.now(UTC), seed + start)
        for _ in range(min(1000, requests - start)):
            seen[await post(app, *junk.request())] += 1
    await control()
    return seen


def main() -> None:
    """Print the figures; fail when one request was accepted or broke something."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.incoming", description=__doc__)
    parser.add_argument("--requests", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=20_261_122)
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    began = perf_counter()
    seen = asyncio.run(fuzz(asked.requests, asked.seed))
    print(f"seed {asked.seed}, {asked.requests} requests in {perf_counter() - began:.0f} s: {dict(seen)}")
    wrong = {status for status in seen if not 400 <= status < 500}
    assert not wrong, f"answered {wrong}"


if __name__ == "__main__":
    main()
