"""Everybody around one client at one moment: what they see, and how an act of theirs is put together."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.facts.parties import Owner, Role
from sandbox.city import City
from sandbox.city.acts import Act, Answer, Body, Channel, Command, PartnerStaff
from sandbox.city.chance import Chance
from sandbox.city.moments import next_moment, office_hour, own_second, within
from sandbox.city.people import Resident
from sandbox.city.seen import Seen, SeenTask


@dataclass(frozen=True)
class Around:
    """The people around one client. `done` holds the keys of what they have done, whether it was accepted or not."""

    city: City
    resident: Resident
    seen: Seen
    now: datetime
    done: Collection[str]

    def chance(self, *subject: object) -> Chance:
        """Return the draws about something in this client's life."""
        return Chance(self.city.seed, (self.resident.municipality, "life", self.resident.n, *subject))

    def by_hand(self, organisation: str) -> bool:
        """Tell whether an organisation has no system of its own."""
        return organisation in self.city.organisations.by_hand

    def today(self, moment: datetime) -> date:
        """Return the date in the city."""
        return self.city.policy.calendar.today(moment)

    def in_time(self, task: SeenTask, until: float = 0.85) -> date:
        """Draw a day before this task was first due."""
        return within(self.city.policy, task.kind, task.opened_at, self.chance(task.id), until)

    def moment(
        self,
        key: str,
        day: date,
        *,
        after: datetime,
        hour: int | None = None,
        shared: bool = False,
    ) -> datetime:
        """Return when an act falls: from this day on and after this moment, at its hour."""
        calendar = self.city.policy.calendar
        return next_moment(
            calendar,
            day,
            office_hour(calendar, self.chance(key, "hour")) if hour is None else hour,
            after=after,
            now=self.now,
            past_the_hour=own_second(self.city.seed, self.resident.n) if shared else timedelta(0),
        )

    def answer(
        self,
        task: SeenTask,
        day: date,
        body: Callable[[date], Body] | Body,
        *,
        key: str | None = None,
        hour: int | None = None,
        shared: bool = False,
        by: Owner | None = None,
    ) -> Act | None:
        """Answer a task from this day on, as its owner unless another is named. The body may depend on the day it
        becomes. None when that was done.
        """
        key = key or task.id
        at = self.moment(key, day, after=task.opened_at, hour=hour, shared=shared)
        said = body(self.today(max(at, self.now))) if callable(body) else body
        channel = Answer(task.id, {"kind": task.kind.value, **said})
        by = by or Owner(task.owner_role, task.owner)
        return self._act(key, at, by.role, by.organisation, channel)

    def command(
        self,
        key: str,
        role: Role,
        organisation: str,
        day: date,
        body: Body,
        *,
        after: datetime,
        shared: bool = False,
    ) -> Act | None:
        """Give a command from this day on. None when that was done."""
        at = self.moment(key, day, after=after, shared=shared)
        return self._act(key, at, role, organisation, Command(body))

    def staff(
        self,
        key: str,
        role: Role,
        organisation: str,
        day: date,
        path: str,
        body: Callable[[date], Body] | Body,
        *,
        after: datetime,
        shared: bool = False,
        method: str = "POST",
        hour: int | None = None,
    ) -> Act | None:
        """Work in a partner's own system from this day on. None when that was done."""
        at = self.moment(key, day, after=after, shared=shared, hour=hour)
        said = body(self.today(max(at, self.now))) if callable(body) else body
        return self._act(key, at, role, organisation, PartnerStaff(role.value, organisation, method, path, said))

    def _act(self, key: str, at: datetime, role: Role, organisation: str, channel: Channel) -> Act | None:
        return None if key in self.done else Act(key, at, role, organisation, channel)
