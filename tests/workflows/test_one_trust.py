"""A worker reads once whom it trusts: a TLS context costs more than most calls."""

import ssl
from typing import Any

import pytest

from runtime.addresses import AllowList
from runtime.guard import trusted
from runtime.outbound import outbound
from tests.journey import Scene
from worker import mediation_worker


async def test_a_worker_makes_one_tls_context_for_all_that_it_calls(
    idle: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[ssl.SSLContext] = []
    make = ssl.create_default_context

    def counted(*arguments: Any, **options: Any) -> ssl.SSLContext:
        made.append(make(*arguments, **options))
        return made[-1]

    trusted.cache_clear()
    monkeypatch.setattr(ssl, "create_default_context", counted)
    async with (
        mediation_worker(idle.settings, idle.client) as worker,
        worker,
        outbound(AllowList.parse("")) as out,
        out.visit(),
    ):
        assert len(made) == 1
