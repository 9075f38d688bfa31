"""HTTP/1.1 for callers who take their time, but not for ever: no connection stays that neither asks nor listens.

uvicorn waits without end for the rest of a request's head, and for a caller to take an answer. How long a body may take
is counted by `api.body_limit`.
"""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0
"""For the head of a request: from the connection, or from the answer before."""
ANSWER_SECONDS = 30.0
"""For as much of an answer as waits to be taken."""
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class PatientProtocol(H11Protocol):
    """A connection that is closed when nothing comes of it."""

    _until: asyncio.TimerHandle | None = None
    _taken_until: asyncio.TimerHandle | None = None
    _began = False
    """Whether anything of the awaited request has come."""
    _answered = False
    """Whether any request was answered: after that a caller may not expect another answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See asyncio."""
        super().connection_made(transport)
        self._look()

    def data_received(self, data: bytes) -> None:
        """See asyncio. The moment by which a head must have come stays where it was, however slowly it comes."""
        self._began = True
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Wait for the next request; the rest of a body that nobody read is no request."""
        self._began, self._answered = False, True
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        """See asyncio."""
        super().pause_writing()
        self._taken_until = self._taken_until or self.loop.call_later(ANSWER_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """See asyncio."""
        super().resume_writing()
        self._end_taking()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        self._end_waiting()
        self._end_taking()
        super().connection_lost(exc)

    def _look(self) -> None:
        """Have a moment by which a head must have come, as long as no request is being answered."""
        if self.cycle is not None and not self.cycle.response_complete:
            self._end_waiting()
        elif self._until is None and not self.transport.is_closing():
            self._until = self.loop.call_later(HEAD_SECONDS, self._too_slow)

    def _too_slow(self) -> None:
        self._until = None
        if self._began and not self._answered:
            self.transport.write(TOO_SLOW)
        self.transport.close()

    def _end_waiting(self) -> None:
        if self._until is not None:
            self._until.cancel()
            self._until = None

    def _end_taking(self) -> None:
        if self._taken_until is not None:
            self._taken_until.cancel()
            self._taken_until = None
