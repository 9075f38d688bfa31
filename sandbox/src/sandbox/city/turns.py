"""Turns that a mediation takes unasked: signals, absences and returns, another provider, a pause, a step back."""

from collections.abc import Iterator
from datetime import date, timedelta

from domain.facts.absences import AbsenceKind
from domain.facts.outcome import Stage
from domain.facts.parties import Role
from domain.facts.signals import SignalKind
from domain.facts.tasks import TaskKind
from domain.policy.agreements import told_early
from sandbox.city import temperament as t
from sandbox.city.acts import Act, Body
from sandbox.city.around import Around
from sandbox.city.moments import at_least
from sandbox.city.words import note


def turns(around: Around) -> Iterator[Act | None]:
    """Return what may come up next; None for what does not."""
    yield from (_signal(around, kind) for kind in SignalKind)
    yield from (_away(around, kind) for kind in AbsenceKind)
    yield _back(around)
    yield _changes_provider(around)
    yield _pauses(around)
    yield _resumes(around)
    yield _steps_back(around)


def _signal(around: Around, kind: SignalKind) -> Act | None:
    """Somebody tells that something goes wrong at home; the corporation about the tenancy, the provider about care."""
    key, seen = f"signal:{kind.value}", around.seen
    keys = seen.handed_over_on
    if not told_early(around.city.policy.agreements, kind):
        return None
    if keys is None or kind in seen.signals or not around.chance(key).happens(t.SIGNALS[kind], "comes"):
        return None
    tenancy = kind in {SignalKind.NUISANCE, SignalKind.ARREARS}
    role = Role.CORPORATION if tenancy else Role.CARE_PROVIDER
    who = seen.offer.corporation if tenancy and seen.offer else seen.provider
    if who is None:
        return None
    day = keys + timedelta(days=around.chance(key).whole(*t.SIGNALS_AFTER_DAYS, "day"))
    body = {"type": "ReportSignal", "kind": kind.value, "note": note(around.resident, around.chance(key), "signal")}
    return around.command(key, role, who, day, body, after=around.resident.arrives_at)


def _away(around: Around, kind: AbsenceKind) -> Act | None:
    """The client is elsewhere for some time."""
    key, seen = f"away:{kind.value}", around.seen
    if seen.absent_since or not around.chance(key).happens(t.AWAY[kind], "goes"):
        return None
    time_out = kind is AbsenceKind.TIME_OUT
    if time_out and seen.handed_over_on is None:
        return None
    first = seen.handed_over_on if time_out and seen.handed_over_on else around.today(around.resident.arrives_at)
    day = first + timedelta(days=around.chance(key).whole(*t.AWAY_AFTER_DAYS, "day"))
    policy = around.city.policy
    since = at_least(policy.calendar, around.today(around.now), day, policy.bounds.told)
    body = {
        "type": "ReportAbsence",
        "kind": kind.value,
        "since": since.isoformat(),
        "note": note(around.resident, around.chance(key), "absence"),
    }
    return _by_municipality(around, key, day, body)


def _back(around: Around) -> Act | None:
    """Some are back before anybody looks again."""
    since = around.seen.absent_since
    key = f"back:{since}"
    if since is None or not around.chance(key).happens(t.BACK_SOON, "back"):
        return None
    day = since + timedelta(days=around.chance(key).whole(*t.BACK_AFTER_DAYS, "day"))
    return _by_municipality(around, key, day, {"type": "ReportReturn", "on": day.isoformat()})


def _changes_provider(around: Around) -> Act | None:
    """The provider stops, and another takes over."""
    chance, seen = around.chance("provider"), around.seen
    asked = {TaskKind.START_SUPPORT, TaskKind.BRIDGE_SUPPORT} & {task.kind for task in seen.tasks}
    if seen.handed_over_on is None or seen.stage == Stage.SUPPORT_START or asked:
        return None
    others = [one.id for one in around.city.organisations.providers if one.id != seen.provider]
    if not others or not chance.happens(t.CHANGES_PROVIDER, "changes"):
        return None
    day = seen.handed_over_on + timedelta(days=chance.whole(*t.SIGNALS_AFTER_DAYS, "day"))
    body = {
        "type": "ChangeProvider",
        "provider": chance.one_of(others, "who"),
        "note": note(around.resident, chance, "provider"),
    }
    return _by_municipality(around, "provider", day, body)


def _pauses(around: Around) -> Act | None:
    chance = around.chance("pause")
    if around.seen.paused_on or not chance.happens(t.PAUSED, "pauses"):
        return None
    day = around.today(around.resident.arrives_at) + timedelta(days=chance.whole(*t.PAUSED_AFTER_DAYS, "day"))
    body = {"type": "PauseMediation", "note": note(around.resident, chance, "pause")}
    return _by_municipality(around, "pause", day, body)


def _resumes(around: Around) -> Act | None:
    paused_on = around.seen.paused_on
    if paused_on is None:
        return None
    day = paused_on + timedelta(days=around.chance("resume").whole(*t.PAUSED_DAYS, "day"))
    return _by_municipality(around, "resume", day, {"type": "ResumeMediation"})


def _steps_back(around: Around) -> Act | None:
    """What was assessed is no longer so: assess again."""
    chance = around.chance("step back")
    if around.seen.stage not in {Stage.OFFER, Stage.ACCEPTANCE} or not chance.happens(t.STEPS_BACK, "steps back"):
        return None
    day = around.today(around.resident.arrives_at) + timedelta(days=chance.whole(*t.STEPS_BACK_AFTER_DAYS, "day"))
    body = {"type": "StepBack", "to": "assessment", "agreed": True}
    body["note"] = note(around.resident, chance, "step_back")
    return _by_municipality(around, "step back", day, body)


def _by_municipality(around: Around, key: str, day: date, body: Body) -> Act | None:
    resident = around.resident
    after = resident.arrives_at
    return around.command(key, Role.COORDINATOR, resident.municipality, day, body, after=after, shared=True)
