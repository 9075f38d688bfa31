"""A policy as a document: who does what by when, made from the policy that runs. Markdown, in Dutch or English."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from domain.decide.catalogue import BY_GROUP, SPECS, bodies, owner_role, unused_tasks
from domain.exchange.policy_file import ASSUMED, PolicyFile
from domain.facts.calendar import Term
from domain.facts.clocks import ClockKind
from domain.facts.decrees import DECREED_TO
from domain.facts.outcome import UNDOABLE, Stage
from domain.facts.parties import Role
from domain.facts.signals import SignalKind
from domain.facts.tasks import TaskKind
from domain.messages.disclosed import AFTER_A_YES, HANDED, READ, SENT, TOLD, Disclosed, Handed
from domain.messages.effects import Audience
from domain.policy.agreements import AgreementKind, agreed, told_early
from domain.policy.groups import known_groups
from domain.policy.policy import Ladder, OriginRule
from domain.policy.reminding import Weekday
from domain.stages.first_weeks import plan_after, talk_after
from domain.steps.choosing import landlords_choose
from policy_tools.describe.diagram import diagram
from policy_tools.describe.flow import TRACKS, ends_of, stages_of
from policy_tools.describe.rules import RulesTelling
from policy_tools.describe.telling import capital
from policy_tools.diff import about, flat
from texts import Language

RENTS = "suitability.rents."
SIGNING = (Role.COORDINATOR, Role.INSTITUTION, Role.DISTRICT_TEAM, Role.CORPORATION, Role.CARE_PROVIDER)
GIVEN_NAMES = frozenset({"id", "version", "municipality", "name"})
"""What a file calls the policy: shown as it is, also where it looks like a day."""


def describe(file: PolicyFile, language: Language) -> str:
    """Return the description of the process under this policy, as Markdown."""
    return "\n".join(_Description(file, language).lines()) + "\n"


class OpenPoint(NamedTuple):
    """Something that a city left open."""

    path: str
    """As its file writes it."""
    name: str
    """What people call it; the path where there are no words for it."""
    for_now: str
    """What holds until the city decides."""


def open_points(file: PolicyFile, language: Language) -> list[OpenPoint]:
    """Return what a policy leaves open, in words."""
    return _Description(file, language).open_points()


class _Description(RulesTelling):
    def open_points(self) -> list[OpenPoint]:
        values = flat(self.policy)
        return [OpenPoint(path, self._name(path), self._for_now(path, values)) for path in self.file.gaps]

    def lines(self) -> Iterator[str]:
        for part in (
            self._head,
            self._purpose,
            self._stages,
            self._tasks,
            self._clocks,
            self._tracks,
            self._capacity,
            self._dwelling,
            self._offers,
            self._leases,
            self._support,
            self._follow_up,
            self._bounds,
            self._agreements,
            self._decision,
            self._disclosed,
            self._ends,
            self._contact,
            self._gaps,
            self._signing,
            self._appendix,
        ):
            yield from part()
            yield ""

    # -- what it is ------------------------------------------------------------------------------------------------

    def _head(self) -> Iterator[str]:
        policy = self.policy
        until = self._say("until", valid_to=self.texts.day(policy.valid_to)) if policy.valid_to else ""
        yield f"# {self._say('title', name=policy.name)}"
        yield ""
        yield self._say(
            "made_from",
            id=policy.id,
            version=policy.version,
            valid_from=self.texts.day(policy.valid_from),
            until=until,
            digest=policy.digest()[:16],
        )
        if self.file.about.public_texts:
            yield ""
            yield f"> {self._say('advice')}"

    def _purpose(self) -> Iterator[str]:
        policy, words = self.policy, self.words
        yield self._heading("purpose")
        yield self._say("purpose_text")
        yield ""
        yield from self._for_whom()
        for end, term in policy.exclusions.items():
            yield self._say("exclusion", outcome=self.values.outcome[end.outcome], term=self._term(term))
        applicants = self._list((words.the_roles[role] for role in policy.application.by), "or")
        yield self._say("apply", by=capital(applicants))
        documents = self._list(self.values.document[one] for one in policy.required_documents)
        yield self._say("documents", documents=documents) if documents else self._say("no_documents")
        if policy.supplement_rounds:
            yield self._say("supplement_rounds", rounds=self._times(policy.supplement_rounds))
        items = self._list(self.values.readiness_item[one] for one in policy.readiness_items)
        if items:
            yield self._say("ready_when", items=items)
        yield self._say("housing_first")

    def _for_whom(self) -> Iterator[str]:
        """Tell for which target groups it is, what the city's own are, and which of them a law names."""
        policy = self.policy
        yield self._say("who", groups=self._groups(policy.target_groups))
        words = self._own_groups()
        for name, group in policy.groups.items():
            if group.asks or group.within:
                what = self._narrowed(group.within, group.age, group.trait, "or")
                yield self._say("group_is", name=words[name], what=what)
        known = known_groups(policy.groups)
        for law in dict.fromkeys(known[one].statutory for one in policy.target_groups):
            if law:
                of_law = self._groups(one for one in policy.target_groups if known[one].statutory == law)
                yield self._say("by_statute", law=law, groups=of_law)

    def _stages(self) -> Iterator[str]:
        yield self._heading("stages")
        for number, stage in enumerate(stages_of(self.policy), 1):
            yield f"{number}. **{self.values.stage[stage]}.** {self._about(stage)}"
        yield ""
        yield from diagram(self.texts, self.policy)

    def _about(self, stage: Stage) -> str:
        if stage is Stage.ASSESSMENT and self.policy.decision.after_advice:
            assessor, decider = (self._owner(kind) for kind in (TaskKind.ASSESS, TaskKind.DECIDE_URGENCY))
            return self._say("stage_assessment", assessor=capital(assessor), decider=decider)
        if stage is Stage.OFFER and landlords_choose(self.policy):
            return self._say("stage_offer_landlord", term=self._term(self.policy.offers.choose_within))
        if stage is Stage.OFFER and owner_role(self.policy, TaskKind.MAKE_OFFER) is not Role.COORDINATOR:
            return self._say("stage_offer", chooser=self._owner(TaskKind.MAKE_OFFER))
        assessor, judge = (capital(self._owner(kind)) for kind in (TaskKind.ASSESS, TaskKind.DECIDE_CONVERSION))
        about = self.words.about_stages[stage].format(assessor=assessor, judge=judge)
        return " ".join((about, *self._chosen(stage)))

    def _chosen(self, stage: Stage) -> Iterator[str]:
        """Tell what this municipality chose for a stage."""
        policy = self.policy
        if stage is Stage.READINESS and policy.origin is OriginRule.RETURN:
            known = self.values.origin_exception
            exceptions = self._list(known[one] for one in policy.origin_exceptions) or self._say("none")
            yield self._say("stage_readiness", exceptions=exceptions)
        elif stage is Stage.CONVERSION and policy.conversion.checked:
            checker = self._owner(TaskKind.CHECK_CONVERSION)
            yield self._say("stage_conversion", checker=checker, Checker=capital(checker))
        elif stage is Stage.ACCEPTANCE and policy.viewing:
            yield self._say("stage_acceptance", viewings=self._times(policy.offers.viewings))
        elif stage is Stage.ACCEPTANCE:
            yield self._say("no_viewing")

    # -- who does what by when -------------------------------------------------------------------------------------

    def _tasks(self) -> Iterator[str]:
        calendar = self.policy.calendar
        yield self._heading("table")
        hours = {"opens": f"{calendar.opens:%H:%M}", "closes": f"{calendar.closes:%H:%M}"}
        yield self._say("table_text", **hours, decreed_to=str(DECREED_TO))
        yield self._say("more_time")
        yield from self._reminders()
        unused = unused_tasks(self.policy)
        for group, kinds in BY_GROUP.items():
            rows = [self._task(kind) for kind in kinds if kind not in unused]
            if rows:
                known: Mapping[Any, str] = self.values.stage
                yield f"\n### {known.get(group) or self.words.groups[group]}\n"
                yield from self._table("columns", rows)

    def _reminders(self) -> Iterator[str]:
        reminders, calendar = self.policy.reminders, self.policy.calendar
        yield self._say("chasing", snooze=self._term(reminders.snooze))
        yield self._say("hindrance", snooze=self._term(reminders.snooze))
        if reminders.quiet_after:
            yield self._say("quiet", opens=f"{calendar.opens:%H:%M}", after=f"{reminders.quiet_after:%H:%M}")
        if reminders.digest:
            yield self._say("digest", days=self._list(map(self._weekday, reminders.digest)))

    def _weekday(self, day: Weekday) -> str:
        return self.texts.weekdays[list(Weekday).index(day)]

    def _task(self, kind: TaskKind) -> Sequence[str]:
        ladder = self.policy.tasks[kind]
        return (
            self.tasks[kind],
            self._whose(kind),
            self._due(kind, ladder),
            "; ".join(map(self._reminder, ladder.remind)) or self._say("none"),
            self._escalation(ladder),
            self._told(ladder),
        )

    def _whose(self, kind: TaskKind) -> str:
        if kind is TaskKind.MAKE_OFFER and landlords_choose(self.policy):
            return self._say("choice_owner")
        owner, named = self.values.role[owner_role(self.policy, kind)], self.policy.owners.get(kind)
        return self.words.one_of_several.get(named, owner) if named else owner

    def _told(self, ladder: Ladder) -> str:
        first = self._list(self.values.role[role] for role in ladder.escalate_to)
        later = "; ".join(self._say("then_told", role=self.values.role[role]) for role in ladder.then_to)
        return f"{first}; {later}" if later else first

    def _due(self, kind: TaskKind, ladder: Ladder) -> str:
        term, call = self._term(ladder.due), self.policy.follow_up
        if ladder.statutory:
            term = f"{term} ({self._say('by_law')})"
        match kind:
            case TaskKind.MAKE_OFFER if landlords_choose(self.policy):
                return self._say("choice_due", term=term, turn=self._term(self.policy.offers.choose_within))
            case TaskKind.HAND_OVER_KEYS:
                return self._say("keys_day", notice=self._term(self.policy.support.notice_to_team))
            case TaskKind.FOLLOW_UP_CALL:
                anchor = self.words.anchors[call.anchor]
                return self._say("call_due", after=self._term(call.after), anchor=anchor, term=term)
            case TaskKind.START_SUPPORT:
                return self._say("start_due", term=term)
            case TaskKind.REVIEW_READINESS:
                return self._say("review_due", term=term)
            case TaskKind.DECIDE_OBJECTION if ladder.statutory:
                return self._say("objection_due", term=term)
            case TaskKind.HOLD_VIEWING:
                return self._say("viewing_day")
            case TaskKind.AGREE_PLAN | TaskKind.HOLD_TALK:
                after = (plan_after if kind is TaskKind.AGREE_PLAN else talk_after)(self.policy)
                return f"{self._after_keys(after)}; {self._say('at_least', term=term)}"
            case TaskKind.DECIDE_CONVERSION:
                return "; ".join(self._conversion_days(term))
            case TaskKind.ARRANGE_ONWARD_MOVE:
                return "; ".join(self._onward_days(ladder))
            case _:
                return self._say("within", term=term)

    def _after_keys(self, term: Term | None) -> str:
        return self._say("after_keys", term=self._term(term)) if term else self._say("none")

    def _conversion_days(self, least: str) -> Iterator[str]:
        for form, after in self._converted():
            yield self._say("form_after_keys", form=form, term=after)
        yield self._say("after_delay", term=self._term(self.policy.conversion.extension))
        yield self._say("at_least", term=least)

    def _onward_days(self, ladder: Ladder) -> Iterator[str]:
        terms = self.policy.temporary_lease
        if terms:
            yield self._say("before_lease_end", term=self._term(terms.onward_move))
        yield self._say("lease_end_after_delay")
        yield self._say("at_least", term=self._term(ladder.repeat))

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
        # An aim is not extended: it is missed, or not.
        extension = self._say("none") if kind is ClockKind.HOUSING_TARGET else self._term(clock.extension)
        return self.values.clock[kind], words.about_clocks[kind], length, warnings or self._say("none"), extension

    def _tracks(self) -> Iterator[str]:
        policy, words = self.policy, self.words
        yield self._heading("tracks")
        stands = self._list(self.values.clock[kind] for kind in policy.absence.suspends)
        facts = {kind.value: self._term(policy.tasks[kind].due) for kind in TaskKind}
        held = policy.absence.holds_home
        facts["held_home"] = self._say("held_home", term=self._term(held)) if held else ""
        facts["standing_still"] = (
            self._say("stands_still", clocks=stands) if stands else self._say("nothing_stands_still")
        )
        facts["visitor"] = self._owner(TaskKind.VISIT_CLIENT)
        facts |= {name: self._term(getattr(policy.sight, name)) for name in ("after_part", "after_end")}
        facts["institution"] = self._say("institution_too") if policy.secrecy.institution_knows else ""
        facts |= self._signals(facts)
        for track in TRACKS:
            yield words.tracks[track].format(**facts)
            yield ""

    def _signals(self, terms: Mapping[str, str]) -> Mapping[str, str]:
        """Tell what is done about which signals, as far as partners agreed on it."""
        agreements = self.policy.agreements
        told = {
            "told_early": ("signals_told", agreed(agreements, AgreementKind.EARLY_SIGNALS)),
            "nuisance": ("signals_nuisance", told_early(agreements, SignalKind.NUISANCE)),
            "arrears": ("signals_arrears", told_early(agreements, SignalKind.ARREARS)),
            "care": ("signals_care", told_early(agreements, SignalKind.CARE_AVOIDANCE)),
        }
        return {name: self._say(phrase, **terms) if holds else "" for name, (phrase, holds) in told.items()}

    # -- what was agreed -------------------------------------------------------------------------------------------

    def _agreements(self) -> Iterator[str]:
        yield self._heading("agreements")
        yield self._say("agreements_text")
        yield ""
        yield from self._table("agreement_columns", map(self._agreement, self.policy.agreements))

    def _agreement(self, kind: str) -> Sequence[str]:
        """Tell an agreement: who sees to it and by when, by the tasks that belong to it where there are any."""
        agreement, policy = self.policy.agreements[kind], self.policy
        undecided = f"agreements.{kind}.on" in self.file.gaps
        tasks = [task for task, spec in SPECS.items() if spec.agreements[:1] == (kind,) and spec.asked_under(policy)]
        owner = self._whose(tasks[0]) if len(tasks) == 1 else self.values.role[agreement.owner]
        terms = {AgreementKind.TAILORED_GUIDANCE: plan_after(policy), AgreementKind.GOOD_TENANCY: talk_after(policy)}
        term = terms.get(AgreementKind(kind)) if kind in set(AgreementKind) else None
        by = self._after_keys(term or agreement.due) if term or (agreement.due and not tasks) else "-"
        return (
            self._titled(kind),
            self._say("open" if undecided else "yes" if agreement.on else "no"),
            owner,
            self._say("by_tasks") if tasks and not term else by,
        )

    def _titled(self, kind: str) -> str:
        """Return what an agreement is called: one of a city's own as its file says."""
        known: Mapping[Any, str] = self.words.agreements
        words = self.policy.agreements[kind].words
        return known.get(kind) or (getattr(words, self.language.value) if words else kind)

    def _disclosed(self) -> Iterator[str]:
        """Tell what others learn of the client: by reading, by what systems are sent, by letter, and at a transfer."""
        words, values = self.words, self.values
        yield self._heading("disclosed")
        yield self._say("disclosed_text")
        yield ""
        yield from self._table("read_columns", map(self._reading, READ))
        yield ""
        yield self._say("sent_text")
        yield ""
        yield from self._table(
            "sent_columns",
            (
                (words.sent[kind.model_fields["type"].default], values.role[sent.to], self._learned(sent.what))
                for kind, sent in SENT.items()
            ),
        )
        yield ""
        yield self._say("told_text")
        yield ""
        yield from self._table("told_columns", ((words.told[one], self._learned(what)) for one, what in TOLD.items()))
        yield ""
        yield self._say("letters_text")
        yield ""
        people = ((capital(values.audience[one]), words.letters_to[one]) for one in Audience)
        yield from self._table(
            "letters_columns", (*people, (capital(self._say("partners")), self._say("letters_to_partners")))
        )
        yield ""
        yield self._say("handed_text", after_end=self._term(self.policy.sight.after_end))
        yield ""
        yield from self._table("handed_columns", map(self._handing, HANDED))
        yield ""
        yield self._say("reads_kept", reads=self.policy.retention.reads_years)

    def _handing(self, part: Handed) -> Sequence[str]:
        since = self._say("after_a_yes" if part in AFTER_A_YES else "while_asked")
        return capital(self.words.handed[part]), self._learned(HANDED[part]), since

    def _reading(self, role: Role) -> Sequence[str]:
        return self.values.role[role], self._learned(READ[role]), self.words.read_when[role]

    def _learned(self, what: Sequence[Disclosed]) -> str:
        return ", ".join(self.words.disclosed[one] for one in what) or self._say("none")

    def _ends(self) -> Iterator[str]:
        yield self._heading("ends")
        within = self.policy.reopening.within
        for outcome, where in ends_of(self.policy).items():
            stages = "; ".join(self.values.stage[stage] for stage in where)
            undoable = f", {self._say('can_be_undone')}" if within and outcome in UNDOABLE else ""
            yield f"- {self.values.outcome[outcome]} ({stages or self._say('at_any_stage')}{undoable})"
        yield ""
        yield self._say("undone", within=self._term(within)) if within else self._say("never_undone")

    # -- what is open, and where it comes from ---------------------------------------------------------------------

    def _gaps(self) -> Iterator[str]:
        gaps = self.open_points()
        yield self._heading("gaps")
        if gaps:
            yield self._say("gaps_text", name=self.policy.name)
            yield ""
            yield from self._table("gap_columns", ((one.name, one.for_now) for one in gaps))
        else:
            yield self._say("no_gaps")
        yield ""
        yield self._say("assumed", count=len(self.file.assumed))

    def _contact(self) -> Iterator[str]:
        to_fill_in, told = self._say("to_fill_in"), self.file.about
        yield self._heading("contact")
        yield self._say("contact_text", contact=(told.contact or to_fill_in).removesuffix("."))
        yield self._say("complaints_text", complaints=(told.complaints or to_fill_in).removesuffix("."))
        yield self._say("right_to_complain")

    def _signing(self) -> Iterator[str]:
        yield self._heading("signing")
        signing = (*SIGNING, *bodies(self.policy))
        yield from self._table("signing_columns", ((self.values.role[role], "", "", "") for role in signing))

    def _appendix(self) -> Iterator[str]:
        yield self._heading("appendix")
        if self.language is Language.DUTCH and any(
            one.note and not one.note_nl for one in self.file.parameters.values()
        ):
            yield self._say("notes_left_out")
            yield ""
        rows = (
            (f"`{path}`", self._valued(path, value), self._origin(path))
            for path, value in flat(self.policy).items()
            if path in self.file.parameters or value not in (None, False, [], {})
        )
        yield from self._table("appendix_columns", rows)

    def _origin(self, path: str) -> str:
        if path not in self.file.parameters:
            return self._say("default")
        known = about(self.file.parameters, path)
        if not known.specified:
            return self._say("undecided")
        source = self._say("is_assumed") if known.source == ASSUMED else known.source
        note = known.note_nl if self.language is Language.DUTCH else known.note
        return "; ".join(part for part in (source, known.basis, note) if part) or self._say("no_source")

    def _for_now(self, path: str, values: Mapping[str, Any]) -> str:
        """Return what holds as long as a point is open."""
        if path.startswith(RENTS) and path.removeprefix(RENTS).isdecimal():
            return self._say("as_in_year", year=int(path.removeprefix(RENTS)) - 1)
        return self._valued(path, values.get(path))

    def _valued(self, path: str, value: Any) -> str:
        """Return the value of a parameter as people say it: an amount in euros, and a name as it is."""
        if path.endswith("_cents") and isinstance(value, int):
            return self.texts.euros(value)
        return str(value) if path in GIVEN_NAMES or path == "calendar.timezone" else self._plain(value)

    def _name(self, path: str) -> str:
        """Name a parameter as people do, where there are words for it."""
        part, _, rest = path.partition(".")
        name, _, field = rest.partition(".")
        words = self.words
        known: Mapping[str, Mapping[Any, str]] = {
            "tasks": self.tasks,
            "clocks": self.values.clock,
            "agreements": words.agreements,
        }
        if path.startswith(RENTS):
            year, _, limit = path.removeprefix(RENTS).partition(".")
            of_year = f"{words.parameters['suitability.rents']} {year}"
            return f"{of_year}: {words.parameters.get(limit, f'`{limit}`')}" if limit else of_year
        if part in known and name in known[part] and field in words.parameters:
            return f"{known[part][name]}: {words.parameters[field]}"
        return words.parameters.get(path, f"`{path}`")
