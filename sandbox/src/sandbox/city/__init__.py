"""The simulated city: who lives and works there, which dwellings are released, and what each person does when asked.

All of it is pure. Nothing here reads a clock, a network or a random generator: a city is a function of its policy,
its seed, how many people it refers and the day it opens, and so is everything anybody in it does.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from domain.decide.catalogue import bodies
from domain.facts.parties import Role
from domain.policy.policy import Policy
from sandbox.city.housing import Home, homes
from sandbox.city.organisations import Organisation, Organisations, committee_of, desk_of, organisations_of
from sandbox.city.people import Resident, resident
from sandbox.city.strange import strange_units


@dataclass(frozen=True)
class City:
    """One municipality with its people. `opens` is its first day: the policy's first working day unless given."""

    policy: Policy
    seed: int
    cases: int
    opens_on: date | None = None

    @cached_property
    def opens(self) -> date:
        """The working day from which people are referred."""
        return self.policy.calendar.working_day_from(self.opens_on or self.policy.valid_from)

    @cached_property
    def opening(self) -> datetime:
        """The moment the first day begins (UTC)."""
        return self.policy.calendar.at(self.opens, self.policy.calendar.opens)

    @cached_property
    def organisations(self) -> Organisations:
        """Everybody at work in this city."""
        found = organisations_of(self.policy.municipality, self.policy.name)
        asked = bodies(self.policy)
        return replace(
            found,
            desk=desk_of(self.policy) if Role.DESK in asked else None,
            committee=committee_of(self.policy) if Role.COMMITTEE in asked else None,
        )

    @cached_property
    def residents(self) -> tuple[Resident, ...]:
        """Everybody who is referred, by number."""
        return tuple(resident(self.policy, self.organisations, self.seed, n, self.opens) for n in range(self.cases))

    @cached_property
    def homes(self) -> tuple[Home, ...]:
        """Every dwelling that is ever released, the first released first."""
        return homes(self.organisations, self.residents, self.seed, self.opens)

    def dwellings(self, corporation: str) -> list[dict[str, Any]]:
        """Return a corporation's dwellings: the body of `PUT /{corporation}/dwellings` of its system."""
        return [home.shown() for home in self.homes if home.corporation == corporation]

    def strange_units(self, corporation: Organisation) -> list[dict[str, Any]]:
        """Return what stands in a corporation's list and is no dwelling: the body of its `PUT .../strange-units`."""
        return strange_units(self.seed, corporation, self.organisations.districts[0], self.opens.isoformat())

    def releases(self, corporation: str) -> list[dict[str, Any]]:
        """Return the dwellings of a corporation without a system: the rows of `POST /v1/released-dwellings`. Nobody
        tells there of a home that comes free in more than two years.
        """
        soon = self.opens + timedelta(days=700)
        own = (home for home in self.homes if home.corporation == corporation)
        return [home.released() for home in own if home.released_on <= soon]
