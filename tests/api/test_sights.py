"""What each role sees is named, field by field: whatever is not named is shown to nobody."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from api.auth import Caller
from api.event_views import EventView, PartnerEventView, event_view, shown_events
from api.mediations import MediationQuery
from api.shown import mediation_details, mediation_view, summary
from api.sights import corporation as own
from api.sights.events import EVENTS
from api.sights.inside import without_inside
from api.sights.named import ALWAYS
from api.sights.shapes import CORPORATION, PARTNERS, SIGHTS, TABLE
from api.spelling import spelled_event
from api.views import (
    AbsenceView,
    CandidateView,
    ChecklistView,
    ClockView,
    ComplaintView,
    DecisionView,
    DefaultNoticeView,
    DwellingView,
    EarlierDecisionView,
    FullTaskView,
    LeaseView,
    MediationView,
    NeedsView,
    ObjectionView,
    OfferView,
    OriginView,
    PartiesView,
    PartnerMediation,
    PlaceView,
    ReferralView,
    SignalView,
    SupportView,
    UndoableEndView,
)
from domain.facts.absences import Absence, AbsenceKind
from domain.facts.clocks import Clock
from domain.facts.complaints import Complaint
from domain.facts.default_notice import DefaultNotice
from domain.facts.dwelling import Candidate, Dwelling
from domain.facts.outcome import Outcome
from domain.facts.parties import Actor, Parties, Role
from domain.facts.referral import Checklist, DwellingNeeds, Referral
from domain.facts.signals import Signal, SignalKind
from domain.facts.tasks import Task
from domain.facts.value import Value
from domain.state import events as e
from domain.state import mediation as m
from domain.state.decision import EarlierDecision, EndDecision, UndoableEnd
from domain.state.fold import evolve
from store.journal import Loaded
from store.read_model import MediationLine
from tests.api.desk import Desk
from tests.api.test_reading import offered
from tests.domain.case import MONDAY, NOTE, Case, along, policy_of

YMERE = Caller(Actor(role=Role.CORPORATION, organisation="ymere"), ("almere",))
ALMERE = Caller(Actor(role=Role.COORDINATOR, organisation="almere"), ("almere",))
CARE = (Role.INSTITUTION, Role.DISTRICT_TEAM, Role.CARE_PROVIDER)

CASE: dict[type[Value], type[BaseModel]] = {
    m.Mediation: MediationView,
    m.Offer: OfferView,
    m.Lease: LeaseView,
    m.Support: SupportView,
    m.Objection: ObjectionView,
    Complaint: ComplaintView,
    DefaultNotice: DefaultNoticeView,
    EndDecision: DecisionView,
    UndoableEnd: UndoableEndView,
    EarlierDecision: EarlierDecisionView,
    m.Place: PlaceView,
    m.Origin: OriginView,
    Candidate: CandidateView,
    Dwelling: DwellingView,
    Referral: ReferralView,
    DwellingNeeds: NeedsView,
    Checklist: ChecklistView,
    Parties: PartiesView,
    Task: FullTaskView,
    Clock: ClockView,
    Signal: SignalView,
    Absence: AbsenceView,
}
"""How those who work on the case see each part of the state."""
LANDLORD: dict[type[Value], type[BaseModel]] = {
    m.Mediation: own.CorporationMediation,
    m.Offer: own.OwnOffer,
    m.Lease: LeaseView,
    m.Support: own.TenantSupport,
    Candidate: own.OwnOffer,
    Dwelling: DwellingView,
    Referral: own.TenantFacts,
    DwellingNeeds: own.TenantNeeds,
    Task: own.OwnTask,
    Signal: own.TenancySignal,
}
"""How a corporation sees each part of the state that it sees at all."""
UNSHOWN: dict[type[Value], str] = {
    m.Mediation: "sequence policy_id policy_version policy_digest stand_ins asked opened answered supplement_asked "
    "transfer supplement supplement_rounds supplied_on "
    "considered unsuitable unmet further homes_left "
    "retours receiving concluded_note converted held_letters undelivered intended step_back_to taken_back "
    "reported_death reported_withdrawal let_down_on ended_before",
    m.Offer: "candidate viewings_missed spread lease_asked withdrawal",
    m.Support: "first_started_on start_undone",
    m.Place: "half shared_by part also beyond_limit",
    Dwelling: "closed_for_placement",
    Referral: "person",
    Parties: "corporations",
    Task: "asked_first term_from agreed reminders escalations check_at runs_on more_time_asked awaits_letter",
    Clock: "warnings unrolled suspended_for extended",
    DefaultNotice: "begins_at ends_at",
    EndDecision: "subject stage clocks tasks absence told open_until posted_by decided_as still_open ran_out",
    m.Objection: "made_on posted_on",
    UndoableEnd: "stage clocks tasks absence told by decisions notices held undelivered",
    EarlierDecision: "offer note reasons basis open_until posted_by ran_out",
}
"""What nobody is shown of the state under the name it has there."""
UNSHOWN_TO_LANDLORDS: dict[type[Value], str] = {
    m.Mediation: "parties clocks urgency advice origin alternative urgency_conditions objection complaints notices "
    "identity_differs decision undoable_end decisions place full call_attempts call_days call_result absence "
    "concluded overrides outcome",
    m.Support: "number lacking plan_on",
    Referral: "target_group other_groups documents track checklist age age_between support_districts district "
    "transferred_from",
    DwellingNeeds: "rent_limit_cents low_stimulus wanted_districts excluded_districts unsafe_districts",
    Task: "escalated hindrance hindrance_until hindrance_to",
    Signal: "reported_by",
}


def values_in(hint: Any) -> Iterator[type[Value]]:
    """Every kind of value that a type holds, at any depth."""
    if isinstance(hint, type) and issubclass(hint, Value):
        yield hint
        for field in hint.model_fields.values():
            yield from values_in(field.annotation)
    for part in get_args(hint):
        yield from values_in(part)


def test_every_field_of_every_event_is_named() -> None:
    reached = set(values_in(get_args(e.AnyEvent)[0]))
    assert reached == TABLE.keys(), "name the fields of each kind of value in api/sights, or none of them"
    assert set(get_args(get_args(e.AnyEvent)[0])) == EVENTS.keys()
    for model, by_role in TABLE.items():
        fields = set(model.model_fields) - set(ALWAYS)
        assert fields == set(by_role.municipality or ()), f"{model.__name__}: name each field, or say here why not"
        for seen in (by_role.partners, by_role.corporation):
            assert fields >= set(seen or ()), model.__name__


@pytest.mark.parametrize("view", [EventView, PartnerEventView])
def test_an_event_of_every_kind_can_be_shown(view: type[EventView | PartnerEventView]) -> None:
    """As they stand in journals: what an event carries is spelled as the API spells it."""
    about = {"sequence": 1, "at": MONDAY, "command": "x", "by": {"role": "coordinator", "organisation": "almere"}}
    seen = set()
    for line in (Path(__file__).parents[1] / "domain" / "events.jsonl").read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        if view is PartnerEventView and not (PARTNERS.sees(event) and list(without_inside([{"document": event}]))):
            continue
        shown = view.model_validate({**about, "event": spelled_event(event)}, strict=False)
        assert shown.event is not None
        seen.add(event["type"])
    assert len(seen) > 90


def test_every_field_of_the_state_is_shown_or_not_by_name() -> None:
    for model, view in CASE.items():
        unshown = set(UNSHOWN.get(model, "").split())
        assert set(model.model_fields) == (set(view.model_fields) & set(model.model_fields)) | unshown, model
        assert not unshown & set(view.model_fields) - {"sequence"}, model
    for model, view in LANDLORD.items():
        unshown = set((UNSHOWN.get(model, "") + " " + UNSHOWN_TO_LANDLORDS.get(model, "")).split())
        assert set(model.model_fields) == (set(view.model_fields) & set(model.model_fields)) | unshown, model
        assert not unshown & set(view.model_fields), model
    inside = {"complaints", "identity_differs"}
    assert set(MediationView.model_fields) == {*PartnerMediation.model_fields, *inside}, "of no partner's business"


def test_every_role_has_a_sight_of_its_own() -> None:
    assert SIGHTS.keys() == set(Role)


def test_a_field_that_is_not_named_is_not_shown_at_any_depth() -> None:
    case = along()
    for row in rows_of(case.events):
        document = _with_more(row["document"])
        for role in (Role.COORDINATOR, *CARE, Role.CORPORATION):
            reader = Caller(Actor(role=role, organisation="ymere"), ("almere",))
            for shown in shown_events([{**row, "document": document}], reader) if role is not Role.CORPORATION else ():
                assert "diagnosis" not in event_view(shown, reader).model_dump_json()
        if CORPORATION.sees(document):
            assert "diagnosis" not in event_view({**row, "document": document}, YMERE).model_dump_json()


def _with_more(value: Any) -> Any:
    if isinstance(value, dict):  # but not where the names are facts themselves
        more = {} if all(isinstance(one, int) for one in value.values()) else {"diagnosis": "x"}
        return {name: _with_more(one) for name, one in value.items()} | more
    return [_with_more(one) for one in value] if isinstance(value, list) else value


def test_an_event_or_an_answer_that_is_not_named_is_not_shown() -> None:
    rows = rows_of(along().events)
    answered = next(row for row in rows if row["document"]["type"] == "TaskAnswered")
    later = {**answered, "document": {**answered["document"], "type": "DiagnosisMade"}}
    other = {**answered, "document": {**answered["document"], "answer": {"kind": "diagnose", "note": None}}}
    assert list(shown_events([later, other, answered], ALMERE)) == [answered]


def rows_of(events: list[Any]) -> list[dict[str, Any]]:
    """Events as the journal gives them."""
    by = {"role": "institution", "organisation": "leger-des-heils"}
    return [
        {"sequence": n, "at": MONDAY, "by": by, "command": "ReportDeath", "document": event.model_dump(mode="json")}
        for n, event in enumerate(events, 1)
    ]


def everything(case: Case, state: m.Mediation, events: list[Any], reader: Caller = YMERE) -> str:
    """All that an organisation can read of a mediation."""
    loaded = Loaded(state, case.policy, "", 1, MONDAY, MONDAY, 0, "A26-0001", None)
    line = MediationLine(
        id=state.id,
        reference="A26-0001",
        municipality="almere",
        stage=state.stage,
        outcome=state.outcome,
        sequence=state.sequence,
        opened_at=MONDAY,
        changed_at=MONDAY,
        closed_at=MONDAY,
        wake_at=None,
        policy_id="almere",
        test=False,
        policy_version="2026-01-01",
        tasks=(),
    )
    told: list[BaseModel] = [mediation_view(loaded, reader), mediation_details(loaded, reader), summary(line, reader)]
    told += [event_view(row, reader) for row in shown_events(rows_of(events), reader)]
    told += [own.own_dwellings(state, reader.organisation)] if reader is YMERE else []
    return "\n".join(one.model_dump_json(by_alias=True) for one in told)


def housed() -> Case:
    """A tenant of a corporation about whom much was told: absent, in trouble, with conditions."""
    case = along(policy=policy_of("almere"))
    for kind in SignalKind:
        case.signals(kind)
    return case.away(AbsenceKind.DETENTION)


@pytest.mark.parametrize("outcome", Outcome)
def test_no_end_is_told_from_another_by_a_corporation(outcome: Outcome) -> None:
    case = housed()
    told = {}
    for end in (outcome, Outcome.HOUSED_FOLLOW_UP_HELD):
        closed = e.MediationClosed(outcome=end, note=NOTE)
        ended = evolve(case.m, closed)
        told[end] = everything(case, ended, [*case.events, closed])
    assert told[outcome] == told[Outcome.HOUSED_FOLLOW_UP_HELD]
    assert outcome.value not in told[outcome]
    assert '"ended":true' in told[outcome]


def test_a_corporation_is_told_nothing_of_health_justice_or_care() -> None:
    case = housed()
    told, whole = everything(case, case.m, case.events), everything(case, case.m, case.events, ALMERE)
    words = (
        *("detention", "absence_started", "care_avoidance", "worry", "sheltered_living", "urgency_granted", "lacking"),
        *("leger-des-heils", "wijkteam", "report_death", "command", "provider_present", "low_stimulus", "callAttempts"),
    )
    seen = [word for word in words if word in told.replace("lowStimulus", "")]
    assert seen == []
    assert [word for word in words if word not in whole] == []
    for expected in ("ymere", "kwintes", "nuisance", "arrears", "keys_handed_over", "lease_signed", "offer_prepared"):
        assert expected in told


@pytest.mark.parametrize(
    "by",
    [
        {"outcome": "detained"},
        {"stage": "follow_up"},
        {"overdue": "true"},
        {"organisation": "kwintes"},
        {"owner": "almere"},
    ],
)
async def test_a_corporation_selects_by_nothing_that_it_is_not_shown(desk: Desk, by: dict[str, str]) -> None:
    mediation = await offered(desk)
    refused = await desk.get(desk.corporation, "/v1/mediations", **by)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, next(iter(by)))
    listed = await desk.read(desk.corporation, "/v1/mediations", municipality="almere", owner=desk.corporation[1])
    assert listed["items"] == []
    assert [one["id"] for one in (await desk.read(desk.corporation, "/v1/mediations"))["items"]] == [mediation]
    assert set(by) <= set(MediationQuery.model_fields)
