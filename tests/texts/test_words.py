"""Every word has its place and every place its word, in each language; what is lacking or too much is named."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from api.web.forms import BY_KIND, fields_of
from domain.facts.rules import RuleName
from domain.messages.effects import Letter
from texts import FILES, Language, WordsWrong, of, read

MOST_WORDS = 20
"""Of a Dutch sentence: people at language level B1 lose the thread of a longer one."""


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
        ("rule", "already_absent", "rule: no words for already_absent"),
        ("letter.referral_received", "", "letter: no words for referral_received"),
        ("full_letter.rejected", "", "letter: no words for rejected"),
        ("full_letter.rejected", "heading", "full_letter.rejected.heading: no words"),
        ("letter_word.reason", "skills", "letter_word.reason: no words for skills"),
        ("letter_phrase", "greeting", "letter_phrase.greeting: no words"),
        ("letter_part", "", "letter_part: no words"),
        ("description.outcomes", "housed_follow_up_held", "description.outcomes: no words for housed_follow_up_held"),
    ],
)
def test_what_lacks_words_is_named(language: Language, table: str, name: str, told: str) -> None:
    assert wrong(without(source(language), table, name)) == [f"xx.toml: {told}"]


@pytest.mark.parametrize(
    ("after", "surplus", "place"),
    [
        ("[rule]", 'never_asked = "x"', "rule.never_asked"),
        ("[letter_phrase]", 'farewell = "x"', "letter_phrase.farewell"),
        ("[description.outcomes]", 'won = "x"', "description.outcomes.won"),
        ("[task.supplement]", 'shout = "x"', "task.supplement.shout"),
        ("[letter_word.hearing]", 'shouted = "x"', "letter_word.hearing.shouted"),
        ("[rule]", '[task.dance]\nname = "x"\ndo = "x"\n[rule]', "task.dance"),
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
        elif value is not None:
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
    page = of(Language.DUTCH).page
    kinds = [kind for kind, words in of(Language.DUTCH).task.items() if words.ask]
    fields = [field for kind in kinds for field in fields_of(kind)]
    assert kinds
    assert set(kinds) <= set(BY_KIND)
    assert {field.key for field in fields} == set(page.field)
    assert {option for field in fields for option in field.options} | {"yes", "no"} >= set(page.value)


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
