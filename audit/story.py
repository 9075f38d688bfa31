"""The story of a mediation as people tell it: one line per event, with the Dutch term where it helps.

Nothing personal stands in it: no name, no note, and never more of the client than the events hold.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic.alias_generators import to_snake

from domain.facts.tasks import TaskKind
from texts import Language, of

Document = Mapping[str, Any]
Told = Mapping[str, Any]


def _plain(value: Any) -> str:
    return str(value).replace("_", " ")


def _asked(kind: str) -> str:
    """What a task of this kind asks, to follow "was asked to"."""
    name = of(Language.ENGLISH).task[TaskKind(kind)].name
    return name[0].lower() + name[1:]


def _task(document: Document) -> str:
    return _asked(str(document["task"]).rpartition("-")[0])


def _answered(document: Document) -> str:
    answer, asked = document["answer"], _task(document)
    told = {
        key: value
        for key, value in answer.items()
        if key not in {"kind", "note", "schema_version", "dwelling", "number"} and value not in (None, False, [], ())
    }
    if not told:
        return f"done: {asked}"
    facts = ", ".join(f"{_plain(key)}{'' if value is True else f' {_listed(value)}'}" for key, value in told.items())
    return f"done: {asked} ({facts})"


def _listed(value: Any) -> str:
    return ", ".join(map(_plain, value)) if isinstance(value, list | tuple) else _plain(value)


def _opened(document: Document) -> str:
    task = document["task"]
    return f"was asked to {_asked(task['kind'])}, by {str(task['due'])[:10]}"


def _offered(document: Document) -> str:
    home = document["candidate"]["dwelling"]
    rent = f"{home['rent_cents'] // 100}.{home['rent_cents'] % 100:02}"
    return f"a dwelling in {_place(home['district'])} was chosen: {home['rooms']} rooms, {rent} euro a month"


def _place(district: str) -> str:
    return district.replace("-", " ").title()


def _checked(checklist: Document) -> str:
    lacking = [item for item, known in checklist.items() if known == "no"]
    return f"lacking {_listed(lacking)}" if lacking else "nothing is lacking"


def _exception(document: Document) -> str:
    return f", helped here for {_plain(document['exception'])}" if document.get("exception") else ""


def _conditions(document: Document) -> str:
    return f", on conditions: {_listed(document['conditions'])}" if document.get("conditions") else ""


def _failure(document: Document) -> str:
    return f" ({_plain(document['failure'])})" if document.get("failure") else ""


def _until(document: Document) -> str:
    return f" until {document['ends_on']}" if document.get("ends_on") else ""


SENTENCES: dict[str, Callable[[Document], str]] = {
    "MediationStarted": lambda d: f"referred a client (aanmelding): {_plain(d['referral']['target_group'])}",
    "StageEntered": lambda d: f"the stage of {_plain(d['stage'])} began",
    "TaskOpened": _opened,
    "TaskAnswered": _answered,
    "TaskCancelled": lambda d: f"no longer needed: to {_task(d)}",
    "TaskOverdue": lambda d: f"it is overdue to {_task(d)}",
    "TaskReminded": lambda d: f"a reminder went out: to {_task(d)}",
    "TaskEscalated": lambda d: f"the municipality was alerted (escalatie): nobody did yet, to {_task(d)}",
    "TaskChecked": lambda d: f"looked again by itself: to {_task(d)}",
    "TaskGivenTime": lambda d: f"more time to {_asked(d['task']['kind'])}, until {str(d['task']['due'])[:10]}",
    "TaskSnoozed": lambda d: f"the municipality lets it rest until {d['until']}: to {_asked(d['task']['kind'])}",
    "TaskReassigned": lambda d: f"{d['task']['owner']} was asked in their place: to {_asked(d['task']['kind'])}",
    "TaskTakenOver": lambda d: f"the municipality took over: to {_asked(d['task']['kind'])}",
    "TaskRescheduled": lambda d: f"the new policy: to {_asked(d['task']['kind'])}, by {str(d['task']['due'])[:10]}",
    "ClockStarted": lambda d: f"the {_plain(d['clock']['kind'])} runs until {str(d['clock']['ends_at'])[:10]}",
    "ClockSuspended": lambda d: f"the {_plain(d['clock'])} stands still (opschorting)",
    "ClockResumed": lambda d: f"the {_plain(d['clock'])} runs again",
    "ClockExtended": lambda d: f"the {_plain(d['clock'])} was extended until {str(d['ends_at'])[:10]}",
    "ClockRescheduled": lambda d: f"the {_plain(d['clock']['kind'])} now runs until {str(d['clock']['ends_at'])[:10]}",
    "ClockWarned": lambda d: f"the {_plain(d['clock'])} will run out before long",
    "ClockExpired": lambda d: f"the {_plain(d['clock'])} ran out",
    "ClockStopped": lambda d: f"the {_plain(d['clock'])} has done its work",
    "DocumentsSupplied": lambda d: f"the documents came: {_listed(d['documents'])}",
    "ReadinessChecked": lambda d: f"readiness: {_checked(d['checklist'])}",
    "OriginDetermined": lambda d: f"the client comes from {_place(d['origin'])}" + _exception(d),
    "TransferRefused": lambda d: f"{_place(d['origin'])} does not take the client over",
    "AlternativeAdvised": lambda d: f"another living form was held to be better: {_plain(d['form'])}",
    "UrgencyAdvised": lambda d: f"advised on the urgency (advies): {_plain(d['result'])}" + _conditions(d),
    "UrgencyDecided": lambda d: (
        f"decided to grant the urgency (besluit), {'as' if d['as_advised'] else 'otherwise than'} was advised"
    ),
    "ObjectionFiled": lambda d: f"the client objects (bezwaar): {_plain(d['against'])}",
    "ObjectionExtended": lambda d: "the decision on the objection takes longer",
    "DecisionMadeKnown": lambda d: f"the letter with the decision left: one may object until {d['last_day']}",
    "ObjectionTermEnded": lambda d: "the term to object has ended",
    "MediationReopened": lambda d: f"the decision was wrong, and the mediation goes on: {_plain(d['stage'])}",
    "ObjectionDecided": lambda d: f"the objection was decided: {_plain(d['result'])}",
    "UrgencyGranted": lambda d: (
        f"the urgency was granted (urgentieverklaring), with {d['support']} support" + _conditions(d)
    ),
    "PlaceReserved": lambda d: f"a place of {d['year']} was reserved" + (" beyond the quota" * bool(d["beyond_limit"])),
    "PlaceUnavailable": lambda d: f"there is no place left in {d['year']} (quotum)",
    "PlaceConsumed": lambda d: "the place was used",
    "PlaceReleased": lambda d: "the place was given back",
    "DwellingsListed": lambda d: f"{d['considered']} released dwellings considered, {len(d['suitable'])} suitable",
    "OfferPrepared": _offered,
    "OfferPlaced": lambda d: "the offer was made (aanbod)",
    "OfferDeclined": lambda d: f"the corporation did not make the offer: {_plain(d['reason'])}; not counted",
    "OfferWithdrawn": lambda d: f"the offer was taken back: {_plain(d['reason'])}; not counted",
    "OfferLetGo": lambda d: "the offer was let go, as the client is away; not counted",
    "OfferReturned": lambda d: "an offer that came too late was given back",
    "ViewingPlanned": lambda d: f"the viewing is planned for {d['on']} (bezichtiging)",
    "ViewingHeld": lambda d: "the client saw the dwelling",
    "ViewingMissed": lambda d: "the viewing did not come about",
    "OfferAccepted": lambda d: "the client accepted",
    "OfferRefused": lambda d: f"the client refused (weigering): {_plain(d['reason'])}",
    "RefusalJudged": lambda d: f"the reason was judged {'valid: not counted' if d['valid'] else 'not valid'}",
    "LeasePrepared": lambda d: "the lease was drawn up",
    "LeaseFailed": lambda d: f"the lease could not be signed{_failure(d)}; not counted",
    "LeaseSigned": lambda d: f"the lease was signed ({d['form']}{_until(d)}), keys agreed for {d['keys_on']}",
    "ReceivingTeamKnown": lambda d: f"{d['team']} receives the client in the new home",
    "SupportRequested": lambda d: "support was asked for (begeleiding)",
    "SupportRequestKnown": lambda d: "the provider has the request",
    "RetourReceived": lambda d: f"the provider's system {'rejected' if d['codes'] else 'approved'} a message (retour)",
    "SupportReturned": lambda d: "a request for support that came too late was taken back",
    "SupportPlanned": lambda d: f"support is planned from {d['starts_on']}",
    "SupportUnable": lambda d: "the provider cannot start",
    "SupportBridged": lambda d: "somebody else supports the client for now (overbrugging)",
    "SupportStarted": lambda d: f"the first contact at home was on {d['on']} (start ondersteuning)",
    "SupportStartCorrected": lambda d: f"the first contact at home was on {d['on']} after all",
    "SupportStartUndone": lambda d: "what was noted as the start of support was none: it has yet to start",
    "SupportReported": lambda d: f"the provider's system reported: {_plain(d['report'])}, {d['on']}",
    "ProviderChanged": lambda d: f"another provider supports the client: {_plain(d['provider'])}",
    "LandingCompleted": lambda d: f"in place now: {_listed(d['in_place'])}",
    "PlanAgreed": lambda d: f"the support plan was agreed on {d['on']} (begeleidingsplan)",
    "TalkHeld": lambda d: f"the corporation talked with its tenant on {d['on']}",
    "KeysPlanned": lambda d: f"the keys are planned for {d['on']}, and the district team has its notice",
    "KeysHandedOver": lambda d: f"the client got the keys on {d['on']}",
    "CallAttempted": lambda d: f"called in the {d['day_part']}: not reached",
    "CallsRestarted": lambda d: "the client is to be called again",
    "FollowUpHeld": lambda d: f"the three-month call was held (nabelmoment): {_plain(d['result'])}",
    "FollowUpConcluded": lambda d: f"the follow-up is done: {_plain(d['outcome'])}; something is still to be done",
    "SignalReported": lambda d: f"reported a signal: {_plain(d['signal']['kind'])}",
    "ArrearsNotPassedOn": lambda d: "the tenant objects: the arrears are not passed on",
    "SignalCalmed": lambda d: f"it has calmed: {_plain(d['signal'])}",
    "SignalHandedOver": lambda d: f"others go on with it: {_plain(d['signal'])}",
    "DeathReported": lambda d: f"reported that the client died; known from: {_plain(d['source'])}",
    "DeathDenied": lambda d: "the client lives: everything goes on, also the letters",
    "WithdrawalReported": lambda d: f"reported that the client wants to stop: {_plain(d['reason'])}",
    "WithdrawalConfirmed": lambda d: f"the client said so to the municipality on {d['spoke_on']}",
    "WithdrawalDenied": lambda d: f"the client wants to go on, and said so on {d['spoke_on']}",
    "ClientWithdrew": lambda d: "the client wants no more help; the call is made all the same",
    "AbsenceStarted": lambda d: f"the client is elsewhere: {_plain(d['absence']['kind'])}",
    "AbsenceEnded": lambda d: f"the client was back on {d['on']}",
    "LeaseConverted": lambda d: f"the lease is in the client's own name from {d['on']} (omklappen)",
    "ConversionExtended": lambda d: f"too early for a lease in the client's own name: again on {d['until']}",
    "ConversionLeft": lambda d: "there will be no lease in the client's own name; it is settled outside",
    "MediationPaused": lambda d: "the mediation was paused",
    "LetterHeld": lambda d: "a letter waits until the mediation is resumed",
    "MediationResumed": lambda d: "the mediation was resumed; everything is later by the pause",
    "SteppedBack": lambda d: f"back to the stage of {_plain(d['to'])}",
    "NoteAdded": lambda d: "left a note",
    "ReferralCorrected": lambda d: "corrected the referral: " + _listed([k for k, v in d["changes"].items() if v]),
    "RuleOverridden": lambda d: f"set a rule aside, with a reason (hardheidsclausule): {_plain(d['rule'])}",
    "PolicyAdopted": lambda d: f"went over to the policy of {d['policy_version']}",
    "DeliveryFailed": lambda d: f"a partner's system refused a message: {_plain(d['code'])}",
    "LeftToPeople": lambda d: "has no system: its people got a letter",
    "MediationClosed": lambda d: f"closed: {_plain(d['outcome'])}",
}
"""A sentence for every event, to stand after who did it."""

ASIDE = frozenset(
    {"TaskCancelled", "ClockStopped", "PlaceConsumed", "SupportRequestKnown", "LeasePrepared", "LetterHeld"}
    | {"LeftToPeople"}
)
"""Events that a reader can do without."""


def sentence(type_: str, document: Document) -> str:
    """Say what happened. Raises KeyError for an event of another release."""
    return SENTENCES[type_](_snake(document))


def timeline(
    events: Iterable[Told],
    names: Mapping[str, str],
    timezone: str = "Europe/Amsterdam",
) -> list[str]:
    """Return one line per event: the date, who, and what happened. `names` gives the names of organisations."""
    rows = [_row(event, names, ZoneInfo(timezone)) for event in events if _worth_telling(event)]
    width = max((len(who) for _, who, _ in rows), default=0)
    return [f"{day}  {who:<{width}}  {what}" for day, who, what in rows]


def _worth_telling(event: Told) -> bool:
    """A list without a suitable dwelling is told by the looking itself."""
    barren = event["type"] == "DwellingsListed" and not event["document"]["suitable"]
    return event["type"] not in ASIDE and not barren


def _row(event: Told, names: Mapping[str, str], zone: ZoneInfo) -> tuple[str, str, str]:
    document, at = _snake(event["document"]), event["at"]
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    who = str(document["task"]["owner"] if event["type"] == "TaskOpened" else event["by"]["organisation"])
    day = f"{moment.astimezone(zone):%Y-%m-%d}"
    return day, names.get(who, who), SENTENCES[event["type"]](document)


def _snake(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {to_snake(key): _snake(one) for key, one in value.items()}
    return [_snake(one) for one in value] if isinstance(value, list | tuple) else value
