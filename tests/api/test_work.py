"""The coordinator's day through the API: what is to be done, whom to call, who does not get on, what changed."""

from datetime import timedelta

from api.calls import _call
from api.work import WorkItem
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.messages.answers import DayPart
from store.journal import Loaded
from store.work import WorkGroup, WorkLine
from tests.api.desk import Desk, Json, person
from tests.api.test_caseload import Colleague
from tests.domain.case import Case, actor, along

COUNTS = ["criticallyOverdue", "overdue", "dueSoon", "notDueYet", "waitingForPartner"]


async def work(desk: Desk, **asked: str) -> Json:
    return await desk.read(desk.coordinator, "/v1/work", **asked)


async def test_work_is_listed_over_all_owners_and_chosen_by_what_stands_in_the_address(desk: Desk) -> None:
    sanne = await Colleague(desk, "Sanne").entered()
    first, second = await desk.start(), await desk.start(person=person(1))
    await desk.answer(desk.coordinator, second["id"], "check_readiness", result="ready")
    await desk.answer(desk.coordinator, second["id"], "determine_origin", origin="almere")
    await sanne.ask("PUT", f"/mediations/{first['id']}/caseworker", body={"caseworker": "me"})
    page = await work(desk)
    assert [(one["reference"], one["kind"], one["group"]) for one in page["items"]] == [
        (first["reference"], "check_readiness", "due_soon"),
        (second["reference"], "assess", "waiting_for_partner"),
    ]
    assert [page["counts"][name] for name in COUNTS] == [0, 0, 1, 0, 1]
    mine, other = page["items"]
    assert (mine["assignee"], mine["district"], mine["owner"]) == (sanne.id, "haven", "almere")
    assert mine["legalLimit"] == next(c for c in first["clocks"] if c["kind"] == "decision_term")["endsAt"]
    assert (other["assignee"], other["owner"]) == (None, desk.town.team)

    async def chosen(**asked: str) -> list[str]:
        return [one["kind"] for one in (await work(desk, **asked))["items"]]

    assert await chosen(assignee="none") == ["assess"]
    assert await chosen(assignee=sanne.id, stage="readiness") == ["check_readiness"]
    assert await chosen(owner=desk.town.team) == ["assess"]
    assert await chosen(kind="assess", district="buiten") == []
    assert await chosen(group="waiting_for_partner") == ["assess"]
    assert await chosen(dueBefore=(await desk.today()).isoformat()) == []
    assert await chosen(dueBefore=(await desk.today() + timedelta(days=10)).isoformat()) == ["check_readiness"]
    assert [one["kind"] for one in (await sanne.ask("GET", "/work", assignee="me"))["items"]] == ["check_readiness"]
    begun = await work(desk, limit="1", sort="due")
    rest = await work(desk, limit="1", sort="due", cursor=begun["next"])
    assert [one["kind"] for one in (*begun["items"], *rest["items"])] == ["check_readiness", "assess"]
    assert rest["next"] is None
    assert (await desk.get(desk.coordinator, "/v1/work", cursor=begun["next"])).status_code == 400


async def test_what_rests_is_left_out_until_its_day_and_can_be_asked_for(desk: Desk) -> None:
    mediation = (await desk.start())["id"]
    until = (await desk.today() + timedelta(days=9)).isoformat()
    snooze = {"type": "snooze_task", "task": "check_readiness-1", "until": until, "note": "De begeleider is ziek."}
    assert (await desk.post(desk.coordinator, f"/v1/mediations/{mediation}/commands", snooze)).status_code == 200
    assert (await work(desk))["items"] == []
    (one,) = (await work(desk, snoozed="true"))["items"]
    assert (one["snoozedUntil"], one["paused"]) == (until, False)
    desk.clock.ahead += timedelta(days=9)
    (again,) = (await work(desk))["items"]
    assert again["snoozedUntil"] == until
    desk.clock.ahead -= timedelta(days=9)
    pause = {"type": "pause_mediation", "note": "Het programma ligt stil."}
    other = (await desk.start(person=person(1)))["id"]
    assert (await desk.post(desk.coordinator, f"/v1/mediations/{other}/commands", pause)).status_code == 200
    assert [item["kind"] for item in (await work(desk))["items"]] == ["review_pause"]
    resting = (await work(desk, snoozed="true", stage="readiness"))["items"]
    assert {item["mediation"]: item["paused"] for item in resting} == {mediation: False, other: True}
    (stuck,) = (await desk.read(desk.coordinator, "/v1/work/stuck"))["items"]
    assert (stuck["mediation"], [item["reason"] for item in stuck["reasons"]]) == (other, ["paused"])


async def test_what_a_partner_says_of_its_task_stands_in_the_list_and_moves_nothing(desk: Desk) -> None:
    mediation = (await desk.start())["id"]
    await desk.answer(desk.coordinator, mediation, "check_readiness", result="ready")
    await desk.answer(desk.coordinator, mediation, "determine_origin", origin="almere")
    (before,) = (await work(desk))["items"]
    says = {"type": "report_hindrance", "task": "assess-1", "hindrance": "not_mine", "note": "De cliënt woont elders."}
    said = await desk.post(desk.team, f"/v1/mediations/{mediation}/commands", says)
    assert said.status_code == 200, said.text
    assert said.json()["tasks"][0]["hindrance"] == "not_mine"
    assert (await work(desk))["items"] == [before | {"hindrance": "not_mine"}]
    again = await desk.post(desk.team, f"/v1/mediations/{mediation}/commands", says)
    assert (again.status_code, again.json()["rule"]) == (409, "already_reported")
    foreign = await desk.post(desk.provider, f"/v1/mediations/{mediation}/commands", says)
    assert foreign.status_code == 403


async def test_what_changed_is_told_since_the_beginning_of_a_day(desk: Desk) -> None:
    first, second = await desk.start(), await desk.start(person=person(1))
    await desk.answer(desk.coordinator, first["id"], "check_readiness", result="ready")
    where = "/v1/work/changes"
    changed = (await desk.read(desk.coordinator, where))["items"]
    assert [one["reference"] for one in changed] == [first["reference"], second["reference"]]
    types = [(one["type"], one["by"]["role"]) for one in changed[0]["changes"]]
    assert types[0] == ("mediation_started", "institution")
    assert ("task_answered", "coordinator") in types
    tomorrow = (await desk.today() + timedelta(days=1)).isoformat()
    assert (await desk.read(desk.coordinator, where, since=tomorrow))["items"] == []
    assert (await desk.read(desk.elsewhere, where))["items"] == []
    page = await desk.read(desk.coordinator, where, limit=1)
    rest = await desk.read(desk.coordinator, where, limit=1, cursor=page["next"])
    assert [rest["items"][0]["reference"], rest["next"]] == [second["reference"], None]


async def test_the_day_of_a_coordinator_is_nobody_elses(idle: Desk) -> None:
    for path in ("", "/calls", "/stuck", "/changes"):
        for who in (idle.institution, idle.team, idle.corporation, idle.auditor, idle.admin):
            assert (await idle.get(who, f"/v1/work{path}")).status_code == 403
        assert (await idle.read(idle.elsewhere, f"/v1/work{path}"))["items"] == []


def left(case: Case) -> tuple[list[DayPart], int]:
    """In which parts of today a call counts still, and how many attempts there are before the guide is asked."""
    task = case.task(TaskKind.FOLLOW_UP_CALL)
    facts = task.model_dump(include=set(WorkItem.model_fields) & set(WorkLine.model_fields))
    line = WorkLine(
        **facts,
        mediation=case.m.id,
        reference="A26-0001",
        municipality="almere",
        stage=case.m.stage,
        district=None,
        legal_limit=None,
        snoozed_until=None,
        paused=False,
        hindrance=None,
        assignee=None,
        test=False,
        group=WorkGroup.DUE_SOON,
    )
    loaded = Loaded(case.m, case.policy, "", 1, case.now, case.now, 0, "A26-0001", None)
    told = _call(line, loaded, actor(Role.COORDINATOR, "almere"), case.now)
    assert told.attempts == case.m.call_attempts
    return list(told.parts_left), told.attempts_left


def test_a_call_tells_in_which_parts_of_today_it_counts_still() -> None:
    case = along().call_day()
    assert left(case) == (list(DayPart), 3)
    case.no_reply(DayPart.MORNING)
    assert left(case) == ([], 2)
    case.days(1)
    assert left(case) == ([DayPart.AFTERNOON, DayPart.EVENING], 2)
