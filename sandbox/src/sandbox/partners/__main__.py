"""Run one reference partner system: `python -m sandbox.partners corporation --port 8101 --state corporation.sqlite`."""

import argparse
import asyncio
import signal
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import Receive, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from .book import Book
from .care_desk import CareDesk
from .care_provider import CARE_PROVIDER
from .corporation import CORPORATION
from .desk import Desk
from .district_team import DISTRICT_TEAM
from .system import Partner
from .vera_desk import LASTS, Access, VeraDesk

PARTNERS = {partner.kind.replace("_", "-"): partner for partner in (CORPORATION, CARE_PROVIDER, DISTRICT_TEAM)}


class DroppableProtocol(H11Protocol):
    """HTTP/1.1 whose application can break the connection: how an answer gets lost on the way."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give every request of this connection the means to end it."""
        super().connection_made(transport)
        application = self.app

        async def droppable(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
            scope["extensions"] = {"partner.drop": transport.abort}
            await application(scope, receive, send)

        self.app = droppable


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.partners", description=__doc__)
    parser.add_argument("partner", choices=sorted(PARTNERS), type=lambda name: name.replace("_", "-"))
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--state", type=Path, required=True, help="the SQLite file that holds everything it knows")
    parser.add_argument("--organisation", action="append", default=[], help="serve this organisation; may be repeated")
    parser.add_argument("--token", help="the bearer token callers must show")
    corporation = parser.add_argument_group("a corporation, which speaks VERA")
    corporation.add_argument("--api-key", help="let callers in with this X-API-KEY")
    corporation.add_argument("--client", help="let callers in with a token of this OAuth client, `name:secret`")
    corporation.add_argument("--token-seconds", type=int, default=LASTS, help="how long such a token lasts")
    corporation.add_argument("--remembers-keys", action="store_true", help="do a POST that comes twice only once")
    return parser.parse_args()


def desk_of(partner: Partner, book: Book, asked: argparse.Namespace) -> Desk:
    """The desk that speaks as this partner does."""
    if partner is CORPORATION:
        name, _, secret = (asked.client or "").partition(":")
        client = (name, secret) if name else None
        access = Access(asked.api_key, client, asked.token_seconds)
        return VeraDesk(partner, book, asked.token, access, remembers_keys=asked.remembers_keys)
    if partner is CARE_PROVIDER:
        return CareDesk(partner, book, asked.token)
    return Desk(partner, book, asked.token)


def main() -> None:
    """Serve until told to stop (SIGTERM or SIGINT)."""
    asked = arguments()
    partner = PARTNERS[asked.partner]
    book = Book(asked.state, partner.schema)
    for organisation in asked.organisation:
        book.register(organisation)
    # The server, once shut down, raises the signal again: end in order then, with the book closed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        uvicorn.run(
            desk_of(partner, book, asked).application(),
            host=asked.host,
            port=asked.port,
            http=DroppableProtocol,
            ws="none",
            lifespan="off",
            access_log=False,
            log_level="warning",
            # Longer than any sensible client keeps an idle connection, so that none is closed under its hands.
            timeout_keep_alive=120,
        )
    finally:
        book.close()


if __name__ == "__main__":
    main()
