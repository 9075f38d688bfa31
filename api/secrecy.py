"""A secret address (geheim adres): which dwelling it is only those see who must know it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from api.auth import Caller
from domain.facts.conditions import Condition
from domain.facts.dwelling import Candidate
from domain.facts.parties import Role
from domain.facts.value import replace
from domain.policy.policy import Policy
from domain.state.mediation import Mediation

HIDDEN = "hidden"
"""What stands where a part of a secret address would."""
TELLING = frozenset({"district_wanted", "district_excluded", "safety", "provider_present"})
"""Conditions whose fact is the district."""


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
    return Candidate(dwelling=home, conditions=tuple(map(_veiled_condition, candidate.conditions)))


def _veiled_condition(condition: Condition) -> Condition:
    return replace(condition, fact=HIDDEN) if condition.name in TELLING else condition


def veiled_events(rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Return events without what tells where a dwelling is."""
    for row in rows:
        yield {**row, "document": _veiled_document(row["document"])}


def _veiled_document(document: Mapping[str, Any]) -> dict[str, Any]:
    whole = dict(document)
    match whole["type"]:
        case "DwellingsListed":
            whole |= {"suitable": [], "unsuitable": [], "full": [], "left_out": []}
        case "OfferPrepared":
            whole["candidate"] = veiled(Candidate.model_validate(whole["candidate"])).model_dump(mode="json")
            whole["spread"] = []
        case "ReceivingTeamKnown":
            whole |= {"team": HIDDEN, "district": HIDDEN}
        case "TaskAnswered":
            told = whole["answer"].keys() & {"dwelling", "team"}
            whole["answer"] = whole["answer"] | dict.fromkeys(told, HIDDEN)
        case "DeliveryFailed":
            told = whole["effect"].keys() & {"dwelling", "district", "team"}
            whole["effect"] = whole["effect"] | dict.fromkeys(told, HIDDEN)
    return whole
