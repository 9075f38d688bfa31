"""Trying whether a partner's system is there and lets us in, without asking it to do anything."""

import os
from datetime import date
from pathlib import Path

from pydantic import SecretStr

from activities.iwmo.transport import PATH
from activities.partner import PartnerRefused, Partners
from activities.plain_team import ASSESSMENTS
from activities.vera.client import VeraClient
from activities.vera.corporation import VeraCorporation
from activities.vera.tokens import Tokens
from runtime.directory import Directory, Organisation
from runtime.systems import ByHand, FolderTransport, Iwmo, Plain, Vera

KEY = "check"
"""Stands where a call for an effect has the effect's key."""


async def check_connection(partners: Partners, directory: Directory, one: Organisation, day: date) -> list[str]:
    """Return what was found out about the connection to an organisation, line by line.

    Raises PartnerAway, PartnerRefused.
    """
    match one.system:
        case Vera() as system:
            return await _corporation(partners, one, system, day)
        case Iwmo() as system:
            return [await _messages(partners, one, system), *_codes(directory, one)]
        case Plain() as system:
            await _answers(partners, f"{system.url}{ASSESSMENTS}", system.token)
            return [f"{one.id} answers at {system.url}; nothing was asked"]
        case ByHand():
            return [f"{one.id} has no system: its people answer tasks"]


async def _corporation(partners: Partners, one: Organisation, system: Vera, day: date) -> list[str]:
    tokens = Tokens(partners)
    await VeraClient(partners, tokens, one.id, system, KEY).ping()
    listing = await VeraCorporation(partners, tokens, one.id, system).released(one.id, day, KEY)
    released = f"{one.id} lets us in and has {len(listing.dwellings)} dwellings released by today"
    return [released, *(f"  skipped {count}: {lacking}" for lacking, count in listing.skipped.most_common())]


async def _messages(partners: Partners, one: Organisation, system: Iwmo) -> str:
    where = system.transport
    if isinstance(where, FolderTransport):
        for name, folder in (("outgoing", where.outgoing), ("incoming", where.incoming)):
            if not _usable(folder):
                raise PartnerRefused(f"{name}_not_usable")
        return f"{one.id} ({system.agb}) exchanges messages by folders that we can use"
    await _answers(partners, f"{where.url}{PATH}", where.token)
    return f"{one.id} ({system.agb}) answers at {where.url}; no message was sent"


def _usable(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK)


def _codes(directory: Directory, one: Organisation) -> list[str]:
    """Tell the code of each municipality that the provider works for: without a code it can allocate nothing."""
    codes = {municipality: directory.get(municipality).code for municipality in one.municipalities}
    if missing := [municipality for municipality, code in codes.items() if code is None]:
        raise PartnerRefused(f"municipality_code_missing: {', '.join(missing)}")
    return [f"  {municipality} is {code} in messages" for municipality, code in codes.items()]


async def _answers(partners: Partners, url: str, token: SecretStr | None) -> None:
    """Ask for an answer. To a GET, which is no message, any answer will do but one that keeps us out."""
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
    response = await partners.send("GET", url, headers=headers)
    if response.status_code in {401, 403, 407}:
        raise PartnerRefused(f"status_{response.status_code}")
