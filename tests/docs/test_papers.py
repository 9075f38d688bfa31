"""What the papers of the project say is so: its metadata, its licence, its list of libraries, which data it keeps."""

import re
import subprocess
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from ruamel.yaml import YAML

from policy_tools.check import check
from policy_tools.describe.document import describe
from runtime.policy_files import text_of
from store import prune
from tests.docs.test_mentions import FILES, ROOT
from texts import Language, of

Annotation = Mapping[str, Any]
"""A table of REUSE.toml."""
KEYS: dict[str, Any] = {
    **dict.fromkeys(("publiccodeYmlVersion", "name", "url", "softwareVersion", "releaseDate"), str),
    **dict.fromkeys(("landingURL", "roadmap", "logo", "applicationSuite"), str),
    "developmentStatus": {"concept", "development", "beta", "stable", "obsolete"},
    "softwareType": {
        *(f"standalone/{kind}" for kind in ("mobile", "iot", "desktop", "web", "backend", "other")),
        *("addon", "library", "configurationFiles"),
    },
    **dict.fromkeys(("platforms", "categories", "isBasedOn", "usedBy"), list),
    "intendedAudience": {"scope": list, "countries": list, "unsupportedCountries": list},
    "description": {
        "localisedName": str,
        **dict.fromkeys(("shortDescription", "longDescription", "documentation", "apiDocumentation"), str),
        **dict.fromkeys(("features", "screenshots", "videos", "awards"), list),
    },
    "legal": {"license": str, "mainCopyrightOwner": str, "repoOwner": str},
    "maintenance": {"type": {"internal", "contract", "community", "none"}, "contractors": list, "contacts": list},
    "localisation": {"localisationReady": bool, "availableLanguages": list},
    "dependsOn": {"open": list, "proprietary": list, "hardware": list},
}
"""Keys of publiccode.yml 0.4 that are not deprecated there, with their type, values (a set) or own keys (a dict)."""
NEEDED = {
    *("publiccodeYmlVersion", "name", "url", "platforms", "categories", "developmentStatus", "softwareType"),
    *("description", "legal", "legal/license", "maintenance", "maintenance/type", "localisation"),
    *("localisation/localisationReady", "localisation/availableLanguages"),
}
NEEDED_FOR = {"contract": "contractors", "internal": "contacts", "community": "contacts"}
"""What a kind of maintenance needs besides."""
DATA = ROOT / "docs" / "data-protection.md"
MADE = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)")
GONE = re.compile(r"DROP TABLE (?:IF EXISTS )?(\w+)")
TABLE = re.compile(r"`([a-z_]+)`")


def amiss(said: dict[str, Any], keys: dict[str, Any], within: str = "") -> Iterator[str]:
    """Say what of a part of publiccode.yml is not as the standard has it."""
    for key, value in said.items():
        asked = keys.get(key)
        if asked is None:
            yield f"{within}{key} is no key"
        elif isinstance(asked, dict) and isinstance(value, dict):
            yield from amiss(value, asked, f"{within}{key}/")
        elif not (value in asked if isinstance(asked, set) else isinstance(asked, type) and isinstance(value, asked)):
            yield f"{within}{key} cannot be {value!r}"


def public_code() -> dict[str, Any]:
    said: dict[str, Any] = YAML(typ="safe").load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    return said


def test_the_metadata_has_the_keys_of_its_standard() -> None:
    said = public_code()
    told, rest = said["description"], {key: value for key, value in said.items() if key != "description"}
    assert said["publiccodeYmlVersion"] == "0.4"
    assert list(amiss(rest, KEYS)) == []
    for path in NEEDED:
        first, _, second = path.partition("/")
        assert second in said[first] if second else first in said
    kind = said["maintenance"]["type"]
    assert kind == "none" or said["maintenance"][NEEDED_FOR[kind]]
    assert set(told) == set(said["localisation"]["availableLanguages"]) == set(Language)
    for words in told.values():
        assert list(amiss(words, KEYS["description"])) == []
        assert len(words["shortDescription"]) <= 150
        assert 150 <= len(words["longDescription"]) <= 10_000
        assert words["features"]


def test_what_is_amiss_in_metadata_is_seen() -> None:
    wrong = {"tags": [], "softwareType": "standalone", "legal": {"licence": "MIT"}, "releaseDate": date(2026, 1, 1)}
    assert len(list(amiss(wrong, KEYS))) == 4


def test_every_paper_names_the_release() -> None:
    said = public_code()
    projects = [tomllib.loads((ROOT / name).read_text()) for name in ("pyproject.toml", "sandbox/pyproject.toml")]
    assert {one["project"]["version"] for one in projects} == {said["softwareVersion"]}
    assert {one["project"]["license"] for one in projects} == {said["legal"]["license"]}
    newest = re.search(r"^## (\d\S*) - (\S+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest
    assert newest.groups() == (said["softwareVersion"], said["releaseDate"])


def annotation(file: str, tables: Sequence[Annotation]) -> Annotation | None:
    """Return what REUSE.toml says of a file: the last table that has it, where `**` is any path and `*` any name."""
    for table in reversed(tables):
        paths = table["path"] if isinstance(table["path"], list) else [table["path"]]
        for path in paths:
            pieces = re.split(r"(\*\*|\*)", path)
            pattern = "".join({"**": ".*", "*": "[^/]*"}.get(one, re.escape(one)) for one in pieces)
            if re.fullmatch(pattern, file):
                return table
    return None


def test_every_file_has_a_licence_whose_text_is_there() -> None:
    said = tomllib.loads((ROOT / "REUSE.toml").read_text(encoding="utf-8"))
    assert said["version"] == 1
    found = {}
    for file in FILES:
        if not file.startswith("LICENSES/") and file != "LICENSE":
            table = annotation(file, said["annotations"])
            assert table, file
            assert table["SPDX-FileCopyrightText"], file
            found[file] = table["SPDX-License-Identifier"]
    assert {one.name for one in (ROOT / "LICENSES").iterdir()} == {f"{one}.txt" for one in found.values()}
    assert (ROOT / "LICENSES" / "EUPL-1.2.txt").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_a_file_that_no_table_has_is_seen() -> None:
    tables: list[Annotation] = [{"path": "docs/*.md"}, {"path": ["api/**", "x"]}]
    assert annotation("docs/a.md", tables) == tables[0]
    assert annotation("api/web/links.py", tables) == tables[1]
    assert annotation("docs/adr/a.md", tables) is None


def test_the_list_of_libraries_is_made_of_what_the_image_installs() -> None:
    told = subprocess.run(["make", "-n", "sbom"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    image = (ROOT / "Dockerfile").read_text()
    lock = "requirements-runtime.lock"
    assert f"--requirement {lock}" in image
    assert f"--output-file build/sbom.cdx.json {lock}" in told
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]["sbom"]
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements-sbom.lock").read_text(), re.MULTILINE))
    assert {re.split("[<>=~]", one)[0] for one in asked} <= locked


def rows(text: str) -> list[tuple[str, ...]]:
    """Return the rows of all tables of a text, without their heads."""
    found, lines = [], text.splitlines()
    for number, line in enumerate(lines):
        ruled = number + 1 < len(lines) and set(lines[number + 1]) <= set("|- ") and lines[number + 1].startswith("|")
        if line.startswith("|") and not ruled and not set(line) <= set("|- "):
            found.append(tuple(cell.strip() for cell in line.strip("|").split("|")))
    return found


def part(heading: str) -> str:
    """Return what stands under a heading of docs/data-protection.md."""
    text = DATA.read_text(encoding="utf-8")
    return re.split(r"^#", text[text.index(f"\n{heading}\n") + len(heading) + 1 :], maxsplit=1, flags=re.MULTILINE)[0]


def tables() -> set[str]:
    """Return the tables of the database, as the migrations make them."""
    found = set[str]()
    for file in sorted((ROOT / "store" / "migrations").glob("*.sql")):
        text = file.read_text()
        found = (found | set(MADE.findall(text))) - set(GONE.findall(text))
    return found


def test_the_register_names_every_table_once() -> None:
    named = [name for row in rows(part("### What is kept where")) for name in TABLE.findall(row[0])]
    assert sorted(named) == sorted(tables())
    of_people = {row[1] for row in rows(part("### What is kept where"))}
    assert of_people == {"named", "by number", "none"}


@pytest.mark.parametrize("city", ["almere", "amersfoort"])
def test_the_register_names_every_receiver_of_the_description(city: str) -> None:
    words = of(Language.ENGLISH).description.phrases
    text = describe(check(text_of(city)), Language.ENGLISH)
    chapter = text.partition(f". {words['disclosed']}\n")[2].partition("\n## ")[0]
    handed = chapter.index(words["handed_columns"].split(" | ")[0] + " | ")
    sent = chapter[chapter.index(words["sent_text"]) : chapter.index(words["told_text"])]
    others = chapter[: chapter.index(words["sent_text"])] + chapter[chapter.index(words["told_text"]) : handed]
    told = {row[0] for row in rows(others)} | {row[1] for row in rows(sent)}
    assert "Housing corporation" in told
    assert {row[0] for row in rows(part("### Receivers"))} == told | {"Another municipality"}


def test_the_terms_are_those_of_the_upkeep() -> None:
    said = {row[0]: row[1] for row in rows(part("### How long"))}
    assert said["what was delivered to a webhook"] == f"{prune.DELIVERED.days} days"
    assert said["what a webhook never took"] == f"{prune.DEAD.days} days"
    assert said["links that have expired, once their task is closed"] == f"{prune.LINKS.days} days"
    assert said["counts of tries with links"] == f"{prune.TRIES.days} day"
    assert said["revoked tokens"] == f"{prune.REVOCATIONS.days} days"
    assert said["what became of digests"] == f"{prune.DIGESTS.days} days"
    kept = check(text_of("almere")).policy.retention
    assert f": {kept.support_years} years" in said["data on support"]
    assert f": {kept.rejected_years} years" in said["data on referrals without a result"]
    assert f": {kept.erase_within_months} months" in said["after a client's request"]
    assert f": {kept.reads_years} years" in said["who read or looked for a client"]
    days = re.search(r"--retention (\d+)d", (ROOT / "docker-compose.yml").read_text())
    assert days
    assert said["histories in Temporal"].startswith(f"{days[1]} days")


def test_as_long_as_nothing_erases_a_client_the_papers_say_so() -> None:
    """Once a statement destroys the key of a client, the document must tell how long what is kept."""
    vault = (ROOT / "store" / "sql" / "vault.sql").read_text()
    destroying = re.findall(r"UPDATE vault_key SET wrapped = NULL[^;]*;", vault)
    erases = any("lookup IS NULL" not in one for one in destroying)
    assert erases != ("Nothing in the software erases a client" in DATA.read_text(encoding="utf-8"))
