"""Finding a policy file: one of ours by its name, or any by its path."""

from pathlib import Path
from typing import NamedTuple

from domain.policy.policy_file import PolicyFile, read_policy

FOLDER = Path(__file__).parent


class PolicyFileMissing(Exception):
    """There is no such policy file."""


class Listed(NamedTuple):
    """One of our policies."""

    name: str
    file: PolicyFile


def find(name: str) -> Path:
    """Return the file of a policy of ours, or the file that was named."""
    return FOLDER / f"{name}.toml" if name.isidentifier() else Path(name)


def text_of(name: str) -> str:
    """Return the text of a policy file. Raises PolicyFileMissing when it cannot be read."""
    file = find(name)
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        ours = ", ".join(one.stem for one in sorted(FOLDER.glob("*.toml")))
        raise PolicyFileMissing(f"{file} cannot be read ({type(error).__name__}); ours are: {ours}") from None


def ours() -> list[Listed]:
    """Return our policies. Raises `PolicyInvalid` for one that is not valid."""
    return [Listed(file.stem, read_policy(file.read_text(encoding="utf-8"))) for file in sorted(FOLDER.glob("*.toml"))]
