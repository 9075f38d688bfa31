"""A description and the pages name nobody for a task that a policy gives to another: the sentence follows the file."""

import re
from collections.abc import Iterator, Mapping

import pytest

from domain.decide.catalogue import SPECS
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from policy_tools.check import check
from policy_tools.describe.document import describe
from texts import Language, of

SAID: Mapping[TaskKind, str] = {
    TaskKind.ASSESS: "of zelfstandig wonen het beste is",
    TaskKind.MAKE_OFFER: "een passende woning uit de woningen",
    TaskKind.HOLD_TALK: "met de huurder (zie hoofdstuk",
    TaskKind.VISIT_CLIENT: "langs. Wordt het niet rustig?",
    TaskKind.DECIDE_CONVERSION: "met de zorgaanbieder of de doelen zijn gehaald",
    TaskKind.DECIDE_URGENCY: "of de cliënt urgentie krijgt",
    TaskKind.CHECK_CONVERSION: "het na. ",
}
"""Words of the sentence that names who does it. For corporations that choose there is a sentence of its own."""
TABLES_ONLY = {TaskKind.TAKE_UP_FOLLOW_ON, TaskKind.REVIEW_SIGNAL}
"""Tasks that stand in the tables alone, where the owner is read from the policy."""
ALL_PARTS = """
id = "voorbeeld"
version = "2026-01-01"
municipality = "voorbeeld"
name = "Voorbeeld"
valid_from = 2026-01-01
support = { talk = "6 weeks" }
conversion = { checked = true, after = { conversion = "1 year" } }
"""
ADVISED = '[decision]\nafter_advice = true\nmaker = "mandated_desk"\n'


def given() -> Iterator[tuple[TaskKind, str]]:
    """Every task of which a sentence names the doer, with everybody to whom a file may give it."""
    for kind in SAID:
        owners = SPECS[kind].owners
        yield from (
            (kind, owner.value) for owner in owners if (kind, owner.role) != (TaskKind.MAKE_OFFER, "corporation")
        )


def told(text: str) -> str:
    return describe(check(text), Language.DUTCH)


def test_of_every_task_that_a_file_may_give_away_it_is_known_where_it_is_told() -> None:
    assert {kind for kind, spec in SPECS.items() if spec.owners} == SAID.keys() | TABLES_ONLY


@pytest.mark.parametrize(("kind", "owner"), sorted(given()))
def test_the_sentence_names_who_does_it_by_the_file(kind: TaskKind, owner: str) -> None:
    advised = ADVISED if kind is TaskKind.DECIDE_URGENCY or owner == "committee" else ""
    text = told(f'{ALL_PARTS}{advised}[owners]\n{kind} = "{owner}"\n')
    [role] = [one.role for one in SPECS[kind].owners if one.value == owner]
    sentences = re.split(r"(?<=[.?!*]) ", text)
    [sentence] = [one for one in text.split("\n") if SAID[kind] in one and not one.startswith("|")]
    near = sentence[: sentence.index(SAID[kind])][-60:]
    assert of(Language.DUTCH).description.the_roles[role].split()[-1] in near, sentences


@pytest.mark.parametrize("language", Language)
def test_what_follows_on_an_answer_names_no_district_team_where_another_may_have_the_task(language: Language) -> None:
    team = of(language).description.the_roles[Role.DISTRICT_TEAM]
    for kind, words in of(language).task.items():
        if kind is not TaskKind.NAME_RECEIVING_TEAM:
            assert team not in str(words).lower(), kind


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ('capacity = { model = "quota", unit = "people", limit = 1 }', "Het maximum in een kalenderjaar is 1 persoon."),
        (
            'capacity = { model = "quota", unit = "dwellings", limit = 2 }',
            "Het maximum in een kalenderjaar is 2 woningen.",
        ),
        ("spread = { every_district = { most = 1 } }", "Het maximum per wijk: 1 bemiddeling "),
        ("offers = { counted_refusals = 2, withdrawals_before_alert = 1 }", "Is dat één keer gebeurd?"),
        ("suitability = { people_per_room = 1 }", "In één kamer is plaats voor ten hoogste 1 persoon."),
        ("retention = { erase_within_months = 1 }", "Dan gebeurt dat binnen 1 maand, tenzij"),
        ("required_documents = []", "Voor een aanmelding zijn geen papieren nodig."),
        ("absence = { suspends = [] }", "Intussen lopen alle termijnen door."),
        ('about = { contact = "Bel het loket." }', "Vragen over deze afspraken: Bel het loket.\n"),
        (
            'capacity = { model = "ceiling", unit = "people", share = 0.125, denominator = "vacated" }',
            "is 12,5% van de sociale huurwoningen",
        ),
        (
            'capacity = { model = "quota", unit = "people", limit = 9, '
            'sub_targets = { a = { trait = "family", target = 1, reserved = true } } }',
            "Daarvan wordt 1 plek vrijgehouden voor:",
        ),
    ],
)
def test_one_none_and_a_part_of_a_percent_are_said_as_people_say_them(written: str, sentence: str) -> None:
    head = ALL_PARTS.split("support =")[0]
    assert sentence in told(f"{head}{written}\n")
