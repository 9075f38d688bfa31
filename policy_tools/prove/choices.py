"""Every way to fill in a command or an answer, read off its type: enumerations, flags, optionals, dates around today.

What a type does not tell (which dwelling, under what number, which message failed) stands in one small table. A field
that can be filled in neither way is named, so that the proof never passes over what it could not try.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from functools import lru_cache, partial
from itertools import combinations, product
from math import prod
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from domain.decide.catalogue import ASKED_BY_SYSTEM, SPECS
from domain.facts.complaints import NotHandled
from domain.facts.dwelling import Dwelling, HomeNow
from domain.facts.outcome import Stage
from domain.facts.parties import OrganisationId
from domain.facts.tasks import TaskKind
from domain.facts.value import Value, replace
from domain.messages.answers import Answer, DecisionReason, KnownFrom
from domain.messages.commands import ClientWithdrawal, Disputed, FilePart
from domain.messages.effects import AnyEffect, Audience, FreeDwelling, Letter, PlaceOffer, RequestSupport, SendLetter
from domain.messages.shapes import SHAPES
from domain.messages.told import Told
from domain.policy.policy import Policy
from domain.state.mediation import Mediation, OfferState
from domain.steps.decision_letter import LETTER_OF_END

V = TypeVar("V", bound=Value)

OTHER_PROVIDER = "another-provider"
SAMPLES = ("note-0123456789abcdef", "person-00000001", "p-1", "centrum", "2026-06-01", "0001")
"""Texts of which the first that a type allows is used."""
NUMBERS = (1, 2, 0, 50)
DAYS = {"yesterday": -1, "today": 0, "in two weeks": 14}
NOTHING = "nothing"
AT_MOST = 200
"""Ways to fill in one command, at most; beyond it the fields are varied two at a time."""


Choice = tuple[str, Any]
"""A value, and the word by which the same choice is known in every state."""
Ways = dict[str, list[Choice]]
"""The choices for each field."""
Words = tuple[tuple[str, tuple[str, ...]], ...]
"""The words of those choices."""


class CannotFill(Exception):
    """The proof does not know what to fill in here."""

    def __init__(self, owner: str, field: str, hint: object) -> None:
        super().__init__(f"{owner}.{field}: nothing tells how to fill in {hint}; name it in {__name__}")


@dataclass(frozen=True, eq=False)
class ChoiceContext:
    """What there is to choose from in one state."""

    m: Mediation
    policy: Policy
    now: datetime
    effects: tuple[AnyEffect, ...] = ()
    """The last message of each type, any of which a partner may refuse."""
    found: dict[tuple[type[Value], frozenset[str]], list[tuple[Ways, Words]]] = field(default_factory=dict)
    """The ways to fill in a kind of command or answer, by what is given: worked out once in a state."""


def filled(kind: type[V], known: ChoiceContext, **given: Any) -> Iterator[tuple[str, Callable[[], V | None]]]:
    """Yield every way to fill in a command or answer: its words, and what makes it (None: its type refuses it)."""
    for ways, said in _found(kind, known, frozenset(given)):
        for words, picked in _combined(said, whole=True):
            yield words, partial(_picked, kind, given, ways, picked)


def one_way(kind: type[V], known: ChoiceContext, words: str, **given: Any) -> Callable[[], V | None] | None:
    """Return what makes the one way to fill in a command or answer that has these words; None if there is none here."""
    for ways, said in _found(kind, known, frozenset(given)):
        picked = _by_words(said).get(words)
        if picked is not None:
            return partial(_picked, kind, given, ways, picked)
    return None


def _found(kind: type[Value], known: ChoiceContext, given: frozenset[str]) -> list[tuple[Ways, Words]]:
    found = known.found.get((kind, given))
    if found is None:
        found = known.found[kind, given] = [(ways, _words(ways)) for ways in _by_shape(kind, _ways(kind, known, given))]
    return found


def _by_shape(kind: type[Value], ways: Ways) -> Iterator[Ways]:
    """Part the ways to fill in an answer by its shapes: what is a mixture of two is refused whatever else holds."""
    if not issubclass(kind, Answer) or kind not in SHAPES:
        yield ways
        return
    for shape in SHAPES[kind]:
        taken = {name: [one for one in way if shape.takes(kind, name, one[1])] for name, way in ways.items()}
        if all(taken.values()):
            yield taken


@lru_cache(maxsize=4096)
def _by_words(fields: Words) -> dict[str, tuple[int, ...]]:
    return dict(_combined(fields, whole=True))


def _picked(kind: type[V], given: dict[str, Any], ways: Ways, picked: tuple[int, ...]) -> V | None:
    return _made(kind, given | {name: way[n][1] for (name, way), n in zip(ways.items(), picked, strict=True)})


def _ways(kind: type[Value], known: ChoiceContext, given: frozenset[str] = frozenset()) -> Ways:
    return {
        name: list(choices(kind, name, hint, known))
        for name, hint in _hints(kind).items()
        if name not in given and not _told_by_type(hint)
    }


def _told_by_type(hint: Any) -> bool:
    """Tell whether a field has one value only, by which its type is known among others."""
    return get_origin(hint) is Literal and len(get_args(hint)) == 1


def _words(ways: Ways) -> Words:
    return tuple((name, tuple(word for word, _ in way)) for name, way in ways.items())


def _made(kind: type[V], values: dict[str, Any]) -> V | None:
    try:
        return kind(**values)
    except ValidationError:
        return None


def choices(owner: type[Value], name: str, hint: Any, known: ChoiceContext) -> Iterable[Choice]:
    """Return what a field may be filled in with. Raises CannotFill."""
    if (owner.__name__, name) in TABLE:
        return TABLE[owner.__name__, name](known)
    if hint in NAMED:
        return NAMED[hint](known)
    if not _depends(owner, name, hint):
        return _the_same_always(owner, name, hint, known)
    return _by_type(owner, name, hint, known)


@lru_cache(maxsize=2048)
def _depends(owner: type[Value], name: str, hint: Any) -> bool:
    """Tell whether what a field may be filled in with depends on the state or the day."""
    if (owner.__name__, name) in TABLE or hint in NAMED or name in WORDS:
        return True
    if isinstance(hint, type) and issubclass(hint, Value):
        return any(_depends(hint, *one) for one in _hints(hint).items())
    if isinstance(hint, type):
        return issubclass(hint, date)
    return get_origin(hint) is not Literal and any(_depends(owner, name, one) for one in get_args(hint))


_ALWAYS: dict[tuple[type[Value], str, Any], list[Choice]] = {}


def _the_same_always(owner: type[Value], name: str, hint: Any, known: ChoiceContext) -> list[Choice]:
    asked = (owner, name, hint)
    if asked not in _ALWAYS:
        _ALWAYS[asked] = list(_by_type(owner, name, hint, known))
    return _ALWAYS[asked]


def _by_type(owner: type[Value], name: str, hint: Any, known: ChoiceContext) -> Iterator[Choice]:
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated and name in WORDS:
        yield from WORDS[name](known)
    elif origin is Annotated and args[0] is not date and get_origin(args[0]) is not Literal:
        found = _sample(hint, SAMPLES if args[0] is str else NUMBERS)
        if not found:
            raise CannotFill(owner.__name__, name, hint)
        yield from ((str(one), one) for one in found[: 1 if args[0] is str else 2])
    elif origin is Annotated:
        yield from choices(owner, name, args[0], known)
    elif origin is Literal:
        yield from ((str(one), one) for one in args)
    elif origin in {Union, UnionType}:
        if NoneType in args:
            yield NOTHING, None
        for one in args:
            if one is not NoneType:
                yield from choices(owner, name, one, known)
    elif origin is tuple:
        yield "none", ()
        every = [value for _, value in choices(owner, name, args[0], known)]
        yield from [("one", (every[0],)), ("all", tuple(every))][: len(every)]
    elif isinstance(hint, type):
        yield from _plain(owner, name, hint, known)
    else:
        raise CannotFill(owner.__name__, name, hint)


def _plain(owner: type[Value], name: str, hint: type, known: ChoiceContext) -> Iterator[Choice]:
    if issubclass(hint, Enum):
        yield from ((str(one.value), one) for one in hint)
    elif hint is bool:
        yield from (("no", False), ("yes", True))
    elif hint is datetime:
        yield from ((word, known.now + timedelta(days=n)) for word, n in DAYS.items())
    elif hint is date:
        today = known.policy.calendar.today(known.now)
        yield from ((word, today + timedelta(days=n)) for word, n in DAYS.items())
    elif issubclass(hint, Value):
        ways = _ways(hint, known)
        for words, picked in _combined(_words(ways), whole=False):
            made = _picked(hint, {}, ways, picked)
            if made is not None:
                yield words or "as it is", made
    elif name in WORDS:
        yield from WORDS[name](known)
    elif hint is str or hint is int:
        yield from ((str(one), one) for one in (SAMPLES[:1] if hint is str else NUMBERS[:2]))
    else:
        raise CannotFill(owner.__name__, name, hint)


@lru_cache(maxsize=4096)
def _combined(fields: Words, whole: bool) -> list[tuple[str, tuple[int, ...]]]:
    """Combine the fields in every way, each with its words.

    When that would be too many, two fields at a time are varied from a form left empty, and from one filled in; and a
    value within a command one field at a time.
    """
    every = [range(len(words)) for _, words in fields]
    if not all(every):
        return []
    empty = tuple(0 for _ in fields)
    if whole and prod(map(len, every)) <= AT_MOST:
        found = list(product(*every))
    elif whole:
        full = tuple(_given(words) for _, words in fields)
        found = list(dict.fromkeys((*_varied(empty, every, 2), *_varied(full, every, 2))))
    else:
        found = list(dict.fromkeys(_varied(empty, every, 1)))
    return [(_told(fields, picked), picked) for picked in found]


def _given(words: tuple[str, ...]) -> int:
    """Return which word a field has in a form that is filled in: the last day, or the first that says something."""
    if words[0] != NOTHING:
        return 0
    return len(words) - 1 if words[-1] in DAYS else min(1, len(words) - 1)


def _varied(base: tuple[int, ...], every: list[range], most: int) -> Iterator[tuple[int, ...]]:
    """Vary so many fields at a time, at most."""
    for changed in combinations(range(len(base)), most):
        for values in product(*(every[n] for n in changed)):
            picked = list(base)
            for n, value in zip(changed, values, strict=True):
                picked[n] = value
            yield tuple(picked)


def _told(fields: Words, picked: tuple[int, ...]) -> str:
    said = ((name, words[n]) for (name, words), n in zip(fields, picked, strict=True))
    return ", ".join(f"{name}={word}" for name, word in said if word != NOTHING)


@lru_cache(maxsize=512)
def _sample(hint: Any, samples: tuple[Any, ...]) -> list[Any]:
    found = []
    for sample in samples:
        try:
            TypeAdapter(hint).validate_python(sample)
        except ValidationError:
            continue
        found.append(sample)
    return found


@lru_cache(maxsize=512)
def _hints(kind: type[Value]) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    return {name: hints[name] for name in kind.model_fields}


# -- what no type tells --------------------------------------------------------------------------------------------


def _organisations(known: ChoiceContext) -> Iterator[Choice]:
    provider = known.m.support.provider if known.m.support else known.m.parties.care_provider
    yield from (("the provider", provider), ("another provider", OTHER_PROVIDER))


def _received(known: ChoiceContext) -> Iterator[Choice]:
    """Today, and what is refused: a notice of before is one of today with an earlier end."""
    yield from ((NOTHING, None), ("tomorrow", known.policy.calendar.today(known.now) + timedelta(days=1)))


def _no_note(_known: ChoiceContext) -> Iterator[Choice]:
    yield NOTHING, None


def _fresh(known: ChoiceContext) -> Iterator[Choice]:
    yield "new", f"N-{known.m.sequence}"


def _candidates(known: ChoiceContext) -> Iterator[Choice]:
    listed = [candidate.dwelling for candidate in known.m.candidates]
    yield from [("the first", listed[0].id)] if listed else [("unlisted", "D-0")]


def _corporations(known: ChoiceContext) -> Iterator[Choice]:
    listed = [candidate.dwelling for candidate in known.m.candidates]
    yield "of the first", listed[0].corporation if listed else known.m.parties.corporations[0]


def _dwellings(known: ChoiceContext) -> Iterator[Choice]:
    needs = known.m.referral.needs
    district = next(iter(needs.wanted_districts), "centrum")
    fitting = Dwelling(
        id=f"D-{known.m.sequence}",
        corporation=known.m.parties.corporations[0],
        complex="De Oever",
        district=district,
        rooms=needs.rooms,
        rent_cents=needs.rent_limit_cents,
        accessible=True,
        low_stimulus=True,
        released_on=known.policy.calendar.today(known.now),
    )
    yield "one that suits", (fitting,)
    yield "one too dear", (replace(fitting, rent_cents=needs.rent_limit_cents + 1),)
    yield "none", ()


def _home_now(known: ChoiceContext) -> Iterator[Choice]:
    """Of the home of the offer: a higher rent that can be paid, one that cannot, and that it is gone."""
    if known.m.live_offer is None or known.m.live_offer.state is OfferState.PREPARED:
        return
    home = known.m.live_offer.candidate.dwelling
    now = HomeNow(corporation=home.corporation, id=home.id)
    limit = known.m.referral.needs.rent_limit_cents
    if home.rent_cents < limit:
        yield "dearer", replace(now, dwelling=replace(home, rent_cents=limit))
    yield "too dear", replace(now, dwelling=replace(home, rent_cents=limit + 1))
    yield "gone", replace(now, gone=True)


def _away(known: ChoiceContext) -> Iterator[Choice]:
    yield from (("nobody", ()), ("a corporation", known.m.parties.corporations[:1]))


def _offer(known: ChoiceContext) -> Iterator[Choice]:
    number = known.m.live_offer.number if known.m.live_offer else None
    yield "the offer" if number else "an unknown one", number or "O-0"


def _effects(known: ChoiceContext) -> Iterator[Choice]:
    """One message that asks whether it is still wanted when it is sent again, of each type, and one of all others."""
    if not known.m.undelivered:
        asking = [effect for effect in known.effects if isinstance(effect, PlaceOffer | RequestSupport)]
        yield from ((effect.type, effect) for effect in asking)
        yield from [("another", effect) for effect in known.effects if effect not in asking][:1]
        yield from _decision(known)


def _decision(known: ChoiceContext) -> Iterator[Choice]:
    """The letter that tells the client of the end, and those that invite the client to a hearing."""
    for task in known.m.tasks:
        if task.awaits_letter:
            invitation = SendLetter(
                letter=Letter.HEARING_INVITED, readers=(Audience.CLIENT,), task=task.id, key=task.id
            )
            yield "the invitation", invitation
    ended = known.m.decision
    if ended:
        told = Told(decision=ended.decided_as)
        yield (
            "the decision",
            SendLetter(letter=LETTER_OF_END[ended.outcome], readers=(Audience.CLIENT,), key="decision", told=told),
        )


def _by_letter(known: ChoiceContext) -> Iterator[Choice]:
    """Of what people hear by letter where there is no system: what a task asks as well, and that an offer ended."""
    for effect in known.effects:
        kind = ASKED_BY_SYSTEM.get(type(effect))
        if isinstance(effect, FreeDwelling) or (kind and known.m.open_of(kind)):
            yield effect.type, effect


def _requests(known: ChoiceContext) -> Iterator[Choice]:
    """The request for support, which is what a provider's system answers with a retour."""
    yield from [(effect.type, effect) for effect in known.effects if isinstance(effect, RequestSupport)][:1]


def _message(known: ChoiceContext) -> Iterator[Choice]:
    awaited = next((task.about for task in known.m.tasks if task.kind is TaskKind.AWAIT_RETOUR), None)
    yield from [("the awaited one", awaited)] if awaited else [("new", f"DM{known.m.sequence}")]


def _request(known: ChoiceContext) -> Iterator[Choice]:
    number = known.m.support.number if known.m.support else None
    yield from (("the present one", number or "1001"), ("another", "1002"))


def _policies(known: ChoiceContext) -> Iterator[Choice]:
    """The same terms under another version, so that what was adopted decides as what runs; and what runs already."""
    yield "another version", _another_version(known.policy)
    yield "the same", known.policy


def _another_version(policy: Policy) -> Policy:
    found = _VERSIONS.get(id(policy))
    if found is None or found[0] is not policy:
        found = _VERSIONS[id(policy)] = (policy, replace(policy, version="2100-01-01"))
    return found[1]


_VERSIONS: dict[int, tuple[Policy, Policy]] = {}


def _task(known: ChoiceContext) -> Iterator[Choice]:
    yield from ((task.kind.value, task.id) for task in known.m.tasks)


def _answered(known: ChoiceContext) -> Iterator[Choice]:
    """The last task that was answered and whose answer may be corrected, and one of which it may not."""
    kinds = list(known.m.answered)
    last = [kind for kind in kinds if SPECS[kind].may_be_corrected][-1:]
    yield from ((kind.value, known.m.answered[kind].task) for kind in (*last, *kinds[:1]))


def _right_answer(known: ChoiceContext) -> Iterator[Choice]:
    """Every answer that the last such task might have had."""
    kinds = [kind for kind in known.m.answered if SPECS[kind].may_be_corrected]
    for kind in kinds[-1:]:
        for words, make in filled(SPECS[kind].answer_type, known):
            answer = make()
            if answer is not None:
                yield words, answer


def _against(known: ChoiceContext) -> Iterator[Choice]:
    """Each kind of decision; after the end those that were taken and one that was not, for none else is told apart."""
    m = known.m
    taken = {one.subject for one in m.decisions} | ({Disputed.END} if m.decision else set())
    others = [one for one in Disputed if one not in taken]
    found = [one for one in Disputed if one in taken]
    yield from ((one.value, one) for one in (*found, *(others[:1] if m.stage is Stage.CLOSED else others)))


def _the_last(_known: ChoiceContext) -> Iterator[Choice]:
    yield NOTHING, None


def _heard_on(known: ChoiceContext) -> Iterator[Choice]:
    today = known.policy.calendar.today(known.now)
    yield from (("today", today), ("in two weeks", today + timedelta(weeks=2)))


def _today(known: ChoiceContext) -> Iterator[Choice]:
    yield "today", known.policy.calendar.today(known.now)


def _form(_known: ChoiceContext) -> Iterator[Choice]:
    yield from ((NOTHING, None), ("spoken", "spoken"))


def _said_by(_known: ChoiceContext) -> Iterator[Choice]:
    yield from ((NOTHING, None), ("the client", "client"))


def _one_reason(_known: ChoiceContext) -> Iterator[Choice]:
    yield from (("none", ()), ("one", (DecisionReason.SKILLS,)))


def _always(*these: Choice) -> Callable[[ChoiceContext], Iterator[Choice]]:
    """Return what yields the same choices in every state."""
    return lambda _known: iter(these)


_sources = _always(("none", None), ("client", KnownFrom.CLIENT), ("other", KnownFrom.OTHER))
"""The sources that a rule tells apart."""
_leaving = _always(("other", ClientWithdrawal.OTHER), ("own home", ClientWithdrawal.OWN_HOUSING_FOUND), (NOTHING, None))
"""The reasons that a rule tells apart. One that a partner must give is first: it is tried as the municipality's too."""
_in_own_words = _always(("given", SAMPLES[0]), (NOTHING, None))
_to_client = _always(
    ("a letter", SendLetter(key="held", letter=Letter.URGENCY_GRANTED, readers=(Audience.CLIENT,))),
)
_complaint_heard = _always((NOTHING, None), ("waived", "waived"))
_complaint_ground = _always((NOTHING, None), ("in court", NotHandled.IN_COURT))
_objection_ground = _always((NOTHING, None), ("incomplete", "incomplete"))
_standings = _always(("unknown", ()))

TABLE: dict[tuple[str, str], Callable[[ChoiceContext], Iterator[Choice]]] = {
    ("ChangeContact", "again"): _always(("none", ())),
    ("CorrectAnswer", "task"): _answered,
    ("CorrectAnswer", "answer"): _right_answer,
    ("MatchAnswer", "corporation"): _corporations,
    ("MatchAnswer", "dwelling"): _candidates,
    ("LearnDwellings", "dwellings"): _dwellings,
    ("LearnDwellings", "away"): _away,
    ("LearnDwellings", "standings"): _standings,
    ("LearnHome", "home_now"): _home_now,
    ("LearnLease", "offer"): _offer,
    ("AdoptPolicy", "policy"): _policies,
    ("LearnRetour", "effect"): _requests,
    ("LearnRetour", "number"): _request,
    ("LearnSupportReport", "number"): _request,
    ("ReportUndelivered", "effect"): _effects,
    ("LearnNoSystem", "effect"): _by_letter,
    ("LearnLetterSent", "letter"): _decision,
    ("LearnHeldBack", "letter"): _to_client,
    ("FileObjection", "against"): _against,
    ("FileObjection", "decision"): _the_last,
    ("HearingAnswer", "heard_on"): _heard_on,
    ("HearingAnswer", "form"): _form,
    ("HearingAnswer", "said_by"): _said_by,
    ("HearingAnswer", "reasons"): _one_reason,
    ("AssessmentAnswer", "reasons"): _one_reason,
    ("UrgencyDecisionAnswer", "reasons"): _one_reason,
    ("NoteDefaultNotice", "received_on"): _received,
    ("NoteDefaultNotice", "note"): _no_note,
    ("FileComplaint", "organisation"): _no_note,
    ("FileComplaint", "made_on"): _no_note,
    ("FileComplaint", "received_on"): _received,
    ("ObjectionAnswer", "hearing"): _complaint_heard,
    ("ObjectionAnswer", "heard_on"): _no_note,
    ("ObjectionAnswer", "heard_by"): _no_note,
    ("ObjectionAnswer", "ground"): _objection_ground,
    ("ComplaintAnswer", "hearing"): _complaint_heard,
    ("ComplaintAnswer", "heard_on"): _no_note,
    ("ComplaintAnswer", "ground"): _complaint_ground,
    ("ComplaintAnswer", "happened_on"): _no_note,
    ("ComplaintAnswer", "until"): _no_note,
    ("Withdraw", "source"): _sources,
    ("Withdraw", "reason"): _leaving,
    ("Withdraw", "note"): _in_own_words,
    ("ReportDeath", "source"): _sources,
    ("ReportHindrance", "to"): _the_last,
    ("AnswerHindrance", "until"): _the_last,
    ("ProposeTransfer", "to"): _always(("another", "another-municipality")),
    ("ProposeTransfer", "consent_on"): _today,
    ("ProposeTransfer", "consent"): _always(("written", "written")),
    ("ProposeTransfer", "shares"): _always(("all", tuple(FilePart))),
    ("ProposeTransfer", "notes"): _always(("none", ())),
    ("DeathConfirmationAnswer", "source"): _sources,
}
"""By command or answer and field."""
NAMED: dict[Any, Callable[[ChoiceContext], Iterator[Choice]]] = {OrganisationId: _organisations}
"""By type."""
WORDS: dict[str, Callable[[ChoiceContext], Iterator[Choice]]] = {"number": _fresh, "task": _task, "message": _message}
"""By a field's name, when its type is a text."""
