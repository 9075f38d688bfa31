"""Measure and print the figures: `make bench`, or `python -m benchmarks WHICH [options]`.

WHICH is demo, shell, core, journal, sequences, bad-answers, racers, reminders, outage, miswire, drill, siege, verify
or watch; sequences, reminders and the last six run only when they are named.
"""

import argparse
import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import (
    bad_answers,
    core,
    demonstration,
    drill,
    journal,
    miswire,
    outage,
    racers,
    reminders,
    sequences,
    shell,
    verifying,
    watching,
)
from benchmarks.bad_partners import subjects
from benchmarks.siege import run as siege

ALONE = ("outage", "miswire", "drill", "siege")
ASKED = ("sequences", "reminders", "verify", "watch", *ALONE)
"""They run only when they are named."""
WHICH = ("demo", "shell", "core", "journal", "bad-answers", "racers", *ASKED)


def main() -> None:
    """Run what is asked for; everything when nothing is."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "which",
        nargs="*",
        choices=[*WHICH, []],
        help="all of them when none is named",
    )
    parser.add_argument("--cases", type=int, nargs="+", default=[50, 250], help="sizes of the city")
    parser.add_argument("--mediations", type=int, help="completed by the shell, put back, or watched")
    parser.add_argument("--lives", type=int, default=20, help="how many mediations' commands go through the journal")
    parser.add_argument("--states", type=int, nargs="+", default=[0, 1000], help="how many states are kept meanwhile")
    parser.add_argument("--sequences", type=int, default=1000, help="how many sequences are drawn for each city")
    parser.add_argument("--steps", type=int, default=100, help="how many steps each of them has")
    parser.add_argument("--seed", type=int, help="repeat the sequences, or the bad answers, of this seed")
    parser.add_argument("--answers", type=int, default=2000, help="how many bad answers partners give")
    parser.add_argument("--rounds", type=int, default=racers.ROUNDS, help="how often the racers race")
    parser.add_argument("--reminders", type=int, default=10_000, help="how many reminders are sent")
    parser.add_argument("--kills", type=int, default=20, help="how often something is killed meanwhile")
    parser.add_argument("--waiting", type=int, default=500, help="how many wait for a corporation that is down")
    parser.add_argument("--minutes", type=float, default=5.0, help="how long a siege lasts")
    parser.add_argument(
        "--plan", action="store_true", help="print what the siege of this seed has in store, and no more"
    )
    parser.add_argument("--keep", type=Path, help="a folder in which a siege leaves what was seen, and all logs")
    asked = parser.parse_args()
    if not asked.which or "core" in asked.which:
        core.measure()
    if not asked.which or "journal" in asked.which:
        asyncio.run(journal.measure(asked.lives, asked.states))
    if "verify" in asked.which and not asyncio.run(verifying.measure(asked.lives)):
        raise SystemExit(1)
    if "watch" in asked.which and not asyncio.run(watching.measure(asked.mediations or 1000)):
        raise SystemExit(1)
    if "sequences" in asked.which:
        sequences.measure(asked.sequences, asked.steps, asked.seed)
    if not asked.which or "bad-answers" in asked.which:
        bad_answers.measure(subjects(), asked.answers, asked.seed)
    if not asked.which or "shell" in asked.which:
        asyncio.run(shell.measure(asked.mediations or 40))
    if not asked.which or "racers" in asked.which:
        asyncio.run(racers.measure(asked.rounds))
    if "reminders" in asked.which:
        figures = asyncio.run(reminders.measure(asked.reminders, asked.kills, asked.seed or 1))
        if not figures.exact:
            raise SystemExit(1)
    if "outage" in asked.which:
        outcome = asyncio.run(outage.measure(asked.waiting, asked.seed or 1))
        if not outcome.sound:
            raise SystemExit(1)
    if "miswire" in asked.which and not miswire.measure():
        raise SystemExit(1)
    if "siege" in asked.which:
        if asked.plan:
            siege.tell_plan(asked.seed or 1, asked.minutes)
        elif not siege.measure(asked.seed or 1, asked.minutes, asked.keep):
            raise SystemExit(1)
    if "drill" in asked.which:
        with TemporaryDirectory(prefix="drill-") as folder:
            if not drill.measure(Path(folder), asked.mediations or 40):
                raise SystemExit(1)
    if not asked.which or "demo" in asked.which:
        demonstration.measure(asked.cases)


if __name__ == "__main__":
    main()
