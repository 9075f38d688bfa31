"""What must be so after a siege, whatever was struck. Each invariant says in plain words what is not so.

They judge evidence alone (`Seen`), so each can be broken on purpose: a check that cannot fail is a defect.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator

from benchmarks.siege.alarms import alarms_come_and_go
from benchmarks.siege.evidence import Seen, read
from benchmarks.siege.strangers import FORGED

OPERATIONS = {
    "PlaceOffer": "create_aanbieding",
    "PrepareLease": "create_huurovereenkomst",
    "RequestSupport": "WMO301",
    "CancelSupport": "WMO301",
    "AskAssessment": "request_assessment",
    "GiveNotice": "give_move_notice",
}
"""The effects that make something new at a partner, and what that is called there."""
BY_HAND = frozenset({"de-alliantie", "triade-vitree"})
"""Who has no system: nothing arrives there."""
OFFER_ENDS = frozenset(
    {"OfferDeclined", "OfferWithdrawn", "OfferLetGo", "OfferReturned", "OfferRefused", "SteppedBack", "LeaseFailed"}
)
LIVE_AT_CORPORATION = frozenset({"offered", "accepted", "let"})
CLOSED = "closed"
Invariant = Callable[[Seen], Iterator[str]]


def nothing_acknowledged_is_lost(seen: Seen) -> Iterator[str]:
    """What somebody was told is done is in the journal, once and accepted, and is told alike when asked again."""
    journal = {(row["mediation"], row["id"]): row for row in seen.rows["command"]}
    for note in seen.notes:
        if not note.acknowledged:
            continue
        rows = [journal.get((note.mediation, name)) for name in seen.commands_of[note.key]]
        accepted = [row for row in rows if row and not row["refused"] and row["organisation"] == note.organisation]
        if len(accepted) != 1:
            where = f"{note.mediation} has it {len(accepted)} times"
            yield f"{note.key} of {note.organisation} was acknowledged, and {where}"
        if seen.again.get(note.key) != (note.status, note.text):
            yield f"{note.key} is answered otherwise than it was: {seen.again.get(note.key)}, not {note.status}"


def every_command_is_answered(seen: Seen) -> Iterator[str]:
    """When nothing goes wrong any more, everybody is told what came of what they asked."""
    for key in seen.unanswered:
        yield f"{key} was asked again and again, and never answered"


def the_journal_has_no_gap(seen: Seen) -> Iterator[str]:
    """Commands and events are numbered from 1 without a gap, and no task is answered twice."""
    for mediation in sorted(row["id"] for row in seen.rows["mediation"]):
        ordinals = sorted(row["ordinal"] for row in seen.of("command", mediation))
        if ordinals != list(range(1, len(ordinals) + 1)):
            yield f"{mediation} has commands numbered {ordinals}"
    for mediation, events in seen.events().items():
        if [event["sequence"] for event in events] != list(range(1, len(events) + 1)):
            yield f"{mediation} has events numbered {[event['sequence'] for event in events]}"
        answered = Counter(read(e["document"])["task"] for e in events if e["type"] == "TaskAnswered")
        for task, times in answered.items():
            if times > 1:
                yield f"{task} of {mediation} was answered {times} times"


def nothing_is_doubled(seen: Seen) -> Iterator[str]:
    """No partner took the same thing in as a new one twice."""
    for call in seen.calls:
        if call["executed"] > 1:
            yield f"{call['organisation']} took in {call['operation']} {call['key']} {call['executed']} times"


def what_is_noted_as_done_was_done(seen: Seen) -> Iterator[str]:
    """Whatever is noted as delivered took effect at the partner."""
    named = {row["identification"]: row["effect"] for row in seen.rows["care_message"]}
    took = {(c["operation"], named.get(c["key"], c["key"])) for c in seen.calls if c["executed"]}
    for effect in seen.rows["effect"]:
        operation = OPERATIONS.get(effect["type"])
        done = operation and effect["result"] == "done" and effect["lane"] not in BY_HAND
        if done and (operation, effect["key"]) not in took:
            yield f"{effect['key']} is noted as done, and {effect['lane']} knows nothing of {operation}"


def open_mediations_go_on(seen: Seen) -> Iterator[str]:
    """Every open mediation has a workflow that runs and does not fail, and a moment to come or somebody who has it."""
    for row in seen.rows["mediation"]:
        if row["closed_at"] is not None:
            continue
        workflow = seen.workflows[row["id"]]
        if workflow.status != "running":
            yield f"{row['id']} is open, and its workflow is {workflow.status}"
        if workflow.task_attempts > 1:
            yield f"the workflow of {row['id']} fails, {workflow.task_attempts} times by now"
        ahead = row["wake_at"] is not None and row["wake_at"] > seen.now
        if not ahead and not any(task["owner"] for task in seen.of("task", row["id"])):
            yield f"{row['id']} is open, has no moment to come, and nobody has anything to do for it"


def everything_is_delivered(seen: Seen) -> Iterator[str]:
    """Partners are up: nothing waits for them, what was given up has a task, no command waits to be recorded."""
    failed = [row for row in seen.rows["event"] if row["type"] == "DeliveryFailed"]
    told = {read(row["document"])["effect"]["key"] for row in failed}
    for effect in seen.rows["effect"]:
        if effect["result"] is None:
            yield f"{effect['type']} {effect['key']} is not delivered"
        if effect["result"] == "refused" and effect["key"] not in told:
            yield f"{effect['type']} {effect['key']} was given up, and nobody was told"
    for mediation, workflow in seen.workflows.items():
        if recording := [one for one in workflow.pending if one.startswith("Record ")]:
            yield f"{mediation} cannot record: {recording}"
    for parked in seen.rows["parked"]:
        yield f"{parked['about']} of {parked['mediation']} could not be recorded: {parked['fault']}"


def lists_say_what_the_journal_says(seen: Seen) -> Iterator[str]:
    """Stage, end, number of events, chain and open tasks of every mediation follow from its events."""
    events_of = seen.events()
    for row in seen.rows["mediation"]:
        stage, outcome, tasks, head = None, None, set[str](), ""
        for event in events_of.get(row["id"], []):
            head = hashlib.sha256(f"{head}\n{event['document']}".encode()).hexdigest()
            told = read(event["document"])
            match event["type"]:
                case "StageEntered":
                    stage = told["stage"]
                case "MediationClosed":
                    outcome, stage, tasks = told["outcome"], CLOSED, set()
                case "TaskOpened":
                    tasks.add(told["task"]["id"])
                case "TaskAnswered" | "TaskCancelled":
                    tasks.discard(told["task"])
        listed = {task["id"] for task in seen.of("task", row["id"])}
        count = len(events_of.get(row["id"], []))
        by_events = (stage, outcome, count, head, tasks)
        by_lists = (row["stage"], row["outcome"], row["sequence"], row["head"], listed)
        for what, one, other in zip(("stage", "end", "events", "chain", "tasks"), by_events, by_lists, strict=True):
            if one != other:
                yield f"{row['id']}: its {what} is {one} by the events, and {other} in the lists"


def what_is_scarce_is_held_by_who_claimed_it(seen: Seen) -> Iterator[str]:
    """Places, homes and persons are held by exactly the mediations whose events say so, and counters are sums."""
    places, homes, people = Counter[str](), set[tuple[str, str, str]](), set[str]()
    for mediation, events in seen.events().items():
        place, home, closed = 0, None, False
        for event in events:
            told = read(event["document"])
            match event["type"]:
                case "PlaceReserved":
                    place = told["units"]
                case "PlaceReleased":
                    place = 0
                case "OfferPrepared":
                    dwelling = told["candidate"]["dwelling"]
                    home = (mediation, dwelling["corporation"], dwelling["id"])
                case "MediationClosed":
                    closed, home = True, None
                case kind if kind in OFFER_ENDS:
                    home = None
        places.update({mediation: place})
        homes |= {home} if home else set()
        people |= set() if closed else {mediation}
    yield from _otherwise("places", +places, Counter({r["mediation"]: r["units"] for r in seen.rows["place"]}))
    kept = {(r["mediation"], r["corporation"], r["dwelling"]) for r in seen.rows["kept_dwelling"]}
    yield from _otherwise("homes", homes, kept)
    yield from _otherwise("persons", people, {r["mediation"] for r in seen.rows["open_person"]})
    yield from _counted(seen)


def _otherwise(what: str, claimed: object, held: object) -> Iterator[str]:
    if claimed != held:
        yield f"{what}: claimed {claimed}, held {held}"


def _counted(seen: Seen) -> Iterator[str]:
    sums = Counter[tuple[str, str, bool]]()
    for row in seen.rows["place"]:
        sums[row["ledger"], row["period"], row["beyond"]] += row["units"]
    for row in seen.rows["capacity"]:
        for beyond, counted in ((False, row["used"]), (True, row["beyond"])):
            if (held := sums[row["ledger"], row["period"], beyond]) != counted:
                yield f"{row['ledger']} counts {counted} places of {row['period']}, and {held} are held"


def one_home_has_one_offer(seen: Seen) -> Iterator[str]:
    """No home is offered to two clients, by the corporation's own book and by ours."""
    offered = Counter((o["organisation"], o["about"]) for o in seen.offers if o["state"] in LIVE_AT_CORPORATION)
    kept = Counter((row["corporation"], row["dwelling"]) for row in seen.rows["kept_dwelling"])
    for whose, found in (("the corporation's book", offered), ("our store", kept)):
        for (corporation, home), times in found.items():
            if times > 1:
                yield f"{home} of {corporation} is offered {times} times in {whose}"


def no_answer_is_an_error_of_ours(seen: Seen) -> Iterator[str]:
    """Whatever is away, it is told as away with a time to come back; nobody gets a 500."""
    yield from seen.wrong_answers


def strangers_are_not_believed(seen: Seen) -> Iterator[str]:
    """Nothing that a stranger sent stands in the journal."""
    for row in seen.rows["command"]:
        if row["id"].startswith(FORGED):
            yield f"a stranger's {row['type']} stands in the journal of {row['mediation']}"


def no_person_is_told_of(seen: Seen) -> Iterator[str]:
    """No log and no history holds personal data; and the search for it sees what must be there."""
    for where, marks in seen.leaks.items():
        yield f"{where} tells {', '.join(sorted(marks))}"
    for where in seen.blind:
        yield f"the search for personal data sees nothing in {where}"


INVARIANTS: tuple[Invariant, ...] = (
    nothing_acknowledged_is_lost,
    every_command_is_answered,
    the_journal_has_no_gap,
    nothing_is_doubled,
    what_is_noted_as_done_was_done,
    open_mediations_go_on,
    everything_is_delivered,
    lists_say_what_the_journal_says,
    what_is_scarce_is_held_by_who_claimed_it,
    one_home_has_one_offer,
    alarms_come_and_go,
    no_answer_is_an_error_of_ours,
    strangers_are_not_believed,
    no_person_is_told_of,
)


def broken(seen: Seen) -> dict[str, list[str]]:
    """Return the invariants that do not hold, each with what is not so."""
    found = {one.__name__.replace("_", " "): list(one(seen)) for one in INVARIANTS}
    return {name: wrong for name, wrong in found.items() if wrong}
