"""The data directory of an embedded installation: its settings, keys, organisations and all state.

Keys are made once and kept: whoever loses the directory's settings file loses what is encrypted with them.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from domain.facts.calendar import Calendar
from runtime.directory import Organisation, written
from runtime.installed import settings_file
from runtime.keys import KeyRing, new_key
from runtime.local_issuer import LocalIssuer
from runtime.seals import Process, SealKey
from runtime.settings import PREFIX, Settings, load_settings, variable
from sandbox.embedded.directory_lock import DirectoryLock, usable
from sandbox.embedded.ports import LOOPBACK, free_ports


class Ports(NamedTuple):
    """The ports of everything, all on this machine only."""

    api: int = 8000
    temporal: int = 7233
    temporal_ui: int = 8233
    postgres: int = 5433
    smtp: int = 2525
    corporation: int = 8101
    care_provider: int = 8102
    district_team: int = 8103
    metrics: int = 9464

    @classmethod
    def any_free(cls) -> "Ports":
        """Take ports that nobody uses."""
        return cls(*free_ports(len(cls._fields)))

    def url(self, port: int) -> str:
        """Return the address of something that listens on a port."""
        return f"http://{LOOPBACK}:{port}"


class DatabaseLogins(NamedTuple):
    """Where the database is, under two logins."""

    application: str
    """As whom our own programs work."""
    owner: str
    """As whom it is migrated."""


class MunicipalPorts(NamedTuple):
    """The ports of a municipality's own systems, where they are run too."""

    case_system: int
    receiver: int


def free_for_a_city() -> tuple[Ports, MunicipalPorts]:
    """Take ports that nobody uses for everything in a city, no two the same."""
    numbers = free_ports(len(Ports._fields) + len(MunicipalPorts._fields))
    return Ports(*numbers[: len(Ports._fields)]), MunicipalPorts(*numbers[len(Ports._fields) :])


WEBHOOK_SECONDS = 2
"""How soon webhooks are told of something."""


class DataDirectory:
    """One directory and what is in it."""

    def __init__(self, data: Path, ports: Ports) -> None:
        """Make the directory and its issuer where they are missing. Raises `DirectoryUnusable`."""
        self.data = data.absolute()
        self.ports = ports
        with usable(self.data):
            self.data.mkdir(parents=True, exist_ok=True)
            self.issuer = LocalIssuer(self.data / "token-key.json")
        self.lock = DirectoryLock(self.data)

    @property
    def settings_file(self) -> Path:
        """The file that `MEDIATION_SETTINGS` names for every process."""
        return settings_file(self.data)

    def prepare(
        self,
        database: DatabaseLogins,
        organisations: Iterable[Organisation],
        policies: Path | None = None,
        webhook_seconds: int = WEBHOOK_SECONDS,
        *,
        watch: bool = True,
    ) -> Settings:
        """Write settings and organisations; keys that exist are kept."""
        if self.settings_file.exists():
            _with_seals(self.settings_file)
            _with_vault_keys(self.settings_file)
        known = load_settings(self.settings_file) if self.settings_file.exists() else None
        seals = {"seal_key": known.seal_key, "speakers": known.speakers} if known else new_seals()
        directory = self.data / "organisations.toml"
        directory.write_text(written(organisations))
        values = {
            "database_url": database.application,
            "owner_url": database.owner,
            "temporal_address": f"{LOOPBACK}:{self.ports.temporal}",
            "directory": directory,
            "policies": policies,
            "payload_keys": known.payload_keys if known else KeyRing.generate("k1").text(),
            "vault_keys": known.vault_keys if known else new_key(),
            **seals,
            "smtp_host": LOOPBACK,
            "smtp_port": self.ports.smtp,
            "mail_from": "bemiddeling@example.org",
            "public_url": self.ports.url(self.ports.api),
            "token_keys": str(self.issuer.jwks_file),
            "token_issuer": self.issuer.issuer,
            "token_audience": self.issuer.audience,
            "token_hours": 366 * 24,  # systems of the sandbox keep one token, also on a virtual clock
            "webhook_hosts": LOOPBACK,
            "partner_hosts": LOOPBACK,
            "webhook_seconds": webhook_seconds,
            "watch": "on" if watch else "off",
            "api_port": self.ports.api,
            "metrics_address": f"{LOOPBACK}:{self.ports.metrics}",
        }
        settings = Settings.model_validate(values)
        settings.save(self.settings_file)
        return settings


def new_seals() -> dict[str, Any]:
    """Return settings with fresh keys, with which API and worker seal and whose seals are believed."""
    keys, today = [SealKey.generate(f"{process}-1") for process in Process], Calendar().today(datetime.now(UTC))
    return {
        "seal_key": ",".join(key.private for key in keys),
        "speakers": ",".join(key.listed(today) for key in keys),
    }


def _with_seals(file: Path) -> None:
    """Give the settings of an earlier release, which had none, keys to seal with."""
    if variable("seal_key") not in file.read_text(encoding="utf-8"):
        with file.open("a", encoding="utf-8") as out:
            out.writelines(f"{variable(name)}='{value}'\n" for name, value in new_seals().items())


def _with_vault_keys(file: Path) -> None:
    """Name the vault key of an earlier release, which had one alone, as it is named now."""
    before, now = f"{PREFIX}VAULT_KEY=", f"{variable('vault_keys')}="
    text = file.read_text(encoding="utf-8")
    if now not in text:
        file.write_text(text.replace(before, now), encoding="utf-8")
