"""How a coordinator matches: the dwelling with least to spare, and of those the longest released."""

from urllib.parse import quote

from domain.answers import HearingSubject
from domain.parties import Role
from domain.tasks import TaskKind
from sandbox.city import temperament as t
from sandbox.city.acts import Act
from sandbox.city.around import Around
from sandbox.city.seen import SeenTask, View


def make_offer(around: Around, task: SeenTask) -> Act | None:
    """Offer the best fitting dwelling of those listed; without any, nothing is to be done until there are."""
    if around.seen.about(TaskKind.HEAR_CLIENT) == HearingSubject.URGENCY_NOT_EXTENDED:
        return None
    for dwelling in sorted(around.seen.candidates, key=lambda dwelling: _fit(around, dwelling)):
        key = f"{task.id}:{dwelling['corporation']}:{dwelling['id']}"
        if key in around.done:
            continue
        body = {"corporation": dwelling["corporation"], "dwelling": dwelling["id"]}
        day, hour = around.today(task.opened_at), _matching_hour(around)
        closing = _close_complex(around, task, dwelling)
        return closing or around.answer(task, Role.COORDINATOR, day, body, key=key, hour=hour, shared=True)
    return None


def _matching_hour(around: Around) -> int:
    """The hour at which the coordinator of this client looks at what was released."""
    return around.chance("matching").whole(9, 16, "hour")


def _fit(around: Around, dwelling: View) -> tuple[int, str, str]:
    """How well a dwelling fits: nothing to spare first, and of those the longest released."""
    needs = around.resident.needs
    spare = dwelling["rooms"] - needs.rooms
    spare += 2 * (dwelling["accessible"] and not needs.accessible)
    spare += dwelling["lowStimulus"] and not needs.low_stimulus
    return spare, dwelling["releasedOn"], dwelling["id"]


def _close_complex(around: Around, task: SeenTask, dwelling: View) -> Act | None:
    """Now and then the corporation closes the complex for placements just before it is asked."""
    key = f"{task.id}:closed"
    if not around.chance(task.id).happens(t.OVERLOADED, "overloaded"):
        return None
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
    """The corporation opens the complex again on the next working day."""
    offer = around.seen.offer
    closed = next((key for key in sorted(around.done) if key.endswith(":closed") and f"{key[:-7]}:open" not in around.done), None)
    if closed is None or offer is None:
        return None
    return around.staff(
        f"{closed[:-7]}:open",
        Role.CORPORATION,
        offer.corporation,
        around.today(around.now),
        _complex_path(offer.complex),
        {"closed": False},
        after=around.now,
        shared=True,
        method="PUT",
    )


def _complex_path(complex_: str) -> str:
    return f"/complexes/{quote(complex_)}"
