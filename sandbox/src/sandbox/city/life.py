"""What happens around a client that nobody asked for: notes, corrections, a change of mind, a death."""

from collections.abc import Iterator
from datetime import date, timedelta

from domain.facts.outcome import Stage
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from sandbox.city import temperament as t
from sandbox.city.acts import Act, Body
from sandbox.city.around import Around
from sandbox.city.matching import reopen_complex
from sandbox.city.seen import View
from sandbox.city.turns import turns
from sandbox.city.words import note

HIGHER_RENT_CENTS = 2_000
"""By how much a month a corrected income allows a higher rent."""
MOVED = frozenset({Stage.SUPPORT_START, Stage.FOLLOW_UP, Stage.CONVERSION, Stage.CLOSED})


def happenings(around: Around) -> Iterator[Act]:
    """Return what may happen next, apart from what tasks ask."""
    for act in (
        _dies(around),
        _withdraws(around),
        _objects(around),
        _corrects(around),
        _widens(around),
        reopen_complex(around),
        *_notes(around),
        *turns(around),
    ):
        if act:
            yield act


def _day(around: Around, what: str, days: tuple[int, int]) -> date:
    return around.today(around.resident.arrives_at) + timedelta(days=around.chance(what).whole(*days, "day"))


def _by_guide(around: Around, what: str, day: date, body: Body, *, shared: bool = True) -> Act | None:
    resident = around.resident
    who = resident.of_guide
    return around.command(what, who.role, who.id, day, body, after=resident.arrives_at, shared=shared)


def _dies(around: Around) -> Act | None:
    if not around.chance("death").happens(t.DIES, "dies"):
        return None
    return _by_guide(
        around, "death", _day(around, "death", t.DIES_AFTER_DAYS), {"type": "ReportDeath", "source": "family"}
    )


def _withdraws(around: Around) -> Act | None:
    chance = around.chance("withdrawal")
    if around.seen.stage in MOVED or not chance.happens(t.WITHDRAWS, "withdraws"):
        return None
    body = {
        "type": "Withdraw",
        "source": "client",
        "reason": chance.pick(t.WHY_WITHDRAWN, "why").value,
        "note": note(around.resident, chance, "withdrawal"),
    }
    return _by_guide(around, "withdrawal", _day(around, "withdrawal", t.WITHDRAWS_AFTER_DAYS), body)


def _objects(around: Around) -> Act | None:
    """Somebody does not agree with a decision with which the mediation goes on; once, and in time."""
    seen = around.seen
    open_to = [one for one in seen.decisions if not one["over"] and not one["undone"] and _in_time(around, one)]
    if not open_to or seen.stage in MOVED or _objected(around):
        return None
    decision = open_to[-1]
    key = f"objection:{decision['id']}"
    chance = around.chance(key)
    if not chance.happens(t.OBJECTS, "objects"):
        return None
    body = {"type": "FileObjection", "against": decision["subject"], "decision": decision["id"]}
    body["note"] = note(around.resident, chance, "objection")
    day = date.fromisoformat(decision["sentOn"] or decision["on"])
    day += timedelta(days=chance.whole(*t.OBJECTS_AFTER_DAYS, "day"))
    return _by_guide(around, key, day, body)


def objections(around: Around) -> Iterator[Act]:
    """Return the objection to the end of a mediation that somebody may make: once, and in time."""
    decision, chance = around.seen.decision, around.chance("objection:end")
    if decision is None or not decision["sentOn"] or not _in_time(around, decision):
        return
    if not chance.happens(t.OBJECTS_TO_END, "objects"):
        return
    day = date.fromisoformat(decision["sentOn"]) + timedelta(days=chance.whole(*t.OBJECTS_AFTER_DAYS, "day"))
    body = {"type": "FileObjection", "against": "end", "note": note(around.resident, chance, "objection")}
    act = _by_guide(around, "objection:end", day, body)
    if act:
        yield act


def _in_time(around: Around, decision: View) -> bool:
    """Tell whether an objection of today is in time. After the last day only what is in the post still counts."""
    last = decision["lastDay"]
    return not last or around.today(around.now).isoformat() <= last


def _objected(around: Around) -> bool:
    return any(key.startswith("objection:") for key in around.done)


def _corrects(around: Around) -> Act | None:
    """The income was written down wrongly: the rent may be somewhat higher."""
    chance = around.chance("correction")
    if around.seen.stage in MOVED or not chance.happens(t.CORRECTS, "corrects"):
        return None
    return _by_guide(
        around,
        "correction",
        _day(around, "correction", t.CORRECTS_AFTER_DAYS),
        _correction(around, "correction"),
    )


def _widens(around: Around) -> Act | None:
    """Nothing came along in the wished districts: any district will do now."""
    waiting = next((task for task in around.seen.tasks if task.kind is TaskKind.MAKE_OFFER), None)
    if waiting is None or around.seen.candidates or not around.resident.needs.wanted:
        return None
    day = around.today(waiting.opened_at) + timedelta(days=around.chance("widening").whole(*t.WIDENS_AFTER_DAYS, "day"))
    return _by_guide(around, "widening", day, _correction(around, "widening"))


def _correction(around: Around, what: str) -> Body:
    """The needs as they are now known: all corrections so far, and this one."""
    known = {what, *around.done}
    needs = around.resident.needs.shown(anywhere="widening" in known)
    if "correction" in known:
        needs["rentLimitCents"] += HIGHER_RENT_CENTS
    return {
        "type": "CorrectReferral",
        "changes": {"needs": needs},
        "note": note(around.resident, around.chance(what), what),
    }


def _notes(around: Around) -> Iterator[Act]:
    resident = around.resident
    provider = around.seen.provider or resident.provider.id  # not the one in whose place another came
    writers = (
        (resident.of_guide.role, resident.of_guide.id),
        (Role.CARE_PROVIDER, provider),
        (Role.COORDINATOR, resident.municipality),
    )
    for role, organisation in writers:
        key = f"note:{role.value}"
        chance = around.chance(key)
        if chance.happens(t.LEAVES_NOTE, "writes"):
            body = {"type": "AddNote", "note": note(resident, chance, "ordinary")}
            day = _day(around, key, t.NOTE_AFTER_DAYS)
            act = around.command(key, role, organisation, day, body, after=resident.arrives_at)
            if act:
                yield act
