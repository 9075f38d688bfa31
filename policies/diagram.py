"""The stages and ends as a flow diagram in Mermaid, which most viewers of Markdown draw."""

from collections.abc import Iterator

from domain.outcome import Outcome, Stage
from policies.flow import ENDS, STAGES
from policies.words import Words


def diagram(words: Words) -> Iterator[str]:
    """Return the lines of a fenced flow diagram."""
    yield "```mermaid"
    yield "flowchart TD"
    for stage in (one for one in Stage if one is not Stage.CLOSED):
        yield f'    {stage.value}["{words.stages[stage]}"]'
    for outcome in ENDS:
        yield f'    {_end(outcome)}(["{words.outcomes[outcome]}"])'
    for (before, after), why in STAGES.items():
        yield f'    {before.value} -->|"{words.flow[why]}"| {after.value}'
    for outcome, stages in ENDS.items():
        yield from (f"    {stage.value} --> {_end(outcome)}" for stage in stages)
    yield "```"


def _end(outcome: Outcome) -> str:
    return f"end_{outcome.value}"
