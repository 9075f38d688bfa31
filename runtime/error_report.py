"""What a log line may say of an exception: classes, codes and places in the code, but no foreign error's text."""

import errno
import re
import traceback
from pathlib import Path

FRAMES = 30
"""Places in the code that are told, the innermost ones."""
DEPTH = 6
"""So many causes are followed, and so many members of a group are told."""
CODE = re.compile(r"[A-Za-z0-9][\w.:-]{0,63}")
TREE = f"{Path(__file__).resolve().parent.parent}/"


def described(error: BaseException, depth: int = DEPTH) -> dict[str, object]:
    """The error's class, code and frames (innermost last), and the same of its causes and of a group's members.

    The text is given only for classes that allow it by the class attribute `loggable = True`.
    """
    kind = type(error)
    told: dict[str, object] = {"class": f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")}
    if code := _code(error):
        told["code"] = code
    if getattr(kind, "loggable", False) is True:
        told["text"] = str(error)
    if frames := [_place(frame) for frame in traceback.extract_tb(error.__traceback__)[-FRAMES:]]:
        told["frames"] = frames
    if depth and isinstance(error, BaseExceptionGroup):
        told["members"] = [described(member, depth - 1) for member in error.exceptions[:DEPTH]]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if depth and cause is not None:
        told["cause"] = described(cause, depth - 1)
    return told


def _code(error: BaseException) -> str | None:
    """A Temporal error's type, PostgreSQL's SQLSTATE, the operating system's error name or the error's own code."""
    if isinstance(error, OSError) and error.errno:
        return errno.errorcode.get(error.errno)
    for name in ("sqlstate", "code", "type"):
        code = getattr(error, name, None)
        if isinstance(code, str) and CODE.fullmatch(code):
            return code
    return None


def _place(frame: traceback.FrameSummary) -> str:
    file = frame.filename.rpartition("site-packages/")[2].removeprefix(TREE)
    return f"{file}:{frame.lineno} {frame.name}"
