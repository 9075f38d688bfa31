"""`/.well-known/security.txt` says where to report, to anybody, and never that it has ended (RFC 9116)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from api.installation import Installation, SecurityContact
from domain.facts.value import replace
from runtime.settings import Settings, SettingsMissing, load_settings
from tests.api.desk import Desk, MovedClock
from tests.runtime.test_settings import ENVIRONMENT

ADDRESS = "/.well-known/security.txt"


@pytest.fixture
def named(installation: Installation, served: Settings) -> Iterator[None]:
    """Somebody is named to report to."""
    settings = replace(
        served, security_contact="mailto:security@almere.example,https://almere.example/report", security_days=30
    )
    installation.security = SecurityContact.of(settings)
    yield
    installation.security = SecurityContact.of(served)


async def test_without_a_contact_there_is_no_file(idle: Desk) -> None:
    assert (await idle.http.get(ADDRESS)).status_code == 404


async def test_it_says_what_the_standard_asks(named: None, idle: Desk) -> None:
    answer = await idle.http.get(ADDRESS)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = [line.split(": ", 1) for line in answer.text.splitlines()]
    fields: dict[str, list[str]] = {}
    for name, value in lines:
        fields.setdefault(name, []).append(value)
    assert fields.keys() == {"Contact", "Expires", "Preferred-Languages", "Canonical"}
    assert fields["Contact"] == ["mailto:security@almere.example", "https://almere.example/report"]
    assert fields["Canonical"] == [f"https://mediation.example.org{ADDRESS}"]
    assert [len(values) for name, values in fields.items() if name != "Contact"] == [1, 1, 1]
    assert answer.text.endswith("\n")
    assert (await idle.http.head(ADDRESS)).headers["Content-Length"] == str(len(answer.content))


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(days=4000)], ids=["now", "years-later"])
async def test_its_end_has_never_passed(named: None, idle: Desk, clock: MovedClock, ahead: timedelta) -> None:
    clock.ahead = ahead
    answer = await idle.http.get(ADDRESS)
    told = next(line for line in answer.text.splitlines() if line.startswith("Expires: ")).removeprefix("Expires: ")
    ends = datetime.fromisoformat(told)
    now = datetime.now(UTC) + ahead
    assert timedelta(days=29) < ends - now <= timedelta(days=30)


@pytest.mark.parametrize(
    "contact",
    [
        "security@example.org",
        "mailto:nobody",
        "http://example.org",
        "https://",
        "https://a b.example",
        "mailto:a@b.nl?x=1",
        "mailto:a@example.org\nContact: x",
        "mailto:a@example.org\n",
    ],
    ids=["bare", "no-address", "http", "no-host", "blank", "query", "two-lines", "line-end"],
)
def test_a_contact_that_is_none_is_refused_when_it_is_set(monkeypatch: pytest.MonkeyPatch, contact: str) -> None:
    monkeypatch.delenv("MEDIATION_SETTINGS", raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MEDIATION_SECURITY_CONTACT", contact)
    with pytest.raises(SettingsMissing, match="MEDIATION_SECURITY_CONTACT is "):
        load_settings()
    monkeypatch.setenv("MEDIATION_SECURITY_CONTACT", "mailto:a@example.org,https://example.org/x")
    assert load_settings().security_days == 180
