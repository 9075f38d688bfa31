"""How the API spells the names of commands, events and effects: in small letters with underscores, as all its words.

Journals and histories keep the names that they were written with (`TaskOpened`); only what is shown is spelled so.
"""

import re
from collections.abc import Mapping
from typing import Any


def spelled(name: str) -> str:
    """Return `task_opened` for `TaskOpened`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def spelled_event(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event of the journal, its name and that of an effect in it spelled as they are shown."""
    told = {**document, "type": spelled(document["type"])}
    if effect := document.get("effect"):
        told["effect"] = {**effect, "type": spelled(effect["type"])}
    return told
