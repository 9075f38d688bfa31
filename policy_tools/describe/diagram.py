"""The stages and ends as a flow diagram in Mermaid, which most viewers of Markdown draw."""

from collections.abc import Iterator

from domain.facts.outcome import Outcome
from domain.policy.policy import Policy
from policy_tools.describe.flow import STAGES, ends_of, stages_of
from texts import Texts

ANYWHERE = "any_stage"
"""The node from which the ends come that any stage may have."""


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
    if not all(ends.values()):
        yield f'    {ANYWHERE}["{texts.description.phrases["any_stage"]}"]'
    for outcome, where in ends.items():
        yield from (f"    {stage} --> {_end(outcome)}" for stage in where or (ANYWHERE,))
    yield "```"


def _end(outcome: Outcome) -> str:
    return f"end_{outcome.value}"
