"""The policies of a folder, and which one is in force in a municipality at a moment."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Self

from domain.exchange.policy_file import PolicyInvalid, parse_policy
from domain.policy.policy import Policy
from domain.policy.relations import unequal
from runtime.policy_files import files


class PolicyFolderWrong(Exception):
    """A file in the folder of policies cannot be used."""


class Policies:
    """Every version of every municipality's policy."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        self._all = tuple(policies)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read every `*.toml` of a folder; raises `PolicyFolderWrong` naming the file and what is wrong with it."""
        policies = cls(_read(file) for file in files(folder))
        for day in {policy.valid_from for policy in policies._all}:
            for differs in unequal(policies._on(day)):
                raise PolicyFolderWrong(f"{folder}: {differs}")
        return policies

    @cached_property
    def municipalities(self) -> frozenset[str]:
        """Return every municipality that a policy is of, or that shares places with one."""
        return frozenset(name for policy in self._all for name in (policy.municipality, *policy.capacity.shared_by))

    def all_in_force(self, now: datetime) -> tuple[Policy, ...]:
        """Return the policy in force today of every municipality that has one."""
        found = (self.in_force(name, now) for name in sorted({policy.municipality for policy in self._all}))
        return tuple(policy for policy in found if policy)

    def _on(self, day: date) -> list[Policy]:
        """Return the policies in force on a day: of each municipality the newest."""
        found: dict[str, Policy] = {}
        for policy in sorted(self._all, key=lambda policy: (policy.valid_from, policy.version)):
            if policy.in_force(day):
                found[policy.municipality] = policy
        return list(found.values())

    def in_force(self, municipality: str, now: datetime, version: str | None = None) -> Policy | None:
        """Return the policy in force there today, or that version of it; the newest of several, None without any."""
        found = (
            policy
            for policy in self._all
            if policy.municipality == municipality
            and version in {None, policy.version}
            and policy.in_force(policy.calendar.today(now))
        )
        return max(found, key=lambda policy: (policy.valid_from, policy.version), default=None)


@lru_cache(maxsize=256)
def _parsed(text: str) -> Policy:
    """Parse a policy, once for each text: files are read in every round, and seldom change."""
    return parse_policy(text)


def _read(file: Path) -> Policy:
    try:
        return _parsed(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, PolicyInvalid) as wrong:
        raise PolicyFolderWrong(f"{file}: {wrong}") from wrong
