"""Whether an organisation can be chosen: it works for the municipality, its contract is valid, and has a place left.

Places are counted when a choice is made, and not claimed: two choices at the same moment may together exceed them.
"""

from api.installation import Installation
from api.owners import check_owner
from api.problems import Invalid
from domain.facts.parties import OrganisationId, Role
from domain.messages.answers import BridgeAnswer, MatchAnswer, ReceivingTeamAnswer
from domain.messages.commands import (
    AnswerTask,
    AnyCommand,
    ChangeProvider,
    ProposeTransfer,
    ReassignTask,
    ReportHindrance,
)
from domain.state.mediation import Mediation
from runtime.directory import Organisation, UnknownOrganisation
from store.contracts import clients_of, dwellings_of

SUPPORTING = frozenset({Role.CARE_PROVIDER, Role.DISTRICT_TEAM})
"""Who may be asked to support a client."""


async def check_chosen(here: Installation, state: Mediation, command: AnyCommand) -> None:
    """Raise `Invalid` with the field when a command chooses an organisation that cannot be chosen now."""
    match command:
        case ReportHindrance(to=str(owner)):
            _known(here, state, "to", owner)
        case ProposeTransfer():
            await _check_transfer(here, state, command)
        case ReassignTask():
            check_owner(here, state, command)
        case ChangeProvider(provider=provider):
            await _check_supporting(here, state, "provider", provider)
        case AnswerTask(answer=BridgeAnswer(way="other_provider", by=str(provider))):
            await _check_supporting(here, state, "by", provider)
        case AnswerTask(answer=BridgeAnswer(way="bridge", by=str(somebody))):
            await _check_contract(here, state, "by", somebody)
        case AnswerTask(answer=ReceivingTeamAnswer(team=team)):
            await _check_team(here, state, team)
        case AnswerTask(answer=MatchAnswer(corporation=corporation, dwelling=str())) if (
            corporation in state.parties.corporations and not state.test
        ):
            await check_places(here, "corporation", here.directory.get(corporation))
        case _:
            return


async def check_places(here: Installation, field: str, organisation: Organisation) -> None:
    """Raise `Invalid` when an organisation has used up what was agreed with it."""
    if organisation.places is None:
        return
    if organisation.role is Role.CORPORATION:
        used, what = await dwellings_of(here.pool, organisation.id, organisation.valid_from), "dwellings"
    else:
        used, what = await clients_of(here.pool, organisation.id), "clients at a time"
    if used >= organisation.places:
        agreed = f"{organisation.places} {what} were agreed with {organisation.id}"
        raise Invalid([(field, f"{agreed}, and all are in use: choose another")])


async def _check_supporting(here: Installation, state: Mediation, field: str, provider: OrganisationId) -> None:
    organisation = await _check_contract(here, state, field, provider)
    if organisation.role not in SUPPORTING:
        raise Invalid([(field, "name a care provider, or a district team that supports by itself")])
    if not state.test:
        await check_places(here, field, organisation)


async def _check_team(here: Installation, state: Mediation, name: OrganisationId) -> None:
    organisation = await _check_contract(here, state, "team", name)
    if organisation.role is not Role.DISTRICT_TEAM:
        raise Invalid([("team", "name a district team")])


async def _check_contract(here: Installation, state: Mediation, field: str, name: OrganisationId) -> Organisation:
    organisation = _known(here, state, field, name)
    on = await here.today()
    if not organisation.contracted(on):
        raise Invalid([(field, f"its contract is not valid on {on}")])
    return organisation


def _known(here: Installation, state: Mediation, field: str, name: OrganisationId) -> Organisation:
    try:
        organisation = here.directory.get(name)
    except UnknownOrganisation:
        raise Invalid([(field, "no such organisation is in the directory")]) from None
    if state.parties.municipality not in organisation.municipalities:
        raise Invalid([(field, "this organisation does not work for this municipality")])
    return organisation


async def _check_transfer(here: Installation, state: Mediation, command: ProposeTransfer) -> None:
    """Raise `Invalid` unless the municipality is asked where it works, and the notes are of this mediation."""
    municipalities = {one.id for one in here.directory if one.role is Role.COORDINATOR}
    if command.by_hand == (command.to in municipalities):
        works = "works with this system: leave `byHand` out" if command.by_hand else "does not work here: say `byHand`"
        raise Invalid([("to", f"this municipality {works}")])
    if command.notes:
        known = {note.id for note in await here.vault.notes_of(state.id)}
        if not known.issuperset(command.notes):
            raise Invalid([("notes", "name notes of this mediation by their ids")])
