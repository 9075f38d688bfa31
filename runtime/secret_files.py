"""Secrets from files: what is secret may be told as MEDIATION_..._FILE too, the path of a file that has it alone.

Environment variables are shown by `docker inspect`, kept by service managers and handed to every child. A file is read
once, by the process that needs it: `/run/secrets/...` of Compose, or a mounted Secret of Kubernetes.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource

SUFFIX = "_FILE"


class SecretMisread:
    """Stands for the value that could not be had from a file, with why; no setting takes it."""

    def __init__(self, variable: str, why: str) -> None:
        """Keep the variable at fault and what is wrong, which never quotes what a file holds."""
        self.variable = variable
        self.why = why


def is_secret(field: FieldInfo) -> bool:
    """Tell whether a setting is secret: its type is `SecretStr`, or one whose values are never shown."""
    return not field.repr or SecretStr in {field.annotation, *get_args(field.annotation)}


def secret_names(fields: dict[str, FieldInfo]) -> Iterator[str]:
    """Name the secret ones of these fields."""
    return (name for name, field in fields.items() if is_secret(field))


def read_secret(variable: str, file: str) -> str | SecretMisread | None:
    """Return what a file says, without the end of its last line; nothing where it is empty, as of a variable."""
    try:
        text = Path(file).read_text(encoding="utf-8")
    except FileNotFoundError:
        return SecretMisread(variable, f"names {file}, which is not there")
    except (OSError, UnicodeDecodeError) as error:
        return SecretMisread(variable, f"names {file}, which cannot be read ({type(error).__name__})")
    return text.removesuffix("\n").removesuffix("\r") or None


class _ReadsFiles(EnvSettingsSource):
    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """See the base class."""
        value, key, is_complex = super().get_field_value(field, field_name)
        named = self.env_prefix + field_name.upper() + SUFFIX
        file = self.env_vars.get(named.lower()) if is_secret(field) else None
        if file is None:
            return value, key, is_complex
        if value is not None:
            return SecretMisread(named, f"is given beside {named.removesuffix(SUFFIX)}: give one of them"), key, False
        return read_secret(named, file), key, False


class Environment(_ReadsFiles):
    """Settings from environment variables, secrets also from the files that they name."""


class SettingsFile(_ReadsFiles, DotEnvSettingsSource):
    """Settings from a file of `NAME='value'` lines, secrets also from the files that it names."""
