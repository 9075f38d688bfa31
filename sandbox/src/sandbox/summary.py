"""The end of the demonstration: outcomes, lead times, two stories, and whether everything held."""

from collections.abc import Sequence
from statistics import median
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from sandbox import standing
from sandbox.checks import Checks
from sandbox.ledgers import Ledger
from sandbox.standing import Tally
from store.database import Pool

LEAD_TIMES = {
    "UrgencyGranted": "referral to urgency",
    "OfferPlaced": "referral to first offer",
    "KeysHandedOver": "referral to keys",
    "SupportStarted": "referral to support",
    "FollowUpHeld": "referral to follow-up call",
}
FAULTS = {
    "unavailable": "down",
    "lost_answer": "answer lost",
    "wrong_schema": "wrong schema",
    "server_error": "502 in HTML",
    "huge": "10 MiB",
    "drip": "slow drip",
    "retracted": "offer taken back",
    "forgotten": "key not known again",
    "not_unique": "refused as not unique",
    "twice": "told twice",
    "early": "start before the allocation",
    "late": "answered late",
    "never": "never answered",
}
"""What the kinds of faults are called here."""


class Summary(NamedTuple):
    """Everything that the demonstration reports."""

    policy: str
    seed: int
    cases: int
    tally: Tally
    stages: dict[str, int]
    virtual_days: int
    wall_seconds: float
    checks: Checks

    @property
    def sound(self) -> bool:
        """Whether every mediation is closed and every check held."""
        checks = self.checks
        wrong = checks.replay_failures or checks.leaks or checks.doubled or checks.untold or checks.received.wrong
        held = not wrong and checks.search_sees
        return held and self.tally.closed == self.cases

    def as_json(self) -> dict[str, Any]:
        """Return the figures as one JSON object."""
        return {
            "policy": self.policy,
            "seed": self.seed,
            "cases": self.cases,
            "closed": self.tally.closed,
            "outcomes": self.tally.outcomes,
            "stages": self.stages,
            "remindersSent": self.tally.reminders_sent,
            "escalations": self.tally.escalations,
            "followUpCallsHeld": self.tally.calls_held,
            "virtualDays": self.virtual_days,
            "wallSeconds": round(self.wall_seconds, 1),
            "historiesReplayed": len(self.checks.replays),
            "replayFailures": len(self.checks.replay_failures),
            "personalDataLeaks": sum(map(len, self.checks.leaks.values())),
            "effectsDoubled": len(self.checks.doubled),
            "eventsUntold": self.checks.untold,
            "moves": self.checks.received.moves,
            "movesToAnotherTeam": self.checks.received.elsewhere,
            "receivedWrongly": len(self.checks.received.wrong),
            "systems": {ledger.system: ledger.as_json() for ledger in self.checks.ledgers},
        }


async def print_summary(
    console: Console, pool: Pool, summary: Summary, stories: Sequence[tuple[str, Sequence[str]]]
) -> None:
    """Print the tables, the stories, the checks and what to do next."""
    console.print(_outcomes(summary.tally))
    console.print(await _lead_times(pool))
    for title, lines in stories:
        console.print(f"\n[bold]{title}[/bold]")
        for line in lines:
            console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)
    console.print(system_table(summary.checks.ledgers))
    console.print(verdict(summary), highlight=False, soft_wrap=True)


def _outcomes(tally: Tally) -> Table:
    table = Table(title="How it ended", title_justify="left", box=None, show_header=False)
    for outcome, count in sorted(tally.outcomes.items(), key=lambda pair: -pair[1]):
        table.add_row(outcome.replace("_", " "), str(count))
    table.add_row("reminders sent", str(tally.reminders_sent))
    table.add_row("escalations", str(tally.escalations))
    table.add_row("follow-up calls held", str(tally.calls_held))
    return table


async def _lead_times(pool: Pool) -> Table:
    table = Table("Lead time in days", "mediations", "median", "90%", "longest", box=None)
    for event_type, name in LEAD_TIMES.items():
        days = await standing.days_to(pool, event_type)
        if days:
            ninetieth = days[min(len(days) - 1, int(0.9 * len(days)))]
            table.add_row(name, str(len(days)), *(f"{value:.0f}" for value in (median(days), ninetieth, days[-1])))
    return table


def system_table(ledgers: Sequence[Ledger]) -> Table:
    """Tell what each system was asked, what took effect there, and which faults it has played meanwhile."""
    table = Table("Effects", "keys", "effects", "doubled", "asked", "faults played", box=None)
    for one in ledgers:
        faults = ", ".join(f"{FAULTS.get(fault, fault)} {times}" for fault, times in one.played.items())
        figures = map(str, (one.keys, one.effects, len(one.doubled), one.asked))
        table.add_row(one.system.replace("_", " "), *figures, faults)
    return table


def verdict(summary: Summary) -> str:
    """Tell what the checks showed, and what to do next."""
    checks = summary.checks
    effects, keys = (sum(figures) for figures in zip(*((one.effects, one.keys) for one in checks.ledgers), strict=True))
    lines = [
        "",
        f"{summary.tally.closed} of {summary.cases} mediations closed in {summary.virtual_days} virtual days, "
        f"{summary.wall_seconds:.0f} seconds.",
        f"{len(checks.replays)} histories replayed with today's code, {len(checks.replay_failures)} failed.",
        f"{effects} effects under {keys} keys in {len(checks.ledgers)} systems, mails included: "
        f"{len(checks.doubled)} doubled; {checks.untold} events not told.",
        f"{checks.received.moves} moves, {checks.received.elsewhere} of them to the area of another team than the one "
        f"that assessed; received by the team of the home's district, at the teams' own systems and mailboxes: "
        f"{len(checks.received.wrong)} wrong.",
        f"Personal data found outside the vault: {sum(map(len, checks.leaks.values()))} "
        f"(control: the search {'can' if checks.search_sees else 'CANNOT'} see).",
    ]
    lines += [f"  replay failed: {verdict.workflow} ({verdict.failure})" for verdict in checks.replay_failures[:10]]
    lines += [f"  doubled: {key}" for key in checks.doubled[:10]]
    lines += [f"  received wrongly: {said}" for said in checks.received.wrong[:10]]
    lines += [f"  personal data in {place}" for place in list(checks.leaks)[:10]]
    lines += [
        "",
        "What to do next:",
        "  make up                                      everything in real time; then follow README, a first call",
        "  mediation demo --policy amersfoort --seed 7  another city",
    ]
    return "\n".join(lines)
