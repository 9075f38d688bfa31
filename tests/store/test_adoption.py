"""A mediation that went over to another policy is decided and listed under it; what was before is read as it was."""

from domain.facts.tasks import TaskKind
from domain.messages.commands import AdoptPolicy
from domain.policy.policy import Policy
from store import journal
from store.database import Pool
from store.read_model import MediationFilter, list_mediations
from tests.domain.case import NOTE, policy_of
from tests.store.script import Script, script


def next_version(policy: Policy) -> Policy:
    document = policy.model_dump(mode="json") | {"version": "2026-07-01"}
    document["tasks"]["assess"]["due"] = "4 weeks"
    document["tasks"]["make_offer"]["due"] = "2 months"
    return Policy.model_validate(document)


def adopting() -> Script:
    case = script("ready")
    new = next_version(case.policy)
    case.days(1).do(AdoptPolicy(by=case.municipality, policy=new, note=NOTE))
    case.policy = new
    case.positive()
    return case


async def test_the_adopted_policy_is_stored_and_decides_what_follows(pool: Pool) -> None:
    case = adopting()
    recorded = await case.play(pool)
    assert all(one.refused is None for one in recorded)
    loaded = await journal.load(pool, "m-1")
    assert loaded is not None
    assert loaded.state == case.m, "the term of `make_offer` is the new one, in the store as in the core"
    assert loaded.policy == case.policy
    calendar = case.policy.calendar
    due = loaded.state.open_of(TaskKind.MAKE_OFFER)
    assert due is not None
    assert calendar.today(due.due) == calendar.add(calendar.today(case.now), case.policy.tasks[TaskKind.MAKE_OFFER].due)
    assert await pool.fetchval("SELECT count(*) FROM policy") == 2


async def test_lists_name_the_adopted_version_and_the_task_its_new_day(pool: Pool) -> None:
    case = script("ready")
    new = next_version(case.policy)
    case.do(AdoptPolicy(by=case.municipality, policy=new, note=NOTE))
    await case.play(pool)
    (line,) = await list_mediations(pool, MediationFilter())
    assert line.policy_version == "2026-07-01"
    assert [task.due for task in line.tasks] == [task.due for task in case.m.tasks]


async def test_an_earlier_moment_is_read_with_the_policy_of_then(pool: Pool) -> None:
    case = adopting()
    recorded = await case.play(pool)
    for one, (_, command, state) in zip(recorded, case.steps, strict=True):
        loaded = await journal.load(pool, "m-1", one.sequence)
        assert loaded is not None
        assert loaded.state == state
        adopted = state.policy_version == "2026-07-01"
        assert loaded.policy.version == state.policy_version, command.type
        assert (loaded.policy == case.policy) == adopted


async def test_another_mediation_stays_under_its_own_policy(pool: Pool) -> None:
    other = script("ready")
    await other.play(pool, "m-2")
    await adopting().play(pool)
    loaded = await journal.load(pool, "m-2")
    assert loaded is not None
    assert loaded.policy.version == policy_of("almere").version
