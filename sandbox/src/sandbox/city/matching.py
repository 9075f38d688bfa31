"""How a home is chosen: in the client's district first, then with least to spare, then the longest released."""

from datetime import timedelta
from urllib.parse import quote

from domain.facts.outcome import HearingSubject
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from sandbox.city import temperament as t
from sandbox.city.acts import Act
from sandbox.city.around import Around
from sandbox.city.seen import SeenTask, View

CLOSED = ":closed:"
"""What a key says after the task during which a complex was closed, before corporation, dwelling and complex."""

LOOKS_EVERY = timedelta(days=25)
TRIES = 2
"""How many dwellings a coordinator tries that turn out to be kept for another, before the next list is awaited."""


def make_offer(around: Around, task: SeenTask) -> Act | None:
    """Offer the best fitting dwelling of those listed; without any, nothing is to be done until there are."""
    unextended = around.seen.about(TaskKind.HEAR_CLIENT) == HearingSubject.URGENCY_NOT_EXTENDED
    if unextended or around.seen.absent_since or not around.seen.urgency_runs_at(around.now):
        return None
    if task.owner_role is Role.CORPORATION:
        return _choose_own(around, task)
    tried = sum(key.startswith(f"{task.id}:") for key in around.done)
    waited = around.today(around.now) - around.today(task.opened_at)
    if tried >= TRIES * (1 + waited // LOOKS_EVERY):
        return None
    for dwelling in sorted(around.seen.candidates, key=lambda dwelling: _fit(around, dwelling)):
        key = f"{task.id}:{dwelling['corporation']}:{dwelling['id']}"
        if key in around.done:
            continue
        body = {"corporation": dwelling["corporation"], "dwelling": dwelling["id"]}
        day, hour = around.today(task.opened_at) + _at_the_back(around), _matching_hour(around)
        closing = _close_complex(around, task, dwelling)
        return closing or around.answer(task, day, body, key=key, hour=hour, shared=True)
    return None


def _choose_own(around: Around, task: SeenTask) -> Act | None:
    """A corporation whose turn it is chooses among its own, or none; now and then it lets its turn go by."""
    chance = around.chance(task.id, task.owner, task.due.isoformat())
    does = chance.pick(t.CORPORATION_CHOOSES, "does")
    if does == "nothing":
        return None
    day, own = around.today(task.due) - timedelta(days=chance.whole(1, 4, "days")), {"corporation": task.owner}
    if does == "none":
        key = f"{task.id}:{task.owner}:none:{task.due.isoformat()}"
        return around.answer(task, day, {**own, "declined": "complex_overloaded"}, key=key, shared=True)
    for dwelling in sorted(around.seen.candidates, key=lambda dwelling: _fit(around, dwelling)):
        key = f"{task.id}:{dwelling['corporation']}:{dwelling['id']}"
        if dwelling["corporation"] == task.owner and key not in around.done:
            return around.answer(task, day, {**own, "dwelling": dwelling["id"]}, key=key, shared=True)
    return None


def _at_the_back(around: Around) -> timedelta:
    """Who refused without a valid reason, and was heard, is not the first to be offered another home."""
    at_fault = any(offer.state == "refused_invalid" for offer in around.seen.offers)
    return t.AFTER_INVALID_REFUSAL if at_fault else timedelta(0)


def _matching_hour(around: Around) -> int:
    """The hour at which the coordinator of this client looks at what was released."""
    return around.chance("matching").whole(9, 16, "hour")


def _fit(around: Around, dwelling: View) -> tuple[bool, int, str, str]:
    """How well a dwelling fits: in the client's own district first, then with least to spare, then longest released."""
    needs = around.resident.needs
    spare = dwelling["rooms"] - needs.rooms
    spare += 2 * (dwelling["accessible"] and not needs.accessible)
    spare += dwelling["lowStimulus"] and not needs.low_stimulus
    return dwelling["district"] != around.resident.district, spare, dwelling["releasedOn"], dwelling["id"]


def _close_complex(around: Around, task: SeenTask, dwelling: View) -> Act | None:
    """Now and then the corporation closes the complex for placements just before it is asked."""
    closed = f"{task.id}{CLOSED}"
    if around.by_hand(dwelling["corporation"]):  # its people say so when they are asked to confirm
        return None
    if any(key.startswith(closed) for key in around.done):
        return None
    if not around.chance(task.id).happens(t.OVERLOADED, "overloaded"):
        return None
    key = f"{closed}{dwelling['corporation']}:{dwelling['id']}:{dwelling['complex']}"
    return around.staff(
        key,
        Role.CORPORATION,
        dwelling["corporation"],
        around.today(task.opened_at),
        _complex_path(dwelling["complex"]),
        {"closed": True},
        after=task.opened_at,
        shared=True,
        method="PUT",
        hour=_matching_hour(around),
    )


def reopen_complex(around: Around) -> Act | None:
    """The corporation opens a complex again once it has declined the offer for which it was closed."""
    open_tasks = {task.id for task in around.seen.tasks}
    for key in sorted(around.done):
        task, closed, where = key.partition(CLOSED)
        opened = f"{task}:opened:{where}"
        if not closed or opened in around.done:
            continue
        corporation, dwelling, complex_ = where.split(":", 2)
        if task in open_tasks and f"{task}:{corporation}:{dwelling}" not in around.done:
            continue
        day, path = around.today(around.now), _complex_path(complex_)
        return around.staff(
            opened,
            Role.CORPORATION,
            corporation,
            day,
            path,
            {"closed": False},
            after=around.city.opening,
            shared=True,
            method="PUT",
        )
    return None


def _complex_path(complex_: str) -> str:
    return f"/complexes/{quote(complex_)}"
