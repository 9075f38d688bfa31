"""Where policy files are. Every program, test and benchmark finds a city's policy by this module.

`policies/` holds the cities' files and no code, and is installed beside the packages; an installation may name a folder
of its own instead (`MEDIATION_POLICIES`).
"""

from pathlib import Path

from runtime import RuntimeFault

CITIES = Path(__file__).resolve().parent.parent / "policies"
"""The folder of the policies that come with the program."""


class PolicyFileMissing(RuntimeFault):
    """There is no such policy file."""


def files(folder: Path = CITIES) -> list[Path]:
    """Return the policy files of a folder, in the order of their names."""
    return sorted(folder.glob("*.toml"))


def find(name: str, folder: Path = CITIES) -> Path:
    """Return the file of the city of this name in the folder; or the file that was named."""
    bare = Path(name).parts == (name,) and not Path(name).suffix
    return folder / f"{name}.toml" if bare else Path(name)


def text_of(name: str, folder: Path = CITIES) -> str:
    """Return the text of the policy file that `find` gives. Raises PolicyFileMissing when it cannot be read."""
    file = find(name, folder)
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise PolicyFileMissing(f"{file} is no text in UTF-8") from None
    except OSError as error:
        ours = ", ".join(one.stem for one in files(folder))
        raise PolicyFileMissing(f"{file} cannot be read ({type(error).__name__}); ours are: {ours}") from None
