"""Whatever an activity does outside is done once, though its worker dies before it can tell: every activity, by name.

The activities come from the code itself. One that is not told here what it does outside fails, and so does one that
changes something at a partner and has no trial against a partner that knows nothing again.
"""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from temporalio.exceptions import ApplicationError

import activities
from domain.messages import effects as f
from tests.acceptance import test_crash_care_messages as care_messages
from tests.acceptance import test_crash_each_activity as each_activity
from tests.acceptance.mortal_worker import AFTER, DONE
from tests.acceptance.outside import OPERATIONS
from tests.activities.conftest import Hands
from tests.activities.effects import Effects
from tests.activities.test_partners import number_of

ROOT = Path(__file__).parents[2]
NOTHING_OUTSIDE = {
    "Record": "one transaction, and a command that it finds recorded it answers as before",
    "ListDwellings": "reads",
    "ReadOffer": "reads",
    "ReadSupport": "reads",
    "Prune": "deletes what is over, in our own database",
    "Watch": "starts a workflow that is gone, under the id that a mediation has once",
    "HearMessage": "keeps, under its own identification, what a provider sent",
    "TellMediation": "a command of a mediation, whose id is that of the message",
    "CallWaiting": "a command of another mediation, whose id is that of the place",
}
"""What changes nothing at anybody else's, and why it may come twice."""
ELSEWHERE = {
    "SendLetter": (
        "tests/acceptance/test_crash_outbox.py::"
        "test_a_worker_killed_before_it_notes_a_letter_or_a_digest_sends_the_same_one_again",
        "tests/letters/test_notify.py::test_a_letter_whose_answer_got_lost_is_found_and_not_sent_again",
    ),
    "MakeRound": (
        "tests/acceptance/test_crash_outbox.py::"
        "test_a_worker_killed_before_it_notes_a_letter_or_a_digest_sends_the_same_one_again",
    ),
    "Publish": (
        "tests/acceptance/test_crash_outbox.py::"
        "test_a_worker_killed_while_it_publishes_loses_nothing_and_makes_every_zaak_and_status_once",
        "tests/activities/test_zgw.py::test_whatever_answer_is_lost_everything_is_made_once",
        "tests/activities/test_publish.py::test_a_worker_that_dies_after_it_arrived_tells_it_again_under_the_same_id",
    ),
    "SendRetour": (
        "tests/acceptance/test_crash_care_messages.py::"
        "test_a_worker_killed_while_it_sees_to_a_message_loses_and_doubles_nothing",
    ),
    "CollectMessages": ("tests/activities/iwmo/test_folders.py::test_a_file_is_taken_in_once_and_put_aside",),
}
"""What tells no partner by an effect of a mediation, and which tests let its worker die in between."""


class Trial(NamedTuple):
    """An effect against a partner: what must be there before, the effect, and what it makes there."""

    system: int
    """Which of the town's systems."""
    operations: frozenset[str]
    prepare: Callable[[Hands, Effects], Awaitable[f.AnyEffect]]


async def offered(hands: Hands, effects: Effects) -> str:
    return number_of(await hands.carry_out(effects.place()))


async def placing(_: Hands, effects: Effects) -> f.AnyEffect:
    return effects.place()


async def freeing(hands: Hands, effects: Effects) -> f.AnyEffect:
    return effects.withdraw(await offered(hands, effects))


async def leasing(hands: Hands, effects: Effects) -> f.AnyEffect:
    return effects.lease(await offered(hands, effects))


async def supporting(_: Hands, effects: Effects) -> f.AnyEffect:
    return effects.support()


async def cancelling(hands: Hands, effects: Effects) -> f.AnyEffect:
    learned = await hands.carry_out(effects.support())
    return effects.cancel(getattr(learned, "number"))  # noqa: B009 - it learned a number


async def assessing(_: Hands, effects: Effects) -> f.AnyEffect:
    return effects.assess()


async def noticing(_: Hands, effects: Effects) -> f.AnyEffect:
    return effects.notice()


TRIALS = {
    "PlaceOffer": Trial(0, frozenset({"create_kandidaat", "create_aanbieding"}), placing),
    "WithdrawOffer": Trial(0, frozenset({"update_aanbieding"}), freeing),
    "PrepareLease": Trial(0, frozenset({"create_huurovereenkomst", "create_toewijzing"}), leasing),
    "RequestSupport": Trial(1, frozenset({"WMO301"}), supporting),
    "CancelSupport": Trial(1, frozenset({"WMO301"}), cancelling),
    "AskAssessment": Trial(2, frozenset({"request_assessment"}), assessing),
    "GiveNotice": Trial(2, frozenset({"give_move_notice"}), noticing),
}
PROVIDER = 1
UNKIND = {
    "it forgets keys": ["forgotten"],
    "it refuses what it has": ["not_unique"],
    "it knows keys": list[str](),
}
"""What a partner makes of what it has done already when it is asked once more."""


def registered() -> set[str]:
    """The name of every activity that there is."""
    return set(_found())


def _found() -> Iterator[str]:
    for module in pkgutil.walk_packages(activities.__path__, "activities."):
        for _, one in inspect.getmembers(importlib.import_module(module.name)):
            for found in [one, *vars(one).values()] if inspect.isclass(one) else [one]:
                if definition := getattr(found, "__temporal_activity_definition", None):
                    yield definition.name


def test_every_activity_says_what_it_does_outside_and_by_what_it_is_proved() -> None:
    told = [*NOTHING_OUTSIDE, *ELSEWHERE, *TRIALS]
    assert len(told) == len(set(told))
    assert registered() == set(told)
    assert set(TRIALS) == set(OPERATIONS), "the effects whose worker dies at every moment are those"


def test_every_worker_dies_between_what_it_did_outside_and_the_note_of_it() -> None:
    died = {name for name, moment in each_activity.MOMENTS if moment in {DONE, AFTER}}
    died |= {name for _, name, moment in care_messages.MOMENTS if moment in {DONE, AFTER}}
    assert set(TRIALS) | {"SendLetter", "SendRetour", "HearMessage", "TellMediation"} <= died


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_what_is_proved_elsewhere_is_there(name: str) -> None:
    for place in ELSEWHERE[name]:
        file, _, test = place.partition("::")
        tree = ast.parse((ROOT / file).read_text())
        tests = {one.name for one in tree.body if isinstance(one, ast.AsyncFunctionDef | ast.FunctionDef)}
        assert test in tests, place


@pytest.mark.parametrize("unkind", sorted(UNKIND))
@pytest.mark.parametrize("name", sorted(TRIALS))
async def test_after_a_lost_answer_it_stands_there_once(hands: Hands, effects: Effects, name: str, unkind: str) -> None:
    trial = TRIALS[name]
    system, before = effects.town.systems[trial.system], await trial.prepare(hands, effects)
    struck = trial.operations if trial.system != PROVIDER else {"*"}
    lost: list[dict[str, object]] = [
        {"fault": "lost_answer", "operation": one, "attempts": 1} for one in sorted(struck)
    ]
    again: list[dict[str, object]] = [{"fault": fault} for fault in UNKIND[unkind]]
    await system.switch(*({**fault, "organisation": before.lane} for fault in (*lost, *again)))
    deaths = 0
    try:
        for attempt in range(1, 9):
            try:
                await hands.carry_out(before, attempt=attempt)
                break
            except ApplicationError as error:
                deaths += str(error.type).startswith("PartnerAway:")
        await hands.carry_out(before, tried_before=True)
    finally:
        await system.switch()
    assert deaths == len(struck)
    ledger = await system.ledger(before.lane)
    made = {which: executed for which, (_, executed) in ledger.items() if which[0] in trial.operations}
    assert {operation for operation, _ in made} == trial.operations
    assert set(made.values()) == {1}, ledger
