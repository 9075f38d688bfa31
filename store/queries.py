"""All SQL lives in `sql/*.sql`, each query under its name: `-- name: what_it_does`.

What several queries begin with is a part (`-- part: chosen_work`), from which they go on (`-- name: count_work after
chosen_work`).
"""

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "sql"
_NAME = re.compile(r"^-- (name|part): (\w+)(?: after (\w+))?$", re.MULTILINE)


@cache
def _queries() -> dict[str, str]:
    found: dict[str, str] = {}
    parts: dict[str, str] = {}
    for file in sorted(FOLDER.glob("*.sql")):
        _, *pieces = _NAME.split(file.read_text())
        for kind, name, after, text in zip(*(pieces[n::4] for n in range(4)), strict=True):
            if name in found or name in parts:
                raise ValueError(f"two queries are named {name}")
            whole = f"{parts[after]}\n{text.strip()}" if after else text.strip()
            (parts if kind == "part" else found)[name] = whole
    return found


def query(name: str) -> str:
    """Return the text of a named query. Raises KeyError when there is none."""
    return _queries()[name]
