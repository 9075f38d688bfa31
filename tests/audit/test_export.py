"""A dossier: whole, word for word, with hashes that hold, without anything of a person, and never over another."""

import hashlib
import json
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from audit.export import DossierUnwritable, write
from runtime.settings import Settings
from sandbox.leaks import Marks
from store.journal import chain
from tests.audit.test_command import audit
from tests.journey import Journey, Scene

PERSONAL = (
    "Noor Testpersoon",
    "999992004",
    "Bram Begeleider",
    "@client.example",
    "guide.audit-dossier",
    "612345678",
    "06 12345678",
)


@pytest.fixture(scope="session")
async def told(place: Scene) -> Journey:
    """A mediation with a note, and a command that a rule refused."""
    journey = Journey(place, "audit-dossier", bsn="999992004")
    await journey.start(target_group="sheltered_living")
    await journey.ready()
    return journey


async def exported(settings: Settings, mediation: str, folder: Path) -> dict[str, bytes]:
    """The files of a dossier."""
    done = await audit(settings, "export", mediation, str(folder))
    assert (done.code, done.err) == (0, ""), done.out
    assert done.out.endswith("1 mediation: 1 equal.\n")
    return contents(folder)


def contents(folder: Path) -> dict[str, bytes]:
    """What is in a folder."""
    return {file.name: file.read_bytes() for file in folder.iterdir()}


async def test_a_dossier_is_whole_and_its_hashes_hold(installed: Settings, told: Journey, tmp_path: Path) -> None:
    files = await exported(installed, told.id, tmp_path / "dossier")
    sums = [line.split("  ") for line in files["SHA256SUMS"].decode().splitlines()]
    assert {name: told_sum for told_sum, name in sums} == {
        name: hashlib.sha256(it).hexdigest() for name, it in files.items() if name != "SHA256SUMS"
    }
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "dossier").iterdir()} == {0o600}
    journal: dict[str, Any] = json.loads(files["journal.json"])
    about: dict[str, Any] = json.loads(files["about.json"])
    documents = [event["document"] for event in journal["events"]]
    assert chain("", documents) == journal["mediation"]["head"] == about["head"]
    stored = await told.scene.pool.fetch("SELECT document FROM event WHERE mediation = $1", told.id)
    assert sorted(documents) == sorted(row["document"] for row in stored)
    assert (about["findings"], about["commands"], about["events"]) == ([], len(journal["commands"]), len(documents))
    assert json.loads(files["history-run-1.json"])["events"][0]["eventType"] == "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED"
    [policy] = [name for name in files if name.startswith("policy-")]
    assert json.loads(files[policy])["municipality"] == told.policy.municipality
    timeline = files["timeline.txt"].decode()
    assert timeline.count("\n") == len(journal["commands"]) + len(documents)
    assert "referred a client (aanmelding)" in timeline
    assert "meldde een cliënt aan: beschermd wonen" in files["tijdlijn.txt"].decode()


async def test_nothing_of_a_person_is_in_it(installed: Settings, told: Journey, tmp_path: Path) -> None:
    files = await exported(installed, told.id, tmp_path / "dossier")
    marks = Marks([*PERSONAL, "check_readiness"])
    assert set().union(*(marks.found_in(content) for content in files.values())) == {"check_readiness"}


async def test_nothing_is_overwritten(installed: Settings, told: Journey, tmp_path: Path) -> None:
    before = await exported(installed, told.id, tmp_path / "dossier")
    (tmp_path / "file").write_text("mine")
    for taken in ("dossier", "file"):
        again = await audit(installed, "export", told.id, str(tmp_path / taken))
        assert (again.code, "overwrites nothing" in again.err) == (3, True)
    assert contents(tmp_path / "dossier") == before
    assert (tmp_path / "file").read_text() == "mine"


def test_a_place_that_cannot_be_written_is_told_as_that(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file" / "dossier", Path("/proc/dossier")):
        with pytest.raises(DossierUnwritable, match=re.escape(f"The dossier cannot be written here: {place} (")):
            write(place, {"about.json": b"{}"})


async def test_of_a_mediation_that_is_not_there_nothing_is_written(installed: Settings, tmp_path: Path) -> None:
    done = await audit(installed, "export", "m-nobody", str(tmp_path / "dossier"))
    assert (done.code, done.out.splitlines()[-1]) == (3, "1 mediation: 0 equal, 1 unknown.")
    assert not (tmp_path / "dossier").exists()
