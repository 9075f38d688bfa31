"""A long run of drawn sequences through the core: prints what was hit, and the seed that repeats it."""

from pathlib import Path
from random import Random

from domain.policy.policy_file import parse_policy
from tests.domain.sequences import play, told

POLICIES = Path(__file__).resolve().parent.parent / "policies"


def measure(sequences: int, steps: int, seed: int | None) -> None:
    """Play so many sequences of so many steps under each city's policy. Raises Broken with the story."""
    chosen = Random().randrange(2**32) if seed is None else seed
    for file in sorted(POLICIES.glob("*.toml")):
        policy = parse_policy(file.read_text(encoding="utf-8"))
        print(f"{policy.name}: seed {chosen}, {sequences} sequences of {steps} steps ...", flush=True)
        seen, _ = play(policy, seed=chosen, sequences=sequences, steps=steps)
        print(told(seen, chosen))
