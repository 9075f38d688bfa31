"""Which earlier mediations of a client bar a new one is found out when that begins, by the same person alone."""

import json
from datetime import UTC, datetime

import pytest

from domain.exchange.record import Recording
from domain.facts.calendar import Term
from domain.facts.outcome import Outcome
from domain.facts.value import replace
from domain.messages.commands import StartMediation
from domain.policy.policy import Barring, Policy
from store.database import Pool
from store.record import record
from tests.domain.case import policy_of, referral
from tests.store.script import Script
from tests.tampering import tamper


def barring(*shared: str) -> Policy:
    policy = policy_of("almere")
    capacity = replace(policy.capacity, shared_by=shared)
    return replace(policy, exclusions={Barring.REFUSED_LAPSED: Term.model_validate("2 years")}, capacity=capacity)


def start(policy: Policy, mediation: str, person: str) -> Recording:
    (recording,) = Script(policy=policy).start().recordings(mediation)
    assert isinstance(recording.command, StartMediation)
    command = replace(recording.command, referral=referral(person=person))
    return replace(recording, command=command)


async def ended(pool: Pool, mediation: str, outcome: Outcome, municipality: str = "almere") -> None:
    # a minute before midnight in Amsterdam: the day is that of the municipality
    at = datetime(2026, 3, 1, 22, 59, tzinfo=UTC)
    changed = "UPDATE mediation SET outcome = $2, closed_at = $3, municipality = $4 WHERE id = $1"
    await tamper(pool, changed, mediation, outcome.value, at, municipality)
    await pool.execute("DELETE FROM open_person WHERE mediation = $1", mediation)


@pytest.mark.parametrize(
    ("person", "outcome", "where", "shared", "found"),
    [
        ("person-00000001", Outcome.REFUSED_LAPSED, "almere", (), True),
        ("person-00000002", Outcome.REFUSED_LAPSED, "almere", (), False),
        ("person-00000001", Outcome.REJECTED, "almere", (), False),
        ("person-00000001", Outcome.REFUSED_LAPSED, "lelystad", (), False),
        ("person-00000001", Outcome.REFUSED_LAPSED, "lelystad", ("almere", "lelystad"), True),
    ],
)
async def test_only_ends_of_this_person_that_the_policy_names_and_that_were_here_are_found(
    pool: Pool, person: str, outcome: Outcome, where: str, shared: tuple[str, ...], found: bool
) -> None:
    policy = barring(*shared)
    await record(pool, start(policy, "m-1", "person-00000001"))
    await ended(pool, "m-1", outcome, where)
    assert (await record(pool, start(policy, "m-2", person))).refused is None
    kept = json.loads(await pool.fetchval("SELECT document FROM event WHERE mediation = 'm-2' AND sequence = 1"))
    assert kept.get("ended_before", []) == ([{"outcome": "refused_lapsed", "on": "2026-03-01"}] if found else [])
