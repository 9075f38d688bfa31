"""Which letter a decision against the client has, and the facts that it states (Awb 3:41, 3:45 and 3:46)."""

from datetime import date

from domain.facts.clocks import ClockKind
from domain.facts.outcome import Outcome, Stage
from domain.facts.value import replace
from domain.messages.answers import HearingAnswer
from domain.messages.commands import Disputed
from domain.messages.effects import AnyEffect, Audience, Letter, SendLetter
from domain.messages.told import Meanwhile, Told
from domain.state.decision import Basis, EarlierDecision, EndDecision
from domain.state.draft import Draft
from domain.state.mediation import Mediation

LETTER_OF_END: dict[Outcome, Letter] = {
    Outcome.REJECTED: Letter.REJECTED,
    Outcome.NOT_PROCESSED_INCOMPLETE: Letter.NOT_PROCESSED,
    Outcome.NOT_READY: Letter.NOT_READY,
    Outcome.ALTERNATIVE_LIVING_FORM: Letter.ALTERNATIVE_LIVING_FORM,
    Outcome.REFUSED_LAPSED: Letter.REFUSED_LAPSED,
    Outcome.URGENCY_EXPIRED: Letter.URGENCY_ENDED,
    Outcome.URGENCY_WITHDRAWN: Letter.URGENCY_WITHDRAWN,
    Outcome.CARE_NOT_AVAILABLE: Letter.CARE_NOT_AVAILABLE,
    Outcome.READMITTED_LONG: Letter.ENDED_LONG_ABSENCE,
    Outcome.DETAINED: Letter.ENDED_LONG_ABSENCE,
    Outcome.PLACEMENT_FAILED: Letter.PLACEMENT_FAILED,
    Outcome.OTHER_MUNICIPALITY: Letter.OTHER_MUNICIPALITY,
    Outcome.TRANSFERRED: Letter.TRANSFERRED,
}
"""The letter of every end that is open to objection."""
LETTER_OF_OTHER_END: dict[Outcome, Letter] = {
    Outcome.HOUSED_FOLLOW_UP_HELD: Letter.HOUSED_FOLLOW_UP_HELD,
    Outcome.HOUSED_UNREACHABLE: Letter.HOUSED_UNREACHABLE,
    Outcome.WITHDRAWN_BY_CLIENT: Letter.STOPPED_AT_REQUEST,
    Outcome.OWN_HOUSING_FOUND: Letter.OWN_HOUSING_FOUND,
}
"""The letter of every other end. Nobody writes to a client who died."""
_LETTERS_OF_END = frozenset(LETTER_OF_END.values())
ON_THE_WAY: dict[Disputed, Letter] = {
    Disputed.URGENCY_CONDITIONS: Letter.URGENCY_WITH_CONDITIONS,
    Disputed.REFUSAL_JUDGED: Letter.REFUSAL_COUNTED,
    Disputed.NOT_EXTENDED: Letter.URGENCY_ENDED,
    Disputed.URGENCY_TAKEN_BACK: Letter.URGENCY_TAKEN_BACK,
}
"""The letter of every decision against the client with which a mediation does not end."""
MEANWHILE: dict[Stage, Meanwhile] = {
    Stage.READINESS: Meanwhile.READINESS,
    Stage.ASSESSMENT: Meanwhile.ASSESSMENT,
    Stage.OFFER: Meanwhile.SEARCHING,
    Stage.ACCEPTANCE: Meanwhile.SEARCHING,
    Stage.SUPPORT_START: Meanwhile.HOUSED,
    Stage.FOLLOW_UP: Meanwhile.HOUSED,
    Stage.CONVERSION: Meanwhile.HOUSED,
    Stage.CLOSED: Meanwhile.ENDED,
}
"""How things are for the client at a stage."""


def of_decision(d: Draft, note: str | None, basis: Basis, heard: HearingAnswer | None) -> Told:
    """Return the facts of a decision against the client that is taken now."""
    calendar, supplement, parties = d.policy.calendar, d.m.supplement, d.m.parties
    return Told(
        decided_on=d.today,
        reasons=basis.reasons,
        note=note,
        basis=basis.notes,
        hearing=heard.hearing if heard else None,
        heard_on=heard.heard_on if heard else None,
        ground=d.policy.decision.ground,
        living_form=d.m.alternative,
        counted_refusals=d.m.counted_refusals,
        asked_on=calendar.today(supplement.opened_at) if supplement else None,
        asked_until=calendar.today(supplement.due) if supplement else None,
        missing=tuple(one for one in d.policy.required_documents if one not in d.m.referral.documents),
        institution=parties.institution,
        district_team=d.m.receiving_team,
        elsewhere=d.m.origin.municipality if d.m.origin else None,
        decree_days=calendar.decree_days,
    )


def in_favour(d: Draft) -> Told:
    """Return the facts of a decision in favour of the client: one may object to it all the same."""
    urgency = d.m.clock(ClockKind.URGENCY)
    return Told(
        decided_on=d.today,
        ground=d.policy.decision.ground,
        until=d.policy.calendar.today(urgency.ends_at) if urgency else None,
        most_refusals=d.policy.offers.counted_refusals,
        decree_days=d.policy.calendar.decree_days,
    )


def on_the_way(d: Draft, decision: EarlierDecision, heard: HearingAnswer | None = None) -> Told:
    """Return the facts of a decision with which the mediation does not end."""
    urgency = d.m.clock(ClockKind.URGENCY)
    return replace(
        of_decision(d, decision.note, Basis(reasons=decision.reasons, notes=decision.basis), heard),
        decision=decision.id,
        until=max(d.policy.calendar.today(urgency.ends_at), d.today) if urgency else None,
        conditions=d.m.urgency_conditions,
        most_refusals=d.policy.offers.counted_refusals,
    )


def on_objection(d: Draft, note: str | None, decided_on: date | None) -> Told:
    """Return the facts of a decision on an objection, against what was decided on that day."""
    return Told(
        decided_on=decided_on,
        note=note,
        meanwhile=meanwhile_of(d),
        decree_days=d.policy.calendar.decree_days,
    )


def meanwhile_of(d: Draft) -> Meanwhile:
    """Return how things are for the client."""
    searching = d.m.stage in {Stage.OFFER, Stage.ACCEPTANCE}
    return Meanwhile.SUSPENDED if d.m.suspended and searching else MEANWHILE[d.m.stage]


def makes_known(m: Mediation, letter: AnyEffect | None) -> EndDecision | EarlierDecision | None:
    """Return the decision that this letter makes known to the client, if it is the letter of one."""
    if not isinstance(letter, SendLetter) or Audience.CLIENT not in letter.readers:
        return None
    taken, ended = letter.told.decision if letter.told else None, m.decision
    if ended and (ended.decided_as == taken if taken else letter.letter is LETTER_OF_END[ended.outcome]):
        return ended
    return m.earlier(taken)


def tells_decision(letter: SendLetter) -> bool:
    """Tell whether a letter may be the one that makes a decision known."""
    return letter.letter in _LETTERS_OF_END or (letter.told is not None and letter.told.decision is not None)
