"""The line of every key of a TOML text, however it is written."""

import tomllib
from typing import Any

import pytest

from policy_tools.lines import line_of, lines_of
from runtime.policy_files import text_of

TEXT = '''# a comment with a [table] and key = "value"
id = "x"
"quoted.key" = 1
a.b.c = 2 # dotted

[offers] # the table
source = "a # in a string"
counted_refusals = { value = 1, source = "HVO",
  basis = 'art. [1] = {2}' }
note = """
several = "lines"
[not_a_table]
"""

[tasks.supplement]
remind = [
  "+7 days", # = [
  "-2 days",
]
nested = { deep = { deeper = true }, list = [ { x = 1 },
  { x = 2 } ] }
last = \'\'\'it''s\'\'\'\'

[[rent.limits]]
year = 2025
[[rent.limits]]
year = 2026
[rent.limits.young]
age = 21
opens = 09:00:00
'''


def test_every_way_to_write_a_key_is_found_on_its_line() -> None:
    lines = lines_of(TEXT)
    wanted = {
        "id": 2,
        "quoted.key": 3,
        "a.b.c": 4,
        "offers": 6,
        "offers.source": 7,
        "offers.counted_refusals": 8,
        "offers.counted_refusals.source": 8,
        "offers.counted_refusals.basis": 9,
        "offers.note": 10,
        "tasks.supplement": 15,
        "tasks.supplement.remind": 16,
        "tasks.supplement.remind.0": 17,
        "tasks.supplement.remind.1": 18,
        "tasks.supplement.nested.deep.deeper": 20,
        "tasks.supplement.nested.list.0.x": 20,
        "tasks.supplement.nested.list.1.x": 21,
        "tasks.supplement.last": 22,
        "rent.limits.0.year": 25,
        "rent.limits.1.year": 27,
        "rent.limits.1.young.age": 29,
        "rent.limits.1.young.opens": 30,
    }
    assert {path: lines.get(path) for path in wanted} == wanted
    assert "not_a_table" not in lines
    assert "several" not in lines


def test_what_is_not_in_the_text_is_sought_in_the_table_around_it() -> None:
    lines = lines_of(TEXT)
    assert line_of(lines, "tasks.supplement.due") == 15
    assert line_of(lines, "offers.counted_refusals.0.x") == 8
    assert line_of(lines, "clocks.urgency") is None


@pytest.mark.parametrize("city", ["almere", "amersfoort"])
def test_every_key_that_the_reader_finds_in_our_files_has_a_line_that_names_it(city: str) -> None:
    text = text_of(city)
    lines, written = lines_of(text), text.splitlines()

    def walk(table: dict[str, Any], path: str) -> int:
        seen = 0
        for name, value in table.items():
            here = f"{path}.{name}".strip(".") if name != "value" else path
            assert name in written[lines[here] - 1], (here, written[lines[here] - 1])
            seen += 1 + (walk(value, here) if isinstance(value, dict) else 0)
        return seen

    assert walk(tomllib.loads(text), "") > 150


def test_the_elements_of_a_value_that_tells_its_source_are_the_parameters_own() -> None:
    lines = lines_of('groups = { value = [\n  "one",\n  "two",\n], source = "x" }\n[value]\nvalue = 1\n')
    assert (lines["groups"], lines["groups.0"], lines["groups.1"], lines["groups.source"]) == (1, 2, 3, 4)
    assert lines["value"] == 5
