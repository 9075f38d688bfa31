"""A mediation mirrored in a reference case system over real HTTP: each zaak, status and result once, whatever fails."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from temporalio.testing import ActivityEnvironment

from activities.publication import Publisher
from domain.exchange.case_mirror import BROKEN_OFF, END, HOUSED, MILESTONES, MIRRORED, RESULTS
from domain.exchange.published import TYPES
from domain.facts.outcome import Outcome
from domain.messages import answers as a
from runtime.addresses import AllowList
from runtime.outbound import outbound
from sandbox.embedded.ports import free_port
from sandbox.partners.book import Book
from sandbox.partners.case_system import RESULT_TYPES, SCHEMA, STATUS_TYPES, CaseSystem, is_rsin
from store.database import Pool
from store.notifications import Notifications
from store.record import record
from store.webhooks import Kind, Webhooks
from tests.domain.case import NOTE
from tests.domain.test_decisions import UPHELD, objection, sent
from tests.listening import listening
from tests.store.script import Script, hard, housed, script, team_of
from tests.store.test_publication import fresh
from tests.tampering import tamper

SECRET = "a-secret-of-the-case-system-of-32-chars"
RSIN = "123456782"


class Register:
    """A publisher whose one webhook is a case system that really listens."""

    def __init__(self, pool: Pool, publisher: Publisher, http: httpx.AsyncClient, webhook: str) -> None:
        self.pool, self.publisher, self.http, self.webhook = pool, publisher, http, webhook
        self.now = datetime.now(UTC)

    async def publish(self) -> None:
        """Let a round run, with everything that waits due."""
        environment = ActivityEnvironment()
        environment.info = replace(environment.info, started_time=self.now)
        await self.pool.execute("UPDATE notification SET next_at = $1 WHERE result IS NULL", self.now)
        await environment.run(self.publisher.publish, self.webhook)

    async def drained(self, rounds: int = 60) -> None:
        for _ in range(rounds):
            await self.publish()
            if await Notifications(self.pool, self.webhook).next_at() is None:
                return
        raise AssertionError(await self.codes())

    async def codes(self) -> set[str]:
        return {r["code"] for r in await self.pool.fetch("SELECT code FROM notification WHERE code IS NOT NULL")}

    async def cases(self) -> dict[str, Any]:
        return {case["identificatie"]: case for case in (await self.http.get("/shown")).json()}

    async def doubled(self) -> list[str]:
        return [one["key"] for one in (await self.http.get("/effects")).json() if one["executed"] > 1]

    async def faults(self, *faults: dict[str, Any]) -> None:
        (await self.http.put("/faults", json=list(faults))).raise_for_status()


@pytest.fixture
async def register(pool: Pool, tmp_path: Path) -> AsyncIterator[Register]:
    webhooks = Webhooks(pool, b"k" * 32)
    port = free_port()
    book = Book(tmp_path / "zaken.sqlite", SCHEMA)
    system = CaseSystem(book, f"http://127.0.0.1:{port}", {"dm": SECRET})
    async with (
        listening(system.application(), port) as url,
        outbound(AllowList.parse("127.0.0.1")) as out,
        httpx.AsyncClient(base_url=url, trust_env=False) as http,
    ):
        configuration = {
            "catalogi_url": f"{url}/catalogi/api/v1",
            "client_id": "dm",
            "rsin": RSIN,
            "case_type": "DIRECTE-BEMIDDELING",
        }
        added = fresh(
            kind=Kind.ZGW,
            url=f"{url}/zaken/api/v1",
            types=MIRRORED,
            secret=SECRET,
            configuration=configuration,
        )
        webhook = await webhooks.add("zaken", added, datetime.now(UTC))
        publisher = Publisher(pool, webhooks, out, "https://mediation.example.org", timedelta(seconds=30))
        yield Register(pool, publisher, http, webhook.id)
    book.close()


async def test_a_mediation_is_a_case_with_its_milestones_its_result_and_an_end(register: Register) -> None:
    await housed().play(register.pool)
    await register.drained()
    (case,) = (await register.cases()).values()
    assert case["identificatie"] == "m-1"
    assert case["statussen"] == list(STATUS_TYPES)
    assert case["resultaten"] == [HOUSED]
    assert case["einddatum"]
    assert case["bronorganisatie"] == case["verantwoordelijkeOrganisatie"] == RSIN
    assert case["vertrouwelijkheidaanduiding"] == "zaakvertrouwelijk"
    assert await register.doubled() == []


async def test_a_hard_life_shows_each_time_a_milestone_was_reached(register: Register) -> None:
    case = hard()
    await case.play(register.pool)
    await register.drained()
    (shown,) = (await register.cases()).values()
    assert shown["statussen"][-1] == "Afgesloten"
    assert shown["statussen"].count("Aangeboden") == sum(o.number is not None for o in case.m.offers) == 2
    assert shown["resultaten"] == [BROKEN_OFF]


async def test_told_twice_it_is_made_once(register: Register) -> None:
    await housed().play(register.pool)
    await register.drained()
    before = await register.cases()
    await tamper(
        register.pool, "UPDATE notification SET result = NULL, settled_at = NULL, next_at = $1", datetime.now(UTC)
    )
    await register.drained()
    assert await register.cases() == before
    assert await register.doubled() == []


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_whatever_answer_is_lost_everything_is_made_once(register: Register, seed: int) -> None:
    await housed().play(register.pool)
    await script("list").play(register.pool, "m-2")
    await register.faults(
        {"fault": "lost_answer", "probability": 0.25, "seed": seed, "attempts": 3},
        {"fault": "unavailable", "probability": 0.15, "seed": seed, "attempts": 3},
        {"fault": "wrong_schema", "probability": 0.15, "seed": seed, "attempts": 3},
    )
    await register.drained()
    struck = [fault["struck"] for fault in (await register.http.get("/faults")).json()]
    assert min(struck) > 0, "every fault was met"
    cases = await register.cases()
    assert cases["m-1"]["statussen"] == list(STATUS_TYPES)
    assert cases["m-2"]["statussen"] == list(STATUS_TYPES[:3])
    assert len(await register.codes()) == 0
    assert await register.doubled() == []


async def test_the_case_system_is_as_strict_as_the_standard(register: Register) -> None:
    def token(secret: str = SECRET, **changes: Any) -> str:
        claims: dict[str, Any] = {"iss": "dm", "client_id": "dm", "user_id": "x", "user_representation": "x"}
        claims |= {"iat": int(register.now.timestamp()), **changes}
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret))

    async def post(kind: str, body: dict[str, Any], **headers: str) -> httpx.Response:
        given = {"Authorization": f"Bearer {token()}", "Accept-Crs": "EPSG:4326", "Content-Crs": "EPSG:4326"}
        return await register.http.post(f"/zaken/api/v1/{kind}", json=body, headers=given | headers)

    def code(response: httpx.Response) -> str:
        problem = response.json()
        return str((problem["invalidParams"] or [problem])[0]["code"])

    base = str(register.http.base_url).rstrip("/")
    case = {
        "identificatie": "m-9",
        "bronorganisatie": RSIN,
        "verantwoordelijkeOrganisatie": RSIN,
        "zaaktype": f"{base}/catalogi/api/v1/zaaktypen/1",
        "startdatum": "2026-06-01",
    }
    for wrong in (token("other" * 10), token(client_id="x"), token(iat=int(register.now.timestamp()) - 4000), "x"):
        assert (await post("zaken", case, Authorization=f"Bearer {wrong}")).status_code == 403
    assert (await post("zaken", case, **{"Content-Crs": "EPSG:28992"})).status_code == 415
    assert code(await post("zaken", case | {"bronorganisatie": "123456789"})) == "invalid"
    assert code(await post("zaken", case | {"bsn": "999990019"})) == "unknown-field"
    made = await post("zaken", case)
    assert made.status_code == 201
    again = await post("zaken", case)
    assert (again.status_code, code(again)) == (400, "identificatie-niet-uniek")
    zaak, types = made.json()["url"], f"{base}/catalogi/api/v1"
    last = {"zaak": zaak, "statustype": f"{types}/statustypen/8", "datumStatusGezet": "2026-06-01T10:00:00Z"}
    assert code(await post("statussen", last)) == "resultaat-does-not-exist"
    result = {"zaak": zaak, "resultaattype": f"{types}/resultaattypen/1"}
    assert (await post("resultaten", result)).status_code == 201
    assert code(await post("resultaten", result)) == "unique"
    assert (await post("statussen", last)).status_code == 201
    late = last | {"datumStatusGezet": "2026-06-02T10:00:00Z"}
    assert (await post("statussen", late)).status_code == 403
    assert (await post("resultaten", result)).status_code == 403
    reopening = late | {"statustype": f"{types}/statustypen/7"}
    assert (await post("statussen", reopening)).status_code == 201


def wrongly_rejected() -> Script:
    """Rejected, and right to object."""
    case = script("ready")
    case.answer(a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE))
    sent(case.answer(case.hearing(a.HearingResult.STANDS)))
    case.days(20).do(objection(case)).answer(UPHELD)
    return case


@pytest.mark.parametrize("at_once", [False, True])
async def test_a_mediation_that_goes_on_is_a_case_that_is_opened_again(register: Register, at_once: bool) -> None:
    case = wrongly_rejected()
    for n, step in enumerate(case.recordings()):
        await record(register.pool, step, team_of)
        if not at_once and n == len(case.steps) - 3:
            await register.drained()
            (shown,) = (await register.cases()).values()
            assert shown["einddatum"]
            assert shown["resultaten"] == [BROKEN_OFF]
    await register.drained()
    (shown,) = (await register.cases()).values()
    assert shown["einddatum"] is None
    assert shown["resultaten"] == []
    assert shown["statussen"][-1] != "Afgesloten"
    case.answer(a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE))
    case.answer(case.hearing(a.HearingResult.STANDS))
    for step in case.recordings()[-2:]:
        await record(register.pool, step, team_of)
    await register.drained()
    (shown,) = (await register.cases()).values()
    assert shown["statussen"][-1] == "Afgesloten"
    assert shown["resultaten"] == [BROKEN_OFF]
    assert await register.doubled() == [], "what is made after it was taken away doubles nothing"


async def test_nothing_but_milestones_waits_for_a_case_system_and_no_person_is_told_of(register: Register) -> None:
    await housed().play(register.pool)
    rows = await register.pool.fetch("SELECT DISTINCT type FROM notification")
    assert {row["type"] for row in rows} == set(MILESTONES)
    await register.drained()
    (case,) = (await register.cases()).values()
    assert set(case) - {"statussen", "resultaten"} == {
        *("url", "identificatie", "bronorganisatie", "verantwoordelijkeOrganisatie", "zaaktype", "startdatum"),
        *("omschrijving", "vertrouwelijkheidaanduiding", "kenmerken", "einddatum", "resultaat", "status"),
    }
    assert "person" not in json.dumps(case)


async def test_a_case_type_that_is_not_there_waits_for_who_sets_it_up(register: Register) -> None:
    changed = """UPDATE webhook SET configuration = (configuration::jsonb || '{"case_type": "ANDERS"}')::json"""
    await tamper(register.pool, changed)
    await script("start").play(register.pool)
    await register.publish()
    assert await register.codes() == {"no_case_type"}
    await tamper(register.pool, changed.replace("ANDERS", "DIRECTE-BEMIDDELING"))
    await register.drained()
    assert (await register.cases())["m-1"]["statussen"] == ["Aangemeld"]


def test_every_outcome_has_a_result_and_every_milestone_is_published() -> None:
    assert set(RESULTS) == set(Outcome)
    assert set(RESULTS.values()) == set(RESULT_TYPES)
    assert set(MIRRORED) <= set(TYPES)
    assert tuple(MILESTONES.values()) == STATUS_TYPES
    assert END in MILESTONES


def test_an_rsin_satisfies_the_elfproef() -> None:
    assert is_rsin(RSIN)
    assert not is_rsin("123456789")
