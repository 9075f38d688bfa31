"""Nonsense in every field of every answer and command: always a problem of the caller's, never of ours."""

import random
from typing import Any, get_args

from api.commands import COMMANDS
from domain.messages.answers import TaskAnswer
from tests.api.desk import Desk, Json

SEED = 20_261_122
ROUNDS = 12
JUNK: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**18, 10**300, -(10**300), 1e308),
    *(
        "",
        "x",
        "\x00",
        "\u202e",
        "' OR 1=1 --",
        "{{7*7}}",
        "%s%n",
        "x" * 5000,
        "2026-02-30",
        "9999-12-31",
        "0001-01-01",
    ),
    *("00000000", "note-00000000", "ready", "positive", [], [[]], {}, {"a": {"b": []}}, ["consent"] * 500),
)


def nonsense(draw: random.Random, fields: list[str], start: Json) -> Json:
    """A body with some of its fields, and sometimes others, filled with junk."""
    body = start | {field: draw.choice(JUNK) for field in fields if draw.random() < 0.6}
    if draw.random() < 0.2:
        body[draw.choice(["__proto__", "by", "type", "kind", "mediation", ""])] = draw.choice(JUNK)
    return body


async def test_nonsense_is_refused_and_changes_nothing(desk: Desk) -> None:
    draw = random.Random(SEED)
    started = await desk.start()
    path = f"/v1/mediations/{started['id']}"
    shapes: list[tuple[str, str, list[str], Json]] = [
        (answer.model_fields["kind"].default.value, "tasks/check_readiness-1/answer", list(answer.model_fields), {})
        for answer in get_args(get_args(TaskAnswer)[0])
    ]
    shapes = [(kind, rest, [f for f in fields if f != "kind"], {"kind": kind}) for kind, rest, fields, _ in shapes]
    for kind, command in COMMANDS.items():
        shapes.append((kind, "commands", [*(set(command.model_fields) - {"type"})], {"type": kind}))
    seen: dict[int, int] = {}
    for kind, rest, fields, start in shapes * ROUNDS:
        if kind in {"withdraw", "report_death", "add_note", "check_readiness", "override_rule", "pause_mediation"}:
            start = start | {"colour": "red"}
        response = await desk.post(desk.coordinator, f"{path}/{rest}", nonsense(draw, sorted(fields), start))
        seen[response.status_code] = seen.get(response.status_code, 0) + 1
        if response.status_code == 404:
            assert response.json()["rule"] == "no_such_task", "of junk that has the shape of a task's name"
        else:
            assert response.status_code in {400, 409}, (SEED, kind, response.text)
        assert response.headers["Content-Type"] == "application/problem+json"
    assert seen[400] > 100
    assert seen[409] > 10
    assert (await desk.read(desk.coordinator, path))["version"] == started["version"]


async def test_nonsense_referrals_are_invalid(idle: Desk) -> None:
    draw = random.Random(SEED)
    whole = idle.referral()
    for _ in range(300):
        body = {**whole, "person": dict(whole["person"]), "needs": dict(whole["needs"]), "colour": "red"}
        target = draw.choice([body, body["person"], body["needs"]])
        target[draw.choice(sorted(target))] = draw.choice(JUNK)
        response = await idle.post(idle.institution, "/v1/mediations", body)
        assert response.status_code == 400, (SEED, body, response.text)
