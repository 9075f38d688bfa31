"""A policy as a document: who does what by when, made from the policy that runs. Markdown, in Dutch or English."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from domain.calendar import Term
from domain.clocks import ClockKind
from domain.outcome import Outcome, Stage
from domain.parties import Role
from domain.policy import CapacityModel, Ladder, Policy, Step
from domain.policy_file import PolicyFile
from domain.tasks import TaskKind
from policies import dutch, english
from policies.diagram import diagram
from policies.diff import about, flat, origin
from policies.flow import ENDS
from policies.language import Language
from policies.words import Words

WORDS: Mapping[Language, Words] = {Language.NL: dutch.WORDS, Language.EN: english.WORDS}
SIGNING = (Role.COORDINATOR, Role.INSTITUTION, Role.DISTRICT_TEAM, Role.CORPORATION, Role.CARE_PROVIDER)


def describe(file: PolicyFile, language: Language) -> str:
    """Return the description of the process under this policy, as Markdown."""
    return "\n".join(_Description(file, WORDS[language]).lines()) + "\n"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


class _Description:
    def __init__(self, file: PolicyFile, words: Words) -> None:
        self.file = file
        self.policy: Policy = file.policy
        self.words = words

    def lines(self) -> Iterator[str]:
        for part in (
            self._head,
            self._purpose,
            self._stages,
            self._tasks,
            self._clocks,
            self._capacity,
            self._offers,
            self._leases,
            self._support,
            self._follow_up,
            self._agreements,
            self._decision,
            self._ends,
            self._gaps,
            self._signing,
            self._appendix,
        ):
            yield from part()
            yield ""

    # -- what it is ------------------------------------------------------------------------------------------------

    def _head(self) -> Iterator[str]:
        policy = self.policy
        until = self._say("until", valid_to=policy.valid_to) if policy.valid_to else ""
        yield f"# {self._say('title', name=policy.name)}"
        yield ""
        yield self._say(
            "made_from",
            id=policy.id,
            version=policy.version,
            valid_from=policy.valid_from,
            until=until,
            digest=policy.digest()[:16],
        )
        yield ""
        yield f"> {self._say('advice')}"

    def _purpose(self) -> Iterator[str]:
        policy, words = self.policy, self.words
        yield self._heading("purpose")
        yield self._say("purpose_text")
        yield ""
        yield self._say("who", groups=self._list(words.target_groups[one] for one in policy.target_groups))
        yield self._say("apply", by=self._list(words.the_roles[role] for role in policy.application.by))
        yield self._say("documents", documents=self._list(words.documents[one] for one in policy.required_documents))

    def _stages(self) -> Iterator[str]:
        yield self._heading("stages")
        open_stages = [stage for stage in Stage if stage is not Stage.CLOSED]
        for number, stage in enumerate(open_stages, 1):
            yield f"{number}. **{self.words.stages[stage]}.** {self.words.about_stages[stage]}"
        yield ""
        yield from diagram(self.words)

    # -- who does what by when -------------------------------------------------------------------------------------

    def _tasks(self) -> Iterator[str]:
        calendar = self.policy.calendar
        yield self._heading("table")
        yield self._say("table_text", opens=f"{calendar.opens:%H:%M}", closes=f"{calendar.closes:%H:%M}")
        yield ""
        yield from self._table("columns", (self._task(kind) for kind in TaskKind))

    def _task(self, kind: TaskKind) -> Sequence[str]:
        ladder, words = self.policy.tasks[kind], self.words
        return (
            words.tasks[kind],
            words.roles[self.policy.owner_role(kind)],
            self._due(kind, ladder),
            "; ".join(map(self._reminder, ladder.remind)) or self._say("none"),
            self._escalation(ladder),
            self._list(words.roles[role] for role in ladder.escalate_to),
        )

    def _due(self, kind: TaskKind, ladder: Ladder) -> str:
        term, call = self._term(ladder.due), self.policy.follow_up
        if ladder.statutory:
            term = f"{term} ({self._say('by_law')})"
        match kind:
            case TaskKind.HAND_OVER_KEYS:
                return self._say("keys_day", notice=self._term(self.policy.support.notice_to_team))
            case TaskKind.FOLLOW_UP_CALL:
                anchor = self.words.anchors[call.anchor]
                return self._say("call_due", after=self._term(call.after), anchor=anchor, term=term)
            case TaskKind.START_SUPPORT:
                return self._say("start_due", term=term)
            case TaskKind.REVIEW_READINESS:
                return self._say("review_due", term=term)
            case _:
                return self._say("within", term=term)

    def _reminder(self, step: Step) -> str:
        return self._say("after_asking" if step.after_opening else "before_due", term=self._term(step.term))

    def _escalation(self, ladder: Ladder) -> str:
        moments = [
            self._say("after_due", term=self._term(term)) if term.amount else self._say("at_due")
            for term in ladder.escalate
        ]
        return "; ".join((*moments, self._say("then_every", term=self._each(ladder.repeat))))

    def _clocks(self) -> Iterator[str]:
        yield self._heading("clocks")
        yield from self._table("clock_columns", (self._clock(kind) for kind in ClockKind))

    def _clock(self, kind: ClockKind) -> Sequence[str]:
        clock, words = self.policy.clocks[kind], self.words
        length = self._term(clock.length) + (f" ({self._say('by_law')})" if clock.statutory else "")
        warnings = "; ".join(self._say("before_due", term=self._term(term)) for term in clock.warn)
        extension = self._term(clock.extension)
        return words.clocks[kind], words.about_clocks[kind], length, warnings or self._say("none"), extension

    # -- the rules -------------------------------------------------------------------------------------------------

    def _capacity(self) -> Iterator[str]:
        capacity, words = self.policy.capacity, self.words
        check = self.policy.tasks[TaskKind.AWAIT_PLACE].check
        model = capacity.model if capacity.share is not None else CapacityModel.QUOTA
        yield self._heading("capacity")
        yield words.capacity[model].format(
            limit=capacity.limit,
            unit=words.capacity_units[capacity.unit],
            share=f"{capacity.share or 0:.0%}",
        )
        if check:
            yield self._say("capacity_text", check=self._each(check))

    def _offers(self) -> Iterator[str]:
        offers = self.policy.offers
        yield self._heading("offers")
        yield self._say("offers_one" if offers.counted_refusals == 1 else "offers_many", count=offers.counted_refusals)
        yield self._say("offers_text", withdrawals=offers.withdrawals_before_alert)

    def _leases(self) -> Iterator[str]:
        yield self._heading("leases")
        yield from (f"- {self.words.lease_forms[form]}" for form in self.policy.lease_forms)

    def _support(self) -> Iterator[str]:
        support = self.policy.support
        yield self._heading("support")
        yield self._say("support_text", notice=self._term(support.notice_to_team))
        if support.guidance_term:
            yield self._say("guidance", term=self._term(support.guidance_term))

    def _follow_up(self) -> Iterator[str]:
        call, words = self.policy.follow_up, self.words
        yield self._heading("follow_up")
        yield self._say(
            "follow_up_text",
            caller=_capital(words.the_roles[call.caller]),
            after=self._term(call.after),
            anchor=words.anchors[call.anchor],
            window=self._term(call.window),
            attempts=call.attempts,
            topics=self._list(words.topics[topic] for topic in call.script),
        )

    def _agreements(self) -> Iterator[str]:
        yield self._heading("agreements")
        yield self._say("agreements_text")
        yield ""
        rows = []
        for kind, agreement in self.policy.agreements.items():
            undecided = f"agreements.{kind.value}.on" in self.file.gaps
            rows.append(
                (
                    self.words.agreements[kind],
                    self._say("open" if undecided else "yes" if agreement.on else "no"),
                    self.words.roles[agreement.owner],
                    self._say("after_keys", term=self._term(agreement.due)) if agreement.due else "-",
                )
            )
        yield from self._table("agreement_columns", rows)

    def _decision(self) -> Iterator[str]:
        decision, retention = self.policy.decision, self.policy.retention
        yield self._heading("decision")
        yield self.words.decision_makers[decision.maker]
        if decision.desk:
            yield self._say("desk", desk=decision.desk)
        if decision.advice:
            yield self._say("advises", advice=decision.advice)
        if "decision.fee_cents" in self.file.gaps:
            yield self._say("fee_open")
        else:
            yield self._say("fee", fee=f"{decision.fee_cents / 100:.2f}") if decision.fee_cents else self._say("no_fee")
        yield self._say("hearing")
        yield ""
        yield self._say(
            "retention",
            support=retention.support_years,
            rejected=retention.rejected_years,
            erase=retention.erase_within_months,
        )

    def _ends(self) -> Iterator[str]:
        yield self._heading("ends")
        for outcome in Outcome:
            stages = "; ".join(self.words.stages[stage] for stage in ENDS.get(outcome, ()))
            yield f"- {self.words.outcomes[outcome]} ({stages or self._say('at_any_stage')})"

    # -- what is open, and where it comes from ---------------------------------------------------------------------

    def _gaps(self) -> Iterator[str]:
        gaps, values = self.file.gaps, flat(self.policy)
        yield self._heading("gaps")
        if gaps:
            yield self._say("gaps_text", name=self.policy.name)
            yield ""
            yield from self._table("gap_columns", ((self._name(path), self._plain(values.get(path))) for path in gaps))
        else:
            yield self._say("no_gaps")
        yield ""
        yield self._say("assumed", count=len(self.file.assumed))

    def _signing(self) -> Iterator[str]:
        yield self._heading("signing")
        yield from self._table("signing_columns", ((self.words.roles[role], "", "", "") for role in SIGNING))

    def _appendix(self) -> Iterator[str]:
        yield self._heading("appendix")
        rows = (
            (f"`{path}`", self._value(value), self._origin(path))
            for path, value in flat(self.policy).items()
            if path in self.file.parameters or value not in (None, False, [], {})
        )
        yield from self._table("appendix_columns", rows)

    def _origin(self, path: str) -> str:
        if path not in self.file.parameters:
            return self._say("default")
        known = about(self.file.parameters, path)
        return origin(known) if known.specified else self._say("undecided")

    def _name(self, path: str) -> str:
        """Name a parameter as people do, where there are words for it."""
        part, _, rest = path.partition(".")
        name, _, field = rest.partition(".")
        words = self.words
        known: Mapping[str, Mapping[Any, str]] = {
            "tasks": words.tasks,
            "clocks": words.clocks,
            "agreements": words.agreements,
        }
        if part in known and name in known[part] and field in words.parameters:
            return f"{known[part][name]}: {words.parameters[field]}"
        return words.parameters.get(path, f"`{path}`")

    # -- words -----------------------------------------------------------------------------------------------------

    def _say(self, phrase: str, **facts: Any) -> str:
        return self.words.phrases[phrase].format(**facts)

    def _heading(self, phrase: str) -> str:
        return f"## {self._say(phrase)}\n"

    def _term(self, term: Term) -> str:
        one, more = self.words.units[term.unit]
        return f"{term.amount} {one if term.amount == 1 else more}"

    def _each(self, term: Term) -> str:
        """Return a term as it follows "every"."""
        return self.words.units[term.unit][0] if term.amount == 1 else self._term(term)

    def _plain(self, value: Any) -> str:
        """Return a parameter's value as people say it."""
        words = self.words
        if isinstance(value, list):
            return ", ".join(map(self._plain, value)) or self._say("none")
        if isinstance(value, bool):
            return self._say("yes" if value else "no")
        for texts in (words.the_roles, words.anchors, words.topics, words.lease_forms, words.documents):
            known: Mapping[Any, str] = texts
            if value in known:
                return known[value]
        try:
            return self._term(Term.model_validate(value))
        except ValidationError:
            return self._value(value)

    def _value(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False) if value not in (None, [], {}) else "-"

    def _list(self, parts: Iterable[str]) -> str:
        *first, last = list(parts) or [""]
        return f"{', '.join(first)} {self._say('and')} {last}" if first else last

    def _table(self, columns: str, rows: Iterable[Sequence[str]]) -> Iterator[str]:
        heads = self._say(columns).split(" | ")
        yield f"| {' | '.join(heads)} |"
        yield f"|{'|'.join(' -- ' for _ in heads)}|"
        yield from (f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows)
