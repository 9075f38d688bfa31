"""Mail addresses and phone numbers, as they are taken everywhere: from a referral, a table, a file of settings.

A mail address is what RFC 5321 and 5322 allow, without asking a name server. A phone number is kept in one form,
that of ITU E.164 (`+31612345678`), whatever way it was written; people are shown it as it is dialled here.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Annotated, Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat
from pydantic import AfterValidator, Field, ValidationInfo

HERE: Final = "NL"
"""Where a number without a country is dialled."""
OF_HERE: Final = 31
AS_KEPT: Final = "as kept"
"""The context in which data are read that were taken by an earlier release: what is not understood stays as it is."""
WRITTEN = re.compile(r"[0-9+(). /-]+")
"""What a number is written with. Letters, and a second number after the first, would be passed over silently."""
DASHES = re.compile("[\u2010-\u2015\u2212]")
NO_PHONE = (
    "this is no phone number: give it with its area code, such as 06 12345678 or 036 123 4567, and one of another "
    "country with its code, such as +32 470 12 34 56; no letters and no extension"
)


def mail_address(text: str) -> str:
    """Return a mail address with its domain in small letters. Raises ValueError, in words, for what is none."""
    try:
        return validate_email(text.strip(), check_deliverability=False, strict=True).normalized
    except EmailNotValidError as wrong:
        raise ValueError(f"this is no mail address: {_in_words(wrong)}") from None


def ascii_domain(address: str) -> str:
    """Return the domain of a mail address as name servers know it (IDNA 2008). Raises ValueError when it is none."""
    return validate_email(address, check_deliverability=False).ascii_domain or ""


def phone_number(text: str) -> str:
    """Return a phone number in the form of E.164. Raises ValueError, in words, for what is none.

    A Dutch number must be one that the Dutch numbering plan has, one of another country of a length that it has there.
    """
    plain = DASHES.sub("-", unicodedata.normalize("NFKC", text))
    plain = " ".join(plain.split())
    if not WRITTEN.fullmatch(plain):
        raise ValueError(NO_PHONE)
    try:
        number = phonenumbers.parse(plain, HERE)
    except NumberParseException:
        raise ValueError(NO_PHONE) from None
    exists = phonenumbers.is_valid_number if number.country_code == OF_HERE else phonenumbers.is_possible_number
    if not exists(number):
        raise ValueError(NO_PHONE)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def as_dialled(number: str) -> str:
    """Return a kept number as people write it: `06 12345678`, or `+32 470 12 34 56`. What is no number, as it is."""
    try:
        parsed = phonenumbers.parse(number, HERE)
    except NumberParseException:
        return number
    if not phonenumbers.is_possible_number(parsed):
        return number
    dutch = parsed.country_code == OF_HERE
    return phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL if dutch else PhoneNumberFormat.INTERNATIONAL)


def number_as_kept(text: str) -> str:
    """Return a number that was kept earlier in the form of today, or as it is when that cannot be."""
    try:
        return phone_number(text)
    except ValueError:
        return text


def _judged(judge: Callable[[str], str]) -> Callable[[str, ValidationInfo], str]:
    def check(text: str, info: ValidationInfo) -> str:
        try:
            return judge(text)
        except ValueError:
            if info.context is AS_KEPT:
                return text
            raise

    return check


def _in_words(wrong: EmailNotValidError) -> str:
    """Return what is wrong without what stands between brackets, which may repeat a part of the address."""
    sentence = re.sub(r" \([^)]*\)", "", str(wrong))
    return sentence[:1].lower() + sentence[1:]


MailAddress = Annotated[str, Field(max_length=254), AfterValidator(_judged(mail_address))]
PhoneNumber = Annotated[str, Field(max_length=60), AfterValidator(_judged(phone_number))]
"""Taken as it is written, kept as `+31612345678`."""
KeptNumber = Annotated[str, AfterValidator(number_as_kept)]
"""Of a record of any age: never refused."""
