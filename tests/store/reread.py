"""Every report counted once more, from the raw events alone and by other means: what the reports must agree with.

Each function returns, for every table, what is counted in it: a list of (item, group, fact), and how a list of facts
becomes figures. It knows the events' documents as JSON and nothing of the reports' own queries.
"""

import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from store.reports.asked import ReportRequest

Json = dict[str, Any]
Counted = list[tuple[str, str, Any]]
Figures = Mapping[str, Any]
Measured = tuple[Counted, Callable[[Sequence[Any]], Figures]]
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAY = 86_400
LAID_ANEW = frozenset(
    {"TaskGivenTime", "TaskRescheduled", "TaskSnoozed", "TaskReassigned", "TaskTakenOver", "ChoicePassedOn"}
)
"""Events that give a task other moments or another owner."""


def day_of(moment: datetime) -> date:
    return moment.astimezone(AMSTERDAM).date()


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


class Raw(NamedTuple):
    """One event as it is stored."""

    mediation: str
    sequence: int
    ordinal: int
    type: str
    at: datetime
    document: Json


class Asked1(NamedTuple):
    """One task, read from the events."""

    kind: str
    owner: str
    role: str
    opened_at: datetime
    opened_by: int
    due: datetime
    ended_at: datetime | None
    ended_by: int | None
    answered: bool
    late: bool
    reminded: int
    escalated: int


class Told:
    """One mediation, read from its events in order."""

    def __init__(self, events: Sequence[Raw]) -> None:
        self.events = events
        start = events[0].document
        self.parties: Json = start["parties"]
        self.group = start["referral"]["target_group"]
        self.track = start["referral"]["track"]
        self.people = start["referral"]["household_size"]
        self.secret = start["referral"]["address_secret"]
        self.provider = self.parties["care_provider"]
        self.corporation = self.district = "none"
        for event in events:
            self._learn(event)
        self.tasks = [task for task in self._tasks() if task.ended_by != task.opened_by]

    def _learn(self, event: Raw) -> None:
        d = event.document
        if event.type == "ReferralCorrected":
            self.group = d["changes"]["target_group"] or self.group
            self.track = d["changes"]["track"] or self.track
            self.people = d["changes"]["household_size"] or self.people
            told = d["changes"]["address_secret"]
            self.secret = self.secret if told is None else told
        elif event.type == "SupportRequested":
            self.provider = d["provider"]
        elif event.type == "OfferPrepared":
            self.corporation = d["candidate"]["dwelling"]["corporation"]
            self.district = d["candidate"]["dwelling"]["district"]

    def of(self, name: str | None) -> str:
        """The group in a breakdown."""
        groups: dict[str | None, str] = {
            None: "none",
            "target_group": self.group,
            "track": self.track,
            "district": "hidden" if self.secret and self.district != "none" else self.district,
            "institution": self.parties["institution"],
            "district_team": self.parties["district_team"],
            "care_provider": self.provider,
            "corporation": self.corporation,
        }
        return groups[name]

    def all(self, *types: str) -> list[Raw]:
        return [event for event in self.events if event.type in types]

    def first(self, kind: str) -> Raw | None:
        return next(iter(self.all(kind)), None)

    @property
    def keys(self) -> Raw | None:
        return self.first("KeysHandedOver")

    @property
    def keys_on(self) -> date | None:
        told = self.all("KeysHandedOver", "KeysCorrected")
        return date.fromisoformat(told[-1].document["on"]) if told else None

    @property
    def held(self) -> str | None:
        told = self.all("FollowUpHeld", "FollowUpReopened")
        return told[-1].document.get("result") if told else None

    @property
    def support_on(self) -> date | None:
        started = self.first("SupportStarted")
        return date.fromisoformat(started.document["on"]) if started else None

    @property
    def end(self) -> Raw | None:
        return self.first("MediationClosed")

    @property
    def outcome(self) -> str | None:
        return self.end.document["outcome"] if self.end else None

    def _tasks(self) -> list[Asked1]:
        known: dict[str, Asked1] = {}
        open_ids: set[str] = set()
        paused = self.events[0].at
        for event in self.events:
            d = event.document
            if event.type == "TaskOpened":
                t = d["task"]
                due = moment(t["due"])
                known[t["id"]] = Asked1(
                    kind=t["kind"],
                    owner=t["owner"],
                    role=t["owner_role"],
                    opened_at=event.at,
                    opened_by=event.ordinal,
                    due=due,
                    ended_at=None,
                    ended_by=None,
                    answered=False,
                    late=False,
                    reminded=0,
                    escalated=0,
                )
                open_ids.add(t["id"])
            elif event.type in LAID_ANEW:
                t = d["task"]
                whose = {"owner": t["owner"], "role": t["owner_role"]}
                known[t["id"]] = known[t["id"]]._replace(due=moment(t["due"]), **whose)
            elif event.type == "MediationPaused":
                paused = moment(d["at"])
            elif event.type == "MediationResumed":
                for task in open_ids:
                    stood = moment(d["at"]) - max(paused, known[task].opened_at)
                    known[task] = known[task]._replace(due=known[task].due + stood)
            elif event.type in {"TaskAnswered", "TaskCancelled"}:
                self._end(known, d["task"], event)
                open_ids.discard(d["task"])
            elif event.type == "TaskOverdue":
                known[d["task"]] = known[d["task"]]._replace(late=True)
            elif event.type == "TaskReminded":
                known[d["task"]] = known[d["task"]]._replace(reminded=known[d["task"]].reminded + 1)
            elif event.type == "TaskEscalated":
                known[d["task"]] = known[d["task"]]._replace(escalated=known[d["task"]].escalated + 1)
            elif event.type == "MediationClosed":
                for task in open_ids:
                    self._end(known, task, event)
                open_ids.clear()
        return list(known.values())

    @staticmethod
    def _end(known: dict[str, Asked1], task: str, event: Raw) -> None:
        answered = event.type == "TaskAnswered"
        late = known[task].late or (answered and event.at > known[task].due)
        known[task] = known[task]._replace(ended_at=event.at, ended_by=event.ordinal, answered=answered, late=late)


def read(rows: Sequence[Raw]) -> list[Told]:
    """Read the mediations from all their events."""
    by_mediation: dict[str, list[Raw]] = defaultdict(list)
    for row in rows:
        by_mediation[row.mediation].append(row)
    return [Told(sorted(events, key=lambda one: one.sequence)) for events in by_mediation.values()]


def spread(days: Sequence[float], name: str, last: str = "p90_days") -> Figures:
    """The count, the median and the value that nine of ten do not exceed, or the longest."""
    ordered = sorted(days)
    if not ordered:
        return {name: 0, "median_days": None, last: None}
    top = ordered[math.ceil(0.9 * len(ordered)) - 1] if last == "p90_days" else ordered[-1]
    return {name: len(ordered), "median_days": round(statistics.median(ordered), 1), last: round(top, 1)}


def leadtime(mediations: Sequence[Told], asked: ReportRequest) -> dict[str, Measured]:
    counted: Counted = []
    for m in mediations:
        if not (m.keys and m.keys_on and asked.first <= m.keys_on <= asked.last):
            continue
        group = m.of(asked.by)
        opened = m.events[0].at
        paused = _pauses(m, asked.now)
        counted.append(
            ("referral_to_keys", group, ((m.keys_on - day_of(opened)).days, paused(opened, m.keys.at), None))
        )
        urgency, target = m.first("UrgencyGranted"), None
        for clock in m.all("ClockStarted"):
            if clock.document["clock"]["kind"] == "housing_target":
                target = target or day_of(moment(clock.document["clock"]["ends_at"]))
        if urgency:
            days = (m.keys_on - day_of(urgency.at)).days
            hit = None if target is None else m.keys_on <= target
            counted.append(("urgency_to_keys", group, (days, paused(urgency.at, m.keys.at), hit)))
        if m.support_on:
            counted.append(("keys_to_support", group, ((m.support_on - m.keys_on).days, 0.0, None)))

    def figures(spans: Sequence[Any]) -> Figures:
        hits = [hit for _, _, hit in spans if hit is not None]
        return {
            **spread([days for days, _, _ in spans], "mediations"),
            "suspended_days": round(sum(s for _, s, _ in spans) / len(spans), 2) if spans else None,
            "within_target": hits.count(True) if hits else None,
            "after_target": hits.count(False) if hits else None,
            "share_within_target": round(hits.count(True) / len(hits), 3) if hits else None,
        }

    bins = [(f"{span} {_thirty(days)}", group, days) for span, group, (days, _, _) in counted]
    return {"leadtime": (counted, figures), "leadtime_bins": (bins, lambda of: {"mediations": len(of)})}


def _thirty(days: int) -> str:
    n = max(math.ceil(days / 30), 1)
    return f"{30 * n - 29}-{30 * n}" if n <= 12 else "over 360"


def _pauses(m: Told, now: datetime) -> Callable[[datetime, datetime], float]:
    """Go through the time hour by hour's edge: count what lies between two edges if any clock stands still then."""
    standing: set[str] = set()
    edges: list[tuple[datetime, bool]] = []
    for event in m.all("ClockSuspended", "ClockResumed", "ClockStopped"):
        if event.type == "ClockSuspended":
            standing.add(event.document["clock"])
        else:
            standing.discard(event.document["clock"])
        edges.append((event.at, bool(standing)))
    pairs = list(zip(edges, [*edges[1:], (now, False)], strict=True)) if edges else []

    def within(start: datetime, end: datetime) -> float:
        total = 0.0
        for (since, still), (until, _) in pairs:
            if still and min(until, end) > max(since, start):
                total += (min(until, end) - max(since, start)).total_seconds() / DAY
        return total

    return within


def stages(mediations: Sequence[Told], asked: ReportRequest) -> dict[str, Measured]:
    left, inside, ended, waiting = [], [], [], []
    for m in mediations:
        group, stage, since = m.of(asked.by), "", m.events[0].at
        for event in m.all("StageEntered", "MediationClosed"):
            if stage and asked.first <= day_of(event.at) <= asked.last:
                left.append((stage, group, (event.at - since).total_seconds() / DAY))
            stage, since = event.document.get("stage", ""), event.at
        if stage:
            waits = any(task.ended_at is None and task.due < asked.now for task in m.tasks)
            inside.append((stage, group, ((asked.now - since).total_seconds() / DAY, waits)))
        for task in m.tasks:
            if task.ended_at is None:
                waiting.append((task, group))
            elif asked.first <= day_of(task.ended_at) <= asked.last:
                ended.append((task, group))

    def waited(of: Sequence[Any]) -> Figures:
        days = [((t.ended_at or asked.now) - t.opened_at).total_seconds() / DAY for t in of]
        total = sum(((t.ended_at or asked.now) - t.opened_at for t in of), timedelta())
        return {**spread(days, "tasks"), "total_days": round(total / timedelta(days=1), 1)}

    def waited_now(of: Sequence[Any]) -> Figures:
        late = len([t for t in of if t.due < asked.now])
        figures = {**waited(of), "overdue": late, "in_time": len(of) - late}
        figures.pop("p90_days")
        return figures

    def now_inside(of: Sequence[Any]) -> Figures:
        late = len([waits for _, waits in of if waits])
        figures = spread([days for days, _ in of], "mediations", "longest_days")
        return {**figures, "overdue": late, "in_time": len(of) - late}

    return {
        "stages": (left, lambda of: spread(of, "stays")),
        "actors": ([(t.role, g, t) for t, g in ended], waited),
        "owners": ([(t.owner, g, t) for t, g in ended], waited),
        "waiting_stages": (inside, now_inside),
        "waiting_tasks": ([(t.kind, g, t) for t, g in waiting], waited_now),
        "waiting_owners": ([(t.owner, g, t) for t, g in waiting], waited_now),
    }


def refusals(mediations: Sequence[Told], asked: ReportRequest) -> dict[str, Measured]:
    offers: Counted = []
    reasons: dict[str, Counted] = {"refusals": [], "declined": [], "withdrawn": []}
    for n, m in enumerate(mediations):
        steps = m.all(
            *("OfferPrepared", "OfferDeclined", "OfferWithdrawn", "OfferRefused", "RefusalJudged", "LeaseFailed"),
            "KeysHandedOver",
        )
        starts = [place for place, step in enumerate(steps) if step.type == "OfferPrepared"]
        for start, until in zip(starts, (*starts[1:], len(steps)) if starts else (), strict=True):
            if not asked.first <= day_of(steps[start].at) <= asked.last:
                continue
            dwelling = steps[start].document["candidate"]["dwelling"]
            group = (dwelling | ({"district": "hidden"} if m.secret else {})).get(str(asked.by)) or m.of(asked.by)
            what = {step.type: step.document for step in steps[start + 1 : until]}
            judged = what.get("RefusalJudged", {}).get("valid")
            if "OfferRefused" in what:
                reasons["refusals"].append((what["OfferRefused"]["reason"], group, judged))
                fate = "refused_unjudged" if judged is None else "refused_valid" if judged else "refused_invalid"
            elif "OfferDeclined" in what:
                fate = "declined"
                reasons["declined"].append((what["OfferDeclined"]["reason"], group, 1))
            elif "OfferWithdrawn" in what:
                fate = "withdrawn"
                reasons["withdrawn"].append((what["OfferWithdrawn"]["reason"], group, 1))
            elif "LeaseFailed" in what:
                fate = "failed_check"
            elif "KeysHandedOver" in what:
                fate = "housed"
            else:
                fate = "ended" if m.end else "open"
            offers.append(("all", group, (n, fate)))
    fates = ("declined", "withdrawn", "failed_check", "refused_valid", "refused_invalid", "refused_unjudged", "housed")

    def made(of: Sequence[Any]) -> Figures:
        different = len({n for n, _ in of})
        counts = {fate: len([1 for _, one in of if one == fate]) for fate in (*fates, "ended", "open")}
        average = round(len(of) / different, 2) if of else None
        return {"offers": len(of), "mediations": different, "per_mediation": average, **counts}

    def judged_so(of: Sequence[Any]) -> Figures:
        valid, invalid = len([j for j in of if j is True]), len([j for j in of if j is False])
        return {"refusals": len(of), "valid": valid, "invalid": invalid, "unjudged": len(of) - valid - invalid}

    def number(of: Sequence[Any]) -> Figures:
        return {"offers": len(of)}

    return {
        "offers": (offers, made),
        "refusals": (reasons["refusals"], judged_so),
        "declined": (reasons["declined"], number),
        "withdrawn": (reasons["withdrawn"], number),
    }


def shortage(mediations: Sequence[Told], asked: ReportRequest) -> dict[str, Measured]:
    homes: list[tuple[Json, str, str, str]] = []
    hindered: Counted = []
    for m in mediations:
        group = m.of(asked.by)
        needs = m.events[0].document["referral"]["needs"]
        for event in m.all("ReferralCorrected"):
            needs = event.document["changes"]["needs"] or needs
        for event in m.all("OfferPrepared"):
            if asked.first <= day_of(event.at) <= asked.last:
                home = event.document["candidate"]["dwelling"] | ({"district": "hidden"} if m.secret else {})
                band = _band(m, home["rent_cents"], day_of(event.at), asked)
                homes.append((home, home.get(str(asked.by)) or group, "offered", band))
        if not [task for task in m.tasks if task.kind == "make_offer" and task.ended_at is None]:
            continue
        listed: Json | None = None
        for event in m.all("TaskOpened", "DwellingsListed"):
            if event.type == "DwellingsListed":
                listed = event.document
            elif event.document["task"]["kind"] == "make_offer":
                listed = None
        fate, ways = _listed(listed)
        homes.append((needs, group, fate, _band(m, needs["rent_limit_cents"], day_of(asked.now), asked)))
        hindered += [(way, group, fate) for way in ways]

    def counted(of: Sequence[Any]) -> Figures:
        waits = ("with_suitable", "only_full", "none_suits", "not_listed")
        counts = {fate: len([1 for one in of if one == fate]) for fate in waits}
        return {"waiting": sum(counts.values()), **counts, "offered": len(of) - sum(counts.values())}

    access = {(0, 0): "neither", (1, 0): "accessible", (0, 1): "low_stimulus", (1, 1): "both"}
    districts = [
        (one, group, fate)
        for home, group, fate, _ in homes
        for one in ([home["district"]] if fate == "offered" else home["wanted_districts"] or ["any"])
    ]
    return {
        "rents": ([(band, group, fate) for _, group, fate, band in homes], counted),
        "rooms": ([(str(home["rooms"]), group, fate) for home, group, fate, _ in homes], counted),
        "wanted_districts": (districts, counted),
        "access": ([(access[h["accessible"], h["low_stimulus"]], g, fate) for h, g, fate, _ in homes], counted),
        "in_the_way": (
            hindered,
            lambda of: {"mediations": len(of), "without": len([1 for one in of if one != "with_suitable"])},
        ),
    }


def _listed(listed: Json | None) -> tuple[str, set[str]]:
    """How a client waits by the last listing, and what stands in the way."""
    if listed is None:
        return "not_listed", set()
    full = [one for home in listed["full"] for one in home["conditions"] if not one["advisory"]]
    ways = {*listed["unmet"], *(one["name"] for one in full if one["verdict"] != "met")}
    if listed["suitable"]:
        return "with_suitable", ways
    return ("only_full" if listed["full"] else "none_suits"), ways


def _band(m: Told, cents: int, day: date, asked: ReportRequest) -> str:
    """Which limit a rent stays within, by the policy of the city: every mediation here runs under it."""
    (policy,) = (one for one in asked.policies if one.municipality == m.parties["municipality"])
    assert policy.suitability
    rents = policy.suitability.rents
    years = [year for year in rents if year <= day.year]
    if not years:
        return "not_known"
    year = rents[max(years)]
    steps = {"quality_discount": year.quality_discount_cents, "small": year.small_cents, "large": year.large_cents}
    return next((f"up_to_{name}" for name, most in steps.items() if cents <= most), "above")


BESIDES = (
    *("SupportUnable", "SupportBridged", "SupportRequested", "SupportPlanned", "SupportReturned", "DeliveryFailed"),
    *("SignalReported", "SignalCalmed", "SignalHandedOver", "ArrearsNotPassedOn", "AbsenceStarted", "AbsenceEnded"),
    *("LeaseConverted", "ConversionExtended", "ConversionLeft", "MediationPaused", "MediationResumed", "SteppedBack"),
    *("ObjectionFiled", "ObjectionExtended", "ObjectionDecided", "ProviderChanged", "ClockExtended", "ClockExpired"),
    *("PolicyAdopted", "DefaultNoticeReceived", "PenaltyBegan", "PenaltyEnded"),
    *("ClientWithdrew", "ContactChanged", "DeathReported", "DeathDenied", "ConversionAdvised", "MediationReopened"),
    *("ComplaintFiled", "ComplaintPostponed", "ComplaintAnswered", "ComplaintAnswerSent"),
)
"""What is no ordinary event after the keys."""


def aftercare(mediations: Sequence[Told], asked: ReportRequest) -> dict[str, Measured]:
    housed: Counted = []
    signals: Counted = []
    for n, m in enumerate(mediations):
        group = m.of(asked.by)
        if m.keys_on and asked.first <= m.keys_on <= asked.last:
            housed.append(("all", group, m))
        for event in m.events if m.keys else ():
            after = m.keys is not None and event.at >= m.keys.at
            if after and event.type in BESIDES and asked.first <= day_of(event.at) <= asked.last:
                signals.append((event.type, group, n))

    def support(of: Sequence[Any]) -> Figures:
        counts = {"keys": len(of), "on_time": 0, "late": 0, "not_started": 0}
        for m in of:
            opened = [e.document["task"] for e in m.all("TaskOpened") if e.document["task"]["kind"] == "start_support"]
            if m.support_on is None:
                counts["not_started"] += 1
            else:
                counts["on_time" if m.support_on <= day_of(moment(opened[0]["due"])) else "late"] += 1
        began = counts["on_time"] + counts["late"]
        return {**counts, "share_on_time": round(counts["on_time"] / began, 3) if began else None}

    def calls(of: Sequence[Any]) -> Figures:
        spoken = [m for m in of if m.held]
        rest = [m.outcome for m in of if not m.held]
        return {
            "keys": len(of),
            "held": len(spoken),
            "unreachable": len([o for o in rest if o == "housed_unreachable"]),
            "to_come": len([o for o in rest if o is None]),
            "ended_before": len([o for o in rest if o not in {None, "housed_unreachable"}]),
            "attempts_without_reply": sum(len(m.all("CallAttempted")) for m in of),
        }

    results = [(m.held, g, m) for _, g, m in housed if m.held]
    return {
        "support": (housed, support),
        "calls": (housed, calls),
        "results": (results, lambda of: {"mediations": len(of)}),
        **_home(mediations, asked),
        "events": (signals, lambda of: {"events": len(of), "mediations": len(set(of))}),
    }


def _home(mediations: Sequence[Told], asked: ReportRequest) -> dict[str, Measured]:
    signals: Counted = []
    absences: Counted = []
    leases: Counted = []
    ends: Counted = []
    for n, m in enumerate(mediations):
        group = m.of(asked.by)
        for event in [e for e in m.events if asked.first <= day_of(e.at) <= asked.last]:
            d = event.document
            if event.type == "SignalReported":
                after = {e.type for e in m.events if e.document.get("signal") == d["signal"]["id"]}
                signals.append((d["signal"]["kind"], group, (n, m.outcome, after)))
            elif event.type == "AbsenceStarted":
                rest = m.events[m.events.index(event) :]
                back = next((e for e in rest if e.type == "AbsenceEnded"), None)
                since = date.fromisoformat(d["absence"]["since"])
                days = (date.fromisoformat(back.document["on"]) - since).days if back else None
                absences.append((d["absence"]["kind"], group, (m.outcome, days)))
            elif event.type in {"LeaseConverted", "ConversionExtended", "ConversionLeft"}:
                leases.append(("all", group, (event.type, n)))
            elif event.type == "MediationClosed" and m.keys:
                ends.append((d["outcome"], group, n))

    def told(of: Sequence[Any]) -> Figures:
        calmed = len([1 for _, _, after in of if "SignalCalmed" in after])
        handed = len([1 for _, _, after in of if "SignalHandedOver" in after and "SignalCalmed" not in after])
        rest = [end for _, end, after in of if not after & {"SignalCalmed", "SignalHandedOver"}]
        return {
            "told": len(of),
            "calmed": calmed,
            "handed_over": handed,
            "open": len([1 for end in rest if end is None]),
            "ended": len([1 for end in rest if end is not None]),
            "not_passed_on": len([1 for _, _, after in of if "ArrearsNotPassedOn" in after]),
            "mediations": len({n for n, _, _ in of}),
        }

    def away(of: Sequence[Any]) -> Figures:
        days = [days for _, days in of if days is not None]
        return {
            "began": len(of),
            "returned": len(days),
            "away": len([1 for end, days in of if days is None and end is None]),
            "ended": len([1 for end, days in of if days is None and end is not None]),
            "median_days": round(statistics.median(days), 1) if days else None,
        }

    def own(of: Sequence[Any]) -> Figures:
        names = {"converted": "LeaseConverted", "extended": "ConversionExtended", "left": "ConversionLeft"}
        return {name: len({n for type_, n in of if type_ == wanted}) for name, wanted in names.items()}

    return {
        "signals": (signals, told),
        "absences": (absences, away),
        "own_lease": (leases, own),
        "ends": (ends, lambda of: {"mediations": len(of)}),
    }


def council(mediations: Sequence[Told], asked: ReportRequest) -> dict[str, Measured]:
    flow: Counted = []
    ended: Counted = []
    cases: Counted = []
    urgencies: Counted = []
    overrides: Counted = []
    deadlines: Counted = []
    for n, m in enumerate(mediations):
        group = m.of(asked.by)
        referred = asked.first <= day_of(m.events[0].at) <= asked.last
        if referred:
            flow.append(("referred", group, m.people))
            cases.append((m.outcome or "open", group, m.people))
        if m.keys_on and asked.first <= m.keys_on <= asked.last:
            flow.append(("outflow", group, m.people))
        if m.end and asked.first <= day_of(m.end.at) <= asked.last:
            flow.append(("ended", group, m.people))
            ended.append((str(m.outcome), group, m.people))
        in_period = [e for e in m.events if asked.first <= day_of(e.at) <= asked.last]
        for event in in_period:
            about = event.document.get("clock")
            if event.type == "RuleOverridden":
                overrides.append((event.document["rule"], group, n))
            elif event.type == "UrgencyGranted":
                urgencies.append(("all", group, ("granted", n)))
            elif event.type == "ClockExtended" and about == "urgency":
                urgencies.append(("all", group, ("extended", n)))
            elif event.type == "ClockExpired" and about == "urgency":
                urgencies.append(("all", group, ("expired", n)))
                if not [e for e in m.all("OfferPlaced") if e.sequence < event.sequence]:
                    urgencies.append(("all", group, ("expired_without_offer", n)))
        for task in m.tasks:
            if task.ended_at is None and task.due < asked.now:
                deadlines.append((task.kind, group if asked.by else task.owner, "open"))
            if task.ended_at and task.answered and asked.first <= day_of(task.ended_at) <= asked.last:
                deadlines.append((task.kind, group if asked.by else task.owner, "missed" if task.late else "met"))

    def households(of: Sequence[Any]) -> Figures:
        return {"mediations": len(of), "people": sum(of)}

    def urgency(of: Sequence[Any]) -> Figures:
        names = ("granted", "extended", "expired", "expired_without_offer")
        counts = {name: len({n for what, n in of if what == name}) for name in names}
        return {**counts, "expired_after_offer": counts["expired"] - counts["expired_without_offer"]}

    def kept(of: Sequence[Any]) -> Figures:
        met, missed = len([1 for x in of if x == "met"]), len([1 for x in of if x == "missed"])
        share = round(met / (met + missed), 3) if met + missed else None
        late = len(of) - met - missed
        return {"answered": met + missed, "met": met, "missed": missed, "share_met": share, "open_overdue": late}

    return {
        "flow": (flow, households),
        "outcomes": (ended, households),
        "cases": (cases, households),
        "urgencies": (urgencies, urgency),
        **_disputes(mediations, asked),
        **_complaints(mediations, asked),
        **_late(mediations, asked),
        "overrides": (overrides, lambda of: {"times": len(of), "mediations": len(set(of))}),
        "deadlines": (deadlines, kept),
    }


def _complaints(mediations: Sequence[Told], asked: ReportRequest) -> dict[str, Measured]:
    complaints: Counted = []
    today = day_of(asked.now)
    for m in mediations:
        for filed in m.all("ComplaintFiled"):
            d = filed.document
            own = [
                event
                for event in m.all("ComplaintPostponed", "ComplaintAnswered", "ComplaintAnswerSent")
                if event.document["complaint"] == d["complaint"]
            ]
            by_type = {event.type: event.document for event in own}
            last = by_type.get("ComplaintPostponed", d)["last_day"]
            sent = by_type.get("ComplaintAnswerSent", {}).get("on")
            result = by_type.get("ComplaintAnswered", {}).get("result")
            kept = "in_time" if sent and sent <= last else "late" if (sent or str(today)) > last else ""
            if asked.first <= day_of(filed.at) <= asked.last:
                later = "ComplaintPostponed" in by_type
                complaints.append((d["complainant"], m.of(asked.by), (result or "unanswered", kept, later)))

    def told(of: Sequence[Any]) -> Figures:
        names = ("well_founded", "partly_founded", "unfounded", "settled", "withdrawn", "not_handled", "unanswered")
        results = {name: len([1 for got, _, _ in of if got == name]) for name in names}
        kept = {name: len([1 for _, got, _ in of if got == name]) for name in ("in_time", "late")}
        return {"filed": len(of), **results, **kept, "postponed": len([1 for _, _, later in of if later])}

    return {"complaints": (complaints, told)}


def _late(mediations: Sequence[Told], asked: ReportRequest) -> dict[str, Measured]:
    late: Counted = []
    for m in mediations:
        group = m.of(asked.by)
        for event in [e for e in m.events if asked.first <= day_of(e.at) <= asked.last]:
            d = event.document
            if event.type == "ClockExpired" and d["clock"] == "decision_term":
                late.append(("urgency", group, ("broken", 0, 0)))
            elif event.type == "TaskOverdue" and d["task"].startswith("decide_objection-"):
                late.append(("objection", group, ("broken", 0, 0)))
            elif event.type == "DefaultNoticeReceived":
                late.append((d["notice"]["late"], group, ("notices", 0, 0)))
            elif event.type == "PenaltyEnded" and d["days"]:
                late.append((d["late"], group, ("penalties", d["days"], d["cents"])))

    def told(of: Sequence[Any]) -> Figures:
        counts = {name: len([1 for what, _, _ in of if what == name]) for name in ("broken", "notices", "penalties")}
        return {**counts, "penalty_days": sum(x[1] for x in of), "penalty_cents": sum(x[2] for x in of)}

    return {"late_decisions": (late, told)}


def _disputes(mediations: Sequence[Told], asked: ReportRequest) -> dict[str, Measured]:
    objections: Counted = []
    origins: Counted = []
    for m in mediations:
        group = m.of(asked.by)
        filed, decided = m.all("ObjectionFiled"), m.all("ObjectionDecided")
        for n, event in enumerate(filed):
            if asked.first <= day_of(event.at) <= asked.last:
                result = decided[n].document["result"] if n < len(decided) else None
                result = "well_founded" if result == "upheld" else result
                objections.append((event.document["against"], group, (result, event.document["suspends"])))
        for event in m.all("OriginDetermined", "TransferRefused"):
            if asked.first <= day_of(event.at) <= asked.last:
                here = event.document["origin"] == m.parties["municipality"]
                origins.append(("all", group, (event.type, here, event.document.get("exception"))))

    def objected(of: Sequence[Any]) -> Figures:
        results = ("well_founded", "dismissed", "inadmissible", "withdrawn")
        return {
            "filed": len(of),
            **{result: len([1 for got, _ in of if got == result]) for result in results},
            "undecided": len([1 for got, _ in of if got is None]),
            "suspending": len([1 for _, suspends in of if suspends]),
        }

    def found(of: Sequence[Any]) -> Figures:
        looked = [(here, exception) for type_, here, exception in of if type_ == "OriginDetermined"]
        return {
            "determined": len(looked),
            "here": len([1 for here, _ in looked if here]),
            "elsewhere": len([1 for here, _ in looked if not here]),
            "exceptions": len([1 for _, exception in looked if exception]),
            "transfers_refused": len([1 for type_, _, _ in of if type_ == "TransferRefused"]),
        }

    return {"objections": (objections, objected), "origins": (origins, found)}


def workload(mediations: Sequence[Told], asked: ReportRequest) -> dict[str, Measured]:
    tasks: Counted = [(task.owner, m.of(asked.by), task) for m in mediations for task in m.tasks]

    def desk(of: Sequence[Any]) -> Figures:
        waiting = [t for t in of if t.ended_at is None]
        ended = [t for t in of if t.ended_at and asked.first <= day_of(t.ended_at) <= asked.last]
        ahead = [(t.due - asked.now).total_seconds() / DAY for t in waiting]
        return {
            "open": len(waiting),
            "overdue": len([d for d in ahead if d < 0]),
            "due_soon": len([d for d in ahead if 0 <= d < 7]),
            "due_later": len([d for d in ahead if d >= 7]),
            "reminders": sum(t.reminded for t in waiting),
            "escalations": sum(t.escalated for t in waiting),
            "answered": len([t for t in ended if t.answered]),
            "cancelled": len([t for t in ended if not t.answered]),
        }

    seen = [(o, g, t) for o, g, t in tasks if t.ended_at is None or asked.first <= day_of(t.ended_at) <= asked.last]
    return {"desk": (seen, desk)}


def service(mediations: Sequence[Told], asked: ReportRequest) -> dict[str, Measured]:
    def within(task: Asked1) -> bool:
        return task.ended_at is not None and task.answered and asked.first <= day_of(task.ended_at) <= asked.last

    def kept(of: Sequence[Any]) -> Figures:
        done = [t for t in of if t.ended_at]
        good = [t for t in done if not t.late]
        days = sorted((t.ended_at - t.opened_at).total_seconds() / DAY for t in done)
        return {
            "answered": len(done),
            "in_time": len(good),
            "late": len(done) - len(good),
            "in_time_share": round(len(good) / len(done), 3) if done else None,
            "median_days": round(statistics.median(days), 1) if days else None,
            "chased": len([t for t in done if t.reminded + t.escalated > 0]),
            "reminders": sum(t.reminded for t in done),
            "escalations": sum(t.escalated for t in done),
            "open_late": len([t for t in of if not t.ended_at and t.due < asked.now]),
        }

    seen = [(m.of(asked.by), t) for m in mediations for t in m.tasks if t.ended_at is None or within(t)]
    owners = [(t.owner, group, t) for group, t in seen]
    roles = [(t.role, group, t) for group, t in seen]
    return {"service": (owners, kept), "service_roles": (roles, kept)}


class Place(NamedTuple):
    """A place that a mediation holds."""

    town: str
    period: str
    units: int
    used: bool
    beyond: bool
    parts: tuple[str, ...]
    group: str


def _places(mediations: Sequence[Told], asked: ReportRequest) -> list[Place]:
    held = []
    for m in mediations:
        given = m.all("PlaceReserved", "PlaceReleased")
        if given and given[-1].type == "PlaceReserved":
            d = given[-1].document
            period = f"{d['year']}-H{d['half']}" if d["half"] else str(d["year"])
            town, used = m.parties["municipality"], bool(m.all("PlaceConsumed"))
            parts = (d["part"], *d.get("also", ())) if d["part"] else ()
            held.append(Place(town, period, d["units"], used, d["beyond_limit"], parts, m.of(asked.by)))
    return held


def _units(of: Sequence[Place]) -> dict[str, int]:
    return {
        "given": sum(p.units for p in of),
        "used": sum(p.units for p in of if p.used),
        "reserved": sum(p.units for p in of if not p.used),
        "beyond": sum(p.units for p in of if p.beyond),
    }


def _ahead(of: Sequence[Place], limit: int | None, year: int, asked: ReportRequest) -> dict[str, int | None]:
    begin, today = date(year, 1, 1), day_of(asked.now)
    length = (date(year + 1, 1, 1) - begin).days
    gone = min(max((today - begin).days + 1, 1), length)
    within = sum(p.units for p in of if not p.beyond)
    end = math.floor(sum(p.units for p in of) * length / gone + 0.5)
    ahead = range(length - (today - begin).days) if limit is not None else ()
    full = (n for n in ahead if within >= (limit or 0) or within * max(gone + n, 1) >= (limit or 0) * gone)
    left = None if limit is None else max(0, limit - within)
    return {"left": left, "forecast": end, "full_in_days": next(full, None)}


def places(mediations: Sequence[Told], asked: ReportRequest) -> dict[str, dict[tuple[str, str | None], Figures]]:
    """The rows of the report of places, by table, of cities that share nothing and count by the year.

    Of a group only the rows in which something was given.
    """
    held = _places(mediations, asked)
    rows: dict[str, dict[tuple[str, str | None], Figures]] = {"places": {}, "parts": {}, "municipalities": {}}
    for policy in asked.policies:
        for year in range(asked.first.year, asked.last.year + 1):
            town, limit = policy.municipality, policy.capacity.limit
            name = f"{town} {year}"
            own = [p for p in held if (p.town, p.period) == (town, str(year))]
            rows["places"][name, None] = {"limit": limit, **_units(own), **_ahead(own, limit, year, asked)}
            rows["municipalities"][f"{name} {town}", None] = _units(own)
            for part, sub in policy.capacity.sub_targets.items():
                of, free = [p for p in own if part in p.parts], sub.target if sub.reserved else 0
                decided = {"target": sub.target, "kept_free": free}
                rows["parts"][f"{name} {part}", None] = decided | _units(of) | _ahead(of, sub.target, year, asked)
            for group in {p.group for p in own} if asked.by else ():
                rows["places"][name, group] = _units([p for p in own if p.group == group])
                rows["municipalities"][f"{name} {town}", group] = _units([p for p in own if p.group == group])
    return rows


def placements(mediations: Sequence[Told], asked: ReportRequest) -> dict[str, dict[tuple[str, str | None], int]]:
    """How many placements there are, by table, per municipality with its year, and there per district or complex."""
    counts: dict[str, dict[tuple[str, str | None], int]] = {"districts": {}, "complexes": {}}
    for m in mediations:
        claims: list[Json] = []
        lost = (*("OfferDeclined", "OfferWithdrawn", "OfferRefused", "OfferLetGo"), *("SteppedBack", "MediationClosed"))
        for event in m.all("OfferPrepared", "LeaseFailed", *lost):
            if event.type == "OfferPrepared":
                claims = event.document["spread"]
            elif not m.keys or event.sequence < m.keys.sequence:
                claims = []
        for claim in claims:
            place = f"{claim['corporation']}/{claim['name']}" if claim["corporation"] else claim["name"]
            place = "hidden" if m.secret else place
            table = counts["districts" if claim["scope"] == "district" else "complexes"]
            for group in (None, place) if asked.first.year <= int(claim["period"]) <= asked.last.year else ():
                key = (f"{claim['municipality']} {claim['period']}", group)
                table[key] = table.get(key, 0) + 1
    return counts


READINGS = {
    "leadtime": leadtime,
    "stages": stages,
    "refusals": refusals,
    "shortage": shortage,
    "aftercare": aftercare,
    "council": council,
    "workload": workload,
    "service": service,
}
