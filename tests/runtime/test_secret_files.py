"""Every secret can be told by the path of a file that has it, and what is wrong with it is said without showing it."""

import re
from pathlib import Path

import pytest
from pydantic import Field, SecretStr

from runtime.secret_files import secret_names
from runtime.settings import (
    ApiSettings,
    DatabaseUrl,
    MailSettings,
    OurSettings,
    PolicySettings,
    Settings,
    SettingsMissing,
    load,
    load_settings,
    told_in_environment,
    variable,
)
from tests.runtime.test_settings import ENVIRONMENT

SECRETS = sorted(secret_names(Settings.model_fields))
VALUES = {
    **ENVIRONMENT,
    "MEDIATION_OWNER_URL": "postgresql://owner:hunter4@127.0.0.1:5432/mediation",
    "MEDIATION_SMTP_PASSWORD": "hunter3 ",
    "MEDIATION_NOTIFY_KEY": "naam-geheim-geheim",
}
"""A value that each secret takes; a blank at its end belongs to it."""
SOUNDS_SECRET = re.compile(r"password|secret|key|token|(database|owner)_url")
PUBLIC = {"token_keys", "token_issuer", "token_audience", "token_hours"}
"""Settings that sound secret and are not: where the public keys of the issuer are, what its tokens carry, how long."""


def plain(value: object) -> object:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv("MEDIATION_SETTINGS", raising=False)
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
        monkeypatch.delenv(f"{variable(name)}_FILE", raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def in_a_file(environment: pytest.MonkeyPatch, name: str, file: Path, content: bytes) -> None:
    """Tell a setting by a file alone."""
    file.write_bytes(content)
    environment.delenv(variable(name), raising=False)
    environment.setenv(f"{variable(name)}_FILE", str(file))


def test_what_sounds_secret_is_secret() -> None:
    sounding = {name for name in Settings.model_fields if SOUNDS_SECRET.search(name)}
    assert sounding - PUBLIC == set(SECRETS)
    assert sounding > PUBLIC


def test_where_a_database_is_is_secret_by_its_type() -> None:
    class Another(OurSettings):
        archive: DatabaseUrl = Field(description="where another database is")
        archive_port: int = Field(default=5432, description="a number that is not")

    assert list(secret_names(Another.model_fields)) == ["archive"]


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"], ids=["bare", "newline", "carriage-return"])
def test_each_secret_is_read_from_its_file(
    environment: pytest.MonkeyPatch, tmp_path: Path, name: str, end: bytes
) -> None:
    value = VALUES[variable(name)]
    in_a_file(environment, name, tmp_path / "secret", value.encode() + end)
    settings = load_settings()
    assert plain(getattr(settings, name)) == value
    assert value not in repr(settings)
    assert settings.environment()[variable(name)] == value


def test_all_secrets_at_once_come_from_files(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in SECRETS:
        in_a_file(environment, name, tmp_path / name, VALUES[variable(name)].encode() + b"\n")
    settings = load_settings()
    assert {name: plain(getattr(settings, name)) for name in SECRETS} == {
        name: VALUES[variable(name)] for name in SECRETS
    }


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_that_is_given_both_ways_is_refused(
    environment: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    in_a_file(environment, name, tmp_path / "secret", b"geheim")
    environment.setenv(variable(name), VALUES[variable(name)])
    with pytest.raises(SettingsMissing) as wrong:
        load_settings()
    assert f"{variable(name)}_FILE is given beside {variable(name)}: give one of them." in str(wrong.value)
    assert VALUES[variable(name)] not in str(wrong.value)
    assert "geheim" not in str(wrong.value)


@pytest.mark.parametrize("name", SECRETS)
def test_a_file_that_cannot_be_read_is_named_with_its_setting(
    environment: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    in_a_file(environment, name, tmp_path / "secret", b"geheim \xff")
    with pytest.raises(SettingsMissing) as wrong:
        load_settings()
    said = f"{variable(name)}_FILE names {tmp_path / 'secret'}, which cannot be read (UnicodeDecodeError)."
    assert said in str(wrong.value)
    assert "geheim" not in str(wrong.value)
    assert wrong.value.__cause__ is None
    assert wrong.value.__context__ is None
    for path, why in ((tmp_path / "nowhere", "is not there"), (tmp_path, "cannot be read (IsADirectoryError)")):
        environment.setenv(f"{variable(name)}_FILE", str(path))
        with pytest.raises(SettingsMissing) as wrong:
            load_settings()
        assert f"{variable(name)}_FILE names {path}, which {why}." in str(wrong.value)


def test_an_empty_file_is_as_an_empty_variable(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    in_a_file(environment, "smtp_password", tmp_path / "one", b"\n")
    assert load_settings().smtp_password is None
    in_a_file(environment, "vault_keys", tmp_path / "two", b"")
    with pytest.raises(SettingsMissing, match="MEDIATION_VAULT_KEYS is missing"):
        load_settings()


def test_a_wrong_secret_in_a_file_is_told_with_the_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    in_a_file(environment, "vault_keys", tmp_path / "key", b"geheim-maar-kort")
    with pytest.raises(SettingsMissing) as wrong:
        load_settings()
    assert f"MEDIATION_VAULT_KEYS is wrong (it is secret and not shown) in {tmp_path / 'key'}: " in str(wrong.value)
    assert "geheim" not in str(wrong.value)


def test_a_settings_file_may_name_the_files_too(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    named, key, other = tmp_path / "settings.env", tmp_path / "key", tmp_path / "other"
    value = ENVIRONMENT["MEDIATION_VAULT_KEYS"]
    environment.delenv("MEDIATION_VAULT_KEYS")
    key.write_text(value + "\n")
    named.write_text(f"MEDIATION_VAULT_KEYS_FILE='{key}'\n")
    assert load_settings(named).vault_keys.get_secret_value() == value
    assert load(Settings, named, before_environment=True).vault_keys.get_secret_value() == value
    other.write_text("geheim")
    environment.setenv("MEDIATION_VAULT_KEYS_FILE", str(other))
    with pytest.raises(SettingsMissing, match=r"MEDIATION_VAULT_KEYS is wrong .* in .*/other: "):
        load_settings(named)


def test_what_is_no_secret_is_not_read_from_a_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    in_a_file(environment, "smtp_host", tmp_path / "host", b"mail.example.org")
    with pytest.raises(SettingsMissing, match="MEDIATION_SMTP_HOST is missing"):
        load_settings()


def test_an_environment_that_only_names_files_is_one(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ENVIRONMENT:
        environment.delenv(name)
    assert not told_in_environment(Settings)
    environment.setenv("MEDIATION_VAULT_KEYS_FILE", str(tmp_path / "key"))
    assert told_in_environment(Settings)


@pytest.mark.parametrize("kind", [ApiSettings, MailSettings, PolicySettings, Settings], ids=lambda kind: kind.__name__)
def test_every_kind_of_settings_knows_its_secrets(kind: type[Settings]) -> None:
    assert set(secret_names(kind.model_fields)) == set(SECRETS) & kind.model_fields.keys()
