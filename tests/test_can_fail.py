"""Every test can fail: it asserts something, itself or through a function that it calls by name."""

from pathlib import Path

import pytest

from tests.reading import ROOT, checks, runs, written_in


def test_every_test_checks_something() -> None:
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    assert len(files) > 150
    tests = [(path, test.name) for path in files for test in written_in(path)]
    assert [f"{path.relative_to(ROOT)}::{name}" for path, name in tests if not checks(path, name)] == []


@pytest.mark.parametrize(
    ("source", "checked"),
    [
        ("def test_x():\n    assert f() == 1", True),
        ("async def test_x():\n    with pytest.raises(KeyError):\n        f()", True),
        ("def test_x():\n    holds()\ndef holds():\n    assert f()", True),
        ("from tests.domain.case import assert_all_let_go\ndef test_x():\n    assert_all_let_go(case, None)", True),
        ("def test_x():\n    f()", False),
        ("def test_x():\n    case.do(f()).answer(g())", False),
        ("def test_x():\n    assert True", False),
        ("def test_x():\n    again()\ndef again():\n    test_x()", False),
    ],
)
def test_a_test_that_checks_nothing_is_seen(source: str, checked: bool, tmp_path: Path) -> None:
    file = tmp_path / "test_it.py"
    file.write_text(source)
    assert checks(file, "test_x") is checked


@pytest.mark.parametrize(
    ("source", "run"),
    [
        ("def test_x():\n    ...", True),
        ("@pytest.mark.parametrize('n', [1])\ndef test_x(n):\n    ...", True),
        ("@pytest.mark.skip\ndef test_x():\n    ...", False),
        ("@pytest.mark.xfail(strict=True)\ndef test_x():\n    ...", False),
        ("class It:\n    def test_x(self):\n        ...", False),
    ],
)
def test_a_test_that_is_not_run_is_seen(source: str, run: bool, tmp_path: Path) -> None:
    file = tmp_path / "test_it.py"
    file.write_text(source)
    assert runs(file, "test_x") is run
