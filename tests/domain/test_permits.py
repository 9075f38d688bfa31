"""Every command is named with who may give it, role by role; what is not named nobody may give."""

from typing import Any, Literal

import pytest

from domain.decide.commands import COMMANDS, SPECS
from domain.decide.decide import Refused, decide
from domain.facts.parties import SYSTEM, Actor, Role
from domain.facts.referral import ReferralChanges
from domain.facts.signals import SignalKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Audience, Letter, PlaceOffer, SendLetter
from domain.state.command_spec import EVERY_COMMAND, by_command
from tests.domain.case import COMMITTEE, DESK, MONDAY, NOTE, Case, along, parties, referral
from tests.domain.test_committee import advising

WHO = {
    Role.COORDINATOR: "almere",
    Role.INSTITUTION: "leger-des-heils",
    Role.DISTRICT_TEAM: "wijkteam-west",
    Role.CORPORATION: "ymere",
    Role.CARE_PROVIDER: "kwintes",
    Role.DESK: DESK,
    Role.COMMITTEE: COMMITTEE,
    Role.AUDITOR: "almere",
    Role.ADMIN: "almere",
}
"""Everybody takes part; auditors and admins even in the municipality's own name."""
ALL = frozenset(
    {Role.COORDINATOR, Role.INSTITUTION, Role.DISTRICT_TEAM, Role.CORPORATION, Role.CARE_PROVIDER, Role.DESK}
)
BOSS = frozenset({Role.COORDINATOR})
SYSTEMS = ALL | {Role.COMMITTEE}
"""Of a committee only what its system learns counts: the urgency is decided, and it has advised."""
EFFECT = PlaceOffer(corporation="ymere", task="confirm_offer-1", dwelling="D-1", household=1, respond_by=MONDAY)
LETTER = SendLetter(letter=Letter.OFFER_MADE, readers=(Audience.CLIENT,))

GIVEN: dict[type[c.Command], tuple[frozenset[Role], dict[str, Any]]] = {
    c.AnswerTask: (
        BOSS | {Role.INSTITUTION},
        {"task": "answer_offer-1", "answer": a.ClientAnswer(accept=True)},
    ),
    c.Withdraw: (ALL, {"source": "client", "reason": "other", "note": NOTE}),
    c.ReportDeath: (ALL, {"source": "family"}),
    c.AddNote: (ALL, {"note": NOTE}),
    c.FileObjection: (BOSS | {Role.INSTITUTION}, {"against": "other", "note": NOTE}),
    c.FileComplaint: (ALL | {Role.COMMITTEE}, {"complainant": "client", "note": NOTE}),
    c.NoteDefaultNotice: (BOSS | {Role.INSTITUTION}, {"late": "urgency"}),
    c.CorrectReferral: (BOSS | {Role.INSTITUTION}, {"changes": ReferralChanges(household_size=2), "note": NOTE}),
    c.CorrectAnswer: (
        BOSS,
        {"task": "confirm_offer-1", "answer": a.ConfirmationAnswer(number="O-2"), "note": NOTE},
    ),
    c.ChangeContact: (BOSS | {Role.INSTITUTION}, {"who": "guide", "fields": ("phone",)}),
    c.OverrideRule: (BOSS, {"rule": "quota_full", "note": NOTE}),
    c.AdoptPolicy: (BOSS, {"policy": Case().policy, "note": NOTE}),
    c.WithdrawOffer: (BOSS | {Role.CORPORATION}, {"reason": "other"}),
    c.ReportSignal: (ALL, {"kind": SignalKind.WORRY}),
    c.ReportAbsence: (ALL, {"kind": "readmission", "since": MONDAY.date()}),
    c.ReportReturn: (ALL, {"on": MONDAY.date()}),
    c.ChangeProvider: (BOSS, {"provider": "blijf-groep", "note": NOTE}),
    c.PauseMediation: (BOSS, {"note": NOTE}),
    c.ResumeMediation: (BOSS, {}),
    c.ReopenMediation: (BOSS, {"because": "end_was_wrong", "note": NOTE}),
    c.StepBack: (BOSS, {"to": "readiness", "note": NOTE}),
    c.SnoozeTask: (BOSS, {"task": "answer_offer-1", "until": MONDAY.date(), "note": NOTE}),
    c.ReportHindrance: (
        BOSS | {Role.INSTITUTION},
        {"task": "answer_offer-1", "hindrance": "not_mine", "note": NOTE},
    ),
    c.ProposeTransfer: (
        BOSS,
        {"to": "utrecht", "consent_on": MONDAY.date(), "consent": "written", "shares": ("person",), "note": NOTE},
    ),
    c.WithdrawTransfer: (BOSS, {"note": NOTE}),
    c.AnswerHindrance: (BOSS, {"task": "answer_offer-1", "granted": False, "note": NOTE}),
    c.ReassignTask: (BOSS, {"task": "answer_offer-1", "owner": "kwintes", "note": NOTE}),
    c.TakeOverTask: (BOSS, {"task": "answer_offer-1", "note": NOTE}),
    c.PassTime: (BOSS, {}),
    c.LearnRoom: (BOSS, {}),
    c.LearnHeldBack: (BOSS, {"letter": LETTER}),
    c.LearnDwellings: (SYSTEMS, {"dwellings": ()}),
    c.LearnHome: (BOSS | {Role.CORPORATION}, {"home_now": {"corporation": "ymere", "id": "D-1"}}),
    c.LearnLease: (SYSTEMS, {"offer": "O-1", "number": "L-1"}),
    c.LearnLetterSent: (SYSTEMS, {"letter": LETTER, "on": MONDAY.date()}),
    c.ReportUndelivered: (SYSTEMS, {"effect": EFFECT, "code": "refused"}),
    c.LearnSupportRequest: (BOSS | {Role.CARE_PROVIDER}, {"provider": "kwintes", "number": "S-1"}),
    c.LearnSent: (BOSS | {Role.CARE_PROVIDER}, {"provider": "kwintes", "message": "DM1"}),
    c.LearnSupportReport: (
        BOSS | {Role.CARE_PROVIDER},
        {"provider": "kwintes", "number": "S-1", "report": "stopped", "on": MONDAY.date()},
    ),
    c.LearnRetour: (BOSS | {Role.CORPORATION}, {"message": "DM1", "number": "S-1", "effect": EFFECT}),
    c.LearnNoSystem: (BOSS | {Role.CORPORATION}, {"effect": EFFECT}),
    c.LookAgain: (ALL, {}),
}
"""Who may, with a command of that kind: systems say what they learned, and the rest people do."""

BY_SYSTEMS = {kind for kind in GIVEN if kind.__name__.startswith(("Learn", "Look", "Pass"))} | {c.ReportUndelivered}
LEARNED = sorted(BY_SYSTEMS - {c.PassTime, c.LearnRoom, c.LearnHeldBack}, key=lambda kind: kind.__name__)
"""In an order, for tests are shared out among processes by their place."""


def test_every_command_is_named() -> None:
    assert set(COMMANDS) == set(EVERY_COMMAND)
    assert set(GIVEN) == set(EVERY_COMMAND) - {c.StartMediation}, "who refers a client is the next test's"


@pytest.mark.parametrize("role", Role)
def test_who_may_refer_a_client_the_policy_says(role: Role) -> None:
    for referring in ((Role.INSTITUTION,), (Role.INSTITUTION, Role.COORDINATOR)):
        case = Case()
        terms = replace(case.policy.application, by=referring)
        policy = replace(case.policy, application=terms)
        for organisation in WHO.values():
            by = Actor(role=role, organisation=organisation, user="user-1")
            start = c.StartMediation(
                by=by, mediation="m-1", referral=referral(), parties=parties("almere"), policy=policy
            )
            judged = decide(None, start, policy, case.now)
            own = organisation == {Role.INSTITUTION: "leger-des-heils", Role.COORDINATOR: "almere"}.get(role)
            assert (isinstance(judged, Refused) and judged.rule == "not_yours") is not (own and role in referring)


def test_a_command_without_a_spec_or_with_two_stops_the_import() -> None:
    with pytest.raises(TypeError, match="these have none: StepBack"):
        by_command(spec for spec in SPECS if spec.of is not c.StepBack)
    with pytest.raises(TypeError, match="StartMediation has two specs"):
        by_command((*SPECS, SPECS[0]))


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", GIVEN, ids=lambda kind: kind.__name__)
def test_who_may_give_which_command(kind: type[c.Command], role: Role) -> None:
    allowed, fields = GIVEN[kind]
    case = along(upto="confirm", policy=advising())
    by = Actor(role=role, organisation=WHO[role], user=SYSTEM if kind in BY_SYSTEMS else "user-1")
    command: Any = kind.model_validate({"by": by, **fields})
    judged = decide(case.m, command, case.policy, case.now)
    refused = isinstance(judged, Refused) and judged.rule == "not_yours"
    assert refused is (role not in allowed)


@pytest.mark.parametrize("kind", LEARNED, ids=lambda kind: kind.__name__)
def test_what_systems_learn_no_person_says(kind: type[c.Command]) -> None:
    case = along(upto="confirm", policy=advising())
    for role in ALL - BOSS:
        by = Actor(role=role, organisation=WHO[role], user="user-1")
        command: Any = kind.model_validate({"by": by, **GIVEN[kind][1]})
        assert case.refused(command).rule == "not_yours"


class Unheard(c.Command):
    """A command that somebody writes, and forgets to say who may give it."""

    type: Literal["Unheard"] = "Unheard"


def test_a_command_that_is_not_named_nobody_may_give_not_even_the_municipality() -> None:
    case = along(upto="confirm", policy=advising())
    for role, organisation in WHO.items():
        by = Actor(role=role, organisation=organisation, user="user-1")
        unheard: Any = Unheard(by=by)
        judged = decide(case.m, unheard, case.policy, case.now)
        assert isinstance(judged, Refused)
        assert judged.rule == "not_yours"
