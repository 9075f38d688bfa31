"""What the institution does, with the client: supplement, look again at readiness, and answer an offer."""

from collections.abc import Callable
from datetime import date

from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from sandbox.city import temperament as t
from sandbox.city.acts import Act, Body
from sandbox.city.around import Around
from sandbox.city.moments import term_of, working_days_after
from sandbox.city.municipality import supplement_comes
from sandbox.city.seen import SeenOffer, SeenTask
from sandbox.city.words import note


def supplement(around: Around, task: SeenTask) -> Act | None:
    """Send what is missing, in time, late or never."""
    comes = supplement_comes(around)
    if comes == "never":
        return None
    day = around.in_time(task)
    if comes == "late":
        day = _after_term(around, task, around.chance(task.id).whole(2, 12, "late"))
    body = {
        "documents": [document.value for document in around.resident.missing],
        "note": note(around.resident, around.chance(task.id), "supplement"),
    }
    return around.answer(task, day, body)


def review_readiness(around: Around, task: SeenTask) -> Act | None:
    """Look again, around the day that was agreed."""
    again = task.number == 1 and around.chance(task.id).happens(t.NOT_READY_AGAIN, "not ready again")
    calendar = around.city.policy.calendar
    day = calendar.working_day_from(calendar.today(task.due), -1)
    gives_up = again and around.chance(task.id).happens(t.GIVES_UP, "gives up")
    return around.answer(task, day, {"ready": not again, "giveUp": gives_up})


def hold_viewing(around: Around, task: SeenTask) -> Act | None:
    """See the dwelling on the planned day; now and then somebody cannot come."""
    missed = around.chance(task.id).happens(t.VIEWING_MISSED, "missed")
    return around.answer(task, around.today(task.due), {"held": not missed})


def answer_offer(around: Around, task: SeenTask) -> Act | None:
    """Accept or refuse, in time, late or never; sometimes the corporation is told, and not we."""
    offer = around.seen.offer
    if offer is None:
        return None
    chance = around.chance(task.id)
    if offer.number and chance.happens(t.RETRACTED_IN_SYSTEM, "retracted"):
        return _retracted(around, task, offer)
    says = chance.pick(t.ANSWERED if task.number == 1 else t.ANSWERED_AGAIN, "says")
    if says == "never":
        return None
    if says == "late":
        body = _refusal(around, task) if not chance.happens(t.LATE_ACCEPTS, "accepts late") else {"accept": True}
        return around.answer(task, _last_day(around, task), body, shared=not body["accept"])
    accepts = says == "accepts"
    if offer.number and chance.happens(t.IN_CORPORATION_SYSTEM, "told the corporation"):
        return _told_corporation(around, task, offer, accepts)
    body = {"accept": True} if accepts else _refusal(around, task)
    return around.answer(task, around.in_time(task), body, shared=not accepts)


def _refusal(around: Around, task: SeenTask) -> Body:
    chance = around.chance(task.id)
    own_words = note(around.resident, chance, "said_no")
    return {"accept": False, "reason": chance.pick(t.WHY_REFUSED, "why").value, "note": own_words}


def _told_corporation(around: Around, task: SeenTask, offer: SeenOffer, accepts: bool) -> Act | None:
    """The corporation's staff write the answer down in their own system, where the engine will read it; without one
    they leave it to the guide.
    """
    if around.by_hand(offer.corporation):
        body = {"accept": True} if accepts else _refusal(around, task)
        return around.answer(task, around.in_time(task), body, shared=not accepts)
    reason = None if accepts else _refusal(around, task)["reason"]
    return around.staff(
        f"{task.id}:own-system",
        Role.CORPORATION,
        offer.corporation,
        around.in_time(task),
        f"/offers/{offer.number}/answer",
        lambda today: {
            "state": "accepted" if accepts else "refused",
            "reason": reason,
            "answeredOn": today.isoformat(),
        },
        after=task.opened_at,
        shared=not accepts,
    )


def _retracted(around: Around, task: SeenTask, offer: SeenOffer) -> Act | None:
    """The corporation takes the offer back in its own system; the client may not know, and accept."""
    calendar, today = around.city.policy.calendar, around.today(task.opened_at)
    if around.by_hand(offer.corporation):
        return _withdrawn_by_hand(around, task, offer, working_days_after(calendar, today, 1))
    taken_back = around.staff(
        retracted_key(offer),
        Role.CORPORATION,
        offer.corporation,
        working_days_after(calendar, today, 1),
        f"/offers/{offer.number}/staff-withdrawal",
        {"reason": "let_otherwise"},
        after=task.opened_at,
        shared=True,
    )
    if taken_back or not around.chance(task.id).happens(t.ACCEPTS_RETRACTED, "accepts all the same"):
        return taken_back
    return around.answer(task, working_days_after(calendar, today, 2), {"accept": True})


def _withdrawn_by_hand(around: Around, task: SeenTask, offer: SeenOffer, day: date) -> Act | None:
    """Without a system its people take the offer back here, and everybody knows."""
    words = note(around.resident, around.chance(task.id), "offer_withdrawn")
    body = {"type": "WithdrawOffer", "reason": "let_otherwise", "note": words}
    who = (Role.CORPORATION, offer.corporation)
    return around.command(f"{task.id}:withdrawn", *who, day, body, after=task.opened_at, shared=True)


def retracted_key(offer: SeenOffer) -> str:
    """Return the key of taking this offer back in the corporation's system."""
    return f"retracted:{offer.number}"


def _last_day(around: Around, task: SeenTask) -> date:
    return around.city.policy.calendar.working_day_from(term_of(around.city.policy, task.kind, task.opened_at), -1)


def _after_term(around: Around, task: SeenTask, working_days: int) -> date:
    last = term_of(around.city.policy, task.kind, task.opened_at)
    return working_days_after(around.city.policy.calendar, last, working_days)


INSTITUTION: dict[TaskKind, Callable[[Around, SeenTask], Act | None]] = {
    TaskKind.SUPPLEMENT: supplement,
    TaskKind.REVIEW_READINESS: review_readiness,
    TaskKind.HOLD_VIEWING: hold_viewing,
    TaskKind.ANSWER_OFFER: answer_offer,
}
