"""`mediation repair --read-model` and the rights with which API, worker and `mediation migrate` start."""

from domain.facts.value import replace
from runtime.settings import Settings
from store.database import Pool
from tests.console.commands import HOUSE, Said, typed
from tests.store.script import script
from tests.tampering import as_superuser, tamper


async def told(settings: Settings, *words: str) -> Said:
    return await typed(HOUSE, *words, environment=settings.environment())


async def test_lists_are_written_anew_by_command_and_never_from_a_changed_journal(
    settings: Settings, pool: Pool
) -> None:
    for mediation in ("m-1", "m-2", "m-3"):
        await script("match").play(pool, mediation)
    await tamper(pool, "UPDATE task SET kind = 'moon' WHERE mediation IN ('m-1', 'm-3')")
    await tamper(pool, "UPDATE event SET document = '7' WHERE mediation = 'm-3' AND sequence = 2")
    code, out, err = await told(settings, "repair", "--read-model", "--all")
    assert err == ""
    *left, counted = out.splitlines()
    assert (code, counted) == (1, "1 written anew, 1 right")
    assert [line.partition(":")[0] for line in left] == ["m-3"]
    assert "the journal itself must be put back first" in left[0]
    moons = await pool.fetch("SELECT DISTINCT mediation FROM task WHERE kind = 'moon'")
    assert [row["mediation"] for row in moons] == ["m-3"]
    code, out, _ = await told(settings, "repair", "m-1", "--read-model")
    assert (code, out) == (0, "1 written anew, 0 right\n")


async def test_what_was_typed_wrongly_changes_nothing(settings: Settings, pool: Pool) -> None:
    for words in (("repair",), ("repair", "m-1", "--all"), ("repair", "m-1", "--read-model", "--all"), ("refill",)):
        assert (await told(settings, *words)).code == 2


async def test_api_and_worker_do_not_start_as_who_could_rewrite_the_journal(settings: Settings, pool: Pool) -> None:
    owner = replace(settings, database_url=as_superuser(settings.database_url))
    for command in ("api", "worker"):
        code, out, err = await told(owner, command)
        assert code == 1
        assert "API and worker must work under a login of their own" in out + err
        assert "Traceback" not in out + err
