"""A long run of drawn sequences through the core: prints what was hit, and the seed that repeats it."""

from random import Random

from domain.exchange.policy_file import parse_policy
from runtime.policy_files import files, text_of
from sandbox.driven.sequences import play, told


def measure(sequences: int, steps: int, seed: int | None) -> None:
    """Play so many sequences of so many steps under each city's policy. Raises Broken with the story."""
    chosen = Random().randrange(2**32) if seed is None else seed
    for file in files():
        policy = parse_policy(text_of(file.stem))
        print(f"{policy.name}: seed {chosen}, {sequences} sequences of {steps} steps ...", flush=True)
        seen, _ = play(policy, seed=chosen, sequences=sequences, steps=steps)
        print(told(seen, chosen))
