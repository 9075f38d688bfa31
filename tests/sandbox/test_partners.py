"""The reference partner systems, as real processes over real HTTP: their contracts, their faults, and kill -9."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities.iwmo.codes import Change, MessageKind
from activities.iwmo.judgement import MessageContext, RetourVerdict, judge
from activities.iwmo.messages import Allocation, Client, ContactAddress, Header, allocation_tree, header_of, report_of
from activities.iwmo.retour import retour_tree
from activities.iwmo.xml_build import build
from activities.iwmo.xml_parse import parse
from domain.facts.born import Born
from sandbox.partners.care_provider import CARE_PROVIDER
from sandbox.partners.corporation import CORPORATION
from sandbox.partners.district_team import DISTRICT_TEAM
from sandbox.partners.faults import Arrival, Fault, FaultKind, Faults, draw

Json = dict[str, Any]
AGB = "42420001"
DAY = date(2027, 1, 6)
HOUSE = Path(__file__).parents[2]


class PartnerProcess:
    """One partner system as its own process, on a free port."""

    def __init__(self, kind: str, state: Path, *options: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.kind, self.state, self.options = kind, state, options
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "sandbox.partners", self.kind, "--port", str(self.port)]
        self.process = subprocess.Popen([*command, "--state", str(self.state), *self.options], cwd=HOUSE)
        self.http = httpx.Client(base_url=self.url, timeout=10)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                self.http.get("/health").raise_for_status()
                return
            except httpx.TransportError:
                assert self.process.poll() is None, "the partner system ended while starting"
                time.sleep(0.02)
        raise TimeoutError(self.kind)

    def stop(self, by: signal.Signals = signal.SIGTERM) -> int:
        self.http.close()
        self.process.send_signal(by)
        return self.process.wait(10)

    def organisation(self) -> str:
        """A new organisation that this process serves."""
        name = f"org-{uuid4().hex[:8]}"
        assert self.http.put(f"/organisations/{name}").status_code == 201
        return name

    def post(self, path: str, body: object = None, key: str | None = None) -> httpx.Response:
        return self.http.post(path, json=body or {}, headers={"Idempotency-Key": key} if key else {})

    def switch(self, *faults: Json) -> None:
        assert self.http.put("/faults", json=list(faults)).status_code == 200

    def effects(self, organisation: str) -> dict[tuple[str, str], tuple[int, int]]:
        """(operation, key) -> (received, executed)."""
        ledger = self.http.get("/effects").json()
        ours = [line for line in ledger if line["organisation"] == organisation]
        return {(line["operation"], line["key"]): (line["received"], line["executed"]) for line in ours}


@contextmanager
def running(kind: str, folder: Path, *options: str) -> Iterator[PartnerProcess]:
    process = PartnerProcess(kind, folder / f"{kind}.sqlite", *options)
    try:
        yield process
    finally:
        process.stop()


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PartnerProcess]:
    with running("care-provider", tmp_path_factory.mktemp("provider")) as process:
        yield process


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PartnerProcess]:
    with running("district-team", tmp_path_factory.mktemp("team")) as process:
        yield process


@pytest.fixture
def kompas(tmp_path: Path) -> Iterator[PartnerProcess]:
    """A district team that a test may kill."""
    with running("district-team", tmp_path, "--organisation", "Kompas") as process:
        yield process


@pytest.fixture
def faulty(team: PartnerProcess) -> Iterator[PartnerProcess]:
    """The district team, with all faults off again afterwards."""
    yield team
    team.http.delete("/faults")


def request(mediation: str = "m-1") -> Json:
    return {"mediation": mediation, "dueOn": "2027-02-01"}


# The care provider


def allocated(provider: PartnerProcess, organisation: str, n: int = 1, **changes: Any) -> int:
    """Send an allocation; return with which status it was met."""
    made = Allocation(900_000_000 + n, datetime(2027, 1, 4, 9, tzinfo=UTC), date(2027, 1, 4))
    header = Header("0034", AGB, changes.pop("identification", f"DM{n:010}"), date(2027, 1, 4))
    client = Client("999990019", Born(1991, 2, 3), "Testpersoon", None, None)
    tree = allocation_tree(header, client, ContactAddress("0612345678", "0031"), made._replace(**changes))
    path = f"/{organisation}/istandaarden/berichten"
    headers = {"Content-Type": "application/xml", "X-Berichtsoort": "WMO301"}
    return provider.http.post(path, content=build(MessageKind.ALLOCATION, tree), headers=headers).status_code


def exchanging(provider: PartnerProcess) -> str:
    """An organisation that exchanges messages with somebody who never takes them."""
    organisation = provider.organisation()
    told = {"agb": AGB, "url": "http://127.0.0.1:9/nobody", "token": "none"}
    assert provider.http.put(f"/organisations/{organisation}/exchange", json=told).status_code == 200
    return organisation


def sent(provider: PartnerProcess, organisation: str) -> list[str]:
    return [one["kind"] for one in provider.http.get(f"/{organisation}/messages").json()]


def test_support_is_allocated_once_started_and_stopped_and_each_is_told(provider: PartnerProcess) -> None:
    organisation = exchanging(provider)
    assert [allocated(provider, organisation) for _ in range(2)] == [202, 202]
    assert provider.effects(organisation) == {("WMO301", "DM0000000001"): (2, 1)}
    path = f"/{organisation}/support-requests/900000001"
    assert provider.post(f"{path}/plan", {"startsOn": "2027-02-05"}).json()["state"] == "planned"
    for _ in range(2):
        assert provider.post(f"{path}/start", {"startedOn": "2027-02-06"}).json()["state"] == "started"
    assert provider.post(f"{path}/start-withdrawal", {}).json()["state"] == "requested"
    provider.post(f"{path}/start", {"startedOn": "2027-02-07"})
    stopped = provider.post(f"{path}/stop", {"endedOn": "2027-08-01", "reason": "19"}).json()
    assert (stopped["state"], stopped["endedOn"]) == ("stopped", "2027-08-01")
    # The copy of the allocation is rejected by a retour of its own.
    assert sent(provider, organisation) == ["WMO302", "WMO302", "WMO305", "WMO305", "WMO305", "WMO307"]


def test_an_allocation_that_is_removed_or_ended_stays_so(provider: PartnerProcess) -> None:
    organisation, day = exchanging(provider), date(2027, 1, 4)
    allocated(provider, organisation)
    allocated(provider, organisation, identification="DM2", change=Change.REMOVED, ends_on=day)
    path = f"/{organisation}/support-requests/900000001"
    assert provider.http.get(path).json()["state"] == "cancelled"
    assert provider.post(f"{path}/start", {"startedOn": "2027-02-06"}).json()["code"] == "not_open"
    allocated(provider, organisation, 2)
    provider.post(f"/{organisation}/support-requests/900000002/start", {"startedOn": "2027-01-05"})
    allocated(provider, organisation, 2, identification="DM3", change=Change.OTHER_PROVIDER, ends_on=date(2027, 3, 1))
    assert provider.http.get(f"/{organisation}/support-requests/900000002").json()["state"] == "ended"


@pytest.mark.parametrize(
    ("habits", "messages"),
    [
        ({"retour": "missing"}, ["WMO305"]),
        ({"retour": "rejected", "retourCode": "9332"}, ["WMO302"]),
        ({"starts": "twice"}, ["WMO302", "WMO305", "WMO305"]),
        ({"starts": "twice_anew"}, ["WMO302", "WMO305", "WMO305"]),
    ],
)
def test_a_provider_can_be_told_to_behave_badly(provider: PartnerProcess, habits: Json, messages: list[str]) -> None:
    organisation = exchanging(provider)
    assert provider.http.put(f"/{organisation}/habits", json=habits).status_code == 200
    allocated(provider, organisation)
    provider.post(f"/{organisation}/support-requests/900000001/start", {"startedOn": "2027-01-05"})
    assert sent(provider, organisation) == messages


def test_what_is_no_message_is_refused_and_gets_no_retour(provider: PartnerProcess) -> None:
    organisation = exchanging(provider)
    path, headers = f"/{organisation}/istandaarden/berichten", {"X-Berichtsoort": "WMO301"}
    for content in (b"", b"<a/>", b"{}"):
        assert provider.http.post(path, content=content, headers=headers).status_code == 400
    assert provider.http.post(path, content=b"<a/>", headers={"X-Berichtsoort": "WMO305"}).status_code == 400
    assert sent(provider, organisation) == []


# The district team


def test_an_assessment_is_requested_and_completed(team: PartnerProcess) -> None:
    path = f"/{team.organisation()}/assessment-requests"
    asked = {"mediation": "m-1", "dueOn": "2027-02-01"}
    assert team.post(path, asked, "k").json()["number"] == "R-000001"
    assert team.post(path, asked, "k").json() == {"code": "already_known", "number": "R-000001", "state": "requested"}
    shown = team.http.get(f"{path}/R-000001").json()
    assert (shown["number"], shown["state"], shown["dueOn"]) == ("R-000001", "requested", "2027-02-01")
    team.post(f"{path}/R-000001/completion", {"completedOn": "2027-01-20"})
    assert team.http.get(f"{path}/R-000001").json()["state"] == "completed"
    assert team.post(f"{path}/R-000001/cancellation", key="stop").json()["code"] == "not_open"


def test_an_assessment_request_is_cancelled_once(team: PartnerProcess) -> None:
    organisation = team.organisation()
    path = f"/{organisation}/assessment-requests"
    team.post(path, {"mediation": "m-1", "dueOn": "2027-02-01"}, "k")
    codes = [team.post(f"{path}/R-000001/cancellation", key="stop").status_code for _ in range(3)]
    assert codes == [200, 409, 409]
    assert team.effects(organisation)["cancel_assessment_request", "stop"] == (3, 1)


def test_a_move_notice_arrives_once(team: PartnerProcess) -> None:
    organisation = team.organisation()
    notice = {"mediation": "m-1", "district": "Haven", "keysOn": "2027-02-01"}
    made = team.post(f"/{organisation}/move-notices", notice, "k")
    assert (made.status_code, made.json()["number"]) == (201, "N-000001")
    assert team.post(f"/{organisation}/move-notices", notice, "k").json()["code"] == "already_known"
    assert team.http.get(f"/{organisation}/assessment-requests/N-000001").status_code == 404
    records = team.http.get(f"/{organisation}/move-notices").json()["records"]
    assert [(record["mediation"], record["keysOn"]) for record in records] == [("m-1", "2027-02-01")]


# All of them


def test_what_is_unknown_is_not_found(provider: PartnerProcess, team: PartnerProcess) -> None:
    for partner, path in ((provider, "support-requests"), (team, "assessment-requests")):
        organisation = partner.organisation()
        for address in (f"/nobody/{path}/A-000001", f"/{organisation}/{path}/A-000001", "/nothing", "/a/b/c/d/e"):
            answer = partner.http.get(address)
            assert (answer.status_code, answer.json()) == (404, {"code": "not_found"}), address
        posted = "any-message" if partner is provider else path
        assert partner.post(f"/nobody/{posted}", {}, "k").status_code == 404
        assert partner.http.patch("/health").json() == {"code": "method_not_allowed"}


def test_a_number_belongs_to_its_own_organisation(team: PartnerProcess) -> None:
    organisation = team.organisation()
    team.post(f"/{organisation}/assessment-requests", request(), "k")
    assert team.http.get(f"/{organisation}/assessment-requests/R-000001").status_code == 200
    assert team.http.get(f"/{team.organisation()}/assessment-requests/R-000001").status_code == 404


def test_a_bad_body_names_each_field(team: PartnerProcess) -> None:
    organisation = team.organisation()
    wrong = request() | {"colour": "red", "dueOn": "soon"}
    answer = team.post(f"/{organisation}/assessment-requests", wrong, "k")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert sorted(error["field"] for error in answer.json()["errors"]) == ["colour", "dueOn"]
    unkeyed = team.post(f"/{organisation}/assessment-requests", request())
    assert [error["field"] for error in unkeyed.json()["errors"]] == ["Idempotency-Key"]
    assert team.http.get(f"/{organisation}/assessment-requests?limit=101").status_code == 400
    assert team.effects(organisation) == {("request_assessment", "k"): (1, 0)}


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=60) | st.sampled_from([b"NaN", b'"\\ud800"', b"[" * 9000, b'{"mediation":"\\ud800"}']))
def test_no_body_makes_a_partner_fail(team: PartnerProcess, body: bytes) -> None:
    team.http.put("/organisations/fuzzed")
    answer = team.http.post("/fuzzed/assessment-requests", content=body, headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_a_partner_with_a_token_answers_only_who_shows_it(tmp_path: Path) -> None:
    with running("care-provider", tmp_path, "--token", "s3cret", "--organisation", "Kompas") as partner:
        assert partner.http.get("/health").status_code == 200
        for shown in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic s3cret"}):
            for path in ("/Kompas/support-requests", "/effects", "/faults"):
                answer = partner.http.get(path, headers=shown)
                assert (answer.status_code, answer.json()) == (401, {"code": "unauthorised"})
        shown = {"Authorization": "Bearer s3cret"}
        assert partner.http.get("/Kompas/support-requests", headers=shown).status_code == 200


# Faults


def test_an_unavailable_partner_does_nothing_and_says_when_to_come_back(faulty: PartnerProcess) -> None:
    organisation = faulty.organisation()
    faulty.switch({"fault": "unavailable", "operation": "request_assessment", "times": 2, "seconds": 7})
    for _ in range(2):
        answer = faulty.post(f"/{organisation}/assessment-requests", request(), "k")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
    assert faulty.effects(organisation) == {("request_assessment", "k"): (2, 0)}
    assert faulty.post(f"/{organisation}/assessment-requests", request(), "k").status_code == 201
    assert faulty.effects(organisation) == {("request_assessment", "k"): (3, 1)}
    assert [fault["struck"] for fault in faulty.http.get("/faults").json()] == [2]


def test_a_lost_answer_took_effect_and_the_retry_is_already_known(faulty: PartnerProcess) -> None:
    organisation = faulty.organisation()
    faulty.switch({"fault": "lost_answer", "organisation": organisation, "attempts": 1})
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        faulty.post(f"/{organisation}/assessment-requests", request(), "k")
    again = faulty.post(f"/{organisation}/assessment-requests", request(), "k")
    assert again.json() == {"code": "already_known", "number": "R-000001", "state": "requested"}
    assert faulty.effects(organisation) == {("request_assessment", "k"): (2, 1)}
    with pytest.raises(httpx.RemoteProtocolError):
        faulty.http.get(f"/{organisation}/assessment-requests/R-000001")
    assert faulty.http.get(f"/{organisation}/assessment-requests/R-000001").status_code == 200


@pytest.mark.parametrize("fault", ["wrong_schema", "server_error", "huge"])
def test_a_broken_answer_did_nothing(faulty: PartnerProcess, fault: str) -> None:
    organisation = faulty.organisation()
    faulty.switch({"fault": fault, "organisation": organisation})
    answer = faulty.post(f"/{organisation}/assessment-requests", request(), "k")
    match fault:
        case "wrong_schema":
            assert answer.status_code == 200
            assert not {"number", "state", "code"} & set(answer.json())
        case "server_error":
            assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
        case _:
            assert (answer.status_code, len(answer.content)) == (200, 10 * 1024 * 1024)
    assert faulty.effects(organisation) == {("request_assessment", "k"): (1, 0)}


def test_a_drip_has_no_end(faulty: PartnerProcess) -> None:
    organisation = faulty.organisation()
    faulty.switch({"fault": "drip", "organisation": organisation, "seconds": 0.05})
    path, headers = f"/{organisation}/assessment-requests", {"Idempotency-Key": "k"}
    with faulty.http.stream("POST", path, json=request(), headers=headers) as answer:
        pieces = [piece for piece, _ in zip(answer.iter_raw(), range(5), strict=False)]
    assert pieces == [b" "] * 5
    assert faulty.effects(organisation) == {("request_assessment", "k"): (1, 0)}


def test_a_partner_is_away_between_two_moments_of_its_callers_clock(faulty: PartnerProcess) -> None:
    organisation = faulty.organisation()
    faulty.switch({"fault": "unavailable", "since": "2027-03-01T00:00:00Z", "until": "2027-03-15T00:00:00Z"})

    def at(moment: str | None) -> int:
        headers = {"Idempotency-Key": "k"} | ({"Date": moment} if moment else {})
        path = f"/{organisation}/assessment-requests"
        return faulty.http.post(path, json=request(), headers=headers).status_code

    assert at("Mon, 01 Mar 2027 00:00:00 GMT") == at("Sun, 14 Mar 2027 23:59:59 GMT") == 503
    assert at("Sun, 28 Feb 2027 23:59:59 GMT") == 201
    assert at("Mon, 15 Mar 2027 00:00:00 GMT") == at(None) == at("some day") == 409


async def test_a_slow_partner_waits_and_holds_up_nobody_else(faulty: PartnerProcess) -> None:
    slow, quick = faulty.organisation(), faulty.organisation()
    faulty.switch({"fault": "slow", "organisation": slow, "seconds": 1.0})
    async with httpx.AsyncClient(base_url=faulty.url, timeout=10) as http:
        began = time.monotonic()
        path, headers = f"/{slow}/assessment-requests", {"Idempotency-Key": "k"}
        waiting = asyncio.create_task(http.post(path, json=request(), headers=headers))
        await asyncio.sleep(0.2)
        assert (await http.get(f"/{quick}/assessment-requests")).status_code == 200
        assert not waiting.done()
        assert time.monotonic() - began < 1.0
        assert (await waiting).status_code == 201
        assert time.monotonic() - began >= 1.0


def test_slow_goes_together_with_another_fault(faulty: PartnerProcess) -> None:
    organisation = faulty.organisation()
    faulty.switch({"fault": "slow", "seconds": 0.3}, {"fault": "lost_answer"}, {"fault": "unavailable"})
    began = time.monotonic()
    with pytest.raises(httpx.RemoteProtocolError):
        faulty.post(f"/{organisation}/assessment-requests", request(), "k")
    assert time.monotonic() - began >= 0.3
    assert faulty.effects(organisation) == {("request_assessment", "k"): (1, 1)}
    assert [fault["struck"] for fault in faulty.http.get("/faults").json()] == [1, 1, 0]


def test_what_staff_do_is_struck_only_when_named(faulty: PartnerProcess) -> None:
    organisation = faulty.organisation()
    path = f"/{organisation}/assessment-requests"
    faulty.switch({"fault": "unavailable"})
    assert faulty.http.get(path).status_code == 200
    assert faulty.http.get(f"{path}/R-000001").status_code == 503
    faulty.switch({"fault": "unavailable", "operation": "list_assessment_requests"})
    assert faulty.http.get(path).status_code == 503


def test_a_fault_that_could_never_strike_is_refused(faulty: PartnerProcess) -> None:
    for wrong in (
        {"operation": "request_asessment"},
        {"probability": 1.5},
        {"times": 0},
        {"fault": "fire"},
        {"color": 1},
    ):
        answer = faulty.http.put("/faults", json=[{"fault": "slow"} | wrong])
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), wrong
    assert faulty.http.get("/faults").json() == []


async def test_which_calls_a_fault_strikes_depends_on_seed_and_key_never_on_order(faulty: PartnerProcess) -> None:
    organisation = faulty.organisation()
    keys = [f"m-{n}:offer:1" for n in range(60)]
    fault = Fault(fault=FaultKind.UNAVAILABLE, probability=0.3, seed=1)
    faulty.switch(fault.model_dump(mode="json"))

    async def struck(order: list[str]) -> set[str]:
        async with httpx.AsyncClient(base_url=faulty.url, timeout=30) as http:
            sent = [
                http.post(f"/{organisation}/assessment-requests", headers={"Idempotency-Key": key}) for key in order
            ]
            answers = await asyncio.gather(*sent)
        return {key for key, answer in zip(order, answers, strict=True) if answer.status_code == 503}

    def drawn(attempt: int) -> set[str]:
        return {key for key in keys if draw(fault, Arrival(organisation, "request_assessment", key, attempt)) < 0.3}

    shuffled = Random(1).sample(keys, len(keys))
    assert [await struck(keys), await struck(keys[::-1]), await struck(shuffled)] == [drawn(1), drawn(2), drawn(3)]
    assert 5 < len(drawn(1)) < 35
    assert drawn(1) != drawn(2)


@given(st.integers(), st.text(), st.integers(min_value=1))
def test_a_certain_fault_always_strikes_and_an_impossible_one_never(seed: int, key: str, attempt: int) -> None:
    faults = Faults()
    arrival = Arrival("Woonplein", "place_offer", key, attempt)
    faults.switch([Fault(fault=FaultKind.LOST_ANSWER, probability=0, seed=seed)])
    assert faults.strike(arrival).ending is None
    faults.switch([Fault(fault=FaultKind.LOST_ANSWER, probability=1, seed=seed)])
    assert faults.strike(arrival).ending is FaultKind.LOST_ANSWER


def test_draws_are_spread_evenly() -> None:
    fault = Fault(fault=FaultKind.LOST_ANSWER, seed=3)
    drawn = [draw(fault, Arrival("Woonplein", "place_offer", f"k{n}", 1)) for n in range(10_000)]
    assert all(0 <= number < 1 for number in drawn)
    assert abs(sum(drawn) / len(drawn) - 0.5) < 0.02
    assert abs(sum(number < 0.1 for number in drawn) - 1_000) < 150


# Kill -9


def assessment(mediation: str) -> Json:
    return {"mediation": mediation, "dueOn": "2027-02-01"}


@pytest.mark.parametrize("round_", range(3))
async def test_kill_9_under_load_loses_nothing_acknowledged_and_doubles_nothing(
    kompas: PartnerProcess, round_: int
) -> None:
    kompas.switch({"fault": "lost_answer", "probability": 0.1, "seed": round_})
    acknowledged: dict[str, str] = {}
    busy = asyncio.Event()

    async def ask(http: httpx.AsyncClient, key: str) -> None:
        try:
            answer = await http.post(
                "/Kompas/assessment-requests", json=assessment(key), headers={"Idempotency-Key": key}, timeout=5
            )
        except httpx.TransportError:
            return
        if answer.status_code in (201, 409):
            acknowledged[key] = answer.json()["number"]
            if len(acknowledged) >= 50 * (round_ + 1):
                busy.set()

    async def work(http: httpx.AsyncClient, worker: int) -> None:
        for n in range(40):
            await ask(http, f"m-{worker}-{n}")

    keys = [f"m-{worker}-{n}" for worker in range(8) for n in range(40)]
    async with httpx.AsyncClient(base_url=kompas.url) as http:
        load = [asyncio.create_task(work(http, worker)) for worker in range(8)]
        await busy.wait()
        os.kill(kompas.process.pid, signal.SIGKILL)
        await asyncio.gather(*load)
    assert await asyncio.to_thread(kompas.process.wait, 10) == -signal.SIGKILL
    before = dict(acknowledged)
    assert len(before) < len(keys), "the kill came after the load"
    kompas.start()
    known = {line["key"]: line["executed"] for line in kompas.http.get("/effects").json()}
    assert {key for key in before if known.get(key) != 1} == set()
    async with httpx.AsyncClient(base_url=kompas.url) as http:
        for start in range(0, len(keys), 10):
            await asyncio.gather(*(ask(http, key) for key in keys[start : start + 10]))
    assert set(acknowledged) == set(keys)
    assert {key: acknowledged[key] for key in before} == before
    assert len(set(acknowledged.values())) == len(keys)
    assert {executed for _, executed in kompas.effects("Kompas").values()} == {1}
    made, page = 0, kompas.http.get("/Kompas/assessment-requests").json()
    while page["records"]:
        made += len(page["records"])
        page = kompas.http.get("/Kompas/assessment-requests", params={"after": page["records"][-1]["number"]}).json()
    assert made == len(keys)


def test_every_operation_has_its_own_name_and_address() -> None:
    for partner in (CORPORATION, CARE_PROVIDER, DISTRICT_TEAM):
        names = [operation.name for operation in partner.operations]
        addresses = [(operation.method, operation.path) for operation in partner.operations]
        assert len(set(names)) == len(names)
        assert len(set(addresses)) == len(addresses)
        assert not any(operation.keyed and operation.by_staff for operation in partner.operations)


# Starts told badly


@contextmanager
def municipality(seconds: float = 0.0) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """An address where messages are taken, each in so many seconds, and what came there."""
    taken: list[tuple[str, bytes]] = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((self.headers["X-Berichtsoort"], body))
            time.sleep(seconds)
            self.send_response(202)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/berichten", taken
        server.shutdown()


def retour_to(content: bytes, verdict: RetourVerdict, number: str) -> bytes:
    """What the municipality answers to a start."""
    return build(
        MessageKind.START_RETOUR,
        retour_tree(MessageKind.START, parse(content, MessageKind.START), verdict, number, DAY),
    )


def started(provider: PartnerProcess, url: str, fault: str) -> str:
    """An organisation whose one start is told badly."""
    organisation = provider.organisation()
    told = {"agb": AGB, "url": url, "token": "none"}
    provider.http.put(f"/organisations/{organisation}/exchange", json=told).raise_for_status()
    allocated(provider, organisation)
    provider.switch({"fault": fault, "organisation": organisation, "operation": "start_support"})
    path = f"/{organisation}/support-requests/900000001/start"
    assert provider.post(path, {"startedOn": "2027-01-05"}).json()["state"] == "started"
    provider.http.delete("/faults")
    return organisation


def starts(taken: list[tuple[str, bytes]]) -> list[bytes]:
    return [content for kind, content in taken if kind == "WMO305"]


def test_a_start_told_twice_is_the_same_message_twice(provider: PartnerProcess) -> None:
    with municipality() as (url, taken):
        started(provider, url, "twice")
    first, second = starts(taken)
    assert first == second
    (product,) = report_of(MessageKind.START, parse(first, MessageKind.START)).products
    assert product.allocation == 900_000_001


def test_a_start_before_the_allocation_is_refused_and_then_told_properly(provider: PartnerProcess) -> None:
    with municipality() as (url, taken):
        organisation = started(provider, url, "early")
        (early,) = starts(taken)
        (product,) = report_of(MessageKind.START, parse(early, MessageKind.START)).products
        assert (product.allocation, product.begins_on) == (None, date(2027, 1, 5))
        unknown = MessageContext(DAY, used=False, allocations=frozenset({900_000_001}), earlier=())
        verdict = judge(report_of(MessageKind.START, parse(early, MessageKind.START)), unknown)
        assert verdict.codes == ("9019",)
        path, headers = f"/{organisation}/istandaarden/berichten", {"X-Berichtsoort": "WMO306"}
        for _ in range(2):
            provider.http.post(path, content=retour_to(early, verdict, "R1"), headers=headers)
        _, proper = starts(taken)
    (product,) = report_of(MessageKind.START, parse(proper, MessageKind.START)).products
    assert (product.allocation, product.begins_on) == (900_000_001, date(2027, 1, 5))
    answered = [one["codes"] for one in provider.http.get(f"/{organisation}/messages").json()]
    assert answered == [None, None, ["9019"]]
    identification = header_of(parse(early, MessageKind.START)).identification
    assert provider.effects(organisation)["WMO306", identification] == (2, 1)


def test_what_a_slow_municipality_takes_is_sent_once_though_another_is_away(provider: PartnerProcess) -> None:
    with municipality() as (away, _):
        pass
    started(provider, away, "slow")  # from now on what waits is tried every second
    with municipality(seconds=2.5) as (url, taken):
        started(provider, url, "slow")
    assert sorted(kind for kind, _ in taken) == ["WMO302", "WMO305"]


def test_another_retour_to_the_same_message_shows_as_doubled(provider: PartnerProcess) -> None:
    with municipality() as (url, taken):
        organisation = started(provider, url, "twice")
        start, headers = starts(taken)[0], {"X-Berichtsoort": "WMO306"}
        for number in ("R1", "R2"):
            retour = retour_to(start, RetourVerdict(None, ("0200",)), number)
            provider.http.post(f"/{organisation}/istandaarden/berichten", content=retour, headers=headers)
    identification = header_of(parse(start, MessageKind.START)).identification
    assert provider.effects(organisation)["WMO306", identification] == (2, 2)


def test_what_goes_wrong_after_a_call_can_only_go_wrong_where_that_is_known(provider: PartnerProcess) -> None:
    for fault, operation in (("early", "*"), ("twice", "stop_support"), ("retracted", "start_support")):
        answer = provider.http.put("/faults", json=[{"fault": fault, "operation": operation}])
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), fault


# A drip that breaks off, a key that is forgotten


def test_a_drip_can_break_off(faulty: PartnerProcess) -> None:
    organisation = faulty.organisation()
    faulty.switch({"fault": "drip", "organisation": organisation, "seconds": 0.05, "lasts": 0.3})
    began = time.monotonic()
    with pytest.raises(httpx.RemoteProtocolError, match="incomplete"):
        faulty.post(f"/{organisation}/assessment-requests", request(), "k")
    assert time.monotonic() - began >= 0.3
    assert faulty.effects(organisation) == {("request_assessment", "k"): (1, 0)}


def test_a_forgotten_key_is_carried_out_again_and_the_ledger_shows_it(faulty: PartnerProcess) -> None:
    organisation = faulty.organisation()
    faulty.switch({"fault": "forgotten", "organisation": organisation})
    answers = [faulty.post(f"/{organisation}/assessment-requests", request(), "k") for _ in range(2)]
    assert [answer.json()["number"] for answer in answers] == ["R-000001", "R-000002"]
    assert faulty.effects(organisation) == {("request_assessment", "k"): (2, 2)}
    assert [fault["struck"] for fault in faulty.http.get("/faults").json()] == [1]
