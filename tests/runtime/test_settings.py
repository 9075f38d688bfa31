"""Settings come from the environment or one file, and what is wrong with them is said without showing secrets."""

import re
from pathlib import Path

import pytest

from domain.facts.value import replace
from runtime.keys import new_key
from runtime.settings import Settings, SettingsMissing, load_settings, variable
from sandbox.data_directory import new_seals

VAULT_KEY = new_key()
PAYLOAD_KEY = new_key()
SEALS = new_seals()
ENVIRONMENT = {
    "MEDIATION_DATABASE_URL": "postgresql://mediation:hunter2@localhost:5432/mediation",
    "MEDIATION_TEMPORAL_ADDRESS": "localhost:7233",
    "MEDIATION_DIRECTORY": "organisations.toml",
    "MEDIATION_PAYLOAD_KEYS": f"k1:{PAYLOAD_KEY}",
    "MEDIATION_VAULT_KEYS": VAULT_KEY,
    "MEDIATION_SEAL_KEY": SEALS["seal_key"],
    "MEDIATION_SPEAKERS": SEALS["speakers"],
    "MEDIATION_SMTP_HOST": "localhost",
    "MEDIATION_MAIL_FROM": "mediation@example.org",
    "MEDIATION_PUBLIC_URL": "https://mediation.example.org/",
    "MEDIATION_TOKEN_KEYS": "keys.json",
    "MEDIATION_TOKEN_ISSUER": "https://login.example.org",
    "MEDIATION_TOKEN_AUDIENCE": "mediation",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv("MEDIATION_SETTINGS", raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_the_environment_is_enough_and_the_rest_has_defaults(environment: pytest.MonkeyPatch) -> None:
    settings = load_settings()
    assert settings.temporal_namespace == "default"
    assert settings.task_queue == "mediations"
    assert settings.public_url == "https://mediation.example.org"
    assert settings.key_ring.active == "k1"
    assert settings.policies is None
    assert settings.policy_folder.name == "policies"
    assert settings.policy_folder.is_absolute()


def test_settings_saved_to_a_file_are_read_back_and_only_the_owner_may_read_it(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = replace(load_settings(), smtp_user='it\'s # "us" \\ here', log_format="console")
    file = tmp_path / "settings.env"
    settings.save(file)
    settings.save(file)
    assert file.stat().st_mode & 0o777 == 0o600
    for name in ENVIRONMENT:
        environment.delenv(name)
    environment.setenv("MEDIATION_SETTINGS", str(file))
    assert load_settings() == settings
    assert load_settings().environment() == settings.environment()


def test_the_environment_goes_before_the_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "settings.env"
    file.write_text("MEDIATION_SMTP_HOST='elsewhere'\nMEDIATION_SMTP_PORT='2525'\n")
    settings = load_settings(file)
    assert (settings.smtp_host, settings.smtp_port) == ("localhost", 2525)


def test_every_missing_variable_is_named_with_how_to_come_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*ENVIRONMENT, "MEDIATION_SETTINGS"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SettingsMissing) as missing:
        load_settings()
    for name in ENVIRONMENT:
        assert f"{name} is missing" in str(missing.value)
    assert "openssl rand -base64 32" in str(missing.value)


def test_every_description_tells_something() -> None:
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VAULT_KEYS", "geheim-maar-kort"),
        ("PAYLOAD_KEYS", "geheim-zonder-id"),
        ("SEAL_KEY", "api-1:geheim"),
        ("PAYLOAD_KEYS", "k1:bm90IGxvbmcgZW5vdWdoIGZvciBhIGtlee=geheim"),
        ("DATABASE_URL", "mysql://user:geheim@host/x"),
        ("PUBLIC_URL", "ftp://user:geheim@host"),
        ("PUBLIC_URL", "user:geheim@host"),
        ("LOG_FORMAT", "http://[user:geheim@host"),
    ],
)
def test_a_wrong_secret_is_named_and_not_shown(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(f"MEDIATION_{name}", value)
    with pytest.raises(SettingsMissing) as wrong:
        load_settings()
    text = str(wrong.value)
    assert f"MEDIATION_{name} is" in text
    assert "geheim" not in text
    assert wrong.value.__cause__ is None
    assert wrong.value.__context__ is None


WRONG = {
    "TEMPORAL_ADDRESS": ("host:99999", "not host:port"),
    "METRICS_ADDRESS": ("9090", "not host:port"),
    "API_PORT": ("eighty", "not a whole number from 0 to 65535"),
    "SMTP_PORT": ("70000", "not a whole number from 0 to 65535"),
    "LINK_DAYS": ("0", "not a whole number from 1 to 31"),
    "CALLER_REQUESTS": ("0", "not a whole number of at least 1"),
    "PUBLIC_URL": ("example.org", "not a http or https URL"),
    "LOG_FORMAT": ("xml", "not one of json, console"),
    "SMTP_TLS": ("always", "not one of offered, required, implicit"),
}
"""By setting: a wrong value, and what is said to be right."""


def test_every_wrong_value_is_told_at_once_with_its_name_its_value_and_what_may_be_written(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "settings.env"
    for name in ENVIRONMENT.keys() & {f"MEDIATION_{one}" for one in WRONG}:
        environment.delenv(name)
    file.write_text("".join(f"MEDIATION_{name}='{value}'\n" for name, (value, _) in WRONG.items()))
    environment.setenv("MEDIATION_LOG_LEVEL", "LOUD")
    with pytest.raises(SettingsMissing) as wrong:
        load_settings(file)
    lines = str(wrong.value).splitlines()[1:]
    told = dict(line.strip().split(" is ", 1) for line in lines)
    for name, (value, right) in WRONG.items():
        assert told[f"MEDIATION_{name}"].startswith(f"'{value}' in {file}: {right}. It is "), name
    assert told["MEDIATION_LOG_LEVEL"].startswith("'LOUD': not one of DEBUG, INFO, WARNING, ERROR. It is ")
    assert len(lines) == len(WRONG) + 1
    assert not re.search(r"[Ii]nput should|Value error|valid integer", str(wrong.value)), "pydantic's own words"


def test_whatever_is_wrong_with_a_setting_is_said_in_words_of_ours(environment: pytest.MonkeyPatch) -> None:
    for name, field in Settings.model_fields.items():
        if field.annotation in {str, Path} and not field.metadata:
            continue  # any text will do
        environment.setenv(variable(name), "://")
    with pytest.raises(SettingsMissing) as wrong:
        load_settings()
    assert "what is asked" not in str(wrong.value)
    assert not re.search(r"[Ii]nput should|Value error|valid integer", str(wrong.value))


def test_a_settings_file_that_is_not_there_is_named(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("MEDIATION_SETTINGS", "/nowhere/settings.env")
    with pytest.raises(SettingsMissing, match=r"/nowhere/settings\.env"):
        load_settings()


def test_settings_show_no_secret(environment: pytest.MonkeyPatch) -> None:
    shown = repr(load_settings()) + str(load_settings())
    for secret in ("hunter2", VAULT_KEY, PAYLOAD_KEY, SEALS["seal_key"]):
        assert secret not in shown
    assert "https://mediation.example.org" in shown
