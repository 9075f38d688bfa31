"""What one sees while the city lives: the virtual date, how many are in each stage, reminders and escalations."""

from datetime import datetime

from rich.console import Console
from rich.live import Live
from rich.table import Table

from domain.facts.outcome import Stage
from sandbox.standing import Tally

PLAIN_EVERY = 20
"""Where there is no terminal, one line for so many looks."""


class Progress:
    """Shows progress: a table that stays in place on a terminal, plain lines elsewhere."""

    def __init__(self, console: Console, cases: int) -> None:
        self._console = console
        self._cases = cases
        self._live = Live(console=console, refresh_per_second=4, transient=True) if console.is_terminal else None
        self._looks = 0

    def __enter__(self) -> "Progress":
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def show(self, now: datetime, tally: Tally) -> None:
        """Show how things stand at this virtual moment."""
        self._looks += 1
        if self._live:
            self._live.update(self._table(now, tally))
        elif self._looks % PLAIN_EVERY == 1:
            self._console.print(self._line(now, tally), highlight=False, soft_wrap=True)

    def _line(self, now: datetime, tally: Tally) -> str:
        stages = ", ".join(f"{stage.value} {tally.stages[stage]}" for stage in Stage if tally.stages.get(stage))
        return (
            f"{now:%d %b %Y}  {tally.opened} of {self._cases} referred ({stages or 'none yet'}), "
            f"{tally.reminders_sent} reminders, {tally.escalations} escalations"
        )

    def _table(self, now: datetime, tally: Tally) -> Table:
        table = Table(title=f"{now:%A %d %B %Y}", title_justify="left", show_header=False, box=None)
        widest = max(self._cases, 1)
        for stage in Stage:
            count = tally.stages.get(stage, 0)
            table.add_row(stage.value.replace("_", " "), str(count), "█" * round(40 * count / widest))
        table.add_row("reminders sent", str(tally.reminders_sent))
        table.add_row("escalations", str(tally.escalations))
        return table
