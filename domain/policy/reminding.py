"""How people are reminded: in which hours, how long a task may rest, when the digest goes, and with calendar files."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.facts.calendar import Calendar, Term, TermUnit
from domain.facts.value import Value


class Weekday(StrEnum):
    """A day of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class ReminderPolicy(Value):
    """What holds for every reminder and escalation; when they go stands with each task."""

    quiet_after: time | None = None
    """After this hour, before opening time and on days not worked nobody is reminded: it goes at the next opening."""
    snooze: Term = Term(amount=4, unit=TermUnit.WEEKS)
    """How long a task may rest, at most."""
    digest: tuple[Weekday, ...] = (Weekday.MONDAY,)
    """On which days each organisation gets its digest; one that is not worked makes it the next working day."""
    invitations: bool = False
    """Whether the viewing and the call after the move go to the client and the guide as calendar files."""

    def audible(self, calendar: Calendar, moment: datetime) -> datetime:
        """Return this moment or, if it falls in quiet hours, the opening of the next working day, in UTC."""
        if self.quiet_after is None:
            return moment
        local = calendar.local(moment)
        day, hour = local.date(), local.time()
        if hour > self.quiet_after:
            return calendar.opening(calendar.next_working_day(day))
        if calendar.is_working_day(day) and hour >= calendar.opens:
            return moment
        return calendar.opening(calendar.working_day_from(day))

    def digest_day(self, calendar: Calendar, day: date) -> bool:
        """Tell whether the digest goes on this day: a working day that is one of the days, or follows one."""
        if not calendar.is_working_day(day):
            return False
        names = list(Weekday)
        while True:
            if names[day.weekday()] in self.digest:
                return True
            day -= timedelta(days=1)
            if calendar.is_working_day(day):
                return False
