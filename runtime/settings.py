"""Everything a process must be told, from the environment (`MEDIATION_…`) or from one settings file.

`MEDIATION_SETTINGS` may name a file of `MEDIATION_NAME='value'` lines; a variable in the environment goes before it.
What is secret may also be told, in either, by the path of a file with the secret alone (`runtime.secret_files`).
"""

import os
import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, DotEnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from domain.facts.calendar import Calendar
from runtime import RuntimeFault
from runtime.addresses import AllowList
from runtime.keys import KeyRing
from runtime.mailbox import bare
from runtime.policy_files import CITIES
from runtime.seals import Process, SealKey, Speakers
from runtime.secret_files import SUFFIX, Environment, SecretMisread, SettingsFile, is_secret
from runtime.vault_keys import VaultKeys

PREFIX = "MEDIATION_"
SETTINGS_FILE = "MEDIATION_SETTINGS"
MOST_SHOWN = 60
"""Characters of a wrong value that are repeated."""
PASSWORD_IN_IT = re.compile(r"(:|//)\S*@")
"""What an address with a user or a password looks like, also one that can be read as no address."""
EDGES = ("ge", "le")
"""How pydantic names the least and the most of a number."""


class SettingsMissing(RuntimeFault):
    """Settings are missing or wrong."""


def _address(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError("not host:port")
    return text


def _web_url(text: str) -> str:
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise ValueError("not a http or https URL")
    return text.rstrip("/")


def _database_url(text: str) -> str:
    if urlsplit(text).scheme not in ("postgresql", "postgres"):
        raise ValueError("not a postgresql URL")
    return text


def _owner_url(secret: SecretStr | None) -> SecretStr | None:
    if secret:
        _database_url(secret.get_secret_value())
    return secret


def _hosts(text: str) -> str:
    AllowList.parse(text)
    return text


def _key_ring(secret: SecretStr) -> SecretStr:
    try:
        KeyRing.parse(secret.get_secret_value())
    except RuntimeFault as fault:
        raise ValueError(str(fault)) from None
    return secret


def _vault_keys(secret: SecretStr) -> SecretStr:
    try:
        VaultKeys.parse(secret.get_secret_value())
    except RuntimeFault as fault:
        raise ValueError(str(fault)) from None
    return secret


def _seal_key(secret: SecretStr) -> SecretStr:
    try:
        SealKey.parse(secret.get_secret_value(), Process.API)
    except RuntimeFault as fault:
        raise ValueError(str(fault)) from None
    return secret


def _speakers(text: str) -> str:
    try:
        Speakers.parse(text)
    except RuntimeFault as fault:
        raise ValueError(str(fault)) from None
    return text


def _contacts(text: str) -> str:
    for one in filter(None, text.split(",")):
        url, torn = urlsplit(one), any(letter.isspace() or not letter.isprintable() for letter in one)
        if url.scheme == "mailto" and not url.query and not torn:
            bare(url.path)
        elif url.scheme != "https" or not url.hostname or torn:
            raise ValueError("not mailto: with an address, nor an https URL")
    return text


def _mailbox(text: str) -> str:
    bare(text)
    return text


Address = Annotated[str, AfterValidator(_address)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url), Field(repr=False)]
"""It has a password in it, so it is as secret as what is `SecretStr`."""
WebUrl = Annotated[str, AfterValidator(_web_url)]
Port = Annotated[int, Field(ge=0, le=65535)]
Text = Annotated[str, Field(min_length=1)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
S = TypeVar("S", bound="OurSettings")


class OurSettings(BaseSettings):
    """How every kind of settings is read."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read both sources by ours, which take secrets from files too; see the base class."""
        named = dotenv_settings.env_file if isinstance(dotenv_settings, DotEnvSettingsSource) else None
        return init_settings, Environment(settings_cls), SettingsFile(settings_cls, env_file=named)


class PolicySettings(OurSettings):
    """Where the policies are: all that it takes to read one."""

    policies: Path | None = Field(default=None, description="a folder of policy files, in place of those packaged")

    @property
    def policy_folder(self) -> Path:
        """The folder of policy files: the one set, else the one that comes with the program."""
        return self.policies or CITIES


class MailSettings(OurSettings):
    """How mail leaves: all that it takes to try a mail server."""

    smtp_host: Text = Field(description="the host that takes our mail")
    smtp_port: Port = Field(default=25, description="its port")
    smtp_user: Text | None = Field(default=None, description="the name under which we log in there, if we must")
    smtp_password: SecretStr | None = Field(default=None, description="its password")
    smtp_tls: Literal["offered", "required", "implicit"] = Field(
        default="offered",
        description="STARTTLS when it is offered, or always (required); or TLS from the start (implicit)",
    )
    mail_from: Mailbox = Field(
        description="the sender of our letters: mediation@example.org, or Gemeente Almere <mediation@example.org>"
    )
    mail_bounces: Mailbox | None = Field(
        default=None, description="where mail that cannot be delivered comes back; else the sender"
    )

    @property
    def sender_address(self) -> str:
        """The bare address of the sender."""
        return bare(self.mail_from)

    @property
    def envelope_sender(self) -> str:
        """The bare address to which mail that cannot be delivered comes back."""
        return bare(self.mail_bounces or self.mail_from)


class ApiSettings(OurSettings):
    """Where the API listens: all that it takes to ask it."""

    api_host: Text = Field(default="127.0.0.1", description="the address the API listens on")
    api_port: Port = Field(default=8000, description="the port the API listens on")


class PartnerSettings(OurSettings):
    """Where partners' systems may be: all that it takes to try one."""

    partner_hosts: Annotated[str, AfterValidator(_hosts)] = Field(
        default="", description="hosts of your own network that partners' systems may be at, also without https"
    )


class Settings(MailSettings, PolicySettings, ApiSettings, PartnerSettings):
    """One value per setting; each description says how to come by it."""

    database_url: DatabaseUrl = Field(
        description="where PostgreSQL is: postgresql://user:password@host:5432/database; not under its owner's login"
    )
    owner_url: Annotated[SecretStr | None, AfterValidator(_owner_url)] = Field(
        default=None, description="for `mediation migrate` alone: where PostgreSQL is, under the login of its owner"
    )
    temporal_address: Address = Field(description="where Temporal is: host:7233")
    temporal_namespace: Text = Field(default="default", description="the Temporal namespace")
    task_queue: Text = Field(default="mediations", description="the Temporal task queue the worker serves")
    directory: Path = Field(description="the TOML file that lists the organisations")
    payload_keys: Annotated[SecretStr, AfterValidator(_key_ring)] = Field(
        description='keys for what Temporal stores, the first active; make one: echo "k1:$(openssl rand -base64 32)"'
    )
    vault_keys: Annotated[SecretStr, AfterValidator(_vault_keys)] = Field(
        description="the key that wraps the vault's keys, then former ones, joined by commas; make one: "
        "openssl rand -base64 32 (its former name: MEDIATION_VAULT_KEY)"
    )
    seal_key: Annotated[SecretStr, AfterValidator(_seal_key)] = Field(
        description="the key with which this process seals its commands; make one: mediation seal-key api (or worker)"
    )
    speakers: Annotated[str, AfterValidator(_speakers)] = Field(
        description="whose commands are believed: the public lines of `mediation seal-key`, joined by commas; "
        "`anybody` only during an upgrade from a release without seals"
    )
    notify_url: WebUrl | None = Field(default=None, description="where NotifyNL is: https://api.notifynl.nl")
    notify_key: SecretStr | None = Field(
        default=None, description="the API key that NotifyNL gave: name-service-secret"
    )
    notify_template: Text | None = Field(
        default=None, description="the id of a mail template at NotifyNL with ((subject)) and ((body))"
    )
    public_url: WebUrl = Field(description="where people reach the pages: https://mediation.example.org")
    link_days: Annotated[int, Field(ge=1, le=31)] = Field(
        default=7, description="after how many days a link to answer without an account ends at the latest"
    )
    token_keys: Text = Field(description="the issuer's public keys: the path or https URL of a JWKS")
    token_issuer: Text = Field(description="the `iss` that bearer tokens must carry")
    token_audience: Text = Field(description="the `aud` that bearer tokens must carry")
    token_hours: int = Field(
        default=24, ge=1, le=366 * 24, description="for how many hours a bearer token may be valid at the most"
    )
    webhook_hosts: Annotated[str, AfterValidator(_hosts)] = Field(
        default="", description="hosts of your own network that webhooks may be at, also without https: host:port,host"
    )
    webhook_seconds: int = Field(
        default=30, ge=1, le=28 * 24 * 3600, description="how soon, in seconds, webhooks are told of something"
    )
    caller_requests: int = Field(
        default=1200, ge=1, description="how many requests a minute of one signed-in caller an API process answers"
    )
    address_requests: int = Field(
        default=300, ge=1, description="how many requests a minute it answers from one address, without a valid token"
    )
    caller_at_once: int = Field(
        default=50, ge=1, description="how many requests of one caller an API process answers at the same time"
    )
    requests_at_once: int = Field(
        default=300, ge=1, description="how many requests of all callers it answers at the same time"
    )
    trusted_proxies: Text = Field(
        default="127.0.0.1",
        description="addresses or networks of your own proxies, joined by commas: whom they call for is the caller",
    )
    security_contact: Annotated[str, AfterValidator(_contacts)] = Field(
        default="",
        description="where a vulnerability of this installation is reported, for /.well-known/security.txt: "
        "mailto:security@example.org, or an https URL; several joined by commas",
    )
    security_days: int = Field(
        default=180, ge=1, le=365, description="how many days ahead the end lies that this file tells"
    )
    watch: Literal["on", "off"] = Field(
        default="on",
        description="whether the watchman makes its rounds; off only on a virtual clock, which they slow",
    )
    metrics_address: Address | None = Field(default=None, description="where Prometheus may read a worker: host:port")
    api_metrics_address: Address | None = Field(default=None, description="where it may read the API: host:port")
    traces_url: WebUrl | None = Field(
        default=None,
        description="where traces go by OTLP over HTTP, such as http://collector:4318/v1/traces; nowhere without it",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="the least level logged"
    )
    log_format: Literal["json", "console"] = Field(default="json", description="json for machines, console for people")

    @property
    def key_ring(self) -> KeyRing:
        """The payload keys, read."""
        return KeyRing.parse(self.payload_keys.get_secret_value())

    @property
    def vault_ring(self) -> VaultKeys:
        """The vault keys, read."""
        return VaultKeys.parse(self.vault_keys.get_secret_value())

    def ensure_believed(self, process: Process, now: datetime) -> None:
        """Check the key with which a kind of process seals against those that are believed. Raises SealKeyUnlisted."""
        speakers = Speakers.parse(self.speakers)
        speakers.ensure_listed(self.seal_key_of(process), Calendar().today(now))

    def seal_key_of(self, process: Process) -> SealKey:
        """The key with which a kind of process seals."""
        return SealKey.parse(self.seal_key.get_secret_value(), process)

    def environment(self) -> dict[str, str]:
        """These settings as environment variables for a process of ours. Holds secrets."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return {variable(name): _shown(value) for name, value in values.items() if value is not None}

    def save(self, file: Path) -> None:
        """Write these settings to a file that only its owner may read, for `MEDIATION_SETTINGS` to name."""
        lines = [f"{name}='{_quoted(value)}'\n" for name, value in self.environment().items()]
        draft = file.with_name(file.name + ".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.writelines(lines)
        draft.replace(file)


def load_settings(file: Path | None = None) -> Settings:
    """Read the settings; raises `SettingsMissing` naming every variable at fault and how to come by it.

    `file` goes before the file that `MEDIATION_SETTINGS` names.
    """
    return load(Settings, file)


def load(kind: type[S], file: Path | None = None, *, before_environment: bool = False) -> S:
    """Read settings of one kind as `load_settings` does; or let the file go before the environment."""
    named = file or (Path(name) if (name := os.environ.get(SETTINGS_FILE)) else None)
    if named:
        _can_be_read(named)
    first = SettingsFile(kind, env_file=named)() if before_environment else {}
    try:
        given: dict[str, Any] = {name: first[name] for name in kind.model_fields if name in first}
        given["_env_file"] = named  # an argument of pydantic-settings, which is no field
        return kind(**given)
    except ValidationError as error:
        faults = error.errors(include_url=False)
    raise SettingsMissing("\n" + "\n".join(_explained(kind, fault, named) for fault in faults))


def told_in_environment(kind: type[S]) -> bool:
    """Tell whether the environment has any setting that settings of this kind require; for those that require none, any
    that an installation does.
    """
    required = [name for name, field in kind.model_fields.items() if field.is_required()]
    needed = required or [name for name, field in Settings.model_fields.items() if field.is_required()]
    return any(os.environ.get(variable(name)) or os.environ.get(variable(name) + SUFFIX) for name in needed)


def _can_be_read(file: Path) -> None:
    try:
        file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsMissing(f"there is no settings file {file} (see {SETTINGS_FILE})") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsMissing(f"the settings file {file} cannot be read ({type(error).__name__})") from None


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def _explained(kind: type[OurSettings], fault: ErrorDetails, file: Path | None) -> str:
    """Say what is wrong with one setting: its name, its value unless that is secret, and what may be written."""
    name = str(fault["loc"][0])
    field = kind.model_fields[name]
    if isinstance(fault["input"], SecretMisread):
        return f"  {fault['input'].variable} {fault['input'].why}. {variable(name)} is {field.description}"
    if fault["type"] == "missing":
        return f"  {variable(name)} is missing. It is {field.description}"
    within = _within(name, file)
    asked = str(fault["ctx"]["error"]) if fault["type"] == "value_error" else f"not {_allowed(field)}"
    return f"  {variable(name)} is {_given(field, fault['input'])}{within}: {asked}. It is {field.description}"


def _within(name: str, file: Path | None) -> str:
    """Say which file a wrong value stands in, if it stands in one."""
    if variable(name) in os.environ:
        return ""
    named = os.environ.get(variable(name) + SUFFIX) or file
    return f" in {named}" if named else ""


def _given(field: FieldInfo, value: object) -> str:
    """Return a value as it may be shown: never that of a secret, nor an address with a password in it."""
    text = str(value)
    if is_secret(field) or PASSWORD_IN_IT.search(text):
        return "wrong (it is secret and not shown)"
    return repr(text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}...")


def _types(annotation: object) -> set[object]:
    """Return the types of a union; else the one type."""
    return set(get_args(annotation)) or {annotation}


def _allowed(field: FieldInfo) -> str:
    """Say what may be written for a setting."""
    if get_origin(field.annotation) is Literal:
        return f"one of {', '.join(get_args(field.annotation))}"
    if int not in _types(field.annotation):
        return "what is asked"
    least, most = (next((getattr(one, side) for one in field.metadata if hasattr(one, side)), None) for side in EDGES)
    return "a whole number" + (f" from {least} to {most}" if most is not None else f" of at least {least}")


def _shown(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
