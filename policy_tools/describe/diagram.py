"""The stages and ends as a flow diagram in Mermaid, which most viewers of Markdown draw."""

from collections.abc import Iterator

from domain.facts.outcome import Outcome
from domain.policy.policy import Policy
from policy_tools.describe.flow import STAGES, ends_of, stages_of
from texts import Texts


def diagram(texts: Texts, policy: Policy) -> Iterator[str]:
    """Return the lines of a fenced flow diagram of the process under this policy."""
    stages, ends = stages_of(policy), ends_of(policy)
    yield "```mermaid"
    yield "flowchart TD"
    for stage in stages:
        yield f'    {stage.value}["{texts.value.stage[stage]}"]'
    for outcome in ends:
        yield f'    {_end(outcome)}(["{texts.value.outcome[outcome]}"])'
    for (before, after), why in STAGES.items():
        if before in stages and after in stages:
            yield f'    {before.value} -->|"{texts.description.flow[why]}"| {after.value}'
    for outcome, where in ends.items():
        yield from (f"    {stage.value} --> {_end(outcome)}" for stage in where)
    yield "```"


def _end(outcome: Outcome) -> str:
    return f"end_{outcome.value}"
