"""A dossier of one mediation, to be checked elsewhere: history, journal, policy, a timeline to read, and their hashes.

It holds nothing that journal and history do not hold: no name, no number, no address, no free text. Documents of the
journal stand in it word for word, so that the chain of hashes can be worked out again from it.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from audit.examine import Evidence
from audit.finding import Finding
from audit.verify import decided, read
from domain.facts.calendar import Calendar
from domain.facts.groups import GroupId
from domain.policy.policy import Policy
from domain.state.events import read_event
from runtime import RuntimeFault
from runtime.build import build_id
from runtime.histories import decrypted
from runtime.keys import KeyRing
from store.books import Row
from texts import Language, of
from texts.telling import called, tell
from texts.words import TimelineWords

SUMS = "SHA256SUMS"
"""The hashes of all other files, as `sha256sum -c` reads them."""
ZONE = ZoneInfo(Calendar().timezone)
TIMELINES = {Language.ENGLISH: "timeline.txt", Language.DUTCH: "tijdlijn.txt"}
"""The file of each language."""


class NotEmpty(RuntimeFault):
    """There is something in this place already, and a dossier overwrites nothing."""


class DossierUnwritable(RuntimeFault):
    """The dossier cannot be written here."""


async def dossier(ring: KeyRing, evidence: Evidence, findings: list[Finding], now: datetime) -> dict[str, bytes]:
    """Return the files of a dossier, by their names. `findings` is what the audit found in this mediation."""
    fetched, books = evidence
    clear = [await decrypted(ring, run) for run in fetched.runs]
    files = {f"history-run-{n}.json": _json(one.history.to_json_dict()) for n, one in enumerate(clear, start=1)}
    files["journal.json"] = _json({name: _rows(value) for name, value in books._asdict().items() if name != "policies"})
    files |= {f"policy-{row['digest'][:16]}.json": _text(row["document"]) for row in books.policies}
    for language, name in TIMELINES.items():
        files[name] = _text("\n".join(timeline(evidence, language)))
    about = {
        "mediation": books.id,
        "exportedAt": now.isoformat(),
        "release": version("direct-mediation"),
        "build": build_id(),
        "commands": len(books.commands),
        "events": len(books.events),
        "head": books.mediation["head"] if books.mediation else None,
        "runs": [
            {"runId": one.history.run_id, "events": len(one.history.events), "unreadable": list(one.unreadable)}
            for one in clear
        ],
        "earlierRunsForgotten": fetched.earlier_forgotten,
        "running": fetched.running,
        "findings": list(map(str, findings)),
    }
    files["about.json"] = _json(about)
    sums = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())]
    return {**files, SUMS: "".join(sums).encode()}


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a dossier into a folder that is new or empty, for its owner alone. Raises NotEmpty, DossierUnwritable."""
    try:
        _write(folder, files)
    except OSError as error:
        raise DossierUnwritable(f"{folder} ({error.strerror})") from None


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    if os.path.lexists(folder) and (not folder.is_dir() or any(folder.iterdir())):
        raise NotEmpty(str(folder))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, content in files.items():
        with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)


def timeline(evidence: Evidence, language: Language = Language.ENGLISH) -> Iterator[str]:
    """Tell every command in order, who gave it, and what it led to."""
    books, words = evidence.books, of(language).timeline
    groups = _groups(books.policies, language)
    for row in books.commands:
        by = (read(row["document"]) or {}).get("by") or {}
        yield f"{row['at'].astimezone(ZONE):%Y-%m-%d %H:%M}  {row['ordinal']:>4}. {row['type']}  {_who(by, words)}"
        if row["refused"]:
            refused = decided(row).get("refused") or {}
            yield f"{'':>24}{words.refused.format(rule=refused.get('rule'))}"
        for event in books.events:
            if event["ordinal"] == row["ordinal"]:
                yield f"{event['sequence']:>22}. {_told(event, language, groups)}"


def _who(by: Mapping[str, Any], words: TimelineWords) -> str:
    return words.by.format(organisation=by.get("organisation"), role=by.get("role"))


def _groups(policies: Iterable[Row], language: Language) -> Mapping[GroupId, str]:
    """Return what the policies of a mediation call target groups of the city's own, of those that can be read."""
    words: dict[GroupId, str] = {}
    for row in policies:
        with suppress(ValueError):
            words |= called(Policy.model_validate_json(row["document"]).groups, language)
    return words


def _told(event: Row, language: Language, groups: Mapping[GroupId, str]) -> str:
    try:
        happened = read_event({**(read(event["document"]) or {}), "type": event["type"]})
        return tell(happened, of(language), ZONE, groups)
    except (KeyError, ValueError, TypeError, AttributeError):
        return str(event["type"])


def _rows(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_rows(row) for row in value]
    if isinstance(value, dict):
        return {name: one.isoformat() if isinstance(one, datetime) else one for name, one in value.items()}
    return value


def _json(document: Any) -> bytes:
    return _text(json.dumps(document, indent=1, ensure_ascii=False))


def _text(text: str) -> bytes:
    return f"{text}\n".encode()
