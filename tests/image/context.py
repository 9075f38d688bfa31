"""Which files Docker sends to a build, by `.dockerignore` as its documentation has it.

https://docs.docker.com/build/concepts/context/#dockerignore-files: a pattern is that of Go's `filepath.Match`, with
`**` for any number of folders; a file is left out when it or a folder above it matches; the last pattern that matches
decides, and one with `!` in front takes in again.
"""

import re
import shutil
import subprocess
from pathlib import Path, PurePosixPath


class Ignored:
    """The patterns of one `.dockerignore`."""

    def __init__(self, text: str) -> None:
        lines = [line.strip() for line in text.splitlines() if not line.startswith("#")]
        self._patterns = [_read(line) for line in lines if line]

    def __call__(self, path: str) -> bool:
        """Tell whether Docker leaves this file out."""
        one = PurePosixPath(path)
        names = [str(one), *(str(above) for above in one.parents if above.name)]
        out = False
        for pattern, takes_in in self._patterns:
            if any(pattern.fullmatch(name) for name in names):
                out = not takes_in
        return out


def _read(line: str) -> tuple[re.Pattern[str], bool]:
    takes_in, line = line.startswith("!"), line.removeprefix("!").strip()
    cleaned = str(PurePosixPath(line)).strip("/")
    return re.compile("".join(_translated(cleaned))), takes_in


def _translated(pattern: str) -> list[str]:
    """Go's patterns as a regular expression."""
    parts = re.findall(r"\*\*/|\*\*|\*|\?|\[\^?(?:\\.|[^\]\\])+\]|\\.|.", pattern)
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return [known.get(part) or (part if part[0] in "[\\" and len(part) > 1 else re.escape(part)) for part in parts]


def in_version_control(house: Path) -> list[str]:
    """The files of a tree that are in version control, or would be with the next commit."""
    command = ["git", "-C", str(house), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
    return [name for name in listed if name and (house / name).is_file()]


def send(house: Path, to: Path) -> list[str]:
    """Copy what Docker is sent of a tree; return the names of these files."""
    ignored = Ignored((house / ".dockerignore").read_text())
    sent = [name for name in in_version_control(house) if not ignored(name)]
    for name in sent:
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(house / name, to / name)
    return sent
