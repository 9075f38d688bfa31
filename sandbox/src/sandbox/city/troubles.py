"""What goes wrong in the systems around a city: now and then, and for one partner of each kind ten working days on end.

Whether a call is struck is drawn from the city's seed and the call itself, so the same calls meet the same troubles.
An answer that takes its time holds the virtual clock: a slow drip is rare, and breaks off after a second or two.
"""

from datetime import timedelta
from typing import Any

from domain.facts.parties import Role
from sandbox.city import City
from sandbox.city.moments import working_days_after
from sandbox.city.organisations import Organisation
from sandbox.city.people import Resident

Fault = dict[str, Any]

AWAY_FOR = 10
"""Working days."""
WISH = timedelta(hours=4)
"""How long a partner that is away wishes to be left alone."""
AWAY_AFTER = {Role.DISTRICT_TEAM: 3, Role.CORPORATION: 40, Role.CARE_PROVIDER: 75}
"""Days after half of the people have been referred: about when the next of them needs a partner of this kind."""
NOW_AND_THEN = {"lost_answer": 0.08, "server_error": 0.02, "wrong_schema": 0.02, "huge": 0.01, "drip": 0.01}
"""Of the calls to any system."""
TOLD_TOO = {"lost_answer": 0.01, "server_error": 0.005, "wrong_schema": 0.002, "huge": 0.002, "drip": 0.001}
"""Of the calls to the municipality's own systems, which are many."""
RETRACTED = 0.10
"""Of the offers that were accepted."""
STARTS_BADLY = {"early": 0.3, "twice": 0.5}
"""Of the starts of support that a provider's system tells."""
ANSWERS_BADLY = {"twice": 0.15, "late": 0.15, "never": 0.10}
"""Of the allocations that a provider's system is to answer with a retour: two people may then be at it, or nobody."""
NOT_UNIQUE = 0.5
"""Of what a partner is asked once more and has: refused. All else is made once more, for no key is known again."""


def troubles(city: City) -> dict[str, list[Fault]]:
    """Return the faults to switch on in each reference system (`PUT /faults`), by its name."""
    seed = city.seed
    retracted = _fault("retracted", RETRACTED, seed, operation="create_toewijzing")
    once_more = [_fault("not_unique", NOT_UNIQUE, seed), _fault("forgotten", 1.0, seed)]
    answers = [_fault(fault, share, seed, operation="answer_allocation") for fault, share in ANSWERS_BADLY.items()]
    starts = [_fault(fault, share, seed, operation="start_support") for fault, share in STARTS_BADLY.items()]
    passing, told_too = (
        [_fault(fault, share, seed, **_bounds(fault)) for fault, share in shares.items()]
        for shares in (NOW_AND_THEN, TOLD_TOO)
    )
    return {
        Role.CORPORATION.value: [_away(city, Role.CORPORATION), *passing, retracted, *once_more],
        Role.CARE_PROVIDER.value: [_away(city, Role.CARE_PROVIDER), *passing, *starts, *answers, once_more[0]],
        Role.DISTRICT_TEAM.value: [_away(city, Role.DISTRICT_TEAM), *passing, *once_more],
        "case_system": told_too,
        # A receiver's answer is not read, so no shape of it is wrong.
        "receiver": [*(one for one in told_too if one["fault"] != "wrong_schema"), once_more[0]],
    }


def _fault(fault: str, probability: float, seed: int, **more: object) -> Fault:
    return {"fault": fault, "probability": probability, "seed": seed, **more}


def _bounds(fault: str) -> Fault:
    """How long a fault that takes time may take, in seconds."""
    return {"seconds": 0.2, "lasts": 1.5} if fault == "drip" else {}


def _away(city: City, role: Role) -> Fault:
    """One partner of this kind is away for ten working days, about when somebody wants it."""
    arrivals = sorted(city.residents, key=lambda resident: resident.arrives_at)
    somebody, calendar = arrivals[len(arrivals) // 2], city.policy.calendar
    first = calendar.working_day_from(calendar.today(somebody.arrives_at) + timedelta(days=AWAY_AFTER[role]))
    return {
        "fault": "unavailable",
        "organisation": _with_system(city, role, somebody).id,
        "seconds": WISH.total_seconds(),
        "since": calendar.at(first, calendar.opens).isoformat(),
        "until": calendar.at(working_days_after(calendar, first, AWAY_FOR), calendar.opens).isoformat(),
    }


def _with_system(city: City, role: Role, somebody: Resident) -> Organisation:
    """An organisation of this kind that works in a system of its own: somebody's own, if that does."""
    people = city.organisations
    own = {somebody.provider, people.team_for(somebody.district)}
    there = [one for one in people.all() if one.role is role and one.id not in people.by_hand]
    return next((one for one in there if one in own), there[0])
