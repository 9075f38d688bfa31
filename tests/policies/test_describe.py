"""The description that partners sign says what the engine keeps: every deadline in it is compared with the engine's."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from domain.decide.catalogue import BY_GROUP, RULES, SPECS, unused_tasks
from domain.decide.decide import Decided, decide
from domain.exchange.policy_file import PolicyFile, read_policy
from domain.facts import terms
from domain.facts.calendar import Term, TermUnit
from domain.facts.clocks import ClockKind
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Actor, Role
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.policy.policy import LeaseForm, Policy
from domain.policy.policy_terms import CallAnchor
from domain.stages.onward import await_onward_move, onward_move
from domain.state import events as e
from domain.state.draft import Draft
from domain.state.fold import evolve
from domain.state.mediation import Mediation
from policy_tools.check import check
from policy_tools.describe.document import describe
from policy_tools.describe.flow import ENDS, STAGES, TRACKS, ends_of, stages_of
from runtime.policy_files import text_of
from sandbox.city import City
from tests.domain.case import MONDAY, STEPS, Case, referral
from tests.sandbox.test_city import Run
from texts import Language, of

GORZEN = str(Path(__file__).with_name("gorzen.toml"))
POLDERVEEN = str(Path(__file__).with_name("polderveen.toml"))
CITIES = ("almere", "amersfoort", GORZEN, POLDERVEEN)
NOWS = (MONDAY, datetime(2026, 12, 18, 15, 20, tzinfo=UTC), datetime(2027, 3, 25, 22, 40, tzinfo=UTC))
"""A quiet day, one before Christmas, and a late hour before Easter and the change of the clocks."""


@cache
def file_of(city: str) -> PolicyFile:
    return check(text_of(city))


def eligible(policy: Policy) -> Case:
    """A case under this policy, of a client who is eligible."""
    case = Case(policy=policy)
    return case.start(referral(target_group=policy.target_groups[0]))


def along(policy: Policy, upto: str) -> Case:
    case = eligible(policy)
    for step in STEPS[1 : STEPS.index(upto) + 1]:
        if step == "accept":
            viewed(case)
        getattr(case, step)()
    return case


def viewed(case: Case) -> Case:
    """The dwelling is seen, where the policy asks for it before the answer."""
    if case.m.open_of(TaskKind.PLAN_VIEWING):
        case.answer(a.ViewingPlanAnswer(on=case.today)).answer(a.ViewingAnswer(held=True))
    return case


# -- reading the document ----------------------------------------------------------------------------------------


class Row(NamedTuple):
    """What the document says of one kind of task."""

    what: str
    who: str
    due: str
    remind: str
    late: str
    to: str


class Reader:
    """Reads the tables of a description, in the language it is written in."""

    def __init__(self, city: str, language: Language) -> None:
        self.texts = of(language)
        self.words = self.texts.description
        self.text = describe(file_of(city), language)
        self._units = {word: unit for unit, words in self.words.units.items() for word in words}

    def table(self, columns: str) -> list[list[str]]:
        """The rows of every table with these columns."""
        _, *tables = self.text.split(f"| {self.words.phrases[columns]} |\n")
        assert tables, columns
        rows = [row for table in tables for row in table.split("\n\n")[0].splitlines()[1:]]
        return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]

    @property
    def tasks(self) -> dict[TaskKind, Row]:
        kinds = {words.name: kind for kind, words in self.texts.task.items()}
        return {kinds[row[0]]: Row(*row) for row in self.table("columns")}

    def term(self, text: str) -> Term:
        """The first term in a text; without a number it is one."""
        units = "|".join(sorted(self._units, key=len, reverse=True))
        found = re.search(rf"\b(\d+) ({units})\b", text) or re.search(rf"\b()({units})\b", text)
        if years := re.search(r"\b(\d+) (?:jaar|years?)\b", text[: found.start()] if found else text):
            return Term(amount=12 * int(years[1]), unit=TermUnit.MONTHS)
        assert found, text
        return Term(amount=int(found[1] or 1), unit=self._units[found[2]])

    def by_law(self, text: str) -> bool:
        return f"({self.words.phrases['by_law']})" in text

    def parts(self, text: str) -> list[str]:
        return [] if text == self.words.phrases["none"] else text.split("; ")

    def says(self, text: str, phrase: str) -> bool:
        """Whether a text is of this phrase, whatever the term in it."""
        before, _, after = self.words.phrases[phrase].partition("{term}")
        return text.startswith(before) and text.endswith(after)

    def due(self, row: Row, policy: Policy, opened: datetime) -> datetime:
        return ends(policy, opened, self.term(row.due), self.by_law(row.due))

    def reminders(self, row: Row, policy: Policy, task: Task) -> list[datetime]:
        """The reminders that the row promises for this task."""
        calendar, moments = policy.calendar, set()
        for part in self.parts(row.remind):
            if self.says(part, "after_asking"):
                day = calendar.add(calendar.today(task.opened_at), self.term(part))
            else:
                assert self.says(part, "before_due"), part
                day = calendar.subtract(calendar.today(task.due), self.term(part))
            moments.add(calendar.at(calendar.working_day_from(day, -1), calendar.opens))
        return sorted(at for at in moments if task.opened_at < at < task.due)

    def escalations(self, row: Row, policy: Policy, task: Task) -> list[datetime]:
        promised = self.parts(row.late)[:-1]
        assert all(self.says(part, "after_due") or part == self.words.phrases["at_due"] for part in promised)
        terms = [None if part == self.words.phrases["at_due"] else self.term(part) for part in promised]
        moments = (max(policy.calendar.deadline(task.due, term), task.due) if term else task.due for term in terms)
        return sorted(self.told(policy, at) for at in moments)

    def told(self, policy: Policy, at: datetime) -> datetime:
        """When people hear of something that falls due then, by what the text says of quiet hours."""
        before, after, _ = re.split(r"{\w+}", self.words.phrases["quiet"], maxsplit=2)
        found = re.search(f"{re.escape(before)}(\\d\\d:\\d\\d){re.escape(after)}(\\d\\d:\\d\\d)", self.text)
        local = policy.calendar.local(at)
        day, hour = local.date(), f"{local:%H:%M}"
        if not found or (policy.calendar.is_working_day(day) and found[1] <= hour <= found[2]):
            return at
        while hour > found[2] or not policy.calendar.is_working_day(day):
            day, hour = day + timedelta(days=1), "00:00"
        return policy.calendar.at(day, time.fromisoformat(found[1]))


@pytest.fixture(params=list(Language))
def language(request: pytest.FixtureRequest) -> Language:
    chosen: Language = request.param
    return chosen


# -- texts -------------------------------------------------------------------------------------------------------


def test_every_part_of_the_process_has_a_text_in_each_language(language: Language) -> None:
    words, names = of(language).description, [one.name for one in of(language).task.values()]
    assert len(set(names)) == len(TaskKind)
    assert set(words.flow) == set(STAGES.values())
    assert set(words.tracks) == set(TRACKS)
    assert Counter(kind for kinds in BY_GROUP.values() for kind in kinds) == Counter(TaskKind), "each in one part"
    assert set(words.groups) | {*Stage} == BY_GROUP.keys() | {Stage.CLOSED}


@pytest.mark.parametrize("city", CITIES)
def test_nothing_is_left_unfilled_and_every_table_is_whole(city: str, language: Language) -> None:
    text = describe(file_of(city), language)
    assert not re.search(r"{\w*}", text.replace("```mermaid", ""))
    widths = [line.count(" | ") for line in text.splitlines() if line.startswith("| ")]
    assert len(widths) > 150
    heads = {text.count(" | ") for name, text in of(language).description.phrases.items() if "columns" in name}
    assert set(widths) <= heads
    assert file_of(city).policy.name in text.splitlines()[0]


# -- deadlines ---------------------------------------------------------------------------------------------------


def opened(policy: Policy, kind: TaskKind, now: datetime) -> tuple[Mediation, Task]:
    """A task of this kind, opened now by the engine in a mediation far enough on to have every owner."""
    case = along(policy, "keys")
    draft = Draft(case.m, policy, now, Actor(role=Role.COORDINATOR, organisation=policy.municipality), RULES)
    before = {task.id for task in case.m.tasks}
    draft.open(kind)
    return draft.m, next(task for task in draft.m.tasks if task.id not in before)


@pytest.mark.parametrize("city", CITIES)
def test_every_deadline_reminder_and_escalation_is_the_one_the_engine_keeps(city: str, language: Language) -> None:
    policy, reader = file_of(city).policy, Reader(city, language)
    rows = reader.tasks
    assert set(rows) == set(TaskKind) - unused_tasks(policy)
    for kind, row in rows.items():
        for now in NOWS:
            state, task = opened(policy, kind, now)
            if kind not in OWN_DAY:
                asked = row._replace(due=reader.parts(row.due)[-1])
                assert reader.due(asked, policy, now) == task.due, (kind, row.due)
            assert reader.reminders(row, policy, task) == list(task.reminders), (kind, row.remind)
            assert reader.escalations(row, policy, task) == list(task.escalations), (kind, row.late)
            again = policy.calendar.deadline(task.escalations[-1], reader.term(reader.parts(row.late)[-1]))
            assert escalated_again(state, task, policy) == reader.told(policy, again), (kind, row.late)


def escalated_again(state: Mediation, task: Task, policy: Policy) -> datetime:
    """When the engine escalates again after the last step of the ladder."""
    last = task.escalations[-1]
    alone = replace(task, check_at=None)
    only = replace(state, tasks=(alone,), clocks=())
    by = Actor(role=Role.COORDINATOR, organisation=policy.municipality)
    decided = decide(only, c.PassTime(by=by), policy, last)
    assert isinstance(decided, Decided)
    again = [x.again_at for x in decided.events if isinstance(x, e.TaskEscalated) and x.task == task.id]
    assert again[-1] is not None
    return again[-1]


OWN_DAY = frozenset(
    {
        TaskKind.HAND_OVER_KEYS,
        TaskKind.FOLLOW_UP_CALL,
        TaskKind.START_SUPPORT,
        TaskKind.HOLD_VIEWING,
        TaskKind.AGREE_PLAN,
        TaskKind.HOLD_TALK,
        TaskKind.ARRANGE_ONWARD_MOVE,
        TaskKind.DECIDE_CONVERSION,
    },
)
"""Tasks whose day does not count from the asking; the tests below hold what the document says of them."""
OF_A_TERM = frozenset(
    {TaskKind.DECIDE_OBJECTION, TaskKind.DECIDE_URGENCY, TaskKind.EXTEND_DECISION_TERM, TaskKind.SUPPLEMENT}
)
"""Tasks that end with a term of the law: from the last day to object, by the end of the decision term, notice of its
extension too, and the rest of what was asked by the same day as the whole.
"""


@pytest.mark.parametrize("city", CITIES)
def test_the_day_of_the_keys_is_the_agreed_one_and_not_before_the_notice(city: str, language: Language) -> None:
    policy, reader = file_of(city).policy, Reader(city, language)
    notice = reader.term(reader.tasks[TaskKind.HAND_OVER_KEYS].due)
    calendar = policy.calendar
    for keys_in in (1, 40):
        case = along(policy, "accept").request_known().sign(keys_in=keys_in)
        agreed = case.today + timedelta(days=keys_in)
        case.plan_support()
        day = max(agreed, calendar.add(case.today, notice))
        assert calendar.today(case.task(TaskKind.HAND_OVER_KEYS).due) == calendar.working_day_from(day)


@pytest.mark.parametrize("city", CITIES)
def test_the_first_contact_is_due_after_its_term_or_on_the_agreed_day(city: str, language: Language) -> None:
    policy, reader = file_of(city).policy, Reader(city, language)
    row, calendar = reader.tasks[TaskKind.START_SUPPORT], policy.calendar
    for starts_in in (1, 28):
        case = along(policy, "sign")
        agreed = case.today + timedelta(days=starts_in)
        case.plan_support(starts_in).keys()
        due = max(reader.due(row, policy, case.now), calendar.at(agreed, calendar.closes))
        assert case.task(TaskKind.START_SUPPORT).due == due


@pytest.mark.parametrize("city", CITIES)
def test_the_call_is_due_so_long_after_the_day_that_the_document_names(city: str, language: Language) -> None:
    policy, reader = file_of(city).policy, Reader(city, language)
    first, further = reader.parts(reader.tasks[TaskKind.FOLLOW_UP_CALL].due)
    case = along(policy, "keys").days(4).start_support()
    calendar = policy.calendar
    anchors = {CallAnchor.KEYS: case.keys_day(), CallAnchor.SUPPORT_START: case.today}
    [anchor] = [anchor for anchor, text in reader.words.anchors.items() if first.endswith(text)]
    day = calendar.working_day_from(calendar.add(anchors[anchor], reader.term(first)))
    assert calendar.today(case.task(TaskKind.FOLLOW_UP_CALL).due) == day
    case.call_day().no_reply(a.DayPart.MORNING)
    again = calendar.deadline(case.now, reader.term(further))
    assert case.task(TaskKind.FOLLOW_UP_CALL).due == again


@pytest.mark.parametrize("city", CITIES)
def test_plan_and_talk_are_due_so_long_after_the_keys_as_the_document_says(city: str, language: Language) -> None:
    policy, reader = file_of(city).policy, Reader(city, language)
    calendar, rows = policy.calendar, reader.tasks
    asked = {TaskKind.AGREE_PLAN: policy.support.plan, TaskKind.HOLD_TALK: policy.support.talk}
    assert {kind for kind in asked if kind in rows} == {kind for kind, term in asked.items() if term}
    for starts_after in (0, 60):
        case = along(policy, "keys").days(starts_after).start_support()
        for kind in asked.keys() & rows.keys():
            after, least = reader.parts(rows[kind].due)
            day = calendar.working_day_from(calendar.add(case.keys_day(), reader.term(after)))
            promised = max(calendar.at(day, calendar.closes), calendar.deadline(case.now, reader.term(least)))
            assert case.task(kind).due == promised, (kind, rows[kind].due)


@pytest.mark.parametrize("city", CITIES)
def test_a_lease_comes_in_the_clients_name_when_the_document_says(city: str, language: Language) -> None:
    policy, reader = file_of(city).policy, Reader(city, language)
    calendar, row = policy.calendar, reader.tasks.get(TaskKind.DECIDE_CONVERSION)
    assert (row is None) == (not policy.conversion.after)
    for form in policy.conversion.after if row else ():
        assert row is not None
        *forms, later, least = reader.parts(row.due)
        [after] = [part for part in forms if part.startswith(reader.texts.value.lease_form[form].partition(":")[0])]
        for days in (0, 800):
            case = converting(policy, form, days)
            day = calendar.working_day_from(calendar.add(case.keys_day(), reader.term(after)))
            promised = max(calendar.at(day, calendar.closes), calendar.deadline(case.now, reader.term(least)))
            assert case.task(TaskKind.DECIDE_CONVERSION).due == promised, row.due
        case.answer(a.ConversionAnswer(result="extended"))
        again = calendar.working_day_from(calendar.add(case.today, reader.term(later)))
        assert case.task(TaskKind.DECIDE_CONVERSION).due == calendar.at(again, calendar.closes)


def converting(policy: Policy, form: LeaseForm, days: int) -> Case:
    """A case that comes to conversion so many days after the keys, with a lease of this form."""
    case = along(policy, "accept").request_known().sign(form).plan_support().keys().days(days)
    draft = Draft(case.m, policy, case.now, case.municipality, RULES)
    draft.enter(Stage.CONVERSION)
    case.events += draft.events
    case.state = draft.m
    return case


@pytest.mark.parametrize("days", [5, 400])
def test_the_next_home_is_arranged_when_the_document_says(language: Language, days: int) -> None:
    policy, reader = file_of(GORZEN).policy, Reader(GORZEN, language)
    calendar = policy.calendar
    before, _, least = reader.parts(reader.tasks[TaskKind.ARRANGE_ONWARD_MOVE].due)
    case = along(policy, "keys")
    ends_on = case.today + timedelta(days=days)
    state = replace(case.m, lease=replace(case.m.lease, ends_on=ends_on))
    draft = Draft(state, policy, case.now, case.municipality, RULES)
    await_onward_move(draft)
    task = draft.m.tasks[-1]
    soon = calendar.deadline(case.now, reader.term(least))
    arranged = calendar.at(calendar.subtract(ends_on, reader.term(before)), calendar.closes)
    assert task.due == max(arranged, soon)
    onward_move(draft, task, a.OnwardMoveAnswer(way="more_time"))
    assert draft.m.tasks[-1].due == max(calendar.at(ends_on, calendar.closes), soon)


def test_a_viewing_is_due_on_the_agreed_day(language: Language) -> None:
    policy, reader = file_of(GORZEN).policy, Reader(GORZEN, language)
    assert reader.tasks[TaskKind.HOLD_VIEWING].due == reader.words.phrases["viewing_day"]
    case = along(policy, "confirm")
    agreed = case.today + timedelta(days=6)
    case.answer(a.ViewingPlanAnswer(on=agreed))
    assert case.task(TaskKind.HOLD_VIEWING).due == policy.calendar.at(agreed, policy.calendar.closes)


def ends(policy: Policy, start: datetime, term: Term, statutory: bool, whole: bool = False) -> datetime:
    """When a term ends: the law's by the law, the urgency with its last day, a municipality's own at closing time."""
    if statutory:
        return terms.deadline(policy.calendar, start, term)
    own = policy.calendar.deadline(start, term)
    return policy.calendar.end_of_day(policy.calendar.today(own)) if whole else own


@pytest.mark.parametrize("city", CITIES)
def test_every_clock_runs_warns_and_is_extended_as_the_document_says(city: str, language: Language) -> None:
    policy, reader = file_of(city).policy, Reader(city, language)
    calendar, kinds = policy.calendar, {text: kind for kind, text in reader.texts.value.clock.items()}
    by = Actor(role=Role.COORDINATOR, organisation=policy.municipality)
    rows = {kinds[row[0]]: row[2:] for row in reader.table("clock_columns")}
    assert set(rows) == set(ClockKind)
    for kind, (length, warnings, extension) in rows.items():
        for now in NOWS:
            state = replace(eligible(policy).m, clocks=())
            draft = Draft(state, policy, now, by, RULES)
            draft.start_clock(kind)
            clock = draft.m.clock(kind)
            assert clock is not None
            statutory = reader.by_law(length)
            whole = kind is not ClockKind.HOUSING_TARGET
            assert clock.ends_at == ends(policy, now, reader.term(length), statutory, whole)
            days = [calendar.subtract(calendar.today(clock.ends_at), reader.term(x)) for x in reader.parts(warnings)]
            promised = sorted({calendar.at(calendar.working_day_from(day, -1), calendar.opens) for day in days})
            assert list(clock.warnings) == promised
            if kind is ClockKind.HOUSING_TARGET:
                assert extension == reader.words.phrases["none"], "an aim is not extended"
                continue
            draft.extend_clock(kind)
            extended = draft.m.clock(kind)
            assert extended is not None
            assert extended.ends_at == ends(policy, clock.ends_at, reader.term(extension), statutory, whole)


@pytest.mark.parametrize("city", CITIES)
def test_owners_and_who_hears_of_delays_are_the_engines(city: str, language: Language) -> None:
    policy, reader = file_of(city).policy, Reader(city, language)
    roles = {text: role for role, text in reader.texts.value.role.items()}
    for kind, row in reader.tasks.items():
        _, task = opened(policy, kind, MONDAY)
        case = along(policy, "keys")
        draft = Draft(case.m, policy, case.now, case.municipality, RULES)
        whose = SPECS[kind].whose
        owner = whose(draft) if whose else None
        assert (owner.organisation if owner else draft.organisation(roles[row.who])) == task.owner, kind
        first, *later = row.to.split("; ")
        told = re.split(rf", | {reader.words.phrases['and']} ", first)
        assert tuple(roles[name] for name in told) == policy.tasks[kind].escalate_to
        named = [
            reader.words.phrases["then_told"].format(role=reader.texts.value.role[x])
            for x in policy.tasks[kind].then_to
        ]
        assert later == named


# -- whole lives -------------------------------------------------------------------------------------------------


@cache
def lives(city: str) -> Run:
    """A small city lived through to the end, on the pure core."""
    return Run(City(file_of(city).policy, 7, 60)).until_closed()


def states(run: Run) -> Iterator[tuple[datetime, Mediation | None, e.AnyEvent]]:
    """Every event of every life, with the state before it."""
    for life in run.lives:
        state: Mediation | None = None
        for at, _, event in life.events:
            yield at, state, event
            state = evolve(state, event)


def home_looked_at(policy: Policy, reader: Reader, state: Mediation | None, at: datetime) -> set[datetime]:
    """When somebody looks at a home that is kept for who is away: after the term that the document says. When only a
    partner told of the absence, the municipality looks on the next working day.
    """
    assert state
    assert state.absence
    calendar = policy.calendar
    before, _, after = reader.words.phrases["held_home"].partition("{term}")
    said = reader.text.partition(before)[2].partition(after)[0]
    held = calendar.add(state.absence.since, reader.term(said))
    return {calendar.closing(held), calendar.closing(calendar.next_working_day(calendar.today(at)))}


@pytest.mark.parametrize("city", CITIES)
def test_no_task_of_a_whole_city_is_due_otherwise_than_the_document_says(city: str) -> None:
    policy, reader = file_of(city).policy, Reader(city, Language.DUTCH)
    rows, seen = reader.tasks, set()
    for at, state, event in states(lives(city)):
        if isinstance(event, e.TaskOpened) and not event.task.agreed:
            seen.add(event.task.kind)
            row = rows[event.task.kind]
            asked = row._replace(due=reader.parts(row.due)[-1])
            assert event.task.due == reader.due(asked, policy, at), event.task
        elif isinstance(event, e.TaskOpened) and event.task.kind is TaskKind.REVIEW_ABSENCE:
            assert event.task.due in home_looked_at(policy, reader, state, at), event.task
        elif isinstance(event, e.TaskOpened):
            assert event.task.kind in OWN_DAY | OF_A_TERM | {TaskKind.REVIEW_READINESS}, event.task
    assert len(seen) >= 12, seen


@pytest.mark.parametrize("city", CITIES)
def test_a_whole_city_goes_and_ends_only_as_the_diagram_shows(city: str) -> None:
    went: set[tuple[Stage, Stage]] = set()
    stepped_back = False
    for _, state, event in states(lives(city)):
        if isinstance(event, e.StageEntered) and state and state.sequence > 1 and state.stage is not event.stage:
            if not stepped_back:
                went.add((state.stage, event.stage))
            stepped_back = False
        stepped_back = stepped_back or isinstance(event, e.SteppedBack)
        if isinstance(event, e.MediationClosed):
            assert state is not None
            assert event.outcome in ends_of(file_of(city).policy)
            assert not ENDS[event.outcome] or state.stage in ENDS[event.outcome], (event.outcome, state.stage)
    assert went <= {way for way in STAGES if {*way} <= {*stages_of(file_of(city).policy)}}
    assert len(went) >= 6
    assert set(ENDS) == set(Outcome)


# -- figures in the sentences ------------------------------------------------------------------------------------


def test_other_numbers_are_told() -> None:
    text = describe(file_of(GORZEN), Language.DUTCH)
    for sentence in (
        "Het maximum in een kalenderjaar is 120 bemiddelingen.",
        "van meer gemeenten samen: gorzen, aa-en-dijk, kreken, terp-en-zoom en wierhaven.",
        "Daarvan worden 20 plekken vrijgehouden voor: jeugdhulp met verblijf.",
        "Het doel voor deze groep is 60: maatschappelijke opvang en vrouwenopvang.",
        "Het maximum per wijk: 12 bemiddelingen in een kalenderjaar, opnieuw bekijken op vrijdag 15 januari 2027.",
        "Het maximum per complex: 2 bemiddelingen tegelijk.",
        "Voor complex ymere/De Oever: 4 bemiddelingen in een kalenderjaar, dicht tot en met donderdag 30 april 2026.",
        "Hier wordt nu niemand geplaatst: Havenkwartier.",
        "In één kamer is plaats voor ten hoogste 3 mensen.",
        "Dat geldt voor deze doelgroepen: jeugdhulp met verblijf.",
        "Uitzonderingen: de cliënt is daar niet veilig.",
        "Is dat 3 keer niet gelukt? Dan geeft de cliënt antwoord zonder te kijken.",
        "Een tijdelijke huur duurt ten hoogste 18 maanden",
        "De volgende woning is 4 maanden voor het einde geregeld.",
        "met zijn drieën: 15 maanden na de sleutels. Is het nog te vroeg? Dan wordt 3 maanden later",
        "Binnen 3 weken na de sleutels is er een begeleidingsplan",
        "klaar als dit klopt: de cliënt kan voor zichzelf en een huis zorgen en de geldzaken zijn geregeld",
        "Intussen staat stil: Geldigheid van de urgentie.",
        "(als de dag van de sleutels bekend is), en de instelling.",
        "Na één keer nee zeggen zonder goede reden kan de urgentie vervallen.",
        "De begeleiding duurt volgens afspraak 2 jaar.",
        "De zorgaanbieder belt de cliënt 10 weken na de start van de begeleiding.",
        "Kosten (leges): € 42,50.",
        "resultaat 2 jaar",
        "Een loket besluit over de urgentie namens burgemeester en wethouders.",
        "| Hulp daarna (waakvlam) | nee | Zorgaanbieder | - |",
    ):
        assert sentence in text, sentence
    assert "Urgentiecommissie" not in text
    assert "praat de corporatie met de huurder" not in text, "the talk is switched off"
    assert "Of er kosten zijn, is nog niet beslist." in describe(file_of("almere"), Language.DUTCH)


@pytest.mark.parametrize("language", Language)
def test_the_annex_says_reminders_days_and_the_order_of_a_queue_in_words(language: Language) -> None:
    annex = describe(file_of("almere"), language).rpartition("## ")[2]
    values = {
        row.split(" | ")[0].strip("| `"): row.split(" | ")[1] for row in annex.splitlines() if row.startswith("| `")
    }
    says = {
        Language.DUTCH: ("7 dagen na de vraag, 12 dagen na de vraag", "donderdag 1 januari 2026", "wie het langst"),
        Language.ENGLISH: ("7 days after asking, 12 days after asking", "Thursday 1 January 2026", "who has"),
    }[language]
    found = (values["tasks.assess.remind"], values["valid_from"], values["queue.order"])
    assert all(wanted in value for wanted, value in zip(says, found, strict=True)), found
    assert values["version"] == file_of("almere").policy.version


@pytest.mark.parametrize("city", CITIES)
def test_every_gap_is_an_open_point_with_the_value_in_force(city: str, language: Language) -> None:
    reader = Reader(city, language)
    points = reader.table("gap_columns")
    assert len(points) == len(file_of(city).gaps)
    if city == "almere":
        answer = reader.texts.task[TaskKind.ANSWER_OFFER].name
        term = {Language.DUTCH: "5 werkdagen", Language.ENGLISH: "5 working days"}[language]
        assert [f"{answer}: {reader.words.parameters['due']}", term] in points
        assert [reader.words.parameters["follow_up.caller"], reader.words.the_roles[Role.COORDINATOR]] in points


def test_without_gaps_it_says_so() -> None:
    text = text_of("almere")
    read = read_policy(text)
    whole = PolicyFile(read.policy, {p: replace(x, specified=True) for p, x in read.parameters.items()})
    assert "Er zijn geen open punten." in describe(whole, Language.DUTCH)
    assert "Er zijn geen open punten." not in describe(read, Language.DUTCH)


def test_who_is_of_any_of_some_groups_and_who_is_called_once_is_told_so() -> None:
    text = (
        text_of("almere")
        + """
[groups.young]
words = { nl = "jongeren tot 23 jaar", en = "people under 23" }
within = ["youth_care", "shelter"]
age = { at_least = 18, below = 23 }
"""
    )
    once = text.replace("attempts = 3\n", "attempts = 1\n")
    told = describe(check(once), Language.DUTCH)
    assert "jeugdhulp met verblijf of maatschappelijke opvang" in told
    assert "Na één poging wordt aan de begeleider van de zorgaanbieder gevraagd of er contact is." in told
    assert "Na 3 pogingen op verschillende delen van de dag wordt" in describe(check(text), Language.DUTCH)


def test_whole_years_are_told_in_years_and_amounts_of_the_annex_in_euros() -> None:
    text = text_of("almere").replace("[follow_up]", '[exclusions]\nrefused_lapsed = "3 years"\n[follow_up]')
    for language, said in ((Language.DUTCH, "Dan begint de eerste 3 jaar geen nieuwe."), (Language.ENGLISH, "3 years")):
        told = describe(check(text), language)
        assert said in told
        assert not re.search(r"\b(?:12|24|36|48|60) (?:maanden|months)\b", told)
        annex = told.partition(f"## {of(language).description.phrases['appendix']}")[2]
        rows = [line for line in annex.splitlines() if re.match(r"\| `[^`]*_cents` \|", line)]
        assert rows
        assert all("€" in line for line in rows)
