"""Who may do what: one line for each operation of the description. An operation without a line may be asked by nobody.

`roles` are those who get through where what they ask for is theirs; `scope` says what becomes of somebody with the same
role to whom it is not.
"""

from collections.abc import Set
from enum import StrEnum
from typing import NamedTuple

from domain.facts.parties import Role

C, R, T = Role.COORDINATOR, Role.INSTITUTION, Role.DISTRICT_TEAM
H, P, A, M = Role.CORPORATION, Role.CARE_PROVIDER, Role.AUDITOR, Role.ADMIN
D, B = Role.DESK, Role.COMMITTEE
ALL = frozenset(Role)
ACTING = ALL - {A, M}


class Reach(StrEnum):
    """What becomes of who has the right role, and nothing to do with what is asked for."""

    ANYBODY = "anybody"
    """No token is asked: it says nothing about anybody."""
    SIGNED = "signed"
    """No token is asked, but a signature: without one it is 401."""
    OWN = "own"
    """Everybody asks for their own, and is told of nothing else."""
    THERE = "there"
    """It is asked for by its id, and is not there for them: 404."""
    MUNICIPALITY = "municipality"
    """It is asked for by a municipality that everybody knows: 403."""


class Right(NamedTuple):
    """Who may."""

    scope: Reach
    roles: Set[Role] = frozenset()
    lacking: int | None = None
    """What somebody is answered who may, and whose organisation lacks what it takes (a system, a page to change)."""
    unknown: Set[int] = frozenset({404})
    """What somebody is told to whom it is not there; 400 where the body names what they do not have either."""
    absent: bool = False
    """Whether no such thing is there in this matrix: who may is told so (404, or 400 for an id of another form)."""


RIGHTS: dict[str, Right] = {
    "readIndex": Right(Reach.ANYBODY),
    "readHealth": Right(Reach.ANYBODY),
    "readReadiness": Right(Reach.ANYBODY),
    "readVersion": Right(Reach.ANYBODY),
    "readWoonwaaier": Right(Reach.ANYBODY),
    "receiveHint": Right(Reach.SIGNED),
    # lists, in which each finds their own
    "listMediations": Right(Reach.OWN, ALL),
    "listTasks": Right(Reach.OWN, ALL),
    "readEvents": Right(Reach.OWN, ALL),
    "readReport": Right(Reach.OWN, {C, A, M}),
    "listCareMessages": Right(Reach.OWN, {C, P, A, M}),
    "readDirectory": Right(Reach.OWN, {C, M}),
    "changeDirectory": Right(Reach.OWN, {C, M}),
    "listProposals": Right(Reach.OWN, ALL),
    "confirmProposal": Right(Reach.THERE, ALL, absent=True),
    "withdrawProposal": Right(Reach.THERE, ALL, absent=True),
    "listReleasedDwellings": Right(Reach.OWN, {H}),
    "releaseDwellings": Right(Reach.OWN, {H}),
    "releaseDwelling": Right(Reach.OWN, {H}),
    "readReleasedDwelling": Right(Reach.THERE, {H}),
    "takeBackDwelling": Right(Reach.OWN, {H}, lacking=404),
    "listFreeHomes": Right(Reach.OWN, {C}),
    "listFittingClients": Right(Reach.OWN, {C, A}),
    "listLettersToPrint": Right(Reach.OWN, {C}),
    "listCaseworkers": Right(Reach.OWN, {C}),
    "listWork": Right(Reach.OWN, {C}),
    "listCalls": Right(Reach.OWN, {C}),
    "listStuck": Right(Reach.OWN, {C}),
    "listAlarms": Right(Reach.OWN, {C}),
    "listChanges": Right(Reach.OWN, {C}),
    "listTransfers": Right(Reach.OWN, {C}),
    "listWebhooks": Right(Reach.OWN, {C, A}),
    "findPeople": Right(Reach.OWN, {C}),
    "startMediation": Right(Reach.OWN, {C, R}),
    "referMany": Right(Reach.OWN, {C, R}),
    "addWebhook": Right(Reach.OWN, {C}),
    "enterCaseworker": Right(Reach.OWN, {C}),
    "sendCareMessage": Right(Reach.OWN, {P}, lacking=403),
    # one mediation
    "readMediation": Right(Reach.THERE, ALL),
    "listEvents": Right(Reach.THERE, ALL),
    "listLetters": Right(Reach.THERE, ALL),
    "listDwellings": Right(Reach.THERE, ALL),
    "readPerson": Right(Reach.THERE, {C, R, T, P, D, B}),
    "listNotes": Right(Reach.THERE, ALL - {M}),
    "listReads": Right(Reach.THERE, {C, A}),
    "listReadsOfClient": Right(Reach.THERE, {C, A}),
    "resolveActor": Right(Reach.THERE, {C}, absent=True),
    "readHistory": Right(Reach.THERE, {A}),
    "listAssignments": Right(Reach.THERE, {C, A}),
    "previewPolicy": Right(Reach.THERE, {C}),
    "adoptPolicy": Right(Reach.THERE, {C}),
    "giveCommand": Right(Reach.THERE, ACTING),
    "foreseeCommand": Right(Reach.THERE, {C}),
    "answerTask": Right(Reach.THERE, {C, H}),
    "foreseeAnswer": Right(Reach.THERE, {C}),
    "changeContact": Right(Reach.THERE, {C}),
    "assignMediation": Right(Reach.THERE, {C}),
    "assignTask": Right(Reach.THERE, {C}),
    "readTransfer": Right(Reach.THERE, {C}, absent=True),
    "answerTransfer": Right(Reach.THERE, {C}, absent=True),
    # what else has an id
    "readCareMessage": Right(Reach.THERE, {C, P, A, M}, absent=True),
    "printLetter": Right(Reach.THERE, {C}, absent=True),
    "reportLetterLeft": Right(Reach.THERE, {C}, absent=True),
    "readWebhook": Right(Reach.THERE, {C, A}),
    "listDeadLetters": Right(Reach.THERE, {C, A}),
    "rotateSecret": Right(Reach.THERE, {C}),
    "disableWebhook": Right(Reach.THERE, {C}),
    "enableWebhook": Right(Reach.THERE, {C}),
    "resendDeadLetters": Right(Reach.THERE, {C}),
    "removeWebhook": Right(Reach.THERE, {C}),
    "handOver": Right(Reach.THERE, {C}, unknown={400, 404}),
    "coverCaseworker": Right(Reach.THERE, {C}, unknown={400, 404}),
    "endAbsence": Right(Reach.THERE, {C}),
    "removeCaseworker": Right(Reach.THERE, {C}),
    # a municipality's figures
    "feedVacated": Right(Reach.MUNICIPALITY, {C}),
    "feedComplexes": Right(Reach.MUNICIPALITY, {C}),
}
