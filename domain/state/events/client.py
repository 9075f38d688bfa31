"""What becomes known of the client: death, withdrawal, absence."""

from datetime import date
from typing import Literal

from domain.facts.absences import Absence
from domain.facts.parties import OrganisationId
from domain.facts.value import replace
from domain.messages.answers import KnownFrom, Note
from domain.messages.commands import ClientWithdrawal, ContactField
from domain.messages.effects import Audience
from domain.state.events.event import Event
from domain.state.mediation import Mediation, ReportedWithdrawal


class DeathReported(Event):
    """A partner says that the client died; the municipality finds out."""

    type: Literal["DeathReported"] = "DeathReported"
    reporter: OrganisationId
    source: KnownFrom
    note: Note | None = None

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, reported_death=self.reporter)


class DeathDenied(Event):
    """The client lives: the mediation goes on, and the letters that waited go."""

    type: Literal["DeathDenied"] = "DeathDenied"
    note: Note | None = None

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, reported_death=None, held_letters=m.held_letters if m.paused_at else ())


class WithdrawalReported(Event):
    """A partner says that the client wants to stop; the municipality asks the client."""

    type: Literal["WithdrawalReported"] = "WithdrawalReported"
    reporter: OrganisationId
    source: KnownFrom
    reason: ClientWithdrawal
    note: Note
    """What the client said."""

    def apply(self, m: Mediation) -> Mediation:
        reported = ReportedWithdrawal(reporter=self.reporter, reason=self.reason)
        return replace(m, reported_withdrawal=reported)


class WithdrawalConfirmed(Event):
    """The client said so to the municipality."""

    type: Literal["WithdrawalConfirmed"] = "WithdrawalConfirmed"
    spoke_on: date

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, reported_withdrawal=None)


class WithdrawalDenied(Event):
    """The client wants to go on."""

    type: Literal["WithdrawalDenied"] = "WithdrawalDenied"
    spoke_on: date
    note: Note | None = None

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, reported_withdrawal=None)


class ClientWithdrew(Event):
    """The client, who has the keys, wants no more help. The call after three months is made all the same."""

    type: Literal["ClientWithdrew"] = "ClientWithdrew"
    reason: ClientWithdrawal | None = None
    note: Note | None = None

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, reported_withdrawal=None)


class ContactChanged(Event):
    """The client or the guide is reached otherwise; what was known before is kept in the vault for its term."""

    type: Literal["ContactChanged"] = "ContactChanged"
    who: Audience
    fields: tuple[ContactField, ...]
    note: Note | None = None

    def apply(self, m: Mediation) -> Mediation:
        return m


class AbsenceStarted(Event):
    type: Literal["AbsenceStarted"] = "AbsenceStarted"
    absence: Absence
    note: Note | None = None

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, absence=self.absence)


class AbsenceEnded(Event):
    """The client is back, or went on to another place."""

    type: Literal["AbsenceEnded"] = "AbsenceEnded"
    on: date
    note: Note | None = None

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, absence=None)
