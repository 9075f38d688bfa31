"""What the coordinators of the municipality do, its desk and its committee: check, decide, match, phone and call."""

from collections.abc import Callable
from datetime import date, timedelta

from domain.facts.outcome import HearingSubject, Stage
from domain.facts.parties import Role
from domain.facts.rules import Overridable
from domain.facts.tasks import TaskKind
from domain.messages.answers import DayPart, RefusalReason
from sandbox.city import temperament as t
from sandbox.city.acts import Act, Body
from sandbox.city.around import Around
from sandbox.city.chance import Chance
from sandbox.city.matching import make_offer
from sandbox.city.moments import at_most, term_of, working_days_after
from sandbox.city.seen import SeenTask
from sandbox.city.words import note

BOSS = Role.COORDINATOR
CALL_HOURS = {DayPart.MORNING: 10, DayPart.AFTERNOON: 14, DayPart.EVENING: 19}


def supplement_comes(around: Around) -> str:
    """Tell whether the institution sends what is missing: in time, late or never."""
    return around.chance("supplement").pick(t.SUPPLEMENT, "comes")


def check_readiness(around: Around, task: SeenTask) -> Act | None:
    """Ready, not ready yet, or incomplete."""
    chance = around.chance(task.id)
    missing = around.resident.missing
    first = task.number == 1
    lacking = bool(missing) and (first or supplement_comes(around) == "never")
    if lacking and not first:
        return _override_documents(around, task) or _ready(around, task)
    if lacking:
        return _check(around, task, {"result": "incomplete", "missing": [document.value for document in missing]})
    tested = not around.resident.housing_first
    if tested and chance.happens(t.OTHER_ROUTE, "other route"):
        return _check(around, task, {"result": "other_route", "note": note(around.resident, chance, "other_route")})
    if tested and first and chance.happens(t.NOT_READY, "not ready"):
        weeks = chance.whole(*t.REVIEW_WEEKS, "review")
        return around.answer(
            task,
            _check_day(around, task),
            lambda today: {
                "result": "not_ready",
                "reviewOn": _review_day(around, today, weeks).isoformat(),
                "standstill": "consent",
            },
        )
    return _ready(around, task)


def _review_day(around: Around, today: date, weeks: int) -> date:
    policy = around.city.policy
    return at_most(policy.calendar, today, today + timedelta(weeks=weeks), policy.bounds.review)


def _ready(around: Around, task: SeenTask) -> Act | None:
    return _check(around, task, {"result": "ready"})


def _check(around: Around, task: SeenTask, body: Body) -> Act | None:
    return around.answer(task, _check_day(around, task), body)


def _check_day(around: Around, task: SeenTask) -> date:
    if around.chance(task.id).happens(t.CHECK_LATE, "late"):
        calendar = around.city.policy.calendar
        return working_days_after(calendar, term_of(around.city.policy, task.kind, task.opened_at), 2)
    return around.in_time(task)


def _override_documents(around: Around, task: SeenTask) -> Act | None:
    """What could not be got may not stand in the way once the client was heard."""
    return _override(around, Overridable.DOCUMENTS_MISSING, f"{task.id}:override", task)


def _override(around: Around, rule: Overridable, key: str, task: SeenTask, weeks: int = 0) -> Act | None:
    body = {
        "type": "OverrideRule",
        "rule": rule.value,
        "note": note(around.resident, around.chance(key), "hardship"),
    }
    day = around.today(task.opened_at) + timedelta(weeks=weeks)
    return around.command(key, BOSS, task.owner, day, body, after=task.opened_at, shared=True)


def determine_origin(around: Around, task: SeenTask) -> Act | None:
    """From here, from elsewhere with a reason to be helped here, or from elsewhere."""
    chance = around.chance("origin")
    comes = chance.pick(t.COMES_FROM, "comes from")
    if comes == "here":
        return around.answer(task, around.in_time(task), {"origin": around.resident.municipality})
    body = {"origin": around.city.organisations.neighbour, "note": note(around.resident, chance, "origin")}
    known = {one: weight for one, weight in t.EXCEPTIONS.items() if one in around.city.policy.origin_exceptions}
    if comes == "exception" and known:
        body["exception"] = chance.pick(known, "exception").value
    return around.answer(task, around.in_time(task), body)


def await_transfer(around: Around, task: SeenTask) -> Act | None:
    """The other municipality answered: it takes the client over, or the client is helped here, or nowhere."""
    chance = around.chance(task.id)
    says = chance.pick(t.TRANSFER, "says")
    body = {
        "accepted": says == "accepted",
        "helpHere": says != "refused",
        "note": note(around.resident, chance, "transfer"),
    }
    return around.answer(task, around.in_time(task), body, shared=True)


def answer_transfer(around: Around, task: SeenTask) -> Act | None:
    """Another municipality does not carry it on; no simulated municipality asks one."""
    said = note(around.resident, around.chance(task.id), "transfer")
    return around.answer(task, around.in_time(task), {"accepted": False, "note": said})


def decide_objection(around: Around, task: SeenTask) -> Act | None:
    """Decide on the objection, once the client was heard on the day itself, or now and then take longer."""
    chance = around.chance(task.id)
    extended = around.seen.objection_extended
    result = chance.pick(t.OBJECTION_AGAIN if extended else t.OBJECTION, "result")
    said = {"result": result, "note": note(around.resident, chance, "objection_decided")}

    def body(today: date) -> Body:
        heard = {"hearing": "heard", "heardOn": today.isoformat(), "heardBy": "uninvolved"}
        ground = {"ground": "incomplete"} if result == "inadmissible" else {}
        return {**said, **ground, **(heard if result in {"dismissed", "inadmissible"} else {})}

    return around.answer(task, around.in_time(task), body, shared=True)


def judge_fraud(around: Around, task: SeenTask) -> Act | None:
    """Judge what the corporation suspects."""
    chance = around.chance(task.id)
    founded = chance.happens(t.FRAUD_FOUNDED, "founded")
    body = {"founded": founded, "note": note(around.resident, chance, "fraud")}
    return around.answer(task, around.in_time(task), body, shared=True)


def confirm_death(around: Around, task: SeenTask) -> Act | None:
    """Look in the register: what was reported is so."""
    return around.answer(task, around.in_time(task), {"confirmed": True, "source": "authority"}, shared=True)


def confirm_withdrawal(around: Around, task: SeenTask) -> Act | None:
    """Ask the client, who cannot be reached at once, or now and then wants to go on after all."""
    chance = around.chance(task.id)
    says = chance.pick(t.CONFIRMS_WITHDRAWAL if task.number == 1 else t.CONFIRMS_AGAIN, "says")
    if says == "unreached":
        return around.answer(task, around.in_time(task), {"confirmed": "unreached"}, shared=True)
    said = note(around.resident, chance, "withdrawal")
    return around.answer(
        task,
        around.in_time(task),
        lambda today: {"confirmed": says == "stops", "spokeOn": today.isoformat(), "note": said},
        shared=True,
    )


def confirm_offer_withdrawal(around: Around, task: SeenTask) -> Act | None:
    """Ask the corporation: somebody lives in the home by now."""
    said = note(around.resident, around.chance(task.id), "offer_withdrawn")
    return around.answer(task, around.in_time(task), {"confirmed": True, "note": said}, shared=True)


def name_receiving_team(around: Around, task: SeenTask) -> Act | None:
    """Name the team of the home's district: the directory did not have one when it was looked up."""
    offer = around.seen.offer
    if offer is None:
        return None
    team = around.city.organisations.team_for(offer.district)
    return around.answer(task, around.in_time(task), {"team": team.id}, shared=True)


def decide_incomplete(around: Around, task: SeenTask) -> Act | None:
    """More time for who is late, and once for some who never answer, as often as the policy allows; else who is late is
    waited for, and the referral of who never answers is not processed.
    """
    late = supplement_comes(around) == "late"
    patient = task.number == 1 and around.chance(task.id).happens(t.MORE_TIME_FIRST, "patience")
    more = (patient or late) and task.number < (around.city.policy.supplement_rounds or 3)
    if late and not more:
        return None
    body = {"decision": "more_time" if more else "not_processed"}
    return around.answer(task, around.in_time(task), body)


def extend_decision_term(around: Around, task: SeenTask) -> Act | None:
    """The client is told that the decision takes longer."""
    return around.answer(task, around.in_time(task), {"note": note(around.resident, around.chance(task.id), "later")})


def handle_complaint(_around: Around, _task: SeenTask) -> Act | None:
    """Leave a complaint to whoever tries it out: one person acts for the municipality here, and may not answer it."""
    return None


def hear_client(around: Around, task: SeenTask) -> Act | None:
    """Hear the client, and decide: the intention stands, or it is dropped."""
    chance, subject = around.chance(task.id), HearingSubject(task.about or "")
    offered = around.seen.offer is not None and around.seen.offer.live and around.seen.handed_over_on is None
    upheld = not offered and chance.happens(t.UPHELD[subject.value], "upheld")
    heard, calendar = chance.pick(t.HEARD, "heard"), around.city.policy.calendar
    how = {
        "heard": {"form": chance.pick(t.HEARD_IN, "form")},
        "waived": {"saidBy": chance.pick(t.WAIVED_BY, "said by")},
        "did_not_appear": {},
    }
    body = {
        "hearing": heard,
        **how[heard],
        "result": "stands" if upheld else "dropped",
        "note": note(around.resident, chance, "hearing" if upheld else "dropped"),
    }
    if heard == "did_not_appear" and any(one.kind is TaskKind.RESOLVE_DELIVERY for one in around.seen.tasks):
        return None  # the invitation may still be on the desk
    last = calendar.today(task.due) if heard == "did_not_appear" else around.in_time(task)
    day = working_days_after(calendar, last, 1)
    return around.answer(task, day, lambda today: {**body, "heardOn": today.isoformat()}, shared=True)


def await_place(around: Around, task: SeenTask) -> Act | None:
    """Now and then look for a place again; for some households with children the quota is set aside, and for who would
    wait without end.
    """
    chance = around.chance(task.id)
    key = "override:quota"
    children = around.resident.household_size > 1
    hardship = children and around.chance(key).happens(t.HARDSHIP, "hardship")
    if key not in around.done and (hardship or task.number > t.LOOKS_FOR_A_PLACE):
        return _override(around, Overridable.QUOTA_FULL, key, task, weeks=6)
    day = around.today(task.opened_at) + timedelta(days=chance.whole(25, 70, "looks again"))
    return around.answer(task, day, {}, shared=True)


def extend_urgency(around: Around, task: SeenTask) -> Act | None:
    """Extend for who did nothing wrong and while an offer is open, but not for ever where no home is found."""
    seen, chance = around.seen, around.chance(task.id)
    at_fault = any(offer.state == "refused_invalid" for offer in seen.offers)
    offered = seen.offer is not None and seen.offer.live
    given_up = task.number > t.EXTENSIONS or (at_fault and chance.happens(t.NOT_EXTENDED, "not extended"))
    if offered or not given_up:
        return around.answer(task, around.in_time(task), {"extend": True})
    body = {"extend": False, "note": note(around.resident, chance, "unextended")}
    return around.answer(task, around.in_time(task), body)


def resolve_no_answer(around: Around, task: SeenTask) -> Act | None:
    """Phone the client about the offer."""
    chance = around.chance(task.id)
    result = chance.pick(t.PHONED, "phoned")
    if result == "more_time" and task.number > 1:
        result = "not_reached"
    body: dict[str, object] = {"result": result}
    if result == "refused":
        body |= {"reason": chance.pick(t.WHY_REFUSED, "why").value, "note": note(around.resident, chance, "said_no")}
    return around.answer(task, around.in_time(task), body, shared=result in {"refused", "not_reached"})


def decide_urgency(around: Around, task: SeenTask) -> Act | None:
    """Decide as was advised; now and then otherwise, once, and say why."""
    chance, advised = around.chance(task.id), around.seen.advised_to_grant
    may = task.number == 1 and not around.resident.housing_first
    departs = may and chance.happens(t.DEPARTS_FROM_ADVICE, "departs")
    granted = advised is not departs
    body: dict[str, object] = {"granted": granted, "note": note(around.resident, chance, "urgency")}
    if granted and departs:
        body["support"] = chance.pick(t.USUAL_SUPPORT, "support").value
    return around.answer(task, around.in_time(task), body, shared=True)


def judge_refusal(around: Around, task: SeenTask) -> Act | None:
    """Judge whether there was a valid reason to refuse."""
    chance = around.chance(task.id)
    valid = chance.happens(t.REFUSAL_VALID[RefusalReason(task.about or "other")], "valid")
    body: dict[str, object] = {"valid": valid}
    if not valid:
        body["note"] = note(around.resident, chance, "refusal")
    return around.answer(task, around.in_time(task), body, shared=True)


def bridge_support(around: Around, task: SeenTask) -> Act | None:
    """The institution bridges, another provider is asked, or there is more time; the second time another is asked, or
    the keys wait for the day on which support can start.

    Sometimes nobody is found at all, and the client has no keys yet.
    """
    chance = around.chance(task.id)
    before_keys = around.seen.stage == Stage.ACCEPTANCE
    if before_keys and task.number == 1 and chance.happens(t.NO_CARE, "no care"):
        nobody = {"way": "no_care", "note": note(around.resident, chance, "no_care")}
        return around.answer(task, around.in_time(task), nobody, shared=True)
    again = "keys_at_start" if before_keys and around.seen.support_starts_on else "other_provider"
    way = chance.pick(t.BRIDGED, "way") if task.number == 1 else again
    body = {"way": way}
    if way == "keys_at_start":  # so late a day may be further off than partners give one
        body["note"] = note(around.resident, chance, "ordinary")
    if way == "bridge":
        body["by"] = around.resident.of_guide.id
    if way == "other_provider":
        others = [one.id for one in around.city.organisations.providers if one.id != around.seen.provider]
        body["by"] = chance.one_of(others, "other provider")
    return around.answer(task, around.in_time(task), body)


def follow_up_call(around: Around, task: SeenTask) -> Act | None:
    """Call from the policy's window on, every attempt on another day and in another part of it."""
    chance, policy = around.chance(task.id), around.city.policy
    parts = list(DayPart)
    part = parts[(around.chance("call").whole(0, 2, "first part of the day") + task.number) % len(parts)]
    opens = policy.calendar.subtract(policy.calendar.today(task.due), policy.follow_up.window)
    first = max(opens, around.today(task.opened_at))
    again = task.number > 1  # it was opened on the day of the attempt before
    day = working_days_after(policy.calendar, first, chance.whole(int(again), 3, "day"))
    body = {"dayPart": part.value, **_called(around, task, chance)}
    return around.answer(task, day, body, hour=CALL_HOURS[part])


def _called(around: Around, task: SeenTask, chance: Chance) -> Body:
    if chance.happens(t.NOT_REACHED.get(task.number, t.NOT_REACHED[1]), "not reached"):
        return {"reached": False}
    result = chance.pick(t.CALLED, "result")
    if result == "fine":
        return {"reached": True, "result": result}
    return {"reached": True, "result": result, "note": note(around.resident, chance, "call")}


def sign_off(around: Around, task: SeenTask) -> Act | None:
    """Close without having spoken to the client, or call again."""
    chance = around.chance(task.id)
    if not chance.happens(t.SIGNED_OFF, "closes") and task.number < 2:
        return around.answer(task, around.in_time(task), {"close": False})
    if task.number == 1 and chance.happens(t.VISITED_FIRST, "visited"):
        return around.answer(task, around.in_time(task), {"close": False, "visit": True})
    body = {"close": True, "note": note(around.resident, chance, "signed_off")}
    return around.answer(task, around.in_time(task), body)


def resolve_delivery(around: Around, task: SeenTask) -> Act | None:
    """Have a refused message sent once more; when that does not help, do it by hand."""
    body = {"way": "try_again" if task.number == 1 else "done_by_hand"}
    return around.answer(task, around.in_time(task), body)


def review_support(around: Around, task: SeenTask) -> Act | None:
    """Find out what became of the support; what was noted of its start stays."""
    return around.answer(task, around.in_time(task), {"way": "settled"})


MUNICIPALITY: dict[TaskKind, Callable[[Around, SeenTask], Act | None]] = {
    TaskKind.CHECK_READINESS: check_readiness,
    TaskKind.DETERMINE_ORIGIN: determine_origin,
    TaskKind.AWAIT_TRANSFER: await_transfer,
    TaskKind.ANSWER_TRANSFER: answer_transfer,
    TaskKind.DECIDE_OBJECTION: decide_objection,
    TaskKind.JUDGE_FRAUD: judge_fraud,
    TaskKind.NAME_RECEIVING_TEAM: name_receiving_team,
    TaskKind.CONFIRM_DEATH: confirm_death,
    TaskKind.CONFIRM_WITHDRAWAL: confirm_withdrawal,
    TaskKind.CONFIRM_OFFER_WITHDRAWAL: confirm_offer_withdrawal,
    TaskKind.DECIDE_INCOMPLETE: decide_incomplete,
    TaskKind.DECIDE_URGENCY: decide_urgency,
    TaskKind.EXTEND_DECISION_TERM: extend_decision_term,
    TaskKind.HEAR_CLIENT: hear_client,
    TaskKind.HANDLE_COMPLAINT: handle_complaint,
    TaskKind.AWAIT_PLACE: await_place,
    TaskKind.MAKE_OFFER: make_offer,
    TaskKind.EXTEND_URGENCY: extend_urgency,
    TaskKind.RESOLVE_NO_ANSWER: resolve_no_answer,
    TaskKind.JUDGE_REFUSAL: judge_refusal,
    TaskKind.BRIDGE_SUPPORT: bridge_support,
    TaskKind.REVIEW_SUPPORT: review_support,
    TaskKind.FOLLOW_UP_CALL: follow_up_call,
    TaskKind.SIGN_OFF_UNREACHABLE: sign_off,
    TaskKind.RESOLVE_DELIVERY: resolve_delivery,
}
