"""Every word has its place and every place its word, in each language; what is lacking or too much is named."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from activities.letters.wording.writing import task_asked, task_name
from api.web.forms import BY_KIND, fields_of, option, parts_of, question
from domain.decide.catalogue import SPECS
from domain.facts.rules import RuleName
from domain.facts.tasks import TaskKind
from domain.messages.effects import Letter
from texts import FILES, Language, WordsWrong, of, read
from texts.cases import asked

MOST_WORDS = 20
"""Of a Dutch sentence: people at language level B1 lose the thread of a longer one."""

MEAN_WORDS = 12
DELICATE = (
    "overlast",
    "schuld",
    "achterstand",
    "er zijn zorgen",
    "overleden",
    "overlijden",
    "fraude",
    "opname",
    "detentie",
)
"""Words that no open e-mail has: what a task says of somebody's health, debts, conduct or whereabouts."""


def source(language: Language) -> str:
    return (FILES / f"{language.value}.toml").read_text(encoding="utf-8")


def wrong(text: str) -> list[str]:
    """What is said of a file that is not whole."""
    with pytest.raises(WordsWrong) as refused:
        read(text, "xx.toml")
    return str(refused.value).splitlines()


def without(text: str, table: str, name: str = "") -> str:
    """A file without a table, or without one text of it."""
    before, head, after = text.partition(f"\n[{table}]\n")
    assert head, table
    inside, _, rest = after.partition("\n[")
    if not name:
        while rest.startswith(f"{table}."):
            _, _, rest = rest.partition("\n[")
        return f"{before}\n[{rest}"
    fewer, cut = re.subn(rf"^{name} = .*\n", "", inside, flags=re.MULTILINE)
    assert cut == 1, name
    return f"{before}{head}{fewer}\n[{rest}"


# -- a file that is not whole ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("table", "name", "told"),
    [
        ("task.supplement", "", "task: no words for supplement"),
        ("task.supplement", "do", "task.supplement.do: no words"),
        ("value.day_part", "evening", "value.day_part: no words for evening"),
        ("rule", "already_absent", "rule: no words for already_absent"),
        ("letter.referral_received", "", "letter: no words for referral_received"),
        ("full_letter.rejected", "", "letter: no words for rejected"),
        ("full_letter.referral_received", "", "letter: no words for referral_received"),
        ("full_letter.rejected", "heading", "full_letter.rejected.heading: no words"),
        ("letter_word.reason", "skills", "letter_word.reason: no words for skills"),
        ("letter_phrase", "greeting", "letter_phrase.greeting: no words"),
        ("letter_part", "", "letter_part: no words"),
        ("value.outcome", "housed_follow_up_held", "value.outcome: no words for housed_follow_up_held"),
    ],
)
def test_what_lacks_words_is_named(language: Language, table: str, name: str, told: str) -> None:
    assert wrong(without(source(language), table, name)) == [f"xx.toml: {told}"]


@pytest.mark.parametrize(
    ("after", "surplus", "place"),
    [
        ("[rule]", 'never_asked = "x"', "rule.never_asked"),
        ("[letter_phrase]", 'farewell = "x"', "letter_phrase.farewell"),
        ("[value.outcome]", 'won = "x"', "value.outcome.won"),
        ("[task.supplement]", 'shout = "x"', "task.supplement.shout"),
        ("[letter_word.hearing]", 'shouted = "x"', "letter_word.hearing.shouted"),
        ("[rule]", '[task.dance]\nname = "x"\ndo = "x"\nask = "x"\nchoice = {}\n[rule]', "task.dance"),
        ("[rule]", '[letter.telegram]\nsubject = "x"\nbody = "x"\n[rule]', "letter.telegram"),
        ("[rule]", '[poem]\nfirst = "x"\n[rule]', "poem"),
    ],
)
def test_words_for_nothing_are_named(after: str, surplus: str, place: str) -> None:
    whole = source(Language.DUTCH)
    text = whole.replace(after, surplus if surplus.startswith("[") else f"{after}\n{surplus}", 1)
    assert wrong(text) == [f"xx.toml: {place}: there is nothing of this name"]


def test_a_file_that_is_no_toml_is_refused_with_its_line() -> None:
    assert "line 2" in wrong("weekdays = []\nmonths = [\n\n]]")[0] or "line" in wrong("weekdays = [}")[0]


# -- two languages -----------------------------------------------------------------------------------------------


def flat(table: Mapping[Any, Any], at: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        here = f"{at}.{name}" if at else str(name)
        if isinstance(value, Mapping):
            yield from flat(value, here)
        elif not isinstance(value, bool | None):
            yield here, value if isinstance(value, str) else " ".join(value)


def test_both_languages_say_the_same_things_with_the_same_facts() -> None:
    dutch, english = (dict(flat(of(language).model_dump())) for language in Language)
    assert dutch.keys() == english.keys()
    told = {at: [set(re.findall(r"{\w+}", words[at])) for words in (dutch, english)] for at in dutch}
    assert [at for at, (one, other) in told.items() if one != other] == []


def test_no_text_is_empty_but_where_a_person_writes_it() -> None:
    for language in Language:
        assert {at for at, text in flat(of(language).model_dump()) if not text.strip()} == {"letter_word.reason.other"}


# -- tables by other names ---------------------------------------------------------------------------------------


def sources(*parts: str) -> str:
    files = (file for part in parts for file in Path(part).rglob("*") if file.suffix in {".py", ".html"})
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def test_every_word_of_the_forms_is_on_a_form() -> None:
    texts = of(Language.DUTCH)
    fields = {kind: fields_of(kind) for kind in BY_KIND}
    assert set(fields) == set(TaskKind)
    own = {(kind, name) for kind in fields for name in texts.task[kind].field}
    asked = {(kind, field.key) for kind in fields for field in fields[kind] if field.shape != "whole"}
    assert own <= asked, "words for a field that the answer has not"
    assert {name for _, name in asked - own} == set(texts.page.field)


@pytest.mark.parametrize("language", Language)
def test_every_question_and_every_option_of_every_form_has_words(language: Language) -> None:
    texts = of(language)
    for kind in TaskKind:
        for field in fields_of(kind):
            assert question(field, kind, texts)
            for value in field.options:
                said = option(field, value, kind, texts)
                assert said
                assert field.values or said != value, (kind, field.name)


@pytest.mark.parametrize("kind", TaskKind)
def test_a_choice_asks_only_for_what_may_be_answered_and_each_of_its_facts_can_be_so(kind: TaskKind) -> None:
    fields = {field.name: field for field in parts_of(kind)}
    for key in of(Language.DUTCH).task[kind].choice:
        for name, value in asked(key):
            assert value is None or value in map(str.lower, fields[name].options), key


def test_what_a_client_is_asked_has_words_for_the_client() -> None:
    for texts in map(of, Language):
        assert {kind for kind, words in texts.task.items() if words.client} == {
            kind for kind, spec in SPECS.items() if spec.client_acts
        }


def test_what_a_task_is_about_is_not_named_in_letters_where_it_is_delicate() -> None:
    texts = of(Language.DUTCH)
    for kind, words in texts.task.items():
        told = f"{task_asked(texts, kind)} {task_name(texts, kind)}".lower()
        assert not any(word in told for word in DELICATE), kind
        assert words.neutral == of(Language.ENGLISH).task[kind].neutral, kind


PLAINLY = (
    ("Aanmelden doet", "{by} meldt aan, samen met de cliënt."),
    ("houdt niemand tegen", "Weten wij iets nog niet? Dan gaat de aanmelding toch verder."),
    ("de stad gelijk", "zodat de woningen eerlijk over de stad verdeeld zijn"),
    ("en daarna gesproken", "De cliënt woont zelfstandig en wij hebben gebeld"),
    ("als de corporatie dat denkt", "als de corporatie dat vermoedt"),
    ("zonder een mens", "Een medewerker neemt altijd zelf het besluit."),
    ("denken eraan om nee", "Dit is nog geen besluit. Eerst willen wij weten wat u ervan vindt."),
    ("Laat dit weten", "Bel ons {before}"),
    ("haar niet langer", "U hoeft de woning niet meer vast te houden."),
    ("Kan het contract niet", "Nee, wij kunnen het contract niet tekenen"),
)
"""What was said in words that readers had to guess at, and what is said in their place."""


@pytest.mark.parametrize(("guessed", "plain"), PLAINLY)
def test_what_readers_had_to_guess_at_is_said_plainly(guessed: str, plain: str) -> None:
    words = read(source(Language.DUTCH), "nl.toml").model_dump()
    said = [*dict(flat(words)).values(), sources("api/web", "policy_tools")]
    assert [text for text in said if guessed in text] == []
    assert [text for text in said if plain in text] != []


@pytest.mark.parametrize(
    ("language", "claim"),
    [
        (Language.DUTCH, r"(?<!niet )(?<!niet worden )\b(aangekomen|bezorgd|ontvangen hebt)\b"),
        (Language.ENGLISH, r"(?<!not )(?<!not be )(?<!cannot be )\b(arrived|delivered|has reached)\b"),
    ],
)
def test_no_text_says_that_a_mail_arrived(language: Language, claim: str) -> None:
    """A mail server tells that it took a mail, and never that somebody has it (RFC 5321, 6.1)."""
    said = flat(read(source(language), f"{language.value}.toml").model_dump())
    assert [(at, text) for at, text in said if re.search(claim, text)] == []


@pytest.mark.parametrize(("table", "parts"), [("page", ("api/web",)), ("description", ("policy_tools/describe",))])
def test_every_phrase_is_said_somewhere(table: str, parts: tuple[str, ...]) -> None:
    phrases = of(Language.DUTCH).page.phrase if table == "page" else of(Language.DUTCH).description.phrases
    code = sources(*parts)
    assert [name for name in phrases if not re.search(rf"[\"']{name}[\"']", code)] == []


# -- rules -------------------------------------------------------------------------------------------------------


def test_a_rule_says_what_is_wrong_in_short_sentences_and_tells_no_fact_but_a_day() -> None:
    for rule in RuleName:
        dutch, english = (of(language).rule[rule] for language in Language)
        assert all(len(sentence.split()) <= MOST_WORDS for sentence in re.split(r"[.?!:] ", dutch)), rule
        assert set(re.findall(r"{(\w+)}", dutch + english)) <= {"day"}, rule
        assert not re.search(r"[`_]", dutch + english), "people are told no names of fields"


def test_a_subject_tells_nothing_of_anybody() -> None:
    for language in Language:
        assert all("{" not in of(language).letter[letter].subject for letter in Letter if letter in of(language).letter)


# -- short sentences ---------------------------------------------------------------------------------------------


def sentences(text: str) -> list[str]:
    """The sentences of a text: a heading and a line of a list are one, and after a colon another begins."""
    parts = re.split(r"(?<=[.?!:])\s|\n| \| |; ", text)
    return [part for part in parts if re.search(r"\w", part)]


SPOKEN = ("task.", "value.", "rule.", "letter", "full_letter", "page.")
"""What is said to clients and partners. What describes a policy to those who agree on it may be longer."""


def test_dutch_sentences_are_short_and_on_average_shorter() -> None:
    texts = {at: text for at, text in flat(of(Language.DUTCH).model_dump()) if at.startswith(SPOKEN)}
    said = [(at, sentence) for at, text in texts.items() for sentence in sentences(text)]
    assert len(said) > 1000
    assert [(at, one) for at, one in said if len(one.split()) > MOST_WORDS] == []
    assert sum(len(one.split()) for _, one in said) / len(said) < MEAN_WORDS
