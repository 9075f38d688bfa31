"""Telling what happened: the sentence of an event, with its facts in words."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from enum import StrEnum
from string import Formatter
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from domain.facts.groups import GroupId
from domain.facts.referral import Checklist, Known
from domain.facts.tasks import TaskKind
from domain.messages.answers import TaskAnswer
from domain.policy.groups import Groups
from domain.state.events import AnyEvent
from texts.cases import chosen, fitting
from texts.language import Language
from texts.words import Texts

NONE: Mapping[GroupId, str] = MappingProxyType({})


def called(groups: Groups, language: Language) -> Mapping[GroupId, str]:
    """Return what a city calls its own target groups."""
    return {name: getattr(group.words, language.value) for name, group in groups.items() if group.words}


def tell(event: AnyEvent, texts: Texts, zone: ZoneInfo, groups: Mapping[GroupId, str] = NONE) -> str:
    """Say what happened, to stand after who did it. Days are those of the time zone; `groups` is what the city calls
    target groups of its own.
    """
    said = texts.event[event.type]
    sentence = said if isinstance(said, str) else chosen(said, event)
    return _Teller(event, texts, zone, groups).vformat(sentence or "", (), {}).strip()


class _Teller(Formatter):
    """Fills in a sentence: `{a.b}` is a fact of the event in words, `{a.b:how}` one that is said in its own way."""

    def __init__(self, event: AnyEvent, texts: Texts, zone: ZoneInfo, groups: Mapping[GroupId, str]) -> None:
        self._event = event
        self._texts = texts
        self._zone = zone
        self._called = {**texts.value.target_group, **groups}
        self._ways: Mapping[str, Callable[[Any], str]] = {
            "": self._plain,
            "choice": self._choice,
            "code": lambda code: str(code).replace("_", " "),
            "count": lambda value: str(len(value)),
            "euro": texts.euros,
            "group": self._groups,
            "lacking": self._lacking,
            "place": texts.place,
            "task": lambda task: self._plain(TaskKind(task.rpartition("-")[0])),
        }

    def get_value(self, key: int | str, args: object, kwargs: object) -> Any:
        """Return a fact of the event by its name."""
        return getattr(self._event, str(key))

    def format_field(self, value: Any, format_spec: str) -> str:
        """Say a fact."""
        return self._ways[format_spec](value)

    def _plain(self, value: Any) -> str:
        match value:
            case TaskKind():
                return self._texts.task[value].name
            case StrEnum():
                return self._texts.value.of(value)
            case datetime():
                return self._texts.day(value.astimezone(self._zone).date())
            case date():
                return self._texts.day(value)
            case str() | int():
                return str(value)
            case Collection():
                return ", ".join(map(self._plain, value))
        raise TypeError(f"no words for {type(value).__name__}")

    def _choice(self, answer: TaskAnswer) -> str:
        """Return which answer was given, as it was offered."""
        offered = fitting(self._texts.task[answer.kind].choice, answer)
        return "; ".join(sentence.partition(" | ")[0] for sentence in offered)

    def _groups(self, groups: Collection[GroupId]) -> str:
        """Return what target groups are called: one that no policy has words for by its id."""
        return ", ".join(self._called.get(one, one.replace("_", " ")) for one in groups)

    def _lacking(self, checklist: Checklist) -> str:
        lacking = [item for item, known in checklist if known is Known.NO]
        return ", ".join(self._texts.page.field[item] for item in lacking) or self._texts.description.phrases["none"]
