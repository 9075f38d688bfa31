"""Run one reference partner system: `python -m sandbox.partners corporation --port 8101 --state corporation.sqlite`."""

import argparse
import signal
import sys
from pathlib import Path

import uvicorn

from .book import Book
from .corporation import CORPORATION
from .desk import Desk
from .district_team import DISTRICT_TEAM
from .dropping import DroppableProtocol
from .system import Partner
from .vera_desk import LASTS, Access, VeraDesk

KINDS = ("care-provider", "corporation", "district-team")


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.partners", description=__doc__)
    parser.add_argument("partner", choices=KINDS, type=lambda name: name.replace("_", "-"))
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


def opened(asked: argparse.Namespace) -> tuple[Book, Desk]:
    """A partner's book, and the desk that speaks as this partner does."""
    match asked.partner:
        case "corporation":
            name, _, secret = (asked.client or "").partition(":")
            client = (name, secret) if name else None
            access = Access(asked.api_key, client, asked.token_seconds)
            book = _book(CORPORATION, asked)
            return book, VeraDesk(CORPORATION, book, asked.token, access, remembers_keys=asked.remembers_keys)
        case "district-team":
            book = _book(DISTRICT_TEAM, asked)
            return book, Desk(DISTRICT_TEAM, book, asked.token)
        case _:
            # It writes and reads messages as our own activities do; loading them takes longer than all the rest.
            from .care_desk import CareDesk
            from .care_provider import CARE_PROVIDER

            book = _book(CARE_PROVIDER, asked)
            return book, CareDesk(CARE_PROVIDER, book, asked.token)


def _book(partner: Partner, asked: argparse.Namespace) -> Book:
    book = Book(asked.state, partner.schema)
    for organisation in asked.organisation:
        book.register(organisation)
    return book


def main() -> None:
    """Serve until told to stop (SIGTERM or SIGINT)."""
    asked = arguments()
    book, desk = opened(asked)
    # The server, once shut down, raises the signal again: end in order then, with the book closed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        uvicorn.run(
            desk.application(),
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
