"""What all chapters of a description use: phrases, terms, lists and tables in one language."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from domain.decide.catalogue import owner_role
from domain.exchange.policy_file import PolicyFile
from domain.facts.calendar import Term, TermUnit
from domain.facts.groups import AgeBand, GroupId, Trait
from domain.facts.tasks import TaskKind
from domain.policy.policy import CapacityUnit, Policy, Step
from texts import Language, of
from texts.telling import called


def capital(text: str) -> str:
    """Begin a sentence with this."""
    return text[0].upper() + text[1:]


class PolicyTelling:
    """Tells parts of a policy in one language."""

    def __init__(self, file: PolicyFile, language: Language) -> None:
        self.file = file
        self.policy: Policy = file.policy
        self.texts = texts = of(language)
        self.language = language
        self.words = texts.description
        self.values = texts.value
        self.tasks = {kind: words.name for kind, words in texts.task.items()}
        self.chapter = 0

    def _say(self, phrase: str, **facts: Any) -> str:
        return self.words.phrases[phrase].format(**facts)

    def _heading(self, phrase: str) -> str:
        """Return the heading of the next chapter; the appendix has no number."""
        if phrase == "appendix":
            return f"## {self._say(phrase)}\n"
        self.chapter += 1
        return f"## {self.chapter}. {self._say(phrase)}\n"

    def _owner(self, kind: TaskKind) -> str:
        """Return whose a kind of task is under this policy, within a sentence."""
        return self.words.the_roles[owner_role(self.policy, kind)]

    def _term(self, term: Term) -> str:
        years, months = divmod(term.amount, 12)
        if term.unit is TermUnit.MONTHS and years and not months:
            return self._say("one_year" if years == 1 else "years", years=years)
        one, more = self.words.units[term.unit]
        return f"{term.amount} {one if term.amount == 1 else more}"

    def _counted(self, count: int, unit: CapacityUnit) -> str:
        one, more = self.words.capacity_units[unit]
        return f"{count} {one if count == 1 else more}"

    def _times(self, count: int) -> str:
        return self._say("once") if count == 1 else self._say("times", count=count)

    def _share(self, share: float) -> str:
        """Return a share in percent, as exactly as a file writes it."""
        percent = f"{share * 100:.10g}"
        return f"{percent.replace('.', ',') if self.language is Language.DUTCH else percent}%"

    def _each(self, term: Term) -> str:
        """Return a term as it follows "every"."""
        return self.words.units[term.unit][0] if term.amount == 1 else self._term(term)

    def _plain(self, value: Any) -> str:
        """Return a parameter's value as people say it."""
        words, values = self.words, self.values
        if value is None or value == {}:
            return self._say("none")
        if isinstance(value, list):
            return ", ".join(map(self._plain, value)) or self._say("none")
        if isinstance(value, bool):
            return self._say("yes" if value else "no")
        for texts in (
            words.the_roles,
            words.anchors,
            words.topics,
            values.lease_form,
            values.document,
            {**values.target_group, **self._own_groups()},
            values.readiness_item,
            words.origin_rules,
            values.origin_exception,
            values.soft_landing,
            values.clock,
            words.precedences,
            words.decision_makers,
            {unit: more for unit, (_, more) in words.capacity_units.items()},
            words.spans,
            words.capacity_models,
        ):
            known: Mapping[Any, str] = texts
            if value in known:
                return known[value]
        for said in (self._a_term, self._a_reminder, self._a_day):
            try:
                return said(value)
            except ValueError:
                continue
        return self._value(value)

    def _a_term(self, value: Any) -> str:
        return self._term(Term.model_validate(value))

    def _a_reminder(self, value: Any) -> str:
        return self._reminder(Step.model_validate(value))

    def _a_day(self, value: Any) -> str:
        return self.texts.in_words(date.fromisoformat(str(value)))

    def _reminder(self, step: Step) -> str:
        return self._say("after_asking" if step.after_opening else "before_due", term=self._term(step.term))

    def _own_groups(self) -> Mapping[GroupId, str]:
        """Return what the city calls its own target groups."""
        return called(self.policy.groups, self.language)

    def _groups(self, groups: Iterable[GroupId], last_by: str = "and") -> str:
        named = {**self.values.target_group, **self._own_groups()}
        return self._list((named[one] for one in groups), last_by)

    def _narrowed(
        self, groups: Sequence[GroupId], age: AgeBand | None, trait: Trait | None, last_by: str = "and"
    ) -> str:
        """Say who is of some groups and of an age or trait besides."""
        whole = self._groups(groups, last_by) if groups else self._say("everybody")
        by = [self._age(age)] if age else []
        if trait:
            by.append(self.words.traits[trait])
        return self._say("narrowed", groups=whole, by="; ".join(by)) if by else whole

    def _age(self, age: AgeBand) -> str:
        kind = "age_below" if age.at_least is None else "age_from" if age.below is None else "age_between"
        return self._say(kind, at_least=age.at_least, below=age.below)

    def _value(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False) if value not in (None, [], {}) else "-"

    def _list(self, parts: Iterable[str], last_by: str = "and") -> str:
        *first, last = list(parts) or [""]
        return f"{', '.join(first)} {self._say(last_by)} {last}" if first else last

    def _table(self, columns: str, rows: Iterable[Sequence[str]]) -> Iterator[str]:
        heads = self._say(columns).split(" | ")
        yield f"| {' | '.join(heads)} |"
        yield f"|{'|'.join(' -- ' for _ in heads)}|"
        yield from (f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows)
