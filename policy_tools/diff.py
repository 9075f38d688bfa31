"""Comparing two policies: the parameters that differ, both values, and where each comes from."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from domain.exchange.policy_file import Parameter, PolicyFile
from domain.policy.policy import Policy


class Difference(NamedTuple):
    """A parameter in which two policies differ. None stands for a value that neither the file nor the engine gives."""

    path: str
    one: Any
    other: Any
    about_one: Parameter
    about_other: Parameter


def differences(one: PolicyFile, other: PolicyFile) -> list[Difference]:
    """Return what differs, in the order in which the parameters stand in a policy."""
    mine, theirs = flat(one.policy), flat(other.policy)
    return [
        Difference(path, mine.get(path), theirs.get(path), about(one.parameters, path), about(other.parameters, path))
        for path in dict.fromkeys((*mine, *theirs))
        if mine.get(path) != theirs.get(path)
    ]


def flat(policy: Policy) -> dict[str, Any]:
    """Return every parameter of a policy by its path, such as `tasks.assess.due`."""
    return dict(_leaves(policy.model_dump(mode="json"), ""))


def about(parameters: Mapping[str, Parameter], path: str) -> Parameter:
    """Return where a value comes from. A parameter that the file does not name has the engine's default."""
    return parameters.get(path, Parameter(specified=False))


def origin(about: Parameter) -> str:
    """Tell in a few words where a value comes from."""
    told = "; ".join(part for part in (about.source, about.basis, about.note) if part)
    if not about.specified:
        return f"not decided: the engine's default{f'; {told}' if told else ''}"
    return told or "no source told"


def _leaves(table: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        here = f"{path}.{name}" if path else name
        if isinstance(value, dict) and value:
            yield from _leaves(value, here)
        else:
            yield here, value
