"""How long `mediation demo` takes, whole process, for cities of several sizes."""

import json
import subprocess
import sys
from time import monotonic


def measure(sizes: list[int]) -> None:
    """Run each size once and print its figures."""
    print(f"{'mediations':>10} {'seconds':>8} {'s each':>7} {'days':>6} {'replayed':>9} {'failed':>7} {'leaks':>6}")
    for cases in sizes:
        started = monotonic()
        command = [sys.executable, "-m", "cli", "demo", "--cases", str(cases), "--json"]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        seconds = monotonic() - started
        told = json.loads(run.stdout.splitlines()[-1])
        assert told["closed"] == cases
        print(
            f"{cases:>10} {seconds:>8.1f} {seconds / cases:>7.2f} {told['virtualDays']:>6} "
            f"{told['historiesReplayed']:>9} {told['replayFailures']:>7} {told['personalDataLeaks']:>6}"
        )
