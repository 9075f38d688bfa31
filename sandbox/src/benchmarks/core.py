"""How many steps the core takes in a second on one core: decisions asked again, and their events folded again.

A step is one event decided and folded.
"""

from collections.abc import Sequence
from time import process_time
from typing import NamedTuple

from domain.decide.decide import Decided, decide
from domain.exchange.policy_file import parse_policy
from domain.policy.policy import Policy
from domain.state.events import AnyEvent
from domain.state.fold import fold
from runtime.policy_files import text_of
from sandbox.driven.sequences import Asked, play

SEED = 1


class Rates(NamedTuple):
    """Per second of processor time."""

    decisions: float
    steps: float
    folded: float


def measure(sequences: int = 60, rounds: int = 5) -> None:
    """Print the best of so many rounds."""
    policy = parse_policy(text_of("almere"))
    _, played = play(policy, seed=SEED, sequences=sequences, steps=50)
    asked = [one for sequence in played for one in sequence.asked]
    journals = [sequence.events for sequence in played]
    print(f"core: {len(asked)} decisions of {sequences} drawn sequences (seed {SEED}), best of {rounds} rounds")
    rates = max(_rates(policy, asked, journals) for _ in range(rounds))
    print(
        f"  {rates.decisions:8,.0f} decisions/s, {rates.steps:8,.0f} events decided and folded/s, "
        f"{rates.folded:9,.0f} events folded/s",
    )


def _rates(policy: Policy, asked: list[Asked], journals: Sequence[Sequence[AnyEvent]]) -> Rates:
    start = process_time()
    decided = [decide(one.m, one.command, policy, one.at, one.gone) for one in asked]
    deciding = process_time() - start
    events = sum(len(one.events) for one in decided if isinstance(one, Decided))
    start = process_time()
    for journal in journals:
        fold(journal)
    folding = process_time() - start
    return Rates(len(asked) / deciding, events / deciding, sum(map(len, journals)) / folding)
