"""What a pause may do to the moments of a mediation."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from domain.facts.clocks import Clock
from domain.facts.default_notice import DefaultNotice
from domain.facts.tasks import Task
from domain.state.agenda import Due, Moment


def runs_on(moment: Moment) -> bool:
    """Tell whether the law counts this: then no pause moves it."""
    match moment.subject:
        case Clock(unrolled=unrolled):
            return unrolled is not None
        case Task(runs_on=runs):
            return runs
        case DefaultNotice():
            return True
        case _:
            return False


def all_later(before: list[Moment], after: list[Moment], by: timedelta) -> bool:
    """Tell whether every moment is later by a pause. A clock ends at the hour of the day where such clocks end, and its
    warnings are worked out from that day.
    """
    found = {(moment.due, moment.name, n): moment.at for n, moment in _numbered(after)}
    for n, moment in _numbered(before):
        at = found.pop((moment.due, moment.name, n), None)
        exact = moment.at if runs_on(moment) else moment.at + by
        settles = isinstance(moment.subject, Clock) and not runs_on(moment)
        if moment.due is Due.WARN and settles:
            continue
        if at is None or not (abs(at - exact) < timedelta(days=1) if settles else at == exact):
            return False
    return all(due is Due.WARN for due, _, _ in found)


def _numbered(moments: list[Moment]) -> Iterator[tuple[int, Moment]]:
    """Number what is to be done of the same kind for the same subject."""
    seen: Counter[tuple[Due, str]] = Counter()
    for moment in moments:
        seen[moment.due, moment.name] += 1
        yield seen[moment.due, moment.name], moment
