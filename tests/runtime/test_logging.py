"""What gets into a log line, and what does not: each canary is shown to come out when the processors are left away."""

import asyncio
import io
import json
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import structlog
from temporalio.exceptions import ApplicationError

from runtime import RuntimeFault
from runtime.keys import UnknownKey
from runtime.logging import ALLOWED, SafeHandler, masked, start_logging

BSN = "999990019"
NAME = "Jan de Vries"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """The stream that log lines go to, with the process's logging put back afterwards."""
    root = logging.getLogger()
    before = root.handlers, root.level, sys.excepthook, threading.excepthook, sys.unraisablehook
    stream = io.StringIO()
    start_logging("DEBUG", "json", stream)
    yield stream
    root.handlers, root.level, sys.excepthook, threading.excepthook, sys.unraisablehook = before
    logging.captureWarnings(False)
    structlog.reset_defaults()


def told(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def stumble() -> None:
    raise ValueError(f"no home for {NAME}, {BSN}")


def test_a_line_carries_its_moment_level_logger_event_and_allowed_keys(lines: io.StringIO) -> None:
    structlog.get_logger("store.journal").info("recorded", mediation="m-1", sequence=4)
    (line,) = told(lines)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"level": "info", "logger": "store.journal", "event": "recorded", "mediation": "m-1", "sequence": 4}


def test_keys_that_are_not_allowed_are_dropped_and_counted(lines: io.StringIO) -> None:
    structlog.get_logger().info("asked", name=NAME, bsn=BSN, note="is ziek", mediation="m-1")
    (line,) = told(lines)
    assert line["dropped"] == 3
    assert line["mediation"] == "m-1"
    assert NAME not in lines.getvalue()


def test_no_key_that_names_a_person_is_allowed() -> None:
    assert not ALLOWED & {"name", "bsn", "mail", "phone", "birth_date", "note", "reason", "text", "body", "subject"}


def test_only_plain_values_come_out(lines: io.StringIO) -> None:
    class Stage(StrEnum):
        OFFER = "offer"

    class Person:
        def __repr__(self) -> str:
            return NAME

    owner = UUID("f47ac10b-58cc-4372-a567-123456789abc")
    structlog.get_logger().info("x", stage=Stage.OFFER, owner=owner, task=Person(), count=int(BSN), lane=[Person()])
    (line,) = told(lines)
    assert line["stage"] == "offer"
    assert line["owner"] == str(owner)
    assert line["task"] == "<Person>"
    assert line["lane"] == ["<Person>"]
    assert line["count"] == "[masked]"


def test_an_exception_is_told_by_class_code_and_place_only(lines: io.StringIO) -> None:
    try:
        try:
            stumble()
        except ValueError as cause:
            raise ApplicationError(f"refused for {NAME}", type="OfferRefused") from cause
    except ApplicationError:
        structlog.get_logger().exception("could not place the offer", mediation="m-1")
    (line,) = told(lines)
    error = line["error"]
    assert (line["level"], line["event"]) == ("error", "could not place the offer")
    assert (error["class"], error["code"]) == ("temporalio.exceptions.ApplicationError", "OfferRefused")
    assert error["cause"]["class"] == "ValueError"
    number = stumble.__code__.co_firstlineno + 1
    assert error["cause"]["frames"][-1] == f"tests/runtime/test_logging.py:{number} stumble"
    for canary in (NAME, BSN, "no home for", "raise ValueError"):
        assert canary not in lines.getvalue()


def test_without_the_processors_the_same_exception_shows_all_of_it() -> None:
    stream = io.StringIO()
    chain: list[structlog.typing.Processor] = [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    ]
    bare = structlog.wrap_logger(structlog.PrintLogger(stream), processors=chain)
    try:
        stumble()
    except ValueError:
        bare.exception("could not place the offer", name=NAME)
    for canary in (NAME, BSN, "no home for", "raise ValueError"):
        assert canary in stream.getvalue()


def test_an_exception_group_tells_of_its_members(lines: io.StringIO) -> None:
    try:
        raise ExceptionGroup(NAME, [ValueError(NAME), OSError(111, NAME)])
    except ExceptionGroup:
        structlog.get_logger().exception("several")
    members = told(lines)[0]["error"]["members"]
    assert [(one["class"], one.get("code")) for one in members] == [
        ("ValueError", None),
        ("ConnectionRefusedError", "ECONNREFUSED"),
    ]
    assert NAME not in lines.getvalue()


def test_our_own_faults_are_told_with_their_text(lines: io.StringIO) -> None:
    try:
        raise UnknownKey("k9")
    except RuntimeFault:
        structlog.get_logger().exception("unreadable")
    assert told(lines)[0]["error"]["text"].endswith("not on the key ring: k9")


def test_a_librarys_line_keeps_its_template_and_its_allowed_extras(lines: io.StringIO) -> None:
    log = logging.getLogger("some.library")
    log.warning("mail to %s failed", NAME, extra={"attempt": 2, "body": NAME})
    log.error(f"rejected: {NAME}\nmore on {NAME}")
    first, second = told(lines)
    assert (first["event"], first["attempt"], first["logger"]) == ("mail to %s failed", 2, "some.library")
    assert second["event"] == "rejected"
    assert NAME not in lines.getvalue()


def test_without_the_processors_the_librarys_line_shows_the_name() -> None:
    stream = io.StringIO()
    log = logging.Logger("some.library")
    log.addHandler(logging.StreamHandler(stream))
    log.warning("mail to %s failed", NAME)
    assert NAME in stream.getvalue()


async def test_a_task_that_dies_unheard_does_not_tell_why(lines: io.StringIO) -> None:
    async def die() -> None:
        stumble()

    task = asyncio.create_task(die())
    await asyncio.wait([task])
    del task
    loop = asyncio.get_running_loop()
    loop.call_exception_handler({"message": "Task exception was never retrieved", "exception": ValueError(NAME)})
    assert {line["event"] for line in told(lines)} == {"Task exception was never retrieved"}
    assert NAME not in lines.getvalue()


def test_temporals_lines_name_workflow_and_activity_as_keys(lines: io.StringIO) -> None:
    details = {"workflow_id": "m-1", "activity_type": "PlaceOffer", "attempt": 3, "task_token": NAME}
    logging.getLogger("temporalio.activity").warning(
        "Completing activity as failed", extra={"temporal_activity": details}
    )
    (line,) = told(lines)
    assert (line["workflow"], line["activity"], line["attempt"]) == ("m-1", "PlaceOffer", 3)
    assert NAME not in lines.getvalue()


def test_uvicorns_addresses_are_readable_and_its_access_lines_are_not_written(lines: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").info("Uvicorn running on %s://%s:%d", "http", "127.0.0.1", 8000)
    logging.getLogger("uvicorn.access").info('%s - "GET %s"', "127.0.0.1", f"/v1/people?name={NAME}")
    assert [line["event"] for line in told(lines)] == ["Uvicorn running on http://127.0.0.1:8000"]


def test_a_warning_is_told_by_place_and_category(lines: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        warnings.warn(f"odd value {NAME}", stacklevel=1)
    (line,) = told(lines)
    assert line["event"].endswith(": UserWarning")
    assert "test_logging.py:" in line["event"]
    assert NAME not in lines.getvalue()


def test_a_line_that_cannot_be_made_says_only_that(lines: io.StringIO) -> None:
    root = logging.getLogger()
    root.handlers = [handler for handler in root.handlers if isinstance(handler, SafeHandler)]
    logging.getLogger("uvicorn.error").info("%d", NAME)
    structlog.get_logger().info("next")
    assert [line["event"] for line in told(lines)] == ["a log line could not be written", "next"]


def test_what_nobody_catches_is_told_without_its_text() -> None:
    script = (
        "import threading\nfrom runtime.logging import start_logging\nstart_logging()\n"
        f"def die():\n    raise ValueError('{NAME}')\n"
        "thread = threading.Thread(target=die)\nthread.start()\nthread.join()\ndie()\n"
    )
    root = Path(__file__).parents[2]
    ended = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False)
    events = [json.loads(line)["event"] for line in ended.stderr.splitlines()]
    assert ended.returncode == 1
    assert events == ["uncaught exception in a thread", "uncaught exception"]
    assert NAME not in ended.stderr


@pytest.mark.parametrize(
    "text",
    [
        BSN,
        f"BSN{BSN}.",
        "9999.90.019",
        "999 990 019",
        "j.de.vries@mail.example",
        "06-12345678",
        "0612345678",
        "+31 6 12345678",
        "0031612345678",
        "(036) 123 45 67",
        "tel:036-1234567",
    ],
)
def test_the_last_net_masks_numbers_of_people_mail_and_telephones(lines: io.StringIO, text: str) -> None:
    structlog.get_logger().info(f"seen {text} here", mediation=text)
    assert "[masked]" in told(lines)[0]["event"]
    assert "[masked]" in told(lines)[0]["mediation"]
    assert text.strip(".") not in lines.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T10:00:12.123456Z",
        "2026-03-01 10:00:12",
        "2026-03-01 2026-04-01",
        "192.168.100.200:54321",
        "f47ac10b-58cc-4372-a567-123456789abc",
        "0af7651916cd43dd8448eb211c80319c",
        "mediation-01JABCDEF9",
        "took 0.123456789 s",
        "1234567890123",
    ],
)
def test_moments_addresses_and_ids_stay_readable(text: str) -> None:
    assert masked(text) == text


def test_the_console_format_is_as_tight(lines: io.StringIO) -> None:
    stream = io.StringIO()
    start_logging("INFO", "console", stream)
    try:
        stumble()
    except ValueError:
        structlog.get_logger().exception("failed", name=NAME, mediation="m-1")
    assert "m-1" in stream.getvalue()
    assert NAME not in stream.getvalue()
    assert BSN not in stream.getvalue()
