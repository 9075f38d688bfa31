"""What every process needs to run: settings, keys, the connection to Temporal, logging, metrics, tokens."""

import inspect
from typing import ClassVar


class RuntimeFault(Exception):
    """What the program runs on is missing or wrong."""

    loggable: ClassVar[bool] = True
    """The text has names, ids and places only, so logging may show it (see `runtime.logging`)."""

    def __init__(self, detail: str = "") -> None:
        meaning = inspect.cleandoc(type(self).__doc__ or "").split("\n\n")[0]
        super().__init__(f"{meaning.removesuffix('.')}: {detail}" if detail else meaning)


class ChoiceWrong(RuntimeFault):
    """What was typed cannot be used; another directory, port or name can."""
