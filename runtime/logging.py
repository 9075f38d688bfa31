"""The one way to log, which lets no personal data out: only allowed keys are written, and numbers are masked.

Everything, also what libraries write through the standard library, passes the same processors:

- only keys in `ALLOWED` stay, and only plain values; the number of others is told in `dropped`;
- of an exception only its classes, error codes and places in the code, since a foreign error's text quotes values;
- of a library's message only its template, without the arguments and whatever follows a colon;
- and at last nine-digit numbers (BSN), mail addresses and phone numbers are masked in any text.

A name cannot be told from other words. So log ids and codes as values, and keep the event a fixed text.
"""

import logging
import re
import sys
import threading
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import Enum
from pathlib import PurePath
from types import TracebackType
from typing import Any, Literal, TextIO
from uuid import UUID

import structlog
import temporalio.activity
import temporalio.workflow
from structlog.typing import EventDict, Processor, WrappedLogger

from runtime.error_report import described

ALLOWED = (
    {"mediation", "municipality", "stage", "task", "task_kind", "owner", "day", "outcome", "offer", "dwelling"}
    | {"command", "event_kind", "sequence", "effect", "lane", "step", "rule", "policy", "policy_version", "district"}
    | {"organisation", "role", "user", "request", "trace", "method", "route", "status", "problem", "operation"}
    | {"workflow", "workflow_type", "run", "activity", "attempt", "signal", "queue", "task_queue", "namespace"}
    | {"build", "version", "server", "pid", "host", "port", "address", "file", "kind", "format", "exit_code"}
    | {"level", "error", "code", "count", "seconds", "seed", "key_id", "row"}
)
"""Keys a line may carry: ids, codes, counts and places. `user` is the pseudonym of `runtime.tokens`."""

TEXT_LIMIT = 500
UVICORN = ("uvicorn", "uvicorn.error", "uvicorn.access")
INTERPOLATED = frozenset({"uvicorn", "uvicorn.error"})
"""Libraries whose arguments are addresses and process ids only, and worth reading."""
QUIET = ("httpx", "httpcore", "asyncio", "mail.log")

TEMPORAL_KEYS = {"workflow_id": "workflow", "activity_type": "activity"} | {
    key: key for key in ("workflow_type", "attempt")
}
WARNING_PLACE = re.compile(r"\S+:\d+: \w+")

SENSITIVE = re.compile(
    r"(?P<id>\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{16,}\b)"
    r"|(?P<mail>[^\s@<>\"'(),;:=]+@[^\s@<>\"'(),;:=]+\.\w+)"
    r"|(?P<bsn>(?<!\d)(?<!\d\.)(?:\d{9}|\d{3}([ .-])\d{3}\4\d{3}|\d{4}([ .-])\d{2}\5\d{3})(?!\.?\d))"
    r"|(?P<phone>(?<!\d)(?<!\d[.-])(?:(?:\+|00)[1-9]|\(?0[1-9])(?:[\s().-]{0,3}\d){7,13}(?!\d))",
    re.IGNORECASE,
)


def masked(text: str) -> str:
    """The text with nine-digit numbers, mail addresses and phone numbers taken out; UUIDs and hex ids stay."""

    def mask(found: re.Match[str]) -> str:
        return found["id"] or "[masked]"

    return SENSITIVE.sub(mask, text)


def start_logging(
    level: str = "INFO", format: Literal["json", "console"] = "json", stream: TextIO | None = None
) -> None:
    """Send all of this process's log lines to `stream` (standard error), uncaught exceptions and warnings included."""
    handler = SafeHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[*PROCESSORS, _renderer(format, handler.stream)],
            foreign_pre_chain=[from_library],
            pass_foreign_args=True,
            use_get_message=False,
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.captureWarnings(True)
    _tame_libraries()
    _catch_the_uncaught()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


class SafeHandler(logging.StreamHandler[TextIO]):
    """Writes lines; when one cannot be made, says only that, where the standard handler would print its values."""

    def handleError(self, record: logging.LogRecord) -> None:
        """See the base class."""
        self.stream.write('{"level": "error", "event": "a log line could not be written"}\n')


def from_library(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Read a record of the standard library: its template, its allowed extras, and what Temporal adds."""
    record: logging.LogRecord = event["_record"]
    event["event"] = _template(record, event.pop("positional_args", None))
    for key in ALLOWED & record.__dict__.keys():
        event[key] = record.__dict__[key]
    for source in ("temporal_workflow", "temporal_activity"):
        details = record.__dict__.get(source) or {}
        for key, name in TEMPORAL_KEYS.items():
            if key in details:
                event.setdefault(name, details[key])
    return event


def _template(record: logging.LogRecord, arguments: Any) -> str:
    text = str(record.msg)
    if record.name in INTERPOLATED:
        return text % arguments if arguments else text
    if record.name == "py.warnings":  # file:line: Category: text
        place = WARNING_PLACE.match(str(arguments[0]) if arguments else text)
        return place[0] if place else "warning"
    return text.partition("\n")[0].partition(": ")[0]


def safe_error(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Put the exception's classes, codes and places under `error`, and drop its text and the stack."""
    error = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = described(error)
    return event


def only_allowed(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Keep the allowed keys with plain, masked values, the usual ones in front."""
    first = {key: event.pop(key) for key in ("timestamp", "level", "logger", "event") if key in event}
    kept = {key: event[key] for key in event if key in ALLOWED}
    if dropped := len(event) - len(kept):
        kept["dropped"] = dropped
    return {key: value if key == "timestamp" else plain(value) for key, value in {**first, **kept}.items()}


def plain(value: object) -> Any:
    """A value as a line may carry it: numbers, masked texts, moments, ids, and few of them; else only its class."""
    match value:
        case None | bool() | float():
            return value
        case Enum():
            return plain(value.value)
        case int():
            return "[masked]" if 10**8 <= abs(value) < 10**9 else value
        case str() | UUID() | PurePath():
            return masked(str(value)[:TEXT_LIMIT])
        case datetime() | date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case Mapping():
            return {masked(str(key)[:TEXT_LIMIT]): plain(item) for key, item in list(value.items())[:40]}
        case list() | tuple():
            return [plain(item) for item in value[:40]]
        case _:
            return f"<{type(value).__name__}>"


PROCESSORS: tuple[Processor, ...] = (
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    safe_error,
    only_allowed,
)


def _renderer(format: Literal["json", "console"], stream: TextIO) -> Processor:
    if format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=stream.isatty())


def _tame_libraries() -> None:
    """Bring libraries' own handlers in, and keep the identifiers Temporal adds out of its texts."""
    for name in UVICORN:
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = name != "uvicorn.access"  # its lines hold paths and queries
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    temporalio.activity.logger.activity_info_on_message = False
    temporalio.workflow.logger.workflow_info_on_message = False


def _catch_the_uncaught() -> None:
    log = logging.getLogger("uncaught")

    def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            log.critical("uncaught exception", exc_info=(kind, error, trace))

    def in_thread(args: threading.ExceptHookArgs) -> None:
        log.critical("uncaught exception in a thread", exc_info=args.exc_value)

    def unraisable(args: Any) -> None:
        log.error("exception that could not be raised", exc_info=args.exc_value)

    sys.excepthook, threading.excepthook, sys.unraisablehook = uncaught, in_thread, unraisable
