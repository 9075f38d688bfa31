"""An appointment as a calendar file (iCalendar, RFC 5545). It names nobody, and no address but the sender's."""

from datetime import datetime, timedelta

from icalendar import Calendar, Event, vCalAddress

from activities.letters.letter import CalendarFile
from activities.letters.mail import domain_of
from domain.messages.effects import Appointment
from texts import Language, of

PRODUCT = "-//direct mediation//letters//NL"


def calendar_file(
    appointment: Appointment, mediation: str, sender: str, at: datetime, language: Language, *, trial: bool = False
) -> CalendarFile:
    """Write an appointment: published the first time and whenever it moves, cancelled when it is off.

    An appointment keeps its UID, and its SEQUENCE counts up, so that a calendar replaces the earlier version. `sender`
    is a bare address.
    """
    texts = of(language)
    method = "CANCEL" if appointment.off else "PUBLISH"
    event = Event()
    event.add("uid", f"{mediation}.{appointment.name}@{domain_of(sender)}")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", at)
    event.add("dtstart", appointment.on)
    event.add("dtend", appointment.on + timedelta(days=1))
    summary = texts.task[appointment.kind].appointment or ""
    event.add("summary", texts.letter_phrase.trial_subject.format(subject=summary) if trial else summary)
    event.add("status", "CANCELLED" if appointment.off else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    event["organizer"] = vCalAddress(f"mailto:{sender}")
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    return CalendarFile(texts.letter_phrase.appointment, method, calendar.to_ical())
