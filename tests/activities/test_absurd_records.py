"""One absurd record of one partner harms only itself: whatever stands in any field of any message."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from pydantic import BaseModel, SecretStr
from structlog.testing import capture_logs
from temporalio.testing import ActivityEnvironment

from activities.delivery import checked
from activities.letters.letter import ChannelAway
from activities.letters.notify_nl import NotifyNl
from activities.partner import PATIENCE, Fault, PartnerAway, PartnerRefused, Partners
from activities.plain_team import Numbered, PlainTeam
from activities.taken import NotTaken
from activities.vera.corporation import VeraCorporation
from activities.vera.entities import (
    Aanbieding,
    Eenheid,
    Fout,
    Huurovereenkomst,
    Kandidaat,
    Toewijzing,
    Token,
    Voorrangsregeling,
)
from activities.vera.pages import records
from activities.vera.tokens import Tokens
from activities.zgw import CaseSystem, _set_at
from domain.exchange.case_mirror import END, HOUSED, MILESTONES
from domain.exchange.record import Delivery
from domain.facts.parties import Role
from domain.messages.commands import LearnDwellings
from domain.messages.effects import AskAssessment, FreeDwelling, LetGo, PlaceOffer, PrepareLease, ReadOffer
from domain.policy.policy import LeaseForm
from runtime.directory import Directory, Organisation
from runtime.outbound import HttpAnswer
from runtime.systems import ClientCredentials, Plain, Vera
from store.database import Pool
from store.letters import LetterState
from store.notifications import Notification
from store.webhooks import Kind
from tests.activities.absurd import ABSURD, NO_JSON, NUMBERS, Path, fields, planted
from tests.activities.conftest import Hands
from tests.activities.effects import DAY, Effects
from tests.activities.rogue import answer, rogue
from tests.activities.test_vera_forgetful import placing
from tests.letters.notify_server import KEY, TEMPLATE
from tests.letters.test_notify import letter
from tests.store.script import housed
from tests.store.test_publication import fresh
from tests.town import Town

Json = dict[str, Any]
JSON = "Content-Type: application/json"
UNIT: Json = {
    "id": "E-1001",
    "idExtern": "x",
    "soort": {"code": "WOO", "naam": "Woonruimte"},
    "status": {"code": "LEE", "naam": "Leegstand"},
    "detailStatus": {"code": "NIB", "naam": "Wacht op nieuwe huurder"},
    "opleverdatum": "2026-05-02",
    "adres": {"wijk": {"code": "centrum"}},
    "clusters": [{"id": "C-1", "naam": "De Oever", "soort": {"code": "VEX"}}],
    "kamersAantal": 2,
    "rekenhuur": 612.45,
    "toegankelijkheidslabel": {"code": "ROL"},
    "woonvorm": {"code": "LEV"},
    "zelfstandig": True,
    "extra-attributen": [{"naam": "prikkelarm", "waarde": "ja"}],
}
NO_LIST = ["", "{}", "[", "[{}", '[{"a": "]', "[{}] []", '{"a": [{}]}', "[{}}", "[]]", "[null]", "[1, 2]"]
NUMERIC = [path for path in fields(Eenheid) if path[-1] in {"kamersAantal", "rekenhuur"}]


# -- one record among others ----------------------------------------------------------------------------------------


@asynccontextmanager
async def two_corporations(pool: Pool, town: Town, page: str) -> AsyncIterator[tuple[Hands, Effects]]:
    """The first corporation answers this page; the second one has a dwelling of its own."""
    good = answer("200 OK", json.dumps([UNIT]).encode(), JSON)
    async with rogue(answer("200 OK", page.encode(), JSON)) as wrong, rogue(good) as well:
        systems = dict(zip(town.corporations, (wrong.url, well.url), strict=True))
        known = [
            Organisation(
                id=name, role=Role.CORPORATION, name=name, mail="p@x.example", system=Vera(kind="vera", url=url)
            )
            for name, url in systems.items()
        ]
        async with httpx.AsyncClient(trust_env=False) as http:
            yield Hands(pool, Partners(http, Directory(known))), Effects(town)


async def listed(pool: Pool, town: Town, odd: list[str]) -> LearnDwellings:
    """What is learned of a corporation with these records between two good ones, and of another corporation."""
    first, last = (json.dumps({**UNIT, "id": number}) for number in ("E-first", "E-last"))
    async with two_corporations(pool, town, f"[{','.join([first, *odd, last])}]") as (hands, effects):
        learned = await hands.carry_out(effects.list(DAY, *town.corporations))
    assert isinstance(learned, LearnDwellings)
    return learned


def test_every_field_of_a_dwelling_is_tried() -> None:
    paths = set(fields(Eenheid))
    assert {("rekenhuur",), ("kamersAantal",), ("clusters", 0, "soort", "code"), ("adres", "wijk", "code")} <= paths
    assert {("extra-attributen", 0, "waarde"), ("opleverdatum",)} <= paths
    assert NUMERIC == [("kamersAantal",), ("rekenhuur",)]


def tried() -> Iterator[Any]:
    for path in fields(Eenheid):
        yield pytest.param(path, ABSURD, id=".".join(map(str, path)))
    for path in (*NUMERIC, ("id",), ("clusters", 0, "soort", "code")):
        yield pytest.param(path, NO_JSON, id=f"no JSON in {path[0]}")


@pytest.mark.usefixtures("referred")
@pytest.mark.parametrize(("path", "values"), list(tried()))
async def test_whatever_stands_in_a_field_the_other_dwellings_are_listed(
    pool: Pool, town: Town, path: Path, values: tuple[str, ...]
) -> None:
    learned = await listed(pool, town, [planted(UNIT, path, value) for value in values])
    told = {(one.corporation, one.id) for one in learned.dwellings}
    first, second = town.corporations
    assert {(first, "E-first"), (first, "E-last"), (second, "E-1001")} <= told
    assert learned.away == ()
    assert LearnDwellings.model_validate_json(learned.model_dump_json()) == learned
    assert all(0 <= one.rent_cents <= 10_000_000 for one in learned.dwellings)


@pytest.mark.usefixtures("referred")
@pytest.mark.parametrize("path", NUMERIC)
async def test_what_is_left_out_is_told_by_its_number_and_what_it_lacks(pool: Pool, town: Town, path: Path) -> None:
    numbers = [number for number in NUMBERS if len(number) < 4_300]
    odd = {f"E-odd-{n}": number for n, number in enumerate(numbers)}
    with capture_logs() as logs:
        learned = await listed(pool, town, [planted({**UNIT, "id": one}, path, number) for one, number in odd.items()])
    dwellings = {one.id for one in learned.dwellings if one.id in odd}
    left_out = {str(one.number): one.lacks for one in learned.left_out}
    assert {*dwellings, *left_out} == {*odd}
    assert left_out["E-odd-4"].startswith(str(path[0])), "1e26"
    assert {one.corporation for one in learned.left_out} == {town.corporation}
    (line,) = [line for line in logs if line["event"] == "dwellings skipped"]
    assert set(line["numbers"]) == set(left_out)


@pytest.mark.usefixtures("referred")
@pytest.mark.parametrize("record", ["null", "5", '"x"', "[]", "NaN", "[" * 5_000 + "]" * 5_000, '{"id": "\\ud800"}'])
async def test_what_is_no_record_at_all_is_left_out_too(pool: Pool, town: Town, record: str) -> None:
    learned = await listed(pool, town, [record])
    assert len(learned.dwellings) == 3
    assert [(one.number, one.lacks) for one in learned.left_out] == [(None, "record not understood")]


@pytest.mark.usefixtures("referred")
async def test_bytes_that_are_no_text_harm_only_their_record(pool: Pool, town: Town) -> None:
    good = json.dumps(UNIT).encode()
    assert [one is None for one in records(b"[" + good + b', {"id": "\xff\xfe"}, ' + good + b"]")] == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    "page", ["", "{}", "[", "[{}", '[{"a": "]', "[{}] []", '{"a": [{}]}', "[{}}", "[]]", "[null]", "[1, 2]"]
)
async def test_what_is_no_whole_list_is_no_list(page: str) -> None:
    async def read() -> object:
        return records(page.encode())

    with pytest.raises(PartnerAway):
        await ActivityEnvironment().run(read)


@pytest.mark.usefixtures("referred")
@pytest.mark.parametrize(
    "raised", [ZeroDivisionError(), RecursionError(), MemoryError(), KeyError("id"), OverflowError()]
)
async def test_whatever_goes_wrong_with_one_corporation_the_others_are_listed(
    pool: Pool, town: Town, monkeypatch: pytest.MonkeyPatch, raised: Exception
) -> None:
    asked = VeraCorporation.released
    wrong, well = town.corporations

    async def released(self: VeraCorporation, corporation: str, *more: Any) -> Any:
        if corporation == wrong:
            raise raised
        return await asked(self, corporation, *more)

    monkeypatch.setattr(VeraCorporation, "released", released)
    with capture_logs() as logs:
        learned = await listed(pool, town, [])
    assert ([one.corporation for one in learned.dwellings], learned.away) == ([well], (wrong,))
    assert [line["corporation"] for line in logs if line["event"] == "a list cannot be read"] == [wrong]


# -- one answer -----------------------------------------------------------------------------------------------------

URL = "http://partner.example/v4"
PLACE = placing()
LEASE = PrepareLease(key="m-1:prepare-lease:9", corporation="ymere", number="A-1", form=LeaseForm.REGULAR)
READ = ReadOffer(key="m-1:read-offer:9", corporation="ymere", task="answer_offer-1", number="A-1")
WITHDRAW = FreeDwelling(key="m-1:withdraw-offer:9", corporation="ymere", number="A-1", reason=LetGo.REFUSED)
ASSESS = AskAssessment(key="m-1:ask-assessment:9", team="team", due_on=DAY)
OAUTH = ClientCredentials(
    token_url="http://partner.example/token", client_id="engine", client_secret=SecretStr("s3cret")
)
SYSTEM = Vera(kind="vera", url=URL, oauth=OAUTH)
OFFER: Json = {
    "id": "A-1",
    "idExtern": PLACE.key,
    "status": {"code": "AAN"},
    "eenheid": f"{URL}/eenheden/E-1",
    "kandidaat": {"id": "K-1"},
}
GOOD: dict[str, Json] = {
    "eenheden": {**UNIT, "id": "E-1"},
    "kandidaten": {"id": "K-1", "idExtern": PLACE.key, "eenheid": f"{URL}/eenheden/E-1"},
    "aanbiedingen": OFFER,
    "huurovereenkomsten": {"id": "L-1", "idExtern": LEASE.key},
    "toewijzingen": {"id": "T-1", "idExtern": LEASE.key},
    "voorrangsregelingen": {"id": "V-1", "idExtern": "m-1:voorrang"},
    "token": {"access_token": "abc", "expires_in": 300},
    "assessment-requests": {"number": "R-1"},
}
ANSWERS: list[tuple[str, type[BaseModel], Any]] = [
    ("eenheden", Eenheid, PLACE),
    ("kandidaten", Kandidaat, PLACE),
    ("aanbiedingen", Aanbieding, PLACE),
    ("aanbiedingen", Aanbieding, READ),
    ("aanbiedingen", Aanbieding, WITHDRAW),
    ("aanbiedingen", Aanbieding, LEASE),
    ("huurovereenkomsten", Huurovereenkomst, LEASE),
    ("toewijzingen", Toewijzing, LEASE),
    ("voorrangsregelingen", Voorrangsregeling, LEASE),
    ("token", Token, PLACE),
    ("assessment-requests", Numbered, ASSESS),
]
REFUSALS: list[tuple[str, type[BaseModel], Any]] = [
    ("kandidaten", Fout, PLACE),
    ("huurovereenkomsten", Fout, LEASE),
    ("assessment-requests", Fault, ASSESS),
]


def cases() -> Iterator[Any]:
    for status, tried in ((200, ANSWERS), (422, REFUSALS)):
        for resource, model, effect in tried:
            for path in fields(model):
                name = f"{status} {resource} {effect.type} {'.'.join(map(str, path))}"
                yield pytest.param(status, resource, effect, path, id=name)


@pytest.mark.parametrize(("status", "resource", "effect", "path"), list(cases()))
async def test_whatever_stands_in_an_answer_it_is_an_answer_or_passes_or_goes_to_a_person(
    status: int, resource: str, effect: Any, path: Path
) -> None:
    for value in (*ABSURD, *NO_JSON):
        said = planted(GOOD[resource], path, value)

        def serve(request: httpx.Request, said: str = said) -> httpx.Response:
            asked = request.url.path.removeprefix("/v4").strip("/").split("/")
            one = asked[0] in {"eenheden", "token"} or len(asked) > 1 or request.method == "POST"
            if asked[0] == resource:
                return _said(status, said if one else f"[{said}]")
            return _said(200, json.dumps(GOOD.get(asked[0], {})) if one else "[]")

        first, last = [await _told(serve, effect, attempt) for attempt in (1, PATIENCE)]
        assert first is None or isinstance(last, PartnerRefused), (value[:50], first)


async def _told(
    serve: Callable[[httpx.Request], httpx.Response], effect: Any, attempt: int
) -> PartnerAway | PartnerRefused | None:
    """How an attempt ends that is no success: nothing else may come of it."""
    try:
        await _attempt(serve, effect, attempt)
    except (PartnerAway, PartnerRefused) as told:
        return told
    return None


async def _attempt(serve: Callable[[httpx.Request], httpx.Response], effect: Any, attempt: int) -> object:
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, attempt=attempt)
    team = Organisation(
        id="team",
        role=Role.DISTRICT_TEAM,
        name="team",
        mail="t@x.example",
        system=Plain(kind="plain", url="http://partner.example"),
    )
    async with httpx.AsyncClient(transport=httpx.MockTransport(serve)) as http:
        partners = Partners(http, Directory([team]))
        corporation = VeraCorporation(partners, Tokens(partners), "ymere", SYSTEM)
        ask: dict[type, Callable[[Any], Any]] = {
            PlaceOffer: corporation.place,
            PrepareLease: corporation.prepare,
            ReadOffer: corporation.read,
            FreeDwelling: corporation.withdraw,
            AskAssessment: PlainTeam(partners, "team").ask,
        }
        delivery: Delivery[Any] = Delivery(mediation="m-1", effect=effect)

        async def asked() -> Any:
            return await checked(ask[type(effect)](delivery))

        return await environment.run(asked)


def _said(status: int, text: str) -> httpx.Response:
    async def pieces() -> AsyncIterator[bytes]:
        yield text.encode()

    return httpx.Response(status, content=pieces())


@pytest.mark.parametrize("raised", [ZeroDivisionError("Noor"), RecursionError(), KeyError("Noor"), AssertionError()])
async def test_what_nobody_thought_of_passes_a_few_times_and_then_goes_to_a_person(raised: Exception) -> None:
    async def method() -> None:
        raise raised

    async def asked() -> Any:
        return await checked(method())

    environment = ActivityEnvironment()
    with capture_logs() as logs, pytest.raises(PartnerAway):
        await environment.run(asked)
    environment.info = replace(environment.info, attempt=PATIENCE)
    with pytest.raises(PartnerRefused, match="not_understood"):
        await environment.run(asked)
    assert logs
    assert "Noor" not in str(logs)


# -- the case system and the letters --------------------------------------------------------------------------------

ZAKEN, CATALOGI = "https://zaken.example/zaken/api/v1", "https://zaken.example/catalogi/api/v1"
CASE = f"{ZAKEN}/zaken/1"
LISTS: dict[str, list[Json]] = {
    "zaken": [{"url": CASE, "zaaktype": f"{CATALOGI}/zaaktypen/1", "einddatum": None}],
    "zaaktypen": [{"url": f"{CATALOGI}/zaaktypen/1"}],
    "statustypen": [
        {"url": f"{CATALOGI}/statustypen/{n}", "volgnummer": n, "omschrijving": name}
        for n, name in enumerate((*dict.fromkeys(MILESTONES.values()),), 1)
    ],
    "resultaattypen": [{"url": f"{CATALOGI}/resultaattypen/1", "omschrijving": HOUSED}],
    "statussen": [{"datumStatusGezet": "2026-06-01T10:00:00.000001Z"}],
    "resultaten": [],
}
CASE_FIELDS = [(kind, name) for kind, listed in LISTS.items() for one in listed[:1] for name in one]


class Strange:
    """A way out that leads to a case system with one absurd value."""

    def __init__(self, kind: str, name: str, value: str) -> None:
        self._kind, self._name, self._value = kind, name, value
        self.asked: set[str] = set()
        """What it was asked for."""

    async def call(self, method: str, address: str, headers: Any, content: bytes) -> HttpAnswer:
        kind = address.partition("?")[0].rpartition("/")[2]
        self.asked.add(kind)
        if method == "POST":
            return HttpAnswer(201, httpx.Headers(), json.dumps({"url": f"{address}/9"}).encode())
        ones = [json.dumps(one) for one in LISTS[kind]]
        if kind == self._kind:
            ones[0] = planted(LISTS[kind][0], (self._name,), self._value)
        return HttpAnswer(200, httpx.Headers(), f'{{"results": [{",".join(ones)}], "next": null}}'.encode())


@pytest.mark.parametrize(("kind", "name"), CASE_FIELDS)
async def test_whatever_a_case_system_answers_it_took_what_it_was_told_or_did_not(
    pool: Pool, kind: str, name: str
) -> None:
    await housed().play(pool)
    configuration = {"catalogi_url": CATALOGI, "client_id": "dm", "rsin": "123456782", "case_type": "DB"}
    webhook = fresh(kind=Kind.ZGW, url=ZAKEN, configuration=configuration)
    now = datetime(2026, 6, 1, tzinfo=UTC)
    for value in (*ABSURD, *NO_JSON):
        for type_ in (next(iter(MILESTONES)), END):
            strange = Strange(kind, name, value)
            system: Any = CaseSystem(pool, strange, webhook, "s" * 32, now)  # type: ignore[arg-type]
            with suppress(NotTaken):
                await system.tell(Notification("m-1", 1, type_, now, None))
            assert "zaken" in strange.asked


async def test_a_status_that_cannot_be_read_is_passed_over(pool: Pool) -> None:
    assert [_set_at(one) for one in (None, {}, {"datumStatusGezet": 5}, {"datumStatusGezet": "2026-13"})] == [None] * 4


@pytest.mark.parametrize("value", [*ABSURD, *NO_JSON], ids=lambda value: value[:12])
@pytest.mark.parametrize("name", ["notifications", "id", "status"])
async def test_whatever_notifynl_answers_the_letter_went_or_waits(name: str, value: str) -> None:
    said = planted({"notifications": [], "id": "n-1", "status": "delivered"}, (name,), value)
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: _said(200, said))) as http:
        notify = NotifyNl(http, "https://notify.example", KEY, TEMPLATE)
        with suppress(ChannelAway, PartnerRefused):
            assert await notify.post(letter()), "a letter that went has a number"
        with suppress(ChannelAway, PartnerRefused):
            assert (await notify.state_of("n-1", letter().at))[0] in LetterState
