"""Which letter a decision against the client has, and the facts that it states (Awb 3:41, 3:45 and 3:46)."""

from domain.facts.outcome import Outcome, Stage
from domain.messages.answers import DecisionReason, HearingAnswer
from domain.messages.effects import Audience, Letter, SendLetter
from domain.messages.told import Meanwhile, Told
from domain.state.decision import Decision
from domain.state.draft import Draft

LETTERS: dict[Outcome, Letter] = {
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
}
"""The letter of every end that is open to objection."""
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


def of_the_end(d: Draft, note: str | None, reasons: tuple[DecisionReason, ...], heard: HearingAnswer | None) -> Told:
    """Return the facts of the decision that ends this mediation now."""
    calendar, supplement, parties = d.policy.calendar, d.m.supplement, d.m.parties
    return Told(
        decided_on=d.today,
        reasons=reasons,
        note=note,
        hearing=heard.hearing if heard else None,
        heard_on=heard.heard_on if heard else None,
        ground=d.policy.decision.ground,
        living_form=d.m.alternative,
        counted_refusals=d.m.counted_refusals,
        asked_on=calendar.today(supplement.opened_at) if supplement else None,
        asked_until=calendar.today(supplement.due) if supplement else None,
        missing=tuple(one for one in d.policy.required_documents if one not in d.m.referral.documents),
        institution=parties.institution,
        district_team=parties.district_team,
        elsewhere=d.m.origin.municipality if d.m.origin else None,
        decree_days=calendar.decree_days,
    )


def on_objection(d: Draft, note: str | None, meanwhile: Meanwhile | None = None) -> Told:
    """Return the facts of a decision on an objection."""
    return Told(
        decided_on=d.policy.calendar.today(d.m.decision.at) if d.m.decision else None,
        note=note,
        meanwhile=meanwhile or meanwhile_of(d),
        decree_days=d.policy.calendar.decree_days,
    )


def meanwhile_of(d: Draft) -> Meanwhile:
    """Return how things are for the client."""
    searching = d.m.stage in {Stage.OFFER, Stage.ACCEPTANCE}
    return Meanwhile.SUSPENDED if d.m.suspended and searching else MEANWHILE[d.m.stage]


def is_of(letter: SendLetter, decision: Decision) -> bool:
    """Tell whether this is the letter that makes a decision known to the client."""
    return letter.letter is LETTERS[decision.outcome] and Audience.CLIENT in letter.readers
