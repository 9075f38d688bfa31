"""What a referral tells about a client: the facts that rules need, and nothing that names a person."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from domain.facts.groups import AgeRange, GroupId
from domain.facts.parties import OrganisationId, PartnerNumber
from domain.facts.value import Value, left_out, unsaid

District = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")]


class Document(StrEnum):
    """What a referral must contain before it can be judged."""

    CONSENT = "consent"
    IDENTITY = "identity"
    ADDRESS_HISTORY = "address_history"
    """Uittreksel BRP met adreshistorie."""
    INCOME_STATEMENT = "income_statement"
    READINESS_STATEMENT = "readiness_statement"
    SUPPORT_PLAN = "support_plan"


class Track(StrEnum):
    """Which way through the process; each is counted apart."""

    ORDINARY = "ordinary"
    HOUSING_FIRST = "housing_first"
    """First a home: whether the client is ready to live independently is not asked."""


class Known(StrEnum):
    """What is known of something that should be so."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class ReadinessItem(StrEnum):
    """What makes a client ready to live independently (gereedheid). No care content: only whether it is so."""

    TREATMENT_DONE = "treatment_done"
    LIVING_SKILLS = "living_skills"
    MONEY = "money"
    """Income is there, and debts are arranged or none."""
    DAY_ACTIVITY = "day_activity"
    """Dagbesteding."""
    SUPPORT_AGREED = "support_agreed"
    """The client agrees to support at home."""


class Checklist(Value):
    """How a client stands with each item of readiness."""

    treatment_done: Known = Known.UNKNOWN
    living_skills: Known = Known.UNKNOWN
    money: Known = Known.UNKNOWN
    day_activity: Known = Known.UNKNOWN
    support_agreed: Known = Known.UNKNOWN

    def said_of(self, item: ReadinessItem) -> Known:
        """Return what is known of one item."""
        known: Known = getattr(self, item.value)
        return known

    def updated(self, later: "Checklist") -> "Checklist":
        """Return what is known after a later look: what that did not know stays as it was."""
        return Checklist(**{item: getattr(self, item) for item in ITEMS} | later.known())

    def known(self) -> dict[str, Known]:
        """Return the items of which something is known."""
        return {item: getattr(self, item) for item in ITEMS if getattr(self, item) is not Known.UNKNOWN}


ITEMS = tuple(item.value for item in ReadinessItem)


class DwellingNeeds(Value):
    """What a dwelling must have for this household."""

    rooms: int = Field(default=1, ge=1, le=8)
    rent_limit_cents: int = Field(gt=0, le=200_000)
    """The highest rent per month that fits this household (passend toewijzen)."""
    accessible: bool = False
    low_stimulus: bool = False
    """Prikkelarm."""
    wanted_districts: tuple[District, ...] = ()
    """Empty: any district will do."""
    excluded_districts: tuple[District, ...] = ()
    """Where the client must not live, for safety or recovery."""
    unsafe_districts: tuple[District, ...] = ()
    """Where somebody lives of whom the client must be safe. Not shown to corporations."""


class IdentityPart(StrEnum):
    """What a referral says of who the client is, where that may be of somebody else."""

    NAME = "name"
    BORN_ON = "born_on"


class TransferredFrom(Value):
    """Where a mediation was before: at another municipality, under its number. Nothing that was decided there is taken
    for decided here.
    """

    municipality: OrganisationId
    reference: PartnerNumber


class Referral(Value):
    """The facts of a referral (aanmelding). Personal data is in the vault under `person`."""

    person: str
    """Reference of the person in the vault."""
    target_group: GroupId
    """The group by which reports count the client."""
    other_groups: tuple[GroupId, ...] = Field(default=(), max_length=20, exclude_if=left_out)
    """To which groups the client belongs besides."""
    household_size: int = Field(ge=1, le=12)
    needs: DwellingNeeds
    documents: tuple[Document, ...] = ()
    track: Track = Track.ORDINARY
    checklist: Checklist = Checklist()
    age: int | None = Field(default=None, ge=0, le=120)
    """In years on the day of the referral, or on that of the urgency once it is granted; the day of birth is in the
    vault.
    """
    age_between: AgeRange | None = Field(default=None, exclude_if=unsaid)
    """In place of `age`, where the date of birth is known only in part and leaves more than one."""
    support_districts: tuple[District, ...] | None = None
    """Where the care provider can support clients at home, if that is known."""
    address_secret: bool = False
    """Who may know the new address is limited, for safety (geheim adres)."""
    district: District | None = Field(default=None, exclude_if=left_out)
    """Where the client is to be assessed and received, as the referral said; None: recorded before that was kept."""
    transferred_from: TransferredFrom | None = Field(default=None, exclude_if=left_out)
    """Where another municipality mediated for the client before."""

    @property
    def ages(self) -> AgeRange | None:
        """How old the client may be; None: nothing is known of it."""
        return self.age_between if self.age is None else AgeRange(least=self.age, most=self.age)

    @property
    def groups(self) -> tuple[GroupId, ...]:
        """Every group that was named, each once."""
        return tuple(dict.fromkeys((self.target_group, *self.other_groups)))

    @property
    def must_be_safe(self) -> bool:
        """Whether where the client comes to live can put the client in danger."""
        return self.address_secret or bool(self.needs.unsafe_districts)


class ReferralChanges(Value):
    """A correction of facts: only what is given changes."""

    target_group: GroupId | None = None
    other_groups: tuple[GroupId, ...] | None = Field(default=None, max_length=20, exclude_if=unsaid)
    household_size: int | None = Field(default=None, ge=1, le=12)
    needs: DwellingNeeds | None = None
    documents: tuple[Document, ...] | None = None
    track: Track | None = None
    checklist: Checklist | None = None
    age: int | None = Field(default=None, ge=0, le=120)
    support_districts: tuple[District, ...] | None = None
    address_secret: bool | None = None
    transferred_from: TransferredFrom | None = Field(default=None, exclude_if=unsaid)


class DistrictServed(Value):
    """Which team serves a district on the day of a command, as the directory had it then."""

    district: District
    team: OrganisationId | None
    """None: no team serves it."""
