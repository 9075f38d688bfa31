"""Checking a policy file: every problem with its line, its field and what would be right; else the gaps."""

from collections.abc import Iterator

from domain.decide.catalogue import bodies
from domain.exchange.policy_file import PolicyFile, PolicyInvalid, read_policy
from domain.facts.parties import Role
from domain.facts.value import replace
from domain.policy.value_bounds import longest
from policy_tools.lines import line_of, lines_of

WEEK = 7


def check(text: str) -> PolicyFile:
    """Return the policy of a file. Raises `PolicyInvalid` with every problem in the order of the lines."""
    try:
        return read_policy(text)
    except PolicyInvalid as invalid:
        problems = invalid.problems
    if problems[0].field == "file":  # what is no TOML names its own line, or goes wrong at the end
        raise PolicyInvalid([replace(problems[0], line=problems[0].line or text.count("\n") + 1)])
    lines = lines_of(text)
    told = [replace(problem, line=line_of(lines, problem.field)) for problem in problems]
    raise PolicyInvalid(sorted(dict.fromkeys(told), key=lambda problem: (problem.line or 0, problem.field)))


def remarks(read: PolicyFile) -> Iterator[str]:
    """Yield what a valid file says that the engine does nothing with, and what would have it do so."""
    advice = read.policy.decision.advice
    if advice and Role.COMMITTEE not in bodies(read.policy):
        yield (
            f"decision.advice: {advice} is only named, and asked for nothing; "
            'with `after_advice = true` and `assess = "committee"` in [owners] it assesses'
        )
    within, notice = read.policy.support.starts_within, read.policy.support.notice_to_team
    if within and longest(within) < WEEK:
        yield (
            f"support.starts_within: a provider seldom names a day within {within} of the keys, which come {notice} "
            "after they are planned at the earliest; for any other day the municipality is asked (bridge_support): it "
            "has somebody bridge, or plans the keys on the day on which support starts"
        )
