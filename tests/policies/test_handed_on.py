"""The chapter on which data goes to whom names everybody: no module reads who a client is, or calls another machine,
for a receiver that the chapter does not tell. What goes along to another municipality, and what other systems are told,
is what it says.
"""

import ast
import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pydantic import BaseModel

from activities.cloud_events import cloud_event
from activities.letters.letter import ReadyLetter
from activities.letters.notify_nl import NotifyNl
from activities.letters.wording.letter_text import LetterText
from activities.zgw import CaseSystem
from api import transfers
from api.installation import Installation
from domain.exchange.case_mirror import END
from domain.facts.born import Born
from domain.facts.outcome import Outcome
from domain.facts.parties import Role
from domain.messages.commands import FilePart
from domain.messages.disclosed import AFTER_A_YES, HANDED, READ, SENT, TOLD, Disclosed, Handed, System
from domain.messages.effects import Audience
from policy_tools.check import check
from policy_tools.describe.document import describe
from policy_tools.describe.telling import capital
from runtime.outbound import HttpAnswer
from runtime.policy_files import text_of
from store.journal import Loaded
from store.notifications import Notification
from store.vault import NoteText, Person, PersonContact
from store.webhooks import Kind, Webhook
from tests.domain.case import MONDAY, NOTE
from tests.domain.test_transfer import WHY, proposed
from texts import Language, of

ROOT = Path(__file__).parents[2]
PLACES = ("activities", "api", "audit", "console", "runtime", "store", "workflows", "worker.py", "cli.py")
VAULT_READS = frozenset({"person", "person_of", "notes_of", "text", "message", "former", "find_people"})
CALLERS = frozenset(
    {"httpx", "aiosmtplib", "socket", "runtime.guard", "runtime.outbound", "runtime.mail", "activities.partner"}
)
"""Whoever imports one of these may call another machine, or handles what such a call came to."""


class Nothing(Enum):
    """Why a module that is found hands nothing of a client on."""

    WITHIN = "what it reads stays in the engine, or is of the municipality's own people"
    ANSWERED = "it knows how a call can end, and makes none itself"
    CARRIES = "it carries the calls of others, which are found by what they import"
    OURS = "a command that asks our own API, or looks whether a system is there"
    CODE = "a code to the mailbox of an organisation, with nothing of a client"


Receiver = Role | Audience | System | type[Handed] | Nothing
PARTNERS = (Role.CORPORATION, Role.DISTRICT_TEAM, Role.CARE_PROVIDER)
LETTERS = (*Audience, System.MAIL)
FOUND: Mapping[str, Sequence[Receiver]] = {
    "activities/by_hand.py": (Nothing.ANSWERED,),
    "activities/care_provider.py": (Role.CARE_PROVIDER,),
    "activities/connection_check.py": (Nothing.OURS,),
    "activities/corporation.py": (Role.CORPORATION,),
    "activities/delivery.py": PARTNERS,
    "activities/district_team.py": (Role.DISTRICT_TEAM,),
    "activities/homes.py": (Role.CORPORATION,),
    "activities/iwmo/client_data.py": (Role.CARE_PROVIDER,),
    "activities/iwmo/incoming.py": (Role.CARE_PROVIDER,),
    "activities/iwmo/outgoing.py": (Role.CARE_PROVIDER,),
    "activities/iwmo/transport.py": (Role.CARE_PROVIDER,),
    "activities/letters/channels.py": LETTERS,
    "activities/letters/handing_over.py": LETTERS,
    "activities/letters/letter.py": LETTERS,
    "activities/letters/mail.py": LETTERS,
    "activities/letters/notify_nl.py": (System.MAIL,),
    "activities/letters/post_room.py": LETTERS,
    "activities/letters/readers.py": LETTERS,
    "activities/letters/rounds.py": LETTERS,
    "activities/letters/to_webhook.py": (*PARTNERS, Role.INSTITUTION, Role.DESK),
    "activities/partner.py": (Nothing.CARRIES,),
    "activities/plain_team.py": (Role.DISTRICT_TEAM,),
    "activities/publication.py": (System.CLOUDEVENTS, System.ZGW),
    "activities/record.py": (Nothing.WITHIN,),
    "activities/taken.py": (Nothing.ANSWERED,),
    "activities/turns.py": (Nothing.ANSWERED,),
    "activities/vera/answers.py": (Role.CORPORATION,),
    "activities/vera/client.py": (Role.CORPORATION,),
    "activities/vera/corporation.py": (Role.CORPORATION,),
    "activities/vera/pages.py": (Role.CORPORATION,),
    "activities/vera/tokens.py": (Role.CORPORATION,),
    "activities/zgw.py": (System.ZGW,),
    "api/caseworkers.py": (Nothing.WITHIN,),
    "api/contracts.py": (Nothing.WITHIN,),
    "api/paper.py": (Role.COORDINATOR, Audience.CLIENT),
    "api/people.py": (Role.COORDINATOR,),
    "api/persons.py": tuple(Role),
    "api/programme.py": (Nothing.OURS,),
    "api/reads.py": (Nothing.WITHIN,),
    "api/transfers.py": (Handed, Role.COORDINATOR),
    "api/web/code_post.py": (Nothing.CODE,),
    "console/asking.py": (Nothing.OURS,),
    "console/connect.py": (Nothing.OURS,),
    "console/letters.py": (Nothing.ANSWERED,),
    "console/programme.py": (Nothing.OURS,),
    "runtime/guard.py": (Nothing.CARRIES,),
    "runtime/mail.py": (Nothing.CARRIES,),
    "runtime/outbound.py": (Nothing.CARRIES,),
    "runtime/token_keys.py": (Nothing.WITHIN,),
    "worker.py": (Nothing.CARRIES,),
}
"""Every module that may hand something of a client on, and to whom it does: in the words of the chapter's tables."""


def reads_the_vault(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=whose, attr=name)) if name in VAULT_READS:
            return ast.unparse(whose).endswith("vault")
    return False


def imports_a_caller(node: ast.AST) -> bool:
    match node:
        case ast.Import(names=names):
            return any(one.name in CALLERS for one in names)
        case ast.ImportFrom(module=module):
            return module in CALLERS
    return False


def test_no_module_reads_a_client_or_calls_for_a_receiver_that_the_chapter_does_not_name() -> None:
    modules = [file for place in PLACES for file in ([ROOT / place] if "." in place else (ROOT / place).rglob("*.py"))]
    found = {
        str(file.relative_to(ROOT))
        for file in modules
        if any(reads_the_vault(one) or imports_a_caller(one) for one in ast.walk(ast.parse(file.read_text())))
    }
    assert found == FOUND.keys()
    told = {*READ, *(sent.to for sent in SENT.values()), *TOLD, *Audience, Handed, *Nothing}
    assert {one for to in FOUND.values() for one in to} <= told


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("city", ["almere", "amersfoort"])
def test_the_other_municipality_and_every_other_system_stand_in_the_chapter(city: str, language: Language) -> None:
    words = of(language).description
    text = describe(check(text_of(city)), language)
    chapter = text.partition(f". {words.phrases['disclosed']}\n")[2].partition("\n## ")[0]
    rows = {tuple(line.strip("| ").split(" | ")) for line in chapter.splitlines() if line.startswith("| ")}

    def learned(what: tuple[Disclosed, ...]) -> str:
        return ", ".join(words.disclosed[one] for one in what)

    for part, what in HANDED.items():
        since = words.phrases["after_a_yes" if part in AFTER_A_YES else "while_asked"]
        assert (capital(words.handed[part]), learned(what), since) in rows
    assert {(words.told[one], learned(what)) for one, what in TOLD.items()} <= rows
    assert HANDED.keys() == set(Handed)
    assert TOLD.keys() == set(System)


def test_a_part_that_a_client_can_choose_and_a_system_that_can_be_told_are_known_here() -> None:
    assert {one.value for one in Handed} == {one.value for one in FilePart} | {"asked", "notes"}
    assert {one.value for one in System} == {one.value for one in Kind} | {"mail"}


SAYS: Mapping[str, Disclosed | None] = {
    "mediation": Disclosed.NUMBER,
    "reference": Disclosed.NUMBER,
    **dict.fromkeys(("municipality", "to", "test"), None),
    **dict.fromkeys(("proposed_on", "takes_over_on", "asked_at", "due"), Disclosed.DAYS),
    "reason": Disclosed.REASON,
    **dict.fromkeys(("consent_on", "consent", "shares"), Disclosed.CONSENT),
    "name": Disclosed.NAME,
    **dict.fromkeys(("mail", "phone"), Disclosed.CONTACTS),
    "bsn": Disclosed.BSN,
    "born_on": Disclosed.BORN_ON,
    "guide": Disclosed.GUIDE,
    "institution": Disclosed.INSTITUTION,
    **dict.fromkeys(("target_group", "other_groups"), Disclosed.TARGET_GROUP),
    "household_size": Disclosed.HOUSEHOLD,
    "documents": Disclosed.PAPERS,
    "checklist": Disclosed.READINESS,
    "needs": Disclosed.NEEDS,
    "received_on": Disclosed.WAITS_SINCE,
    "stage": Disclosed.STAGE,
    **dict.fromkeys(("support", "conditions", "granted_on", "valid_to"), Disclosed.URGENCY),
    "offers": Disclosed.OFFERED,
    "notes": Disclosed.NOTES,
}
"""What a field of a transfer tells of the client; None: nothing."""
PARTS = ("person", "referral", "urgency")
"""Fields that hold a part of the file."""


def said(view: BaseModel) -> Iterator[Disclosed]:
    """What a file tells. A field that is unknown here is a fault, also where it says nothing now."""
    for name in type(view).model_fields:
        value = getattr(view, name)
        if name in PARTS:
            yield from said(value) if isinstance(value, BaseModel) else ()
        elif (told := SAYS[name]) is not None and value not in (None, ()):
            yield told


CLIENT = Person(
    bsn="999999990",
    name="Noor Jansen",
    born_on=Born(1990, 5, 1),
    mail="noor@example.org",
    guide=PersonContact(name="Sam Bakker", mail="sam@example.org"),
)


def file_of(shares: Sequence[FilePart], monkeypatch: pytest.MonkeyPatch, *, named: bool) -> transfers.TransferFile:
    """What is read of a client with a note, to whom a home was offered."""
    case = proposed("confirm", shares=shares, notes=(NOTE,))
    loaded = Loaded(case.m, case.policy, "", 1, MONDAY, MONDAY, 0, "A26-0001", None)
    journal = [{"at": MONDAY, "document": json.loads(one.model_dump_json())} for one in case.events]

    class Vault:
        async def person_of(self, _: str) -> Person:
            return CLIENT

        async def notes_of(self, _: str) -> list[NoteText]:
            return [NoteText(one, "almere", "Tekst.", MONDAY) for one in (WHY, NOTE)]

    async def journal_of(*_: object) -> list[dict[str, Any]]:
        return journal

    monkeypatch.setattr(transfers, "journal_of", journal_of)
    here = cast(Installation, SimpleNamespace(vault=Vault(), pool=None))
    return asyncio.run(transfers._file(here, loaded, case.m.transfer, named=named))  # type: ignore[arg-type]


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("part", FilePart)
def test_of_each_part_goes_along_what_is_told_and_only_when(
    part: FilePart, named: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = (Handed.ASKED, Handed(part.value), Handed.NOTES)
    expected = {one for of in parts if named or of not in AFTER_A_YES for one in HANDED[of]}
    assert set(said(file_of([part], monkeypatch, named=named))) == expected


def test_the_line_in_the_list_of_what_is_asked_tells_no_more_than_the_question() -> None:
    fields = transfers.TransferLine.model_fields
    assert {SAYS[name] for name in fields} - {None} <= set(HANDED[Handed.ASKED])


ONE = Notification("m-1", 3, END, MONDAY, None)


def test_a_subscriber_is_told_what_the_chapter_says() -> None:
    body = json.loads(cloud_event(ONE, "urn:nld:oin:1:systeem:direct-mediation", "https://mediation.example.org"))
    says = {
        **dict.fromkeys(("specversion", "source", "sequence"), None),
        **dict.fromkeys(("id", "subject", "dataref"), Disclosed.NUMBER),
        "type": Disclosed.HAPPENED,
        "time": Disclosed.DAYS,
    }
    assert {says[name] for name in body} - {None} == set(TOLD[System.CLOUDEVENTS])


def test_a_case_system_is_told_what_the_chapter_says(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: dict[str, Any] = {}

    class Pool:
        async def fetchrow(self, *_: object) -> dict[str, Any]:
            return {"opened_at": MONDAY, "outcome": Outcome.DIED}

    async def call(_: CaseSystem, method: str, address: str, body: dict[str, Any] | None = None) -> HttpAnswer:
        sent.update(body or {})
        made = {"url": address, "zaaktype": "t"}
        types = [{"url": "u", "volgnummer": 1, "omschrijving": "Afgebroken"}]
        found = types if "typen" in address or "zaaktypen" in address else []
        return HttpAnswer(
            201 if body else 200, cast(Any, {}), json.dumps(made if body else {"results": found}).encode()
        )

    monkeypatch.setattr(CaseSystem, "_call", call)
    asked = {"catalogi_url": "https://c", "client_id": "c", "rsin": "123456782", "case_type": "dm"}
    webhook = cast(Webhook, SimpleNamespace(url="https://z", configuration=asked))
    system = CaseSystem(cast(Any, Pool()), cast(Any, None), webhook, "s", MONDAY)
    asyncio.run(system.tell(ONE))
    says = {
        **dict.fromkeys(("identificatie", "kenmerken", "zaak"), Disclosed.NUMBER),
        **dict.fromkeys(("bronorganisatie", "verantwoordelijkeOrganisatie", "zaaktype"), None),
        **dict.fromkeys(("omschrijving", "vertrouwelijkheidaanduiding"), None),
        **dict.fromkeys(("startdatum", "datumStatusGezet"), Disclosed.DAYS),
        "statustype": Disclosed.HAPPENED,
        "resultaattype": Disclosed.ENDED,
    }
    assert {says[name] for name in sent} - {None} == set(TOLD[System.ZGW])
    assert sent["omschrijving"] == "Directe bemiddeling", "for everybody"


def test_the_service_that_sends_mail_is_told_what_the_chapter_says(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: dict[str, Any] = {}

    async def ask(*_: object, **request: Any) -> dict[str, str]:
        sent.update(request["json"])
        return {"id": "0123456789abcdef0123456789abcdef0123"}

    monkeypatch.setattr(NotifyNl, "_ask", ask)
    service = NotifyNl(cast(Any, None), "https://n", f"key-{'a' * 36}-{'b' * 36}", "template")
    letter = ReadyLetter("m-1:letter:1", "client", "noor@example.org", LetterText("Over", "Tekst"), MONDAY)
    asyncio.run(service._send(letter))
    says = {
        "email_address": Disclosed.MAIL_ADDRESS,
        "personalisation": Disclosed.LETTER,
        "reference": Disclosed.NUMBER,
        "template_id": None,
    }
    assert {says[name] for name in sent} - {None} == set(TOLD[System.MAIL])
