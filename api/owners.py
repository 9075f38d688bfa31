"""To whom a task may be given: an organisation of its owner's role in the municipality, or the owner's substitute."""

from api.installation import Installation
from api.problems import Invalid
from domain.messages.commands import ReassignTask
from domain.state.mediation import Mediation
from runtime.directory import UnknownOrganisation


def check_owner(here: Installation, state: Mediation, command: ReassignTask) -> None:
    """Raise `Invalid` unless the directory has this organisation for the task. Whether the task is open a rule asks."""
    task = state.task(command.task)
    if task is None or command.owner in {task.owner, state.parties.municipality}:
        return
    try:
        wanted = here.directory.get(command.owner)
    except UnknownOrganisation:
        raise Invalid([("owner", "no such organisation is in the directory")]) from None
    known = [one for one in here.directory if one.id in {task.owner, task.asked_first}]
    same_role = any(wanted.role is one.role for one in known) and state.parties.municipality in wanted.municipalities
    if not same_role and wanted.id not in {one.substitute for one in known}:
        raise Invalid([("owner", "name one of the owner's role in this municipality, or the owner's substitute")])
