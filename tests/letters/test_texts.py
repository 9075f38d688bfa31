"""Every letter says in both languages what it said when somebody last read it; plain, filled in, about nobody."""

import re

import pytest

from activities.letters.texts.writing import TEXTS
from domain.effects import Letter
from domain.tasks import TaskKind
from runtime.directory import Language
from tests.letters.golden import GOLDEN, texts

MOST_WORDS = 20
"""Of a Dutch sentence: people at language level B1 lose the thread of a longer one."""


def test_every_letter_reads_as_its_golden_file() -> None:
    kept = {file.name: file.read_text(encoding="utf-8") for file in GOLDEN.glob("*.txt")}
    assert kept == texts(), "read the difference; python -m tests.letters writes them anew"


@pytest.mark.parametrize("language", Language)
def test_every_letter_and_task_has_its_words(language: Language) -> None:
    assert set(TEXTS[language].letters) == set(Letter)
    assert set(TEXTS[language].tasks) == set(TaskKind)
    for name, text in texts().items():
        assert "{" not in text, name
        assert all(len(line) < 400 for line in text.splitlines())


def test_both_languages_tell_the_same_facts() -> None:
    dutch, english = TEXTS[Language.DUTCH], TEXTS[Language.ENGLISH]
    for letter in Letter:
        facts = [set(re.findall(r"{\w+}", texts.letters[letter].body)) for texts in (dutch, english)]
        assert facts[0] == facts[1], letter
        assert "{" not in dutch.letters[letter].subject + english.letters[letter].subject, "a subject tells nothing"
    for one, other in zip(dutch.phrases, english.phrases, strict=True):
        assert set(re.findall(r"{\w+}", one)) == set(re.findall(r"{\w+}", other))


def test_dutch_sentences_are_short() -> None:
    for letter, words in TEXTS[Language.DUTCH].letters.items():
        for sentence in re.split(r"[.?!:] ", words.body):
            assert len(sentence.split()) <= MOST_WORDS, (letter, sentence)
