"""The description of the API is complete, and its examples are what the API takes."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

import jsonschema
import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter
from starlette.requests import Request

from api.assignments import ASSIGNMENT
from api.bodies import Body
from api.caseworkers import ABSENCE, HAND_OVER, WORKER
from api.commands import ANSWER, COMMAND, COMMANDS, OLD_SPELLING, TASK_ANSWER
from api.description import ApiDescription
from api.examples import example_of
from api.order import given
from api.people import SEARCH
from api.policy_changes import ADOPTION
from api.referrals import REFERRAL
from api.releases import FACTS
from api.webhooks import ADD, DISABLE, RESEND
from domain.decide.catalogue import SPECS
from domain.facts.rules import RuleName
from domain.facts.tasks import TaskKind
from domain.messages.answers import TaskAnswer
from domain.messages.commands import (
    AddNote,
    AnswerHindrance,
    AnswerTask,
    ChangeProvider,
    CorrectAnswer,
    CorrectReferral,
    FileComplaint,
    FileObjection,
    NoteDefaultNotice,
    OverrideRule,
    PauseMediation,
    ProposeTransfer,
    ReassignTask,
    ReopenMediation,
    ReportAbsence,
    ReportDeath,
    ReportHindrance,
    ReportReturn,
    ReportSignal,
    ResumeMediation,
    SnoozeTask,
    StepBack,
    TakeOverTask,
    Withdraw,
    WithdrawOffer,
    WithdrawTransfer,
)
from domain.messages.shapes import SHAPES, contradiction, lacking
from tests.api.contract import operations
from tests.api.desk import Desk
from texts import Language, of

PUBLIC = {"readWoonwaaier", "readIndex"}
OPERATIONS = {"readHealth", "readReadiness", "readVersion"}


@pytest.fixture
async def described(idle: Desk) -> dict[str, Any]:
    """The description as anybody gets it."""
    response = await idle.http.get("/v1/openapi.json")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    document: dict[str, Any] = response.json()
    return document


def by_id(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {told["operationId"]: told | {"path": path} for path, _, told in operations(document)}


async def test_it_is_openapi_31_with_contact_and_unique_operations(described: dict[str, Any]) -> None:
    assert described["openapi"] == "3.1.0"
    assert {"name", "email", "url"} <= described["info"]["contact"].keys()
    total = sum(len(methods.keys() - {"servers"}) for methods in described["paths"].values())
    assert len(by_id(described)) == total == 76


async def test_it_is_made_once_and_before_anybody_asks(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def describe(_: FastAPI, url: str) -> dict[str, Any]:
        made.append(url)
        return {"made": url}

    monkeypatch.setattr("api.description.describe", describe)
    description = ApiDescription(app, "https://mediation.example.org")
    description.begin()
    impatient = asyncio.create_task(description.send(Request({"type": "http"})))
    await asyncio.sleep(0)
    impatient.cancel()
    answer = await description.send(Request({"type": "http"}))
    assert json.loads(bytes(answer.body)) == {"made": "https://mediation.example.org"}
    assert made == ["https://mediation.example.org"]


async def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    known = {f"#/components/{part}/{name}" for part, named in described["components"].items() for name in named}
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                found.append(node["$ref"])
            found.extend(node.get("discriminator", {}).get("mapping", {}).values())
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(described)
    assert len(found) > 100
    assert set(found) <= known


async def test_errors_are_problems_and_422_does_not_exist(described: dict[str, Any]) -> None:
    for name, operation in by_id(described).items():
        responses = operation["responses"]
        assert "422" not in responses
        assert operation["summary"]
        if name in OPERATIONS:
            continue
        if name in PUBLIC:
            assert "security" not in operation
            continue
        signed = name == "receiveHint"
        assert operation["security"] == ([] if signed else [{"HTTPBearer": []}]), name
        assert {"401", "500", "503"} | (set() if signed else {"403"}) <= responses.keys()
        for status, response in responses.items():
            assert "API-Version" in response["headers"]
            if int(status) >= 400:
                assert status != "401" or "WWW-Authenticate" in response["headers"]
                schema = response["content"]["application/problem+json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/ProblemDetails"}


async def test_names_of_shapes_tell_nothing_of_our_modules_and_are_each_one_shape(described: dict[str, Any]) -> None:
    assert [name for name in described["components"]["schemas"] if not re.fullmatch("[A-Z][A-Za-z0-9]+", name)] == []


async def test_what_generators_of_clients_do_not_know_is_not_said(described: dict[str, Any]) -> None:
    def nodes(node: Any) -> Iterator[dict[str, Any]]:
        if isinstance(node, dict):
            yield node
        for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            yield from nodes(part)

    for node in nodes(described["components"]["schemas"]):
        if isinstance(node.get("enum"), list):
            assert len({type(value) for value in node["enum"]}) == 1, node
        assert not ("default" in node and isinstance(node["default"], dict) and "$ref" in str(node)), node


async def test_paths_are_kebab_case_and_queries_camel_case(described: dict[str, Any]) -> None:
    for operation in by_id(described).values():
        for segment in filter(None, operation["path"].split("/")):
            plain = segment.strip("{}")
            assert plain.replace("-", "").replace(".", "").isalnum()
            assert plain == plain.lower()
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "query":
                assert "_" not in parameter["name"]


async def test_examples_are_valid(described: dict[str, Any]) -> None:
    bodies: dict[str, Body[Any]] = {
        "startMediation": REFERRAL,
        "findPeople": SEARCH,
        "enterCaseworker": WORKER,
        "coverCaseworker": ABSENCE,
        "handOver": HAND_OVER,
        "assignMediation": ASSIGNMENT,
        "assignTask": ASSIGNMENT,
        "answerTask": ANSWER,
        "giveCommand": COMMAND,
        "adoptPolicy": ADOPTION,
        "addWebhook": ADD,
        "disableWebhook": DISABLE,
        "resendDeadLetters": RESEND,
        "releaseDwelling": FACTS,
    }
    for name, body in bodies.items():
        content = by_id(described)[name]["requestBody"]["content"]["application/json"]
        for example in content["examples"].values():
            jsonschema.validate(example["value"], content["schema"] | {"components": described["components"]})
            assert body.shape.validate_json(TypeAdapter(Any).dump_json(example["value"]), strict=True)


async def test_every_answer_and_every_problem_has_an_example_that_is_one(described: dict[str, Any]) -> None:
    examples, components = described["components"]["examples"], {"components": described["components"]}
    for path, method, operation in operations(described):
        for status, response in operation["responses"].items():
            for kind, content in response.get("content", {}).items():
                if status < "400":
                    jsonschema.validate(content["example"], content["schema"] | components)
                    continue
                assert kind == "application/problem+json", (path, method)
                [reference] = content["examples"].values()
                told = examples[reference["$ref"].removeprefix("#/components/examples/")]["value"]
                jsonschema.validate(told, content["schema"] | components)
                assert str(told["status"]) == status
                assert told["detail"]


async def test_every_kind_of_task_has_an_example_of_each_shape_that_its_answer_may_have(
    described: dict[str, Any],
) -> None:
    content = by_id(described)["answerTask"]["requestBody"]["content"]["application/json"]
    shown: Counter[TaskKind] = Counter()
    for name, example in content["examples"].items():
        kind = TaskKind(name.partition("-")[0])
        shown[kind] += 1
        body = ANSWER.shape.validate_json(json.dumps(example["value"]), strict=True)
        answer = given(body, TASK_ANSWER)
        assert (answer.kind, contradiction(answer), lacking(answer)) == (kind, None, None), name
        assert example["summary"] == of(Language.ENGLISH).task[kind].name
        assert example["description"].endswith(".")
    assert shown == {kind: len(SHAPES.get(SPECS[kind].answer_type, "1")) for kind in TaskKind}


async def test_which_facts_of_an_answer_go_together_is_told(described: dict[str, Any]) -> None:
    told = described["components"]["schemas"]["LeaseAnswerBody"]["description"]
    assert (
        "One of: `form` with `keysOn`, perhaps `legalGround` and `endsOn`; `failedCheck` true, perhaps `failure`."
        in told
    )


async def test_what_answers_mean_is_told_in_the_words_of_the_domain(described: dict[str, Any]) -> None:
    shapes = described["components"]["schemas"]
    mapping = by_id(described)["answerTask"]["requestBody"]["content"]["application/json"]["schema"]["discriminator"]
    answers = [shapes[reference.rpartition("/")[2]] for reference in mapping["mapping"].values()]
    assert [shape["title"] for shape in answers if not shape.get("description")] == []
    readiness = shapes["ReadinessAnswerBody"]["properties"]
    assert (
        readiness["reviewOn"]["description"]
        == "When to look again, when the client is not ready; else the policy's term."
    )
    assert "- `district`: The district team and the people around" in shapes["SupportProduct"]["description"]
    # what is said in the code for who works on it is no text for who connects
    told = [shape.get("description", "") for shape in shapes.values()]
    told += [each.get("description", "") for shape in shapes.values() for each in shape.get("properties", {}).values()]
    inner = re.compile(r"`(domain|store|api|texts|policy_tools)\b|mypy|\bTaskSpec\b")
    assert [text for text in told if inner.search(text)] == []


@pytest.mark.parametrize(
    ("schema", "example"),
    [
        ({"type": "boolean"}, True),
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": "string", "pattern": "^[A-Z0-9]{1,4}$"}, "0233"),
        ({"type": "string", "format": "date", "examples": ["2027-01-01"]}, "2027-01-01"),
        ({"anyOf": [{"type": "string", "enum": ["b", "a"]}, {"type": "null"}]}, "b"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/One"}, "minItems": 1}, [{"a": "x"}]),
        ({"type": "array", "items": {"type": "string"}}, []),
    ],
)
def test_an_example_is_worked_out_of_a_schema(schema: dict[str, Any], example: Any) -> None:
    one = {"type": "object", "properties": {"a": {"const": "x"}, "b": {"type": "boolean"}}}
    jsonschema.validate(example, schema | {"components": {"schemas": {"One": one}}})
    assert example_of(schema, {"One": one}) == example


@pytest.mark.parametrize("schema", [{"type": "file"}, {"type": "string", "pattern": "^$"}])
def test_a_shape_that_no_example_is_known_of_is_named(schema: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=re.escape(str(schema))):
        example_of(schema, {})


async def test_every_command_has_an_example_that_tells_which_rules_may_refuse_it(described: dict[str, Any]) -> None:
    examples = by_id(described)["giveCommand"]["requestBody"]["content"]["application/json"]["examples"]
    assert {name: example["value"]["type"] for name, example in examples.items()} == {name: name for name in COMMANDS}
    refusals = [re.split(r"\b40[39]\b", example["description"], maxsplit=1)[1:] for example in examples.values()]
    told = {rule for [said] in filter(None, refusals) for rule in re.findall(r"`(\w+)`", said)}
    assert len(told) > 12
    assert told <= set(RuleName), "a rule that nothing asks"


async def test_every_kind_of_task_and_every_command_of_people_can_be_given(described: dict[str, Any]) -> None:
    kinds = {answer.model_fields["kind"].default for answer in get_args(get_args(TaskAnswer)[0])}
    assert kinds == set(TaskKind)
    answers = ANSWER.shape.json_schema()["discriminator"]["mapping"]
    assert set(answers) == {kind.value for kind in TaskKind}
    by_people = {AddNote, CorrectAnswer, CorrectReferral, FileObjection, NoteDefaultNotice, OverrideRule, ReportDeath}
    by_people |= {FileComplaint}
    by_people |= {Withdraw, WithdrawOffer}
    aftercare = {ReportSignal, ReportAbsence, ReportReturn}
    steering = {
        ChangeProvider,
        PauseMediation,
        ReopenMediation,
        ResumeMediation,
        StepBack,
        ProposeTransfer,
        WithdrawTransfer,
    }
    steering |= {SnoozeTask, ReportHindrance, AnswerHindrance, ReassignTask, TakeOverTask}
    given = by_people | aftercare | steering
    assert set(COMMANDS.values()) == given
    assert AnswerTask not in given
    assert set(COMMAND.shape.json_schema()["discriminator"]["mapping"]) == set(COMMANDS) | set(OLD_SPELLING)
    assert OLD_SPELLING["reportDeath"] is COMMANDS["report_death"] is ReportDeath


async def test_what_this_is_and_that_it_lives_is_told_without_a_token(idle: Desk) -> None:
    index = (await idle.http.get("/v1")).json()
    assert index == (await idle.http.get("/")).json()
    for address in [told for told in index.values() if told.startswith("/")]:
        assert (await idle.http.get(address)).status_code in {200, 401}, address
    version = (await idle.http.get("/version")).json()
    assert version["api"] == "1.0.0"
    assert version["version"]
    assert (await idle.http.get("/healthz")).json() == {"status": "ok"}
    ready = await idle.http.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"postgresql": "ok", "temporal": "ok"})
