"""Every letter says in both languages what it said when somebody last read it; plain, filled in, about nobody."""

import re
from datetime import timedelta
from typing import Any

import pytest

from activities.letters.wording.long import PARTS, SIGNED, Incomplete, LetterFacts, as_sentence, write_long
from activities.letters.wording.writing import write
from domain.facts.calendar import Term, TermUnit
from domain.facts.outcome import OPEN_TO_OBJECTION
from domain.facts.referral import Document
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages.answers import DecisionReason
from domain.messages.effects import Audience, Letter, SendLetter
from domain.messages.told import Lost, Meanwhile, NotHeard, Told, Undone
from domain.state.decision import last_day
from domain.steps.decision_letter import LETTER_OF_END
from domain.steps.still_so import ON_A_DAY
from store.paper import LAST_DAY, PaperLetter
from tests.letters.golden import (
    ABOUT_A_COMPLAINT,
    FACTS,
    GOLDEN,
    LATE,
    NAMES,
    ON_ITS_WAY,
    SENT,
    TOLD,
    golden_letters,
    told_of,
)
from texts import FILES, Language, of


def test_every_letter_reads_as_its_golden_file() -> None:
    kept = {file.name: file.read_text(encoding="utf-8") for file in GOLDEN.glob("*.txt")}
    assert kept == golden_letters(), "read the difference; python -m tests.letters writes them anew"


@pytest.mark.parametrize("language", Language)
def test_every_letter_of_several_parts_has_its_words_and_all_are_filled_in(language: Language) -> None:
    assert set(of(language).full_letter) == set(PARTS)
    for name, text in golden_letters().items():
        assert "{" not in text, name
        assert all(len(line) < 450 for line in text.splitlines())


def test_both_languages_tell_the_same_facts() -> None:
    dutch, english = of(Language.DUTCH), of(Language.ENGLISH)
    for letter in dutch.letter:
        facts = [set(re.findall(r"{\w+}", texts.letter[letter].body)) for texts in (dutch, english)]
        assert facts[0] == facts[1], letter
        assert "{" not in dutch.letter[letter].subject + english.letter[letter].subject, "a subject tells nothing"


# -- letters on decisions --------------------------------------------------------------------------------------


def test_the_letters_on_decisions_tell_the_same_facts_in_both_languages() -> None:
    dutch, english = of(Language.DUTCH), of(Language.ENGLISH)
    for letter, one in dutch.full_letter.items():
        other = english.full_letter[letter]
        assert set(re.findall(r"{\w+}", one.body)) == set(re.findall(r"{\w+}", other.body)), letter
        assert (one.guide is None) == (other.guide is None)


@pytest.mark.parametrize("language", Language)
def test_every_decision_says_why_on_what_ground_whom_to_call_and_how_to_object_until_when(language: Language) -> None:
    words, parts = of(language), of(language).letter_part
    for outcome in OPEN_TO_OBJECTION:
        letter = LETTER_OF_END[outcome]
        assert letter in SIGNED, outcome
        whole = "\n".join((words.full_letter[letter].body, *(getattr(parts, part) for part in PARTS[letter])))
        assert "{ground}" in whole or "4:5" in whole, outcome
        assert "{reasons}" in whole or "{motivation}" in whole, outcome
        for needed in ("{phone}", "{hours}", "{number}", "{until}", "{objections}", "{court}"):
            assert needed in whole, (outcome, needed)


def test_one_may_object_until_the_day_that_the_law_gives() -> None:
    letter = golden_letters()["rejected.nl.txt"]
    assert "Bezwaar maken kan tot en met maandag 20 april 2026." in letter
    assert "niets meer te doen" not in letter
    assert (
        "U heeft nog hulp nodig om voor uzelf en een huis te zorgen. In januari woonde u vier weken op proef." in letter
    )
    assert "naar de rechter" not in golden_letters()["objection_upheld.nl.txt"].partition("niet alles goedmaakt?")[0]


@pytest.mark.parametrize("language", Language)
def test_a_decision_on_paper_stays_true_whenever_it_leaves(language: Language) -> None:
    texts = of(language)
    for kind in sorted(SIGNED):
        effect = replace(SendLetter(letter=kind, readers=(Audience.CLIENT,)), told=told_of(kind))
        days = (SENT, SENT + timedelta(days=30))
        bodies = [
            write_long(effect, "m-1", "client", "Almere", FACTS._replace(today=day, to="Noor"), texts).body
            for day in days
        ]
        undated = {
            body.replace(texts.full_letter_phrase.written_on.format(today=texts.in_words(day)), "")
            for body, day in zip(bodies, days, strict=True)
        }
        assert len(undated) == 1, kind
        assert LAST_DAY in bodies[0], kind
        printed = [
            PaperLetter(to=("Noor",), heading="", body=bodies[0]).printed(day, effect, texts.in_words).body
            for day in (SENT, SENT + timedelta(days=1))
        ]
        assert LAST_DAY not in "".join(printed)
        for day, body in zip((SENT, SENT + timedelta(days=1)), printed, strict=True):
            assert texts.in_words(last_day(day, TOLD.decree_days)) in " ".join(body.split()), kind


@pytest.mark.parametrize("language", Language)
def test_an_invitation_gives_as_long_to_come_from_whenever_it_leaves(language: Language) -> None:
    """On paper in words; in a mail that left three weeks late by the day that counts, and not by one that is over."""
    texts = of(language)
    effect = replace(SendLetter(letter=Letter.HEARING_INVITED, readers=(Audience.CLIENT,)), by=SENT + timedelta(14))
    within = FACTS._replace(around=FACTS.around._replace(within=Term(amount=2, unit=TermUnit.WEEKS)))
    printed, late, at_once = (
        write_long(effect, "m-1", "client", "Almere", facts, texts).body
        for facts in (within._replace(to="Noor"), within._replace(today=SENT + timedelta(21)), within)
    )
    weeks = {
        "nl": "binnen twee weken nadat wij deze brief stuurden",
        "en": "within 2 weeks after we sent this letter",
    }
    assert weeks[language.value] in printed
    assert texts.in_words(SENT + timedelta(35)) in late
    assert texts.in_words(SENT + timedelta(14)) in at_once


def test_no_letter_names_a_page_and_a_client_and_a_guide_are_told_whom_to_call() -> None:
    for name, text in golden_letters().items():
        assert "http" not in text, name
        to_people = "".join(re.findall(r"To: (?:client|guide)\n.*?(?=\nTo: |\Z)", text, re.DOTALL))
        assert not to_people or "088 000 0000" in to_people, name


def test_a_letter_that_lacks_what_it_must_say_is_not_written() -> None:
    effect = SendLetter(letter=Letter.REJECTED, told=TOLD)
    for facts in (FACTS._replace(desk=None), FACTS._replace(motivation=""), FACTS._replace(institution="")):
        told = replace(TOLD, reasons=()) if not facts.motivation else TOLD
        with pytest.raises(Incomplete):
            write_long(replace(effect, told=told), "m-1", "client", "Almere", facts, of(Language.DUTCH))


def test_who_came_and_who_did_not_reads_another_sentence() -> None:
    found = set()
    for hearing in ("heard", "waived", "did_not_appear"):
        effect = SendLetter(letter=Letter.REJECTED, told=replace(TOLD, hearing=hearing))
        found.add(write_long(effect, "m-1", "client", "Almere", FACTS, of(Language.DUTCH)).body)
    assert len(found) == 3


DECIDED_ON_OBJECTION = (Letter.OBJECTION_UPHELD, Letter.OBJECTION_DISMISSED, Letter.OBJECTION_INADMISSIBLE)
OF_THE_LAW = {
    NotHeard.INADMISSIBLE: "a",
    NotHeard.UNFOUNDED: "b",
    NotHeard.WAIVED: "c",
    NotHeard.NO_REPLY: "d",
    NotHeard.WELL_FOUNDED: "e",
}
"""The letter under which a ground stands in Awb 7:3."""


@pytest.mark.parametrize("letter", DECIDED_ON_OBJECTION)
@pytest.mark.parametrize(("language", "under"), [(Language.DUTCH, "onder"), (Language.ENGLISH, "under")])
def test_a_decision_on_an_objection_names_the_ground_for_not_hearing_and_none_for_who_was_heard(
    letter: Letter, language: Language, under: str
) -> None:
    assert OF_THE_LAW.keys() == set(NotHeard)
    for ground, one in OF_THE_LAW.items():
        effect = SendLetter(letter=letter, told=replace(TOLD, not_heard=ground))
        body = write_long(effect, "m-1", "client", "Almere", FACTS, of(language)).body
        assert re.search(rf"7:3, {under} {one}, ", body), ground
    heard = SendLetter(letter=letter, told=TOLD)
    assert "7:3" not in write_long(heard, "m-1", "client", "Almere", FACTS, of(language)).body


@pytest.mark.parametrize(
    ("language", "late", "why", "no", "silent"),
    [
        (
            Language.DUTCH,
            "Uw bezwaar kwam later.",
            "Had u een goede reden?",
            "nee tegen een woning",
            "gaf geen antwoord",
        ),
        (Language.ENGLISH, "Your objection came later.", "a good reason?", "said no to a home", "did not answer"),
    ],
)
def test_a_letter_says_that_an_objection_was_late_or_an_offer_not_answered_only_where_that_is_so(
    language: Language, late: str, why: str, no: str, silent: str
) -> None:
    def written(letter: Letter, told: Told) -> str:
        effect = SendLetter(letter=letter, told=told, by=SENT + timedelta(42))
        return " ".join(write_long(effect, "m-1", "client", "Almere", FACTS, of(language)).body.split())

    received = Letter.OBJECTION_RECEIVED
    assert late in written(received, replace(TOLD, late_after=SENT))
    assert why in written(received, replace(TOLD, late_after=SENT))
    assert late in written(Letter.OBJECTION_INADMISSIBLE, replace(TOLD, late_after=SENT))
    assert late not in written(received, TOLD) + written(Letter.OBJECTION_INADMISSIBLE, TOLD)
    for letter in (Letter.REFUSAL_COUNTED, Letter.REFUSAL_NOT_COUNTED):
        nobody = written(letter, replace(told_of(letter), reasons=(DecisionReason.NOT_ANSWERED,)))
        assert silent in nobody
        assert no not in nobody
        assert no in written(letter, told_of(letter))


# -- days that are over ----------------------------------------------------------------------------------------


SINCE = {Letter.LEASE_CONVERTED}
"""Letters that name the day from which on something is so: it may be over or not."""


@pytest.mark.parametrize("language", Language)
def test_no_letter_names_a_day_that_is_over_as_one_to_come(language: Language) -> None:
    texts = of(language)
    words = {letter: one.model_dump() for letter, one in (*texts.letter.items(), *texts.full_letter.items())}
    for letter, one in words.items():
        told = {part for part, text in one.items() if text and "{by}" in text}
        allowed = {"late", "body"} if letter is Letter.TASK_ESCALATED else {"late"}
        assert told <= allowed or letter in ON_A_DAY | SINCE, (letter, told)
    since, due = ("te laat sinds", "moest voor of op") if language is Language.DUTCH else ("late since", "was due on")
    day = texts.in_words(LATE)
    for letter in {*texts.letter} - ON_A_DAY - SINCE - {Letter.TASK_ESCALATED}:
        asked = SendLetter(letter=letter, by=LATE, owner="team", task_kind=TaskKind.ANSWER_OFFER)
        written = write(asked, "m-1", "an-organisation", NAMES, language).body
        assert written.count(day) == written.count(f"{since} {day}"), letter
    for letter in {*PARTS} - ON_A_DAY:
        asked = SendLetter(
            letter=letter, by=LATE, task_kind=TaskKind.ANSWER_OFFER, told=ABOUT_A_COMPLAINT.get(letter, ON_ITS_WAY)
        )
        for reader in Audience:
            written = write_long(asked, "m-1", reader, "Almere", FACTS, texts).body
            assert written.count(day) == written.count(f"{due} {day}"), letter


def test_who_is_too_late_is_told_so_in_words() -> None:
    reminder = SendLetter(letter=Letter.TASK_REMINDER, by=LATE, task_kind=TaskKind.CONFIRM_OFFER, owner="haven")
    escalated = replace(reminder, letter=Letter.TASK_ESCALATED)
    for letter, reader in ((reminder, "haven"), (escalated, "haven")):
        assert "te laat sinds vrijdag 6 maart 2026" in write(letter, "m-1", reader, NAMES, Language.DUTCH).body
    of_another = write(escalated, "m-1", "almere", NAMES, Language.DUTCH).body
    assert "Wijkteam Stad en Haven heeft een taak niet op tijd gedaan." in of_another


@pytest.mark.parametrize(
    ("noted", "written"), [("meer tijd", "Meer tijd."), ("Te laat!", "Te laat!"), ("é", "É."), ("", "")]
)
def test_what_somebody_noted_is_a_sentence_in_a_letter(noted: str, written: str) -> None:
    assert as_sentence(noted) == written


def test_a_count_and_a_question_are_said_as_people_say_them() -> None:
    words = (FILES / "nl.toml").read_text(encoding="utf-8")
    for phrase in ("keer {count} van", "Die leest u op de pagina"):
        assert phrase not in words


def written(letter: Letter, language: Language = Language.DUTCH, facts: LetterFacts = FACTS, **told: Any) -> str:
    readers = (Audience.CLIENT,)
    effect = SendLetter(letter=letter, by=SENT, readers=readers, told=replace(told_of(letter), **told))
    return write_long(effect, "m-1", "client", "Almere", facts, of(language)).body


def test_where_one_no_is_enough_it_is_not_said_that_it_counts_up_to_one() -> None:
    assert "Al na één keer kan de urgentie stoppen." in written(Letter.REFUSAL_COUNTED, most_refusals=1)
    assert "Na twee keer kan de urgentie stoppen." in written(Letter.REFUSAL_COUNTED, most_refusals=2)


@pytest.mark.parametrize("letter", [Letter.SUPPLEMENT_ASKED, Letter.NOT_PROCESSED])
def test_a_client_reads_of_documents_as_a_client_knows_them(letter: Letter) -> None:
    text = written(letter, missing=tuple(Document))
    assert "de cliënt" not in text
    assert "BRP" not in text


@pytest.mark.parametrize("letter", [Letter.HOUSED_UNREACHABLE, Letter.HOUSED_FOLLOW_UP_HELD])
def test_who_has_a_home_is_not_told_that_the_search_ends(letter: Letter) -> None:
    assert "zoeken" not in written(letter)


def test_what_an_objection_that_was_right_undoes_is_told() -> None:
    """Conditions were set with an urgency that was granted by the same decision: that stays."""
    conditions = written(Letter.OBJECTION_UPHELD, undone=Undone.CONDITIONS)
    assert "De voorwaarden gelden niet meer. Uw urgentie blijft." in conditions
    assert "Dat besluit geldt niet meer" not in conditions
    assert "Dat besluit geldt niet meer." in written(Letter.OBJECTION_UPHELD)


@pytest.mark.parametrize("stage", [Meanwhile.READINESS, Meanwhile.ASSESSMENT])
def test_when_a_new_decision_is_to_be_taken_it_is_told_by_which_day(stage: Meanwhile) -> None:
    assert "U krijgt dat voor of op donderdag 30 april 2026." in written(Letter.OBJECTION_UPHELD, meanwhile=stage)


def test_a_home_that_became_too_dear_is_said_to_be_so() -> None:
    assert "De huur werd te hoog voor u." in written(Letter.OFFER_WITHDRAWN, lost=Lost.RENT)
    assert "De huur" not in written(Letter.OFFER_WITHDRAWN)


@pytest.mark.parametrize("letter", [Letter.NOT_READY_YET, Letter.LEASE_CONVERSION_LATER, Letter.LEASE_NOT_CONVERTED])
def test_a_no_for_now_says_why(letter: Letter) -> None:
    assert FACTS.motivation in written(letter)


@pytest.mark.parametrize("letter", sorted(SIGNED))
def test_no_decision_that_a_person_signs_is_said_to_be_made_by_itself(letter: Letter) -> None:
    text = written(letter)
    assert "automatisch" not in text
    assert "U kunt dit bericht niet beantwoorden." in text


@pytest.mark.parametrize("letter", [Letter.SUPPORT_STARTS, Letter.TEMPORARY_LEASE, Letter.PROVIDER_CHANGED])
def test_nobody_is_told_to_call_whose_number_is_not_known_and_no_one_else(letter: Letter) -> None:
    assert " of ons." not in written(letter)
    unknown = FACTS._replace(provider_phone="", landlord_phone="")
    assert " of ons." in written(letter, facts=unknown)
    assert "of ons" not in written(letter, facts=unknown._replace(desk=None)), "where the municipality has no desk"
