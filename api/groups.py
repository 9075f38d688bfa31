"""Target groups that a request names: of each the municipality's policy must know what it is."""

from collections.abc import Iterable, Mapping

from api.problems import Invalid
from domain.facts.groups import GroupId
from domain.messages.commands import AnyCommand, CorrectReferral
from domain.policy.groups import known_groups
from domain.policy.policy import Policy


def check_groups(policy: Policy, named: Mapping[str, Iterable[GroupId]]) -> None:
    """Raise `Invalid` for target groups that a policy does not know, by the field that names them."""
    known = known_groups(policy.groups)
    helped = [one for one in known if one in policy.target_groups]
    all_of_them = ", ".join((*helped, *(one for one in known if one not in helped)))
    unknown = [
        (field, f"no target group here is called so; known: {all_of_them}")
        for field, groups in named.items()
        for one in groups
        if one not in known
    ]
    if unknown:
        raise Invalid(unknown)


def check_corrected(policy: Policy, command: AnyCommand) -> None:
    """The same for a command that corrects which groups a client belongs to."""
    if isinstance(command, CorrectReferral):
        first, others = command.changes.target_group, command.changes.other_groups
        named = {"changes.targetGroup": (first,) if first else (), "changes.otherGroups": others or ()}
        check_groups(policy, named)
