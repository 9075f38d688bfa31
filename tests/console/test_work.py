"""`mediation work`: what is typed is understood as people write it."""

from typing import Any

import pytest
from typer.testing import CliRunner

from console import work


@pytest.mark.parametrize("typed", ["17-05-1990", "17-5-1990", "1990-05-17"])
def test_a_day_of_birth_is_taken_as_people_write_it(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def ask(*request: Any) -> dict[str, Any]:
        asked.append(request[-1])
        return {"tooMany": False, "items": []}

    monkeypatch.setattr(work, "ask", ask)
    said = CliRunner().invoke(work.app, ["find", "--purpose", "client_calls", "--token", "t"], input=f"\n{typed}\n\n")
    assert said.exit_code == 0, said
    assert asked == [{"purpose": "client_calls", "bornOn": "1990-05-17"}]
    assert "nobody was found" in said.output
