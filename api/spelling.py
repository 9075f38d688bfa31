"""How the API spells the names of commands, events and effects: in small letters with underscores, as all its words.

Journals and histories keep the names that they were written with (`TaskOpened`): only answers are spelled this way.
"""

import re
from collections.abc import Mapping
from typing import Any


def spelled(name: str) -> str:
    """Return `task_opened` for `TaskOpened`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


EFFECTS = ("effect", "letter")
"""The fields of an event that hold an effect; a test shows an event of every kind, and so finds a field that lacks."""


def spelled_event(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event of the journal, its name and that of an effect in it spelled as they are shown."""
    told = {**document, "type": spelled(document["type"])}
    for name in EFFECTS:
        if effect := document.get(name):
            told[name] = {**effect, "type": spelled(effect["type"])}
    return told
