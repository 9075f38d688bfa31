"""A process that has loaded the `mediation` command, and runs it in a child of its own for each line it is told.

To load it takes more than a second, which tests would pay for each command they type. What a child changes (streams,
folder, environment, whatever the command keeps) ends with it, as with a command that is typed.
"""

import gc
import json
import os
import sys
import tempfile
from typing import Any, NoReturn

import cli


def serve() -> None:
    """Run what each line of the input tells, one after another; answer how it ended and what it printed."""
    cli.application()
    gc.freeze()
    for line in sys.stdin:
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            child = os.fork()
            if child == 0:
                become(json.loads(line), out.fileno(), err.fileno())
            _, status = os.waitpid(child, 0)
            printed = []
            for file in (out, err):
                file.seek(0)
                printed.append(file.read().decode())
            print(json.dumps([os.waitstatus_to_exitcode(status), *printed]), flush=True)  # noqa: T201 - the answer


def become(told: dict[str, Any], *printed: int) -> NoReturn:
    """Be the command, with nothing of ours but what is loaded."""
    os.chdir(told["folder"])
    os.environ.clear()
    os.environ.update(told["environment"])
    for number, stream in enumerate((os.open(os.devnull, os.O_RDONLY), *printed)):
        os.dup2(stream, number)
    sys.argv = ["mediation", *told["words"]]
    sys.modules["__main__"].__package__ = ""  # else the command would be called after this module
    cli.main()
    raise AssertionError("the command ends its process")


if __name__ == "__main__":
    serve()
