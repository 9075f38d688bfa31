"""Measure and print the figures: `make bench`, or `python -m benchmarks demo|shell|racers [options]`."""

import argparse
import asyncio

from benchmarks import demonstration, racers, shell


def main() -> None:
    """Run what is asked for; everything when nothing is."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "which", nargs="*", choices=["demo", "shell", "racers", []], help="all of them when none is named"
    )
    parser.add_argument("--cases", type=int, nargs="+", default=[50, 250], help="sizes of the city")
    parser.add_argument("--mediations", type=int, default=40, help="how many mediations the shell completes")
    parser.add_argument("--rounds", type=int, default=racers.ROUNDS, help="how often the racers race")
    asked = parser.parse_args()
    if not asked.which or "shell" in asked.which:
        asyncio.run(shell.measure(asked.mediations))
    if not asked.which or "racers" in asked.which:
        asyncio.run(racers.measure(asked.rounds))
    if not asked.which or "demo" in asked.which:
        demonstration.measure(asked.cases)


if __name__ == "__main__":
    main()
