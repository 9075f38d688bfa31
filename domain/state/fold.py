"""The fold: a mediation is what its events made of it, one after another."""

from collections.abc import Iterable

from domain.facts.value import replace
from domain.state.events import AnyEvent, MediationStarted
from domain.state.mediation import Mediation


def fold(events: Iterable[AnyEvent], m: Mediation | None = None) -> Mediation | None:
    """Return the state after these events, on top of what is known already; None when nothing happened yet."""
    happened = tuple(events)
    for event in happened:
        m = _begun(event) if m is None else event.apply(m)
    return replace(m, sequence=m.sequence + len(happened)) if m and happened else m


def evolve(m: Mediation | None, event: AnyEvent) -> Mediation:
    """Return the state after one more event."""
    after = _begun(event) if m is None else event.apply(m)
    return replace(after, sequence=after.sequence + 1)


def _begun(event: AnyEvent) -> Mediation:
    if not isinstance(event, MediationStarted):
        raise ValueError(f"{event.type} before MediationStarted")
    return event.apply(None)
