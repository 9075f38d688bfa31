"""A program of ours that is loaded while what it needs is started: it begins as soon as a file is there.

python -m sandbox.embedded.early FILE LOADED MODULE [ARGUMENTS ...]
"""

import importlib
import runpy
import sys
import time
from pathlib import Path

EVERY = 0.02
"""Seconds between two looks."""


def main() -> None:
    """Load a module, wait for the file, and run the program as if it had been started then."""
    file, loaded, module, *arguments = sys.argv[1:]
    importlib.import_module(loaded)
    while not Path(file).exists():
        time.sleep(EVERY)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
