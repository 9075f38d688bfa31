"""Every command that needs settings finds those of an installation, or tells which directory has none."""

import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import cli
from domain.facts.value import replace
from runtime.directory import Directory
from runtime.local_issuer import LocalIssuer
from runtime.settings import MailSettings, Settings
from runtime.tokens import TokenVerifier
from sandbox.embedded.ports import free_port
from store.database import Pool
from tests.console.commands import Said, leaves, typed

ALONE: dict[tuple[str, ...], str] = {
    ("up",): "makes the installation",
    ("demo",): "makes an installation and throws it away",
    ("restore",): "puts an installation back, also where there is none",
    ("policy", "new"): "writes a policy file",
    ("seal-key",): "makes keys for settings to come",
}
"""Commands that need no settings, and why."""
REPORT = ("report", "council")


def finds_settings() -> list[tuple[str, ...]]:
    return [words for words, _ in leaves() if words not in ALONE]


def filled(command: Any, file: Path) -> list[str]:
    """What must be typed after a command at least."""
    given = {"role": "coordinator", "organisation": "almere", "municipality": "almere", "name": "council"}
    given |= {"first": "2026-01-05", "last": "2026-01-06"}
    typed = list[str]()
    for parameter in command.params:
        if parameter.required:
            value = given.get(parameter.name, str(file))
            typed += [value] if parameter.param_type_name == "argument" else [parameter.opts[0], value]
    return typed


def trusting(settings: Settings, data: Path) -> Settings:
    """Settings that trust the issuer of a data directory."""
    issuer = LocalIssuer(data / "token-key.json")
    return replace(
        settings, token_keys=str(issuer.jwks_file), token_issuer=issuer.issuer, token_audience=issuer.audience
    )


def installation(folder: Path, settings: Settings) -> Path:
    """A data directory as `mediation up` leaves it, with an issuer of its own."""
    folder.mkdir(parents=True)
    trusting(settings, folder).save(folder / "settings.env")
    return folder


def test_every_command_but_those_named_takes_a_data_directory() -> None:
    known = dict(leaves())
    assert ALONE.keys() <= known.keys()
    without = [words for words in finds_settings() if "--data" not in {o for p in known[words].params for o in p.opts}]
    assert without == []
    assert len(finds_settings()) >= 12


@pytest.mark.parametrize("words", finds_settings(), ids=" ".join)
def test_a_directory_without_an_installation_is_told(words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "figures.csv").write_text("a,b\n")
    must = filled(dict(leaves())[words], tmp_path / "figures.csv")
    said = CliRunner().invoke(cli.application(), [*words, *must, "--data", str(tmp_path / "nothing")])
    assert said.exit_code == 2, said
    assert said.stdout == ""
    told = f"There is no installation in this directory; `mediation up` makes one: {tmp_path}/nothing\n"
    assert said.stderr == told
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("way", ["usual", "option", "variable"])
async def test_a_report_finds_what_an_installation_keeps(
    way: str, settings: Settings, pool: Pool, tmp_path: Path
) -> None:
    usual = tmp_path / ".data" / "mediation"
    data = installation(usual if way == "usual" else tmp_path / "elsewhere", settings)
    option = ("--data", "elsewhere") if way == "option" else ()
    variable = {"MEDIATION_DATA": str(data)} if way == "variable" else {}
    said = await typed(tmp_path, *REPORT, *option, environment=variable)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("For the council")


async def test_what_is_typed_goes_before_the_environment_and_that_before_the_usual_directory(
    settings: Settings, pool: Pool, tmp_path: Path
) -> None:
    away = replace(settings, database_url=f"postgresql://me:secret@127.0.0.1:{free_port()}/none")
    there = installation(tmp_path / "there", settings)
    installation(tmp_path / ".data" / "mediation", settings)
    elsewhere = away.environment()
    refused = await typed(tmp_path, *REPORT, environment=elsewhere)
    assert refused.code == 1
    assert refused.err.startswith("PostgreSQL cannot be reached: 127.0.0.1:")
    assert "secret" not in refused.err
    assert "Traceback" not in refused.err
    assert (await typed(tmp_path, *REPORT, environment={**elsewhere, "MEDIATION_DATA": str(there)})).code == 1
    assert (await typed(tmp_path, *REPORT, "--data", "there", environment=elsewhere)).code == 0


async def test_part_of_the_settings_in_the_environment_is_never_filled_up_from_the_usual_directory(
    settings: Settings, pool: Pool, tmp_path: Path
) -> None:
    installation(tmp_path / ".data" / "mediation", settings)
    said = await typed(tmp_path, *REPORT, environment={"MEDIATION_VAULT_KEYS": settings.vault_keys.get_secret_value()})
    assert said.code == 1
    assert "MEDIATION_DATABASE_URL is missing" in said.err
    assert "MEDIATION_VAULT_KEYS" not in said.err


async def test_who_has_nothing_yet_is_told_of_the_data_directory(tmp_path: Path) -> None:
    said = await typed(tmp_path, *REPORT)
    assert said.code == 1
    assert "MEDIATION_DATABASE_URL is missing" in said.err
    assert "MEDIATION_DATA or --data may name an installation instead" in said.err


async def test_mail_is_tried_by_the_mail_server_of_an_installation(settings: Settings, tmp_path: Path) -> None:
    installation(tmp_path / ".data" / "mediation", settings)
    assert (await typed(tmp_path, "mail-check", "somebody@example.org")).out.startswith("taken: ")
    mail = {name: value for name, value in settings.environment().items() if "SMTP" in name or "MAIL" in name}
    elsewhere = {**mail, "MEDIATION_SMTP_PORT": str(free_port())}
    assert set(MailSettings.model_fields) > {"smtp_host"}
    assert (await typed(tmp_path, "mail-check", "somebody@example.org", environment=elsewhere)).code == 1


async def test_a_settings_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "data" / "settings.env").mkdir(parents=True)
    said = await typed(tmp_path, *REPORT, "--data", "data")
    assert (said.code, said.out) == (1, "")
    assert "the settings file data/settings.env cannot be read (IsADirectoryError)" in said.err


async def token(folder: Path, role: str, organisation: str, *more: str) -> Said:
    return await typed(folder, "token", "--role", role, "--organisation", organisation, *more)


async def test_a_token_is_for_an_organisation_of_the_directory_in_its_role(
    settings: Settings, directory: Directory, pool: Pool, tmp_path: Path
) -> None:
    data = installation(tmp_path / "data", settings)
    one = next(one for one in directory if one.role == "care_provider")
    before = sorted(file.name for file in data.iterdir())
    said = await token(tmp_path, "care_provider", one.id, "--data", "data")
    assert (said.code, said.err) == (0, "")
    verifier = TokenVerifier(trusting(settings, data), bytes(32))
    caller = await verifier.verify(said.out.strip())
    assert (caller.role, caller.organisation) == ("care_provider", one.id)
    unfit = await token(tmp_path, "coordinator", one.id, "--data", "data")
    assert (unfit.code, unfit.out) == (2, "")
    assert unfit.err == f"{one.id} is no coordinator: the directory has it as care_provider\n"
    unknown = await token(tmp_path, "care_provider", "kwintesss", "--data", "data")
    assert (unknown.code, unknown.out) == (2, "")
    assert "kwintesss is not in the directory; its care_provider organisations are: " in unknown.err
    assert one.id in unknown.err
    assert sorted(file.name for file in data.iterdir()) == before


async def test_where_tokens_come_from_elsewhere_none_is_made_here(settings: Settings, tmp_path: Path) -> None:
    settings.save(tmp_path / "settings.env")
    said = await typed(
        tmp_path,
        *("token", "--role", "coordinator", "--organisation", "almere"),
        environment={"MEDIATION_SETTINGS": str(tmp_path / "settings.env")},
    )
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("Tokens of this installation come from another issuer, not from here")
    assert set(os.listdir(tmp_path)) == {"organisations.toml", "settings.env"}
