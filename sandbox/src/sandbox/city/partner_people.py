"""What the people of corporations, care providers and district teams do, in our system or in their own."""

from collections.abc import Callable
from datetime import date

from domain.facts.calendar import add_months
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.policy.policy import LeaseForm
from sandbox.city import temperament as t
from sandbox.city.acts import Act, Body
from sandbox.city.around import Around
from sandbox.city.chance import Chance
from sandbox.city.institution import retracted_key
from sandbox.city.moments import at_most, term_of, working_days_after
from sandbox.city.seen import SeenOffer, SeenTask
from sandbox.city.words import note

ANSWERS_BY_HAND_AFTER = 1
"""Working days after a retour was due on which somebody at the provider says that the message was received."""
TELLS_AFTER = {True: 2, False: 25}
"""Working days until a corporation tells that it took an offer back: soon, or when nobody found out by then."""
CONFIRMS_BY_HAND_AFTER = 10
"""Working days after which a corporation whose system stays silent says no by hand."""

# -- the corporation ---------------------------------------------------------------------------------------------


def confirm_offer(around: Around, task: SeenTask) -> Act | None:
    """The corporation's system confirms by itself; only when it never does, somebody there says no."""
    if around.by_hand(task.owner):
        return _confirm_by_hand(around, task)
    if around.seen.delivering:
        return None
    day = _later(around, around.today(task.opened_at), CONFIRMS_BY_HAND_AFTER)
    return around.answer(task, day, {"declined": "unavailable"}, shared=True)


def _confirm_by_hand(around: Around, task: SeenTask) -> Act | None:
    """Without a system its people give the offer a number, in time; now and then the complex takes nobody now."""
    chance = around.chance(task.id)
    if chance.happens(t.OVERLOADED, "overloaded"):
        body = {"declined": "complex_overloaded"}
    else:
        body = {"number": f"H-{around.resident.n:04}-{task.number}"}
    return around.answer(task, around.in_time(task), body, shared=True)


def sign_lease(around: Around, task: SeenTask) -> Act | None:
    """Sign the lease and agree the day of the keys; now and then the dwelling or the papers fall through."""
    chance, offer = around.chance(task.id), around.seen.offer
    gone = offer is not None and retracted_key(offer) in around.done
    if around.seen.taken_back and not gone:
        return _taken_back(around, task)
    if offer and (gone or chance.happens(t.WITHDRAWN_BEFORE_LEASE, "withdrawn")):
        return _withdrawn(around, task, offer, "let_otherwise" if gone else "not_ready")
    if chance.happens(t.LEASE_FAILS, "fails"):
        failed = {"failedCheck": True, "failure": chance.pick(t.WHY_LEASE_FAILS, "why").value}
        return around.answer(task, around.in_time(task), failed, shared=True)
    form, policy, calendar = _lease_form(around, chance), around.city.policy, around.city.policy.calendar
    wait = chance.whole(*t.KEYS_IN_WORKING_DAYS, "keys")
    ground = chance.pick(t.LEGAL_GROUNDS, "legal ground").value
    months = chance.whole(*t.LEASE_MONTHS, "months")

    def signed(today: date) -> Body:
        keys_on = at_most(calendar, today, _later(around, today, wait), policy.bounds.keys)
        body = {"form": form.value, "keysOn": keys_on.isoformat()}
        if form is LeaseForm.TEMPORARY:
            body |= {"legalGround": ground, "endsOn": _lease_ends(around, keys_on, months).isoformat()}
        return body

    return around.answer(task, _by(around, task, late=chance.happens(t.LEASE_LATE, "late")), signed)


def _taken_back(around: Around, task: SeenTask) -> Act | None:
    """Nobody signs a lease or hands over keys for an offer that was taken back in the corporation's own system."""
    tells = around.chance(task.id).happens(t.TELLS_RETRACTED, "tells")
    offer = around.seen.offer
    return _withdrawn(around, task, offer, "let_otherwise", TELLS_AFTER[tells]) if offer else None


def _withdrawn(around: Around, task: SeenTask, offer: SeenOffer, reason: str, wait: int = 2) -> Act | None:
    """The corporation tells, some working days after it was asked, that it takes its offer back."""
    said = note(around.resident, around.chance(task.id), "offer_withdrawn")
    body = {"type": "WithdrawOffer", "reason": reason, "note": said}
    day = _later(around, around.today(task.opened_at), wait)
    key = f"{task.id}:withdrawn"
    return around.command(key, Role.CORPORATION, offer.corporation, day, body, after=task.opened_at, shared=True)


def _lease_ends(around: Around, keys_on: date, months: int) -> date:
    """When a temporary lease ends: after so many months, but never later than the policy allows."""
    ends_on, asked = add_months(keys_on, months), around.city.policy.temporary_lease
    return min(ends_on, around.city.policy.calendar.add(keys_on, asked.longest)) if asked else ends_on


def _lease_form(around: Around, chance: Chance) -> LeaseForm:
    """The municipality's first form is the usual one."""
    forms = around.city.policy.lease_forms
    return chance.pick({form: 0.7 if form is forms[0] else 0.3 / len(forms) for form in forms}, "form")


def plan_viewing(around: Around, task: SeenTask) -> Act | None:
    """Agree a day on which the client sees the dwelling."""
    days = around.chance(task.id).whole(*t.VIEWED_AFTER_WORKING_DAYS, "days")
    policy = around.city.policy

    def planned(today: date) -> Body:
        return {"on": at_most(policy.calendar, today, _later(around, today, days), policy.bounds.viewing).isoformat()}

    return around.answer(task, around.in_time(task), planned)


def arrange_onward_move(around: Around, task: SeenTask) -> Act | None:
    """Arrange the next home long before the temporary lease ends, and take more time for it once at most."""
    ways = t.ONWARD if task.number == 1 else {"moves_on": 1.0}
    way = around.chance(task.id).pick(ways, "way")
    return around.answer(task, around.in_time(task), {"way": way})


def hand_over_keys(around: Around, task: SeenTask) -> Act | None:
    """Hand over the keys on the planned day, or some days later."""
    if around.seen.taken_back:
        return _taken_back(around, task)
    chance = around.chance(task.id)
    planned = around.seen.keys_on or around.today(task.due)
    late = chance.whole(1, 4, "days late") if chance.happens(t.KEYS_LATE, "late") else 0
    day = _later(around, planned, late)
    return around.answer(task, day, lambda today: {"on": today.isoformat()})


# -- the care provider -------------------------------------------------------------------------------------------


def confirm_support(around: Around, task: SeenTask) -> Act | None:
    """Plan the start, in time or late, or cannot."""
    chance = around.chance(task.id)
    says = chance.pick(t.SUPPORT_PLANNED, "says") if task.number == 1 else "in time"
    if says == "unable":
        return around.answer(task, around.in_time(task), {"unable": True})
    wait = chance.whole(*t.KEYS_IN_WORKING_DAYS, "start")
    policy = around.city.policy

    def starts(today: date) -> Body:
        return {
            "startsOn": at_most(policy.calendar, today, _later(around, today, wait), policy.bounds.ahead).isoformat()
        }

    return around.answer(task, _by(around, task, late=says == "late"), starts)


def answer_message(around: Around, task: SeenTask) -> Act | None:
    """The provider's system answers by itself; only when it does not, somebody there tells that it has the message."""
    day = _later(around, around.today(task.due), ANSWERS_BY_HAND_AFTER)
    return around.answer(task, day, {"way": "received"})


def start_support(around: Around, task: SeenTask) -> Act | None:
    """Report the first contact at home, in time or late, or cannot."""
    chance = around.chance(task.id)
    says = chance.pick(t.SUPPORT_STARTED, "says") if task.number == 1 else "in time"
    if says == "unable":
        return around.answer(task, around.in_time(task), {"unable": True})
    opened = around.today(task.opened_at)
    agreed = around.seen.support_starts_on or opened
    day = agreed if agreed > opened else _later(around, opened, chance.whole(0, 2, "days"))
    if says == "late":
        day = max(day, _by(around, task, late=True))
    return _started(around, task, day, lambda today: {"startedOn": today.isoformat()}, _landed(around, task))


def _landed(around: Around, task: SeenTask) -> Body:
    """What of a soft landing is in place; the provider's own system has no room for it."""
    chance = around.chance(task.id)
    return {"inPlace": [item for item, share in t.LANDED.items() if chance.happens(share, "in place", item)]}


def _started(
    around: Around,
    task: SeenTask,
    day: date,
    body: Callable[[date], Body],
    told: Body,
) -> Act | None:
    """Enter it in the provider's own system, which tells the engine by a message, or answer the task."""
    seen = around.seen
    own = around.chance(task.id).happens(t.IN_PROVIDER_SYSTEM, "own system")
    if not (own and seen.provider and seen.support_number):
        return around.answer(task, day, lambda today: {**body(today), **told})
    path = f"/support-requests/{seen.support_number}/start"
    key = f"{task.id}:own-system"
    return around.staff(key, Role.CARE_PROVIDER, seen.provider, day, path, body, after=task.opened_at)


def ask_guide(around: Around, task: SeenTask) -> Act | None:
    """The guide tells whether there is contact."""
    contact = around.chance(task.id).happens(t.GUIDE_IN_CONTACT, "contact")
    return around.answer(task, around.in_time(task), {"inContact": contact})


# -- the district team -------------------------------------------------------------------------------------------


def assess(around: Around, task: SeenTask) -> Act | None:
    """Assess whether living independently is best, and with which support."""
    chance, resident = around.chance(task.id), around.resident
    drawn = chance.pick(t.ASSESSED if task.number == 1 else t.ASSESSED_AGAIN, "result")
    result = "positive" if resident.housing_first else drawn
    body: dict[str, object] = {"result": result}
    if result.startswith("positive"):
        body["support"] = chance.pick(t.SUPPORT.get(resident.target_group, t.USUAL_SUPPORT), "support").value
    if result != "positive":
        body["note"] = note(resident, chance, "assessment")
    if result == "positive_with_conditions":
        body["conditions"] = [chance.pick(t.CONDITIONS, "condition").value]
    if result == "alternative":
        body["alternative"] = chance.pick(t.ALTERNATIVES, "alternative").value
    day = around.in_time(task)
    if chance.happens(t.ASSESSED_LATE, "late"):
        last = term_of(around.city.policy, task.kind, task.opened_at)
        day = _later(around, last, chance.whole(1, 25, "days late"))
    return around.answer(task, day, body, shared=True)


def take_up_follow_on(around: Around, task: SeenTask) -> Act | None:
    """Take up what came out of the call, once the client has support: with another provider that is waited for."""
    chance = around.chance(task.id)
    if not around.seen.support_started:
        return None
    if task.about == "escalate" and chance.happens(t.CONFERENCE_AFTER_CALL, "conference"):
        body = {"result": "case_conference", "note": note(around.resident, chance, "call")}
        return around.answer(task, around.in_time(task), body)
    return around.answer(task, around.in_time(task), {})


# -- when --------------------------------------------------------------------------------------------------------


def _by(around: Around, task: SeenTask, *, late: bool) -> date:
    """A day within the term, or some working days after it."""
    if not late:
        return around.in_time(task)
    last = term_of(around.city.policy, task.kind, task.opened_at)
    return _later(around, last, around.chance(task.id).whole(1, 5, "days late"))


def _later(around: Around, day: date, working_days: int) -> date:
    return working_days_after(around.city.policy.calendar, day, working_days)


PARTNER_PEOPLE: dict[TaskKind, Callable[[Around, SeenTask], Act | None]] = {
    TaskKind.CONFIRM_OFFER: confirm_offer,
    TaskKind.PLAN_VIEWING: plan_viewing,
    TaskKind.ARRANGE_ONWARD_MOVE: arrange_onward_move,
    TaskKind.SIGN_LEASE: sign_lease,
    TaskKind.HAND_OVER_KEYS: hand_over_keys,
    TaskKind.CONFIRM_SUPPORT: confirm_support,
    TaskKind.AWAIT_RETOUR: answer_message,
    TaskKind.START_SUPPORT: start_support,
    TaskKind.ASK_GUIDE: ask_guide,
    TaskKind.ASSESS: assess,
    TaskKind.TAKE_UP_FOLLOW_ON: take_up_follow_on,
}
