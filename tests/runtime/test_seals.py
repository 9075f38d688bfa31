"""A command is believed when a listed key has sealed it, for this mediation and under this id; and nothing else is."""

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from domain.exchange.record import Keyed, Seal, Submission, Submitted, ToRecord
from domain.facts.parties import Actor, Role
from domain.facts.value import replace
from domain.messages.commands import AddNote, PassTime, Withdraw
from runtime.seals import (
    ANYBODY,
    Doubt,
    NotBelieved,
    Process,
    SealKey,
    SealKeyMalformed,
    Speakers,
    SpeakersMalformed,
)
from tests.domain.case import NOTE

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
API, WORKER = SealKey.generate("api-1"), SealKey.generate("worker-1")
SINCE = date(2026, 11, 1)
LISTED = Speakers.parse(f"{API.listed(SINCE)},{WORKER.listed(SINCE)}")
PERSON = Actor(role=Role.COORDINATOR, organisation="almere", user="u-1")
ENGINE = Actor(role=Role.COORDINATOR, organisation="almere")
KEYED = Keyed(key="k-1", fingerprint="f-1")
GIVEN = Submission(command_id="c-1", command=AddNote(by=PERSON, note=NOTE), keyed=KEYED)


def asked(submitted: Submitted, mediation: str = "m-1", **more: object) -> ToRecord:
    values = {"mediation": mediation, "now": NOW, **dict(submitted), **more}
    return ToRecord.model_validate(values)


def sealed(given: Submission = GIVEN, key: SealKey = API, at: datetime = NOW, mediation: str = "m-1") -> Submitted:
    return key.sealed(mediation, given, at)


def doubt(of: ToRecord, speakers: Speakers = LISTED, now: datetime = NOW) -> Doubt:
    with pytest.raises(NotBelieved) as caught:
        speakers.believed(of, now)
    return caught.value.doubt


def test_what_a_listed_key_sealed_is_believed_as_it_was_given() -> None:
    wire = sealed()
    assert wire.command is None, "it travels once"
    believed = LISTED.believed(asked(wire), NOW)
    assert (believed.command, believed.keyed, believed.seal) == (GIVEN.command, KEYED, wire.seal)


def of_seal(**changes: Any) -> Callable[[ToRecord], ToRecord]:
    def changed(of: ToRecord) -> ToRecord:
        assert of.seal
        return replace(of, seal=replace(of.seal, **changes))

    return changed


WITHDRAWN = Withdraw(by=PERSON, note=NOTE).model_dump_json()
FORGED: dict[str, Callable[[ToRecord], ToRecord]] = {
    "another mediation": lambda of: replace(of, mediation="m-2"),
    "another id": lambda of: replace(of, command_id="c-2"),
    "another key of the caller": lambda of: replace(of, keyed=replace(KEYED, key="k-2")),
    "another request": lambda of: replace(of, keyed=replace(KEYED, fingerprint="f-2")),
    "no key of the caller": lambda of: replace(of, keyed=None),
    "another request in the seal": of_seal(request="0" * 64),
    "another command": of_seal(text=WITHDRAWN),
    "another space": of_seal(text=GIVEN.command.model_dump_json().replace(",", ", ", 1)),
    "another moment": of_seal(at=NOW - timedelta(seconds=1)),
    "another's name": of_seal(key="worker-1"),
    "no signature": of_seal(signature=""),
    "a text for a signature": of_seal(signature="é"),
    "a line's end in an id": lambda of: replace(of, command_id="c-1\nk-1"),
}


@pytest.mark.parametrize("change", FORGED.values(), ids=FORGED)
def test_whatever_is_changed_it_is_forged(change: Callable[[ToRecord], ToRecord]) -> None:
    assert doubt(change(asked(sealed()))) is Doubt.FORGED


def test_nothing_is_believed_without_a_seal_but_what_the_workflow_gives_itself() -> None:
    assert doubt(asked(GIVEN)) is Doubt.UNSEALED
    assert doubt(asked(Submitted(command_id="c-1"))) is Doubt.UNSEALED
    assert LISTED.believed(asked(Submitted(command_id="time-1", command=PassTime(by=ENGINE))), NOW).command
    assert LISTED.believed(asked(GIVEN, settles="m-1:offer:2"), NOW).command == GIVEN.command
    fields = Submitted.model_fields.keys()
    assert "settles" not in fields, "who submits cannot say that an effect taught it"


def test_a_name_in_front_of_the_engines_own_ids_is_no_way_in() -> None:
    assert doubt(asked(replace(GIVEN, command_id="time-99"))) is Doubt.UNSEALED


def test_a_seal_is_taken_for_three_days_and_not_of_a_time_to_come() -> None:
    for ago in (timedelta(days=3), timedelta(), timedelta(minutes=-5)):
        assert LISTED.believed(asked(sealed(at=NOW - ago)), NOW)
    for ago in (timedelta(days=3, seconds=1), timedelta(minutes=-5, seconds=-1)):
        assert doubt(asked(sealed(at=NOW - ago))) is Doubt.STALE
    seal = sealed(at=NOW - timedelta(days=900)).seal
    assert seal
    listed = Speakers.parse(API.listed(date(2020, 1, 1)))
    assert listed.opened("m-1", "c-1", seal) == GIVEN.command, "an auditor verifies it years later"


def test_a_key_seals_from_its_first_day_to_its_last() -> None:
    listed = Speakers.parse(f"{API.listed(date(2026, 11, 30))}:2026-12-01")
    assert listed.believed(asked(sealed()), NOW)
    before, after = NOW - timedelta(days=2), NOW + timedelta(days=1)
    assert doubt(asked(sealed(at=before)), listed) is Doubt.NOT_ITS_TIME
    assert doubt(asked(sealed(at=after)), listed, after) is Doubt.NOT_ITS_TIME


def test_the_day_of_a_key_begins_at_midnight_in_the_municipality() -> None:
    listed = Speakers.parse(API.listed(date(2026, 12, 1)))
    early, midnight = datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert doubt(asked(sealed(at=early)), listed, early) is Doubt.NOT_ITS_TIME
    assert listed.believed(asked(sealed(at=midnight)), midnight)


def test_a_worker_speaks_for_systems_alone() -> None:
    by_engine = replace(GIVEN, command=AddNote(by=ENGINE, note=NOTE))
    assert LISTED.believed(asked(sealed(by_engine, WORKER)), NOW)
    assert doubt(asked(sealed(GIVEN, WORKER))) is Doubt.NOT_ITS_PERSON


def test_a_key_of_nobody_and_a_text_that_is_no_command_are_not_believed() -> None:
    assert doubt(asked(sealed(key=SealKey.generate("api-2")))) is Doubt.UNKNOWN_KEY
    assert doubt(asked(sealed(key=SealKey.generate("api-1")))) is Doubt.FORGED
    odd: Any = {"type": "NoSuchCommand"}
    wire = sealed(replace(GIVEN, command=replace(GIVEN.command, **odd)))
    assert doubt(asked(wire)) is Doubt.UNREADABLE


def test_during_an_upgrade_anybody_is_believed_when_that_was_set() -> None:
    anybody = Speakers.parse(ANYBODY)
    assert anybody.believed(asked(GIVEN), NOW).command == GIVEN.command
    assert anybody.believed(asked(sealed(key=SealKey.generate("api-9"))), NOW).command == GIVEN.command


@given(st.binary(min_size=1, max_size=200))
def test_no_bytes_are_a_signature(signature: bytes) -> None:
    of = asked(sealed())
    assert of.seal
    forged = replace(of, seal=replace(of.seal, signature=base64.b64encode(signature).decode()))
    assert doubt(forged) is Doubt.FORGED


def test_the_public_key_and_rfc_8032_are_all_it_takes_to_verify() -> None:
    seal = sealed().seal
    assert isinstance(seal, Seal)
    request = hashlib.sha256(b"k-1\nf-1").hexdigest()
    lines = ["mediation-command/1", "m-1", "c-1", request, "api-1", "2026-12-01T09:00:00+00:00", seal.text]
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(API.public))
    public.verify(base64.b64decode(seal.signature), "\n".join(lines).encode())


def test_of_several_keys_a_process_takes_its_own() -> None:
    both = f"{API.private},{WORKER.private}"
    assert SealKey.parse(both, Process.WORKER).public == WORKER.public
    assert SealKey.parse(both, Process.API).public == API.public
    assert SealKey.parse(API.private, Process.WORKER).public == API.public


@pytest.mark.parametrize(
    "text",
    ["", "api-1", "k1:" + API.private[6:], "api-1:short", "api-1:é"],
    ids=["empty", "name", "kind", "short", "é"],
)
def test_what_is_no_key_to_seal_with_is_told_and_not_shown(text: str) -> None:
    with pytest.raises(SealKeyMalformed) as caught:
        SealKey.parse(text, Process.API)
    assert "short" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["", "api-1", f"api-1:{API.public}", f"api-1:{API.public}:soon", f"api-1:{API.public}:2026-12-01:2027-01-01:x"],
    ids=["empty", "name", "no day", "soon", "too much"],
)
def test_what_is_no_list_of_speakers_is_told(text: str) -> None:
    with pytest.raises(SpeakersMalformed):
        Speakers.parse(text)


def test_a_key_is_listed_once() -> None:
    with pytest.raises(SpeakersMalformed, match="twice"):
        Speakers.parse(f"{API.listed(SINCE)},{API.listed(SINCE)}")
