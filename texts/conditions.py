"""Says a condition: what was found and what is asked, in sentences of a language.

What releases up to 0.2.0 wrote in English is read as data first, and said alike. What cannot be read so stands as it
was written.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from domain.facts.conditions import Amount, Comparison, Condition, ConditionName, ConditionUnit, Verdict
from domain.facts.earlier_conditions import as_data
from domain.facts.groups import GroupId
from texts.cases import chosen
from texts.telling import NONE
from texts.words import Texts

NAMES: frozenset[str] = frozenset(ConditionName)


class _Facts(NamedTuple):
    """What decides which sentence is said (see `texts.cases`)."""

    verdict: Verdict
    unit: ConditionUnit | None
    found: Amount | None
    until: date | None
    reason: str | None
    comparison: Comparison | None
    asked: Amount | None
    review: date | None
    shared: bool


def condition_in_words(condition: Condition, texts: Texts, groups: Mapping[GroupId, str] = NONE) -> str:
    """Say a condition. `groups` is what the city calls target groups of its own."""
    it = as_data(condition)
    name, _, item = it.name.partition(".")
    found, asked = it.found, it.asked
    facts = _Facts(
        verdict=it.verdict,
        unit=found.unit if found else None,
        found=found.value if found else None,
        until=found.until if found else None,
        reason=found.reason if found else None,
        comparison=asked.comparison if asked else None,
        asked=asked.value if asked else None,
        review=asked.review if asked else None,
        shared=asked is not None and asked.shared,
    )
    known = name in NAMES and not it.fact and not it.norm
    said = chosen(texts.condition.said[ConditionName(name)], facts) if known else None
    if said is None:
        return texts.condition.unread.format(name=it.name.replace("_", " "), fact=it.fact, norm=it.norm).strip()
    tell = _Teller(texts, groups)
    return said.format(
        found=tell.amount(found.value, found.unit) if found else "",
        on=texts.day(found.on) if found and found.on else "",
        until=texts.day(facts.until) if facts.until else "",
        reason=_word(texts.value.closed_reason, facts.reason or ""),
        asked=tell.amount(asked.value, asked.unit or facts.unit) if asked else "",
        period=tell.period(asked.period) if asked and asked.period else "",
        review=texts.day(facts.review) if facts.review else "",
        rooms=asked.rooms if asked else "",
        item=_word(texts.value.document if name == ConditionName.DOCUMENT else texts.value.readiness_item, item),
    )


class _Teller(NamedTuple):
    """Says one value."""

    texts: Texts
    groups: Mapping[GroupId, str]

    def amount(self, value: Amount | None, unit: ConditionUnit | None) -> str:
        """Say an amount, or several names in a row."""
        if isinstance(value, tuple):
            return ", ".join(self.amount(one, unit) for one in value)
        match unit:
            case ConditionUnit.CENTS_A_MONTH if isinstance(value, int):
                return self.texts.euros(value)
            case ConditionUnit.DISTRICT:
                return self.texts.place(str(value))
            case ConditionUnit.TARGET_GROUP:
                return _word({**self.texts.value.target_group, **self.groups}, str(value))
            case ConditionUnit.OUTCOME:
                return _word(self.texts.value.outcome, str(value))
            case ConditionUnit.DAY:
                return self.texts.day(date.fromisoformat(str(value)))
            case _:
                return str(value)

    def period(self, period: str) -> str:
        """Say in which period a number holds."""
        words, (year, _, half) = self.texts.condition.period, period.partition("-H")
        if period == "live":
            return words.live
        return {"1": words.first_half, "2": words.second_half}.get(half, words.year).format(year=year)


def _word(table: Mapping[Any, str], code: str) -> str:
    """Return the word for a code; the code itself where there is none, as for a word of another release."""
    return table.get(code, code.replace("_", " "))
