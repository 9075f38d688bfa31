"""Every read of personal data is a record with a purpose; who must judge decisions reads their grounds."""

import ast

import pytest

from sandbox.embedded.mail import MailServer
from store.database import Pool
from tests.api.desk import Desk, Json, everything, person
from tests.api.test_care_messages import accepted
from tests.api.test_directory import agreed, line_of, table
from tests.api.test_links import knock
from tests.tampering import tamper
from tests.test_architecture import sources
from tests.town import BSN, CLIENT


async def reads(desk: Desk, mediation: str, rest: str = "/reads", who: tuple[str, str] | None = None) -> list[Json]:
    found: list[Json] = (await desk.read(who or desk.auditor, f"/v1/mediations/{mediation}{rest}"))["items"]
    return found


async def test_a_read_is_a_record_with_who_what_and_why(desk: Desk, pool: Pool) -> None:
    mediation = (await desk.start())["id"]
    path = f"/v1/mediations/{mediation}"
    for who in (desk.auditor, desk.coordinator):
        assert await desk.read(who, f"{path}/reads") == {"items": [], "next": None, "unreadable": 0}
    for purpose in (None, "curiosity", ""):
        why = {} if purpose is None else {"purpose": purpose}
        for rest in ("person", "notes"):
            refused = await desk.get(desk.institution, f"{path}/{rest}", **why)
            assert refused.status_code == 400
            assert [error["field"] for error in refused.json()["errors"]] == ["purpose"]
    assert (await desk.get(desk.admin, f"{path}/notes", purpose="contact")).status_code == 403
    assert (await desk.get(desk.auditor, f"{path}/person", purpose="supervision")).status_code == 403
    assert (await desk.get(desk.elsewhere, f"{path}/person", purpose="contact")).status_code == 404
    assert await reads(desk, mediation) == [], "what was refused was not read"
    await desk.read(desk.institution, f"{path}/person", purpose="contact")
    await desk.read(desk.provider, f"{path}/person", purpose="support")
    await desk.read(desk.coordinator, f"{path}/notes", purpose="hand_over")
    for who in (desk.auditor, desk.coordinator):
        found = await reads(desk, mediation, who=who)
        assert [(one["by"]["organisation"], one["what"], one["purpose"]) for one in found] == [
            (desk.town.municipality, "notes", "hand_over"),
            (desk.town.provider, "client", "support"),
            (desk.town.institution, "person", "contact"),
        ]
        assert all(one["by"]["person"].startswith("u-") for one in found)
    stored = await pool.fetch("SELECT r::text AS row FROM personal_read r")
    assert not [row for row in stored if BSN in row["row"] or "Noor" in row["row"]]
    assert (await desk.get(desk.institution, f"{path}/reads")).status_code == 403
    assert (await desk.get(desk.elsewhere, f"{path}/reads")).status_code == 404


async def test_the_same_read_again_is_a_second_record_and_the_list_is_read_page_by_page(desk: Desk) -> None:
    mediation = (await desk.start())["id"]
    for purpose in ("contact", "contact", "decide", "rights", "contact"):
        await desk.read(desk.institution, f"/v1/mediations/{mediation}/person", purpose=purpose)
    for rest in ("reads", "person/reads"):
        path = f"/v1/mediations/{mediation}/{rest}"
        found = await everything(desk, desk.auditor, path, limit=2)
        assert [one["purpose"] for one in found] == ["contact", "rights", "decide", "contact", "contact"]
    page = await desk.read(desk.auditor, f"/v1/mediations/{mediation}/reads", limit=2)
    wrong = await desk.get(desk.auditor, f"/v1/mediations/{mediation}/person/reads", cursor=page["next"])
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "cursor")
    for limit in (0, 101):
        assert (await desk.get(desk.auditor, f"/v1/mediations/{mediation}/reads", limit=limit)).status_code == 400


async def test_a_client_who_asks_is_told_of_all_mediations_and_of_searches(desk: Desk) -> None:
    first = (await desk.start())["id"]
    await desk.read(desk.coordinator, f"/v1/mediations/{first}/person", purpose="contact")
    ended = await desk.post(
        desk.coordinator,
        f"/v1/mediations/{first}/commands",
        {"type": "withdraw", "reason": "own_housing_found", "source": "client", "note": "Ik heb een huis."},
    )
    assert ended.status_code == 200, ended.text
    second, of_another = (await desk.start())["id"], (await desk.start(person=person(1)))["id"]
    await desk.read(desk.institution, f"/v1/mediations/{second}/person", purpose="contact")
    await desk.read(desk.institution, f"/v1/mediations/{of_another}/person", purpose="contact")
    searched = await desk.post(desk.coordinator, "/v1/people/search", {"bsn": BSN, "purpose": "client_calls"})
    assert searched.status_code == 200, searched.text
    own = await reads(desk, second)
    assert [(one["what"], one["mediation"]) for one in own] == [("search", second), ("person", second)]
    whole = await everything(desk, desk.coordinator, f"/v1/mediations/{second}/person/reads", limit=1)
    assert [(one["what"], one["mediation"]) for one in whole] in (
        [("search", one), ("search", other), ("person", second), ("person", first)]
        for one, other in ((first, second), (second, first))
    )


async def test_of_an_erased_client_nothing_is_read_and_no_read_is_recorded(desk: Desk, pool: Pool) -> None:
    mediation = (await desk.start())["id"]
    note = {"type": "add_note", "note": "Belt liever 's ochtends."}
    assert (await desk.post(desk.coordinator, f"/v1/mediations/{mediation}/commands", note)).status_code == 200
    await pool.execute("UPDATE vault_key SET wrapped = NULL")
    for rest in ("person", "notes"):
        gone = await desk.get(desk.coordinator, f"/v1/mediations/{mediation}/{rest}", purpose="rights")
        assert gone.status_code == 410, gone.text
    assert await reads(desk, mediation) == []


async def test_what_cannot_be_recorded_is_not_shown(desk: Desk, pool: Pool) -> None:
    mediation = (await desk.start())["id"]
    await tamper(pool, "ALTER TABLE personal_read RENAME TO personal_read_away")
    try:
        for rest in ("person", "notes"):
            shown = await desk.get(desk.coordinator, f"/v1/mediations/{mediation}/{rest}", purpose="contact")
            assert shown.status_code >= 500
            assert CLIENT.name not in shown.text
    finally:
        await tamper(pool, "ALTER TABLE personal_read_away RENAME TO personal_read")


async def test_who_stands_in_for_another_reads_under_the_own_name_too(desk: Desk) -> None:
    mediation, stand_in = (await desk.start())["id"], f"other-institution-{desk.town.tag}"
    rows = await table(desk, desk.coordinator)
    line_of(rows, desk.town.institution).update(substitute=stand_in, absences=(await desk.today()).isoformat())
    assert (await agreed(desk, desk.coordinator, rows)).status_code == 200
    headers = desk.headers(("institution", stand_in)) | {"On-Behalf-Of": desk.town.institution}
    path = f"/v1/mediations/{mediation}/person?purpose=contact"
    assert (await desk.http.get(path, headers=headers)).status_code == 200
    (read,) = await reads(desk, mediation)
    assert (read["by"]["organisation"], read["by"]["substitute"]) == (desk.town.institution, stand_in)
    assert read["by"]["person"].startswith("u-")


async def test_who_opens_a_link_reads_who_the_client_is_without_the_number(desk: Desk, mail: MailServer) -> None:
    door = await knock(desk, mail)
    await door.look()
    assert await reads(desk, door.mediation) == [], "before the code nothing is told"
    opened = await door.post("open", code=await door.code())
    assert CLIENT.name in opened.text
    assert BSN not in opened.text
    (read,) = await reads(desk, door.mediation)
    assert (read["what"], read["purpose"], read["by"]["organisation"], read["by"]["person"]) == (
        *("client", "decide", desk.town.institution),
        None,
    )


@pytest.mark.slow  # a whole way to the client's yes
async def test_the_number_is_told_to_the_provider_that_is_asked_by_iwmo_and_from_then_on(desk: Desk) -> None:
    mediation = await accepted(desk)
    path = f"/v1/mediations/{mediation}/person"
    assert (await desk.read(desk.provider, path, purpose="support"))["bsn"] == BSN
    assert "bsn" not in await desk.read(desk.team, path, purpose="support")
    assert "bsn" not in await desk.read(desk.corporation, path, purpose="tenancy")
    assert [one["what"] for one in await reads(desk, mediation)] == ["tenant", "client", "person"]


@pytest.mark.slow  # a decision and what was noted beside it
async def test_an_auditor_reads_the_grounds_of_decisions_and_no_other_note(desk: Desk) -> None:
    mediation = (await desk.start())["id"]
    path = f"/v1/mediations/{mediation}"
    await desk.answer(desk.coordinator, mediation, "check_readiness", result="ready", note="Dossier is compleet.")
    await desk.post(desk.coordinator, f"{path}/commands", {"type": "add_note", "note": "Belt liever 's ochtends."})
    await desk.answer(desk.coordinator, mediation, "determine_origin", origin="almere")
    await desk.answer(desk.team, mediation, "assess", result="negative", note="Wonen zonder hulp lukt nog niet.")
    notes = await desk.read(desk.auditor, f"{path}/notes", purpose="supervision")
    assert [note["text"] for note in notes["items"]] == ["Dossier is compleet.", "Wonen zonder hulp lukt nog niet."]
    assert notes["items"][0]["by"]["person"].startswith("u-")
    assert (await reads(desk, mediation))[0]["what"] == "grounds"


async def test_who_acted_is_a_pseudonym_that_the_municipality_resolves_on_record(desk: Desk) -> None:
    mediation = (await desk.start())["id"]
    path = f"/v1/mediations/{mediation}"
    entered = await desk.http.put(
        "/v1/caseworkers/me", headers=desk.headers(desk.coordinator), json={"name": "Sanne de Boer"}
    )
    assert entered.status_code == 200, entered.text
    me = entered.json()["items"][0]["id"]
    body = {"person": me, "purpose": "rights"}
    nothing_done = await desk.post(desk.coordinator, f"{path}/actors", body)
    assert nothing_done.status_code == 404, "nobody is looked up who has nothing to do with it"
    await desk.answer(desk.coordinator, mediation, "check_readiness", result="not_ready", note="Nog niet.")
    events = (await desk.read(desk.auditor, f"{path}/events", limit=100))["items"]
    assert {event["by"]["person"] for event in events if event["by"]["role"] == "coordinator"} - {None} == {me}
    changes = (await desk.read(desk.coordinator, "/v1/work/changes"))["items"]
    assert me in {change["by"]["person"] for one in changes for change in one["changes"]}
    shown = await desk.read(desk.institution, f"{path}/events", limit=100)
    assert me not in str(shown), "partners hear of organisations"
    assert (await desk.post(desk.auditor, f"{path}/actors", body)).status_code == 403
    found = await desk.post(desk.coordinator, f"{path}/actors", body)
    assert (found.status_code, found.json()["name"]) == (200, "Sanne de Boer")
    assert [(one["what"], one["purpose"]) for one in await reads(desk, mediation)] == [("actor", "rights")]
    stranger = await desk.post(desk.coordinator, f"{path}/actors", {**body, "person": "u-" + "0" * 32})
    assert stranger.status_code == 404
    other = next(event["by"]["person"] for event in events if event["by"]["role"] == "institution")
    theirs = await desk.post(desk.coordinator, f"{path}/actors", {**body, "person": other})
    assert (theirs.status_code, theirs.json()["name"]) == (200, None), "that organisation knows its own people"
    assert len(await reads(desk, mediation)) == 2
    removed = await desk.http.delete(f"/v1/caseworkers/{me}", headers=desk.headers(desk.coordinator))
    assert removed.status_code == 200, removed.text
    left = await desk.post(desk.coordinator, f"{path}/actors", body)
    assert left.json()["name"] == "Sanne de Boer", "also who works here no longer"


async def test_who_only_searched_or_was_given_the_work_is_resolved_too(desk: Desk) -> None:
    mediation = (await desk.start())["id"]
    headers = desk.headers(desk.coordinator)
    entered = await desk.http.put("/v1/caseworkers/me", headers=headers, json={"name": "Sanne de Boer"})
    body = {"person": entered.json()["items"][0]["id"], "purpose": "rights"}
    path = f"/v1/mediations/{mediation}/actors"
    assert (await desk.post(desk.coordinator, path, body)).status_code == 404
    await desk.post(desk.coordinator, "/v1/people/search", {"bsn": BSN, "purpose": "post"})
    assert (await desk.post(desk.coordinator, path, body)).status_code == 200


READING = frozenset({"person", "person_of", "former", "find_people", "notes_of", "text", "message"})
"""The ways of reading something in the vault."""
RECORDING = frozenset({"record_read", "record_search"})
OF_NO_CLIENT = frozenset({"api/caseworkers.py: _shown", "api/contracts.py: _check_transfer"})
"""A municipality's own people, whose names they gave to their colleagues; whether notes are of a mediation, untold."""


def unrecorded(name: str, source: str) -> set[str]:
    """Return the functions of a module that read in the vault, and do not record it; nor does all that calls them."""
    functions = {
        f.name: f for f in ast.walk(ast.parse(source)) if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    calls = {
        of: [call.func for call in ast.walk(function) if isinstance(call, ast.Call)]
        for of, function in functions.items()
    }
    named = {of: {one.id for one in made if isinstance(one, ast.Name)} for of, made in calls.items()}

    def records(of: str) -> bool:
        callers = [other for other in functions if of in named[other] and other != of]
        return bool(named[of] & RECORDING) or (bool(callers) and all(map(records, callers)))

    reading = {
        of
        for of, made in calls.items()
        for one in made
        if isinstance(one, ast.Attribute) and one.attr in READING and ast.unparse(one.value).endswith("vault")
    }
    return {f"{name}: {of}" for of in reading if not records(of)}


def test_nothing_of_the_vault_is_read_for_somebody_without_a_record() -> None:
    found = {one for name, source in sources("api").items() for one in unrecorded(name, source)}
    assert found == OF_NO_CLIENT
    assert unrecorded("x.py", "async def show(here):\n    return await here.vault.person('p')\n") == {"x.py: show"}
