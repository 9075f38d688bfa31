"""What keeps state is started and stopped side by side: of all or of none, whatever becomes of one of them."""

import asyncio

import pytest

from sandbox.embedded.ports import WantedPort
from sandbox.embedded.process import Program
from sandbox.embedded.server import Server
from sandbox.stack import _beside_each_other, _loading


class Wrong(Exception):
    """Something goes wrong."""


class Pretended(Server):
    """A server without a process."""

    def __init__(self, starts: bool = True, stops: bool = True) -> None:
        super().__init__()
        self._starts, self._stops = starts, stops
        self.told: list[str] = []

    async def start(self) -> None:
        self.told.append("start")
        if not self._starts:
            raise Wrong

    async def stop(self) -> None:
        self.told.append("stop")
        if not self._stops:
            raise Wrong

    def wanted_ports(self) -> list[WantedPort]:
        return []

    async def _program(self) -> Program:
        raise NotImplementedError

    async def _answers(self) -> bool:
        raise NotImplementedError

    def _let_go(self) -> None:
        raise NotImplementedError


async def test_when_one_does_not_start_all_are_stopped_and_its_own_error_is_told() -> None:
    servers = [Pretended(), Pretended(starts=False), Pretended()]
    with pytest.raises(Wrong):
        async with _beside_each_other(servers):
            raise AssertionError("not all have started")
    assert [one.told[-1] for one in servers] == ["stop"] * 3


async def test_one_that_cannot_be_stopped_keeps_no_other_from_it() -> None:
    servers = [Pretended(stops=False), Pretended(), Pretended()]
    with pytest.raises(Wrong):
        async with _beside_each_other(servers):
            assert [one.told for one in servers] == [["start"]] * 3
    assert [one.told for one in servers] == [["start", "stop"]] * 3


async def test_what_ends_the_block_ends_the_servers_and_is_told_as_it_was() -> None:
    servers = [Pretended(), Pretended()]
    with pytest.raises(ExceptionGroup):
        async with _beside_each_other(servers):
            raise ExceptionGroup("several", [OSError(), Wrong()])
    assert [one.told for one in servers] == [["start", "stop"]] * 2


async def loaded(programs: list[Pretended], fault: Exception | None = None) -> None:
    """Have programs load, and wait for them unless something else goes wrong first."""
    async with _loading(programs) as started:
        await asyncio.sleep(0)
        if fault:
            raise fault
        await started()


async def test_a_program_that_does_not_start_while_others_load_is_told_and_all_are_stopped() -> None:
    programs = [Pretended(), Pretended(starts=False)]
    with pytest.raises(Wrong):
        await loaded(programs)
    assert [one.told[-1] for one in programs] == ["stop"] * 2


async def test_programs_that_are_still_loading_when_the_rest_fails_are_stopped() -> None:
    class Slow(Pretended):
        async def start(self) -> None:
            await super().start()
            await asyncio.sleep(60)

    program = Slow()
    with pytest.raises(OSError, match="PostgreSQL"):
        await loaded([program], OSError("PostgreSQL"))
    assert program.told == ["start", "stop"]
