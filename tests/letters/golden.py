"""Every letter in every language, as it is sent; `python -m tests.letters` writes the golden files anew."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from activities.letters.texts.writing import TELLS_WHO, TEXTS, Names, write
from domain.effects import Appointment, Audience, Letter, SendLetter
from domain.tasks import TaskKind
from runtime.directory import Language

GOLDEN = Path(__file__).parent / "golden"
NAMES = Names("Gemeente Almere", "Wijkteam Stad en Haven")
PAGES = "https://mediation.example.org"
DAY = date(2026, 6, 9)


def texts() -> dict[str, str]:
    """Return every golden file by its name."""
    found = {}
    for language in Language:
        for letter in Letter:
            found[f"{letter.value}.{language.value}.txt"] = "\n".join(_written(letter, language))
        found[f"tasks.{language.value}.txt"] = "".join(
            f"{kind.value}: {text}\n" for kind, text in sorted(TEXTS[language].tasks.items())
        )
    return found


def _written(letter: Letter, language: Language) -> Iterator[str]:
    readers = ("an-organisation", *Audience) if letter in TELLS_WHO else ("an-organisation",)
    for reader in readers:
        text = write(_effect(letter), "m-0123456789", reader, NAMES, PAGES, language)
        yield f"To: {reader}\nSubject: {text.subject}\n\n{text.body}"


def _effect(letter: Letter) -> SendLetter:
    viewing = letter in {Letter.APPOINTMENT_MOVED, Letter.APPOINTMENT_OFF, Letter.VIEWING_PLANNED}
    kind = TaskKind.HOLD_VIEWING if viewing else TaskKind.ANSWER_OFFER
    appointment = Appointment(name="viewing-1", kind=kind, sequence=12, on=DAY) if viewing else None
    return SendLetter(letter=letter, task="t-1", task_kind=kind, by=DAY, owner="team", appointment=appointment)
