"""One kind of command, said once: what it leads to, who may give it, and whether it may come after the end."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar, get_args

from domain.facts.parties import Role
from domain.messages.commands import AnyCommand, Command
from domain.state.draft import Draft
from domain.state.one_each import one_each

C = TypeVar("C", bound=Command)
C_contra = TypeVar("C_contra", bound=Command, contravariant=True)
EVERY_COMMAND: tuple[type[Command], ...] = get_args(get_args(AnyCommand)[0])


@dataclass(frozen=True)
class Permit(Generic[C_contra]):
    """Who besides the municipality may give a command: somebody in one of these roles for whom this holds."""

    roles: frozenset[Role]
    holds: Callable[[Draft, C_contra], bool]


def never(_d: Draft, _command: Command) -> bool:
    """Say no, whatever the command is."""
    return False


def always(_d: Draft, _command: Command) -> bool:
    """Say yes, whatever the command is."""
    return True


class AnyCommandSpec(ABC):
    """A command, whichever it is. A list of specs is a list of these: one of `CommandSpec[Any]` would let mypy accept
    any function for any command.
    """

    @property
    @abstractmethod
    def of(self) -> type[Command]:
        """Return the command that this says everything of."""

    @abstractmethod
    def permits(self, d: Draft, command: Command) -> bool:
        """Tell whether who gave it may give it."""

    @abstractmethod
    def may_follow_end(self, d: Draft, command: Command) -> bool:
        """Tell whether it may come when the mediation has ended."""

    @abstractmethod
    def carry_out(self, d: Draft, command: Command) -> None:
        """Do what it leads to."""


@dataclass(frozen=True)
class CommandSpec(AnyCommandSpec, Generic[C]):
    """A command with what it leads to and who may give it, of which there is no default."""

    command: type[C]
    does: Callable[[Draft, C], None]
    given_by: Permit[C]
    after_close: Callable[[Draft, C], bool] = never

    @property
    def of(self) -> type[Command]:
        return self.command

    def permits(self, d: Draft, command: Command) -> bool:
        by = command.by
        if d.state and by.role is Role.COORDINATOR and by.organisation == d.state.parties.municipality:
            return True
        return by.role in self.given_by.roles and self.given_by.holds(d, self._own(command))

    def may_follow_end(self, d: Draft, command: Command) -> bool:
        return self.after_close(d, self._own(command))

    def carry_out(self, d: Draft, command: Command) -> None:
        self.does(d, self._own(command))

    def _own(self, command: Command) -> C:
        if not isinstance(command, self.command):
            raise TypeError(f"{type(command).__name__} is no {self.command.__name__}")
        return command


def by_command(specs: Iterable[AnyCommandSpec]) -> Mapping[type[Command], AnyCommandSpec]:
    """Return the specs by their command; an error unless every command has exactly one."""
    return one_each(specs, lambda spec: spec.of, EVERY_COMMAND, "command")
