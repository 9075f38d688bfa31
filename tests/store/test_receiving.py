"""Which team serves the district of a home is looked up in the transaction that records an answer, and kept with it."""

from datetime import date

from domain.facts.referral import DistrictServed
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages.commands import AnswerTask
from domain.messages.effects import GiveNotice
from store import journal
from store.database import Pool
from store.record import record
from tests.store.script import script


def elsewhere(municipality: str, district: str, on: date) -> str | None:
    """Serve the district of the home by another team than the one that assesses."""
    assert (municipality, on.year) == ("almere", 2026)
    return "wijkteam-oost" if district == "centrum" else None


async def test_the_team_of_the_homes_district_is_told_and_kept_with_the_answer(pool: Pool) -> None:
    for one in script("plan_support").recordings():
        await record(pool, one, elsewhere)
    entries = await journal.entries(pool, "m-1")
    effects = [effect for entry in entries for effect in entry.recorded.effects]
    assert [effect.team for effect in effects if isinstance(effect, GiveNotice)] == ["wijkteam-oost"]
    answers = {e.command.answer.kind: e.command.served for e in entries if isinstance(e.command, AnswerTask)}
    assert answers[TaskKind.ASSESS] is None, "there was no home yet"
    assert answers[TaskKind.CONFIRM_SUPPORT] == DistrictServed(district="centrum", team="wijkteam-oost")
    loaded = await journal.load(pool, "m-1")
    assert loaded
    assert loaded.state.parties.district_team == "wijkteam-west"
    assert "wijkteam-oost" in loaded.state.organisations()


async def test_who_is_given_with_an_answer_is_not_believed(pool: Pool) -> None:
    recordings = script("plan_support").recordings()
    assert isinstance(recordings[-1].command, AnswerTask)
    lie = DistrictServed(district="centrum", team="wijkteam-verzonnen")
    for one in recordings:
        command = one.command
        lying = replace(command, served=lie) if isinstance(command, AnswerTask) else command
        await record(pool, replace(one, command=lying), elsewhere)
    loaded = await journal.load(pool, "m-1")
    assert loaded
    assert loaded.state.receiving_team == "wijkteam-oost"
