"""Partners that answer with anything at all: `python -m benchmarks bad-answers --seed 7 --answers 2000`.

Of a whole conversation with a partner one answer is replaced by a bad one. What passes must be tried again; what is
refused for good must not be, not once; what cannot be understood is tried again a few times and then given to a
person; and nothing of it may be believed, repeated, or bring anything down.
"""

import asyncio
import gzip
import json
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random, SystemRandom
from typing import Any, Protocol

import httpx
from pydantic import ValidationError
from temporalio.testing import ActivityEnvironment

from activities.delivery import checked
from activities.partner import PATIENCE, PartnerAway, PartnerRefused

WORDS = "Noor Testpersoon"
NUMBER = "999990019"
"""A name and a number of nobody: planted in every bad answer, and never to be seen again."""
MEBIBYTE = 1024 * 1024

PASSES, FOR_GOOD, NONSENSE = "passes", "refused for good", "not understood"

Say = Callable[[httpx.Request], httpx.Response]


class Stumbled(BaseException):
    """An adapter met what it did not think of. The fence behind it would hide that, so this passes through it."""


class Partner(Protocol):
    """Somebody who may say anything."""

    @property
    def name(self) -> str:
        """What is asked, or heard, of whom."""
        ...

    async def meet(self, random: Random, figures: "Figures", n: int) -> None:
        """Let this partner say one bad thing, the nth of all, and note what came of it."""
        ...


@dataclass(frozen=True)
class Subject:
    """One thing asked of a partner: how it is asked, and how a partner in order answers each request.

    `spoil` makes a good answer wrong in something that matters, or says None where nothing in it does.
    """

    name: str
    ask: Callable[[httpx.AsyncClient], Awaitable[object]]
    good: Say
    spoil: Callable[[Random, httpx.Request, Any], bytes | None]
    known: frozenset[int] = frozenset()
    """With these a partner says that it has the message already: no refusal."""

    async def meet(self, random: Random, figures: "Figures", n: int) -> None:
        """See `Partner`."""
        await _one(self, random, figures, n)


@dataclass
class Figures:
    """What came of it."""

    answers: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)
    believed: list[str] = field(default_factory=list)
    retried: list[str] = field(default_factory=list)
    """Refusals for good that were tried again."""
    given_up: list[str] = field(default_factory=list)
    """What passes, but was not tried again."""
    repeated: list[str] = field(default_factory=list)
    """Where the words of a partner were seen."""
    peak: int = 0
    """Bytes of memory at most."""

    @property
    def faults(self) -> list[str]:
        """Everything that should not have been."""
        return [*self.crashes, *self.believed, *self.retried, *self.given_up, *self.repeated]


@dataclass(frozen=True)
class Bad:
    """One bad answer: of which sort, and what is said."""

    sort: str
    name: str
    say: Say


async def run(subjects: Sequence[Partner], answers: int, seed: int) -> Figures:
    """Put so many bad answers, drawn from this seed, into conversations with these partners."""
    random, figures = Random(seed), Figures()
    tracemalloc.start()
    for n in range(answers):
        await subjects[n % len(subjects)].meet(random, figures, n)
    figures.peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return figures


async def _one(subject: Subject, random: Random, figures: Figures, n: int) -> None:
    step = random.choice(await _steps(subject))
    bad = _draw(random, subject, step)
    figures.answers[bad.sort] += 1
    where = f"{n}: {subject.name}, {step[0]} {step[1]}, {bad.name}"
    for attempt in (1, PATIENCE):
        came = await _attempt(subject, attempt, step, bad, figures, where)
        if came is None:
            return
        if bad.sort is FOR_GOOD:
            (figures.retried if came == "away" else []).append(where)
            return
        refused_early = came == "refused" and (bad.sort is PASSES or attempt < PATIENCE)
        if refused_early:
            figures.given_up.append(where)
        if bad.sort is NONSENSE and attempt == PATIENCE and came == "away":
            figures.retried.append(where)


async def _attempt(
    subject: Subject, attempt: int, step: tuple[str, str], bad: Bad, figures: Figures, where: str
) -> str | None:
    """Let one attempt run; return "away", "refused", or None when it came to something else."""
    struck = [0]

    def answered(request: httpx.Request) -> httpx.Response:
        if (request.method, request.url.path) == step:
            struck[0] += 1
            return bad.say(request)
        return subject.good(request)

    try:
        learned = await _in_activity(subject, attempt, answered)
    except PartnerAway as away:
        said, came = f"{away} {away.type} {away.details}", "away"
    except PartnerRefused as refused:
        said, came = f"{refused} {refused.code}", "refused"
    except (Stumbled, Exception) as error:
        figures.crashes.append(f"{where}: {type(error).__name__} {error}")
        return None
    else:
        if struck[0]:
            figures.believed.append(f"{where}: {learned!r:.200}")
        return None
    if WORDS in said or NUMBER in said:
        figures.repeated.append(where)
    return came


async def _steps(subject: Subject) -> list[tuple[str, str]]:
    """Every request of a conversation in which all goes well."""
    steps: list[tuple[str, str]] = []

    def noted(request: httpx.Request) -> httpx.Response:
        steps.append((request.method, request.url.path))
        return subject.good(request)

    await _in_activity(subject, 1, noted)
    return steps


async def _in_activity(subject: Subject, attempt: int, say: Say) -> object:
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, attempt=attempt)
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda request: _streamed(say(request)))) as http:

        async def asked() -> Any:
            try:
                return await subject.ask(http)
            except (PartnerAway, PartnerRefused, ValidationError):
                raise
            except Exception as error:
                raise Stumbled(type(error).__name__) from error

        async def act() -> object:
            return await checked(asked())

        return await environment.run(act)


def _streamed(answer: httpx.Response) -> httpx.Response:
    """An answer that is still to be read, as one from a network is."""
    body = answer.content

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65536):
            yield body[start : start + 65536]

    return httpx.Response(answer.status_code, headers=answer.headers, content=pieces())


# -- bad answers -------------------------------------------------------------------------------------------------------


def _draw(random: Random, subject: Subject, step: tuple[str, str]) -> Bad:
    kind = random.choice((_passing, _refusing, _nonsense, _nonsense, _spoiled))
    return kind(random, subject, step)


def _passing(random: Random, _subject: Subject, _step: tuple[str, str]) -> Bad:
    status = random.choice((408, 425, 429, 500, 502, 503, 504, 599))
    if random.random() < 0.3:
        error = random.choice((httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError, httpx.ReadError))
        return Bad(PASSES, error.__name__, _raising(error))
    headers = {"Retry-After": random.choice(("7", "0", "-1", "soon", "1e9", "99999999999"))}
    return Bad(PASSES, str(status), _saying(status, random.choice(list(bodies(random))), headers))


def _refusing(random: Random, subject: Subject, _step: tuple[str, str]) -> Bad:
    refusals = (301, 302, 307, 308, 400, 401, 402, 403, 405, 406, 409, 413, 415, 418, 422, 451)
    status = random.choice([one for one in refusals if one not in subject.known])
    body = random.choice(list(bodies(random)) if status >= 400 else [b""])
    headers = {"Location": f"http://elsewhere.example/{NUMBER}"}
    return Bad(FOR_GOOD, str(status), _saying(status, body, headers))


def _nonsense(random: Random, subject: Subject, step: tuple[str, str]) -> Bad:
    if step[1].endswith("/ping"):
        return _passing(random, subject, step)
    empty = [] if step[0] == "PATCH" else [b""]  # a change is answered without content
    body = random.choice([one for one in bodies(random) if one not in (b"[]", b"")] + empty)
    return Bad(NONSENSE, f"200 {body[:30]!r}", _saying(random.choice((200, 201)), body, {}))


def _spoiled(random: Random, subject: Subject, step: tuple[str, str]) -> Bad:
    """A good answer of this partner, wrong in one thing that matters."""
    seed = random.random()

    def say(request: httpx.Request) -> httpx.Response:
        good = subject.good(request)
        content = subject.spoil(Random(seed), request, json.loads(good.content or b"null"))
        return httpx.Response(good.status_code, content=content or b"")

    request = httpx.Request(step[0], f"http://partner.example{step[1]}", json={"idExtern": "x"})
    good = json.loads(subject.good(request).content or b"null")
    if subject.spoil(Random(seed), request, good) is None:
        return _passing(random, subject, step)
    return Bad(NONSENSE, f"spoiled {seed}", say)


def bodies(random: Random) -> Iterator[bytes]:
    """Bodies that say nothing, or too much."""
    yield from (b"", b"null", b"true", b"[]", b"[null]", b"[[]]", b'"text"', b"17", b"NaN", b"{")
    yield f"<!doctype html><p>{WORDS} {NUMBER}".encode()
    yield json.dumps({"melding": f"{WORDS} {NUMBER}"}).encode()
    yield json.dumps({"code": WORDS, "omschrijving": NUMBER}).encode()
    yield json.dumps({"code": NUMBER, "detail": WORDS}).encode()
    yield json.dumps({"code": ["x"], "number": {"a": 1}, "id": None}).encode()
    yield b"[" * random.choice((50, 5_000, 100_000))
    yield b'{"a":' * 2_000 + b"1" + b"}" * 2_000
    yield b'{"id": "\xff\xfe"}'
    yield b'{"id": "\\ud800"}'
    yield gzip.compress(json.dumps({"id": WORDS}).encode())
    yield b'{"id": "' + b"9" * random.choice((300, MEBIBYTE + 1)) + b'"}'
    yield random.randbytes(random.randrange(1, 200))
    if random.random() < 0.05:
        yield b" " * (10 * MEBIBYTE)


def _saying(status: int, body: bytes, headers: dict[str, str]) -> Say:
    return lambda request: httpx.Response(status, content=body, headers=headers)


def _raising(error: type[httpx.TransportError]) -> Say:
    def say(request: httpx.Request) -> httpx.Response:
        raise error(f"{WORDS} {NUMBER}")

    return say


# -- the command -------------------------------------------------------------------------------------------------------


def measure(subjects: Sequence[Partner], answers: int, seed: int | None) -> None:
    """Run, print the figures, and end with an error when anything was not as it should be."""
    seed = SystemRandom().randrange(10**6) if seed is None else seed
    figures = asyncio.run(run(subjects, answers, seed))
    drawn = ", ".join(f"{count} {sort}" for sort, count in sorted(figures.answers.items()))
    print(f"bad answers: {figures.answers.total()} ({drawn}) over {len(subjects)} subjects, seed {seed}")
    print(f"  {', '.join(subject.name for subject in subjects)}")
    print(f"  crashes {len(figures.crashes)}, believed {len(figures.believed)}, words repeated {len(figures.repeated)}")
    print(f"  refusals for good tried again {len(figures.retried)}, passing given up {len(figures.given_up)}")
    print(f"  memory at most {figures.peak / MEBIBYTE:.0f} MiB")
    for one in figures.faults:
        print(f"  {one}")
    if figures.faults:
        raise SystemExit(1)
