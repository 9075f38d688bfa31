"""Checking a policy file: every problem with its line, its field and what would be right; else the gaps."""

import re
from collections.abc import Iterator

from domain.decide.catalogue import bodies
from domain.exchange.policy_file import PolicyFile, PolicyInvalid, read_policy
from domain.facts.parties import Role
from domain.facts.value import replace
from policy_tools.lines import line_of, lines_of

_AT_LINE = re.compile(r"at line (\d+)")


def check(text: str) -> PolicyFile:
    """Return the policy of a file. Raises `PolicyInvalid` with every problem in the order of the lines."""
    try:
        return read_policy(text)
    except PolicyInvalid as invalid:
        problems = invalid.problems
    if problems[0].field == "file" and problems[0].message.startswith("not TOML"):
        found = _AT_LINE.search(problems[0].message)
        line = int(found[1]) if found else text.count("\n") + 1
        raise PolicyInvalid([replace(problems[0], line=line)])
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
