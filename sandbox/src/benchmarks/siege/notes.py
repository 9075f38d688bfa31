"""What the people of a siege write down: every command they gave, and what they were told. They keep it themselves.

A note is written before a request is sent and when it was answered, line by line, so that what was acknowledged stands
on paper also if this process ends.
"""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@dataclass
class Note:
    """One command under one key."""

    organisation: str
    role: str
    key: str
    path: str
    body: Json
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat())
    mediation: str = ""
    status: int | None = None
    """None: nobody has answered, so nobody knows whether it was recorded."""
    text: str = ""
    """The answer, as it came."""

    @property
    def acknowledged(self) -> bool:
        """Whether somebody was told that it is done."""
        return self.status is not None and 200 <= self.status < 300


class Notebook:
    """Everything that was noted."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.notes: list[Note] = []
        self.answers: Counter[int] = Counter()
        """How often which status came."""
        self.wrong: list[str] = []
        """Answers that nobody may ever get."""

    def write(self, note: Note) -> Note:
        """Write down that a command is given."""
        self.notes.append(note)
        self._append(note)
        return note

    def answered(self, note: Note, status: int, text: str) -> None:
        """Write down what came of it."""
        note.status, note.text = status, text
        self._append(note)

    def heard(self, method: str, path: str, status: int, retry_after: str | None, text: str) -> None:
        """Count an answer; one that is an error of ours, and not `away: try again`, is kept as it came."""
        self.answers[status] += 1
        if status >= 500 and not (status == 503 and retry_after):
            self.wrong.append(f"{method} {path}: {status} {'' if retry_after else 'without Retry-After '}{text[:300]}")

    def _append(self, note: Note) -> None:
        with self._file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(asdict(note)) + "\n")
