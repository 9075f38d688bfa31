"""Which district team serves the district of a home: looked up for every answer that may depend on it."""

from collections.abc import Callable
from datetime import date

from domain.exchange.record import Recording
from domain.facts.referral import DistrictServed
from domain.facts.value import replace
from domain.messages.commands import AnswerTask
from domain.policy.policy import Policy
from domain.state.mediation import Mediation
from domain.steps.receiving import district_of_home

TeamOf = Callable[[str, str, date], str | None]
"""Return the team that serves a district of a municipality on a day; None when there is none."""


def no_team(_municipality: str, _district: str, _on: date) -> None:
    """Return no district team, so that the municipality is asked instead."""


def with_team(recording: Recording, state: Mediation | None, policy: Policy, team_of: TeamOf) -> Recording:
    """Return the recording of an answer with the team of the home's district; any other as it is."""
    command = recording.command
    if not isinstance(command, AnswerTask):
        return recording
    served, district = None, district_of_home(state) if state else None
    if state and district:
        team = team_of(state.parties.municipality, district, policy.calendar.today(recording.now))
        served = DistrictServed(district=district, team=team)
    return replace(recording, command=replace(command, served=served))
