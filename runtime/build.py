"""Which code this is: named in histories as the code that decided, and in the answer of `/version`."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DECIDING = ("domain", "store", "workflows", "activities")
"""The packages whose code decides what happens to a mediation."""


@cache
def release() -> str:
    """Return the released version, such as `0.2.0`."""
    return version("direct-mediation")


@cache
def build_id() -> str:
    """Return the release and a digest of the code that decides: it changes whenever that code does."""
    digest = hashlib.sha256()
    for package in DECIDING:
        for file in sorted((ROOT / package).rglob("*")):
            if file.suffix in {".py", ".sql"}:
                digest.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return f"{release()}+{digest.hexdigest()[:12]}"
