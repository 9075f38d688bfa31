"""How a signal is taken in, from wherever it is told: by a partner, in a talk, or in the call after three months."""

from domain.facts.parties import Owner, Role
from domain.facts.signals import Signal, SignalKind
from domain.facts.tasks import Task, TaskKind
from domain.policy.policy import LeaseForm
from domain.state import events as e
from domain.state.draft import Draft

FIRST_STEPS = {
    SignalKind.NUISANCE: TaskKind.ACKNOWLEDGE_SIGNAL,
    SignalKind.ARREARS: TaskKind.REMIND_ARREARS,
    SignalKind.CARE_AVOIDANCE: TaskKind.CONTACT_CLIENT,
    SignalKind.WORRY: TaskKind.CONTACT_CLIENT,
}


def report(d: Draft, kind: SignalKind, note: str | None = None) -> None:
    """Take a signal in, and open its first step."""
    open_step(d, FIRST_STEPS[kind], _taken_in(d, kind, note))


def confer(d: Draft, note: str | None = None) -> None:
    """What came out of the call needs all partners: a worry that goes to the case conference at once."""
    signal = d.m.signal_of(SignalKind.WORRY)
    if signal is None:
        open_step(d, TaskKind.HOLD_CASE_CONFERENCE, _taken_in(d, SignalKind.WORRY, note))


def _taken_in(d: Draft, kind: SignalKind, note: str | None) -> Signal:
    number = sum(s.kind is kind for s in d.m.signals) + 1
    signal = Signal(id=f"{kind.value}-{number}", kind=kind, reported_by=d.by.organisation, reported_at=d.now)
    d.emit(e.SignalReported(signal=signal, note=note))
    return signal


def open_step(d: Draft, kind: TaskKind, signal: Signal) -> Task:
    """Open a step about a signal, for whoever takes that step."""
    return d.open(kind, about=signal.id)


def landlord(d: Draft) -> Owner | None:
    """Return the care provider while it lets the home to the client; else None, for the corporation."""
    lease, support = d.m.lease, d.m.support
    lets = lease.form is LeaseForm.CONVERSION and lease.converted_on is None
    return Owner(Role.CARE_PROVIDER, support.provider) if lets and support else None
