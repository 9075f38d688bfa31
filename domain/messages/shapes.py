"""Which facts of an answer go together: an answer is one of several complete shapes, and never a mixture of two.

What is recorded is read whatever it says. An answer is held against its shapes when it is given, whoever gives it: by
the API, by a link, by a partner's system or by the engine. Kinds that are not here have one shape, which is their type.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar

from domain.facts.complaints import ComplaintResult
from domain.facts.value import replace
from domain.messages import answers as a

T = TypeVar("T", bound=a.Answer)

ANY = object()
"""Whatever is given."""


class Shape(NamedTuple):
    """One way to answer: known by one field that is given, or has this value."""

    field: str
    value: object = ANY
    needs: tuple[str, ...] = ()
    """What is given with it."""
    may: tuple[str, ...] = ()
    """What may be given with it."""

    def holds(self, answer: a.Answer) -> bool:
        """Tell whether the answer says to be of this shape."""
        said = getattr(answer, self.field)
        return is_given(type(answer), self.field, said) if self.value is ANY else said == self.value

    @property
    def fields(self) -> frozenset[str]:
        """What may be given, all in all."""
        return frozenset((self.field, *self.needs, *self.may))

    def takes(self, kind: type[a.Answer], name: str, value: object) -> bool:
        """Tell whether a field may have this value in an answer of this shape."""
        given = is_given(kind, name, value)
        if name == self.field:
            return given if self.value is ANY else value == self.value
        if name in self.needs:
            return given
        return not given or name in self.fields or name not in apart(kind)


SHAPES: Mapping[type[a.Answer], tuple[Shape, ...]] = {
    a.ReadinessAnswer: (
        Shape("result", a.Readiness.READY, may=("checklist",)),
        Shape("result", a.Readiness.NOT_READY, may=("checklist", "review_on", "standstill")),
        Shape("result", a.Readiness.INCOMPLETE, may=("checklist", "missing")),
        Shape("result", a.Readiness.OTHER_ROUTE, may=("checklist",)),
        Shape("result", a.Readiness.NOT_ELIGIBLE, may=("checklist",)),
    ),
    a.ReviewAnswer: (
        Shape("ready", True, may=("checklist",)),
        Shape("ready", False, may=("checklist", "give_up")),
    ),
    a.TransferAnswer: (Shape("accepted", True), Shape("accepted", False, may=("help_here",))),
    a.TransferReply: (Shape("accepted", True, needs=("takes_over_on",)), Shape("accepted", False)),
    a.AssessmentAnswer: (
        Shape("result", a.AssessmentResult.POSITIVE, needs=("support",)),
        Shape("result", a.AssessmentResult.CONDITIONAL, needs=("support", "conditions"), may=("reasons",)),
        Shape("result", a.AssessmentResult.ALTERNATIVE, may=("alternative", "reasons")),
        Shape("result", a.AssessmentResult.NEGATIVE, may=("reasons",)),
    ),
    a.UrgencyDecisionAnswer: (
        Shape("granted", True, may=("support", "conditions")),
        Shape("granted", False, may=("reasons",)),
    ),
    a.HearingAnswer: (
        Shape("result", a.HearingResult.STANDS, may=("form", "said_by", "reasons")),
        Shape("result", a.HearingResult.DROPPED, may=("form", "said_by")),
    ),
    a.ObjectionAnswer: (
        Shape("result", a.ObjectionResult.WELL_FOUNDED, may=("hearing", "heard_on", "heard_by", "excused")),
        Shape("result", a.ObjectionResult.DISMISSED, needs=("hearing",), may=("heard_on", "heard_by", "excused")),
        Shape("result", a.ObjectionResult.INADMISSIBLE, needs=("hearing", "ground"), may=("heard_on", "heard_by")),
        Shape("result", a.ObjectionResult.WITHDRAWN),
        Shape("result", a.ObjectionResult.EXTENDED),
    ),
    a.ComplaintAnswer: (
        Shape("result", ComplaintResult.WELL_FOUNDED, needs=("hearing",), may=("heard_on",)),
        Shape("result", ComplaintResult.PARTLY_FOUNDED, needs=("hearing",), may=("heard_on",)),
        Shape("result", ComplaintResult.UNFOUNDED, needs=("hearing",), may=("heard_on",)),
        Shape("result", ComplaintResult.SETTLED),
        Shape("result", ComplaintResult.WITHDRAWN),
        Shape("result", ComplaintResult.NOT_HANDLED, needs=("ground",), may=("happened_on",)),
        Shape("result", ComplaintResult.POSTPONED, may=("until", "agreed")),
    ),
    a.MatchAnswer: (Shape("dwelling"), Shape("declined")),
    a.ConfirmationAnswer: (Shape("number"), Shape("declined")),
    a.ClientAnswer: (Shape("accept", True), Shape("accept", False, needs=("reason",))),
    a.ContactAnswer: (
        Shape("result", "accepted"),
        Shape("result", "refused", needs=("reason",)),
        Shape("result", "more_time"),
        Shape("result", "not_reached"),
    ),
    a.LeaseAnswer: (
        Shape("form", needs=("keys_on",), may=("legal_ground", "ends_on")),
        Shape("failed_check", True, may=("failure",)),
    ),
    a.SupportAnswer: (Shape("starts_on", may=("number",)), Shape("unable", True)),
    a.BridgeAnswer: (
        Shape("way", "bridge", needs=("by",)),
        Shape("way", "other_provider", needs=("by",)),
        Shape("way", "more_time"),
        Shape("way", "keys_at_start"),
        Shape("way", "no_care"),
    ),
    a.StartAnswer: (Shape("started_on", may=("in_place",)), Shape("unable", True)),
    a.SupportReviewAnswer: (
        Shape("way", "settled"),
        Shape("way", "corrected", needs=("started_on",)),
        Shape("way", "start_again"),
    ),
    a.CallAnswer: (Shape("reached", True, needs=("result",), may=("on",)), Shape("reached", False, may=("on",))),
    a.SignOffAnswer: (Shape("close", True), Shape("close", False, may=("visit",))),
    a.VisitAnswer: (Shape("seen", True, may=("calmed",)), Shape("seen", False)),
    a.DebtHelpAnswer: (Shape("settled", True), Shape("settled", False, may=("objects",))),
    a.TimeOutReviewAnswer: (Shape("result", "returned", may=("on",)), Shape("result", "goes_on")),
    a.AbsenceReviewAnswer: (
        Shape("result", "returned", may=("on",)),
        Shape("result", "goes_on"),
        Shape("result", "end"),
    ),
    a.ConversionAnswer: (
        Shape("result", "converted", needs=("on",)),
        Shape("result", "extended"),
        Shape("result", "ended_outside"),
    ),
    a.ConversionCheckAnswer: (
        Shape("result", "agreed", needs=("on",)),
        Shape("result", "later", needs=("again_on",)),
        Shape("result", "left"),
    ),
    a.DeathConfirmationAnswer: (Shape("confirmed", True, may=("source",)), Shape("confirmed", False)),
    a.WithdrawalConfirmationAnswer: (
        Shape("confirmed", True, needs=("spoke_on",)),
        Shape("confirmed", False, needs=("spoke_on",)),
        Shape("confirmed", "unreached"),
    ),
    a.DeliveryAnswer: (Shape("way", "done_by_hand", may=("on",)), Shape("way", "try_again")),
}


class Contradiction(NamedTuple):
    """Two fields of an answer that do not go together."""

    field: str
    beside: str
    """By which the answer says to be of a shape that has no such field."""


def contradiction(answer: a.Answer) -> Contradiction | None:
    """Return what an answer should not say, given what else it says; None when it is of one shape, or of none yet."""
    kind = type(answer)
    shapes = SHAPES.get(kind)
    if shapes is None:
        return None
    usual = _usual(kind)
    said = [name for name in usual if name in apart(kind) and is_given(kind, name, getattr(answer, name))]
    held = [shape for shape in shapes if shape.holds(answer)]
    strays = [next((name for name in said if name not in shape.fields), None) for shape in held]
    return Contradiction(strays[0], held[0].field) if held and strays[0] and all(strays) else None


def lacking(answer: a.Answer) -> str | None:
    """Return a field that an answer of its shape must have, and this one has not."""
    kind = type(answer)
    held = next((shape for shape in SHAPES.get(kind, ()) if shape.holds(answer)), None)
    needs = held.needs if held else ()
    return next((name for name in needs if not is_given(kind, name, getattr(answer, name))), None)


@cache
def apart(kind: type[a.Answer]) -> frozenset[str]:
    """Return the fields that the shapes of a kind name. Every other field goes with any answer of that kind."""
    return frozenset(name for shape in SHAPES.get(kind, ()) for name in shape.fields)


def is_given(kind: type[a.Answer], name: str, value: object) -> bool:
    """Tell whether a field was filled in: with something, and not with what holds when nothing is said."""
    return value != _usual(kind)[name] and (isinstance(value, bool) or bool(value))


@cache
def _usual(kind: type[a.Answer]) -> Mapping[str, object]:
    """Return every field of a kind of answer, with what holds when nothing is said."""
    return {name: field.default for name, field in kind.model_fields.items()}


def each_once(answer: T) -> T:
    """Return an answer whose lists name each thing once: what is given twice would be asked, counted and told twice."""
    lists = {name: value for name in _usual(type(answer)) if isinstance(value := getattr(answer, name), tuple)}
    twice: dict[str, Any] = {n: tuple(dict.fromkeys(given)) for n, given in lists.items() if len({*given}) < len(given)}
    return replace(answer, **twice) if twice else answer
