"""The form of a link names the home, offers every answer as a whole sentence, and takes an empty form for none."""

from datetime import timedelta
from typing import Any

import pytest

from api.web.forms import WHOLE, NotFilled, fields_of, read, said_by, whole_answers
from domain.decide.catalogue import SPECS
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from sandbox.embedded.mail import MailServer
from store.database import Pool
from tests.api.desk import Desk
from tests.api.test_by_hand import candidates, looking, match
from tests.api.test_links import Door, door_to
from tests.api.test_releases import hand, release
from texts import Language, of
from texts.cases import fitting

WEEKDAYS = ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"]
MONTHS = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
]
PARTNERS_TASKS = sorted(kind for kind in TaskKind if SPECS[kind].may_be_a_partners)


async def asked_to_confirm(desk: Desk, mail: MailServer, pool: Pool, **referral: Any) -> Door:
    """A link by which a corporation without a system confirms an offer."""
    await release(desk, "H-1", complex="De Oever", rooms=2, rentCents=61_245)
    mediation = await looking(desk, **referral)
    assert await candidates(desk, mediation) == ["H-1"]
    await match(desk, mediation, "H-1")
    task = await desk.task(mediation, "confirm_offer")
    return await door_to(desk, mail, pool, mediation, task["id"], hand(desk)[1])


async def events(door: Door) -> dict[str, dict[str, Any]]:
    read = await door.desk.read(door.desk.coordinator, f"/v1/mediations/{door.mediation}/events", limit=100)
    return {item["event"]["type"]: item["event"] for item in read["items"]}


async def test_a_corporation_sees_which_home_it_is_asked_for_and_chooses_yes_or_no(
    desk: Desk, mail: MailServer, pool: Pool
) -> None:
    door = await asked_to_confirm(desk, mail, pool)
    code = await door.code()
    opened = await door.post("open", code=f" {code[:3]} {code[3:]} ")
    assert opened.status_code == 200, "a code as people type it"
    offered = ('value="number"', "Ja, wij bieden de woning aan", 'value="declined=unavailable"', "niet meer vrij")
    why = ("Waarom deze woning", "Aantal kamers: 2. Nodig: ten minste 2.", "De huur is € 612,45 per maand.")
    for told in ("De Oever", "H-1", "€ 612,45", "Kunt u deze woning aanbieden?", *offered, *why):
        assert told in opened.text
    assert "De cliënt kan niet wonen in" not in opened.text, "where a client must not live is not the landlord's"
    assert "Uw antwoord *" in opened.text
    assert "Velden met een ster" in opened.text
    given = {"pass": opened.text.partition('name="pass" value="')[2].partition('"')[0]}
    nothing = await door.post("answer", number="AB-1", **given)
    assert (nothing.status_code, 'id="answer-wrong"' in nothing.text) == (400, True), "an empty answer is no yes"
    without = await door.post("answer", answer="number", **given)
    assert (without.status_code, 'id="number-wrong"' in without.text) == (400, True)
    both = await door.post("answer", answer="declined=other", number="AB-1", **given)
    assert (both.status_code, 'id="number-wrong"' in both.text) == (400, True)
    done = await door.post("answer", answer="number", number="AB-1", **given)
    assert done.status_code == 200, done.text
    assert "Ja, wij bieden de woning aan" in done.text
    assert "AB-1" in done.text
    assert (await events(door))["offer_placed"]["number"] == "AB-1"


async def test_a_corporation_says_no_and_reads_what_it_said(desk: Desk, mail: MailServer, pool: Pool) -> None:
    door = await asked_to_confirm(desk, mail, pool)
    done = await door.post("answer", answer="declined=complex_overloaded", **{"pass": await door.pass_()})
    assert "Nee, in dit gebouw wonen al veel mensen met begeleiding" in done.text
    assert "Uw eigen nummer" not in done.text
    assert (await events(door))["offer_declined"]["reason"] == "complex_overloaded"


async def test_whoever_may_not_know_a_secret_address_reads_of_no_home(desk: Desk, mail: MailServer, pool: Pool) -> None:
    door = await asked_to_confirm(desk, mail, pool, addressSecret=True)
    await desk.answer(hand(desk), door.mediation, "confirm_offer", number="AB-1")
    task = await desk.task(door.mediation, "answer_offer")
    other = await door_to(desk, mail, pool, door.mediation, task["id"], desk.town.institution)
    opened = await other.post("open", code=await other.code())
    assert opened.status_code == 200
    for told in ("De Oever", "H-1", "€ 612,45"):
        assert told not in opened.text


@pytest.mark.parametrize("kind", PARTNERS_TASKS)
def test_an_empty_form_is_an_answer_only_where_there_is_one_answer(kind: TaskKind) -> None:
    if not any(field.required for field in fields_of(kind)):
        assert kind is TaskKind.ACKNOWLEDGE_SIGNAL, "nothing is to be filled in, and sending the form is the answer"
        return
    with pytest.raises(NotFilled):
        read(kind, {})


@pytest.mark.parametrize("kind", [kind for kind in TaskKind if whole_answers(kind)])
def test_each_whole_answer_says_what_it_stands_for_and_is_told_so(kind: TaskKind) -> None:
    for key in whole_answers(kind):
        filled = {WHOLE: [key]}
        for field in fields_of(kind):
            if field.goes_with == key or (field.required and field.shape != "whole"):
                filled[field.name] = ["2026-12-01" if field.shape == "day" else (*field.options, "utrecht")[0]]
        body = read(kind, filled)
        said = body.model_dump(mode="json")
        assert {name: said[name] for name in said_by(key, kind)} == said_by(key, kind)
        choice = of(Language.DUTCH).task[kind].choice
        assert fitting(choice, body) == [choice[key]], "it is told as it was offered, by one sentence"


async def test_a_day_is_told_in_words(desk: Desk, mail: MailServer, pool: Pool) -> None:
    provider = desk.town.by_hand[Role.CARE_PROVIDER]
    door = await asked_to_confirm(desk, mail, pool, careProvider=provider)
    await desk.answer(hand(desk), door.mediation, "confirm_offer", number="AB-1")
    await desk.answer(desk.institution, door.mediation, "answer_offer", accept=True)
    task = await desk.task(door.mediation, "confirm_support")
    other = await door_to(desk, mail, pool, door.mediation, task["id"], provider)
    given = {"pass": await other.pass_()}
    on = await desk.today() + timedelta(days=21)
    wrong = await other.post("answer", answer="unable=true", starts_on=on.isoformat(), **given)
    assert wrong.status_code == 400
    done = await other.post("answer", answer="starts_on", starts_on=on.isoformat(), **given)
    assert f"{WEEKDAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]} {on.year}" in done.text, done.text
    assert on.isoformat() not in done.text
