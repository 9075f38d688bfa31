"""A secret address (geheim adres): only those who must know it see which dwelling it is.

Fields that tell which dwelling it is are found by their type, in the state of a mediation and in its events: a field
that is added later is hidden too.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from api.auth import Caller
from api.sights.events import EVENTS
from domain.decide.catalogue import SPECS
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
    """Tell whether this reader may not know where the client will live, or lives."""
    return state.referral.address_secret and not _knows(state, policy, reader)


def _knows(state: Mediation, policy: Policy, reader: Caller) -> bool:
    """Tell whether a reader must know a secret address: who decides on it, who lets it, and who must go there.

    A corporation is shown its own dwellings only. The organisation of the client's guide knows where the policy says
    so.
    """
    match reader.role:
        case Role.COORDINATOR | Role.CORPORATION:
            return True
        case Role.AUDITOR | Role.ADMIN:
            return False
    supports = state.support is not None and reader.organisation in state.providers()
    receives = state.lease.keys_on is not None and reader.organisation == state.receiving_team
    goes_there = any(SPECS[task.kind].at_home and task.owner == reader.organisation for task in state.tasks)
    of_guide = policy.secrecy.institution_knows and reader.organisation == state.parties.institution
    return supports or receives or goes_there or of_guide


def receiving_team(state: Mediation, policy: Policy, reader: Caller) -> str | None:
    """Return the team of the home's district, as far as it is known and this reader may know it: it tells the area."""
    if state.receiving is None or reader.role is Role.CORPORATION:
        return None
    team = state.receiving.team
    return None if hides_address(state, policy, reader) and reader.organisation != team else team


def team_hidden(state: Mediation, policy: Policy, reader: Caller) -> str | None:
    """Return the team that this reader may not hear of, for it would tell in which area the home is.

    None: there is none. The team that assessed is known to everybody, also where it is the same.
    """
    team = state.receiving.team if state.receiving else None
    if team in {None, state.parties.district_team, reader.organisation} or not hides_address(state, policy, reader):
        return None
    return team


def without_team(shown: Any, team: str | None) -> Any:
    """Return what is shown, however deep, without the name of a team that may not be heard of."""
    if team is None:
        return shown
    match shown:
        case str():
            return HIDDEN if shown == team else shown
        case Mapping():
            return {name: without_team(value, team) for name, value in shown.items()}
        case list() | tuple():
            return type(shown)(without_team(value, team) for value in shown)
        case Value():
            return replace(shown, **{name: without_team(value, team) for name, value in shown})
    return shown


def veiled(candidate: Candidate) -> Candidate:
    """Return a dwelling with its conditions, without what tells where it is."""
    home = replace(candidate.dwelling, id=HIDDEN, complex=HIDDEN, district=HIDDEN)
    return Candidate(dwelling=home, conditions=tuple(c for c in candidate.conditions if c.name in OF_ITSELF))


def without_homes() -> dict[str, tuple[()]]:
    """Return an empty list for each field of a mediation that tells which dwelling it is."""
    return dict.fromkeys(OF_STATE, ())


def unmet_of(unmet: Mapping[str, int]) -> dict[str, int]:
    """Return how many dwellings each condition kept away, of those that tell nothing of where the client will live."""
    return {name: count for name, count in unmet.items() if name in OF_ITSELF}


def veiled_events(rows: Iterable[Mapping[str, Any]], team: str | None = None) -> Iterator[Mapping[str, Any]]:
    """Return events without what tells where a dwelling is, and without the team that would tell it."""
    for row in rows:
        yield {**row, "by": without_team(row["by"], team), "document": without_team(_veiled(row["document"]), team)}


def _veiled(document: Mapping[str, Any]) -> dict[str, Any]:
    whole = dict(document)
    for name in OF_EVENTS[whole["type"]]:
        whole[name] = _veiled_field(whole.get(name))
    match whole["type"]:
        case "DwellingsListed":
            whole["unmet"] = unmet_of(whole.get("unmet") or {})
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
