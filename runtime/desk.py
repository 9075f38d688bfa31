"""What a municipality's letters to clients tell: whom to call, where to object, which court, and who signs.

Public, like the rest of the directory. Without it no letter with a decision is sent: a person is asked to post it.

Not to be confused with an organisation whose role is `desk`, which decides on behalf of a municipality by mandate.
"""

from typing import Annotated

from pydantic import Field

from runtime.contact_fields import PhoneNumber
from runtime.systems import Setting

Line = Annotated[str, Field(min_length=2, max_length=160, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Desk(Setting):
    """The counter where clients ask (loket), and what every decision must name by law (Awb 3:45, 6:5, 8:1)."""

    name: Line
    phone: PhoneNumber
    hours: Line
    """In Dutch, such as `op werkdagen van 9.00 tot 17.00 uur`."""
    objections: Line
    """The postal address for objections."""
    online: Line | None = None
    """A sentence in Dutch on how to object online, where one can."""
    court: Line
    court_address: Line
    legal_help: PhoneNumber
    """Where advice on the law is free (Juridisch Loket)."""
    complaints: Line | None = None
    """Where one complains of how one was treated: a postal or mail address (Awb 9:1)."""
    ombudsman: Line | None = None
    """Who looks at a complaint after that: `de Nationale ombudsman`, or the municipality's own."""
    ombudsman_phone: PhoneNumber | None = None
    privacy_phone: PhoneNumber | None = None
    """Of the data protection authority (Autoriteit Persoonsgegevens; GDPR 13, 2 d)."""
    signatory: Line
    signatory_title: Line

    @property
    def tells_rights(self) -> bool:
        """Whether all is known that a letter tells of complaints."""
        return None not in {self.complaints, self.ombudsman, self.ombudsman_phone, self.privacy_phone}
