"""Conditions as releases up to 0.2.0 recorded them, in English sentences, read as the data that they say.

What is recorded stays as it is: it is read so where it is shown, or held against what is judged today. The list never
grows, for what is written today is data.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeAlias

from domain.facts.conditions import Comparison, Condition, ConditionName, ConditionUnit, Measured, Norm
from domain.facts.value import replace

Read: TypeAlias = tuple[Measured | None, Norm | None]
_EURO = r"(\d+)\.(\d\d) euro"
_CAP = r"at most (\d+) \(([\w-]+)\)"
_CLOSED = re.compile(r"(?:closed until (\S+)|not for direct mediation): (.+)")
_REQUIRED = Norm(comparison=Comparison.IS, value=True)
_ANY = Norm(comparison=Comparison.ANY)


def as_data(condition: Condition) -> Condition:
    """Return a condition with what it says as data. One that nobody wrote so stays as it is."""
    if not condition.fact and not condition.norm:
        return condition
    try:
        found, asked = _BY_NAME[condition.name.partition(".")[0]](condition.fact, condition.norm)
    except (KeyError, ValueError):
        return condition
    name = condition.name
    if name in _OPEN and found is not None and found.unit is ConditionUnit.YES_NO:
        name = _OPEN[name]  # a refusal called a place that takes nobody full
    return replace(condition, name=name, fact="", norm="", found=found, asked=asked)


_OPEN: Mapping[str, str] = {
    ConditionName.COMPLEX_ROOM: ConditionName.COMPLEX_OPEN.value,
    ConditionName.DISTRICT_ROOM: ConditionName.DISTRICT_OPEN.value,
}


def _parts(pattern: str, text: str) -> tuple[Any, ...]:
    """Return the groups of a pattern. Raises ValueError."""
    found = re.fullmatch(pattern, text)
    if found is None:
        raise ValueError(text)
    return found.groups()


def _one_of(text: str, *known: str) -> str:
    """Raises ValueError."""
    if text not in known:
        raise ValueError(text)
    return text


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


def _cents(whole: str, cents: str) -> int:
    return int(whole) * 100 + int(cents)


def _rooms(fact: str, norm: str) -> Read:
    (least,) = _parts(r"at least (\d+)", norm)
    return Measured(unit=ConditionUnit.ROOMS, value=int(fact)), Norm(comparison=Comparison.AT_LEAST, value=int(least))


def _rent(fact: str, norm: str) -> Read:
    found = Measured(unit=ConditionUnit.CENTS_A_MONTH, value=_cents(*_parts(_EURO, fact)))
    if norm == "not known":
        return found, None
    whole, cents, year = _parts(rf"at most {_EURO}(?: in (\d+))?", norm)
    return found, Norm(comparison=Comparison.AT_MOST, value=_cents(whole, cents), period=year)


def _trait(fact: str, norm: str) -> Read:
    asked = _REQUIRED if _one_of(norm, "yes", "not needed") == "yes" else _ANY
    return Measured(unit=ConditionUnit.YES_NO, value=_one_of(fact, "yes", "no") == "yes"), asked


def _wanted(fact: str, norm: str) -> Read:
    asked = _ANY if norm == "any" else Norm(comparison=Comparison.AMONG, value=_names(norm))
    return Measured(unit=ConditionUnit.DISTRICT, value=fact), asked


def _excluded(fact: str, norm: str) -> Read:
    found = Measured(unit=ConditionUnit.DISTRICT, value=fact)
    if norm == "none excluded":
        return found, _ANY
    (districts,) = _parts("not in (.+)", norm)
    return found, Norm(comparison=Comparison.NOT_AMONG, value=_names(districts))


def _household(fact: str, norm: str) -> Read:
    (people,) = _parts(r"(\d+) people", fact)
    most, rooms, shared = _parts(r"at most (\d+) in (\d+) rooms(, shared)?", norm)
    asked = Norm(comparison=Comparison.AT_MOST, value=int(most), rooms=int(rooms), shared=bool(shared))
    return Measured(unit=ConditionUnit.PEOPLE, value=int(people)), asked


def _safety(fact: str, _norm: str) -> Read:
    return Measured(unit=ConditionUnit.DISTRICT, value=fact), Norm(comparison=Comparison.UNTOLD)


def _so(so: str, not_so: str) -> Callable[[str, str], Read]:
    def read(fact: str, _norm: str) -> Read:
        return Measured(unit=ConditionUnit.YES_NO, value=_one_of(fact, so, not_so) == so), _REQUIRED

    return read


def _present(fact: str, norm: str) -> Read:
    found = Measured(unit=ConditionUnit.DISTRICT, value=fact)
    if norm == "not known":
        return found, None
    (districts,) = _parts("in (.+)", norm)
    known = () if districts == "no district" else _names(districts)
    return found, Norm(comparison=Comparison.AMONG, value=known)


def _readiness(fact: str, norm: str) -> Read:
    found = Measured(unit=ConditionUnit.KNOWN, value=_one_of(fact, "yes", "no", "unknown"))
    return found, Norm(comparison=Comparison.IS, value=norm)


def _group(fact: str, norm: str) -> Read:
    found = Measured(unit=ConditionUnit.TARGET_GROUP, value=_names(fact))
    return found, Norm(comparison=Comparison.AMONG, value=_names(norm))


def _exclusion(fact: str, norm: str) -> Read:
    outcome, on = _parts(r"(\w+) on (\S+)", fact)
    (start,) = _parts(r"from (\S+) on", norm)
    found = Measured(unit=ConditionUnit.OUTCOME, value=outcome, on=date.fromisoformat(on))
    return found, Norm(comparison=Comparison.FROM_DAY, value=start, unit=ConditionUnit.DAY)


def _open(fact: str, _norm: str) -> Read:
    if fact == "open":
        return Measured(unit=ConditionUnit.YES_NO, value=True), _REQUIRED
    until, reason = _parts(_CLOSED.pattern, fact)
    found = Measured(
        unit=ConditionUnit.YES_NO,
        value=False,
        until=date.fromisoformat(until) if until else None,
        reason=None if reason == "by agreement" else reason,
    )
    return found, _REQUIRED


def _room(fact: str, norm: str) -> Read:
    """A listing wrote the count and the cap with its review, a refusal the count and the cap that the store found."""
    if _CLOSED.fullmatch(fact):
        return _open(fact, norm)
    placed, most = _parts(r"(?:(\d+)(?: placed, at most (\d+))?|full)", fact)
    found = Measured(unit=ConditionUnit.PLACEMENTS, value=int(placed)) if placed else None
    if norm == "open, and under its cap":
        return found, Norm(comparison=Comparison.AT_MOST, value=int(most)) if most else None
    cap, period, review = _parts(rf"(?:open, and )?{_CAP}(?:, to be reviewed on (\S+))?", norm)
    asked = Norm(
        comparison=Comparison.AT_MOST,
        value=int(most or cap),
        period=period,
        review=date.fromisoformat(review) if review else None,
    )
    return found, asked


_BY_NAME: Mapping[str, Callable[[str, str], Read]] = {
    ConditionName.ROOMS: _rooms,
    ConditionName.RENT: _rent,
    ConditionName.RENT_BAND: _rent,
    ConditionName.ACCESSIBLE: _trait,
    ConditionName.LOW_STIMULUS: _trait,
    ConditionName.DISTRICT_WANTED: _wanted,
    ConditionName.DISTRICT_EXCLUDED: _excluded,
    ConditionName.HOUSEHOLD: _household,
    ConditionName.SAFETY: _safety,
    ConditionName.COMPLEX_LOAD: _so("open", "closed"),
    ConditionName.PROVIDER_PRESENT: _present,
    ConditionName.COMPLEX_ROOM: _room,
    ConditionName.COMPLEX_OPEN: _open,
    ConditionName.DISTRICT_ROOM: _room,
    ConditionName.DISTRICT_OPEN: _open,
    ConditionName.DOCUMENT: _so("present", "missing"),
    ConditionName.READINESS: _readiness,
    ConditionName.TARGET_GROUP: _group,
    ConditionName.EXCLUSION: _exclusion,
}
