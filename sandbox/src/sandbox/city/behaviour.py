"""What somebody around a client will do next, given what they see and what they have done."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime

from domain.facts.outcome import Stage
from domain.facts.tasks import TaskKind
from sandbox.city import City
from sandbox.city.acts import Act
from sandbox.city.aftercare import AFTERCARE
from sandbox.city.around import Around
from sandbox.city.institution import INSTITUTION
from sandbox.city.life import happenings, objections
from sandbox.city.municipality import MUNICIPALITY
from sandbox.city.partner_people import PARTNER_PEOPLE
from sandbox.city.people import Resident
from sandbox.city.seen import Seen, SeenTask, View

BEHAVIOUR: dict[TaskKind, Callable[[Around, SeenTask], Act | None]] = {
    **MUNICIPALITY,
    **INSTITUTION,
    **PARTNER_PEOPLE,
    **AFTERCARE,
}
"""What is done when asked, per kind of task."""


def next_act(
    city: City,
    resident: Resident,
    view: View,
    now: datetime,
    done: Collection[str] = frozenset(),
) -> Act | None:
    """Return the earliest thing that somebody around this client will do; None when everybody waits.

    `view` is the mediation's JSON, `now` is in UTC, `done` holds the keys of acts already carried out, also of those
    that were refused. Wait until `act.at`, or `view`'s next moment if that comes first, and ask again before acting:
    the mediation may have moved on. An `at` that has passed means now.
    """
    around = Around(city, resident, Seen(view), now, done)
    if around.seen.over:
        return None
    return min(_all(around), key=lambda act: (act.at, act.key), default=None)


def _all(around: Around) -> Iterator[Act]:
    for task in around.seen.tasks:
        act = BEHAVIOUR[task.kind](around, task)
        if act:
            yield act
    yield from happenings(around) if around.seen.stage != Stage.CLOSED else objections(around)
