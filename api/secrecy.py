"""A secret address (geheim adres): only those who must know it see which dwelling it is.

Fields that tell which dwelling it is are found by their type, in the state of a mediation and in its events: a field
that is added later is hidden too.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from api.auth import Caller
from api.sights.events import EVENTS
from domain.facts.dwelling import Candidate, Dwelling, HomeRef, LeftOut, Unsuitable
from domain.facts.parties import Role
from domain.facts.value import Value, replace
from domain.policy.policy import Policy
from domain.policy.scarce import SpreadClaim
from domain.state.mediation import Mediation

HIDDEN = "hidden"
"""What stands where a part of a secret address would."""
HOMES = frozenset({Candidate, Dwelling, HomeRef, Unsuitable, LeftOut, SpreadClaim})
"""The types that say which dwelling it is, or in which complex or district."""
OF_ITSELF = frozenset({"rooms", "rent", "rent_band", "accessible", "low_stimulus", "household", "complex_load"})
"""The conditions that give away nothing of where the dwelling is, neither by their fact nor by norm and verdict."""


def _tells(hint: Any) -> bool:
    """Tell whether a value of this type says which dwelling it is, in whatever it holds."""
    if isinstance(hint, type) and issubclass(hint, Value):
        return hint in HOMES or any(_tells(field.annotation) for field in hint.model_fields.values())
    return any(_tells(arg) for arg in get_args(hint))


def _telling(model: type[Value]) -> frozenset[str]:
    return frozenset(name for name, field in model.model_fields.items() if _tells(field.annotation))


OF_STATE = _telling(Mediation)
"""The fields of a mediation that tell which dwelling it is."""
OF_EVENTS = {model.model_fields["type"].default: _telling(model) for model in EVENTS}
"""The same of each kind of event."""


def hides_address(state: Mediation, policy: Policy, reader: Caller) -> bool:
    """Tell whether this reader may not know where the client will live.

    The municipality may, and a corporation, which is shown its own dwellings only. The organisation of the client's
    guide may where the policy says so.
    """
    if not state.referral.address_secret or reader.role in {Role.COORDINATOR, Role.CORPORATION}:
        return False
    return not (policy.secrecy.institution_knows and reader.organisation == state.parties.institution)


def receiving_team(state: Mediation, policy: Policy, reader: Caller) -> str | None:
    """Return the team of the home's district, as far as it is known and this reader may know it: it tells the area."""
    if state.receiving is None or reader.role is Role.CORPORATION:
        return None
    team = state.receiving.team
    return None if hides_address(state, policy, reader) and reader.organisation != team else team


def veiled(candidate: Candidate) -> Candidate:
    """Return a dwelling with its conditions, without what tells where it is."""
    home = replace(candidate.dwelling, id=HIDDEN, complex=HIDDEN, district=HIDDEN)
    return Candidate(dwelling=home, conditions=tuple(c for c in candidate.conditions if c.name in OF_ITSELF))


def without_homes() -> dict[str, tuple[()]]:
    """Return an empty list for each field of a mediation that tells which dwelling it is."""
    return dict.fromkeys(OF_STATE, ())


def veiled_events(rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Return events without what tells where a dwelling is."""
    for row in rows:
        yield {**row, "document": _veiled_document(row["document"])}


def _veiled_document(document: Mapping[str, Any]) -> dict[str, Any]:
    whole = dict(document)
    for name in OF_EVENTS[whole["type"]]:
        whole[name] = _veiled_field(whole.get(name))
    match whole["type"]:
        case "ReceivingTeamKnown":
            whole |= {"team": HIDDEN, "district": HIDDEN}
        case "TaskAnswered":
            told = whole["answer"].keys() & {"dwelling", "team"}
            whole["answer"] = whole["answer"] | dict.fromkeys(told, HIDDEN)
        case "DeliveryFailed":
            told = whole["effect"].keys() & {"dwelling", "district", "team"}
            whole["effect"] = whole["effect"] | dict.fromkeys(told, HIDDEN)
    return whole


def _veiled_field(value: Any) -> Any:
    """Return the dwelling of an offer without its place, and an empty list for lists of dwellings."""
    return veiled(Candidate.model_validate(value)).model_dump(mode="json") if isinstance(value, Mapping) else []
