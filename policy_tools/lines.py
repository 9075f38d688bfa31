"""The line of each key in a TOML text, which the reader of the standard library does not tell.

The text must be valid TOML. Keys of tables, of inline tables and of tables in arrays are found; `value` in
`due = { value = "2 weeks" }` is the parameter itself and adds nothing to the path.
"""

import re
from collections.abc import Mapping

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_SCALAR = re.compile(r"[^,\]}\n#]+")
_QUOTES = ('"""', "'''", '"', "'")


def lines_of(text: str) -> Mapping[str, int]:
    """Return the first line on which each path, such as `tasks.assess.due` or `days.0`, is given a value."""
    return _Scan(text).document()


def line_of(lines: Mapping[str, int], path: str) -> int | None:
    """Return the line of a path, or else of the nearest table around it; None when nothing of it is in the file."""
    while path and path not in lines:
        path = path.rpartition(".")[0]
    return lines.get(path)


class _Scan:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[str, int] = {}
        self._arrays: dict[str, int] = {}

    def document(self) -> dict[str, int]:
        table: tuple[str, ...] = ()
        while self._skip(_BLANK) < len(self.text):
            if self._here("[["):
                table = self._header(2)
                name = ".".join(table)
                number = self._arrays[name] = self._arrays.get(name, -1) + 1
                table = (*table, str(number))
                self._note(table)
            elif self._here("["):
                table = self._header(1)
                self._note(table)
            else:
                self._pair(table)
        return self.lines

    def _header(self, brackets: int) -> tuple[str, ...]:
        self.at += brackets
        parts: tuple[str, ...] = ()
        for part in self._key():
            parts = (*parts, part)
            number = self._arrays.get(".".join(parts))
            if number is not None and not self._ends_header(brackets):
                parts = (*parts, str(number))
        self.at += brackets
        return parts

    def _ends_header(self, brackets: int) -> bool:
        """Tell whether an array's header itself has been read: `[[a]]` again, and not a table `[a.b]` within it."""
        return self._here("]" * brackets) and brackets == 2

    def _pair(self, table: tuple[str, ...]) -> None:
        line = self._line()
        path = (*table, *self._key())
        self._note(path, line)
        self._skip(_SPACE)
        self.at += 1  # the sign =
        self._skip(_SPACE)
        self._value(path)

    def _key(self) -> list[str]:
        parts: list[str] = []
        while True:
            self._skip(_SPACE)
            if self.text[self.at] in "\"'":
                parts.append(self._string())
            else:
                found = _BARE.match(self.text, self.at)
                parts.append(found[0] if found else "")
                self.at += len(parts[-1])
            self._skip(_SPACE)
            if not self._here("."):
                return parts
            self.at += 1

    def _value(self, path: tuple[str, ...]) -> None:
        if self._here("["):
            self._array(path)
        elif self._here("{"):
            self._inline(path)
        elif self.text[self.at] in "\"'":
            self._string()
        else:
            self._skip(_SCALAR)

    def _array(self, path: tuple[str, ...]) -> None:
        self.at += 1
        number = 0
        while self._skip(_BLANK) and not self._here("]"):
            if self._here(","):
                self.at += 1
                continue
            self._note((*path, str(number)))
            self._value((*path, str(number)))
            number += 1
        self.at += 1

    def _inline(self, path: tuple[str, ...]) -> None:
        self.at += 1
        while self._skip(_BLANK) and not self._here("}"):
            if self._here(","):
                self.at += 1
            else:
                self._pair(path)
        self.at += 1

    def _string(self) -> str:
        """Read a string of any of the four kinds, and return what stands between its quotes."""
        quote = next(one for one in _QUOTES if self._here(one))
        start = self.at = self.at + len(quote)
        while not self._here(quote):
            self.at += 2 if self.text[self.at] == "\\" and quote[0] == '"' else 1
        while len(quote) == 3 and self.text[self.at + 3 : self.at + 4] == quote[0]:
            self.at += 1  # a multi-line string may end in its own quotes
        self.at += len(quote)
        return self.text[start : self.at - len(quote)]

    def _here(self, sign: str) -> bool:
        return self.text.startswith(sign, self.at)

    def _skip(self, what: re.Pattern[str]) -> int:
        found = what.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at

    def _line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1

    def _note(self, path: tuple[str, ...], line: int | None = None) -> None:
        plain = [*path[:1], *(part for part in path[1:] if part != "value")]
        for n in range(1, len(plain) + 1):
            self.lines.setdefault(".".join(plain[:n]), line or self._line())
