"""Whether the team that serves the district of the home received each client, by what the teams themselves have.

Of who got keys it is read from the corporation's own records which home that is, and from the city's own map which team
serves its district: neither is asked of the engine. (A corporation without a system has no records of its own: there it
is read from the journal which dwelling was accepted.) What a team has are the notices in its system and the letters in
its mailbox.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, NamedTuple

import httpx

from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from sandbox.city import City
from sandbox.city.organisations import Organisations
from sandbox.worklists import worklist
from store import read_model
from store.database import Pool

OF_THE_HOME = (TaskKind.VISIT_CLIENT, TaskKind.TAKE_UP_FOLLOW_ON)
"""What the receiving team is asked after the move."""
ACCEPTED = frozenset({"accepted", "let"})
"""How an offer stands in a corporation's system whose home is the client's."""
EFFECT = "X-Mediation-Effect"

Told = Mapping[str, Any]
"""An event of a journal."""


@dataclass(frozen=True)
class Move:
    """Somebody moved: to a home in which district, and which team had assessed them."""

    mediation: str
    district: str
    assessed_by: str


class Notice(NamedTuple):
    """What a team's system has on somebody who comes."""

    team: str
    mediation: str
    district: str


class Asked(NamedTuple):
    """A letter in a team's mailbox that asks for a visit, or to take up what came out of the call."""

    team: str
    mediation: str
    kind: TaskKind


class Home(NamedTuple):
    """A home that was offered to somebody, and whether it is theirs."""

    mediation: str
    corporation: str
    dwelling: str
    theirs: bool


@dataclass(frozen=True)
class Received:
    """What the teams have, held against who moved where."""

    moves: int = 0
    elsewhere: int = 0
    """Moves to a home that another team serves than the one that assessed."""
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """Everything there is to judge by."""

    moves: tuple[Move, ...]
    homeless: tuple[str, ...]
    """Mediations in which keys were handed over, of a home that no corporation, or more than one, has as theirs."""
    offered: frozenset[tuple[str, str]]
    """Mediation and district of every home that was ever offered, whether or not it came to a move."""
    notices: tuple[Notice, ...]
    asked: tuple[Asked, ...]
    opened: Mapping[tuple[str, TaskKind], int] = field(default_factory=dict)
    """How often the engine says that a visit or a follow-on was asked for: of whom, is not believed."""


def judged(evidence: Evidence, people: Organisations) -> Received:
    """Judge whether each team has what is its to have, and no more."""
    moves = evidence.moves
    elsewhere = sum(people.team_for(one.district).id != one.assessed_by for one in moves)
    homeless = (f"{one} got keys, of not one home" for one in evidence.homeless)
    wrong = [
        *homeless,
        *_notices_of_moves(evidence, people),
        *_notices_besides(evidence, people),
        *_letters(evidence, people),
    ]
    return Received(len(moves), elsewhere, tuple(wrong))


def _notices_of_moves(evidence: Evidence, people: Organisations) -> Iterator[str]:
    """Tell of which move the team of the home's district had not one notice."""
    had = Counter(evidence.notices)
    for move in evidence.moves:
        team = people.team_for(move.district).id
        times = had[Notice(team, move.mediation, move.district)]
        if times != 1:
            yield f"{team} had {times} notices of {move.mediation}, who moved to {move.district}"


def _notices_besides(evidence: Evidence, people: Organisations) -> Iterator[str]:
    """Tell which notices went to a team that does not serve the district, or are of no home of this client."""
    for one in evidence.notices:
        if people.team_for(one.district).id != one.team:
            yield f"{one.team} had notice of {one.mediation} in {one.district}, which it does not serve"
        elif (one.mediation, one.district) not in evidence.offered:
            yield f"{one.team} had notice of {one.mediation} in {one.district}, where no home was offered"


def _letters(evidence: Evidence, people: Organisations) -> Iterator[str]:
    """Tell where a visit or follow-on was not asked once, of the team of the home's district and of nobody else."""
    homes = {move.mediation: people.team_for(move.district).id for move in evidence.moves}
    came = Counter(evidence.asked)
    wanted = Counter(
        {Asked(homes.get(m, "nobody"), m, kind): times for (m, kind), times in evidence.opened.items() if times}
    )
    for one in sorted(came.keys() | wanted.keys()):
        if came[one] != wanted[one]:
            yield f"{one.team} was asked {came[one]} and not {wanted[one]} times to {one.kind.value} {one.mediation}"


# -- what there is --------------------------------------------------------------------------------------------------


async def received(
    city: City, pool: Pool, http: httpx.AsyncClient, systems: Mapping[str, str], mails: Iterable[EmailMessage]
) -> Received:
    """Gather what the corporations and the teams have, and judge it."""
    people = city.organisations
    journals = {
        line.id: await read_model.journal_of(pool, line.id)
        for line in await read_model.list_mediations(pool, read_model.MediationFilter(), limit=10_000)
    }
    assessed_by = {mediation: _assessed_by(journal) for mediation, journal in journals.items()}
    homes = [*await _homes(http, people, systems[Role.CORPORATION.value]), *_by_hand(journals, people)]
    districts = {(home.corporation, home.id): home.district for home in city.homes}
    theirs = Counter(one.mediation for one in homes if one.theirs)
    moved = [mediation for mediation, journal in journals.items() if _got_keys(journal)]
    evidence = Evidence(
        moves=tuple(
            Move(one.mediation, districts[one.corporation, one.dwelling], assessed_by[one.mediation])
            for one in homes
            if one.theirs and one.mediation in moved and theirs[one.mediation] == 1
        ),
        homeless=tuple(mediation for mediation in moved if theirs[mediation] != 1),
        offered=frozenset((one.mediation, districts[one.corporation, one.dwelling]) for one in homes),
        notices=tuple(await _notices(http, people, systems[Role.DISTRICT_TEAM.value])),
        asked=tuple(_asked(people, mails, journals)),
        opened=_opened(journals),
    )
    return judged(evidence, people)


async def _homes(http: httpx.AsyncClient, people: Organisations, url: str) -> list[Home]:
    """Return what was offered in the corporations' own systems: what is accepted there is the client's home."""
    found: list[Home] = []
    for one in people.corporations:
        if one.id not in people.by_hand:
            offers = await worklist(http, url, one.id, "/offers")
            found += [Home(it["mediation"], one.id, it["dwelling"], it["state"] in ACCEPTED) for it in offers]
    return found


def _by_hand(journals: Mapping[str, list[Told]], people: Organisations) -> Iterator[Home]:
    """Return what corporations without a system offered: the last before the keys is the client's home."""
    for mediation, journal in journals.items():
        last: Home | None = None
        for event in journal:
            if event["type"] == "OfferPrepared":
                if last:
                    yield last
                home = event["document"]["candidate"]["dwelling"]
                by_hand = home["corporation"] in people.by_hand
                last = Home(mediation, home["corporation"], home["id"], theirs=False) if by_hand else None
            elif event["type"] == "KeysHandedOver" and last:
                last = last._replace(theirs=True)
        if last:
            yield last


def _got_keys(journal: Iterable[Told]) -> bool:
    return any(event["type"] == "KeysHandedOver" for event in journal)


async def _notices(http: httpx.AsyncClient, people: Organisations, url: str) -> list[Notice]:
    found: list[Notice] = []
    for team in people.teams:
        if team.id not in people.by_hand:
            notices = await worklist(http, url, team.id, "/move-notices")
            found += [Notice(team.id, one["mediation"], one["district"]) for one in notices]
    return found


def _asked(people: Organisations, mails: Iterable[EmailMessage], journals: Mapping[str, list[Told]]) -> Iterator[Asked]:
    """Return which letters in the teams' mailboxes ask for something that comes after the move.

    What it is about no letter says. Its key ends with the number of the event that called for it.
    """
    mailboxes = {f"directe-bemiddeling@{team.id}.example.org": team.id for team in people.teams}
    for mail in mails:
        team = mailboxes.get(str(mail["To"]))
        mediation, step, number = "".join(str(mail[EFFECT]).split()).split(":")[:3]
        if team and step.startswith("task-opened"):
            kind = _kind_of(journals[mediation][int(number.partition(".")[0]) - 1])
            if kind in OF_THE_HOME:
                yield Asked(team, mediation, kind)


def _kind_of(event: Told) -> TaskKind:
    """Return of which kind the task is that an event is about: of one that it opens, or of one that there was."""
    task = event["document"]["task"]
    return TaskKind(task["kind"] if isinstance(task, Mapping) else task.rpartition("-")[0])


def _opened(journals: Mapping[str, list[Told]]) -> dict[tuple[str, TaskKind], int]:
    return Counter(
        (mediation, TaskKind(event["document"]["task"]["kind"]))
        for mediation, journal in journals.items()
        for event in journal
        if event["type"] == "TaskOpened" and event["document"]["task"]["kind"] in OF_THE_HOME
    )


def _assessed_by(journal: Iterable[Told]) -> str:
    started = next(event for event in journal if event["type"] == "MediationStarted")
    return str(started["document"]["parties"]["district_team"])
