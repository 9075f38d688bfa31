"""What people do after the keys: the first weeks, signals, absences, and the lease in the client's own name."""

from collections.abc import Callable
from datetime import date, timedelta

from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from sandbox.city import temperament as t
from sandbox.city.acts import Act, Body
from sandbox.city.around import Around
from sandbox.city.moments import at_least, at_most
from sandbox.city.seen import SeenTask
from sandbox.city.words import note

# -- the first weeks ---------------------------------------------------------------------------------------------


def complete_landing(around: Around, task: SeenTask) -> Act | None:
    """Arrange everything that still lacks; now and then one thing at a time."""
    lacking = (task.about or "").split(",")
    piecemeal = task.number == 1 and around.chance(task.id).happens(t.LANDS_PIECEMEAL, "piecemeal")
    body = {"inPlace": lacking[:1] if piecemeal else lacking}
    return around.answer(task, around.in_time(task), body)


def agree_plan(around: Around, task: SeenTask) -> Act | None:
    """Agree the plan around the day it is due, with goals in some areas of life."""
    chance = around.chance(task.id)
    goals = [area for area in t.GOALS if chance.happens(0.5, "goal", area)] or ["living"]
    return around.answer(
        task,
        _around_due(around, task),
        lambda today: {"agreedOn": today.isoformat(), "goals": goals},
    )


def hold_talk(around: Around, task: SeenTask) -> Act | None:
    """Talk with the tenant; now and then there are worries."""
    body: dict[str, object] = {}
    if around.chance(task.id).happens(t.TALK_WORRIES, "worries"):
        body = {"worries": True, "note": note(around.resident, around.chance(task.id), "signal")}
    day = _around_due(around, task)
    return around.answer(task, day, lambda today: {"heldOn": today.isoformat(), **body})


# -- signals -----------------------------------------------------------------------------------------------------


def acknowledge(around: Around, task: SeenTask) -> Act | None:
    """Tell who reported nuisance that it is seen to."""
    return around.answer(task, around.in_time(task), {})


def joint_talk(around: Around, task: SeenTask) -> Act | None:
    """Talk with the client and the corporation."""
    return _pick(around, task, Role.CARE_PROVIDER, t.JOINT_TALK)


def review_signal(around: Around, task: SeenTask) -> Act | None:
    """See whether the agreements work."""
    return _pick(around, task, Role.CARE_PROVIDER, t.SIGNAL_REVIEWED)


def case_conference(around: Around, task: SeenTask) -> Act | None:
    """Find another way with all partners; the third time they no longer agree on the same."""
    ways = t.CONFERRED if task.number < 3 else t.CONFERRED_AGAIN
    return _pick(around, task, Role.COORDINATOR, ways, noted={"handed_over", "placement_failed"})


def remind_arrears(around: Around, task: SeenTask) -> Act | None:
    """Remind the tenant in writing; some pay at once."""
    return around.answer(task, around.in_time(task), {"settled": around.chance(task.id).happens(t.PAID, "paid")})


def contact_tenant(around: Around, task: SeenTask) -> Act | None:
    """Speak to the tenant; some make an arrangement."""
    return around.answer(
        task, around.in_time(task), {"settled": around.chance(task.id).happens(t.ARRANGED, "arranged")}
    )


def offer_debt_help(around: Around, task: SeenTask) -> Act | None:
    """Offer to pass the arrears on; some tenants object."""
    return around.answer(task, around.in_time(task), {"objects": around.chance(task.id).happens(t.OBJECTS, "objects")})


def take_up_arrears(around: Around, task: SeenTask) -> Act | None:
    """Offer help with the arrears."""
    return _pick(around, task, Role.COORDINATOR, t.ARREARS_TAKEN_UP, noted={"handed_over"})


def contact_client(around: Around, task: SeenTask) -> Act | None:
    """Get in touch with the client, or not."""
    return _pick(around, task, Role.CARE_PROVIDER, t.CONTACTED)


def visit_client(around: Around, task: SeenTask) -> Act | None:
    """Visit the client at home."""
    chance = around.chance(task.id)
    seen = chance.happens(t.AT_HOME, "at home")
    body = {"seen": seen, "calmed": seen and chance.happens(t.WELL, "well")}
    return around.answer(task, around.in_time(task), body)


# -- absence -----------------------------------------------------------------------------------------------------


def review_time_out(around: Around, task: SeenTask) -> Act | None:
    """Look whether the client can go home; the third time always."""
    back = task.number >= 3 or around.chance(task.id).happens(t.HOME_AFTER_TIME_OUT, "home")
    if back:
        return around.answer(
            task,
            around.in_time(task),
            lambda today: {"result": "returned", "on": today.isoformat()},
        )
    return around.answer(task, around.in_time(task), {"result": "goes_on"})


def review_absence(around: Around, task: SeenTask) -> Act | None:
    """Look whether the client will come back: soon, later, or not for a long time."""
    chance = around.chance(task.id)
    result = chance.pick(t.ABSENCE_REVIEWED, "result") if task.number < 3 else "returned"
    day = around.in_time(task)
    match result:
        case "returned":
            return around.answer(task, day, lambda today: {"result": result, "on": today.isoformat()}, shared=True)
        case "end":
            body = {"result": result, "note": note(around.resident, chance, "absence")}
            return around.answer(task, day, body)
        case _:
            return around.answer(task, day, {"result": result})


def review_pause(around: Around, task: SeenTask) -> Act | None:
    """Look whether the pause goes on: no longer."""
    return around.answer(task, around.in_time(task), {"result": "resumed"})


# -- conversion --------------------------------------------------------------------------------------------------


def decide_conversion(around: Around, task: SeenTask) -> Act | None:
    """Put the lease in the client's own name, look again later, or settle it otherwise."""
    chance = around.chance(task.id)
    result = chance.pick(t.CONVERTED, "result") if task.number == 1 else "converted"
    day, policy = _around_due(around, task), around.city.policy

    def converted(today: date) -> Body:
        on = at_least(policy.calendar, today, today.replace(day=1), policy.bounds.told)
        return {"result": result, "on": on.isoformat()}

    if result == "converted":
        return around.answer(task, day, converted)
    body = {"result": result, "note": note(around.resident, chance, "conversion")}
    return around.answer(task, day, body)


def check_conversion(around: Around, task: SeenTask) -> Act | None:
    """Check what was advised on the lease; the second time all is well."""
    chance = around.chance(task.id)
    result = chance.pick(t.CONVERSION_CHECKED, "result") if task.number == 1 else "agreed"
    day = around.in_time(task)
    match result:
        case "agreed":
            return around.answer(task, day, lambda today: {"result": result, "on": today.isoformat()})
        case "later":
            return around.answer(task, day, lambda today: {"result": result, "againOn": _again(around, today)})
        case _:
            return around.answer(task, day, {"result": result, "note": note(around.resident, chance, "conversion")})


def _again(around: Around, today: date) -> str:
    wanted, policy = today + timedelta(days=t.CHECKED_AGAIN_AFTER_DAYS), around.city.policy
    return at_most(policy.calendar, today, wanted, policy.bounds.ahead).isoformat()


# -- how and when ------------------------------------------------------------------------------------------------


def _pick(
    around: Around,
    task: SeenTask,
    role: Role,
    results: dict[str, float],
    noted: set[str] | None = None,
) -> Act | None:
    chance = around.chance(task.id)
    result = chance.pick(results, "result")
    body: dict[str, object] = {"result": result}
    if noted and result in noted:
        body["note"] = note(around.resident, chance, result)
    return around.answer(task, around.in_time(task), body)


def _around_due(around: Around, task: SeenTask) -> date:
    """A working day in the last days before a task is due; now and then some days after it."""
    calendar, chance = around.city.policy.calendar, around.chance(task.id)
    day = calendar.today(task.due).toordinal() + chance.whole(*t.AROUND_DUE, "days around")
    return calendar.working_day_from(date.fromordinal(max(day, calendar.today(task.opened_at).toordinal())))


AFTERCARE: dict[TaskKind, Callable[[Around, SeenTask], Act | None]] = {
    TaskKind.COMPLETE_LANDING: complete_landing,
    TaskKind.AGREE_PLAN: agree_plan,
    TaskKind.HOLD_TALK: hold_talk,
    TaskKind.VISIT_CLIENT: visit_client,
    TaskKind.ACKNOWLEDGE_SIGNAL: acknowledge,
    TaskKind.HOLD_JOINT_TALK: joint_talk,
    TaskKind.REVIEW_SIGNAL: review_signal,
    TaskKind.HOLD_CASE_CONFERENCE: case_conference,
    TaskKind.REMIND_ARREARS: remind_arrears,
    TaskKind.CONTACT_TENANT: contact_tenant,
    TaskKind.OFFER_DEBT_HELP: offer_debt_help,
    TaskKind.TAKE_UP_ARREARS: take_up_arrears,
    TaskKind.CONTACT_CLIENT: contact_client,
    TaskKind.REVIEW_TIME_OUT: review_time_out,
    TaskKind.REVIEW_ABSENCE: review_absence,
    TaskKind.DECIDE_CONVERSION: decide_conversion,
    TaskKind.CHECK_CONVERSION: check_conversion,
    TaskKind.REVIEW_PAUSE: review_pause,
}
