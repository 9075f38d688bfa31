"""What took place outside, at the partners and in the mailbox, held against what was decided and noted."""

from collections import Counter
from collections.abc import Iterable

from pydantic import TypeAdapter

from domain.messages.effects import AnyEffect, Audience, SendLetter
from sandbox.embedded.mailbox import Mailbox
from store import outbox
from store.database import Pool

ALLOCATION = "WMO301"
"""A message is known at the provider by its identification, and here by the effect that it carries out."""
OPERATIONS = {
    "PlaceOffer": "create_aanbieding",
    "WithdrawOffer": "update_aanbieding",
    "PrepareLease": "create_huurovereenkomst",
    "RequestSupport": ALLOCATION,
    "CancelSupport": ALLOCATION,
    "AskAssessment": "request_assessment",
    "GiveNotice": "give_move_notice",
}
"""The effects that change something at a partner, and what each is called there: what it is all about, at least."""
LOOKED_UP = frozenset({"PlaceOffer", "WithdrawOffer", "PrepareLease", "AskAssessment", "GiveNotice"})
"""What is looked up at the partner before it is asked again: it arrives once, however often it is tried."""
EFFECT: TypeAdapter[AnyEffect] = TypeAdapter(AnyEffect)


async def partners_did_what_was_decided(pool: Pool, mediation: str, ledger: Iterable[tuple[str, str, int]]) -> None:
    """Every effect noted as done took place once at a partner, and no other did.

    The ledger has operation, key and how often it took effect. An effect that was void when its turn came may have
    taken place in an attempt that died before it could tell: once, like any other.
    """
    effects = await outbox.effects_of(pool, mediation)
    asked = {(OPERATIONS[one["type"]], one["key"]): one["result"] for one in effects if one["type"] in OPERATIONS}
    keys = await keys_of_messages(pool)
    told = ((operation, keys.get(key, key), times) for operation, key, times in ledger)
    executed = {(operation, key): times for operation, key, times in told if key.startswith(f"{mediation}:")}
    assert set(executed.values()) == {1}
    assert {what for what, result in asked.items() if result == "done"} <= set(executed)
    assert {key for _, key in executed} <= {key for _, key in asked} | {f"{mediation}:voorrang"}
    assert set(asked.values()) <= {"done", "void"}


async def keys_of_messages(pool: Pool) -> dict[str, str]:
    """Return the key of the effect that each of our messages carries out, by the message's identification."""
    rows = await pool.fetch(
        "SELECT identification, effect FROM care_message WHERE direction = 'out' AND effect IS NOT NULL"
    )
    return {row["identification"]: row["effect"] for row in rows}


async def mailbox_has_what_was_noted(
    pool: Pool, mediation: str, mailbox: Mailbox, mails_to: frozenset[Audience]
) -> None:
    """Each reader of a letter noted as sent has it once; `mails_to` have an address.

    A letter that was overtaken before all of its readers had it is noted as void: some may have it, once.
    """
    effects = await outbox.effects_of(pool, mediation)
    letters = [(EFFECT.validate_json(e["document"]), e["result"]) for e in effects if e["type"] == "SendLetter"]
    may = Counter(f"{letter.key}:{reader}" for letter, _ in letters for reader in readers(letter, mails_to))
    sent = [letter for letter, result in letters if result == "done"]
    must = {f"{letter.key}:{reader}" for letter in sent for reader in readers(letter, mails_to)}
    keys = (str(mail["X-Mediation-Effect"]).strip() for mail in mailbox.mails())
    had = Counter(key for key in keys if key.startswith(f"{mediation}:"))
    assert must
    assert must <= set(had)
    assert had <= may
    assert {result for _, result in letters} <= {"done", "void"}


def readers(letter: AnyEffect, mails_to: frozenset[Audience]) -> list[str]:
    """Who gets this letter."""
    assert isinstance(letter, SendLetter)
    return [letter.organisation] if letter.organisation else [one for one in letter.readers if one in mails_to]
