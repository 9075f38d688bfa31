"""What no partner sees of a mediation: that somebody complained, perhaps of a partner, and what is done about it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from domain.facts.tasks import MUNICIPALITY_ONLY, TaskKind, kept_inside

LETTERS = ":complaint-"
"""What stands in the key of every letter about a complaint (`Effect.step`)."""


class AnyTask(Protocol):
    """A task, of a state or of a list."""

    @property
    def kind(self) -> TaskKind: ...

    @property
    def about(self) -> str | None: ...


def is_inside(task: AnyTask) -> bool:
    """Tell whether a task is the municipality's own business: a complaint, or a letter about one."""
    return task.kind in MUNICIPALITY_ONLY or LETTERS in (task.about or "")


def without_inside(rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Return the events of a mediation, from its first one, without what is the municipality's own business."""
    inside: set[str] = set()
    for row in rows:
        event = row["document"]
        task, letter = event.get("task"), event.get("letter") or event.get("effect")
        if isinstance(task, dict) and LETTERS in (task.get("about") or ""):
            inside.add(task["id"])
        name = task["id"] if isinstance(task, dict) else task
        about = isinstance(letter, dict) and (letter.get("told") or {}).get("complaint")
        if not (about or (name and (name in inside or kept_inside(name)))):
            yield row
