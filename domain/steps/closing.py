"""How a followed-up mediation closes: not while anything is still to be done."""

from domain.facts.outcome import Outcome, Stage
from domain.facts.rules import RuleName
from domain.state import events as e
from domain.state.draft import Draft
from domain.steps.ending import end


def conclude(d: Draft, outcome: Outcome, note: str | None = None) -> None:
    """The follow-up is done: close with this outcome, at once or when nothing is left to be done."""
    started = d.m.support is not None and d.m.support.started_on is not None
    d.require(started, RuleName.SUPPORT_NOT_STARTED)
    if held_open(d) or _to_convert(d):
        d.emit(e.FollowUpConcluded(outcome=outcome, note=note))
        go_on(d)
    else:
        end(d, outcome, note)


def go_on(d: Draft) -> None:
    """Something that kept the mediation open is over: go on to what is left, or close."""
    if d.m.concluded is None or held_open(d):
        return
    if not _to_convert(d):
        end(d, d.m.concluded, d.m.concluded_note)
    elif d.m.stage is not Stage.CONVERSION:
        d.enter(Stage.CONVERSION)


def held_open(d: Draft) -> bool:
    """Tell whether a signal is still worked on, the client is away, or another provider or home is still awaited."""
    m = d.m
    return bool(m.open_signals) or m.absence is not None or any(d.spec(t.kind).holds_open for t in m.tasks)


def _to_convert(d: Draft) -> bool:
    """Tell whether the lease may still come in the client's own name, under this policy."""
    return not d.m.converted and d.m.lease.form in d.policy.conversion.after
